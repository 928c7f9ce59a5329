//! Facts and pairs that people decide, and appeals against what they decided.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::event::{Against, AppealResult, CaseKey, CaseResult, Fact, Matter, NameMatch, PairResult};
use crate::value::{Day, Digest, Hex32, Ref, Token};

/// A fact that may end a benefit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactReported {
    /// The person.
    pub person_ref: Ref,
    /// Which fact.
    pub fact: Fact,
    /// Who says so.
    pub data_source: Ref,
    /// The list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_id: Option<Token>,
    /// Class of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Ref>,
    /// End of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Who entered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// People have decided a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseClosed {
    /// The case.
    pub case: CaseKey,
    /// Result.
    pub result: CaseResult,
    /// By whom.
    pub by: Vec<Actor>,
    /// Digest of the papers.
    pub evidence_digest: Digest,
    /// Class of a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Ref>,
    /// Start of a stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// End of a stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// One face under two people, a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairReported {
    /// The smaller reference.
    pub a: Ref,
    /// The larger reference.
    pub b: Ref,
    /// Score in millionths.
    pub score_millionths: i64,
    /// Row identity.
    pub row: Hex32,
}

/// People have decided a face pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairClosed {
    /// The smaller reference.
    pub a: Ref,
    /// The larger reference.
    pub b: Ref,
    /// Result.
    pub result: PairResult,
    /// By whom.
    pub by: Vec<Actor>,
}

/// An appeal or a complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealLodged {
    /// The person.
    pub person_ref: Ref,
    /// Which of them.
    pub matter: Matter,
    /// The benefit line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<Ref>,
    /// What it is directed against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<Against>,
}

/// An appeal is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealClosed {
    /// The appeal.
    pub of: Hex32,
    /// Result.
    pub result: AppealResult,
    /// By whom.
    pub by: Actor,
}
