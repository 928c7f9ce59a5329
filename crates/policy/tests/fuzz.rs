//! Damaged files: whatever is cut out, put in or swapped, each is read or refused with file, line and field, in bounded
//! time and without a panic. The seeds are the committed files themselves.

mod support;

use std::time::{Duration, Instant as Clock};

use facecert_policy::scheme::check;
use facecert_policy::{
    Error, FileKind, FormCase, HmacAlgorithm, HmacKey, Import, Instant, Mapping, Submission, Told, decide, read_events,
};
use proptest::prelude::*;
use support::story::{event, ordinary_case};

/// One change of a file.
#[derive(Clone, Debug)]
enum Damage {
    Cut(usize, usize),
    Put(usize, Vec<u8>),
    Flip(usize, u8),
    Repeat(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..6),
        prop::sample::select(vec![
            "\"",
            "{",
            "]",
            "\n",
            "9e999",
            "-1",
            "\u{0}",
            "甲",
            "\u{feff}",
            ",,",
            "99999999999999999999",
            "[["
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (any::<usize>(), 1..40usize).prop_map(|(at, len)| Damage::Cut(at, len)),
        (any::<usize>(), piece).prop_map(|(at, piece)| Damage::Put(at, piece)),
        (any::<usize>(), 1..=255u8).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        (any::<usize>(), 1..200usize).prop_map(|(at, len)| Damage::Repeat(at, len)),
    ]
}

fn damaged(seed: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for damage in damages {
        let place = |at: usize| at % (bytes.len() + 1);
        let end = |at: usize, len: usize| (place(at) + len).min(bytes.len());
        match damage {
            Damage::Cut(at, len) => drop(bytes.drain(place(*at)..end(*at, *len))),
            Damage::Put(at, piece) => drop(bytes.splice(place(*at)..place(*at), piece.iter().copied())),
            Damage::Flip(at, bits) => {
                let at = place(*at);
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= bits;
                }
            }
            Damage::Repeat(at, len) => {
                let piece = bytes[place(*at)..end(*at, *len)].to_vec();
                let at = place(*at);
                drop(bytes.splice(at..at, piece));
            }
        }
    }
    bytes
}

fn damages() -> impl Strategy<Value = Vec<Damage>> {
    prop::collection::vec(damage(), 1..4)
}

/// An error names the file, a line from 1 and a field.
fn names_its_place(error: &Error) -> bool {
    let text = error.to_string();
    let mut parts = text.splitn(4, ':').map(str::trim);
    let (file, line, field) = (parts.next(), parts.next(), parts.next());
    file == Some("seed") && line.is_some_and(|line| line.parse::<u64>().is_ok_and(|line| line >= 1)) && field.is_some()
}

const ROSTER: &str = "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n\
                      01,990101195103070014,甲,e1,110,20200101,141121102201,19510307,20250910\n";
const RESULTS: &str = "AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY\n\
                       990101195103070014,甲,2026-03-09 10:00:00,老来,1,,\n";
const PAYMENTS: &str = "AAC002,AAE140,AAE003,FFZT,TFYY,JE\n990101195103070014,110,202603,2,01,\n";
const FACTS: &str = "AAC002,AAC003,SXLX,SXRQ,SJLY,MDBH,XQLB,ZZRQ\n\
                     990101195103070014,甲,服刑,20260120,police,L1,缓刑,20270120\n";
