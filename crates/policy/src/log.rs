//! Known events in their order: what is revoked, repeated or not yet received is left out.

use crate::event::{CaseKey, CaseResult, Event, Fact, PairResult, Payload};
use crate::value::{Day, Hex32, Instant, Ref};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Events that are known at a time, by person and by what they answer.
pub(crate) struct Log<'a> {
    /// All of them, by effective day, kind and id.
    pub(crate) events: Vec<&'a Event>,
    people: BTreeMap<&'a Ref, Vec<&'a Event>>,
    answers: HashMap<Hex32, Vec<&'a Event>>,
    by_id: HashMap<Hex32, &'a Event>,
    /// The closure of each case that counts: the latest by effective day, then by id.
    closures: HashMap<CaseKey, &'a Event>,
}

impl<'a> Log<'a> {
    pub(crate) fn new(events: &'a [Event], now: Instant) -> Self {
        Self::of(events.iter().filter(|event| event.received <= now))
    }

    /// The story up to a day, as it is known at a time; what was revoked later never was.
    pub(crate) fn until(events: &'a [Event], now: Instant, day: Day) -> Self {
        let told = |event: &&Event| event.received <= now && (event.effective <= day || revoked_by(event).is_some());
        Self::of(events.iter().filter(told))
    }

    fn of(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut first: HashMap<Hex32, &Event> = HashMap::with_capacity(events.size_hint().1.unwrap_or_default());
        for event in events {
            let known = first.entry(event.event_id).or_insert(event);
            if event.received < known.received {
                *known = event;
            }
        }
        let revoked: HashSet<Hex32> = first.values().filter_map(|event| revoked_by(event)).collect();
        let mut known: Vec<&Event> = first
            .into_values()
            .filter(|event| !revoked.contains(&event.event_id) || revoked_by(event).is_some())
            .collect();
        known.sort_unstable_by_key(|event| (event.effective, event.kind(), event.event_id));
        let mut log = Self {
            events: known,
            people: BTreeMap::new(),
            answers: HashMap::new(),
            by_id: HashMap::new(),
            closures: HashMap::new(),
        };
        for &event in &log.events {
            for person in people_of(&event.payload) {
                log.people.entry(person).or_default().push(event);
            }
            if let Some(of) = answered_by(&event.payload) {
                log.answers.entry(of).or_default().push(event);
            }
            if let Some(case) = closed_by(&event.payload) {
                // The order of the log is that of the rule, so that the last one wins.
                log.closures.insert(case, event);
            }
            log.by_id.insert(event.event_id, event);
        }
        log
    }

    /// People that an event is about, with their events.
    pub(crate) fn people(&self) -> impl Iterator<Item = (&'a Ref, &[&'a Event])> {
        self.people.iter().map(|(person, events)| (*person, events.as_slice()))
    }

    /// Events that answer one.
    pub(crate) fn answers(&self, id: &Hex32) -> &[&'a Event] {
        self.answers.get(id).map_or(&[], Vec::as_slice)
    }

    /// The closure of a case that counts.
    pub(crate) fn closure(&self, case: &CaseKey) -> Option<&'a Event> {
        self.closures.get(case).copied()
    }

    /// Whether a case is open: not closed, or closed as unclear.
    pub(crate) fn is_open(&self, case: &CaseKey) -> bool {
        self.closure(case).is_none_or(
            |closure| matches!(&closure.payload, Payload::CaseClosed(closed) if closed.result == CaseResult::Unclear),
        )
    }

    /// Whether a case is confirmed.
    pub(crate) fn is_confirmed(&self, case: &CaseKey) -> bool {
        self.closure(case).is_some_and(|closure| match &closure.payload {
            Payload::CaseClosed(closed) => closed.result == CaseResult::Confirmed,
            Payload::PairClosed(closed) => closed.result == PairResult::SamePerson,
            _ => false,
        })
    }

    /// Whether a pass counts: not of a day after it was received, and not after a confirmed death. `story` is its person's.
    pub(crate) fn accepts(&self, pass: &Event, story: &[&Event]) -> bool {
        let Payload::PassRecorded(recorded) = &pass.payload else { return false };
        let after_death = story.iter().any(|event| match &event.payload {
            Payload::FactReported(report) if report.fact == Fact::Death && event.effective < pass.effective => {
                let person_ref = recorded.person_ref.clone();
                self.is_confirmed(&CaseKey::Fact { fact: Fact::Death, person_ref, day: event.effective })
            }
            _ => false,
        });
        pass.effective <= pass.received.day().add_days(1) && !after_death
    }

    /// A known event.
    pub(crate) fn event(&self, id: &Hex32) -> Option<&'a Event> {
        self.by_id.get(id).copied()
    }
}

