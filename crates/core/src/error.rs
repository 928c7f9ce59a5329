//! What can go wrong in this crate; every variant has a frozen number.

/// The result of a call into this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate. Its text is one line and says what to do; the caller adds the file's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A model pack has a fault: which file or key, what is wrong, what to do.
    #[error("model pack: {what}")]
    Pack {
        /// The file or key, and its fault.
        what: String,
    },
    /// A net could not be loaded or run.
    #[error("net {net}: {what}")]
    Net {
        /// The net's id in the manifest.
        net: String,
        /// What the runtime said, on one line.
        what: String,
    },
}

impl Error {
    /// The frozen number of this error (1000-1999 belong to this crate).
    pub fn number(&self) -> u32 {
        match self {
            Self::Pack { .. } => 1300,
            Self::Net { .. } => 1310,
        }
    }
}
