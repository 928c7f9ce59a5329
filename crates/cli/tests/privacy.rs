//! After a full run no output, error, log or record holds what stands in a photo, a template, or the platform's files
//! about a person.

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use support::{County, ID_NUMBER, NAME, PHONE, SIGNED, shipped};

/// What is personal: by its name in the message of the test, its bytes.
struct Personal(BTreeMap<String, Vec<u8>>);

impl Personal {
    /// The person of the county's files, in each form in which files and messages hold text.
    fn of_files() -> Self {
        let hex: String = NAME.bytes().map(|byte| format!("{byte:02x}")).collect();
        let escaped: String = NAME.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
        let debug: String = NAME.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
        let texts = [NAME, &hex, &escaped, &debug, ID_NUMBER, PHONE];
        Self(texts.map(|text| (text.to_owned(), text.as_bytes().to_vec())).into())
    }

    /// Pieces of a photo's file.
    fn add_photo(&mut self, photo: &[u8]) {
        for (i, piece) in photo.chunks_exact(16).enumerate().step_by(100).skip(1) {
            // Runs of one byte stand in any file.
            if piece.iter().any(|byte| *byte != piece[0]) {
                self.0.insert(format!("bytes of a photo from {}", 16 * i), piece.to_vec());
            }
        }
    }

    /// Components of a template, as bytes and as digits.
    fn add_template(&mut self, values: &[f32]) {
        for (i, pair) in values.chunks_exact(2).enumerate() {
            let bytes = pair.iter().flat_map(|value| value.to_le_bytes()).collect();
            self.0.insert(format!("components from {} as bytes", 2 * i), bytes);
            let digits = format!("{:.5}", pair[0].abs());
            // Nearly zero, it reads like any other number.
            if pair[0].abs() > 0.01 {
                self.0.insert(format!("component {} as digits", 2 * i), digits.into_bytes());
            }
        }
    }

    fn assert_absent(&self, place: &str, content: &[u8]) {
        for (what, bytes) in &self.0 {
            assert!(!content.windows(bytes.len()).any(|window| window == bytes), "{place} holds {what}");
        }
    }
}

