//! Schemas of what `load`, `identify`, `remind`, `worklist`, `kpi`, `export` and `form` read and write are committed, and
//! fit. `FACECERT_UPDATE=1` rewrites them.

#[allow(dead_code)] // each test binary uses a part
mod generate;

use facecert_policy::{
    FormCase, Identity, ImportRecord, KpiReport, LoadReport, RejectedRow, Reminder, Stamped, WorkItem,
};
use generate::assert_current;
use schemars::{Schema, schema_for};

fn schemas() -> [(&'static str, Schema); 8] {
    [
        ("form-case", schema_for!(FormCase)),
        ("identity", schema_for!(Identity)),
        ("import-record", schema_for!(ImportRecord)),
        ("kpi-report", schema_for!(KpiReport)),
        ("load-report", schema_for!(LoadReport)),
        ("rejected-row", schema_for!(RejectedRow)),
        ("reminder", schema_for!(Stamped<Reminder>)),
        ("work-item", schema_for!(Stamped<WorkItem>)),
    ]
}

#[test]
fn committed_schemas_are_those_of_the_types() {
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n";
        assert_current(&format!("schema/{name}.json"), &text);
    }
}

#[test]
fn a_form_case_fits_its_schema_and_a_signature_does_not() {
    let (_, schema) = &schemas()[0];
    let validator = jsonschema::validator_for(schema.as_value()).expect("a schema");
    assert!(validator.is_valid(&serde_json::json!({ "applicant": "甲", "year": 2026 })));
    assert!(!validator.is_valid(&serde_json::json!({ "signature": "甲" })));
}
