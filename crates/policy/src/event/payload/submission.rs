//! Certifications, and submissions on their way to one.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::event::{CaseKey, FailedOutcome, NameMatch, Need, ReviewResult};
use crate::reason::Reasons;
use crate::value::{Code, Day, Digest, Hex32, IdMatch, Instant, Ref, Token};
use crate::vocabulary::{Channel, Kind, Method};

/// A certification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PassRecorded {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line that it was made for; absent: none in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<Ref>,
    /// By which door.
    pub channel: Channel,
    /// How it was proven.
    pub method: Method,
    /// When.
    pub at: Instant,
    /// Attesting staff, or those who signed.
    pub staff: Vec<Ref>,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Made in a pilot run.
    pub pilot: bool,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Instant>,
    /// Who reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<Ref>,
    /// The other agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Ref>,
    /// The data source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_source: Option<Ref>,
    /// Digest of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_digest: Option<Digest>,
    /// The submission that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Hex32>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
    /// The platform's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_id: Option<Token>,
    /// Whether the names agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_match: Option<NameMatch>,
}

/// A submission, other than a form, that waits for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionLodged {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// The date that a pass will bear.
    pub certified_on: Day,
    /// How it is to be proven.
    pub method: Method,
    /// What is to be looked at.
    pub need: Need,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Digest of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_digest: Option<Digest>,
    /// The other agency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<Ref>,
    /// The data source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_source: Option<Ref>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
}

/// A review of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionReviewed {
    /// The submission.
    pub of: Hex32,
    /// Reviewer.
    pub by: Actor,
    /// Result.
    pub result: ReviewResult,
    /// What is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Reasons>,
}

/// A submission that did not certify and does not wait for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionFailed {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// Outcome.
    pub outcome: FailedOutcome,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// An own face path ended in a failure.
    pub attempt: bool,
    /// Digest of the photo of a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_digest: Option<Digest>,
    /// Open cases that it was referred for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases: Option<BTreeSet<CaseKey>>,
    /// Digest of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_digest: Option<Digest>,
    /// Row identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<Hex32>,
}

/// A commitment form with its photo.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormLodged {
    /// The person.
    pub person_ref: Ref,
    /// By which door.
    pub channel: Channel,
    /// When.
    pub at: Instant,
    /// Year written on the form.
    pub year: i16,
    /// Digest of the photo file.
    pub photo_digest: Digest,
    /// Who signed as 网格员.
    pub grid_worker: Ref,
    /// Who signed as 负责人.
    pub head: Ref,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// The person cannot come.
    pub cannot_visit: bool,
    /// Staff note that the kiosk failed.
    pub kiosk_failed_noted: bool,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Digest of the decision.
    pub decision_digest: Digest,
}

/// A review of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormReviewed {
    /// The form.
    pub of: Hex32,
    /// Reviewer.
    pub by: Actor,
    /// Result.
    pub result: ReviewResult,
    /// What is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Reasons>,
}

/// A pass of another county's person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssistGiven {
    /// The person.
    pub person_ref: Ref,
    /// Keyed digest of the number.
    pub id_match: IdMatch,
    /// The paying county.
    pub county: Code<6>,
    /// By which door.
    pub channel: Channel,
    /// How it was proven.
    pub method: Method,
    /// When.
    pub at: Instant,
    /// When it was decided.
    pub decided_at: Instant,
    /// Attesting staff.
    pub staff: Vec<Ref>,
    /// Reasons of the decision.
    pub reasons: Reasons,
    /// Digest of the decision.
    pub decision_digest: Digest,
    /// Made in a pilot run.
    pub pilot: bool,
    /// Kind of benefit, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Who reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<Ref>,
    /// Digest of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence_digest: Option<Digest>,
}
