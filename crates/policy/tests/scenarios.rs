//! Every scenario of the county's rules: given, when, expected, as data that an official can read
//! (`tests/scenarios/*.toml`).

mod support;

use std::collections::BTreeMap;
use std::fs;

use facecert_policy::{Event, Instant, LineStatus, Reason, Submission, decide, status};
use serde::Deserialize;
use serde_json::{Value, json};
use support::story::{event, id_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    no: String,
    says: String,
    /// Texts of the policy and what stands in their place.
    #[serde(default)]
    policy: Vec<(String, String)>,
    #[serde(default)]
    made_up_county: bool,
    given: Vec<String>,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// What happens besides what is given.
    #[serde(default)]
    and: Vec<String>,
    /// Point in time; for a decision too.
    now: String,
    /// A case, as changes to the channel's ordinary one.
    decide: Option<toml::Table>,
    /// Which benefit line, where there are several.
    #[serde(default)]
    line: Option<String>,
    expect: Vec<String>,
}

#[test]
fn every_scenario_holds() {
    let mut failures = Vec::new();
    let mut files = fs::read_dir(support::path("tests/scenarios"))
        .expect("scenarios")
        .map(|f| f.expect("a file").path())
        .collect::<Vec<_>>();
    files.sort();
    for path in files {
        let file: File =
            toml::from_str(&fs::read_to_string(&path).expect("a file")).unwrap_or_else(|e| panic!("{path:?}: {e}"));
        for scenario in &file.scenario {
            check(scenario, &mut failures);
        }
    }
    assert!(failures.is_empty(), "{} do not hold:\n{}", failures.len(), failures.join("\n"));
}

fn check(scenario: &Scenario, failures: &mut Vec<String>) {
    let changes = scenario.policy.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>();
    let root = if scenario.made_up_county { support::DEMO } else { support::WENSHUI };
    let mut changes = changes;
    if !scenario.made_up_county {
        changes.push(("accepted_packs = []", "accepted_packs = [\"pack@sha256:11\"]"));
    }
    let scheme = support::load(root, &changes).unwrap_or_else(|e| panic!("{}: {e}", scenario.no));
    for step in &scenario.step {
        let texts = scenario.given.iter().chain(&step.and).collect::<Vec<_>>();
        let events = texts.iter().map(|text| event(text)).collect::<Vec<_>>();
        let now = Instant::parse_now(&step.now).expect("a point in time");
        let facts = match &step.decide {
            Some(changes) => decided(&scheme, &events, changes, now),
            None => stated(&status(&scheme, &events, now), step.line.as_deref()),
        };
        for expected in &step.expect {
            if !holds(&facts, expected) {
                failures
                    .push(format!("{} ({}) at {}: {expected}; got {facts:?}", scenario.no, scenario.says, step.now));
            }
        }
    }
}

type Facts = BTreeMap<&'static str, String>;

/// `due 2026-03-10` is a fact with its value, `CODE` a reason, `no CODE` its absence.
fn holds(facts: &Facts, expected: &str) -> bool {
    let reasons = facts["reasons"].split(' ').collect::<Vec<_>>();
    if let Some(code) = expected.strip_prefix("no ") {
        assert!(code == "action" || Reason::from_code(code).is_some(), "{code} is no reason");
        return if code == "action" { facts["actions"].is_empty() } else { !reasons.contains(&code) };
    }
    match expected.split_once(' ') {
        Some((fact, value)) => facts.get(fact).is_some_and(|known| known == value),
        None if Reason::from_code(expected).is_some() => reasons.contains(&expected),
        None => facts["is"] == expected,
    }
}

fn codes<'a>(reasons: impl IntoIterator<Item = &'a Reason>) -> String {
    reasons.into_iter().map(|reason| format!("{reason:?}")).collect::<Vec<_>>().join(" ")
}

fn day(day: Option<facecert_policy::Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn words<T: ToString>(words: impl IntoIterator<Item = T>) -> String {
    words.into_iter().map(|word| word.to_string()).collect::<Vec<_>>().join(" ")
}

fn stated(lines: &[LineStatus], line: Option<&str>) -> Facts {
    let found = lines.iter().find(|l| line.is_none_or(|wanted| l.entitlement.as_str() == wanted));
    let line = found.expect("a benefit line");
    let actions = line.actions.iter().map(|action| {
        let month = action.payroll_month.map(|month| format!(" {month}")).unwrap_or_default();
        format!("{}{month}", action.action_type)
    });
    let first = line.actions.first();
    Facts::from([
        ("is", line.status.to_string()),
        ("due", day(line.due)),
        ("raw", day(line.raw_due)),
        ("wait_end", day(line.wait_end)),
        ("actions", words(actions)),
        ("backpay", words(first.iter().flat_map(|action| &action.backpay_months))),
        ("contacts", words(first.iter().filter_map(|action| action.contact_attempts))),
        ("looked_up", words(first.iter().filter_map(|action| action.data_match_looked_up))),
        ("holds", words(line.holds.iter().map(|hold| hold.kind))),
        ("cases", words(line.cases.iter().map(|case| case.state))),
        ("reasons", codes(&line.reasons)),
    ])
}

fn decided(scheme: &facecert_policy::scheme::Scheme, events: &[Event], changes: &toml::Table, now: Instant) -> Facts {
    let mut changes = serde_json::to_value(changes).expect("a case");
    let channel = changes["channel"].as_str().expect("a channel").to_owned();
    let mut case = support::story::ordinary_case(&channel, changes["at"].as_str().expect("an instant"));
    if let Some(lodged) = changes.get("lodged").and_then(Value::as_str) {
        changes["lodged"] = json!(id_of(lodged));
    }
    merge(&mut case, &changes);
    let case = Submission::read("case", 1, &case.to_string()).unwrap_or_else(|e| panic!("{e}"));
    let decision = decide(scheme, events, &case, now).expect("a decision");
    let event = decision.event.as_ref().expect("an event");
    Facts::from([
        ("is", decision.outcome.to_string()),
        ("certified_on", day(decision.certified_on)),
        ("due", words(decision.lines.iter().filter_map(|line| line.next_due))),
        ("doors", words(&decision.doors)),
        ("event", format!("{:?}", event.kind())),
        ("lines", decision.lines.len().to_string()),
        ("reasons", codes(&decision.reasons)),
    ])
}

/// Objects are merged; the text `absent` removes a field.
fn merge(into: &mut Value, changes: &Value) {
    match (into, changes) {
        (Value::Object(into), Value::Object(changes)) => {
            for (key, value) in changes {
                if value == "absent" {
                    into.remove(key);
                } else {
                    merge(into.entry(key).or_insert(Value::Null), value);
                }
            }
        }
        (into, value) => *into = value.clone(),
    }
}
