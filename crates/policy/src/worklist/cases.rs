//! Items that cases open: reported facts, face pairs, a living pass after a death, what was paid too long.

use super::Desk;
use super::item::Opener;
use crate::event::{CaseKey, Event, Fact, Payload, PaymentState};
use crate::fact::{Case, CaseState};
use crate::reason::Reason;
use crate::status::Person;
use crate::value::Day;
use crate::vocabulary::Item;
use std::collections::BTreeMap;

/// Items of one person's cases.
pub(super) fn open(desk: &mut Desk<'_>, person: &Person<'_>) {
    for case in &person.cases {
        let Some(report) = report(person, case) else { continue };
        // A pair is one item, opened by the first of its people.
        let own =
            case.key.people().next().is_some_and(|first| person.entries.iter().all(|entry| entry.person_ref == *first));
        if own && case.is_open() {
            open_case(desk, case, report);
        }
        if own && matches!(case.state, CaseState::Confirmed | CaseState::SamePerson) {
            open_overpayment(desk, person, case);
        }
        if matches!(case.key, CaseKey::Fact { fact: Fact::Death, .. }) {
            open_living(desk, person, case);
        }
    }
}

/// The event that opened a case: its first report, or the later roster entry of a duplicate seen there.
fn report<'a>(person: &Person<'a>, case: &Case) -> Option<&'a Event> {
    let opens = |event: &&Event| match (&event.payload, &case.key) {
        (Payload::FactReported(report), CaseKey::Fact { fact, day, .. }) => {
            report.fact == *fact && event.effective == *day
        }
        (Payload::PairReported(pair), CaseKey::Pair { a, b }) => pair.a == *a && pair.b == *b,
        _ => false,
    };
    let rostered = |event: &&Event| match (&event.payload, &case.key) {
        (Payload::RosterEntry(entry), CaseKey::Fact { fact: Fact::Duplicate, day, .. }) => entry.benefit_start == *day,
        _ => false,
    };
    let first = |found: &dyn Fn(&&Event) -> bool| {
        person.story.iter().copied().filter(|event| found(event)).min_by_key(|event| (event.received, event.event_id))
    };
    first(&opens).or_else(|| first(&rostered))
}

/// A case is open until it is closed; `unclear` keeps it open with a new deadline.
fn open_case(desk: &mut Desk<'_>, case: &Case, report: &Event) {
    let (name, reason) = match &case.key {
        CaseKey::Fact { fact: Fact::Death, .. } => (Item::CaseDeath, Reason::DEATH_REPORTED),
        CaseKey::Fact { fact: Fact::Imprisonment, .. } => (Item::CaseOther, Reason::IMPRISONMENT_REPORTED),
        CaseKey::Fact { fact: Fact::Other(_), .. } => (Item::CaseOther, Reason::OTHER_FACT_REPORTED),
        CaseKey::Fact { fact: Fact::Duplicate, .. } | CaseKey::Pair { .. } => {
            (Item::CaseOther, Reason::DUPLICATE_SUSPECTED)
        }
    };
    let reported = report.received.day();
    let opened = desk.log.closure(&case.key).map_or(reported, |unclear| unclear.effective.max(reported));
    desk.open(name, Opener::Event(&report.event_id), opened).people(case.key.people().cloned()).reason(reason).push();
}

/// A pass dated after a death that is reported or confirmed, until people have closed the case anew.
fn open_living(desk: &mut Desk<'_>, person: &Person<'_>, case: &Case) {
    let CaseKey::Fact { day: died, .. } = &case.key else { return };
    let closed = desk.log.closure(&case.key).filter(|_| !case.is_open()).map(|closure| closure.effective);
    let answered = |seen: Day| closed.is_some_and(|closed| case.state == CaseState::Refuted || closed > seen);
    for &event in person.story {
        let alive = matches!(event.payload, Payload::PassRecorded(_)) && event.effective > *died;
        if alive && !answered(event.received.day()) {
            desk.open(Item::LivingAfterDeath, Opener::Event(&event.event_id), event.received.day())
                .people(case.key.people().cloned())
                .reason(Reason::LIVING_PASS_AFTER_DEATH)
                .priority(true)
                .push();
        }
    }
}

/// What was paid after a confirmed death, or twice: finance follows it up.
fn open_overpayment(desk: &mut Desk<'_>, person: &Person<'_>, case: &Case) {
    let Some(closure) = desk.log.closure(&case.key) else { return };
    let overpaid = match &case.key {
        CaseKey::Fact { fact: Fact::Death, day, .. } => is_paid_after(person.story, *day),
        CaseKey::Fact { fact: Fact::Duplicate, .. } | CaseKey::Pair { .. } => true,
        CaseKey::Fact { .. } => false,
    };
    if overpaid {
        desk.open(Item::Overpayment, Opener::Event(&closure.event_id), closure.effective)
            .people(case.key.people().cloned())
            .reason(Reason::OVERPAYMENT_NOTE)
            .push_unless_closed();
    }
}

/// Whether a month later than that of the death stands as paid.
fn is_paid_after(story: &[&Event], died: Day) -> bool {
    let mut months = BTreeMap::new();
    // The story is in the order by which the later statement of a month wins.
    for event in story {
        if let Payload::PlatformPayment(payment) = &event.payload {
            months.insert((&payment.entitlement, payment.month), payment.state);
        }
    }
    months.into_iter().any(|((_, month), state)| month > died.month() && state == PaymentState::Paid)
}
