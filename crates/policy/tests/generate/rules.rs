//! The rules page: each phrase of the document beside its rule, its values and its tests, in Chinese.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use facecert_policy::{Entry, Reason, Severity, TABLE};
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
struct Row {
    no: String,
    clause: String,
    words: String,
    rule: String,
    /// Keys of the policy file.
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    scenarios: Vec<String>,
    /// Numbers of reasons, each of which a scenario reaches.
    #[serde(default)]
    codes: Vec<u16>,
    /// Names of tests that are no scenario.
    #[serde(default)]
    tests: Vec<String>,
    /// Why software does nothing about it.
    outside: Option<String>,
}

#[derive(Deserialize)]
struct Scenarios {
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    no: String,
    says: String,
}

fn scenarios() -> Vec<Scenario> {
    let files = files(&root().join("scenarios"), "toml");
    files.iter().flat_map(|path| parsed::<Scenarios>(path).scenario).collect()
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

/// Every row with every value, scenario, code and test that it names; a name that is nothing fails.
pub fn page() -> String {
    let rows = parsed::<File>(&root().join("requirements.toml")).row;
    let scheme: Table = parsed(&root().join("schemes/wenshui-2025-20.toml"));
    check_numbers(&rows);
    check_scenarios(&rows);
    check_tests(&rows);
    let mut out = heading(&scheme);
    let sentences = scheme["sentence"].as_array().expect("sentences");
    let mut clauses: Vec<&str> = rows.iter().map(|row| row.clause.as_str()).collect();
    clauses.dedup();
    let mut cited = BTreeSet::new();
    for clause in clauses {
        write!(out, "\n## {clause}\n\n").expect("text");
        for sentence in sentences.iter().filter(|sentence| sentence["clause"].as_str() == Some(clause)) {
            write!(out, "> {}\n\n", sentence["text"].as_str().expect("a text")).expect("text");
        }
        out += "| 编号 | 原文 | 规则 | 取值 | 测试 |\n|---|---|---|---|---|\n";
        for row in rows.iter().filter(|row| row.clause == clause) {
            cited.extend(row.values.iter().cloned());
            let values = row.values.iter().map(|key| format!("`{key}` = {}", shown(value(&scheme, key))));
            let tests = if let Some(outside) = &row.outside { format!("软件之外：{outside}") } else { tests(row) };
            let values = values.collect::<Vec<_>>().join("<br>");
            writeln!(out, "| {} | {} | {} | {values} | {tests} |", row.no, row.words, row.rule).expect("text");
        }
        out += &reasons(|entry| entry.clause == clause);
    }
    check_clauses(&scheme, &cited);
    out += &assumptions(&scheme);
    out += "\n## 场景\n\n| 编号 | 说明 |\n|---|---|\n";
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for scenario in scenarios() {
        told.entry(scenario.no).or_default().push(scenario.says);
    }
    for (no, says) in told {
        writeln!(out, "| {no} | {} |", says.join("；")).expect("text");
    }
    out
}

fn heading(scheme: &Table) -> String {
    format!(
        "# {} {}：规则对照\n\n由 `crates/policy/requirements.toml`、政策文件和原因表生成，请勿手改；与来源不一致时测试不通过。\
         取值出自 `crates/policy/schemes/wenshui-2025-20.toml`。场景（S、L、C 开头的编号）在 `crates/policy/scenarios/`，\
         每个场景写明前提、时间和应有的结果，每次修改都全部重算。\n",
        scheme["policy"]["document"].as_str().expect("a number"),
        scheme["policy"]["title"].as_str().expect("a title"),
    )
}

fn tests(row: &Row) -> String {
    let codes = row.codes.iter().map(|number| {
        let entry = Reason::from_number(*number).and_then(Reason::entry);
        let entry = entry.unwrap_or_else(|| panic!("{}: no reason {number}", row.no));
        format!("{number} {}", entry.code)
    });
    let tests = row.tests.iter().map(|test| format!("`{test}`"));
    row.scenarios.iter().cloned().chain(codes).chain(tests).collect::<Vec<_>>().join("、")
}

fn value<'a>(scheme: &'a Table, key: &str) -> &'a Value {
    let mut parts = key.split('.');
    let first = parts.next().and_then(|part| scheme.get(part)).unwrap_or_else(|| panic!("no key {key}"));
    parts.fold(first, |value, part| {
        let found = match part.parse::<usize>() {
            Ok(index) => value.get(index),
            Err(_) => value.get(part),
        };
        found.unwrap_or_else(|| panic!("no key {key}"))
    })
}

fn shown(value: &Value) -> String {
    let fields = |table: &Table| {
        let fields = table.iter().filter(|(key, _)| !matches!(key.as_str(), "clause" | "assumption"));
        fields.map(|(key, value)| format!("{key} {}", shown(value))).collect::<Vec<_>>().join("，")
    };
    match value {
        Value::String(text) if text.is_empty() => "（待提供）".to_owned(),
        Value::String(text) => text.clone(),
        Value::Boolean(flag) => if *flag { "是" } else { "否" }.to_owned(),
        Value::Array(items) if items.is_empty() => "（空）".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join("、"),
        Value::Table(table) => format!("（{}）", fields(table)),
        other => other.to_string(),
    }
}

