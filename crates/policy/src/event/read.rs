//! Reading events from JSON Lines.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Event, EventKind, Payload, Source};
use crate::error::Error;
use crate::json::{self, Problem};
use crate::value::{Day, Hex32, Instant};

/// An event as staff may write it: id, time of receipt and source can be left out.
#[derive(Clone, Debug)]
pub struct EventLine {
    /// The id that the line claims.
    pub event_id: Option<Hex32>,
    /// The day it belongs to in the person's story.
    pub effective: Day,
    /// When the system learnt of it.
    pub received: Option<Instant>,
    /// Where it came from.
    pub source: Option<Source>,
    /// Kind and content.
    pub payload: Payload,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    event_id: Option<Hex32>,
    kind: EventKind,
    effective: Day,
    received: Option<Instant>,
    source: Option<Source>,
    #[serde(borrow)]
    payload: &'a RawValue,
}

impl EventLine {
    /// Reads one line of a file; `file` and `line` (from 1) only name the place in an error.
    ///
    /// # Errors
    /// [`Error::Event`] with the field at fault.
    pub fn read(file: &str, line: usize, text: &str) -> Result<Self, Error> {
        let at =
            |Problem { field, text, .. }: Problem| Error::Event { file: file.to_owned(), line, field, problem: text };
        let envelope = json::read::<Envelope<'_>>(text).map_err(at)?;
        let payload = Payload::read(envelope.kind, envelope.payload.get()).map_err(|mut problem| {
            problem.field = match problem.field.as_str() {
                "." => "payload".to_owned(),
                field => format!("payload.{field}"),
            };
            at(problem)
        })?;
        Ok(Self {
            event_id: envelope.event_id,
            effective: envelope.effective,
            received: envelope.received,
            source: envelope.source,
            payload,
        })
    }

    /// The event, with what was left out filled in and its id checked.
    ///
    /// # Errors
    /// [`Error::Event`] if `received` or `source` is missing on both sides, [`Error::EventId`] if
    /// the line claims the id of another event.
    pub fn complete(
        self,
        file: &str,
        line: usize,
        received: Option<Instant>,
        source: Option<Source>,
    ) -> Result<Event, Error> {
        let missing = |field: &str| Error::Event {
            file: file.to_owned(),
            line,
            field: field.to_owned(),
            problem: format!("missing field `{field}`"),
        };
        let received = self.received.or(received).ok_or_else(|| missing("received"))?;
        let source = self.source.or(source).ok_or_else(|| missing("source"))?;
        let event = Event::new(self.effective, received, source, self.payload)?;
        if self.event_id.is_some_and(|claimed| claimed != event.event_id) {
            return Err(Error::EventId { file: file.to_owned(), line });
        }
        Ok(event)
    }
}

/// Reads whole events from JSON Lines; empty lines are skipped. `file` only names the place in an
/// error.
///
/// # Errors
/// The first line at fault, as [`Error::Event`] or [`Error::EventId`].
pub fn read_events(file: &str, text: &str) -> Result<Vec<Event>, Error> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(i, line)| EventLine::read(file, i + 1, line)?.complete(file, i + 1, None, None)).collect()
}
