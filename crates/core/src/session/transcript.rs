//! The transcript: what a session was asked and saw, in a form whose digest anybody can take again.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::challenge::{Action, Challenge};
use super::nonce::Nonce;
use super::state::KeyFrame;
use crate::error::{Error, Result};
use crate::reason::Reason;

/// All that a session leaves behind, but for pixels and templates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    /// Version of this layout: 1.
    pub format: u32,
    /// The nonce.
    pub nonce: Nonce,
    /// Actions that could have been asked: all, less what the person cannot do or the pack cannot see.
    pub possible: Vec<Action>,
    /// What was asked.
    pub challenge: Challenge,
    /// Times were doubled.
    pub slow: bool,
    /// Each frame: milliseconds since the first, SHA-256 of its upright RGB pixels.
    pub frames: Vec<(u64, Digest)>,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The frames that were kept.
    pub kept: Vec<Kept>,
}

/// A SHA-256.
pub type Digest = [u8; 32];

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Milliseconds since the first frame.
    pub time_ms: u64,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happened {
    /// An action was asked for.
    Asked(Action),
    /// An action was seen, from this time on.
    Seen {
        /// Which.
        action: Action,
        /// When it left rest, in milliseconds since the first frame.
        started_ms: u64,
    },
    /// The face was away, covered by a second one, or frames were missing.
    Interrupted,
    /// The session ended with these reasons, as numbers.
    Ended(Vec<u32>),
}

/// A kept frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// What it shows.
    pub shows: KeyFrame,
    /// Its place among the frames.
    pub frame: usize,
}

impl Transcript {
    /// As CBOR (RFC 8949): maps in the order of the fields, so the same transcript gives the same bytes.
    pub(crate) fn to_cbor(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes).map_err(|e| Error::Package { what: e.to_string() })?;
        Ok(bytes)
    }

    /// SHA-256 of the CBOR: the `evidence_digest` of a session.
    ///
    /// # Errors
    /// [`Error::Package`] if it cannot be encoded, which no transcript of a session makes happen.
    pub fn digest(&self) -> Result<Digest> {
        Ok(Sha256::digest(self.to_cbor()?).into())
    }

    /// When the portrait was taken, in milliseconds since the first frame; 0 if none was kept.
    pub fn portrait_ms(&self) -> u64 {
        let portrait = self.kept.iter().find(|kept| kept.shows == KeyFrame::Portrait);
        portrait.and_then(|kept| self.frames.get(kept.frame)).map_or(0, |(time_ms, _)| *time_ms)
    }

    pub(super) fn note(&mut self, time_ms: u64, what: Happened) {
        self.events.push(Event { time_ms, what });
    }

    pub(super) fn end(&mut self, time_ms: u64, reasons: &[Reason]) {
        self.note(time_ms, Happened::Ended(reasons.iter().map(|r| r.number()).collect()));
    }

    /// Remembers the last frame as the one that shows this best so far.
    pub(super) fn keep(&mut self, shows: KeyFrame) {
        let frame = self.frames.len().saturating_sub(1);
        match self.kept.iter_mut().find(|k| k.shows == shows) {
            Some(kept) => kept.frame = frame,
            None => self.kept.push(Kept { shows, frame }),
        }
    }
}
