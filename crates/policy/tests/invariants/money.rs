//! I7: one status for each line, at most one advice outstanding, advices that balance, and back-pay of exactly the months
//! that are owed.

use std::collections::{BTreeMap, BTreeSet};

use facecert_policy::{
    ActionType, CaseKey, CaseResult, Event, Fact, Instant, Month, Payload, PaymentCause, PaymentState, RecordType, Ref,
    export,
};
use proptest::prelude::*;

use crate::SCHEME;
use crate::history::{at, day, history, judged, lines};
use crate::support::story::event;

/// Months that the platform has stopped for want of a pass and still states so, less those lost for good.
fn owed(events: &[Event], line: &Ref, known: Instant) -> BTreeSet<Month> {
    let mut months: BTreeMap<Month, (String, bool)> = BTreeMap::new();
    for event in events.iter().filter(|event| event.received <= known) {
        let Payload::PlatformPayment(row) = &event.payload else { continue };
        if row.entitlement == *line {
            let rank = format!("{} {}", event.effective, event.event_id);
            let stopped = row.state == PaymentState::Suspended && row.cause == Some(PaymentCause::NotCertified);
            let latest = months.entry(row.month).or_default();
            if rank > latest.0 {
                *latest = (rank, stopped);
            }
        }
    }
    months.retain(|month, (_, stopped)| *stopped && !is_lost(events, *month, known));
    months.into_keys().collect()
}

/// After a confirmed death, or inside a confirmed stop, which in these histories has no end. A closure waits for the fact that
/// it closes.
fn is_lost(events: &[Event], month: Month, known: Instant) -> bool {
    let known = || events.iter().filter(|event| event.received <= known);
    let reported = known().filter_map(|event| match &event.payload {
        Payload::FactReported(report) => Some(CaseKey::Fact {
            fact: report.fact.clone(),
            person_ref: report.person_ref.clone(),
            day: event.effective,
        }),
        _ => None,
    });
    let reported = reported.collect::<BTreeSet<_>>();
    let mut closures: BTreeMap<&CaseKey, (String, bool)> = BTreeMap::new();
    for event in known() {
        let Payload::CaseClosed(closed) = &event.payload else { continue };
        let rank = format!("{} {}", event.effective, event.event_id);
        let latest = closures.entry(&closed.case).or_default();
        if rank > latest.0 {
            *latest = (rank, closed.result == CaseResult::Confirmed);
        }
    }
    let confirmed = closures.iter().filter(|(case, (_, confirmed))| *confirmed && reported.contains(case));
    confirmed.into_iter().any(|(case, _)| match case {
        CaseKey::Fact { fact: Fact::Death, day, .. } => day.month() < month,
        CaseKey::Fact { day, .. } => day.month() <= month,
        CaseKey::Pair { .. } => false,
    })
}

/// Advices to stop a line that nobody has taken back and that no row of the platform has answered.
fn outstanding(events: &[Event], line: &Ref) -> usize {
    let back = events.iter().filter_map(|event| match &event.payload {
        Payload::AdviceWithdrawn(back) => Some(back.of),
        _ => None,
    });
    let back = back.collect::<BTreeSet<_>>();
    let stated = events.iter().filter_map(|event| match &event.payload {
        Payload::PlatformPayment(row) if row.entitlement == *line => Some(row.month),
        _ => None,
    });
    let latest = stated.max();
    let open = events.iter().filter(|event| match &event.payload {
        Payload::AdviceIssued(advice) if advice.entitlement == *line && !back.contains(&event.event_id) => {
            advice.payroll_month.is_some_and(|month| latest.is_none_or(|latest| latest < month))
        }
        _ => false,
    });
    open.count()
}

fn is_advice(event: &Event) -> bool {
    matches!(event.payload, Payload::AdviceIssued(_))
}

/// One line for each benefit, at most one action, and back-pay of exactly what is owed.
fn check_back_pay(events: &[Event], now: &str) -> Result<(), TestCaseError> {
    let lines = lines(events, now);
    let names = lines.iter().map(|line| &line.entitlement).collect::<BTreeSet<_>>();
    prop_assert_eq!(names.len(), lines.len());
    for line in &lines {
        prop_assert!(line.actions.len() <= 1);
        for action in line.actions.iter().filter(|action| action.action_type == ActionType::Resume) {
            prop_assert_eq!(&action.backpay_months, &owed(events, &line.entitlement, at(now)));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn i7_one_status_and_exact_back_pay(events in judged(), now in day()) {
        check_back_pay(&events, &now)?;
    }

    #[test]
    fn i7_advices_balance_when_the_program_runs_every_week(events in history()) {
        let types = [RecordType::SuspendAdvice, RecordType::WithdrawAdvice, RecordType::ResumeAdvice].into();
        // Only what the program itself has advised, so that every advice is one of ours.
        let mut world = events.iter().filter(|event| !is_advice(event)).cloned().collect::<Vec<_>>();
        let mut today = crate::support::day("2025-09-01");
        while today < crate::support::day("2027-01-01") {
            let now = at(&today.to_string());
            let known = |world: &[Event]| world.iter().filter(|event| event.received <= now).cloned().collect::<Vec<_>>();
            let exported = export(&SCHEME, &world, now, &types).expect("records");
            world.extend(exported.events);
            prop_assert!(export(&SCHEME, &world, now, &types).expect("records").records.is_empty(), "acts once");
            for line in lines(&world, &today.to_string()) {
                let open = outstanding(&known(&world), &line.entitlement);
                prop_assert!(open <= 1, "{} advices outstanding on {}", open, today);
                let in_time = line.due >= Some(today);
                prop_assert!(open == 0 || !in_time || line.platform.is_some(), "an advice stands on {}", today);
                let resume = line.actions.iter().any(|action| action.action_type == ActionType::Resume);
                prop_assert!(!resume, "an advice to resume was not written on {}", today);
            }
            today = today.add_days(7);
        }
    }
}

#[test]
fn i7_a_closure_waits_for_its_fact() {
    let told = [
        "EP",
        "platform 2026-02 not_certified 2025-01-01",
        "case imprisonment:p_1:2026-01-01 confirmed 2025-01-01 class serving",
        "fact imprisonment 2026-01-01",
    ];
    let events = told.map(event);
    // Until the fact is known, the month is owed; then it lies inside the confirmed stop.
    for (now, is_owed) in [("2025-01-01", true), ("2026-01-01", false)] {
        check_back_pay(&events, now).expect("exact back-pay");
        let owed = owed(&events, &"e_EP".parse().expect("a reference"), at(now));
        assert_eq!(!owed.is_empty(), is_owed, "on {now}");
    }
}
