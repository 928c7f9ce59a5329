//! What can go wrong in a call. A verdict is never an error.

use crate::reason::Reason;
use crate::scheme::Finding;

/// Errors of this crate. Numbers are frozen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The policy cannot be used.
    #[error("the policy has {} fault(s); the first: {}", .0.len(), first(.0))]
    Policy(Vec<Finding>),
    /// A line of events is not an event.
    #[error("{file}:{line}: {field}: {problem}; see the committed event schema")]
    Event {
        /// File the line came from.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Field, as a path.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// A line names another event id than its content has.
    #[error("{file}:{line}: event_id: not the digest of this event; leave it out or copy the event unchanged")]
    EventId {
        /// File the line came from.
        file: String,
        /// Line, from 1.
        line: usize,
    },
    /// A JSON input does not fit its committed schema.
    #[error("{file}:{line}: {field}: {problem}; see the committed schema")]
    Input {
        /// File or argument.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Field, as a path.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// A mapping file cannot be used.
    #[error("{file}:{line}: {key}: {problem}")]
    Mapping {
        /// The mapping file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Key.
        key: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// An import file is refused whole.
    #[error("{file}:{line}: {column}: {cause}; nothing of the file was loaded (IMPORT_FILE_REFUSED)")]
    FileRefused {
        /// The file.
        file: String,
        /// Line, from 1.
        line: u64,
        /// Column, `-` if it is none.
        column: String,
        /// Why, and what to do.
        cause: String,
    },
    /// Face pairs are not loaded while 1:N is off.
    #[error("{file}: 1:N is off in the policy ([one_to_many] enabled): no pair was loaded (ONE_TO_MANY_OFF)")]
    OneToManyOff {
        /// The file of pairs.
        file: String,
    },
    /// A record's person is not in the roster that number and name are joined from.
    #[error("record {key}: the roster file does not hold this person; nothing was written")]
    NotOnRoster {
        /// Key of the record.
        key: crate::value::Hex32,
    },
    /// A value has no canonical JSON.
    #[error("a value has no canonical JSON: give integers and texts, no decimal fractions")]
    NotCanonical,
    /// A text argument is not what it should be.
    #[error("{argument}: {expected}")]
    Argument {
        /// Name of the argument.
        argument: &'static str,
        /// What was expected.
        #[source]
        expected: crate::value::Expected,
    },
}

impl Error {
    /// The reason that the table holds for it, where people are told one.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::FileRefused { .. } => Some(Reason::IMPORT_FILE_REFUSED),
            Self::OneToManyOff { .. } => Some(Reason::ONE_TO_MANY_OFF),
            _ => None,
        }
    }

    /// The frozen number of the variant.
    #[must_use]
    pub const fn number(&self) -> u32 {
        match self {
            Self::Policy(_) => 1,
            Self::Event { .. } => 2,
            Self::EventId { .. } => 3,
            Self::Input { .. } => 4,
            Self::NotCanonical => 5,
            Self::Argument { .. } => 6,
            Self::Mapping { .. } => 7,
            Self::FileRefused { .. } => 8,
            Self::OneToManyOff { .. } => 9,
            Self::NotOnRoster { .. } => 10,
        }
    }
}

fn first(findings: &[Finding]) -> String {
    findings.first().map(ToString::to_string).unwrap_or_default()
}
