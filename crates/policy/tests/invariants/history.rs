//! Random histories of a person with two benefit lines.

use facecert_policy::{ActionType, Event, Instant, LineStatus, status};
use proptest::prelude::*;

use crate::SCHEME;
use crate::support::story::event;

pub fn day() -> impl Strategy<Value = String> {
    (2025..=2026, 1..=12, 1..=28).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"))
}

fn month() -> impl Strategy<Value = String> {
    (1..=12).prop_map(|m| format!("2026-{m:02}"))
}

/// What a machine or an unproven claim may add: none of it may stop a payment.
pub fn suspicion() -> impl Strategy<Value = String> {
    prop_oneof![
        day().prop_map(|d| format!("attempt {d}")),
        day().prop_map(|d| format!("fact death {d}")),
        day().prop_map(|d| format!("fact imprisonment {d}")),
        day().prop_map(|d| format!("fact missing {d}")),
        day().prop_map(|d| format!("pair p_1 p_2 {d}")),
    ]
}

pub fn pass() -> impl Strategy<Value = String> {
    day().prop_map(|d| format!("pass {d} by kiosk"))
}

fn sentence() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => pass(),
        2 => suspicion(),
        1 => day().prop_map(|d| format!("visit {d}")),
        1 => day().prop_map(|d| format!("form {d}")),
        1 => day().prop_map(|d| format!("appeal {d}")),
        1 => day().prop_map(|d| format!("lives abroad from {d}")),
        1 => day().prop_map(|d| format!("lives county from {d}")),
        1 => day().prop_map(|d| format!("consent person from {d}")),
        1 => (month(), day()).prop_map(|(m, d)| format!("advice {m} issued {d}")),
        1 => (month(), day()).prop_map(|(m, d)| format!("platform {m} not_certified {d}")),
        1 => (month(), day()).prop_map(|(m, d)| format!("platform {m} paid {d}")),
        1 => day().prop_map(|d| format!("contact reached {d}")),
    ]
}

/// What people may have decided about facts.
fn closure() -> impl Strategy<Value = Vec<String>> {
    let result = prop::sample::select(vec!["confirmed", "refuted", "unclear"]);
    (prop::sample::select(vec!["death", "imprisonment", "missing"]), day(), day(), result).prop_map(
        |(fact, on, closed, result)| {
            let class = if fact == "imprisonment" { " class serving" } else { "" };
            vec![format!("fact {fact} {on}"), format!("case {fact}:p_1:{on} {result} {closed}{class}")]
        },
    )
}

fn told(sentences: &[String]) -> Vec<Event> {
    let roster = ["EP".to_owned(), "RP".to_owned()];
    roster.iter().chain(sentences).map(|text| event(text)).collect()
}

/// What happened, without anything that people decided about facts.
pub fn history() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(sentence(), 0..12).prop_map(|sentences| told(&sentences))
}

/// The same, with cases that people closed.
pub fn judged() -> impl Strategy<Value = Vec<Event>> {
    let closed = prop::collection::vec(closure(), 0..3).prop_map(|cases| cases.concat());
    (prop::collection::vec(sentence(), 0..12), closed).prop_map(|(told_, closed)| told(&[told_, closed].concat()))
}

pub fn at(now: &str) -> Instant {
    Instant::parse_now(now).expect("a day")
}

pub fn lines(events: &[Event], now: &str) -> Vec<LineStatus> {
    status(&SCHEME, events, at(now))
}

pub fn suspends(line: &LineStatus) -> bool {
    line.actions.iter().any(|action| action.action_type == ActionType::Suspend)
}

/// The history with more sentences.
pub fn with(events: &[Event], more: &[String]) -> Vec<Event> {
    events.iter().cloned().chain(more.iter().map(|text| event(text))).collect()
}
