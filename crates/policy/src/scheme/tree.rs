//! A TOML file as a tree in which every value knows its line.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::json;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::finding::{Findings, Place};
use crate::value::Day;

pub(super) type Table = BTreeMap<String, Node>;

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Table(Table),
    Array(Vec<Node>),
    Text(String),
    Integer(i64),
    Bool(bool),
    Date(Day),
}

impl Node {
    /// The value as JSON, dates as text: what the policy hash covers.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Table(table) => table_json(table),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Text(text) => json!(text),
            Value::Integer(number) => json!(number),
            Value::Bool(flag) => json!(flag),
            Value::Date(day) => json!(day),
        }
    }
}

pub(super) fn table_json(table: &Table) -> serde_json::Value {
    table.iter().map(|(key, node)| (key.clone(), node.to_json())).collect()
}

/// Parses one file. Every syntax error and every value of a type that a policy cannot hold becomes
/// a fault; the rest is kept.
pub(super) fn parse(file: &str, bytes: &[u8], findings: &mut Findings) -> Table {
    let file: Rc<str> = file.into();
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).matches('\n').count() + 1;
            findings.fault_at(&Place { file, line }, "", "encoding", "the file is not UTF-8: save it as UTF-8");
            return Table::new();
        }
    };
    let parser = Parser { file, line_starts: text.match_indices('\n').map(|(i, _)| i + 1).collect() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = parser.place(error.span().map_or(0, |span| span.start));
        findings.fault_at(&place, "", "syntax", format!("not TOML: {}", error.message()));
    }
    parser.table(table.get_ref(), "", findings)
}

struct Parser {
    file: Rc<str>,
    line_starts: Vec<usize>,
}

impl Parser {
    fn place(&self, offset: usize) -> Place {
        Place { file: self.file.clone(), line: self.line_starts.partition_point(|start| *start <= offset) + 1 }
    }

    fn table(&self, table: &DeTable<'_>, path: &str, findings: &mut Findings) -> Table {
        let mut nodes = Table::new();
        for (key, value) in table {
            let place = self.place(key.span().start);
            let path = join(path, key.get_ref());
            if let Some(value) = self.value(value.get_ref(), &place, &path, findings) {
                nodes.insert(key.get_ref().to_string(), Node { place, value });
            }
        }
        nodes
    }

    fn value(&self, value: &DeValue<'_>, place: &Place, path: &str, findings: &mut Findings) -> Option<Value> {
        let mut fault = |text: &str| {
            findings.fault_at(place, path, "type", text);
            None
        };
        match value {
            DeValue::String(text) => Some(Value::Text(text.to_string())),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| fault("this number is too large"), |n| Some(Value::Integer(n))),
            DeValue::Float(_) => fault("a policy holds no decimal fractions: give an integer"),
            DeValue::Boolean(flag) => Some(Value::Bool(*flag)),
            DeValue::Datetime(date) => date_only(date)
                .map_or_else(|| fault("give a date YYYY-MM-DD, 1900 to 2199"), |day| Some(Value::Date(day))),
            DeValue::Array(items) => {
                let mut nodes = Vec::new();
                for (i, item) in items.iter().enumerate() {
                    let place = self.place(item.span().start);
                    let path = format!("{path}[{i}]");
                    let value = self.value(item.get_ref(), &place, &path, findings);
                    nodes.extend(value.map(|value| Node { place, value }));
                }
                Some(Value::Array(nodes))
            }
            DeValue::Table(table) => Some(Value::Table(self.table(table, path, findings))),
        }
    }
}

fn date_only(date: &Datetime) -> Option<Day> {
    match (date.date, date.time, date.offset) {
        (Some(date), None, None) => Day::new(i16::try_from(date.year).ok()?, date.month as i8, date.day as i8).ok(),
        _ => None,
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Puts a further file of the same grammar into the root: array tables are appended, plain tables
/// and values given twice are faults.
pub(super) fn merge(root: &mut Table, part: Table, findings: &mut Findings) {
    for (key, node) in part {
        match (root.get_mut(&key).map(|known| &mut known.value), node.value) {
            (None, value) => {
                root.insert(key, Node { place: node.place, value });
            }
            (Some(Value::Array(known)), Value::Array(items)) if is_tables(known) && is_tables(&items) => {
                known.extend(items);
            }
            (Some(_), _) => {
                let text = "given in another file of the scheme too: keep one of them";
                findings.fault_at(&node.place, &key, "twice", text);
            }
        }
    }
}

fn is_tables(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| matches!(node.value, Value::Table(_)))
}
