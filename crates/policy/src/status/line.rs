//! The status of one benefit line: ten lines of the table, then advices and what stands beside it.

use super::hold::{Hold, holds};
use super::person::Person;
use super::platform::Platform;
use super::{Action, ActionType, LineStatus, PlatformState, Status};
use crate::cycle::Due;
use crate::event::{CaseKey, Event, Fact, Matter, Payload, PaymentCause, PaymentState, RosterEntry, VisitResult};
use crate::fact::Case;
use crate::reason::{Reason, Reasons};
use crate::value::{Day, Month};
use crate::vocabulary::Item;

struct Line<'a> {
    person: &'a Person<'a>,
    entry: &'a RosterEntry,
    today: Day,
    due: Due,
    holds: Vec<Hold>,
    platform: Platform<'a>,
}

pub(super) fn line_status(person: &Person<'_>, entry: &RosterEntry, today: Day) -> LineStatus {
    let line = Line {
        person,
        entry,
        today,
        due: person.due(entry, &person.pass_days_for(&entry.entitlement)),
        holds: holds(person.scheme, person.log, person.story, &entry.entitlement),
        platform: Platform::new(person.story, &entry.entitlement),
    };
    let status = line.status();
    let actions = line.actions(status);
    let reasons = line.reasons(status, &actions);
    let residence = person.residence(today);
    LineStatus {
        person_ref: entry.person_ref.clone(),
        entitlement: entry.entitlement.clone(),
        kind: entry.kind,
        unit_code: entry.unit_code,
        residence,
        status,
        raw_due: Some(line.due.raw),
        due: Some(line.due.due),
        wait_end: Some(line.due.wait_end),
        doors: person.scheme.doors_for(residence, &reasons, None),
        holds: line.holds.iter().filter(|hold| hold.is_in_force(today)).cloned().collect(),
        cases: person.cases.clone(),
        platform: line.platform.state(),
        actions,
        reasons,
    }
}

