//! Items that cases open: reported facts, face pairs, a living pass after a death, what was paid too long.

use super::Desk;
use super::item::Opener;
use crate::event::{CaseKey, Event, Fact, Payload, PaymentState};
use crate::reason::Reason;
use crate::value::{Day, Ref};
use crate::vocabulary::Item;

/// Items of one person's cases.
pub(super) fn open<'a>(desk: &mut Desk<'a>, person: &'a Ref, events: &[&'a Event]) {
    for &event in events {
        match &event.payload {
            Payload::FactReported(report) => {
                let case =
                    CaseKey::Fact { fact: report.fact.clone(), person_ref: person.clone(), day: event.effective };
                let (name, reason) = fact_item(&report.fact);
                open_case(desk, event, &case, name, reason);
                if report.fact == Fact::Death {
                    open_living(desk, &case, person, events);
                }
            }
            Payload::PairReported(pair) if pair.a == *person => {
                let case = CaseKey::Pair { a: pair.a.clone(), b: pair.b.clone() };
                open_case(desk, event, &case, Item::CaseOther, Reason::DUPLICATE_SUSPECTED);
            }
            _ => {}
        }
    }
}

fn fact_item(fact: &Fact) -> (Item, Reason) {
    match fact {
        Fact::Death => (Item::CaseDeath, Reason::DEATH_REPORTED),
        Fact::Imprisonment => (Item::CaseOther, Reason::IMPRISONMENT_REPORTED),
        Fact::Duplicate => (Item::CaseOther, Reason::DUPLICATE_SUSPECTED),
        Fact::Other(_) => (Item::CaseOther, Reason::OTHER_FACT_REPORTED),
    }
}

/// A case is open until it is closed; `unclear` keeps it open with a new deadline.
fn open_case<'a>(desk: &mut Desk<'a>, report: &'a Event, case: &CaseKey, name: Item, reason: Reason) {
    let opened = report.received.day();
    if desk.log.is_open(case) {
        let unclear = desk.log.closure(case).map(|closure| closure.effective);
        let opened = unclear.map_or(opened, |looked_at| looked_at.max(opened));
        let people = case.people().cloned();
        desk.open(name, Opener::Event(&report.event_id), opened).people(people).reason(reason).push();
    }
}

/// A pass dated after a death that is reported or confirmed, until people have closed the case anew.
fn open_living<'a>(desk: &mut Desk<'a>, case: &CaseKey, person: &'a Ref, events: &[&'a Event]) {
    let CaseKey::Fact { day: died, .. } = case else { return };
    let closed = desk.log.closure(case).filter(|_| !desk.log.is_open(case)).map(|closure| closure.effective);
    let refuted = closed.is_some() && !desk.log.is_confirmed(case);
    let answered = |seen: Day| closed.is_some_and(|closed| closed > seen);
    for &event in events {
        let alive = matches!(event.payload, Payload::PassRecorded(_)) && event.effective > *died;
        if alive && !refuted && !answered(event.received.day()) {
            desk.open(Item::LivingAfterDeath, Opener::Event(&event.event_id), event.received.day())
                .people([person.clone()])
                .reason(Reason::LIVING_PASS_AFTER_DEATH)
                .priority(true)
                .push();
        }
    }
}

/// What was paid after a confirmed death, or twice: finance follows it up.
pub(super) fn open_overpayments<'a>(desk: &mut Desk<'a>, person: &'a Ref, events: &[&'a Event]) {
    for &event in events {
        let case = match &event.payload {
            Payload::FactReported(report) if matches!(report.fact, Fact::Death | Fact::Duplicate) => {
                CaseKey::Fact { fact: report.fact.clone(), person_ref: person.clone(), day: event.effective }
            }
            Payload::PairReported(pair) if pair.a == *person => CaseKey::Pair { a: pair.a.clone(), b: pair.b.clone() },
            _ => continue,
        };
        let Some(closure) = desk.log.closure(&case).filter(|_| desk.log.is_confirmed(&case)) else { continue };
        let died = matches!(case, CaseKey::Fact { fact: Fact::Death, .. });
        if !died || is_paid_after(events, event.effective) {
            desk.open(Item::Overpayment, Opener::Event(&closure.event_id), closure.effective)
                .people(case.people().cloned())
                .reason(Reason::OVERPAYMENT_NOTE)
                .push_unless_closed();
        }
    }
}

/// Whether the platform has paid a month later than that of the death.
fn is_paid_after(events: &[&Event], died: Day) -> bool {
    events.iter().any(|event| match &event.payload {
        Payload::PlatformPayment(payment) => payment.state == PaymentState::Paid && payment.month > died.month(),
        _ => false,
    })
}
