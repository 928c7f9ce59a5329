//! Cases: facts that may end a benefit go to people, and a report changes nothing by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::event::{CaseKey, CaseResult, Event, Fact, PairResult, Payload, RosterEntry};
use crate::log::Log;
use crate::reason::Reason;
use crate::scheme::Scheme;
use crate::value::{Day, Month, Ref};
use crate::vocabulary::words;

words! {
    /// State of a case.
    CaseState: "a state of a case" {
        /// Nobody has decided it.
        Open = "open",
        /// The fact is true.
        Confirmed = "confirmed",
        /// It is not.
        Refuted = "refuted",
        /// Looked at and still open.
        Unclear = "unclear",
        /// One person, two claims.
        SamePerson = "same_person",
        /// Twins.
        Twin = "twin",
        /// A photo was enrolled wrongly.
        EnrolmentError = "enrolment_error",
    }
}

/// A case of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Case {
    /// Its key.
    pub key: CaseKey,
    /// The fact, or `pair`.
    pub kind: String,
    /// Its state.
    pub state: CaseState,
    /// Class of a sentence: of the closure, else of the report.
    #[serde(skip)]
    pub(crate) class: Option<Ref>,
    /// First day of a confirmed stop.
    #[serde(skip)]
    pub(crate) from: Option<Day>,
    /// First day after a confirmed stop.
    #[serde(skip)]
    pub(crate) until: Option<Day>,
}

impl Case {
    /// Not decided yet.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, CaseState::Open | CaseState::Unclear)
    }

    fn is_confirmed(&self) -> bool {
        self.state == CaseState::Confirmed
    }

    /// The day of a confirmed death.
    pub(crate) fn death(&self) -> Option<Day> {
        match &self.key {
            CaseKey::Fact { fact: Fact::Death, day, .. } if self.is_confirmed() => Some(*day),
            _ => None,
        }
    }

    /// First day, and first day after, of a confirmed stop.
    pub(crate) fn stop(&self, scheme: &Scheme) -> Option<(Day, Option<Day>)> {
        let CaseKey::Fact { fact, day, .. } = &self.key else { return None };
        let stops = match fact {
            Fact::Imprisonment => self.class.as_ref().is_some_and(|class| scheme.facts.stopping.contains(class)),
            Fact::Other(_) => true,
            Fact::Death | Fact::Duplicate => false,
        };
        (self.is_confirmed() && stops).then_some((self.from.unwrap_or(*day), self.until))
    }

    /// Confirmed by people as a loss: a death, a stop or a duplicate.
    pub(crate) fn is_loss(&self, scheme: &Scheme) -> bool {
        let duplicate = matches!(&self.key, CaseKey::Fact { fact: Fact::Duplicate, .. }) && self.is_confirmed();
        duplicate || self.state == CaseState::SamePerson || self.death().is_some() || self.stop(scheme).is_some()
    }

    /// What it adds to a status.
    pub(crate) fn reason(&self, scheme: &Scheme) -> Option<Reason> {
        let in_custody = self.class.as_ref().is_some_and(|class| scheme.facts.person_decides.contains(class));
        let not_stopping = self.class.as_ref().is_some_and(|class| scheme.facts.not_stopping.contains(class));
        match (&self.key, self.state) {
            (_, CaseState::Refuted) => Some(Reason::CASE_REFUTED),
            (_, CaseState::Twin) => Some(Reason::DUPLICATE_TWIN),
            (_, CaseState::EnrolmentError) => Some(Reason::DUPLICATE_ENROLMENT_ERROR),
            (_, CaseState::SamePerson) => Some(Reason::DUPLICATE_CONFIRMED),
            (CaseKey::Pair { .. }, _) => Some(Reason::DUPLICATE_SUSPECTED),
            (CaseKey::Fact { fact, .. }, state) => match (fact, state == CaseState::Confirmed) {
                (Fact::Death, false) => Some(Reason::DEATH_REPORTED),
                (Fact::Imprisonment, _) if in_custody => Some(Reason::DETAINED_UNTRIED),
                (Fact::Imprisonment, false) => Some(Reason::IMPRISONMENT_REPORTED),
                (Fact::Imprisonment, true) => not_stopping.then_some(Reason::IMPRISONMENT_NOT_STOPPING),
                (Fact::Duplicate, false) => Some(Reason::DUPLICATE_SUSPECTED),
                (Fact::Duplicate, true) => Some(Reason::DUPLICATE_CONFIRMED),
                (Fact::Other(_), false) => Some(Reason::OTHER_FACT_REPORTED),
                (Fact::Death | Fact::Other(_), true) => None,
            },
        }
    }
}