impl Line<'_> {
    fn status(&self) -> Status {
        let today = self.today;
        let in_time = today <= self.due.last;
        let suspended = self.suspended();
        let soon = self.due.due.add_days(-self.person.scheme.cycle_rule.due_soon_days);
        if self.entry.benefit_start > today {
            Status::NotStarted
        } else if self.is_dead() || self.platform.has_ended(today) {
            Status::Ended
        } else if self.is_stopped() {
            Status::StoppedByDecision
        } else if suspended.is_some_and(|state| in_time && self.is_released(state)) {
            Status::ResumeAdvised
        } else if suspended.is_some() {
            Status::Suspended
        } else if in_time {
            if soon <= today { Status::DueSoon } else { Status::Active }
        } else if self.platform.outstanding().is_some() || self.is_stop_advised() {
            Status::SuspensionAdvised
        } else if self.is_held(today) {
            Status::Held
        } else {
            Status::Overdue
        }
    }

    fn is_dead(&self) -> bool {
        self.person.cases.iter().filter_map(Case::death).any(|day| day <= self.today)
    }

    fn is_stopped(&self) -> bool {
        let stops = self.person.cases.iter().filter_map(|case| case.stop(self.person.scheme));
        stops.into_iter().any(|(from, until)| from <= self.today && until.is_none_or(|until| self.today < until))
    }

    fn suspended(&self) -> Option<PlatformState> {
        self.platform.state().filter(|state| state.state == PaymentState::Suspended)
    }

    /// A stop by a fact ends with a pass of the day of release or later.
    fn is_released(&self, state: PlatformState) -> bool {
        let passed =
            |release: Day| self.person.passes_for(&self.entry.entitlement).any(|pass| pass.effective >= release);
        state.cause != Some(PaymentCause::Fact) || self.person.release().is_none_or(passed)
    }

    fn is_held(&self, day: Day) -> bool {
        self.holds.iter().any(|hold| hold.is_in_force(day))
    }

    /// The month that the latest cut-off is of.
    fn closed_month(&self) -> Month {
        self.person.scheme.latest_closed_month(self.today)
    }

    /// The latest cut-off lies after the wait, finds no hold, and its month has not begun.
    fn is_stop_advised(&self) -> bool {
        let month = self.closed_month();
        let cutoff = self.person.scheme.cutoff(month);
        cutoff > self.due.wait_end && !self.is_held(cutoff) && self.today < month.first_day()
    }

    fn actions(&self, status: Status) -> Vec<Action> {
        let outstanding = self.platform.outstanding();
        let no_action = |action_type| Action {
            action_type,
            payroll_month: None,
            backpay_months: std::collections::BTreeSet::new(),
            contact_attempts: None,
            data_match_looked_up: None,
        };
        let action = match (status, outstanding) {
            (Status::SuspensionAdvised, None) => Some(Action {
                payroll_month: Some(self.closed_month()),
                contact_attempts: Some(self.contact_attempts()),
                data_match_looked_up: Some(self.is_data_looked_up()),
                ..no_action(ActionType::Suspend)
            }),
            (Status::Ended | Status::StoppedByDecision | Status::Active | Status::DueSoon, Some(month))
                if self.suspended().is_none() =>
            {
                Some(Action { payroll_month: Some(month), ..no_action(ActionType::Withdraw) })
            }
            (Status::ResumeAdvised, _) => {
                let backpay_months = self.platform.backpay(self.person.scheme, &self.person.cases);
                (!self.platform.is_resume_advised(&backpay_months))
                    .then(|| Action { backpay_months, ..no_action(ActionType::Resume) })
            }
            _ => None,
        };
        action.into_iter().collect()
    }

    /// Events of the time in which the person should have been reached.
    fn recent(&self) -> impl Iterator<Item = &&Event> {
        let from = self.due.due.add_days(-self.person.scheme.cycle_rule.due_soon_days);
        self.person.story.iter().filter(move |event| from <= event.effective && event.effective <= self.today)
    }

    fn contact_attempts(&self) -> u32 {
        self.recent().map(|event| u32::from(matches!(event.payload, Payload::ContactAttempted(_)))).sum()
    }

    fn is_data_looked_up(&self) -> bool {
        self.recent().any(|event| matches!(event.payload, Payload::DataLookedUp(_)))
    }

    fn reasons(&self, status: Status, actions: &[Action]) -> Reasons {
        let scheme = self.person.scheme;
        let mut reasons = self.due.reasons.clone();
        reasons.insert(status.reason());
        if status == Status::Overdue && self.today <= self.due.wait_end {
            reasons.insert(Reason::SUSPENSION_WAIT_IMPORT);
        }
        for action in actions {
            let unreached = scheme.suspension.warn_without_contact && action.contact_attempts == Some(0);
            reasons.extend(unreached.then_some(Reason::NO_CONTACT_RECORDED));
            let withdrawn = action.action_type == ActionType::Withdraw;
            reasons.extend(withdrawn.then_some(Reason::SUSPENSION_WITHDRAWN));
        }
        if self.suspended().is_some_and(|state| state.cause != Some(PaymentCause::Fact)) && !self.platform.is_advised()
        {
            reasons.insert(Reason::SUSPENDED_BY_PLATFORM);
        }
        reasons.extend(self.latest_pass());
        let serves = |pass: &&Event| self.person.scheme.serves(pass, &self.entry.entitlement);
        let others = || self.person.entries.iter().filter(|entry| entry.entitlement != self.entry.entitlement);
        let shared = |pass: &&Event| others().any(|entry| self.person.scheme.serves(pass, &entry.entitlement));
        if self.person.passes.iter().any(|pass| serves(pass) && shared(pass)) {
            reasons.insert(Reason::OTHER_ENTITLEMENT_COVERED);
        }
        self.add_cases(&mut reasons);
        self.add_requests(&mut reasons);
        if let Some(until) = self.entry.eligible_until
            && self.today >= until.add_days(-scheme.facts.eligible_until_notice_days)
        {
            reasons.insert(Reason::SURVIVOR_CONDITION_CHECK);
        }
        reasons
    }

    /// Whether the latest pass came after the due date, or in time but late to us.
    fn latest_pass(&self) -> Option<Reason> {
        let pass = self.person.passes_for(&self.entry.entitlement).last()?;
        let last = self.person.last_day_before(self.entry, pass.effective);
        match (pass.effective <= last, pass.received.day() > last) {
            (false, _) => Some(Reason::CERTIFIED_LATE),
            (true, true) => Some(Reason::LATE_IMPORT_ON_TIME),
            (true, false) => None,
        }
    }

    fn add_cases(&self, reasons: &mut Reasons) {
        for case in &self.person.cases {
            reasons.extend(case.reason(self.person.scheme));
            if case.death().is_some_and(|death| self.platform.is_paid_after(death)) {
                reasons.insert(Reason::OVERPAYMENT_NOTE);
            }
            if let CaseKey::Fact { fact: Fact::Death, day, .. } = &case.key {
                let living = self
                    .person
                    .story
                    .iter()
                    .any(|event| matches!(event.payload, Payload::PassRecorded(_)) && event.effective > *day);
                let undecided = case.is_open() || case.death().is_some();
                reasons.extend((living && undecided).then_some(Reason::LIVING_PASS_AFTER_DEATH));
            }
        }
    }

    /// Appeals and visits.
    fn add_requests(&self, reasons: &mut Reasons) {
        let scheme = self.person.scheme;
        let visit_days = scheme.deadline.items.get(&Item::Visit).copied().unwrap_or_default();
        let mut not_met = false;
        for event in self.person.story {
            match &event.payload {
                Payload::AppealLodged(appeal) if appeal.matter == Matter::Appeal => {
                    let open = self.person.log.answers(&event.event_id).is_empty();
                    reasons.extend(open.then_some(Reason::APPEAL_LODGED));
                }
                Payload::VisitRequested(_) => {
                    let done =
                        self.person.log.answers(&event.event_id).iter().filter_map(|answer| match &answer.payload {
                            Payload::VisitDone(done) => Some((answer.effective, answer.event_id, done.result)),
                            _ => None,
                        });
                    let done = done.max_by_key(|(day, id, _)| (*day, *id));
                    let (deadline, _) = scheme.working_days_after(event.effective, visit_days);
                    reasons.extend((done.is_none() && self.today > deadline).then_some(Reason::VISIT_LATE));
                    not_met = done.is_some_and(|(day, _, result)| {
                        result == VisitResult::NotMet && !self.person.pass_days.iter().any(|pass| *pass >= day)
                    });
                }
                _ => {}
            }
        }
        reasons.extend(not_met.then_some(Reason::VISIT_NOT_MET));
    }
}
