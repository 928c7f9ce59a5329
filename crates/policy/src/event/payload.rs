//! Payloads, one struct per event kind. Absent optional fields are left out, never `null`.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::*;
use super::{Against, CaseKey, Fact, Source};
use crate::json::{self, Problem};
use crate::reason::{Reason, Reasons};
use crate::value::{Code, Day, Digest, Hex32, IdMatch, Instant, KeyCheck, Month, Ref, Token};
use crate::vocabulary::{AskedBy, Channel, Ground, Kind, Method, Residence, Role};

macro_rules! payloads {
    ($($(#[$doc:meta])* $kind:ident,)+) => {
        /// Kind of an event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum EventKind {
            $($(#[$doc])* $kind,)+
        }

        impl EventKind {
            /// Every kind, in the order of the story: what opens stands before what closes.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];
        }

        /// Kind and content of an event.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(tag = "kind", content = "payload")]
        pub enum Payload {
            $($(#[$doc])* $kind($kind),)+
        }

        impl Payload {
            /// The kind.
            #[must_use]
            pub const fn kind(&self) -> EventKind {
                match self {
                    $(Self::$kind(_) => EventKind::$kind,)+
                }
            }

            pub(super) fn read(kind: EventKind, text: &str) -> Result<Self, Problem> {
                match kind {
                    $(EventKind::$kind => json::read(text).map(Self::$kind),)+
                }
            }
        }

        $(impl From<$kind> for Payload {
            fn from(payload: $kind) -> Self {
                Self::$kind(payload)
            }
        })+
    };
}

payloads! {
    /// A benefit line of a person, as the roster states it.
    RosterEntry,
    /// The person lives elsewhere from that day on.
    ResidenceChanged,
    /// A consent given or withdrawn from that day on.
    ConsentRecorded,
    /// Somebody saw that certifying is hard for the person.
    DifficultyFlag,
    /// A certification.
    PassRecorded,
    /// A submission, other than a form, that waits for review.
    SubmissionLodged,
    /// A review of a submission.
    SubmissionReviewed,
    /// A submission that did not certify and does not wait for review.
    SubmissionFailed,
    /// A commitment form with its photo.
    FormLodged,
    /// A review of a form.
    FormReviewed,
    /// A home visit is asked for.
    VisitRequested,
    /// A home visit has its day.
    AppointmentMade,
    /// A home visit was made.
    VisitDone,
    /// An appeal or a complaint.
    AppealLodged,
    /// An appeal is answered.
    AppealClosed,
    /// A fact that may end a benefit.
    FactReported,
    /// People have decided a case.
    CaseClosed,
    /// One face under two people, a lead.
    PairReported,
    /// People have decided a face pair.
    PairClosed,
    /// What the platform says of a month.
    PlatformPayment,
    /// The platform has ended a benefit line.
    EntitlementEnded,
    /// Staff tried to reach the person.
    ContactAttempted,
    /// Data matching was looked up.
    DataLookedUp,
    /// A note on a worklist item.
    ItemNoted,
    /// A worklist item is closed.
    ItemClosed,
    /// An imported row that was not applied.
    RowReferred,
    /// An advice was written out.
    AdviceIssued,
    /// An advice was withdrawn.
    AdviceWithdrawn,
    /// Another record was written out.
    RecordExported,
    /// The platform has answered a record.
    AckReceived,
    /// A pass of another county's person.
    AssistGiven,
    /// A reminder went out.
    ReminderSent,
    /// An event is withdrawn.
    Revoked,
}

/// Who on the staff did something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Pseudonymous staff reference.
    pub staff: Ref,
    /// In which role.
    pub role: Role,
}

/// A benefit line of a person, as the roster states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterEntry {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Kind of benefit.
    pub kind: Kind,
    /// First day of the first paid month.
    pub benefit_start: Day,
    /// Village or community.
    pub unit_code: Code<12>,
    /// Keyed digest of the document number.
    pub id_match: IdMatch,
    /// Keyed digest of the name.
    pub name_hmac: IdMatch,
    /// Which key made the digests.
    pub key_check: KeyCheck,
    /// Row identity.
    pub row: Hex32,
    /// Birth date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Day>,
    /// Residence, `county` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residence: Option<Residence>,
    /// Start of the rhythm where cycles are anchored, `benefit_start` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Day>,
    /// A pass of this entitlement from before, for due dates only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_certified: Option<Day>,
    /// End of a survivor's condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eligible_until: Option<Day>,
    /// A guardian is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<bool>,
    /// A relative is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<bool>,
}

/// The person lives elsewhere from that day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResidenceChanged {
    /// The person.
    pub person_ref: Ref,
    /// Where.
    pub residence: Residence,
    /// Who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// A consent given or withdrawn from that day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentRecorded {
    /// The person.
    pub person_ref: Ref,
    /// To what.
    pub consent: Consent,
    /// Given, or withdrawn.
    pub given: bool,
    /// By whom.
    pub by: ConsentBy,
    /// The form that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Hex32>,
}

/// Somebody saw that certifying is hard for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifficultyFlag {
    /// The person.
    pub person_ref: Ref,
    /// What is hard.
    pub flag: Difficulty,
    /// Who saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// A certification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassRecorded {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// How it was proven.
    pub method: Method,
    /// When.
    pub at: Instant,
    /// Attesting staff, or those who signed.
    pub staff: Vec<Ref>,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Made in a pilot run.
    pub pilot: bool,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
    /// Who reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<Ref>,
    /// The other agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Ref>,
    /// The data source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_source: Option<Ref>,
    /// Digest of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_digest: Option<Digest>,
    /// The submission that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Hex32>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
    /// The platform's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<Token>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// A submission, other than a form, that waits for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionLodged {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// The date that a pass will bear.
    pub certified_on: Day,
    /// How it is to be proven.
    pub method: Method,
    /// What is to be looked at.
    pub need: Need,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Digest of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_digest: Option<Digest>,
    /// The other agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Ref>,
    /// The data source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_source: Option<Ref>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
}

/// A review of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionReviewed {
    /// The submission.
    pub of: Hex32,
    /// Reviewer.
    pub by: Actor,
    /// Result.
    pub result: ReviewResult,
    /// What is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Reasons>,
}

