//! Face evidence: the one thing that the engine and the rules share. Its schema is committed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{Day, Digest, Instant, Token};
use crate::vocabulary::{ReferenceSource, words};

words! {
    /// Verdict of the comparison.
    MatchVerdict: "a match verdict" {
        /// Same person.
        Match = "match",
        /// Not the same person.
        NoMatch = "no_match",
        /// It cannot be told.
        NotDecidable = "not_decidable",
        /// Not compared.
        NotRun = "not_run",
    }
}

words! {
    /// Verdict of presentation attack detection (ISO/IEC 30107-3).
    PadVerdict: "a liveness verdict" {
        /// A living person.
        Live = "live",
        /// An artefact.
        Spoof = "spoof",
        /// It cannot be told.
        Uncertain = "uncertain",
        /// Not checked.
        NotRun = "not_run",
    }
}

words! {
    /// How liveness was challenged.
    Challenge: "a kind of challenge" {
        /// The person was asked to do something.
        Active = "active",
        /// The person was only looked at.
        Passive = "passive",
        /// Photos.
        None = "none",
    }
}

words! {
    /// Verdict on the face image's quality (ISO/IEC 29794-5).
    QualityVerdict: "a quality verdict" {
        /// Good enough.
        Pass = "pass",
        /// Not good enough.
        Fail = "fail",
        /// Not checked.
        NotRun = "not_run",
    }
}

words! {
    /// Whether the operator has accepted a pack.
    PackGrade: "evaluation or accepted" {
        /// Not accepted.
        Evaluation = "evaluation",
        /// Accepted, says the engine.
        Accepted = "accepted",
    }
}

words! {
    /// Integrity of the capture.
    CaptureIntegrity: "a capture integrity" {
        /// Asserted by the device.
        Asserted = "asserted",
        /// Not checked.
        NotRun = "not_run",
        /// Not given.
        Failed = "failed",
    }
}

words! {
    /// Check of a package's nonce.
    NonceCheck: "a nonce check" {
        /// Good, and used up.
        Consumed = "consumed",
        /// Not checked.
        NotChecked = "not_checked",
        /// Expired, unknown or used before.
        Failed = "failed",
    }
}

/// Face evidence. Every field is present, `null` only where it is optional.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaceEvidence {
    /// Verdict of the comparison.
    #[serde(rename = "match")]
    pub match_verdict: MatchVerdict,
    /// Threshold, false matches per thousand million; `null` if not compared.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub fmr_per_billion: Option<u32>,
    /// Verdict on liveness.
    pub pad: PadVerdict,
    /// How it was challenged.
    pub challenge: Challenge,
    /// Verdict on quality.
    pub quality: QualityVerdict,
    /// The engine.
    #[schemars(length(min = 1, max = 128))]
    pub engine_id: String,
    /// Template contract: 64 hex digits, a space, short name.
    #[schemars(length(min = 1, max = 128))]
    pub contract_id: String,
    /// Pack: name, `@sha256:` and 64 hex digits.
    #[schemars(length(min = 1, max = 256))]
    pub pack_id: String,
    /// Whether its operator has accepted it.
    pub pack_grade: PackGrade,
    /// Reasons of the engine, 1000-1999, ascending.
    #[schemars(inner(range(min = 1000, max = 1999)))]
    pub reasons: std::collections::BTreeSet<u16>,
    /// Digest of the transcript or of the pixels.
    pub evidence_digest: Digest,
    /// When it was captured.
    pub captured_at: Instant,
    /// Where the reference came from; `null`: there was none.
    pub reference_source: Option<ReferenceSource>,
    /// Date of the reference; `null`: unknown.
    pub reference_date: Option<Day>,
    /// The device, a pseudonym.
    pub device_id: Token,
    /// Integrity of the capture.
    pub capture_integrity: CaptureIntegrity,
    /// Check of the package's nonce.
    pub nonce_check: NonceCheck,
}
