//! Import: a file becomes events, or is refused whole; every row becomes an event, a referral or a reported rejection.
//!
//! Loading a file twice, or two files that overlap, changes nothing: a row is known by its identity, a digest over its
//! parsed fields.

mod acks;
mod facts;
mod fields;
mod known;
mod mapping;
mod pairs;
mod pattern;
mod payments;
mod people;
mod platform;
mod results;
mod roster;
mod staff;
mod table;

use crate::canonical::canonical;
use crate::error::Error;
use crate::event::{Event, NameMatch, Payload, RowReferred, Source};
use crate::identity::HmacKey;
use crate::reason::Reason;
use crate::scheme::Scheme;
use crate::value::{Day, Hex32, IdMatch, Instant, Ref};
use fields::Fields;
use known::Known;
use people::{People, Who};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use table::{BadCell, Refused, Table};

pub use mapping::{Encoding, FileKind, Format, Mapping};

/// What a load found; `events` are new, everything else is counted.
#[derive(Debug)]
pub struct Loaded {
    /// Events that the existing ones do not hold, in the order of the rows.
    pub events: Vec<Event>,
    /// Rows that became no event and no referral.
    pub rejected: Vec<RejectedRow>,
    /// Counts.
    pub report: Report,
}

/// A row that could not be used. No number, no name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RejectedRow {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column or field at fault, if it is one.
    pub column: Option<String>,
    /// Why.
    pub reason: Reason,
    /// What was expected.
    pub text: String,
}

/// Counts of a load: every row is an event, a duplicate or rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// Kind of import.
    pub kind: Source,
    /// SHA-256 of the file's bytes.
    pub file_sha256: Hex32,
    /// Rows read.
    pub rows: u64,
    /// New events, referrals included.
    pub events: u64,
    /// Rows known already.
    pub duplicates: u64,
    /// Rows that people have to look at, each an event too.
    pub referred: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// How often each reason was given.
    pub by_reason: BTreeMap<u16, u64>,
}

/// What an import is matched against and when it happens.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// The policy.
    pub scheme: &'a Scheme,
    /// Events that are known already.
    pub existing: &'a [Event],
    /// When the file is received.
    pub now: Instant,
    /// Name of the file, for reports.
    pub file: &'a str,
}

/// What one row becomes.
#[expect(clippy::large_enum_variant, reason = "one row at a time, on the stack")]
enum Made {
    Event {
        effective: Day,
        payload: Payload,
        notes: Vec<Reason>,
    },
    Refer {
        reason: Reason,
        id_match: Option<IdMatch>,
        person_ref: Option<Ref>,
        name_match: Option<NameMatch>,
    },
    /// Nothing new, for that reason.
    Known(Reason),
}

impl Made {
    fn refer(who: &Who<'_>, seen: &people::Seen) -> Self {
        let (reason, person, name_match) = match *who {
            Who::Refer(reason, person, name_match) => (reason, person, name_match),
            Who::Found(person, name_match) => (Reason::NAME_MISMATCH, Some(person), Some(name_match)),
        };
        let person_ref = person.map(|person| person.person_ref.clone());
        Self::Refer { reason, id_match: seen.id_match, person_ref, name_match }
    }
}

impl Import<'_> {
    /// Loads a file of the platform by its mapping.
    ///
    /// # Errors
    /// [`Error::FileRefused`] for a file that is spoilt, not in its declared encoding or without a mapped column;
    /// [`Error::Mapping`] if the mapping has no section for the kind; [`Error::Argument`] if the key is not that of the
    /// existing roster.
    pub fn load(&self, kind: FileKind, bytes: &[u8], mapping: &Mapping, key: &HmacKey) -> Result<Loaded, Error> {
        let section = mapping.section(kind)?;
        let mut known = Known::new(self.existing);
        if known.key_check().is_some_and(|check| check != key.check()) {
            return Err(Error::Argument { argument: "key-file", expected: OTHER_KEY });
        }
        let refused = |refused: Refused| self.refuse(refused);
        let table = Table::open(bytes, mapping.format, mapping.encoding, &section.columns).map_err(refused)?;
        let people = match kind {
            FileKind::Acks => People::none(),
            _ => People::read(&table, section, key, &known).map_err(refused)?,
        };
        let mut batch = Batch::new(self, kind.source(), bytes);
        for (at, row) in table.rows().enumerate() {
            let seen = people.seen.get(at);
            let read = row.cells.and_then(|cells| {
                let fields = Fields { section, cells: &cells };
                let seen = seen.copied().unwrap_or_default();
                match kind {
                    FileKind::Roster => roster::read(&fields, &seen, &people, &known, key, self.now),
                    FileKind::Results => results::read(&fields, &seen, &people, &known, self),
                    FileKind::Payments => payments::read(&fields, &seen, &people, &known, self.now),
                    FileKind::Acks => acks::read(&fields),
                    FileKind::Facts => facts::read(&fields, &seen, &people, &known, self.scheme),
                }
            });
            if read.is_ok() && seen.is_some_and(|seen| seen.id_reason == Some(Reason::ID_15_CONVERTED)) {
                batch.note(Reason::ID_15_CONVERTED);
            }
            batch.take(row.line, read, &mut known)?;
        }
        Ok(batch.loaded)
    }

    fn refuse(&self, refused: Refused) -> Error {
        refused.error(self.file)
    }
}

