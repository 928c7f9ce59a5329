//! What a step shows, and whether that is what was expected.

use std::collections::{BTreeMap, BTreeSet};

use facecert_policy::Reason;

/// What a step shows.
#[derive(Debug, Default)]
pub struct Facts {
    /// In one word: a status, an outcome, what became of a file.
    pub is: String,
    pub reasons: BTreeSet<Reason>,
    /// Named values, such as `due 2026-03-10`.
    pub values: BTreeMap<&'static str, String>,
    /// Lists, such as the items of a worklist; an entry is expected by its first words.
    pub lists: BTreeMap<&'static str, Vec<String>>,
}

#[expect(clippy::needless_pass_by_value, reason = "steps read better without references")]
impl Facts {
    pub fn new(is: impl ToString) -> Self {
        Self { is: is.to_string(), ..Self::default() }
    }

    pub fn value(mut self, name: &'static str, value: impl ToString) -> Self {
        self.values.insert(name, value.to_string());
        self
    }

    pub fn list(mut self, name: &'static str, entries: impl IntoIterator<Item = String>) -> Self {
        self.lists.insert(name, entries.into_iter().collect());
        self
    }

    pub fn reasons<'a>(mut self, reasons: impl IntoIterator<Item = &'a Reason>) -> Self {
        self.reasons.extend(reasons);
        self
    }

    /// `due 2026-03-10` is a value, `item visit` an entry of a list, `CODE` a reason, each with `no`
    /// its absence; anything else is what the step is in one word.
    pub fn holds(&self, expected: &str) -> bool {
        match expected.strip_prefix("no ") {
            Some("action") => self.values["actions"].is_empty(),
            Some(absent) => !self.shows(absent).unwrap_or_else(|| panic!("{absent} is nothing that a step shows")),
            None => self.shows(expected).unwrap_or(self.is == expected),
        }
    }

    fn shows(&self, expected: &str) -> Option<bool> {
        let (name, rest) = expected.split_once(' ').unwrap_or((expected, ""));
        if let Some(entries) = self.lists.get(name) {
            let begins = |entry: &String| {
                entry.strip_prefix(rest).is_some_and(|more| rest.is_empty() || more.is_empty() || more.starts_with(' '))
            };
            return Some(entries.iter().any(begins));
        }
        if let Some(value) = self.values.get(name) {
            return Some(value == rest);
        }
        Reason::from_code(expected).map(|reason| self.reasons.contains(&reason))
    }
}
