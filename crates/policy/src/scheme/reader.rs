//! Typed reading of the tree that goes on after a fault, so that one run reports them all.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::finding::{Findings, Place};
use super::tree::{Node, Table, Value, join};
use crate::value::{Day, Expected};

/// Clauses of the document that a value may rest on.
pub(super) const CLAUSES: [&str; 15] = [
    "题",
    "序",
    "一",
    "二",
    "三(一)",
    "三(二)",
    "三(三)",
    "三(三)1",
    "三(三)2",
    "三(三)2(1)",
    "三(三)2(2)",
    "三(四)",
    "四",
    "五",
    "附",
];

/// One table of the policy while it is read. A table that is missing altogether is one fault, not
/// one for each of its keys: it reads as silent defaults.
pub(super) struct Section<'a> {
    table: Option<&'a Table>,
    place: Place,
    path: String,
    used: RefCell<BTreeSet<&'static str>>,
    used_words: RefCell<BTreeSet<String>>,
    findings: &'a RefCell<Findings>,
}

/// What the values of a table rest on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A clause of the document.
    Clause(String),
    /// An assumption, `A-nn`.
    Assumption(String),
}

impl<'a> Section<'a> {
    pub(super) fn root(table: &'a Table, file: &str, findings: &'a RefCell<Findings>) -> Self {
        let place = Place { file: file.into(), line: 1 };
        findings.borrow_mut().remember("", &place);
        Self {
            table: Some(table),
            place,
            path: String::new(),
            used: RefCell::default(),
            used_words: RefCell::default(),
            findings,
        }
    }

