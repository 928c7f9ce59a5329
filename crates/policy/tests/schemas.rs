//! Schemas of all that crosses the crate's boundary are committed, and test data fits them; the scenarios hold every case, event
//! and answer of theirs against them too. `FACECERT_UPDATE=1` rewrites them.

#[allow(dead_code)] // each test binary uses a part
mod generate;
mod support;

use std::fs;

use facecert_policy::{
    Decision, Event, Explanation, FaceEvidence, FormCase, Identity, ImportRecord, KpiReport, LineStatus, LoadReport,
    RejectedRow, Reminder, Stamped, Submission, WorkItem, scheme,
};
use generate::assert_current;
use schemars::{Schema, schema_for};
use serde_json::{Value, json};
use support::schema::{assert_fits, faults};
use support::story::ordinary_case;

fn schemas() -> [(&'static str, Schema); 16] {
    [
        ("case", schema_for!(Submission)),
        ("decision", schema_for!(Decision)),
        ("event", schema_for!(Event)),
        ("event-line", event_line()),
        ("explanation", schema_for!(Stamped<Explanation>)),
        ("face-evidence", schema_for!(FaceEvidence)),
        ("form-case", schema_for!(FormCase)),
        ("identity", schema_for!(Identity)),
        ("import-record", schema_for!(ImportRecord)),
        ("kpi-report", schema_for!(KpiReport)),
        ("load-report", schema_for!(Stamped<LoadReport>)),
        ("policy-check", schema_for!(scheme::Report)),
        ("rejected-row", schema_for!(RejectedRow)),
        ("reminder", schema_for!(Stamped<Reminder>)),
        ("status", schema_for!(Stamped<LineStatus>)),
        ("work-item", schema_for!(Stamped<WorkItem>)),
    ]
}

/// An event as it is read: the id is computed if it is absent, `load` sets receipt and source.
fn event_line() -> Schema {
    let mut schema = schema_for!(Event);
    schema.insert("title".to_owned(), json!("EventLine"));
    let required = schema.get_mut("required").and_then(Value::as_array_mut).expect("required fields");
    required.retain(|field| !["event_id", "received", "source"].contains(&field.as_str().unwrap_or_default()));
    schema
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        assert_current(&format!("schema/{name}.json"), &text);
    }
    let committed = fs::read_dir(support::path("schema")).expect("schemas").count();
    assert_eq!(committed, schemas().len(), "a file of no type");
}

#[test]
fn every_committed_file_of_test_data_fits_its_schema() {
    let mut seen = 0;
    for file in fs::read_dir(support::path("../../tests/data/policy")).expect("test data") {
        let path = file.expect("a file").path();
        let (name, text) = (path.display().to_string(), fs::read_to_string(&path).expect("a text"));
        let values = serde_json::Deserializer::from_str(&text).into_iter::<Value>();
        for value in values {
            let value = value.unwrap_or_else(|error| panic!("{name}: {error}"));
            match name.as_str() {
                case if case.ends_with("-case.json") => assert_fits("case", &value),
                events if events.ends_with("events.jsonl") => assert_fits("event-line", &value),
                other => panic!("{other}: no schema says what it is"),
            }
            seen += 1;
        }
    }
    assert!(seen >= 5, "{seen} values");
}

#[test]
fn what_is_not_of_a_schema_does_not_fit() {
    assert_fits("form-case", &json!({ "applicant": "甲", "year": 2026 }));
    assert!(!faults("form-case", &json!({ "signature": "甲" })).is_empty());
    let evidence = &ordinary_case("kiosk", "2026-03-05T10:00:00+08:00")["face_evidence"];
    assert_fits("face-evidence", evidence);
    for (field, value) in [("image", json!("data")), ("fmr_per_billion", json!(0.5)), ("pad", json!("alive"))] {
        let mut wrong = evidence.clone();
        wrong[field] = value;
        assert!(!faults("face-evidence", &wrong).is_empty(), "{field}");
    }
}
