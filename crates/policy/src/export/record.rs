//! The neutral import record: what the platform is told, without name, number, phone or image.

use crate::reason::Reasons;
use crate::scheme::Scheme;
use crate::value::{Code, Day, Digest, Hex32, IdMatch, Instant, Month, Ref};
use crate::vocabulary::{Channel, Kind, Method, words};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

words! {
    /// Type of an import record.
    RecordType: "a record type" {
        /// A pass, once per benefit line that it serves.
        Certification = "certification",
        /// A pass of another county's person.
        Assist = "assist",
        /// Advice to stop a payroll month.
        SuspendAdvice = "suspend_advice",
        /// That advice taken back.
        WithdrawAdvice = "withdraw_advice",
        /// Advice to resume and pay back.
        ResumeAdvice = "resume_advice",
        /// A confirmed loss; the platform's people act.
        ReferralNotice = "referral_notice",
        /// An earlier record undone.
        Reversal = "reversal",
    }
}

/// First field of every record, and of what its key is made of.
const FORMAT: &str = "facecert-import/1";

/// One record of `facecert-import/1`. Absent fields are `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ImportRecord {
    /// `facecert-import/1`.
    pub record: &'static str,
    /// Type.
    #[serde(rename = "type")]
    pub record_type: RecordType,
    /// Idempotency key: the receiver treats two records of one key as one.
    pub key: Hex32,
    /// Scheme.
    pub scheme: String,
    /// Rules.
    pub policy_hash: Hex32,
    /// Paying county; of an `assist` the other one.
    pub county: Code<6>,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line, `-` in an `assist`.
    pub entitlement: Ref,
    /// Keyed digest of the number.
    pub id_match: Option<IdMatch>,
    /// Kind of benefit.
    pub kind: Option<Kind>,
    /// Door of a pass.
    pub channel: Option<Channel>,
    /// Module of the platform for a pass without a machine match.
    pub module: Option<String>,
    /// Date of a pass.
    pub certified_on: Option<Day>,
    /// When it was submitted.
    pub submitted_at: Option<Instant>,
    /// When it was decided; of an advice or notice, when it was made.
    pub decided_at: Option<Instant>,
    /// Due date after it, rolled.
    pub next_due: Option<Day>,
    /// Month of a stop.
    pub payroll_month: Option<Month>,
    /// Months to pay back, ascending.
    pub backpay_months: BTreeSet<Month>,
    /// How a pass was proven.
    pub method: Option<Method>,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// Reviewer.
    pub reviewer: Option<Ref>,
    /// The assisting agency; in an `assist` ours.
    pub assisting_agency: Option<Ref>,
    /// Digest of the evidence.
    pub evidence_digest: Option<Digest>,
    /// Digest of the decision.
    pub decision_digest: Option<Digest>,
    /// Reasons, ascending.
    pub reasons: Reasons,
    /// Pilot run.
    pub pilot: bool,
    /// Key of the record that a reversal undoes.
    pub corrects: Option<Hex32>,
}

impl ImportRecord {
    /// The fields, in their order.
    pub const COLUMNS: [&str; 27] = [
        "record",
        "type",
        "key",
        "scheme",
        "policy_hash",
        "county",
        "person_ref",
        "entitlement",
        "id_match",
        "kind",
        "channel",
        "module",
        "certified_on",
        "submitted_at",
        "decided_at",
        "next_due",
        "payroll_month",
        "backpay_months",
        "method",
        "staff",
        "reviewer",
        "assisting_agency",
        "evidence_digest",
        "decision_digest",
        "reasons",
        "pilot",
        "corrects",
    ];

    /// A record of which only scheme, type, person and line are known. Its key is set last.
    pub(super) fn blank(scheme: &Scheme, record_type: RecordType, person_ref: &Ref, entitlement: &Ref) -> Self {
        Self {
            record: FORMAT,
            record_type,
            key: Hex32::from([0; 32]),
            scheme: scheme.id.clone(),
            policy_hash: scheme.hash,
            county: scheme.county,
            person_ref: person_ref.clone(),
            entitlement: entitlement.clone(),
            id_match: None,
            kind: None,
            channel: None,
            module: None,
            certified_on: None,
            submitted_at: None,
            decided_at: None,
            next_due: None,
            payroll_month: None,
            backpay_months: BTreeSet::new(),
            method: None,
            staff: Vec::new(),
            reviewer: None,
            assisting_agency: None,
            evidence_digest: None,
            decision_digest: None,
            reasons: Reasons::new(),
            pilot: scheme.pilot,
            corrects: None,
        }
    }

    /// Sets the key from the other fields: SHA-256 over format, type, scheme, person, line, date or months, channel, agency
    /// and corrected key, one a line, absent ones empty. Of back-pay every month counts, joined by `;`: an advice that
    /// names one month more is another one.
    pub(super) fn keyed(mut self) -> Self {
        let text = |value: Option<&dyn std::fmt::Display>| value.map(ToString::to_string).unwrap_or_default();
        let when = match (self.certified_on, self.payroll_month) {
            (Some(day), _) => day.to_string(),
            (None, Some(month)) => month.to_string(),
            (None, None) => self.backpay_months.iter().map(Month::to_string).collect::<Vec<_>>().join(";"),
        };
        let fields = [
            FORMAT.to_owned(),
            self.record_type.to_string(),
            self.scheme.clone(),
            self.person_ref.to_string(),
            self.entitlement.to_string(),
            when,
            text(self.channel.as_ref().map(|channel| channel as _)),
            text(self.assisting_agency.as_ref().map(|agency| agency as _)),
            text(self.corrects.as_ref().map(|key| key as _)),
        ];
        self.key = Hex32::sha256(fields.join("\n").as_bytes());
        self
    }
}
