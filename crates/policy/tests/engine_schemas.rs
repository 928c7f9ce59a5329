//! Schemas of events, cases, face evidence, decisions and statuses are committed, and test data
//! fits them. `FACECERT_UPDATE=1` rewrites them.

#[allow(dead_code)] // each test binary uses a part
mod generate;
mod support;

use facecert_policy::{Decision, Event, FaceEvidence, Instant, LineStatus, Submission, decide, scheme, status};
use generate::assert_current;
use schemars::{Schema, schema_for};
use serde_json::{Value, json};
use support::story::{event, ordinary_case};

fn schemas() -> [(&'static str, Schema); 6] {
    [
        ("case", schema_for!(Submission)),
        ("decision", schema_for!(Decision)),
        ("event", schema_for!(Event)),
        ("face-evidence", schema_for!(FaceEvidence)),
        ("policy-check", schema_for!(scheme::Report)),
        ("status", schema_for!(LineStatus)),
    ]
}

fn fits(name: &str, value: &Value) -> bool {
    let schemas = schemas();
    let (_, schema) = schemas.iter().find(|(known, _)| *known == name).expect("a schema");
    jsonschema::validator_for(schema.as_value()).expect("a schema").is_valid(value)
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        assert_current(&format!("schema/{name}.json"), &text);
    }
}

#[test]
fn inputs_and_outputs_fit_their_schemas() {
    let scheme = support::wenshui();
    let events = ["EP", "pass 2025-09-10", "visit 2026-03-24"].map(event);
    let case = ordinary_case("kiosk", "2026-03-05T10:00:00+08:00");
    let now = Instant::parse_now("2026-03-25").expect("a day");
    let submission = Submission::read("case", 1, &case.to_string()).expect("a case");
    let decision = decide(&scheme, &events, &submission, now).expect("a decision");
    let read = |line: &Event| serde_json::from_str::<Value>(&line.to_line().expect("canonical")).expect("JSON");
    assert!(fits("case", &case) && fits("face-evidence", &case["face_evidence"]));
    assert!(events.iter().all(|event| fits("event", &read(event))));
    assert!(fits("decision", &json!(decision)));
    assert!(status(&scheme, &events, now).iter().all(|line| fits("status", &json!(line))));
}

#[test]
fn a_face_evidence_with_an_image_or_a_fraction_does_not_fit() {
    let evidence = &ordinary_case("kiosk", "2026-03-05T10:00:00+08:00")["face_evidence"];
    for (field, value) in [("image", json!("data")), ("fmr_per_billion", json!(0.5)), ("pad", json!("alive"))] {
        let mut wrong = evidence.clone();
        wrong[field] = value;
        assert!(!fits("face-evidence", &wrong), "{field}");
    }
}
