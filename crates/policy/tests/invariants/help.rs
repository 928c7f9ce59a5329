//! I3 to I5: no machine stops a payment, passes only help, everybody has a door without a face scan.

use facecert_policy::{
    Channel, Count, Decision, Event, Instant, Outcome, PaymentState, Reason, Status, Submission, decide, kpi,
};
use proptest::prelude::*;
use serde_json::Value;

use crate::SCHEME;
use crate::history::{at, day, history, lines, pass, suspends, suspicion, with};
use crate::support;
use crate::support::story::ordinary_case;

fn decided(case: &Value, events: &[Event], now: Instant) -> Decision {
    let case = Submission::read("case", 1, &case.to_string()).expect("a case");
    decide(&SCHEME, events, &case, now).expect("a decision")
}

/// Numerator of K1 in the county.
fn valid(events: &[Event], now: &str) -> Option<u64> {
    let report = kpi(&SCHEME, events, support::day("2025-01-01"), support::day(now), at(now), false).expect("figures");
    match report.rows[0].k1.rate.num {
        Count::Number(number) => Some(number),
        Count::Below(_) | Count::Masked => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn i3_no_machine_stop(events in history(), doubts in prop::collection::vec(suspicion(), 1..5), now in day()) {
        let before = lines(&events, &now);
        for (before, after) in before.iter().zip(lines(&with(&events, &doubts), &now)) {
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
        let with = with(&events, &[more]);
        for (before, after) in lines(&events, &now).iter().zip(lines(&with, &now)) {
            prop_assert!(before.due <= after.due && before.wait_end <= after.wait_end);
            prop_assert!(!suspends(&after) || suspends(before));
        }
        prop_assert!(valid(&events, &now) <= valid(&with, &now));
    }

    #[test]
    fn i4_a_pass_takes_no_certification_away(
        events in history(),
        more in pass(),
        channel in prop::sample::select(vec!["kiosk", "manual_county"]),
    ) {
        let mut case = ordinary_case(channel, "2026-03-09T10:00:00+08:00");
        if channel == "manual_county" {
            case["review"] = serde_json::json!({
                "staff": "s_ben", "role": "benefits", "result": "approve", "at": "2026-03-10T10:00:00+08:00",
            });
        }
        let now = at("2026-03-12");
        let before = decided(&case, &events, now);
        let after = decided(&case, &with(&events, &[more]), now);
        if before.outcome == Outcome::Certified && !after.reasons.contains(&Reason::PHOTO_REUSED) {
            prop_assert_eq!(after.outcome, Outcome::Certified);
        }
    }

    #[test]
    fn i5_a_door_without_a_face(
        events in history(),
        channel in prop::sample::select(Channel::ALL),
        verdict in prop::sample::select(vec!["match", "no_match", "not_decidable", "not_run"]),
        pad in prop::sample::select(vec!["live", "spoof", "uncertain", "not_run"]),
        at in day(),
    ) {
        let mut case = ordinary_case(channel.as_str(), &format!("{at}T10:00:00+08:00"));
        if let Some(face) = case.get_mut("face_evidence") {
            face["match"] = verdict.into();
            face["pad"] = pad.into();
        }
        let instant = Instant::parse_now(&format!("{at}T10:00:00+08:00")).expect("an instant");
        let decision = decided(&case, &events, instant);
        if decision.outcome != Outcome::Certified {
            prop_assert!(decision.doors.contains(&Channel::Window));
            prop_assert!(decision.doors.iter().any(|door| SCHEME.channels[door].has_faceless_path()));
        }
    }
}