/// A submission that did not certify and does not wait for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionFailed {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// Outcome.
    pub outcome: FailedOutcome,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// An own face path ended in a failure.
    pub attempt: bool,
    /// Digest of the photo of a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_digest: Option<Digest>,
    /// Open cases that it was referred for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<BTreeSet<CaseKey>>,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_digest: Option<Digest>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
}

/// A commitment form with its photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormLodged {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// Year written on the form.
    pub year: i16,
    /// Digest of the photo file.
    pub photo_digest: Digest,
    /// Who signed as 网格员.
    pub grid_worker: Ref,
    /// Who signed as 负责人.
    pub head: Ref,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// The person cannot come.
    pub cannot_visit: bool,
    /// Staff note that the kiosk failed.
    pub kiosk_failed_noted: bool,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Digest of the decision.
    pub decision_digest: Digest,
}

/// A review of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormReviewed {
    /// The form.
    pub of: Hex32,
    /// Reviewer.
    pub by: Actor,
    /// Result.
    pub result: ReviewResult,
    /// What is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Reasons>,
}

/// A home visit is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitRequested {
    /// The person.
    pub person_ref: Ref,
    /// Ground, self-declared.
    pub ground: Ground,
    /// Who asks.
    pub asked_by: AskedBy,
    /// Who doubts the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground_query: Option<Actor>,
}

/// A home visit has its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentMade {
    /// The request.
    pub of: Hex32,
    /// Day of the visit.
    pub day: Day,
    /// Who made it.
    pub by: Actor,
}

/// A home visit was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitDone {
    /// The request.
    pub of: Hex32,
    /// Whether the person was met.
    pub result: VisitResult,
    /// Who went.
    pub by: Vec<Actor>,
}

/// An appeal or a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealLodged {
    /// The person.
    pub person_ref: Ref,
    /// Which of them.
    pub matter: Matter,
    /// The benefit line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<Ref>,
    /// What it is directed against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// An appeal is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealClosed {
    /// The appeal.
    pub of: Hex32,
    /// Result.
    pub result: AppealResult,
    /// By whom.
    pub by: Actor,
}

/// A fact that may end a benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactReported {
    /// The person.
    pub person_ref: Ref,
    /// Which fact.
    pub fact: Fact,
    /// Who says so.
    pub data_source: Ref,
    /// The list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_id: Option<Token>,
    /// Class of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Ref>,
    /// End of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// People have decided a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseClosed {
    /// The case.
    pub case: CaseKey,
    /// Result.
    pub result: CaseResult,
    /// By whom.
    pub by: Vec<Actor>,
    /// Digest of the papers.
    pub evidence_digest: Digest,
    /// Class of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Ref>,
    /// Start of a stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// End of a stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// One face under two people, a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairReported {
    /// The smaller reference.
    pub a: Ref,
    /// The larger reference.
    pub b: Ref,
    /// Score in millionths.
    pub score_millionths: i64,
    /// Row identity.
    pub row: Hex32,
}

