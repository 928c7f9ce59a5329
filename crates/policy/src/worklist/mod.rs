//! The worklist: what staff have to do, by role, township and deadline in working days.
//!
//! An item opens and closes by events and days alone; nobody has to keep it in step.

mod cases;
mod desk;
mod item;
mod lines;
mod lodged;
mod records;

use crate::decide::photo_of;
use crate::event::{Event, Payload};
use crate::log::Log;
use crate::scheme::Scheme;
use crate::status::{LineStatus, Person, statuses};
use crate::value::{Digest, IdMatch, Instant, Ref};
use desk::Desk;
use std::collections::{BTreeSet, HashMap};

pub use item::WorkItem;
pub(crate) use lines::roster_entry;

/// Items that are open at `now`, by deadline, township and id.
#[must_use]
pub fn worklist(scheme: &Scheme, events: &[Event], now: Instant) -> Vec<WorkItem> {
    let log = Log::new(events, now);
    let lines = statuses(scheme, &log, now);
    items(scheme, &log, &lines, now)
}

/// The same, where log and statuses are at hand.
pub(crate) fn items(scheme: &Scheme, log: &Log<'_>, lines: &[LineStatus], now: Instant) -> Vec<WorkItem> {
    let mut of_person: HashMap<&Ref, Vec<&LineStatus>> = HashMap::new();
    for line in lines {
        of_person.entry(&line.person_ref).or_default().push(line);
    }
    let first = of_person.iter().filter_map(|(person, lines)| Some((*person, *lines.first()?)));
    let (lines, rostered, photos) = (first.collect(), rostered(log), photos(log));
    let mut desk = Desk { scheme, log, now, lines, rostered, photos, items: Vec::new() };
    for (person, story) in log.people() {
        let known = Person::new(scheme, log, person, story);
        lodged::open(&mut desk, person, story);
        cases::open(&mut desk, &known);
        lines::open_residence(&mut desk, &known, person);
        for line in of_person.get(person).into_iter().flatten() {
            lines::open(&mut desk, line, story);
        }
    }
    records::open(&mut desk);
    let mut items = desk.items;
    items.sort_by_key(|item| (item.deadline, item.township, item.item));
    items.dedup_by(|a, b| a.item == b.item);
    items
}

/// Who has used each photo of the manual route.
fn photos<'a>(log: &Log<'a>) -> HashMap<Digest, BTreeSet<&'a Ref>> {
    let mut photos: HashMap<Digest, BTreeSet<&Ref>> = HashMap::new();
    for (digest, person, _) in log.events.iter().filter_map(|event| photo_of(event)) {
        photos.entry(digest).or_default().insert(person);
    }
    photos
}

/// When the roster last named each number.
fn rostered(log: &Log<'_>) -> HashMap<IdMatch, Instant> {
    let mut rostered = HashMap::new();
    for event in &log.events {
        if let Payload::RosterEntry(entry) = &event.payload {
            let last = rostered.entry(entry.id_match).or_insert(event.received);
            *last = event.received.max(*last);
        }
    }
    rostered
}
