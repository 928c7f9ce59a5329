//! Faults and warnings of a policy, each with its place.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// A fault or a warning of a policy file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// File, by its name in the map of files.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Key, as a path.
    pub key: String,
    /// What kind of finding, frozen.
    pub code: String,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {} [{}]", self.file, self.line, self.key, self.text, self.code)
    }
}

/// File and line of a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: std::rc::Rc<str>,
    pub(super) line: usize,
}

/// Everything found so far, and where each key stands.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
    /// Assumption to the tables that rest on it.
    pub(super) assumptions: BTreeMap<String, Vec<String>>,
    places: BTreeMap<String, Place>,
}

impl Findings {
    pub(super) fn remember(&mut self, key: &str, place: &Place) {
        self.places.insert(key.to_owned(), place.clone());
    }

    pub(super) fn fault_at(&mut self, place: &Place, key: &str, code: &str, text: impl Into<String>) {
        self.faults.push(finding(place, key, code, text.into()));
    }

    pub(super) fn warn_at(&mut self, place: &Place, key: &str, code: &str, text: impl Into<String>) {
        self.warnings.push(finding(place, key, code, text.into()));
    }

    /// Where faults stand whose key was never read: at the head of the root file.
    pub(super) fn root_is(&mut self, file: &str) {
        self.places.entry(String::new()).or_insert_with(|| Place { file: file.into(), line: 1 });
    }

    /// A fault of a key that was read before; of a key that was not, at the nearest one above it.
    pub(super) fn fault(&mut self, key: &str, code: &str, text: impl Into<String>) {
        let place = self.place(key);
        self.faults.push(finding(&place, key, code, text.into()));
    }

    /// A warning, placed like a fault.
    pub(super) fn warn(&mut self, key: &str, code: &str, text: impl Into<String>) {
        let place = self.place(key);
        self.warnings.push(finding(&place, key, code, text.into()));
    }

    fn place(&self, key: &str) -> Place {
        let mut key = key;
        loop {
            if let Some(place) = self.places.get(key) {
                return place.clone();
            }
            match key.rsplit_once('.') {
                Some((above, _)) => key = above,
                None if key.is_empty() => return Place { file: "".into(), line: 1 },
                None => key = "",
            }
        }
    }
}

fn finding(place: &Place, key: &str, code: &str, text: String) -> Finding {
    Finding { file: place.file.to_string(), line: place.line, key: key.to_owned(), code: code.to_owned(), text }
}
