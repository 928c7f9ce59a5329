//! Laws over random histories: order and repetition do not matter, no machine stops a payment,
//! passes only help, everybody has a door without a face scan.

mod support;

use std::sync::LazyLock;

use facecert_policy::scheme::Scheme;
use facecert_policy::{
    ActionType, Channel, Event, Instant, LineStatus, Outcome, Payload, PaymentCause, PaymentState, Status, Submission,
    decide, status,
};
use proptest::prelude::*;
use support::story::{event, ordinary_case};

static SCHEME: LazyLock<Scheme> = LazyLock::new(support::wenshui);

fn day() -> impl Strategy<Value = String> {
    (2025..=2026, 1..=12, 1..=28).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"))
}

fn month() -> impl Strategy<Value = String> {
    (1..=12).prop_map(|m| format!("2026-{m:02}"))
}

/// What a machine or an unproven claim may add: none of it may stop a payment.
fn suspicion() -> impl Strategy<Value = String> {
    prop_oneof![
        day().prop_map(|d| format!("attempt {d}")),
        day().prop_map(|d| format!("fact death {d}")),
        day().prop_map(|d| format!("fact imprisonment {d}")),
        day().prop_map(|d| format!("fact missing {d}")),
        day().prop_map(|d| format!("pair p_1 p_2 {d}")),
    ]
}

fn pass() -> impl Strategy<Value = String> {
    day().prop_map(|d| format!("pass {d} by kiosk"))
}

fn sentence() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => pass(),
        2 => suspicion(),
        1 => day().prop_map(|d| format!("visit {d}")),
        1 => day().prop_map(|d| format!("form {d}")),
        1 => day().prop_map(|d| format!("appeal {d}")),
        1 => day().prop_map(|d| format!("lives abroad from {d}")),
        1 => day().prop_map(|d| format!("lives county from {d}")),
        1 => (month(), day()).prop_map(|(m, d)| format!("advice {m} issued {d}")),
        1 => (month(), day()).prop_map(|(m, d)| format!("platform {m} not_certified {d}")),
        1 => (month(), day()).prop_map(|(m, d)| format!("platform {m} paid {d}")),
        1 => day().prop_map(|d| format!("contact reached {d}")),
    ]
}

/// A person with two benefits and what happened.
fn history() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(sentence(), 0..12).prop_map(|sentences| {
        let roster = ["EP", "RP"].map(event);
        roster.into_iter().chain(sentences.iter().map(|text| event(text))).collect()
    })
}

fn lines(events: &[Event], now: &str) -> Vec<LineStatus> {
    status(&SCHEME, events, Instant::parse_now(now).expect("a day"))
}

fn suspends(line: &LineStatus) -> bool {
    line.actions.iter().any(|action| action.action_type == ActionType::Suspend)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn i1_i2_order_and_repetition_do_not_matter(
        (events, shuffled) in history().prop_flat_map(|events| {
            let twice = events.iter().chain(&events).cloned().collect::<Vec<_>>();
            (Just(events), Just(twice).prop_shuffle())
        }),
        now in day(),
    ) {
        prop_assert_eq!(lines(&events, &now), lines(&shuffled, &now));
    }

    #[test]
    fn i3_no_machine_stop(events in history(), doubts in prop::collection::vec(suspicion(), 1..5), now in day()) {
        let before = lines(&events, &now);
        let with = events.iter().cloned().chain(doubts.iter().map(|text| event(text))).collect::<Vec<_>>();
        for (before, after) in before.iter().zip(lines(&with, &now)) {
            prop_assert!(!suspends(&after) || suspends(before));
            prop_assert_eq!(before.status, after.status);
            prop_assert!(!matches!(after.status, Status::Ended | Status::StoppedByDecision));
            if after.status == Status::Suspended {
                prop_assert!(after.platform.is_some_and(|platform| platform.state == PaymentState::Suspended));
            }
        }
    }

    #[test]
    fn i4_passes_only_help(events in history(), more in pass(), now in day()) {
        let with = events.iter().cloned().chain([event(&more)]).collect::<Vec<_>>();
        for (before, after) in lines(&events, &now).iter().zip(lines(&with, &now)) {
            prop_assert!(before.due <= after.due && before.wait_end <= after.wait_end);
            prop_assert!(!suspends(&after) || suspends(before));
        }
    }

    #[test]
    fn i5_i6_a_door_without_a_face(
        events in history(),
        channel in prop::sample::select(Channel::ALL),
        verdict in prop::sample::select(vec!["match", "no_match", "not_decidable", "not_run"]),
        at in day(),
    ) {
        let mut case = ordinary_case(channel.as_str(), &format!("{at}T10:00:00+08:00"));
        if let Some(face) = case.get_mut("face_evidence") {
            face["match"] = verdict.into();
        }
        let case = Submission::read("case", 1, &case.to_string()).expect("a case");
        let decision = decide(&SCHEME, &events, &case, case.at).expect("a decision");
        // The shipped scheme names no pack, nobody attests and nobody reviews: nothing certifies.
        prop_assert_ne!(decision.outcome, Outcome::Certified);
        prop_assert!(decision.doors.contains(&Channel::Window));
        prop_assert!(decision.doors.iter().any(|door| SCHEME.channels[door].has_faceless_path()));
    }

    #[test]
    fn i7_one_status_and_exact_back_pay(events in history(), now in day()) {
        let known = Instant::parse_now(&now).expect("a day");
        for line in lines(&events, &now) {
            prop_assert!(line.actions.len() <= 1);
            let stopped = |month| events.iter().any(|event| match &event.payload {
                Payload::PlatformPayment(row) => {
                    event.received <= known
                        && row.entitlement == line.entitlement
                        && row.month == month
                        && row.cause == Some(PaymentCause::NotCertified)
                }
                _ => false,
            });
            for action in &line.actions {
                prop_assert!(action.backpay_months.iter().all(|month| stopped(*month)));
            }
        }
    }
}
