//! The committed schemas, against which test data and answers are held.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Serialize;

use super::path;

static SCHEMAS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let files = fs::read_dir(path("schema")).expect("schemas").map(|file| file.expect("a file").path());
    let read = files.map(|file| {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let schema = serde_json::from_slice(&fs::read(&file).expect("a file")).expect("JSON");
        (name, jsonschema::validator_for(&schema).expect("a schema"))
    });
    read.collect()
});

/// What a value has against a schema.
pub fn faults(name: &str, value: &impl Serialize) -> Vec<String> {
    let value = serde_json::to_value(value).expect("JSON");
    let schema = SCHEMAS.get(name).unwrap_or_else(|| panic!("no schema {name}"));
    schema.iter_errors(&value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// Fails unless the value is what the schema says.
pub fn assert_fits(name: &str, value: &impl Serialize) {
    let faults = faults(name, value);
    assert!(faults.is_empty(), "not {name}: {faults:?}");
}