/// Every case of a person, by key. `entries` are the person's benefit lines.
pub(crate) fn cases(scheme: &Scheme, log: &Log<'_>, story: &[&Event], entries: &[&RosterEntry]) -> Vec<Case> {
    let mut reports: BTreeMap<CaseKey, Option<&Ref>> = BTreeMap::new();
    for event in story {
        match &event.payload {
            Payload::FactReported(report) => {
                let key = CaseKey::Fact {
                    fact: report.fact.clone(),
                    person_ref: report.person_ref.clone(),
                    day: event.effective,
                };
                // Of several reports the last that states a class gives it; one without takes nothing away.
                let class = reports.entry(key).or_default();
                *class = report.class.as_ref().or(*class);
            }
            Payload::PairReported(pair) => {
                reports.entry(CaseKey::Pair { a: pair.a.clone(), b: pair.b.clone() }).or_default();
            }
            _ => {}
        }
    }
    for key in roster_duplicates(scheme, story, entries) {
        reports.entry(key).or_default();
    }
    reports.into_iter().map(|(key, class)| case(log, key, class)).collect()
}

fn case(log: &Log<'_>, key: CaseKey, class: Option<&Ref>) -> Case {
    let kind = match &key {
        CaseKey::Fact { fact, .. } => fact.to_string(),
        CaseKey::Pair { .. } => "pair".to_owned(),
    };
    let mut case = Case { key, kind, state: CaseState::Open, class: class.cloned(), from: None, until: None };
    match log.closure(&case.key).map(|closure| &closure.payload) {
        Some(Payload::CaseClosed(closed)) => {
            case.state = match closed.result {
                CaseResult::Confirmed => CaseState::Confirmed,
                CaseResult::Refuted => CaseState::Refuted,
                CaseResult::Unclear => CaseState::Unclear,
            };
            case.class = closed.class.clone().or(case.class);
            case.from = closed.from;
            case.until = closed.until;
        }
        Some(Payload::PairClosed(closed)) => {
            case.state = match closed.result {
                PairResult::SamePerson => CaseState::SamePerson,
                PairResult::Twin => CaseState::Twin,
                PairResult::EnrolmentError => CaseState::EnrolmentError,
            };
        }
        _ => {}
    }
    case
}

/// Benefits of one person that do not go together, as far as both run at one time.
fn roster_duplicates(scheme: &Scheme, story: &[&Event], entries: &[&RosterEntry]) -> BTreeSet<CaseKey> {
    let ended = |entry: &RosterEntry, day: Day| {
        story.iter().any(|event| match &event.payload {
            Payload::EntitlementEnded(end) => end.entitlement == entry.entitlement && event.effective <= day,
            _ => false,
        })
    };
    let clash = |a: &RosterEntry, b: &RosterEntry| {
        let pairs = &scheme.facts.incompatible;
        (a.kind == b.kind && scheme.facts.same_kind_twice)
            || pairs.contains(&(a.kind, b.kind))
            || pairs.contains(&(b.kind, a.kind))
    };
    let mut keys = BTreeSet::new();
    for (i, a) in entries.iter().enumerate() {
        for b in entries.iter().skip(i + 1).filter(|b| clash(a, b)) {
            let day = a.benefit_start.max(b.benefit_start);
            if !ended(a, day) && !ended(b, day) {
                keys.insert(CaseKey::Fact { fact: Fact::Duplicate, person_ref: a.person_ref.clone(), day });
            }
        }
    }
    keys
}

/// Whether a month lies after a confirmed death's month or inside a confirmed stop.
pub(crate) fn is_lost(scheme: &Scheme, cases: &[Case], month: Month) -> bool {
    cases.iter().any(|case| {
        let inside = case
            .stop(scheme)
            .is_some_and(|(from, until)| from.month() <= month && until.is_none_or(|until| month.first_day() < until));
        inside || case.death().is_some_and(|day| day.month() < month)
    })
}
