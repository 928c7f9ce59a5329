//! Records that are undone, since what stood behind them no longer counts.

use super::{Exporter, ImportRecord, RecordType};
use crate::error::Error;
use crate::event::{CaseKey, Event, ExportedType, Payload, RecordExported};
use crate::fact::Case;
use crate::status::LineStatus;
use crate::value::Ref;
use crate::worklist::roster_entry;
use std::collections::HashMap;

impl<'a> Exporter<'a> {
    /// Records written whose event no longer counts: revoked, superseded, or a pass that is no longer accepted; unless another
    /// event now says the same.
    pub(super) fn reversals(&mut self, lines: &[LineStatus]) -> Result<(), Error> {
        let written: Vec<RecordExported> = self
            .log
            .events
            .iter()
            .filter_map(|event| match &event.payload {
                Payload::RecordExported(record) if record.record_type != ExportedType::Reversal => Some(record.clone()),
                _ => None,
            })
            .collect();
        let lines: HashMap<(&Ref, &Ref), &LineStatus> =
            lines.iter().map(|line| ((&line.person_ref, &line.entitlement), line)).collect();
        let stories: HashMap<Ref, Vec<&'a Event>> =
            self.log.people().map(|(person, story)| (person.clone(), story.to_vec())).collect();
        for written in written {
            let Some(&event) = self.all.get(&written.of) else { continue };
            let story = stories.get(&written.person_ref).map_or(&[][..], Vec::as_slice);
            let line = lines.get(&(&written.person_ref, &written.entitlement)).copied();
            if self.current.contains(&written.key) || self.still_counts(event, story, line) {
                continue;
            }
            let entry = line.and_then(|line| roster_entry(line, story));
            let undone = match (written.record_type, line.zip(entry)) {
                (ExportedType::Certification, Some((line, entry))) => self.pass_record(line, entry, event),
                (ExportedType::ReferralNotice, Some((line, entry))) => {
                    closed_case(event).and_then(|case| self.notice_record(line, entry, &case, event))
                }
                (ExportedType::Assist, _) => self.assist_record(event),
                _ => None,
            };
            if let Some(record) = undone {
                let record =
                    ImportRecord { record_type: RecordType::Reversal, corrects: Some(written.key), ..record }.keyed();
                self.written(record, ExportedType::Reversal, written.of)?;
            }
        }
        Ok(())
    }

    fn still_counts(&self, event: &Event, story: &[&Event], line: Option<&LineStatus>) -> bool {
        let known = self.log.event(&event.event_id).is_some();
        match (&event.payload, closed_case(event)) {
            (Payload::PassRecorded(_), _) => known && self.log.accepts(event, story),
            (_, Some(key)) => {
                let is_loss = |case: &Case| case.key == key && case.is_loss(self.scheme);
                let closure = self.log.closure(&key).map(|closure| closure.event_id);
                closure == Some(event.event_id) && line.is_some_and(|line| line.cases.iter().any(is_loss))
            }
            _ => known,
        }
    }
}

/// The case that an event closes.
fn closed_case(event: &Event) -> Option<CaseKey> {
    match &event.payload {
        Payload::CaseClosed(closed) => Some(closed.case.clone()),
        Payload::PairClosed(closed) => Some(CaseKey::Pair { a: closed.a.clone(), b: closed.b.clone() }),
        _ => None,
    }
}
