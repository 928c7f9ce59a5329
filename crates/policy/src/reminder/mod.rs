//! Reminders: records of who is told what and when; sending is the caller's.
//!
//! A step is dropped once the person has certified, the benefit has ended or is stopped; an open death report turns a
//! step to the person into a note for staff. No other open case does that.

mod text;

use crate::event::{CaseKey, Consent, Event, Fact, Payload, PaymentState, ReminderTo};
use crate::log::Log;
use crate::reason::{Reason, Reasons};
use crate::scheme::Scheme;
use crate::status::{LineStatus, Status, statuses};
use crate::value::{Day, Instant, Month, Ref};
use crate::vocabulary::Channel;
use crate::worklist::roster_entry;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use text::{Fill, Forms};

pub use text::TextId;

/// One reminder that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reminder {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Day of the step.
    pub date: Day,
    /// Step: days against the due date (`-30`), `last_call`, `suspended`, `resumed`, `data_match`, `pre_retirement` or
    /// `visit`.
    pub step: String,
    /// To whom.
    pub to: ReminderTo,
    /// Which text.
    pub text_id: TextId,
    /// Month of the day that the text names.
    pub month: Option<i8>,
    /// Day of the month that the text names.
    pub day: Option<i8>,
    /// Short message; empty if the reminder is held back.
    pub sms: String,
    /// Spoken, said twice; empty if the reminder is held back.
    pub voice: String,
    /// One page of HTML in large print; empty if the reminder is held back.
    pub print: String,
    /// `REMINDER_SUPPRESSED`, `PRE_RETIREMENT_NOTICE` or none.
    pub reasons: Reasons,
}

/// A step of the calendar of reminders, before its text is made.
struct Step {
    date: Day,
    name: String,
    text_id: TextId,
    /// The day that the text names.
    names: Option<Day>,
    to: Vec<ReminderTo>,
    reason: Option<Reason>,
}

/// What is asked: reminders with `since` < date ≤ `now`.
struct Span {
    since: Day,
    until: Day,
}

/// Reminders whose day lies after `since` and not after `now`, and that still hold at `now`; by person, line, date, step.
#[must_use]
pub fn remind(scheme: &Scheme, events: &[Event], since: Instant, now: Instant) -> Vec<Reminder> {
    let log = Log::new(events, now);
    let span = Span { since: since.day(), until: now.day() };
    let people: HashMap<&Ref, &[&Event]> = log.people().collect();
    let mut reminders = Vec::new();
    for line in statuses(scheme, &log, now) {
        let story = people.get(&line.person_ref).copied().unwrap_or_default();
        let mut steps = steps(scheme, &line, story, &span);
        steps.sort_by(|a, b| (a.date, &a.name).cmp(&(b.date, &b.name)));
        let reported_dead = has_open_death(&log, &line, story);
        for step in steps {
            reminders.extend(told(scheme, &line, story, &step, reported_dead));
        }
    }
    reminders
}

impl Span {
    fn holds(&self, day: Day) -> bool {
        self.since < day && day <= self.until
    }
}

/// The steps of a line that fall into the span.
fn steps(scheme: &Scheme, line: &LineStatus, story: &[&Event], span: &Span) -> Vec<Step> {
    let mut steps = Vec::new();
    match line.status {
        Status::NotStarted => steps.extend(before_start(scheme, line, story)),
        Status::Active | Status::DueSoon => steps.extend(around_due(scheme, line, |days| days <= 0)),
        Status::Overdue | Status::Held | Status::SuspensionAdvised => {
            steps.extend(around_due(scheme, line, |days| days > 0));
            steps.extend(last_calls(scheme, line, span));
        }
        Status::Suspended => steps.extend(after_suspension(scheme, line, story)),
        Status::ResumeAdvised | Status::Ended | Status::StoppedByDecision => {}
    }
    if !matches!(line.status, Status::Ended | Status::StoppedByDecision) {
        steps.extend(after_events(line, story));
    }
    steps.retain(|step| span.holds(step.date));
    steps
}

