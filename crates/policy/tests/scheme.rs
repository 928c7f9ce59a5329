//! Loading and lint of policy files.

mod support;

use facecert_policy::scheme::{Files, Scheme, check};
use support::{DEMO, WENSHUI, changed, day, files, load};

#[test]
fn the_shipped_scheme_is_refused_without_a_first_day() {
    let (report, scheme) = check(&files(WENSHUI), WENSHUI, None);
    assert!(scheme.is_none() && report.policy_hash.is_none());
    let faults = report.faults.iter().map(|f| (f.key.as_str(), f.code.as_str())).collect::<Vec<_>>();
    assert_eq!(faults, [("policy.effective.from", "effective_date")]);
}

#[test]
fn the_shipped_scheme_loads_with_one_and_lists_its_assumptions() {
    let (report, scheme) = check(&files(WENSHUI), WENSHUI, Some(day("2025-09-01")));
    assert_eq!(report.faults, []);
    let scheme = scheme.expect("no fault");
    assert_eq!(scheme.townships.len(), 12);
    assert_eq!(scheme.channels.len(), 15);
    assert_eq!(report.scheme.as_deref(), Some("wenshui-2025-20"));
    let listed = report.warnings.iter().filter(|w| w.code == "assumption").count();
    assert_eq!(listed, report.assumptions.len());
    assert!(report.assumptions.iter().all(|assumption| assumption.question.ends_with('？')));
    let other = Scheme::load(&files(WENSHUI), WENSHUI, Some(day("2025-10-01"))).expect("no fault");
    assert_ne!(scheme.hash, other.hash, "the first day is part of the hash");
}

#[test]
fn a_second_county_is_data_alone() {
    let scheme = load(DEMO, &[]).expect("the made-up county");
    assert_eq!((scheme.townships.len(), scheme.channels.len()), (3, 4));
    assert_eq!(scheme.villages.map(|v| v.len()), Some(4));
    assert_eq!(scheme.outlets.map(|o| o.len()), Some(4));
}

/// One change each, with the code of the fault that it must give.
const FAULTS: &[(&str, &str, &str)] = &[
    ("due_soon_days = 30", "due_soon_day = 30", "unknown_key"),
    ("due_soon_days = 30", "due_soon_days = 30.5", "type"),
    ("due_soon_days = 30", "due_soon_days = -1", "value"),
    ("due_soon_days = 30", "", "missing"),
    ("target_percent = 85\nclause = \"一\"", "target_percent = 85", "origin"),
    ("target_percent = 85\nclause", "target_percent = 85\nassumption = \"A-12\"\nclause", "origin"),
    ("target_percent = 85\nclause = \"一\"", "target_percent = 85\nclause = \"六\"", "origin"),
    ("target_percent = 85\nclause = \"一\"", "target_percent = 85\nassumption = \"A-99\"", "origin"),
    ("A-57 = \"", "A-58 = \"", "origin"),
    ("A-57 = \"", "A-57 = 57 # \"", "value"),
    ("target_percent = 85", "target_percent = 101", "value"),
    ("expect = 12", "expect = 11", "township_count"),
    ("\"凤城镇\", ", "", "township"),
    ("\"141121100\"", "\"141122100\"", "township"),
    ("\"141121100\"", "\"141121101\"", "township"),
    ("kinds = [\"survivor_institution\"]", "kinds = [\"survivor_enterprise\"]", "kind"),
    ("bundle = \"B12\"\nmonths", "bundle = \"B13\"\nmonths", "cycle"),
    ("id = \"kiosk\"", "id = \"booth\"", "value"),
    ("paths = [\"platform\", \"face\"]", "paths = [\"platform\", \"voice\"]", "value"),
    ("window = [\"window\", \"benefits\"]", "window = [\"cook\"]", "value"),
    ("window = [\"window\", \"benefits\"]", "window = []", "roles"),
    ("appeal = [\"internal_control\"]\n", "", "roles"),
    ("actor = \"platform\"", "actor = \"software\"", "word"),
    ("month_offset = -1", "month_offset = 0", "value"),
    ("photo_days = 180", "photo_days = 69", "retention"),
    ("text_sha256 = \"06", "text_sha256 = \"07", "form_text"),
    ("\"calendars/cn-2026.toml\"", "\"calendars/cn-2027.toml\"", "file"),
    ("\"calendars/cn-2026.toml\"", "\"../cn-2026.toml\"", "file"),
    ("timezone = \"Asia/Shanghai\"", "timezone = \"Asia/Urumqi\"", "word"),
    ("schema = 1", "schema = 2", "value"),
    ("county = \"141121\"", "county = \"14112\"", "value"),
    ("enabled = false\npurpose = \"\"", "enabled = true\npurpose = \"\"", "one_to_many"),
    ("year = 2026", "year = 2027", "calendar"),
    ("id = \"window\", ", "id = \"outlet\", ", "twice"),
    ("[kpi.mask]", "[kpi.mask", "syntax"),
];

#[test]
fn every_kind_of_fault_is_found_with_its_line() {
    for (old, new, code) in FAULTS {
        let files = changed(WENSHUI, &[(old, new)]);
        let (report, scheme) = check(&files, WENSHUI, Some(day("2025-09-01")));
        assert!(scheme.is_none(), "{new} is accepted");
        let found = report.faults.iter().find(|fault| fault.code == *code);
        let found = found.unwrap_or_else(|| panic!("{new}: no {code} in {:?}", report.faults));
        assert!(found.line >= 1 && files.contains_key(&found.file) && !found.text.is_empty(), "{found:?}");
    }
}

#[test]
fn a_line_is_that_of_the_key() {
    let files = changed(WENSHUI, &[("target_percent = 85", "target_percent = 101")]);
    let (report, _) = check(&files, WENSHUI, Some(day("2025-09-01")));
    let text = String::from_utf8_lossy(&files[WENSHUI]).into_owned();
    let line = text.lines().position(|line| line.starts_with("target_percent")).map(|i| i + 1);
    assert_eq!(report.faults.iter().map(|f| Some(f.line)).collect::<Vec<_>>(), [line]);
}

#[test]
fn without_a_root_there_is_one_fault_per_missing_thing_and_no_panic() {
    let (report, scheme) = check(&Files::new(), WENSHUI, None);
    assert!(scheme.is_none());
    assert!(report.faults.iter().any(|fault| fault.code == "file"));
}
