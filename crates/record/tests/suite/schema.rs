//! The committed schemas say what the crate writes and reads, no more and no less.

use crate::common::{COUNTY_SM2, at, decision, decision_json, evidence, key};
use facecert_record::record::{self, Content};
use serde_json::{Value, json};

fn schema(text: &str) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn record_schema() -> jsonschema::Validator {
    schema(include_str!("../../schema/record.schema.json"))
}

fn view(content: Content) -> Value {
    let signed_at = at("2026-03-09T12:00:00+08:00");
    let bytes = record::sign(content, None, None, signed_at, &key(COUNTY_SM2, "county-sm2")).expect("signed");
    serde_json::from_str(&record::read(&bytes).expect("a record").to_json()).expect("JSON")
}

#[test]
fn records_follow_the_schema() {
    for content in [decision(), evidence()] {
        let view = view(content);
        let errors: Vec<String> = record_schema().iter_errors(&view).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

#[test]
fn the_schema_refuses_what_the_crate_refuses() {
    let good: Value = serde_json::from_str(&decision_json()).expect("JSON");
    let input = schema(include_str!("../../schema/record-input.schema.json"));
    assert!(input.is_valid(&good));
    let changes: [(&str, Value); 8] = [
        ("/policy_hash", Value::Null),
        ("/face_evidence/pad", json!("maybe")),
        ("/face_evidence/fmr_per_billion", json!(0.5)),
        ("/event/payload/person_ref", json!("张三")),
        ("/evidence_digests/0", json!("md5:00")),
        ("/event/payload/staff", json!(["a".repeat(257)])),
        ("/lines", json!([0.5])),
        ("/outcome", json!(1.5)),
    ];
    for (path, value) in changes {
        let mut changed = good.clone();
        let place = changed.pointer_mut(path).expect("a place");
        *place = value;
        let taken = Content::from_json(&changed.to_string()).and_then(|content| {
            record::sign(content, None, None, at("2026-03-09T12:00:00+08:00"), &key(COUNTY_SM2, "county-sm2"))
        });
        let refused = if path == "/policy_hash" { taken.is_ok() } else { taken.is_err() };
        assert!(refused, "{path}: the crate");
        assert_eq!(input.is_valid(&changed), taken.is_ok(), "{path}: the schema");
    }
    for extra in ["/remark", "/face_evidence/remark"] {
        let mut changed = good.clone();
        let (parent, name) = extra.rsplit_once('/').expect("a path");
        let object = changed.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
        object.insert(name.into(), json!(1));
        let taken = Content::from_json(&changed.to_string()).and_then(|content| {
            record::sign(content, None, None, at("2026-03-09T12:00:00+08:00"), &key(COUNTY_SM2, "county-sm2"))
        });
        assert!(taken.is_err() && !input.is_valid(&changed), "{extra}");
    }
}
