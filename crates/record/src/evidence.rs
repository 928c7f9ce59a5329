//! Face evidence: what the engine measured and what the caller knows, in the one form that the rules read.

use std::collections::BTreeSet;

use facecert_core::liveness::Verdict;
use facecert_core::reason::Reason;
use facecert_core::session::ChallengeKind;
use facecert_policy::{
    CaptureIntegrity, Challenge, Day, Digest, FaceEvidence, Hex32, Instant, MatchVerdict, NonceCheck, PackGrade,
    PadVerdict, QualityVerdict, ReferenceSource, Token,
};

/// What measured: names that a record keeps.
#[derive(Clone, Debug)]
pub struct Instrument {
    /// Contract of the templates and name of the pack.
    pub contract_id: String,
    /// Name of the pack and digest of its manifest.
    pub pack_id: String,
    /// Whether its operator has accepted the pack.
    pub accepted: bool,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The comparison with the reference and its false matches in a billion; `None`: there was no reference.
    pub matched: Option<(MatchVerdict, u32)>,
    /// Liveness.
    pub liveness: Verdict,
    /// How it was challenged; `None`: photos.
    pub challenge: Option<ChallengeKind>,
    /// The profile was met; `None`: not measured.
    pub quality: Option<bool>,
    /// All reasons.
    pub reasons: Vec<Reason>,
    /// SHA-256 of the transcript or of the pixels.
    pub digest: [u8; 32],
    /// Seconds from the caller's wall clock to the kept frame.
    pub after_s: i64,
    /// Use of the nonce.
    pub nonce: NonceCheck,
}

/// What frames cannot show: the caller says it, and the evidence carries it as said.
#[derive(Clone, Debug)]
pub struct Context {
    /// Wall clock at the session's start, or when the photo was taken.
    pub captured_at: Instant,
    /// Pseudonym of the device.
    pub device_id: Token,
    /// Where the reference came from.
    pub reference_source: Option<ReferenceSource>,
    /// Its date.
    pub reference_date: Option<Day>,
    /// Whether the device asserts that nothing was injected.
    pub capture_integrity: CaptureIntegrity,
}

/// The evidence (`policy.md` C.6): no float, no picture.
pub fn face_evidence(instrument: Instrument, measured: &Measured, context: &Context) -> FaceEvidence {
    let Instrument { contract_id, pack_id, accepted } = instrument;
    FaceEvidence {
        match_verdict: measured.matched.map_or(MatchVerdict::NotRun, |(verdict, _)| verdict),
        fmr_per_billion: measured.matched.map(|(_, fmr_per_billion)| fmr_per_billion),
        pad: match measured.liveness {
            Verdict::Live => PadVerdict::Live,
            Verdict::Spoof => PadVerdict::Spoof,
            Verdict::Uncertain => PadVerdict::Uncertain,
            Verdict::NotRun => PadVerdict::NotRun,
        },
        challenge: match measured.challenge {
            None => Challenge::None,
            Some(ChallengeKind::Active) => Challenge::Active,
            Some(ChallengeKind::Passive) => Challenge::Passive,
        },
        quality: match measured.quality {
            None => QualityVerdict::NotRun,
            Some(true) => QualityVerdict::Pass,
            Some(false) => QualityVerdict::Fail,
        },
        engine_id: format!("facecert/{}", env!("CARGO_PKG_VERSION")),
        contract_id,
        pack_id,
        pack_grade: if accepted { PackGrade::Accepted } else { PackGrade::Evaluation },
        reasons: measured.reasons.iter().map(|r| r.number() as u16).collect::<BTreeSet<_>>(),
        evidence_digest: Digest::Sha256(Hex32::from(measured.digest)),
        captured_at: context.captured_at.plus_s(measured.after_s),
        reference_source: context.reference_source,
        reference_date: context.reference_date,
        device_id: context.device_id.clone(),
        capture_integrity: context.capture_integrity,
        nonce_check: measured.nonce,
    }
}
