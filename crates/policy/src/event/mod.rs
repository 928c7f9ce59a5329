//! Events: all that the engine knows about people. The state is a function of their set.

mod payload;
mod read;
mod words;

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Serialize;

use crate::canonical::canonical;
use crate::error::Error;
use crate::value::{Day, Expected, Hex32, Instant, Ref, string_value};
use crate::vocabulary::words;

pub use payload::*;
pub use read::{EventLine, read_events};
pub use words::*;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Event {
    /// SHA-256 over the canonical JSON of the event without `event_id` and `received`.
    pub event_id: Hex32,
    /// The day it belongs to in the person's story.
    pub effective: Day,
    /// When the system learnt of it.
    pub received: Instant,
    /// Which command or kind of import made it.
    pub source: Source,
    /// Kind and content.
    #[serde(flatten)]
    pub payload: Payload,
}

#[derive(Serialize)]
struct Identity<'a> {
    effective: Day,
    source: Source,
    #[serde(flatten)]
    payload: &'a Payload,
}

impl Event {
    /// An event with its id.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no payload of this crate gives.
    pub fn new(effective: Day, received: Instant, source: Source, payload: Payload) -> Result<Self, Error> {
        let identity = canonical(&Identity { effective, source, payload: &payload })?;
        let event_id = Hex32::sha256(identity.as_bytes());
        Ok(Self { event_id, effective, received, source, payload })
    }

    /// The event as one line of canonical JSON, without a line feed.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no payload of this crate gives.
    pub fn to_line(&self) -> Result<String, Error> {
        canonical(self)
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> EventKind {
        self.payload.kind()
    }
}

words! {
    /// Where an event came from: a kind of `load` or a command. Never a file name or a format.
    Source: "a source of events" {
        /// Roster import.
        Roster = "roster",
        /// Import of certification results.
        Results = "results",
        /// Import of payment states.
        Payments = "payments",
        /// Import of acknowledgements.
        Acks = "acks",
        /// Import of fact lists.
        Facts = "facts",
        /// Import of face pairs.
        Pairs = "pairs",
        /// Entered by staff.
        Events = "events",
        /// A decision.
        Decide = "decide",
        /// An export.
        Export = "export",
    }
}

/// A fact by which a benefit may be lost.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// Death.
    Death,
    /// Imprisonment.
    Imprisonment,
    /// Two claims of one person.
    Duplicate,
    /// A kind that the policy lists in `facts.other`.
    Other(Ref),
}

impl FromStr for Fact {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        match text {
            "death" => Ok(Self::Death),
            "imprisonment" => Ok(Self::Imprisonment),
            "duplicate" => Ok(Self::Duplicate),
            "pair" => Err(Expected("a fact; a pair is reported as PairReported")),
            other => other.parse().map(Self::Other),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Death => f.write_str("death"),
            Self::Imprisonment => f.write_str("imprisonment"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Other(kind) => fmt::Display::fmt(kind, f),
        }
    }
}

string_value!(Fact, "death, imprisonment, duplicate or a kind of facts.other", "^[A-Za-z0-9_-]{1,64}$");

/// Names a case: `<fact>:<person_ref>:<fact date>` or `pair:<a>:<b>` with a before b.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseKey {
    /// A fact about one person.
    Fact {
        /// Which fact.
        fact: Fact,
        /// Whom it concerns.
        person_ref: Ref,
        /// Fact date.
        day: Day,
    },
    /// A face pair across two people.
    Pair {
        /// The smaller reference.
        a: Ref,
        /// The larger reference.
        b: Ref,
    },
}

impl CaseKey {
    /// The people it concerns.
    pub fn people(&self) -> impl Iterator<Item = &Ref> {
        let (first, second) = match self {
            Self::Fact { person_ref, .. } => (person_ref, None),
            Self::Pair { a, b } => (a, Some(b)),
        };
        std::iter::once(first).chain(second)
    }
}

impl FromStr for CaseKey {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        const EXPECTED: Expected = Expected("a case key, fact:person_ref:date or pair:a:b");
        let mut parts = text.split(':');
        let (Some(kind), Some(first), Some(second), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(EXPECTED);
        };
        let person_ref = first.parse::<Ref>()?;
        if kind == "pair" {
            let b = second.parse::<Ref>()?;
            return if person_ref < b { Ok(Self::Pair { a: person_ref, b }) } else { Err(EXPECTED) };
        }
        Ok(Self::Fact { fact: kind.parse()?, person_ref, day: second.parse()? })
    }
}

impl fmt::Display for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact { fact, person_ref, day } => write!(f, "{fact}:{person_ref}:{day}"),
            Self::Pair { a, b } => write!(f, "pair:{a}:{b}"),
        }
    }
}

string_value!(
    CaseKey,
    "a case key, fact:person_ref:date or pair:a:b",
    r"^([A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64}:\d{4}-\d\d-\d\d|pair:[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64})$"
);

/// What an appeal is directed against.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Against {
    /// An event.
    Event(Hex32),
    /// A case.
    Case(CaseKey),
}

impl FromStr for Against {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        if text.contains(':') { text.parse().map(Self::Case) } else { text.parse().map(Self::Event) }
    }
}

impl fmt::Display for Against {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(id) => fmt::Display::fmt(id, f),
            Self::Case(key) => fmt::Display::fmt(key, f),
        }
    }
}

string_value!(
    Against,
    "an event id or a case key",
    r"^([0-9a-f]{64}|[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64})$"
);
