//! I8: no output but the form, the cards and the platform's file holds a name, a number, a phone, an image or a float.

use facecert_policy::{
    Audience, Error, Event, FileKind, HmacAlgorithm, HmacKey, Import, Language, Loaded, Mapping, RecordType, Stamp,
    Submission, decide, explain, export, kpi, remind, status, worklist,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::SCHEME;
use crate::history::at;
use crate::support;
use crate::support::story::ordinary_case;

/// A person of nobody: a name of rare characters, a number of an area that is not allotted.
fn person() -> impl Strategy<Value = (String, String)> {
    let name = "[\u{8d51}-\u{8dff}]{2,4}";
    (name, 1930..2000u32, 1..=12u32, 1..=28u32, 0..999u32).prop_map(|(name, year, month, day, sequence)| {
        (name, number(&format!("990101{year}{month:02}{day:02}{:03}", sequence - sequence % 100 + sequence % 99 + 1)))
    })
}

/// The number with its check digit, by GB 11643.
fn number(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS.iter().zip(body.bytes()).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
}

fn load(existing: &[Event], kind: FileKind, text: &str) -> Result<Loaded, Error> {
    let mapping = std::fs::read_to_string(support::path("mappings/platform.toml")).expect("the mapping");
    let mapping = Mapping::read("platform.toml", &mapping).expect("a good mapping");
    let import = Import { scheme: &SCHEME, existing, now: at("2026-03-10"), file: "file" };
    import.load(kind, text.as_bytes(), &mapping, &HmacKey::new([9; 32], HmacAlgorithm::Sm3))
}

/// Everything that is said of somebody who passed, whose name was misspelt, and whose number was mistyped.
fn said(name: &str, number: &str, phone: &str) -> Vec<Value> {
    let header = "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n";
    let roster = load(&[], FileKind::Roster, &format!("{header}01,{number},{name},e1,110,20200101,141121102201,,\n"));
    let mut events = roster.expect("a good roster").events;
    let row =
        |number: &str, name: &str, day: u32| format!("{number},{name},2026-03-0{day} 10:00:00,老来,1,,,{phone}\n");
    let typo = format!("{}{}", &number[..17], if number.ends_with('0') { '1' } else { '0' });
    let rows = [row(number, name, 1), row(number, &format!("{name}甲"), 2), row(&typo, name, 3)].concat();
    let header = "AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY,LXDH\n";
    let loaded = load(&events, FileKind::Results, &format!("{header}{rows}")).expect("a good file");
    let mut said = vec![json!(loaded.report), json!(loaded.rejected)];
    events.extend(loaded.events);
    let now = at("2026-03-10");
    let case = Submission::read("case", 1, &ordinary_case("kiosk", "2026-03-05T10:00:00+08:00").to_string());
    let decision = decide(&SCHEME, &events, &case.expect("a case"), now).expect("a decision");
    let exported = export(&SCHEME, &events, now, &RecordType::ALL.iter().copied().collect()).expect("records");
    let figures = kpi(&SCHEME, &events, support::day("2026-01-01"), support::day("2026-03-10"), now, true);
    let figures = figures.expect("figures");
    let explained = explain(&SCHEME, &decision.reasons, &decision.doors, Language::Zh, Audience::Audit);
    said.extend([
        json!(events.iter().map(|event| event.to_line().expect("canonical")).collect::<Vec<_>>()),
        json!(status(&SCHEME, &events, now)),
        json!(decision),
        json!(explained),
        json!(worklist(&SCHEME, &events, now)),
        json!(remind(&SCHEME, &events, at("2025-09-01"), at("2026-10-01"))),
        json!(exported.records),
        json!(figures),
        json!([figures.to_csv().expect("csv"), figures.to_html("认证")]),
        json!(Stamp::of(&SCHEME, &events, now, &[("now", &now)]).expect("a stamp")),
        json!(load(&events, FileKind::Results, &rows).expect_err("no header").to_string()),
    ]);
    said
}

fn has_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_none() && number.as_u64().is_none(),
        Value::Array(values) => values.iter().any(has_float),
        Value::Object(fields) => fields.values().any(has_float),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn i8_nothing_personal_is_said((name, number) in person(), phone in "139[0-9]{8}") {
        for value in said(&name, &number, &phone) {
            let text = value.to_string();
            prop_assert!(!text.contains(&name), "the name in {text}");
            prop_assert!(!text.contains(&number[..17]) && !text.contains(&number[6..14]), "the number in {text}");
            prop_assert!(!text.contains(&phone), "the phone in {text}");
            prop_assert!(!text.contains("data:") && !text.contains("base64"), "an image in {text}");
            prop_assert!(!has_float(&value), "a float in {text}");
        }
    }
}
