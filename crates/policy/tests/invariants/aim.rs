//! The pass rate is an aim of the county: no decision, status, list or advice about a person knows it.

use facecert_policy::scheme::Scheme;
use facecert_policy::{RecordType, Submission, decide, export, remind, status, worklist};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::history::{at, day, history};
use crate::support::story::ordinary_case;
use crate::{HIGHER, SCHEME};

/// All that is said of people, without the digest of the rules, which holds the aim.
fn said(scheme: &Scheme, events: &[facecert_policy::Event], now: &str) -> Value {
    let instant = at(now);
    let case = ordinary_case("kiosk", &format!("{now}T10:00:00+08:00"));
    let case = Submission::read("case", 1, &case.to_string()).expect("a case");
    let decision = decide(scheme, events, &case, instant).expect("a decision");
    let records = export(scheme, events, instant, &RecordType::ALL.iter().copied().collect()).expect("records").records;
    let keys = records.iter().map(|record| record.key).collect::<Vec<_>>();
    json!([
        decision.outcome,
        decision.lines,
        decision.reasons,
        decision.doors,
        status(scheme, events, instant),
        worklist(scheme, events, instant),
        remind(scheme, events, at("2025-01-01"), instant),
        keys,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_aim_decides_about_nobody(events in history(), now in day()) {
        prop_assert_ne!(SCHEME.kpi.target_percent, HIGHER.kpi.target_percent);
        prop_assert_eq!(said(&SCHEME, &events, &now), said(&HIGHER, &events, &now));
    }
}
