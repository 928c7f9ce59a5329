//! What can go wrong in a call. A verdict is never an error.

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
        }
    }
}

fn first(findings: &[Finding]) -> String {
    findings.first().map(ToString::to_string).unwrap_or_default()
}
