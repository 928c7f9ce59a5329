//! What every output carries: the rules and the input that it rests on.

use crate::canonical::canonical;
use crate::error::Error;
use crate::event::Event;
use crate::log::Log;
use crate::scheme::Scheme;
use crate::value::{Hex32, Instant};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Rules and input of an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stamp {
    /// Scheme.
    pub policy_id: String,
    /// SHA-256 of the rules.
    pub policy_hash: Hex32,
    /// SHA-256 over the arguments in canonical JSON and the ids of the known events, ascending, one a line.
    pub input_digest: Hex32,
    /// Made in a pilot run.
    pub pilot: bool,
}

/// An output object with its stamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Stamped<T> {
    /// Rules and input.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The answer.
    #[serde(flatten)]
    pub answer: T,
}

impl Stamp {
    /// The stamp of an answer to named arguments about the events that are known at `now`.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no text of an argument gives.
    pub fn of(
        scheme: &Scheme,
        events: &[Event],
        now: Instant,
        arguments: &[(&str, &dyn Display)],
    ) -> Result<Self, Error> {
        Self::new(scheme, &Log::new(events, now), arguments)
    }

    /// The stamp of an answer to named arguments alone.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no text of an argument gives.
    pub fn without_events(scheme: &Scheme, arguments: &[(&str, &dyn Display)]) -> Result<Self, Error> {
        Self::over(scheme, Vec::new(), arguments)
    }

    pub(crate) fn new(scheme: &Scheme, log: &Log<'_>, arguments: &[(&str, &dyn Display)]) -> Result<Self, Error> {
        Self::over(scheme, log.events.iter().map(|event| event.event_id).collect(), arguments)
    }

    fn over(scheme: &Scheme, mut ids: Vec<Hex32>, arguments: &[(&str, &dyn Display)]) -> Result<Self, Error> {
        let arguments: BTreeMap<&str, String> =
            arguments.iter().map(|(name, value)| (*name, value.to_string())).collect();
        ids.sort_unstable();
        let mut digest = Sha256::new();
        digest.update(canonical(&arguments)?);
        for id in ids {
            digest.update("\n");
            digest.update(id.to_string());
        }
        let input_digest = Hex32::from(<[u8; 32]>::from(digest.finalize()));
        Ok(Self { policy_id: scheme.id.clone(), policy_hash: scheme.hash, input_digest, pilot: scheme.pilot })
    }
}
