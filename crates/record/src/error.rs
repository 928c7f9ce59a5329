//! What can go wrong in this crate; every variant has a frozen number.

/// The result of a call into this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate. Its text is one line, says what to do, and never repeats a value that was
/// read: a wrong file may hold somebody's name.
///
/// A record or receipt that does not hold is no error but an answer: see [`Reason`](crate::Reason).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A key, or a list of keys, cannot be used.
    #[error("key: {what}")]
    Key {
        /// The field, its fault, what to do.
        what: String,
    },
    /// The device that holds a key refused, or answered with something that does not verify.
    #[error("key device: {what}")]
    Device {
        /// What it did.
        what: String,
    },
    /// Sealed bytes cannot be opened, or bytes cannot be sealed.
    #[error("seal: {what}")]
    Seal {
        /// The fault, what to do.
        what: String,
    },
    /// A record cannot be made from what was given.
    #[error("record: {at}: {what}")]
    Record {
        /// Where, as a path of field names.
        at: String,
        /// The fault, what to do.
        what: String,
    },
    /// A receipt cannot be made from what was given.
    #[error("receipt: {at}: {what}")]
    Receipt {
        /// The line and field.
        at: String,
        /// The fault, what to do.
        what: String,
    },
    /// The audit log cannot be written or read.
    #[error("audit log: {what}")]
    Audit {
        /// The line, the fault, what to do.
        what: String,
    },
    /// A template cannot be transformed under a renewal key.
    #[error("renewal: {what}")]
    Renew {
        /// The fault, what to do.
        what: String,
    },
    /// The source of randomness failed, so nothing was sealed.
    #[error("randomness: the source failed; try again, nothing was written")]
    Randomness,
}

impl Error {
    /// The frozen number of this error (3900-3999; the numbers below are [`Reason`](crate::Reason)s).
    pub fn number(&self) -> u32 {
        match self {
            Self::Key { .. } => 3900,
            Self::Device { .. } => 3901,
            Self::Seal { .. } => 3910,
            Self::Record { .. } => 3920,
            Self::Receipt { .. } => 3930,
            Self::Audit { .. } => 3940,
            Self::Renew { .. } => 3950,
            Self::Randomness => 3960,
        }
    }

    pub(crate) fn key(what: impl Into<String>) -> Self {
        Self::Key { what: what.into() }
    }

    pub(crate) fn seal(what: impl Into<String>) -> Self {
        Self::Seal { what: what.into() }
    }

    pub(crate) fn record(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Record { at: at.into(), what: what.into() }
    }

    pub(crate) fn receipt(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Receipt { at: at.into(), what: what.into() }
    }

    pub(crate) fn audit(what: impl Into<String>) -> Self {
        Self::Audit { what: what.into() }
    }

    pub(crate) fn renew(what: impl Into<String>) -> Self {
        Self::Renew { what: what.into() }
    }
}
