//! Records from the events that stand behind them.

use super::{Exporter, ImportRecord, RecordType};
use crate::event::{CaseKey, Event, Fact, Payload, RosterEntry};
use crate::reason::Reason;
use crate::status::LineStatus;
use crate::value::Ref;
use crate::vocabulary::Method;

impl Exporter<'_> {
    /// A pass, as the line that it serves is told of it.
    pub(super) fn pass_record(&self, line: &LineStatus, entry: &RosterEntry, event: &Event) -> Option<ImportRecord> {
        let Payload::PassRecorded(pass) = &event.payload else { return None };
        let by_people = matches!(pass.method, Method::Staff | Method::Form);
        let module = self.scheme.channels.values().find_map(|rule| rule.module.clone());
        let record = ImportRecord {
            channel: Some(pass.channel),
            module: module.filter(|_| by_people),
            certified_on: Some(event.effective),
            submitted_at: Some(pass.at),
            decided_at: pass.decided_at,
            next_due: line.due,
            method: Some(pass.method),
            staff: pass.staff.clone(),
            reviewer: pass.reviewer.clone(),
            assisting_agency: pass.agency.clone(),
            evidence_digest: pass.evidence_digest,
            decision_digest: pass.decision_digest,
            reasons: pass.reasons.clone(),
            pilot: pass.pilot,
            ..self.blank(RecordType::Certification, line, entry)
        };
        Some(record.keyed())
    }

    /// What an advice or a notice has in common with every record of a line.
    pub(super) fn blank(&self, record_type: RecordType, line: &LineStatus, entry: &RosterEntry) -> ImportRecord {
        ImportRecord {
            kind: Some(line.kind),
            id_match: Some(entry.id_match),
            ..ImportRecord::blank(self.scheme, record_type, &line.person_ref, &line.entitlement)
        }
    }

    /// A loss that people confirmed, by the event that closed its case: the platform's people act.
    pub(super) fn notice_record(
        &self,
        line: &LineStatus,
        entry: &RosterEntry,
        case: &CaseKey,
        closure: &Event,
    ) -> Option<ImportRecord> {
        let (reason, month) = match (case, &closure.payload) {
            (CaseKey::Fact { fact, day, .. }, Payload::CaseClosed(closed)) => {
                let from = closed.from.unwrap_or(*day);
                match fact {
                    Fact::Death => (Reason::ENTITLEMENT_ENDED, from.month().plus_months(1)),
                    Fact::Duplicate => (Reason::DUPLICATE_CONFIRMED, closure.effective.month()),
                    Fact::Imprisonment | Fact::Other(_) => (Reason::STOPPED_BY_DECISION, from.month()),
                }
            }
            (CaseKey::Pair { .. }, _) => (Reason::DUPLICATE_CONFIRMED, closure.effective.month()),
            _ => return None,
        };
        let record = ImportRecord {
            decided_at: Some(closure.received),
            payroll_month: Some(month),
            reasons: [reason].into(),
            ..self.blank(RecordType::ReferralNotice, line, entry)
        };
        Some(record.keyed())
    }

    /// A pass of another county's person.
    pub(super) fn assist_record(&self, event: &Event) -> Option<ImportRecord> {
        let Payload::AssistGiven(assist) = &event.payload else { return None };
        let none: Ref = "-".parse().ok()?;
        let record = ImportRecord {
            county: assist.county,
            kind: assist.kind,
            id_match: Some(assist.id_match),
            channel: Some(assist.channel),
            certified_on: Some(event.effective),
            submitted_at: Some(assist.at),
            decided_at: Some(assist.decided_at),
            method: Some(assist.method),
            staff: assist.staff.clone(),
            reviewer: assist.reviewer.clone(),
            assisting_agency: self.scheme.county.as_str().parse().ok(),
            evidence_digest: assist.evidence_digest,
            decision_digest: Some(assist.decision_digest),
            reasons: assist.reasons.clone(),
            pilot: assist.pilot,
            ..ImportRecord::blank(self.scheme, RecordType::Assist, &assist.person_ref, &none)
        };
        Some(record.keyed())
    }
}
