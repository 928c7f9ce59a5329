//! Export: what the platform has to be told now and has not been told yet. Running twice tells it once.

mod build;
mod csv;
mod record;
mod reversal;

use crate::error::Error;
use crate::event::{
    AdviceIssued, AdviceType, AdviceWithdrawn, Event, ExportedType, Payload, RecordExported, RosterEntry, Source,
};
use crate::log::Log;
use crate::scheme::Scheme;
use crate::status::{Action, ActionType, LineStatus, statuses};
use crate::value::{Hex32, Instant, Ref};
use crate::worklist::roster_entry;
use std::collections::{BTreeSet, HashMap, HashSet};

pub use record::{ImportRecord, RecordType};

/// What an export gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Records for the platform, by person, benefit line and type.
    pub records: Vec<ImportRecord>,
    /// Events that say that they were written: append them, so that the next export gives nothing again.
    pub events: Vec<Event>,
}

/// A record and the event that says that it was written.
struct Due {
    record: ImportRecord,
    event: Event,
}

struct Exporter<'a> {
    scheme: &'a Scheme,
    log: Log<'a>,
    now: Instant,
    /// Keys that were written before.
    written: HashSet<Hex32>,
    /// Keys of what holds now, written before or not.
    current: HashSet<Hex32>,
    /// All events, revoked ones too: a reversal repeats what its record said.
    all: HashMap<Hex32, &'a Event>,
    due: Vec<Due>,
}

/// Everything that is due for the platform at `now`, of the types asked for.
///
/// # Errors
/// [`Error::NotCanonical`], which no event of this crate gives.
pub fn export(
    scheme: &Scheme,
    events: &[Event],
    now: Instant,
    types: &BTreeSet<RecordType>,
) -> Result<Exported, Error> {
    let log = Log::new(events, now);
    let written = log.events.iter().filter_map(|event| key_of(event)).collect();
    let all = events.iter().map(|event| (event.event_id, event)).collect();
    let mut exporter = Exporter { scheme, log, now, written, current: HashSet::new(), all, due: Vec::new() };
    let lines = statuses(scheme, &exporter.log, now);
    exporter.lines(&lines)?;
    exporter.assists()?;
    exporter.reversals(&lines)?;
    let mut due = exporter.due;
    due.retain(|due| types.contains(&due.record.record_type));
    due.sort_by(|a, b| order(&a.record).cmp(&order(&b.record)));
    let (records, events) = due.into_iter().map(|due| (due.record, due.event)).unzip();
    Ok(Exported { records, events })
}

fn order(record: &ImportRecord) -> (&Ref, &Ref, RecordType, Hex32) {
    (&record.person_ref, &record.entitlement, record.record_type, record.key)
}

fn key_of(event: &Event) -> Option<Hex32> {
    match &event.payload {
        Payload::AdviceIssued(advice) => Some(advice.key),
        Payload::AdviceWithdrawn(advice) => Some(advice.key),
        Payload::RecordExported(record) => Some(record.key),
        _ => None,
    }
}

impl<'a> Exporter<'a> {
    /// Passes, advices and notices of every benefit line.
    fn lines(&mut self, lines: &[LineStatus]) -> Result<(), Error> {
        let stories: HashMap<Ref, Vec<&'a Event>> =
            self.log.people().map(|(person, story)| (person.clone(), story.to_vec())).collect();
        for line in lines {
            let story = stories.get(&line.person_ref).map_or(&[][..], Vec::as_slice);
            let Some(entry) = roster_entry(line, story) else { continue };
            for &event in story {
                if let Some(record) = self.certification(line, entry, event, story) {
                    self.written(record, ExportedType::Certification, event.event_id)?;
                }
            }
            for case in line.cases.iter().filter(|case| case.is_loss(self.scheme)) {
                let Some(closure) = self.log.closure(&case.key) else { continue };
                if let Some(record) = self.notice_record(line, entry, &case.key, closure) {
                    self.written(record, ExportedType::ReferralNotice, closure.event_id)?;
                }
            }
            for action in &line.actions {
                self.advice(line, entry, action, story)?;
            }
        }
        Ok(())
    }

    /// A pass of our own that serves the line.
    fn certification(
        &self,
        line: &LineStatus,
        entry: &RosterEntry,
        event: &Event,
        story: &[&Event],
    ) -> Option<ImportRecord> {
        let serves = self.scheme.serves(event, &entry.entitlement);
        let counts = serves && event.source != Source::Results && entry.benefit_start <= event.effective;
        (counts && self.log.accepts(event, story)).then(|| self.pass_record(line, entry, event)).flatten()
    }

    fn advice(
        &mut self,
        line: &LineStatus,
        entry: &RosterEntry,
        action: &Action,
        story: &[&Event],
    ) -> Result<(), Error> {
        let record_type = match action.action_type {
            ActionType::Suspend => RecordType::SuspendAdvice,
            ActionType::Withdraw => RecordType::WithdrawAdvice,
            ActionType::Resume => RecordType::ResumeAdvice,
        };
        let record = ImportRecord {
            decided_at: Some(self.now),
            payroll_month: action.payroll_month,
            backpay_months: action.backpay_months.iter().copied().collect(),
            next_due: line.due,
            reasons: line.reasons.clone(),
            ..self.blank(record_type, line, entry)
        }
        .keyed();
        if self.written.contains(&record.key) {
            return Ok(());
        }
        let (person_ref, entitlement) = (line.person_ref.clone(), line.entitlement.clone());
        let payload = match (record_type, action.payroll_month) {
            (RecordType::WithdrawAdvice, Some(payroll_month)) => {
                let advised = story.iter().rev().find(|event| match &event.payload {
                    Payload::AdviceIssued(advice) => {
                        advice.entitlement == entitlement && advice.payroll_month == Some(payroll_month)
                    }
                    _ => false,
                });
                let Some(advised) = advised else { return Ok(()) };
                AdviceWithdrawn { key: record.key, of: advised.event_id, person_ref, entitlement, payroll_month }.into()
            }
            (RecordType::SuspendAdvice, payroll_month) => AdviceIssued {
                key: record.key,
                record_type: AdviceType::Suspend,
                person_ref,
                entitlement,
                payroll_month,
                backpay_months: None,
            }
            .into(),
            _ => AdviceIssued {
                key: record.key,
                record_type: AdviceType::Resume,
                person_ref,
                entitlement,
                payroll_month: None,
                backpay_months: Some(action.backpay_months.iter().copied().collect()),
            }
            .into(),
        };
        self.push(record, payload)
    }

    /// Passes of other counties' people.
    fn assists(&mut self) -> Result<(), Error> {
        for event in self.log.events.clone() {
            if let Some(record) = self.assist_record(event) {
                self.written(record, ExportedType::Assist, event.event_id)?;
            }
        }
        Ok(())
    }

    /// Keeps a record that was not written before, with its event.
    fn written(&mut self, record: ImportRecord, record_type: ExportedType, of: Hex32) -> Result<(), Error> {
        let payload = RecordExported {
            key: record.key,
            record_type,
            person_ref: record.person_ref.clone(),
            entitlement: record.entitlement.clone(),
            of,
            corrects: record.corrects,
        };
        self.push(record, payload.into())
    }

    fn push(&mut self, record: ImportRecord, payload: Payload) -> Result<(), Error> {
        self.current.insert(record.key);
        if self.written.insert(record.key) {
            let event = Event::new(self.now.day(), self.now, Source::Export, payload)?;
            self.due.push(Due { record, event });
        }
        Ok(())
    }
}