fn around_due(scheme: &Scheme, line: &LineStatus, wanted: impl Fn(i32) -> bool) -> Vec<Step> {
    let Some(due) = line.due else { return Vec::new() };
    let rules = &scheme.reminder;
    let last_before = rules.steps.iter().copied().filter(|days| *days < 0).max();
    let step = |days: i32| {
        let text_id = match days {
            ..-14 => TextId::T1,
            -14..=0 => TextId::T2,
            1.. => TextId::T3,
        };
        let mut to = vec![ReminderTo::Person];
        if days != 0 && days >= rules.contact_from_step {
            to.push(ReminderTo::Contact);
        }
        if Some(days) == last_before {
            to.push(ReminderTo::Township);
        }
        Step { date: due.add_days(days), name: days.to_string(), text_id, names: Some(due), to, reason: None }
    };
    rules.steps.iter().copied().filter(|days| wanted(*days)).map(step).collect()
}

/// Some working days before each cut-off that a stop could still follow.
fn last_calls(scheme: &Scheme, line: &LineStatus, span: &Span) -> Vec<Step> {
    let Some(wait_end) = line.wait_end else { return Vec::new() };
    let mut steps = Vec::new();
    let mut month: Month = wait_end.month();
    // The cut-off of a month lies before it, so that one month after the span is the last to ask.
    while month <= span.until.month().plus_months(2) {
        let cutoff = scheme.cutoff(month);
        if cutoff > wait_end {
            let date = scheme.working_days_before(cutoff, scheme.reminder.last_call_working_days);
            steps.push(Step {
                date,
                name: "last_call".to_owned(),
                text_id: TextId::T4,
                names: Some(cutoff),
                to: vec![ReminderTo::Person, ReminderTo::GridWorker],
                reason: None,
            });
        }
        month = month.plus_months(1);
    }
    steps
}

/// On the day of the stop and some times after it.
fn after_suspension(scheme: &Scheme, line: &LineStatus, story: &[&Event]) -> Vec<Step> {
    let rules = &scheme.reminder;
    let Some(stopped) = suspended_since(line, story) else { return Vec::new() };
    let step = |times: i32| Step {
        date: stopped.add_days(times * rules.after_suspension_every_days),
        name: "suspended".to_owned(),
        text_id: TextId::T5,
        names: None,
        to: vec![ReminderTo::Person, ReminderTo::Contact, ReminderTo::GridWorker],
        reason: None,
    };
    (0..=rules.after_suspension_times).map(step).collect()
}

/// First day of the present run of suspended months.
fn suspended_since(line: &LineStatus, story: &[&Event]) -> Option<Day> {
    let mut since = None;
    for event in story {
        if let Payload::PlatformPayment(payment) = &event.payload
            && payment.entitlement == line.entitlement
        {
            since = match payment.state {
                PaymentState::Paid => None,
                PaymentState::Suspended => since.or(Some(event.effective)),
            };
        }
    }
    since
}

/// Before the first payment: how certifying works.
fn before_start(scheme: &Scheme, line: &LineStatus, story: &[&Event]) -> Option<Step> {
    let entry = roster_entry(line, story)?;
    Some(Step {
        date: entry.benefit_start.add_days(-scheme.reminder.pre_retirement_days),
        name: "pre_retirement".to_owned(),
        text_id: TextId::T8,
        names: None,
        to: vec![ReminderTo::Person, ReminderTo::Window],
        reason: Some(Reason::PRE_RETIREMENT_NOTICE),
    })
}

