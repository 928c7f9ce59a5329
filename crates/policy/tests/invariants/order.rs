//! I1 and I2: equal inputs give equal bytes; order, repetition and splitting do not matter.

use facecert_policy::{
    Event, FileKind, HmacAlgorithm, HmacKey, Import, Mapping, RecordType, export, kpi, remind, worklist,
};
use proptest::prelude::*;
use serde_json::json;

use crate::SCHEME;
use crate::history::{at, day, judged, lines};
use crate::support;

/// Everything that the engine says of a history, as bytes.
fn bytes(events: &[Event], now: &str) -> String {
    let types = RecordType::ALL.iter().copied().collect();
    let exported = export(&SCHEME, events, at(now), &types).expect("records");
    let figures = kpi(&SCHEME, events, support::day("2025-06-01"), support::day(now), at(now), true).expect("figures");
    json!([
        lines(events, now),
        worklist(&SCHEME, events, at(now)),
        remind(&SCHEME, events, at("2025-01-01"), at(now)),
        exported.records,
        exported.events,
        figures,
        figures.to_csv().expect("csv"),
        figures.to_html("认证"),
    ])
    .to_string()
}

const ROSTER: &str = "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n\
                      01,990101195103070014,甲,e1,110,20200101,141121102201,,\n";
const RESULTS: &str = "AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY\n";

fn load(kind: FileKind, existing: &[Event], text: &str) -> Vec<Event> {
    let mapping = std::fs::read_to_string(support::path("mappings/platform.toml")).expect("the mapping");
    let mapping = Mapping::read("platform.toml", &mapping).expect("a good mapping");
    let import = Import { scheme: &SCHEME, existing, now: at("2026-12-31"), file: "file" };
    let key = HmacKey::new([7; 32], HmacAlgorithm::Sha256);
    import.load(kind, text.as_bytes(), &mapping, &key).expect("a good file").events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn i1_i2_order_and_repetition_do_not_matter(
        (events, shuffled) in judged().prop_flat_map(|events| {
            let twice = events.iter().chain(&events).cloned().collect::<Vec<_>>();
            (Just(events), Just(twice).prop_shuffle())
        }),
        now in day(),
    ) {
        prop_assert_eq!(bytes(&events, &now), bytes(&shuffled, &now));
    }

    #[test]
    fn i2_an_import_may_come_in_parts(
        rows in prop::collection::vec((day(), prop::sample::select(vec!["老来", "三晋通", "跨省通办"]), 0..2), 1..8),
        cut in 0usize..8,
        again in 0usize..8,
    ) {
        let rows = rows.iter().map(|(day, channel, result)| {
            format!("990101195103070014,甲,{day} 10:00:00,{channel},{result},610000,\n")
        }).collect::<Vec<_>>();
        let roster = load(FileKind::Roster, &[], ROSTER);
        let whole = load(FileKind::Results, &roster, &format!("{RESULTS}{}", rows.concat()));
        // Two parts, the second of which may repeat rows of the first.
        let mut known = roster.clone();
        for part in [&rows[..cut.min(rows.len())], &rows[again.min(cut).min(rows.len())..]] {
            let events = load(FileKind::Results, &known, &format!("{RESULTS}{}", part.concat()));
            known.extend(events);
        }
        let sorted = |events: &[Event]| {
            let mut lines = events.iter().map(|event| event.to_line().expect("canonical")).collect::<Vec<_>>();
            lines.sort();
            lines
        };
        prop_assert_eq!(sorted(&known[roster.len()..]), sorted(&whole));
    }
}
