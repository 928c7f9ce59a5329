//! What staff note, close and take back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::event::{ItemResult, Note};
use crate::value::Hex32;

/// A note on a worklist item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemNoted {
    /// The item.
    pub item: Hex32,
    /// The note.
    pub note: Note,
    /// Who.
    pub by: Actor,
}

/// A worklist item is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemClosed {
    /// The item.
    pub item: Hex32,
    /// Result.
    pub result: ItemResult,
    /// Who.
    pub by: Actor,
}

/// An event is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// The event.
    pub target: Hex32,
    /// Who.
    pub by: Actor,
    /// Note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
}
