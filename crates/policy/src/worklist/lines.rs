//! Items that the day opens in the story of a benefit line: overdue, a survivor's condition, a stop that was not advised,
//! a residence that does not fit.

use super::desk::Desk;
use super::item::Opener;
use super::lodged::is_reached_since;
use crate::event::{Event, Payload, RosterEntry, Source};
use crate::reason::Reason;
use crate::status::{LineStatus, Person, Status};
use crate::value::{Day, Ref};
use crate::vocabulary::{Item, Kind};

/// Age from which a survivor's entitlement needs a look.
const OF_AGE_MONTHS: i32 = 18 * 12;

/// Items of one benefit line; `events` are those of its person.
pub(super) fn open<'a>(desk: &mut Desk<'a>, line: &LineStatus, events: &[&'a Event]) {
    let overdue = matches!(line.status, Status::Overdue | Status::Held | Status::SuspensionAdvised | Status::Suspended);
    if let Some(due) = line.due.filter(|_| overdue) {
        open_overdue(desk, line, due, events);
    }
    if line.reasons.contains(&Reason::SUSPENDED_BY_PLATFORM) {
        open_mismatch(desk, line, events);
    }
    open_survivor(desk, line, events);
}

/// The day after the due date, until somebody has reached the person or a visit is asked for; a pass moves the due date.
fn open_overdue<'a>(desk: &mut Desk<'a>, line: &LineStatus, due: Day, events: &[&'a Event]) {
    let opened = due.add_days(1);
    let asked =
        events.iter().any(|event| event.effective >= opened && matches!(event.payload, Payload::VisitRequested(_)));
    if !asked && !is_reached_since(events, opened) {
        let priority = desk.is_near_cutoff();
        desk.line_item(Item::OverdueContact, line, opened).reason(Reason::OVERDUE).priority(priority).push();
    }
}

/// The platform has stopped a month that we advised nothing for.
fn open_mismatch<'a>(desk: &mut Desk<'a>, line: &LineStatus, events: &[&'a Event]) {
    let stops = events.iter().filter(|event| match &event.payload {
        Payload::PlatformPayment(payment) => {
            payment.entitlement == line.entitlement
                && line.platform.as_ref().is_some_and(|known| known.month == payment.month)
        }
        _ => false,
    });
    if let Some(stop) = stops.max_by_key(|event| (event.effective, event.event_id)) {
        desk.open(Item::PlatformMismatch, Opener::Event(&stop.event_id), stop.effective)
            .line(line)
            .reason(Reason::SUSPENDED_BY_PLATFORM)
            .push_unless_closed();
    }
}

/// Some time before a survivor's condition ends, and on the day a survivor comes of age: a check, never a stop.
fn open_survivor<'a>(desk: &mut Desk<'a>, line: &LineStatus, events: &[&'a Event]) {
    let Some(entry) = roster_entry(line, events) else { return };
    let notice = desk.scheme.facts.eligible_until_notice_days;
    let ends = entry.eligible_until.map(|until| until.add_days(-notice));
    let survivor = matches!(line.kind, Kind::SurvivorEnterprise | Kind::SurvivorInstitution);
    let minor_at_start = |of_age: &Day| *of_age > entry.benefit_start;
    // An age is reached on the day after its birthday.
    let of_age = entry.birth_date.map(|born| born.add_months(OF_AGE_MONTHS).add_days(1)).filter(minor_at_start);
    for opened in [ends, of_age.filter(|_| survivor)].into_iter().flatten() {
        desk.line_item(Item::SurvivorCheck, line, opened).reason(Reason::SURVIVOR_CONDITION_CHECK).push_unless_closed();
    }
}

/// The roster entry of a line that counts: the latest.
pub(crate) fn roster_entry<'a>(line: &LineStatus, events: &[&'a Event]) -> Option<&'a RosterEntry> {
    let entries = events.iter().filter_map(|event| match &event.payload {
        Payload::RosterEntry(entry) if entry.entitlement == line.entitlement => {
            Some((event.effective, event.event_id, entry))
        }
        _ => None,
    });
    entries.max_by_key(|(effective, id, _)| (*effective, *id)).map(|(_, _, entry)| entry)
}

/// A pass by a channel that is not for where the person lives: enrolment confirms the residence.
pub(super) fn open_residence(desk: &mut Desk<'_>, person: &Person<'_>, person_ref: &Ref) {
    for &event in &person.passes {
        let Payload::PassRecorded(pass) = &event.payload else { continue };
        let rule = desk.scheme.channels.get(&pass.channel);
        let outside = desk.scheme.is_outside(person.residence(event.effective));
        if event.source == Source::Results && rule.is_some_and(|rule| !rule.is_for(outside)) {
            desk.open(Item::Identity, Opener::Event(&event.event_id), event.received.day())
                .people([person_ref.clone()])
                .reason(Reason::RESIDENCE_MISMATCH)
                .push_unless_closed();
        }
    }
}
