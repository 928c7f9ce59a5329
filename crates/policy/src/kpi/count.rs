//! Counting: statuses and known events of a period into the tally of each village.

use super::tally::{Loss, Tally};
use crate::coverage;
use crate::event::{AdviceType, Event, Fact, Payload, PaymentCause, PaymentState, Source};
use crate::fact::{Case, CaseState, is_lost};
use crate::log::Log;
use crate::scheme::Scheme;
use crate::status::{LineStatus, Status, dues};
use crate::value::{Code, Day, Instant, Month, Ref};
use crate::vocabulary::{Item, Method};
use crate::worklist::{WorkItem, roster_entry};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Tally of each village or community; `None` holds the units that the policy does not know.
pub(super) type Leaves = BTreeMap<Option<Code<12>>, Tally>;

/// What is counted, and for when.
pub(super) struct Period<'a> {
    pub scheme: &'a Scheme,
    pub log: &'a Log<'a>,
    /// Statuses on the last day.
    pub lines: &'a [LineStatus],
    /// Open items on the last day.
    pub items: &'a [WorkItem],
    pub from: Day,
    pub to: Day,
}

impl Period<'_> {
    fn holds(&self, day: Day) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Counts everything.
    pub(super) fn count(&self) -> Leaves {
        let mut leaves = Leaves::new();
        let mut units: HashMap<&Ref, Option<Code<12>>> = HashMap::new();
        let mut of_person: HashMap<&Ref, Vec<&LineStatus>> = HashMap::new();
        for line in self.lines {
            let unit = self.known_unit(line.unit_code);
            units.entry(&line.person_ref).or_insert(unit);
            of_person.entry(&line.person_ref).or_default().push(line);
        }
        for (person, events) in self.log.people() {
            let unit = units.get(person).copied().flatten();
            self.count_person(leaves.entry(unit).or_default(), events);
            for line in of_person.get(person).into_iter().flatten() {
                self.count_line(leaves.entry(self.known_unit(line.unit_code)).or_default(), line, events);
            }
            let cases = of_person.get(person).and_then(|lines| lines.first()).map_or(&[][..], |line| &line.cases);
            self.count_cases(leaves.entry(unit).or_default(), person, cases, events);
        }
        for item in self.items {
            let unit = item.person_refs.iter().find_map(|person| units.get(person)).copied().flatten();
            let tally = leaves.entry(unit).or_default();
            tally.items += 1;
            tally.items_late += u64::from(self.to > item.deadline);
        }
        self.count_outlets(&mut leaves);
        leaves
    }

    /// The unit, if the policy knows it: its village where villages are supplied, else its township.
    fn known_unit(&self, unit: Code<12>) -> Option<Code<12>> {
        let township = unit.prefix::<9>();
        let known = match &self.scheme.villages {
            Some(villages) => villages.contains_key(&unit),
            None => self.scheme.townships.iter().any(|known| Some(known.code) == township),
        };
        known.then_some(unit)
    }

    /// K3, K4, K6, K7, K9: what people did.
    fn count_person(&self, tally: &mut Tally, events: &[&Event]) {
        let mut days = BTreeSet::new();
        // Own face attempts, by time; of two at one time the failed one is taken as the first.
        let mut tries: BTreeSet<(Instant, bool)> = BTreeSet::new();
        for event in events {
            match &event.payload {
                Payload::PassRecorded(pass) => {
                    if self.holds(event.effective) && self.log.accepts(event, events) && days.insert(event.effective) {
                        tally.passes += 1;
                        tally.online += u64::from(pass.channel.is_app());
                        tally.by_staff += u64::from(matches!(pass.method, Method::Staff | Method::Form));
                        tally.by_form += u64::from(pass.channel.is_manual());
                        tally.by_data += u64::from(pass.method == Method::Data);
                    }
                    let own = event.source == Source::Decide && pass.method == Method::Face;
                    if own && self.holds(pass.at.day()) {
                        tries.insert((pass.at, true));
                    }
                }
                Payload::SubmissionFailed(failed) if failed.attempt && self.holds(failed.at.day()) => {
                    tries.insert((failed.at, false));
                }
                Payload::VisitRequested(_) => self.count_visit(tally, event),
                _ => {}
            }
        }
        tally.first_tries += u64::from(!tries.is_empty());
        tally.first_try += u64::from(tries.first().is_some_and(|(_, certified)| *certified));
    }

    fn count_visit(&self, tally: &mut Tally, request: &Event) {
        let days = self.scheme.deadline.items.get(&Item::Visit).copied().unwrap_or_default();
        let deadline = self.scheme.working_days_after(request.effective, days).0;
        if self.holds(deadline) {
            let done = self
                .log
                .answers(&request.event_id)
                .iter()
                .any(|answer| matches!(answer.payload, Payload::VisitDone(_)) && answer.effective <= deadline);
            tally.visits += 1;
            tally.visits_in_time += u64::from(done);
        }
    }

    /// K1, K2, K5, K8: what became of one benefit line.
    fn count_line(&self, tally: &mut Tally, line: &LineStatus, events: &[&Event]) {
        let serves = |event: &&&Event| self.scheme.serves(event, &line.entitlement) && self.log.accepts(event, events);
        let passes: Vec<Day> = events.iter().filter(serves).map(|event| event.effective).collect();
        let overdue = line.due.is_some_and(|due| self.to > due);
        let stopped = matches!(line.status, Status::NotStarted | Status::Ended | Status::StoppedByDecision);
        if !stopped && (overdue || passes.iter().any(|pass| *pass <= self.to)) {
            tally.liable += 1;
            tally.valid += u64::from(!overdue);
            tally.suspended_eligible += u64::from(self.was_suspended_eligible(line, events));
        }
        if let Some(entry) = roster_entry(line, events) {
            self.count_cycles(tally, &dues(self.scheme, entry, &passes));
        }
        self.count_resumes(tally, line, events);
    }

    /// K2: a cycle is closed by a pass, in time or not, or its due date passes without one.
    fn count_cycles(&self, tally: &mut Tally, dues: &[(Day, Option<Day>)]) {
        for (due, pass) in dues {
            match pass {
                Some(pass) if pass <= due => {
                    let counted = u64::from(self.holds(*pass));
                    tally.cycles += counted;
                    tally.cycles_in_time += counted;
                }
                _ => tally.cycles += u64::from(self.holds(due.add_days(1))),
            }
        }
    }

    /// K5: a month of the period was stopped for want of a pass, one came, and no loss is confirmed for that month.
    fn was_suspended_eligible(&self, line: &LineStatus, events: &[&Event]) -> bool {
        let months = self.from.month()..=self.to.month();
        events.iter().any(|stop| match &stop.payload {
            Payload::PlatformPayment(payment) => {
                payment.entitlement == line.entitlement
                    && payment.state == PaymentState::Suspended
                    && payment.cause == Some(PaymentCause::NotCertified)
                    && months.contains(&payment.month)
                    && events.iter().any(|pass| {
                        self.scheme.serves(pass, &line.entitlement)
                            && self.log.accepts(pass, events)
                            && self.is_later_pass(pass, payment.month)
                    })
                    && !is_lost(self.scheme, &line.cases, payment.month)
            }
            _ => false,
        })
    }

    /// A pass of the month or later, or one that came to us after the month was closed.
    fn is_later_pass(&self, pass: &Event, month: Month) -> bool {
        let late = pass.received.day() > self.scheme.cutoff(month);
        pass.effective >= month.first_day() || late
    }

    /// K8: from each resume advice to the first payment after it, in working days.
    fn count_resumes(&self, tally: &mut Tally, line: &LineStatus, events: &[&Event]) {
        for advice in events {
            let resumes = matches!(&advice.payload, Payload::AdviceIssued(issued)
                if issued.record_type == AdviceType::Resume && issued.entitlement == line.entitlement);
            if !resumes {
                continue;
            }
            let paid = events.iter().filter(|event| event.effective >= advice.effective).find(|event| {
                matches!(&event.payload, Payload::PlatformPayment(payment)
                    if payment.entitlement == line.entitlement && payment.state == PaymentState::Paid)
            });
            if let Some(paid) = paid.filter(|paid| self.holds(paid.effective)) {
                tally.resume_days.push(self.scheme.working_days_between(advice.effective, paid.effective));
            }
        }
    }

    /// K12: cases closed in the period, and what was paid too long.
    fn count_cases(&self, tally: &mut Tally, person: &Ref, cases: &[Case], events: &[&Event]) {
        for case in cases.iter().filter(|case| case.key.people().next() == Some(person)) {
            let closed = self.log.closure(&case.key).is_some_and(|closure| self.holds(closure.effective));
            let (kind, confirmed) = match case.state {
                CaseState::Confirmed => (case.kind.clone(), true),
                CaseState::Refuted => (case.kind.clone(), false),
                CaseState::SamePerson => (Fact::Duplicate.to_string(), true),
                CaseState::Twin | CaseState::EnrolmentError => (Fact::Duplicate.to_string(), false),
                CaseState::Open | CaseState::Unclear => continue,
            };
            if !closed {
                continue;
            }
            let loss = tally.losses.entry(kind).or_default();
            loss.confirmed += u64::from(confirmed);
            loss.refuted += u64::from(!confirmed);
            if let Some(died) = case.death() {
                count_overpaid(loss, events, died);
            }
        }
    }

    /// K10: villages and communities, and those that an open outlet serves.
    fn count_outlets(&self, leaves: &mut Leaves) {
        let (Some(villages), Some(_)) = (&self.scheme.villages, &self.scheme.outlets) else { return };
        for code in villages.keys() {
            let tally = leaves.entry(Some(*code)).or_default();
            tally.villages = 1;
            tally.covered = 1;
        }
        for (code, _) in coverage::gaps(self.scheme, self.to) {
            leaves.entry(Some(code)).or_default().covered = 0;
        }
    }
}

/// Months later than that of the death whose own state is paid.
fn count_overpaid(loss: &mut Loss, events: &[&Event], died: Day) {
    let mut months: BTreeMap<(&Ref, Month), (bool, u64)> = BTreeMap::new();
    // The log is in the order by which the later statement of a month wins.
    for event in events {
        if let Payload::PlatformPayment(payment) = &event.payload
            && payment.month > died.month()
        {
            let paid = payment.state == PaymentState::Paid;
            let fen = payment.amount_fen.and_then(|fen| u64::try_from(fen).ok()).unwrap_or_default();
            months.insert((&payment.entitlement, payment.month), (paid, fen));
        }
    }
    for (_, fen) in months.into_values().filter(|(paid, _)| *paid) {
        loss.months += 1;
        loss.fen += fen;
    }
}