/// What follows an event at once: a data match, a resume advice and its payment, a visit asked for.
fn after_events(line: &LineStatus, story: &[&Event]) -> Vec<Step> {
    let mut stopped = false;
    let mut steps = Vec::new();
    for event in story {
        let told = |date, name: &str, text_id, names| Step {
            date,
            name: name.to_owned(),
            text_id,
            names,
            to: vec![ReminderTo::Person],
            reason: None,
        };
        match &event.payload {
            Payload::PassRecorded(pass) if pass.channel == Channel::DataMatch => {
                steps.push(told(event.received.day(), "data_match", TextId::T7, line.due));
            }
            Payload::AdviceIssued(advice)
                if advice.entitlement == line.entitlement && advice.backpay_months.is_some() =>
            {
                steps.push(told(event.effective, "resumed", TextId::T6, None));
            }
            Payload::PlatformPayment(payment) if payment.entitlement == line.entitlement => {
                if stopped && payment.state == PaymentState::Paid {
                    steps.push(told(event.effective, "resumed", TextId::T6, None));
                }
                stopped = payment.state == PaymentState::Suspended;
            }
            Payload::VisitRequested(_) => steps.push(told(event.effective, "visit", TextId::T9, None)),
            _ => {}
        }
    }
    steps
}

/// A step as reminders to everybody whom it is for.
fn told(scheme: &Scheme, line: &LineStatus, story: &[&Event], step: &Step, reported_dead: bool) -> Vec<Reminder> {
    let contact = has_contact(story, step.date);
    let fill = Fill {
        sign: &scheme.sms_sign,
        phone: &scheme.complaint_phone,
        day: step.names.filter(|_| step.text_id.names_day()),
        outlet: nearest_outlet(scheme, line),
        abroad: scheme.is_outside(line.residence),
    };
    let forms = step.text_id.forms(&fill);
    let nothing = Forms { sms: String::new(), voice: String::new(), print: String::new() };
    let reminder = |to: &ReminderTo| {
        let to_family = matches!(to, ReminderTo::Person | ReminderTo::Contact);
        let held_back = reported_dead && to_family;
        let forms = if held_back { &nothing } else { &forms };
        Reminder {
            person_ref: line.person_ref.clone(),
            entitlement: line.entitlement.clone(),
            date: step.date,
            step: step.name.clone(),
            to: if held_back { ReminderTo::GridWorker } else { *to },
            text_id: step.text_id,
            month: fill.day.map(Day::month_of_year),
            day: fill.day.map(Day::day_of_month),
            sms: forms.sms.clone(),
            voice: forms.voice.clone(),
            print: forms.print.clone(),
            reasons: step.reason.into_iter().chain(held_back.then_some(Reason::REMINDER_SUPPRESSED)).collect(),
        }
    };
    let wanted = step.to.iter().filter(|to| **to != ReminderTo::Contact || (contact && !reported_dead));
    wanted.map(reminder).collect()
}

/// A relative may be reminded: one is registered, and the consent is in force.
fn has_contact(story: &[&Event], day: Day) -> bool {
    let mut registered = false;
    let mut given = false;
    for event in story.iter().filter(|event| event.effective <= day) {
        match &event.payload {
            Payload::RosterEntry(entry) => registered = entry.contact.unwrap_or(registered),
            Payload::ConsentRecorded(consent) if consent.consent == Consent::Contact => given = consent.given,
            _ => {}
        }
    }
    registered && given
}

fn has_open_death(log: &Log<'_>, line: &LineStatus, story: &[&Event]) -> bool {
    story.iter().any(|event| match &event.payload {
        Payload::FactReported(report) if report.fact == Fact::Death => {
            let person_ref = line.person_ref.clone();
            log.is_open(&CaseKey::Fact { fact: Fact::Death, person_ref, day: event.effective })
        }
        _ => false,
    })
}

/// What people call the outlet of their village, if the county has supplied it.
fn nearest_outlet<'a>(scheme: &'a Scheme, line: &LineStatus) -> Option<&'a str> {
    scheme.villages.as_ref()?.get(&line.unit_code).map(|village| village.name.as_str())
}
