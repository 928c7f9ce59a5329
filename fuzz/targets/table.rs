//! CSV of the platform by its mapping, and mappings.
#![no_main]

use facecert_fuzz::SCHEME;
use facecert_policy::{FileKind, HmacAlgorithm, HmacKey, Import, Instant, Mapping};

const MAPPING: &str = include_str!("../../crates/policy/mappings/platform.toml");
const KINDS: [FileKind; 5] = [FileKind::Roster, FileKind::Results, FileKind::Payments, FileKind::Acks, FileKind::Facts];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Mapping::read("mapping", text);
    }
    let mapping = Mapping::read("mapping", MAPPING).expect("the shipped mapping");
    let key = HmacKey::new([7; 32], HmacAlgorithm::Sha256);
    let now = Instant::parse_now("2026-03-10").expect("a date");
    let import = Import { scheme: &SCHEME, existing: &[], now, file: "file" };
    for kind in KINDS {
        if let Ok(loaded) = import.load(kind, data, &mapping, &key) {
            let report = loaded.report;
            assert!(report.rows <= report.events + report.duplicates + report.rejected + report.referred);
        }
    }
    let _ = import.load_events(data);
});