const OTHER_KEY: crate::value::Expected =
    crate::value::Expected("the key and algorithm of the existing roster; another key would know nobody");

/// The growing result of a load.
struct Batch<'a> {
    file: &'a str,
    now: Instant,
    source: Source,
    loaded: Loaded,
}

impl<'a> Batch<'a> {
    fn new(import: &Import<'a>, source: Source, bytes: &[u8]) -> Self {
        let report = Report {
            kind: source,
            file_sha256: Hex32::sha256(bytes),
            rows: 0,
            events: 0,
            duplicates: 0,
            referred: 0,
            rejected: 0,
            by_reason: BTreeMap::new(),
        };
        let loaded = Loaded { events: Vec::new(), rejected: Vec::new(), report };
        Self { file: import.file, now: import.now, source, loaded }
    }

    fn note(&mut self, reason: Reason) {
        *self.loaded.report.by_reason.entry(reason.number()).or_default() += 1;
    }

    /// Takes one row: an event, a referral, a repetition or a rejection.
    fn take(&mut self, line: u64, read: Result<(Hex32, Made), BadCell>, known: &mut Known) -> Result<(), Error> {
        self.loaded.report.rows += 1;
        let (row, made) = match read {
            Ok(read) => read,
            Err(bad) => {
                self.reject(line, bad);
                return Ok(());
            }
        };
        match made {
            Made::Known(reason) => self.repeat(reason),
            _ if known.has_row(&row) => self.repeat(Reason::IMPORT_DUPLICATE),
            Made::Event { effective, payload, notes } => {
                for reason in notes {
                    self.note(reason);
                }
                self.push(Event::new(effective, self.now, self.source, payload)?, known);
            }
            Made::Refer { reason, .. } if known.has_referred(&row, reason) => self.repeat(Reason::IMPORT_DUPLICATE),
            Made::Refer { reason, id_match, person_ref, name_match } => {
                self.loaded.report.referred += 1;
                self.note(reason);
                let referred = RowReferred { row, file: self.source, reason, id_match, person_ref, name_match };
                self.push(Event::new(self.now.day(), self.now, self.source, referred.into())?, known);
            }
        }
        Ok(())
    }

    /// Keeps an event that is new.
    fn push(&mut self, event: Event, known: &mut Known) {
        if known.has_event(&event.event_id) {
            self.repeat(Reason::IMPORT_DUPLICATE);
            return;
        }
        known.add(&event);
        self.loaded.report.events += 1;
        self.loaded.events.push(event);
    }

    fn repeat(&mut self, reason: Reason) {
        self.loaded.report.duplicates += 1;
        self.note(reason);
    }

    fn reject(&mut self, line: u64, bad: BadCell) {
        self.loaded.report.rejected += 1;
        self.note(bad.reason);
        self.loaded.rejected.push(RejectedRow {
            file: self.file.to_owned(),
            line,
            column: bad.column,
            reason: bad.reason,
            text: bad.text.into_owned(),
        });
    }
}

/// Identity of a row: SHA-256 over the kind of file and the canonical JSON of its parsed fields.
fn row_identity<T: Serialize>(kind: &str, row: &T) -> Hex32 {
    // A row holds texts, integers and flags only, which always have a canonical form.
    let fields = canonical(row).unwrap_or_default();
    Hex32::sha256(format!("{kind}{fields}").as_bytes())
}