const ACKS: &str = "KEY,JSZT,JSSJ,FHM\n\
                    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,1,2026-03-09 10:00:00,OK\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_policy(damages in damages(), file in 0usize..6) {
        let mut files = support::files(support::DEMO);
        let name = files.keys().nth(file % files.len()).cloned().expect("a file");
        let bytes = damaged(&files[&name], &damages);
        files.insert(name, bytes);
        let clock = Clock::now();
        let (report, scheme) = check(&files, support::DEMO, None);
        prop_assert!(clock.elapsed() < Duration::from_secs(10));
        prop_assert_eq!(scheme.is_none(), !report.faults.is_empty());
        for fault in &report.faults {
            prop_assert!(files.contains_key(&fault.file) || fault.file == support::DEMO, "{}", fault);
            prop_assert!(fault.line >= 1 && !fault.text.is_empty());
        }
    }

    #[test]
    fn a_mapping(damages in damages()) {
        let seed = std::fs::read(support::path("mappings/platform.toml")).expect("the mapping");
        if let Err(error) = Mapping::read("seed", &text(&damaged(&seed, &damages))) {
            prop_assert!(names_its_place(&error), "{}", error);
        }
    }

    #[test]
    fn tables(damages in damages(), kind in prop::sample::select(FileKind::ALL)) {
        let scheme = support::wenshui();
        let mapping = std::fs::read_to_string(support::path("mappings/platform.toml")).expect("the mapping");
        let mapping = Mapping::read("platform.toml", &mapping).expect("a good mapping");
        let key = HmacKey::new([7; 32], HmacAlgorithm::Sha256);
        let now = Instant::parse_now("2026-03-10").expect("a day");
        let import = Import { scheme: &scheme, existing: &[], now, file: "seed" };
        let existing = import.load(FileKind::Roster, ROSTER.as_bytes(), &mapping, &key).expect("a good roster").events;
        let import = Import { existing: &existing, ..import };
        let seed = match kind {
            FileKind::Roster => ROSTER,
            FileKind::Results => RESULTS,
            FileKind::Payments => PAYMENTS,
            FileKind::Acks => ACKS,
            FileKind::Facts => FACTS,
        };
        match import.load(kind, &damaged(seed.as_bytes(), &damages), &mapping, &key) {
            Err(error) => prop_assert!(names_its_place(&error), "{}", error),
            Ok(loaded) => {
                let report = &loaded.report;
                prop_assert_eq!(report.rows, report.events + report.duplicates + report.rejected);
                for row in &loaded.rejected {
                    prop_assert!(row.file == "seed" && row.line >= 1 && !row.text.is_empty());
                }
            }
        }
    }

    #[test]
    fn events(damages in damages()) {
        let lines = ["EP", "pass 2025-09-10", "form 2026-03-09", "fact death 2026-01-20", "visit 2026-03-24"];
        let seed: String = lines.iter().map(|line| event(line).to_line().expect("canonical") + "\n").collect();
        let bytes = damaged(seed.as_bytes(), &damages);
        if let Err(error) = read_events("seed", &text(&bytes)) {
            prop_assert!(names_its_place(&error), "{}", error);
        }
        let scheme = support::wenshui();
        let now = Instant::parse_now("2026-03-10").expect("a day");
        let import = Import { scheme: &scheme, existing: &[], now, file: "seed" };
        if let Err(error) = import.load_events(&bytes) {
            prop_assert!(names_its_place(&error), "{}", error);
        }
    }

    #[test]
    fn cases(damages in damages(), channel in prop::sample::select(vec!["kiosk", "manual_county"])) {
        let scheme = support::wenshui();
        let seed = serde_json::to_string_pretty(&ordinary_case(channel, "2026-03-09T10:00:00+08:00")).expect("JSON");
        let bytes = text(&damaged(seed.as_bytes(), &damages));
        match Submission::read("seed", 1, &bytes) {
            Err(error) => prop_assert!(names_its_place(&error), "{}", error),
            Ok(case) => {
                let decision = decide(&scheme, &["EP"].map(event), &case, case.at).expect("a decision");
                let printed = serde_json::to_string(&decision).expect("JSON");
                Told::read("seed", 1, &printed).expect("what was printed");
                if let Err(error) = Told::read("seed", 1, &text(&damaged(printed.as_bytes(), &damages))) {
                    prop_assert!(names_its_place(&error), "{}", error);
                }
            }
        }
        if let Err(error) = FormCase::read("seed", &bytes) {
            prop_assert!(names_its_place(&error), "{}", error);
        }
    }

    #[test]
    fn pairs(damages in damages(), persons_too in any::<bool>()) {
        let on = [
            ("enabled = false\npurpose = \"\"", "enabled = true\npurpose = \"a\""),
            ("legal_basis = \"\"", "legal_basis = \"b\""),
            ("impact_assessment_ref = \"\"", "impact_assessment_ref = \"c\""),
        ];
        let scheme = support::load(support::WENSHUI, &on).expect("1:N on");
        let now = Instant::parse_now("2026-03-10").expect("a day");
        let import = Import { scheme: &scheme, existing: &[], now, file: "seed" };
        let (pairs, persons) = (b"id_a,id_b,score\n1,2,0.7312345\n", b"id,person_ref\n1,p_a\n2,p_b\n");
        let (pairs, persons) = if persons_too {
            (pairs.to_vec(), damaged(persons, &damages))
        } else {
            (damaged(pairs, &damages), persons.to_vec())
        };
        if let Err(error) = import.load_pairs(&pairs, "seed", &persons) {
            prop_assert!(names_its_place(&error), "{}", error);
        }
    }
}
