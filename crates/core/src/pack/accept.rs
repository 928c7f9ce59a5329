//! A pack is of evaluation grade until its operator has accepted exactly these bytes.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The file beside the manifest that an operator's acceptance is.
pub const FILE: &str = "acceptance.toml";

/// What a pack may be used for.
#[derive(Clone, Debug, PartialEq)]
pub enum Grade {
    /// For trying out: nobody has accepted this pack.
    Evaluation,
    /// Its operator has accepted it.
    Accepted(Box<Acceptance>),
    /// It was accepted, but the pack has changed since.
    Outdated,
}

impl Grade {
    /// Whether the pack may certify.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// As evidence and records write it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Evaluation | Self::Outdated => "evaluation",
        }
    }
}

/// An operator's acceptance: who (a role, not a name), when, on which figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Version of this layout: 1.
    pub format: u32,
    /// Pack digest in hexadecimal.
    pub pack: String,
    /// Who accepts, as a role.
    pub role: String,
    /// Calendar date, YYYY-MM-DD.
    pub date: String,
    /// What was measured on the operator's own pairs and attacks.
    pub figures: Vec<Figure>,
}

/// One evaluation on which an acceptance rests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Name of the evaluation's file.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: String,
    /// Its numbers by name, counts and thresholds included.
    pub values: std::collections::BTreeMap<String, f64>,
}

impl Acceptance {
    /// As the file's text.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self).map_err(|e| Error::Pack { what: format!("{FILE}: {e}") })
    }
}

/// The grade that this acceptance gives to the pack of that digest.
pub(crate) fn grade(bytes: &[u8], pack: &[u8; 32]) -> Result<Grade> {
    let fault = |what: &str| Error::Pack { what: format!("{FILE}: {what}") };
    let text = std::str::from_utf8(bytes).map_err(|_| fault("not UTF-8 text"))?;
    let acceptance: Acceptance =
        toml::from_str(text).map_err(|e| fault(e.message().lines().next().unwrap_or("not TOML")))?;
    if acceptance.format != 1 {
        return Err(fault("format is not 1; accept the pack again"));
    }
    Ok(if acceptance.pack == hex::encode(pack) { Grade::Accepted(Box::new(acceptance)) } else { Grade::Outdated })
}