    /// Reads a sub-table that has an origin of its own if it holds values.
    pub(super) fn table<T>(&self, key: &'static str, read: impl FnOnce(&Section<'a>) -> T) -> T {
        let section = self.below(key, self.node(key), self.place.clone());
        let value = read(&section);
        section.finish(true);
        value
    }

    /// Reads an inline table; the origin of the table around it covers it.
    pub(super) fn table_inline<T>(&self, key: &'static str, read: impl FnOnce(&Section<'a>) -> T) -> T {
        let section = self.below(key, self.node(key), self.place.clone());
        let value = read(&section);
        section.finish(false);
        value
    }

    /// Reads every element of an array of tables; each has an origin of its own.
    pub(super) fn tables<T>(&self, key: &'static str, mut read: impl FnMut(&Section<'a>) -> T) -> Vec<T> {
        self.elements(key, true, &mut read)
    }

    /// Reads a list of inline tables; the origin of the table around them covers them.
    pub(super) fn inline_tables<T>(&self, key: &'static str, mut read: impl FnMut(&Section<'a>) -> T) -> Vec<T> {
        self.elements(key, false, &mut read)
    }

    fn elements<T>(&self, key: &'static str, origin: bool, read: &mut impl FnMut(&Section<'a>) -> T) -> Vec<T> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let Value::Array(items) = &node.value else {
            self.wrong(node, key, "a list of tables");
            return Vec::new();
        };
        let mut values = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let section = self.below(&format!("{key}[{i}]"), Some(item), item.place.clone());
            values.push(read(&section));
            section.finish(origin);
        }
        values
    }

    /// Reads the table's values whose keys are words of a list, such as channels.
    pub(super) fn by_word<K: FromStr<Err = Expected> + Ord, T>(
        &self,
        mut read: impl FnMut(&Section<'a>, &str) -> Option<T>,
    ) -> BTreeMap<K, T> {
        let mut values = BTreeMap::new();
        for key in self.table.into_iter().flat_map(BTreeMap::keys) {
            if key == "clause" || key == "assumption" || self.used.borrow().contains(key.as_str()) {
                continue;
            }
            if let Ok(word) = key.parse::<K>() {
                self.used_words.borrow_mut().insert(key.clone());
                values.extend(read(self, key).map(|value| (word, value)));
            }
        }
        values
    }

    /// Reads an inline table under a key found by [`Section::by_word`].
    pub(super) fn inline<T>(&self, key: &str, read: impl FnOnce(&Section<'a>) -> T) -> T {
        let section = self.below(key, self.raw(key), self.place.clone());
        let value = read(&section);
        section.finish(false);
        value
    }

    /// A text under a key found by [`Section::by_word`].
    pub(super) fn text_at(&self, key: &str) -> Option<String> {
        let node = self.raw(key)?;
        let text = text_of(&node.value);
        if text.is_none() {
            self.wrong(node, key, "a text");
        }
        text
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> String {
        self.read(key, "a text", |value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// A text, if it is there.
    pub(super) fn optional_text(&self, key: &'static str) -> Option<String> {
        self.has(key).then(|| self.text(key))
    }

    /// A list of texts.
    pub(super) fn texts(&self, key: &'static str) -> Vec<String> {
        self.list(key, "a text", text_of)
    }

    /// The one word that is accepted.
    pub(super) fn fixed(&self, key: &'static str, word: &str) {
        if let Some(text) = self.read(key, "a text", text_of)
            && text != word
        {
            self.fault(key, "word", format!("only \"{word}\" is accepted"));
        }
    }

    /// A flag.
    pub(super) fn flag(&self, key: &'static str) -> bool {
        self.read(key, "true or false", |value| match value {
            Value::Bool(flag) => Some(*flag),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// A flag, false if it is not there.
    pub(super) fn optional_flag(&self, key: &'static str) -> bool {
        self.has(key) && self.flag(key)
    }

    /// A flag for which one value only is accepted.
    pub(super) fn fixed_flag(&self, key: &'static str, only: bool) {
        if self.has(key) && self.flag(key) != only {
            self.fault(key, "word", format!("only {only} is accepted"));
        } else if !self.has(key) {
            self.flag(key);
        }
    }

    /// An integer within a range.
    pub(super) fn integer(&self, key: &'static str, range: std::ops::RangeInclusive<i32>) -> i32 {
        self.integer_at(key, self.node(key), range)
    }

    /// An integer within a range, if it is there.
    pub(super) fn optional_integer(&self, key: &'static str, range: std::ops::RangeInclusive<i32>) -> Option<i32> {
        self.has(key).then(|| self.integer(key, range))
    }

    /// A list of integers within a range.
    pub(super) fn integers(&self, key: &'static str, range: std::ops::RangeInclusive<i32>) -> Vec<i32> {
        let expected = format!("an integer from {} to {}", range.start(), range.end());
        self.list(key, &expected, |value| match value {
            Value::Integer(n) => i32::try_from(*n).ok().filter(|n| range.contains(n)),
            _ => None,
        })
    }

    /// An integer under a key found by [`Section::by_word`].
    pub(super) fn integer_of(&self, key: &str, range: std::ops::RangeInclusive<i32>) -> i32 {
        self.integer_at(key, self.raw(key), range)
    }

    fn integer_at(&self, key: &str, node: Option<&Node>, range: std::ops::RangeInclusive<i32>) -> i32 {
        let (first, last) = (*range.start(), *range.end());
        match node.map(|node| (node, &node.value)) {
            Some((_, Value::Integer(n))) if (i64::from(first)..=i64::from(last)).contains(n) => *n as i32,
            Some((node, _)) => {
                self.wrong(node, key, &format!("an integer from {first} to {last}"));
                first
            }
            None => {
                self.missing(key);
                first
            }
        }
    }

    /// A date, or the word that stands for `instead`.
    pub(super) fn day_or(&self, key: &'static str, word: &str, instead: Day) -> Day {
        let expected = format!("a date or \"{word}\"");
        self.read(key, &expected, |value| match value {
            Value::Date(day) => Some(*day),
            Value::Text(text) if text == word => Some(instead),
            _ => None,
        })
        .unwrap_or(instead)
    }

    /// A date, if it is there.
    pub(super) fn optional_day(&self, key: &'static str) -> Option<Day> {
        if !self.has(key) {
            return None;
        }
        self.read(key, "a date", |value| match value {
            Value::Date(day) => Some(*day),
            _ => None,
        })
    }

    /// A word of a list; `instead` keeps the rest readable after a fault.
    pub(super) fn word<T: FromStr<Err = Expected>>(&self, key: &'static str, instead: T) -> T {
        self.word_at(key, self.node(key)).unwrap_or(instead)
    }

    /// A word of a list, without which the element cannot be read.
    pub(super) fn try_word<T: FromStr<Err = Expected>>(&self, key: &'static str) -> Option<T> {
        self.word_at(key, self.node(key))
    }

    /// A word under a key found by [`Section::by_word`].
    pub(super) fn word_of<T: FromStr<Err = Expected>>(&self, key: &str) -> Option<T> {
        self.word_at(key, self.raw(key))
    }

    fn word_at<T: FromStr<Err = Expected>>(&self, key: &str, node: Option<&Node>) -> Option<T> {
        let Some(node) = node else {
            self.missing(key);
            return None;
        };
        self.parse(key, node)
    }

    /// A list of words.
    pub(super) fn words<T: FromStr<Err = Expected>>(&self, key: &'static str) -> Vec<T> {
        let node = self.node(key);
        if node.is_none() {
            self.missing(key);
        }
        self.words_at(key, node)
    }

    /// A list of words, empty if it is not there.
    pub(super) fn optional_words<T: FromStr<Err = Expected>>(&self, key: &'static str) -> Vec<T> {
        self.words_at(key, self.node(key))
    }

    /// A list of words under a key found by [`Section::by_word`].
    pub(super) fn words_of<T: FromStr<Err = Expected>>(&self, key: &str) -> Vec<T> {
        self.words_at(key, self.raw(key))
    }

    fn words_at<T: FromStr<Err = Expected>>(&self, key: &str, node: Option<&Node>) -> Vec<T> {
        match node.map(|node| (node, &node.value)) {
            Some((_, Value::Array(items))) => items.iter().filter_map(|item| self.parse(key, item)).collect(),
            Some((node, _)) => {
                self.wrong(node, key, "a list of texts");
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// A list whose items all have one type.
    pub(super) fn list<T>(
        &self,
        key: &'static str,
        expected: &str,
        mut take: impl FnMut(&Value) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = self.node(key) else {
            self.missing(key);
            return Vec::new();
        };
        let Value::Array(items) = &node.value else {
            self.wrong(node, key, "a list");
            return Vec::new();
        };
        let mut values = Vec::new();
        for item in items {
            match take(&item.value) {
                Some(value) => values.push(value),
                None => self.wrong(item, key, expected),
            }
        }
        values
    }

    /// A list of pairs of words.
    pub(super) fn pairs<T: FromStr>(&self, key: &'static str) -> Vec<(T, T)> {
        let word = |node: &Node| text_of(&node.value).and_then(|text| text.parse().ok());
        self.list(key, "a pair of known words", |value| match value {
            Value::Array(pair) => match &pair[..] {
                [a, b] => Some((word(a)?, word(b)?)),
                _ => None,
            },
            _ => None,
        })
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.raw(key).is_some()
    }

    /// The origin of the table's values, checked when the table is finished.
    pub(super) fn origin(&self) -> Option<Origin> {
        let text = |key| self.raw(key).and_then(|node| text_of(&node.value));
        match (text("clause"), text("assumption")) {
            (Some(clause), None) => Some(Origin::Clause(clause)),
            (None, Some(assumption)) => Some(Origin::Assumption(assumption)),
            _ => None,
        }
    }

    /// The path of a key of this table.
    pub(super) fn key(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Notes a fault of a key of this table.
    pub(super) fn fault(&self, key: &str, code: &str, text: impl Into<String>) {
        if self.table.is_some() {
            let place = self.raw(key).map_or(&self.place, |node| &node.place);
            let path = if key.is_empty() { self.path.clone() } else { self.key(key) };
            self.findings.borrow_mut().fault_at(place, &path, code, text);
        }
    }

    /// Notes a warning about a key of this table.
    pub(super) fn warn(&self, key: &str, code: &str, text: impl Into<String>) {
        if self.table.is_some() {
            let place = self.raw(key).map_or(&self.place, |node| &node.place);
            self.findings.borrow_mut().warn_at(place, &self.key(key), code, text);
        }
    }

    fn below(&self, key: &str, node: Option<&'a Node>, around: Place) -> Section<'a> {
        let path = self.key(key);
        let table = match node.map(|node| (node, &node.value)) {
            Some((_, Value::Table(table))) => Some(table),
            Some((node, _)) => {
                self.wrong(node, key, "a table");
                None
            }
            None => {
                self.missing(key);
                None
            }
        };
        let place = node.map_or(around, |node| node.place.clone());
        self.findings.borrow_mut().remember(&path, &place);
        Section {
            table,
            place,
            path,
            used: RefCell::default(),
            used_words: RefCell::default(),
            findings: self.findings,
        }
    }

    fn raw(&self, key: &str) -> Option<&'a Node> {
        self.table.and_then(|table| table.get(key))
    }

    fn node(&self, key: &'static str) -> Option<&'a Node> {
        self.used.borrow_mut().insert(key);
        let node = self.raw(key);
        if let Some(node) = node {
            self.findings.borrow_mut().remember(&self.key(key), &node.place);
        }
        node
    }

    fn read<T>(&self, key: &'static str, expected: &str, take: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let Some(node) = self.node(key) else {
            self.missing(key);
            return None;
        };
        let value = take(&node.value);
        if value.is_none() {
            self.wrong(node, key, expected);
        }
        value
    }

    fn parse<T: FromStr<Err = Expected>>(&self, key: &str, node: &Node) -> Option<T> {
        match text_of(&node.value).ok_or(Expected("a text")).and_then(|text| text.parse()) {
            Ok(value) => Some(value),
            Err(Expected(expected)) => {
                self.wrong(node, key, expected);
                None
            }
        }
    }

    fn wrong(&self, node: &Node, key: &str, expected: &str) {
        let text = format!("{expected} is expected");
        self.findings.borrow_mut().fault_at(&node.place, &self.key(key), "value", text);
    }

    fn missing(&self, key: &str) {
        self.fault(key, "missing", "missing");
    }

    /// Unknown keys are faults; so is an origin that is missing, double, unknown or out of place.
    pub(super) fn finish(self, has_origin: bool) {
        let Some(table) = self.table else { return };
        let used = self.used.borrow();
        let used_words = self.used_words.borrow();
        let mut holds_values = false;
        for (key, node) in table {
            if has_origin && (key == "clause" || key == "assumption") {
                continue;
            }
            let is_table = matches!(node.value, Value::Table(_)) && used.contains(key.as_str());
            holds_values |= !is_table;
            if !used.contains(key.as_str()) && !used_words.contains(key) {
                self.fault(key, "unknown_key", "unknown key: remove it or correct its spelling");
            }
        }
        if has_origin && holds_values {
            self.check_origin();
        }
    }

    fn check_origin(&self) {
        match self.origin() {
            Some(Origin::Clause(clause)) => {
                if !CLAUSES.contains(&clause.as_str()) {
                    self.fault("clause", "origin", "the document has no such clause");
                }
            }
            Some(Origin::Assumption(assumption)) => {
                self.findings.borrow_mut().assumptions.entry(assumption).or_default().push(self.path.clone());
            }
            None => {
                let text = "give exactly one clause or assumption that these values rest on";
                self.fault("", "origin", text);
            }
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}