/// Everything that works on faces; what it made of the person's face.
fn look_at_faces(county: &mut County) -> Personal {
    let [first, second, blank] = ["obama-1.jpg", "obama-2.jpg", "blank.png"];
    fs::create_dir(county.path("photos")).unwrap();
    for name in [first, second] {
        fs::copy(shipped(&format!("tests/data/photos/{name}")), county.path("photos").join(name)).unwrap();
    }
    image::RgbImage::new(64, 64).save(county.path(blank)).unwrap();
    let purpose = ["--purpose", "test of the program"];
    county.run(&[&["enrol", "photos", "-o", "gallery"], &purpose[..]].concat(), 0);
    county.run(&[&["search", "gallery", "photos/obama-2.jpg"], &purpose[..]].concat(), 0);
    county.run(&["verify", "photos/obama-1.jpg", "photos/obama-2.jpg"], 0);
    county.facecert(&["verify", "photos/obama-1.jpg", blank]);
    county.run(&["detect", "photos/obama-1.jpg"], 0);
    county.run(&["gallery", "check", "gallery"], 0);
    county.run(&["embed", "photos/obama-1.jpg", "-o", "template"], 0);
    let mut personal = Personal(BTreeMap::new());
    personal.add_photo(&county.read("photos/obama-1.jpg"));
    let template = county.read("template");
    let (components, []) = template[32..].as_chunks::<4>() else { panic!("no template") };
    let values: Vec<f32> = components.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    personal.add_template(&values);
    // Files of faces where commands expect something else.
    for file in ["photos/obama-1.jpg", "template", "gallery"] {
        for command in misuse(file) {
            county.facecert(&command.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
    personal
}

/// Every command that reads a file, given a wrong one.
fn misuse(file: &str) -> Vec<Vec<String>> {
    let rules = "--scheme schemes/wenshui-2025-20.toml --effective-from 2025-09-01 --now 2026-03-10";
    [
        format!("record sign {file} --key county-sm2.pem -o out"),
        format!("record sign decision.json --key {file} -o out"),
        format!("record sign decision.json --key county-sm2.pem --previous {file} -o out"),
        format!("record verify {file} --keys keys.toml"),
        format!("record verify 1.cbor --keys {file}"),
        format!("record chain {file} --keys keys.toml"),
        format!("receipt issue {file} --key county-sm2.pem"),
        format!("receipt verify {file} --keys keys.toml --now {SIGNED}"),
        format!("audit verify {file}"),
        format!("decide --case {file} --events events.jsonl {rules}"),
        format!("decide --case case.json --events {file} {rules}"),
        format!("status --events {file} {rules}"),
        format!("policy check {file}"),
        format!("gallery check {file}"),
        format!("load {file} --kind events --rejected rejected-2 -o loaded {rules}"),
        format!("detect {file}"),
    ]
    .iter()
    .map(|line| line.split(' ').map(str::to_owned).collect())
    .collect()
}

/// The decision, the case and the export with the person in every place of a value.
fn misplace(county: &mut County) {
    let sign = ["record", "sign", "spoilt.json", "--key", "county-sm2.pem", "--now", SIGNED, "-o", "spoilt.cbor"];
    let decide = [
        "decide",
        "--case",
        "spoilt.json",
        "--events",
        "events.jsonl",
        "--scheme",
        "schemes/wenshui-2025-20.toml",
        "--effective-from",
        "2025-09-01",
        "--now",
        "2026-03-10",
    ];
    let receipt = ["receipt", "issue", "spoilt.json", "--key", "county-sm2.pem", "--now", SIGNED, "-o", "spoilt.html"];
    for (file, command) in [("decision.json", &sign[..]), ("case.json", &decide), ("accepted.jsonl", &receipt)] {
        let good: Value = serde_json::from_str(county.text(file).lines().next().unwrap()).unwrap();
        for path in texts(&good, String::new()) {
            for personal in [NAME, ID_NUMBER, PHONE] {
                let mut spoilt = good.clone();
                *spoilt.pointer_mut(&path).unwrap() = personal.into();
                county.write("spoilt.json", spoilt.to_string());
                county.facecert(command);
            }
        }
    }
    fs::remove_file(county.path("spoilt.json")).unwrap();
}

/// Paths of all texts in a JSON value.
fn texts(value: &Value, at: String) -> Vec<String> {
    match value {
        Value::String(_) => vec![at],
        Value::Array(items) => {
            (0..).zip(items).flat_map(|(i, item): (usize, _)| texts(item, format!("{at}/{i}"))).collect()
        }
        Value::Object(fields) => fields.iter().flat_map(|(name, item)| texts(item, format!("{at}/{name}"))).collect(),
        _ => Vec::new(),
    }
}

/// The file is the platform's, or of faces, and holds a person by its purpose.
const OF_A_PERSON: [&str; 5] = ["roster.csv", "spoilt.csv", "template", "gallery", "platform.csv"];

#[test]
fn nothing_that_is_kept_or_said_tells_of_a_person() {
    let mut county = County::new();
    county.decide();
    let sign = ["record", "sign", "decision.json", "--key", "county-sm2.pem", "--now", SIGNED];
    county.run(&[&sign[..], &["-o", "1.cbor"]].concat(), 0);
    county.run(&[&sign[..], &["-o", "2.cbor", "--previous", "1.cbor"]].concat(), 0);
    county.run(&["record", "verify", "1.cbor", "2.cbor", "--keys", "keys.toml"], 0);
    county.run(&["receipt", "issue", "accepted.jsonl", "--key", "county-sm2.pem", "-o", "slip.html"], 0);
    let rules =
        ["--scheme", "schemes/wenshui-2025-20.toml", "--effective-from", "2025-09-01", "--events", "events.jsonl"];
    for command in [&["status"][..], &["worklist"], &["remind", "--since", "2026-03-01"]] {
        for form in ["--json", "--human"] {
            county.run(&[command, &rules[..], &["--now", "2026-03-31", form]].concat(), 0);
        }
    }
    // A row that is refused: its line and reason are said, and nothing of it.
    let roster = county.text("roster.csv");
    county.write("spoilt.csv", roster.replace(",110,", &format!(",{PHONE},")));
    let mapping = shipped("crates/policy/mappings/platform.toml");
    let load = ["load", "spoilt.csv", "--kind", "roster", "--mapping", &mapping, "--key-file", "number.key"];
    let to = ["--rejected", "rejected-3.jsonl", "-o", "loaded-3.jsonl", "--now", "2026-03-31"];
    county.facecert(&[&load[..], &rules[..4], &to].concat());
    assert!(!county.text("rejected-3.jsonl").is_empty());
    misplace(&mut county);
    for command in misuse("roster.csv") {
        county.facecert(&command.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let mut personal = look_at_faces(&mut county);
    personal.0.append(&mut Personal::of_files().0);

    let printed = county.printed.lines().count();
    assert!(printed > 100, "only {printed} lines were printed");
    personal.assert_absent("what was printed", county.printed.as_bytes());
    let mut files = 0;
    for entry in fs::read_dir(county.path(".")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_file() && !OF_A_PERSON.contains(&name.as_str()) {
            personal.assert_absent(&name, &county.read(&name));
            files += 1;
        }
    }
    assert!(files > 12, "{files} files seen");
}