fn revoked_by(event: &Event) -> Option<Hex32> {
    match &event.payload {
        Payload::Revoked(revoked) => Some(revoked.target),
        _ => None,
    }
}

/// Whom an event is about; an answer is about whoever the answered event is about.
pub(crate) fn people_of(payload: &Payload) -> impl Iterator<Item = &Ref> {
    let (first, second) = match payload {
        Payload::RosterEntry(p) => (Some(&p.person_ref), None),
        Payload::ResidenceChanged(p) => (Some(&p.person_ref), None),
        Payload::ConsentRecorded(p) => (Some(&p.person_ref), None),
        Payload::DifficultyFlag(p) => (Some(&p.person_ref), None),
        Payload::PassRecorded(p) => (Some(&p.person_ref), None),
        Payload::SubmissionLodged(p) => (Some(&p.person_ref), None),
        Payload::SubmissionFailed(p) => (Some(&p.person_ref), None),
        Payload::FormLodged(p) => (Some(&p.person_ref), None),
        Payload::VisitRequested(p) => (Some(&p.person_ref), None),
        Payload::AppealLodged(p) => (Some(&p.person_ref), None),
        Payload::FactReported(p) => (Some(&p.person_ref), None),
        Payload::PairReported(p) => (Some(&p.a), Some(&p.b)),
        Payload::PlatformPayment(p) => (Some(&p.person_ref), None),
        Payload::EntitlementEnded(p) => (Some(&p.person_ref), None),
        Payload::ContactAttempted(p) => (Some(&p.person_ref), None),
        Payload::DataLookedUp(p) => (Some(&p.person_ref), None),
        Payload::RowReferred(p) => (p.person_ref.as_ref(), None),
        Payload::AdviceIssued(p) => (Some(&p.person_ref), None),
        Payload::AdviceWithdrawn(p) => (Some(&p.person_ref), None),
        Payload::RecordExported(p) => (Some(&p.person_ref), None),
        Payload::AssistGiven(p) => (Some(&p.person_ref), None),
        Payload::ReminderSent(p) => (Some(&p.person_ref), None),
        Payload::SubmissionReviewed(_)
        | Payload::FormReviewed(_)
        | Payload::AppointmentMade(_)
        | Payload::VisitDone(_)
        | Payload::AppealClosed(_)
        | Payload::CaseClosed(_)
        | Payload::PairClosed(_)
        | Payload::ItemNoted(_)
        | Payload::ItemClosed(_)
        | Payload::AckReceived(_)
        | Payload::Revoked(_) => (None, None),
    };
    first.into_iter().chain(second)
}

/// The event, record or item that an event answers.
fn answered_by(payload: &Payload) -> Option<Hex32> {
    match payload {
        Payload::SubmissionReviewed(p) => Some(p.of),
        Payload::FormReviewed(p) => Some(p.of),
        Payload::AppointmentMade(p) => Some(p.of),
        Payload::VisitDone(p) => Some(p.of),
        Payload::AppealClosed(p) => Some(p.of),
        Payload::ItemNoted(p) => Some(p.item),
        Payload::ItemClosed(p) => Some(p.item),
        Payload::AckReceived(p) => Some(p.ack_of),
        Payload::AdviceWithdrawn(p) => Some(p.of),
        _ => None,
    }
}

fn closed_by(payload: &Payload) -> Option<CaseKey> {
    match payload {
        Payload::CaseClosed(p) => Some(p.case.clone()),
        Payload::PairClosed(p) => Some(CaseKey::Pair { a: p.a.clone(), b: p.b.clone() }),
        _ => None,
    }
}
