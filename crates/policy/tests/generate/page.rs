//! The rules page: one self-contained HTML file in Chinese, for officials who read no code.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use facecert_policy::{Entry, Reason, Severity, TABLE};
use toml::{Table, Value};

use super::rules::{Row, Rules, Scenario};

const STYLE: &str = "\
@page{size:A4 landscape;margin:12mm}
body{font-family:\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",sans-serif;max-width:290mm;margin:0 auto;padding:0 6mm;line-height:1.6}
h1{font-size:22pt}
h2{font-size:17pt;border-bottom:2px solid #37b;margin-top:12mm}
h3{font-size:13pt;margin-bottom:1mm}
blockquote{margin:3mm 0;padding:2mm 5mm;background:#f2f6fa;border-left:4px solid #37b}
table{border-collapse:collapse;width:100%;font-size:10pt;margin:3mm 0}
th,td{border:1px solid #aaa;padding:1mm 2mm;text-align:left;vertical-align:top;overflow-wrap:anywhere}
code{font-size:9pt}
nav a{margin-right:4mm}
.step{margin:1mm 0 3mm 6mm;overflow-wrap:anywhere}
table.rules{table-layout:fixed}
.rules th:nth-child(1){width:15mm}
.rules th:nth-child(2),.rules th:nth-child(5){width:50mm}
.rules th:nth-child(3){width:75mm}
";

/// The page.
pub fn page() -> String {
    let rules = Rules::read();
    let clauses = clauses(&rules.rows);
    let (document, title) = (shown(rules.value("policy.document")), shown(rules.value("policy.title")));
    let links = clauses.iter().map(|clause| link(clause, &format!("#{clause}"))).collect::<String>();
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{document} 规则对照</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{document} {title}：规则对照</h1>\n\
         <p>文件每一句话旁边写着软件的规则、取值和检验。取值出自 <code>crates/policy/schemes/wenshui-2025-20.toml</code>；\
         检验里 S、L、C 开头的编号是场景，在本页后面，每次修改都全部重算。本页由程序生成，请勿手改。</p>\n\
         <nav>{links}{}{}{}</nav>\n",
        link("待县里确认的假设", "#assumptions"),
        link("其他依据的原因", "#elsewhere"),
        link("场景", "#scenarios"),
    );
    for clause in &clauses {
        out += &clause_section(&rules, clause);
    }
    out + &assumptions(&rules) + &elsewhere(&rules, &clauses) + &scenarios(&rules) + "</body>\n</html>\n"
}

/// Clauses in the order of the document.
fn clauses(rows: &[Row]) -> Vec<&str> {
    let mut clauses: Vec<&str> = rows.iter().map(|row| row.clause.as_str()).collect();
    clauses.dedup();
    clauses
}

fn clause_section(rules: &Rules, clause: &str) -> String {
    let mut out = format!("<h2 id=\"{clause}\">{clause}</h2>\n");
    let sentences = rules.scheme["sentence"].as_array().expect("sentences");
    for sentence in sentences.iter().filter(|sentence| sentence["clause"].as_str() == Some(clause)) {
        writeln!(out, "<blockquote>{}</blockquote>", shown(&sentence["text"])).expect("text");
    }
    out += "<table class=\"rules\">\n<tr><th>编号<th>原文<th>规则<th>取值<th>检验</tr>\n";
    for row in rules.rows.iter().filter(|row| row.clause == clause) {
        let values = row.values.iter().map(|key| format!("<code>{key}</code> = {}", shown(rules.value(key))));
        let values = values.collect::<Vec<_>>().join("<br>");
        let (no, words, rule) = (&row.no, escaped(&row.words), escaped(&row.rule));
        writeln!(out, "<tr id=\"{no}\"><td>{no}<td>{words}<td>{rule}<td>{values}<td>{}</tr>", tests(row))
            .expect("text");
    }
    out + "</table>\n" + &reasons(|entry| entry.clause == clause)
}

fn tests(row: &Row) -> String {
    if let Some(outside) = &row.outside {
        return format!("软件之外：{}", escaped(outside));
    }
    let scenarios = row.scenarios.iter().map(|no| link(no, &format!("#{no}")));
    let codes = row.codes.iter().map(|number| {
        let entry = Reason::from_number(*number).and_then(Reason::entry);
        let entry = entry.unwrap_or_else(|| panic!("{}: no reason {number}", row.no));
        link(&format!("{number} {}", entry.code), &format!("#reason-{number}"))
    });
    let tests = row.tests.iter().map(|test| format!("<code>{test}</code>"));
    scenarios.chain(codes).chain(tests).collect::<Vec<_>>().join("、")
}

fn reasons(wanted: impl Fn(&Entry) -> bool) -> String {
    let rows = TABLE.iter().filter(|entry| wanted(entry)).map(|entry| {
        let number = entry.reason.number();
        let (outcome, text) = (outcome(entry.severity), escaped(entry.zh));
        format!("<tr id=\"reason-{number}\"><td>{number}<td>{}<td>{outcome}<td>{text}</tr>\n", entry.code)
    });
    let rows = rows.collect::<String>();
    if rows.is_empty() {
        return rows;
    }
    format!("<table class=\"reasons\">\n<tr><th>原因<th>代码<th>结果<th>文字</tr>\n{rows}</table>\n")
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

/// Every open question, what stands in the meantime, and the reasons beside it.
fn assumptions(rules: &Rules) -> String {
    let tables = rules.tables("assumption");
    let mut out =
        "<h2 id=\"assumptions\">待县里确认的假设</h2>\n<p>文件没有写明、暂按假设处理的地方。</p>\n".to_owned();
    for (id, question) in rules.scheme["questions"].as_table().expect("questions") {
        writeln!(out, "<h3 id=\"{id}\">{id} {}</h3>\n<ul>", shown(question)).expect("text");
        for (path, table) in tables.get(id).into_iter().flatten() {
            writeln!(out, "<li><code>{path}</code>：{}</li>", fields(table)).expect("text");
        }
        out += "</ul>\n";
        out += &reasons(|entry| entry.clause == id);
    }
    out
}

/// Reasons that rest on neither clause nor assumption.
fn elsewhere(rules: &Rules, clauses: &[&str]) -> String {
    let questions = rules.scheme["questions"].as_table().expect("questions");
    let known: BTreeSet<&str> = clauses.iter().copied().chain(questions.keys().map(String::as_str)).collect();
    "<h2 id=\"elsewhere\">其他依据的原因</h2>\n".to_owned() + &reasons(|entry| !known.contains(entry.clause))
}

fn scenarios(rules: &Rules) -> String {
    let mut out = "<h2 id=\"scenarios\">场景</h2>\n<table>\n<tr><th>写法<th>意思</tr>\n".to_owned();
    for (way, meaning) in &rules.legend {
        writeln!(out, "<tr><td>{}<td>{}</tr>", escaped(way), escaped(meaning)).expect("text");
    }
    out += "</table>\n";
    for (no, parts) in &rules.scenarios {
        writeln!(out, "<section class=\"scenario\" id=\"{no}\">").expect("text");
        for scenario in parts {
            writeln!(out, "<h3>{no} {}</h3>", escaped(&scenario.says)).expect("text");
            out += &told(scenario);
        }
        out += "</section>\n";
    }
    out
}

/// What is given, then each step: when, what is done, what has to come of it.
fn told(scenario: &Scenario) -> String {
    let mut out = String::new();
    if !scenario.given.is_empty() {
        writeln!(out, "<div class=\"step\"><b>前提</b> {}</div>", escaped(&scenario.given.join("；"))).expect("text");
    }
    for step in &scenario.step {
        let done = step.iter().filter(|(key, _)| !["now", "and", "expect"].contains(&key.as_str()));
        let done = done.map(|(key, value)| format!("{key} {}", shown(value)));
        let happens = step.get("and").map(|and| format!("又有：{}", shown(and)));
        let done = happens.into_iter().chain(done).collect::<Vec<_>>().join("；");
        let now = step.get("now").map(shown).unwrap_or_default();
        let expected = shown(&step["expect"]);
        writeln!(out, "<div class=\"step\"><b>{now}</b> {done}<br><b>应有</b> {expected}</div>").expect("text");
    }
    out
}

/// A value of a TOML file as HTML.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "（待提供）".to_owned(),
        Value::String(text) => escaped(text),
        Value::Boolean(flag) => if *flag { "是" } else { "否" }.to_owned(),
        Value::Array(items) if items.is_empty() => "（空）".to_owned(),
        Value::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join("、"),
        Value::Table(table) => format!("（{}）", fields(table)),
        other => other.to_string(),
    }
}

fn fields(table: &Table) -> String {
    let fields = table.iter().filter(|(key, _)| !matches!(key.as_str(), "clause" | "assumption"));
    fields.map(|(key, value)| format!("{key} {}", shown(value))).collect::<Vec<_>>().join("，")
}

fn link(text: &str, to: &str) -> String {
    format!("<a href=\"{to}\">{}</a>", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
