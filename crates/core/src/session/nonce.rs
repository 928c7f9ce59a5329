//! Nonces: issued, used once, forgotten after they expire.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::reason::Reason;

/// A number used once, 8 to 64 bytes; written in hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nonce(Vec<u8>);

impl Nonce {
    /// A nonce of these bytes, which the caller drew at random.
    ///
    /// # Errors
    /// [`Error::Nonce`] if there are fewer than 8 or more than 64.
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        if (8..=64).contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(Error::Nonce) }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Nonce {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(hex::decode(text).map_err(|_| Error::Nonce)?)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nonce({self})")
    }
}

impl TryFrom<String> for Nonce {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Nonce> for String {
    fn from(nonce: Nonce) -> Self {
        nonce.to_string()
    }
}

/// What became of a nonce that was to be used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumption {
    /// It was good, and is used up now.
    Consumed,
    /// It was never issued, or the store has forgotten it since it expired.
    Unknown,
    /// It has expired.
    Expired,
    /// It was used before.
    Used,
}

impl Consumption {
    /// The reason that goes into a refusal; `None` if the nonce was good.
    pub const fn reason(self) -> Option<Reason> {
        match self {
            Self::Consumed => None,
            Self::Unknown => Some(Reason::NonceUnknown),
            Self::Expired => Some(Reason::NonceExpired),
            Self::Used => Some(Reason::NonceUsed),
        }
    }
}

/// Where a server keeps its nonces. Each call is atomic: of two that consume one nonce at once, one gets
/// [`Consumption::Consumed`] and the other [`Consumption::Used`].
pub trait NonceStore {
    /// What can go wrong in the store itself.
    type Fault;

    /// Issues a nonce that is good until `expires_ms` (Unix time); `false` if it is known already.
    ///
    /// # Errors
    /// The store's own.
    fn issue(&mut self, nonce: &Nonce, expires_ms: i64) -> std::result::Result<bool, Self::Fault>;

    /// Uses a nonce up at `now_ms` (Unix time).
    ///
    /// # Errors
    /// The store's own.
    fn consume(&mut self, nonce: &Nonce, now_ms: i64) -> std::result::Result<Consumption, Self::Fault>;
}
