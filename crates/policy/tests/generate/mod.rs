//! Generators of committed files.

pub mod page;
mod rules;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

/// Compares a committed file with its generated text, or writes it with `FACECERT_UPDATE=1`.
pub fn assert_current(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("FACECERT_UPDATE").is_some() {
        fs::create_dir_all(file.parent().expect("a file in a folder")).expect("a folder to write to");
        fs::write(&file, text).expect("a file to write");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == text, "{path} has drifted: run the test with FACECERT_UPDATE=1");
}

#[derive(Deserialize)]
struct ReasonFile {
    reason: Vec<ReasonRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReasonRow {
    no: u16,
    code: String,
    severity: String,
    audience: String,
    zh: String,
    en: String,
    doors: String,
    clause: String,
}

/// `src/reason/table.rs`.
pub fn reason_table() -> String {
    let source = include_str!("../../reasons.toml");
    let rows = toml::from_str::<ReasonFile>(source).expect("the reason table").reason;
    assert!(rows.is_sorted_by_key(|row| row.no), "rows by number");
    let mut out = "//! Generated from `reasons.toml`; the test `drift` rewrites it with `FACECERT_UPDATE=1`.\n\n\
        use super::{Audience, DoorSet, Entry, Reason, Severity};\n\nimpl Reason {\n"
        .to_owned();
    for row in &rows {
        writeln!(out, "    /// {}\n    pub const {}: Self = Self({});", row.en, row.code, row.no).expect("text");
    }
    out += "}\n\n/// Every reason code, by number.\n#[rustfmt::skip]\npub const TABLE: &[Entry] = &[\n";
    for row in &rows {
        assert!(row.zh.chars().count() <= 30 && row.en.len() <= 60, "texts of {} are too long", row.no);
        writeln!(
            out,
            "    Entry {{ reason: Reason::{code}, code: \"{code}\", severity: Severity::{}, audience: &[{}], \
             zh: \"{}\", en: \"{}\", doors: &[{}], clause: \"{}\" }},",
            severity(&row.severity),
            joined(&row.audience, "Audience", audience),
            row.zh,
            row.en,
            joined(&row.doors, "DoorSet", doors),
            row.clause,
            code = row.code,
        )
        .expect("text");
    }
    out + "];\n"
}

fn joined(letters: &str, prefix: &str, name: fn(char) -> &'static str) -> String {
    letters.chars().map(|c| format!("{prefix}::{}", name(c))).collect::<Vec<_>>().join(", ")
}

fn severity(letter: &str) -> &'static str {
    match letter {
        "I" => "Info",
        "W" => "Warn",
        "V" => "Review",
        "F" => "Fail",
        "M" => "Missing",
        "S" => "Stop",
        "R" => "Refer",
        other => panic!("no severity {other}"),
    }
}

fn audience(letter: char) -> &'static str {
    match letter {
        's' => "Subject",
        'o' => "Operator",
        'a' => "Audit",
        other => panic!("no audience {other}"),
    }
}

fn doors(letter: char) -> &'static str {
    match letter {
        'A' => "Apps",
        'K' => "Kiosk",
        'L' => "Outlet",
        'H' => "HomeVisit",
        'N' => "Manual",
        'B' => "Window",
        'P' => "ConsularPaper",
        '*' => "All",
        other => panic!("no door {other}"),
    }
}
