//! The TOML of a policy: the input is its root file, or its table of channels.
#![no_main]

use facecert_policy::scheme::{Files, check, named_files};

const PARTS: [(&str, &str); 3] = [
    ("calendars/cn-2025.toml", include_str!("../../crates/policy/schemes/calendars/cn-2025.toml")),
    ("calendars/cn-2026.toml", include_str!("../../crates/policy/schemes/calendars/cn-2026.toml")),
    ("forms/chengnuoshu.txt", include_str!("../../crates/policy/schemes/forms/chengnuoshu.txt")),
];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut files: Files = PARTS.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into();
    for name in ["scheme.toml", "channels.toml", "outlets.csv", "villages.csv"] {
        files.insert(name.into(), data.to_vec());
    }
    let _ = named_files(&files, "scheme.toml");
    let from = "2025-09-01".parse().ok();
    let (report, scheme) = check(&files, "scheme.toml", from);
    assert_eq!(scheme.is_some(), report.faults.is_empty());
});
