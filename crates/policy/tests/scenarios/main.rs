//! Every scenario of the county's rules: given, when, expected, as data that an official can read
//! (`scenarios/*.toml`).

mod facts;
mod file;
mod play;
mod step;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::process::Command;

use facecert_policy::{Reason, TABLE};

#[test]
fn every_scenario_holds() {
    let played = play::all();
    let failures = &played.failures;
    assert!(failures.is_empty(), "{} do not hold:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_reason_is_reached_by_a_scenario() {
    let reached = play::all().reached;
    let never: Vec<_> = TABLE.iter().filter(|entry| !reached.contains(&entry.reason)).map(|entry| entry.code).collect();
    assert!(never.is_empty(), "never reached: {never:?}");
    let unknown: Vec<Reason> = reached.into_iter().filter(|reason| reason.entry().is_none()).collect();
    assert!(unknown.is_empty(), "not in the table: {unknown:?}");
}

#[test]
fn every_number_is_there() {
    let known: BTreeSet<String> = file::all().into_iter().map(|scenario| scenario.no).collect();
    let missing: Vec<String> =
        (1..=99).map(|number| format!("S-{number:03}")).filter(|number| !known.contains(number)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_machines_zone_shows_nowhere() {
    let again = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "every_scenario_holds"])
        .env("TZ", "America/St_Johns")
        .output()
        .expect("a run");
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
}