fn reasons(wanted: impl Fn(&Entry) -> bool) -> String {
    let mut out = String::new();
    for entry in TABLE.iter().filter(|entry| wanted(entry)) {
        if out.is_empty() {
            out += "\n| 原因 | 代码 | 结果 | 文字 |\n|---|---|---|---|\n";
        }
        let number = entry.reason.number();
        writeln!(out, "| {number} | {} | {} | {} |", entry.code, outcome(entry.severity), entry.zh).expect("text");
    }
    out
}

const fn outcome(severity: Severity) -> &'static str {
    match severity {
        Severity::Refer => "转人工",
        Severity::Stop => "无需认证",
        Severity::Missing => "待补正",
        Severity::Fail => "本次未通过",
        Severity::Review => "待审核",
        Severity::Warn => "通过，有提示",
        Severity::Info => "通过",
    }
}

/// What the county has not confirmed: every table that rests on an assumption, and the reasons beside it.
fn assumptions(scheme: &Table) -> String {
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in scheme {
        collect(key, value, "assumption", &mut tables);
    }
    let mut out = "\n## 待县里确认的假设\n\n文件没有写明、暂按假设处理的地方；A 编号对应同号的问题 Q。\n".to_owned();
    for (assumption, values) in &tables {
        write!(out, "\n### {assumption}\n\n").expect("text");
        for line in values {
            writeln!(out, "- {line}").expect("text");
        }
        out += &reasons(|entry| entry.clause == assumption);
    }
    let elsewhere: BTreeSet<&str> =
        TABLE.iter().map(|entry| entry.clause).filter(|clause| !tables.contains_key(*clause)).collect();
    out += "\n## 其他依据的原因\n";
    let clauses = [
        "题",
        "序",
        "一",
        "二",
        "三(一)",
        "三(二)",
        "三(三)1",
        "三(三)2",
        "三(三)2(1)",
        "三(三)2(2)",
        "三(四)",
        "四",
        "五",
        "附",
    ];
    out += &reasons(|entry| elsewhere.contains(entry.clause) && !clauses.contains(&entry.clause));
    out
}

/// Tables with that origin, as lines of keys and values.
fn collect(path: &str, value: &Value, origin: &str, tables: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Table(table) => {
            if let Some(label) = table.get(origin).and_then(Value::as_str) {
                let plain = table.iter().filter(|(key, value)| {
                    let inline = value.as_table().is_some_and(|table| !has_origin(table));
                    key.as_str() != origin && (inline || !value.is_table())
                });
                let line = plain.map(|(key, value)| format!("{key} = {}", shown(value))).collect::<Vec<_>>().join("；");
                tables.entry(label.to_owned()).or_default().push(format!("`{path}`：{line}"));
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

fn check_numbers(rows: &[Row]) {
    let numbers = rows.iter().map(|row| row.no.clone()).collect::<Vec<_>>();
    assert_eq!(numbers, (1..=88).map(|number| format!("R-{number:03}")).collect::<Vec<_>>());
    for row in rows {
        let held = !(row.scenarios.is_empty() && row.codes.is_empty() && row.tests.is_empty());
        assert!(held != row.outside.is_some(), "{}: tested, or outside software", row.no);
    }
}

/// Every scenario of the rows is there, and every scenario belongs to a row.
fn check_scenarios(rows: &[Row]) {
    let known: BTreeSet<String> = scenarios().into_iter().map(|scenario| scenario.no).collect();
    let named: BTreeSet<String> = rows.iter().flat_map(|row| row.scenarios.clone()).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "no such scenarios: {unknown:?}");
    // Those of one reason each are found by its number.
    let loose: Vec<_> = known.difference(&named).filter(|no| !no.starts_with('C')).collect();
    assert!(loose.is_empty(), "scenarios of no row: {loose:?}");
}

fn check_tests(rows: &[Row]) {
    let folders = ["src", "tests", "../cli/tests"].map(|folder| files(&root().join(folder), "rs"));
    let sources: String = folders.concat().iter().map(|path| fs::read_to_string(path).expect("a source")).collect();
    for (no, test) in rows.iter().flat_map(|row| row.tests.iter().map(|test| (&row.no, test))) {
        assert!(sources.contains(&format!("fn {test}(")), "{no}: no test {test}");
    }
}

/// Every table that rests on a clause is cited by a row.
fn check_clauses(scheme: &Table, cited: &BTreeSet<String>) {
    let mut tables = BTreeMap::new();
    for (key, value) in scheme.iter().filter(|(key, _)| *key != "sentence") {
        collect(key, value, "clause", &mut tables);
    }
    for line in tables.values().flatten() {
        let path = line.split('`').nth(1).expect("a path");
        let is_cited = cited.iter().any(|key| key == path || key.starts_with(&format!("{path}.")));
        assert!(is_cited, "no row cites {path}");
    }
}