/// People have decided a face pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairClosed {
    /// The smaller reference.
    pub a: Ref,
    /// The larger reference.
    pub b: Ref,
    /// Result.
    pub result: PairResult,
    /// By whom.
    pub by: Vec<Actor>,
}

/// What the platform says of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformPayment {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// The payroll month.
    pub month: Month,
    /// Paid or suspended.
    pub state: PaymentState,
    /// Row identity.
    pub row: Hex32,
    /// Why it is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<PaymentCause>,
    /// Amount in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_fen: Option<i64>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// The platform has ended a benefit line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntitlementEnded {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Row identity.
    pub row: Hex32,
}

/// Staff tried to reach the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactAttempted {
    /// The person.
    pub person_ref: Ref,
    /// When.
    pub at: Instant,
    /// How.
    pub medium: Medium,
    /// Whether it worked.
    pub result: ContactResult,
    /// Who.
    pub by: Actor,
    /// For which worklist item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Hex32>,
}

/// Data matching was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataLookedUp {
    /// The person.
    pub person_ref: Ref,
    /// Where.
    pub data_source: Ref,
    /// What was found.
    pub result: LookupResult,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// A note on a worklist item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemNoted {
    /// The item.
    pub item: Hex32,
    /// The note.
    pub note: Note,
    /// Who.
    pub by: Actor,
}

/// A worklist item is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemClosed {
    /// The item.
    pub item: Hex32,
    /// Result.
    pub result: ItemResult,
    /// Who.
    pub by: Actor,
}

/// An imported row that was not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowReferred {
    /// Row identity.
    pub row: Hex32,
    /// Kind of import.
    pub file: Source,
    /// Why.
    pub reason: Reason,
    /// Keyed digest of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_match: Option<IdMatch>,
    /// The person, if found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_ref: Option<Ref>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// An advice was written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceIssued {
    /// Key of the record.
    pub key: Hex32,
    /// Which advice.
    #[serde(rename = "type")]
    pub record_type: AdviceType,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// The month of a stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payroll_month: Option<Month>,
    /// The months to pay back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backpay_months: Option<BTreeSet<Month>>,
}

/// An advice was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceWithdrawn {
    /// Key of the record.
    pub key: Hex32,
    /// The advice.
    pub of: Hex32,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// The advice's month.
    pub payroll_month: Month,
}

/// Another record was written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordExported {
    /// Key of the record.
    pub key: Hex32,
    /// Which record.
    #[serde(rename = "type")]
    pub record_type: ExportedType,
    /// The person.
    pub person_ref: Ref,
    /// The benefit line, `-` if none.
    pub entitlement: Ref,
    /// The event behind it.
    pub of: Hex32,
    /// Key of the record that it undoes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Hex32>,
}

/// The platform has answered a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AckReceived {
    /// Key of the record.
    pub ack_of: Hex32,
    /// Answer.
    pub status: AckStatus,
    /// When.
    pub at: Instant,
    /// Row identity.
    pub row: Hex32,
    /// The platform's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Token>,
}

/// A pass of another county's person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssistGiven {
    /// The person.
    pub person_ref: Ref,
    /// Keyed digest of the number.
    pub id_match: IdMatch,
    /// The paying county.
    pub county: Code<6>,
    /// By which door.
    pub channel: Channel,
    /// How it was proven.
    pub method: Method,
    /// When.
    pub at: Instant,
    /// When it was decided.
    pub decided_at: Instant,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Digest of the decision.
    pub decision_digest: Digest,
    /// Made in a pilot run.
    pub pilot: bool,
    /// Kind of benefit, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Who reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<Ref>,
    /// Digest of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
}

/// A reminder went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderSent {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Step.
    pub step: Token,
    /// Text.
    pub text_id: Ref,
    /// To whom.
    pub to: ReminderTo,
    /// How.
    pub medium: ReminderMedium,
    /// The due date that it named.
    pub due: Day,
}

/// An event is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// The event.
    pub target: Hex32,
    /// Who.
    pub by: Actor,
    /// Note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}
