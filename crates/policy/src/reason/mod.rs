//! Reason codes: one committed table (`reasons.toml`), from which [`table`] is generated.

mod table;

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

pub use table::TABLE;

/// A reason code of this crate, 2000-2999. Numbers are frozen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Reason(u16);

/// A set of reason codes, written ascending.
pub type Reasons = BTreeSet<Reason>;

impl Reason {
    /// The code with that number, known or from a newer table. `None` outside 2000-2999.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        (2000..3000).contains(&number).then_some(Self(number))
    }

    /// The code with that name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.code == code).map(|entry| entry.reason)
    }

    /// The frozen number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The table's entry; `None` for a number from a newer table.
    #[must_use]
    pub fn entry(self) -> Option<&'static Entry> {
        TABLE.binary_search_by_key(&self, |entry| entry.reason).ok().and_then(|i| TABLE.get(i))
    }

    /// Severity; an unknown number goes to a person.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.entry().map_or(Severity::Refer, |entry| entry.severity)
    }

    /// What an audience is shown: the reason itself, or a neutral one in its place.
    #[must_use]
    pub fn shown_to(self, audience: Audience) -> Option<Self> {
        let seen = self.entry().is_some_and(|entry| entry.audience.contains(&audience));
        match (seen, audience, self.severity()) {
            (true, ..) => Some(self),
            (false, Audience::Subject, Severity::Fail | Severity::Missing | Severity::Review) => {
                Some(Self::TRY_ANOTHER_WAY)
            }
            (false, Audience::Subject, Severity::Refer | Severity::Stop) => Some(Self::CASE_NEUTRAL),
            _ => None,
        }
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            Some(entry) => f.write_str(entry.code),
            None => write!(f, "{}", self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u16::deserialize(deserializer)?;
        Self::from_number(number).ok_or_else(|| serde::de::Error::custom("expected a reason number, 2000-2999"))
    }
}

impl schemars::JsonSchema for Reason {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer", "minimum": 2000, "maximum": 2999, "description": "a reason number"
        })
    }
}

/// How bad a reason is, worst last: the worst of a path decides its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// `I`: certified.
    Info,
    /// `W`: certified, with a warning.
    Warn,
    /// `V`: a person reviews.
    Review,
    /// `F`: not passed this time.
    Fail,
    /// `M`: something is missing.
    Missing,
    /// `S`: nothing to certify.
    Stop,
    /// `R`: a person decides.
    Refer,
}

crate::vocabulary::words! {
    /// Who reads a reason.
    Audience: "subject, operator or audit" {
        /// The person concerned.
        Subject = "subject",
        /// Staff.
        Operator = "operator",
        /// Auditors.
        Audit = "audit",
    }
}

/// Doors that a reason points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorSet {
    /// The apps open to the person's residence.
    Apps,
    /// Kiosk.
    Kiosk,
    /// Outlet.
    Outlet,
    /// Home visit.
    HomeVisit,
    /// Manual route, both.
    Manual,
    /// Window.
    Window,
    /// Consular paper.
    ConsularPaper,
    /// Every open door.
    All,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The code.
    pub reason: Reason,
    /// Its name, frozen like the number.
    pub code: &'static str,
    /// What it does to an outcome.
    pub severity: Severity,
    /// Who is shown it.
    pub audience: &'static [Audience],
    /// Text in Chinese, at most 30 characters.
    pub zh: &'static str,
    /// Text in English, at most 60 characters.
    pub en: &'static str,
    /// Doors to go to next; none if nothing is needed.
    pub doors: &'static [DoorSet],
    /// Clause of the document, assumption, or section of the law notes that it rests on.
    pub clause: &'static str,
}
