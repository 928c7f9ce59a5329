//! What the rules page shows: each phrase of the document with its rule, its values and its tests. A name that is nothing fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    row: Vec<Row>,
}

/// A phrase of the document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub no: String,
    pub clause: String,
    pub words: String,
    pub rule: String,
    /// Keys of the policy file.
    #[serde(default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub scenarios: Vec<String>,
    /// Numbers of reasons, each of which a scenario reaches.
    #[serde(default)]
    pub codes: Vec<u16>,
    /// Names of tests that are no scenario.
    #[serde(default)]
    pub tests: Vec<String>,
    /// Why software does nothing about it.
    pub outside: Option<String>,
}

#[derive(Deserialize)]
struct Scenarios {
    scenario: Vec<Scenario>,
}

/// A scenario as its file has it.
#[derive(Deserialize)]
pub struct Scenario {
    pub no: String,
    pub says: String,
    #[serde(default)]
    pub given: Vec<String>,
    pub step: Vec<Table>,
}

/// All that the page is made of.
pub struct Rules {
    pub rows: Vec<Row>,
    pub scheme: Table,
    /// By number.
    pub scenarios: BTreeMap<String, Vec<Scenario>>,
    /// How scenarios are written: each way with its meaning.
    pub legend: Vec<(String, String)>,
}

impl Rules {
    /// Reads and checks everything.
    pub fn read() -> Self {
        let rows = parsed::<File>(&root().join("requirements.toml")).row;
        let mut scenarios: BTreeMap<String, Vec<Scenario>> = BTreeMap::new();
        for path in files(&root().join("scenarios"), "toml") {
            for scenario in parsed::<Scenarios>(&path).scenario {
                scenarios.entry(scenario.no.clone()).or_default().push(scenario);
            }
        }
        let text = fs::read_to_string(root().join("scenarios/README.md")).expect("a legend");
        let legend = text.lines().filter(|line| line.starts_with("| `")).map(|line| {
            let (way, meaning) = line.trim_matches(['|', ' ']).split_once('|').expect("two columns");
            (way.trim().to_owned(), meaning.trim().to_owned())
        });
        let scheme = parsed(&root().join("schemes/wenshui-2025-20.toml"));
        let rules = Self { legend: legend.collect(), rows, scheme, scenarios };
        rules.check_numbers();
        rules.check_scenarios();
        rules.check_tests();
        rules.check_clauses();
        rules
    }

    /// A value of the policy file.
    pub fn value(&self, key: &str) -> &Value {
        let mut parts = key.split('.');
        let first = parts.next().and_then(|part| self.scheme.get(part)).unwrap_or_else(|| panic!("no key {key}"));
        parts.fold(first, |value, part| {
            let found = match part.parse::<usize>() {
                Ok(index) => value.get(index),
                Err(_) => value.get(part),
            };
            found.unwrap_or_else(|| panic!("no key {key}"))
        })
    }

    /// Tables that rest on clauses or on assumptions: by what they rest on, their paths with their plain values.
    pub fn tables(&self, origin: &str) -> BTreeMap<String, Vec<(String, Table)>> {
        let mut tables = BTreeMap::new();
        for (key, value) in self.scheme.iter().filter(|(key, _)| *key != "sentence") {
            collect(key, value, origin, &mut tables);
        }
        tables
    }

    fn check_numbers(&self) {
        let numbers = self.rows.iter().map(|row| row.no.clone()).collect::<Vec<_>>();
        assert_eq!(numbers, (1..=88).map(|number| format!("R-{number:03}")).collect::<Vec<_>>());
        for row in &self.rows {
            let held = !(row.scenarios.is_empty() && row.codes.is_empty() && row.tests.is_empty());
            assert!(held != row.outside.is_some(), "{}: tested, or outside software", row.no);
        }
    }

    /// Every scenario of the rows is there, and every scenario belongs to a row.
    fn check_scenarios(&self) {
        let named: BTreeSet<&String> = self.rows.iter().flat_map(|row| &row.scenarios).collect();
        let unknown: Vec<_> = named.iter().filter(|no| !self.scenarios.contains_key(**no)).collect();
        assert!(unknown.is_empty(), "no such scenarios: {unknown:?}");
        // Those of one reason each are found by its number.
        let loose: Vec<_> = self.scenarios.keys().filter(|no| !no.starts_with('C') && !named.contains(no)).collect();
        assert!(loose.is_empty(), "scenarios of no row: {loose:?}");
    }

    fn check_tests(&self) {
        let folders = ["src", "tests", "../cli/tests"].map(|folder| files(&root().join(folder), "rs"));
        let sources: String = folders.concat().iter().map(|path| fs::read_to_string(path).expect("a source")).collect();
        for (no, test) in self.rows.iter().flat_map(|row| row.tests.iter().map(|test| (&row.no, test))) {
            assert!(sources.contains(&format!("fn {test}(")), "{no}: no test {test}");
        }
    }

    /// Every table that rests on a clause is cited by a row.
    fn check_clauses(&self) {
        let cited: BTreeSet<&String> = self.rows.iter().flat_map(|row| &row.values).collect();
        for (path, _) in self.tables("clause").values().flatten() {
            let is_cited = cited.iter().any(|key| *key == path || key.starts_with(&format!("{path}.")));
            assert!(is_cited, "no row cites {path}");
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).into()
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|known| known == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Tables with that origin below a value.
fn collect(path: &str, value: &Value, origin: &str, tables: &mut BTreeMap<String, Vec<(String, Table)>>) {
    match value {
        Value::Table(table) => {
            if let Some(label) = table.get(origin).and_then(Value::as_str) {
                let plain = table.iter().filter(|(key, value)| {
                    let inline = value.as_table().is_some_and(|table| !has_origin(table));
                    key.as_str() != origin && (inline || !value.is_table())
                });
                let plain = plain.map(|(key, value)| (key.clone(), value.clone())).collect();
                tables.entry(label.to_owned()).or_default().push((path.to_owned(), plain));
            }
            for (key, value) in table {
                collect(&format!("{path}.{key}"), value, origin, tables);
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                collect(&format!("{path}.{i}"), item, origin, tables);
            }
        }
        _ => {}
    }
}

fn has_origin(table: &Table) -> bool {
    table.contains_key("clause")
        || table.contains_key("assumption")
        || table.values().any(|value| value.as_table().is_some_and(has_origin))
}
