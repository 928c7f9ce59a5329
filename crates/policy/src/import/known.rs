//! What the existing events say that an import has to know: people by number, their lines, rows seen before.

use crate::event::{Event, Payload};
use crate::reason::Reason;
use crate::value::{Day, Hex32, IdMatch, KeyCheck, Ref};
use crate::vocabulary::{Kind, Residence};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A person of the roster.
#[expect(clippy::struct_field_names, reason = "person_ref is the model's word")]
pub(super) struct Person {
    pub person_ref: Ref,
    pub name_hmac: IdMatch,
    /// Rank of the entry that says so: the latest wins.
    rank: (Day, Hex32),
}

/// The existing events, looked up. Revoked events do not count.
#[derive(Default)]
pub(super) struct Known {
    people: HashMap<IdMatch, Person>,
    /// Benefit lines of a person, with their kinds.
    lines: HashMap<Ref, BTreeMap<Ref, Kind>>,
    residences: HashMap<Ref, BTreeMap<Day, Residence>>,
    roster_residence: HashMap<Ref, Residence>,
    rows: HashSet<Hex32>,
    referred: HashSet<(Hex32, Reason)>,
    ids: HashSet<Hex32>,
    key_check: Option<KeyCheck>,
}

impl Known {
    pub(super) fn new(events: &[Event]) -> Self {
        let revoked: HashSet<Hex32> = events
            .iter()
            .filter_map(|event| match &event.payload {
                Payload::Revoked(revoked) => Some(revoked.target),
                _ => None,
            })
            .collect();
        // Of several entries the one that counts is the latest, in whatever order they come.
        let mut events: Vec<&Event> = events.iter().collect();
        events.sort_unstable_by_key(|event| (event.effective, event.event_id));
        let mut known = Self::default();
        for event in events {
            known.ids.insert(event.event_id);
            if revoked.contains(&event.event_id) {
                // A revoked row stays known: loading its file again must not bring it back.
                known.rows.extend(row_of(&event.payload));
            } else {
                known.add(event);
            }
        }
        known
    }

    /// Adds an event, also one that this import has just made.
    pub(super) fn add(&mut self, event: &Event) {
        self.ids.insert(event.event_id);
        self.rows.extend(row_of(&event.payload));
        match &event.payload {
            Payload::RosterEntry(entry) => {
                let rank = (event.effective, event.event_id);
                let latest = self.people.get(&entry.id_match).is_none_or(|known| known.rank < rank);
                if latest {
                    let person = Person { person_ref: entry.person_ref.clone(), name_hmac: entry.name_hmac, rank };
                    self.people.insert(entry.id_match, person);
                }
                let lines = self.lines.entry(entry.person_ref.clone()).or_default();
                lines.insert(entry.entitlement.clone(), entry.kind);
                if let Some(residence) = entry.residence {
                    self.roster_residence.insert(entry.person_ref.clone(), residence);
                }
                self.key_check.get_or_insert(entry.key_check);
            }
            Payload::ResidenceChanged(change) => {
                let changes = self.residences.entry(change.person_ref.clone()).or_default();
                changes.insert(event.effective, change.residence);
            }
            Payload::RowReferred(referred) => {
                self.referred.insert((referred.row, referred.reason));
            }
            _ => {}
        }
    }

    /// Which key made the digests of the roster.
    pub(super) fn key_check(&self) -> Option<KeyCheck> {
        self.key_check
    }

    /// The person with that number.
    pub(super) fn person(&self, id_match: &IdMatch) -> Option<&Person> {
        self.people.get(id_match)
    }

    /// Whether the person has that benefit line.
    pub(super) fn has_line(&self, person_ref: &Ref, entitlement: &Ref) -> bool {
        self.lines.get(person_ref).is_some_and(|lines| lines.contains_key(entitlement))
    }

    /// The person's only line of a kind.
    pub(super) fn line_of_kind(&self, person_ref: &Ref, kind: Kind) -> Option<&Ref> {
        let mut lines = self.lines.get(person_ref)?.iter().filter(|(_, of)| **of == kind);
        lines.next().filter(|_| lines.next().is_none()).map(|(line, _)| line)
    }

    /// Where the person lives on a day.
    pub(super) fn residence(&self, person_ref: &Ref, day: Day) -> Residence {
        let changes = self.residences.get(person_ref);
        changes
            .and_then(|changes| changes.range(..=day).next_back())
            .map(|(_, residence)| *residence)
            .or_else(|| self.roster_residence.get(person_ref).copied())
            .unwrap_or(Residence::County)
    }

    /// Whether a row has become an event before.
    pub(super) fn has_row(&self, row: &Hex32) -> bool {
        self.rows.contains(row)
    }

    /// Whether a row has been referred for that reason before.
    pub(super) fn has_referred(&self, row: &Hex32, reason: Reason) -> bool {
        self.referred.contains(&(*row, reason))
    }

    /// Whether an event is known.
    pub(super) fn has_event(&self, id: &Hex32) -> bool {
        self.ids.contains(id)
    }
}

/// Identity of the row that an event came from. A referred row was not applied and may be, later.
fn row_of(payload: &Payload) -> Option<Hex32> {
    match payload {
        Payload::RosterEntry(payload) => Some(payload.row),
        Payload::PassRecorded(payload) => payload.row,
        Payload::SubmissionLodged(payload) => payload.row,
        Payload::SubmissionFailed(payload) => payload.row,
        Payload::FactReported(payload) => payload.row,
        Payload::PlatformPayment(payload) => Some(payload.row),
        Payload::EntitlementEnded(payload) => Some(payload.row),
        Payload::AckReceived(payload) => Some(payload.row),
        Payload::PairReported(payload) => Some(payload.row),
        _ => None,
    }
}
