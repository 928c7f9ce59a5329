//! Face evidence: what the engine saw and what the caller knows, in the one form that the rules read.

use std::collections::BTreeSet;

use facecert_core::engine::Engine;
use facecert_core::liveness::Verdict;
use facecert_core::reason::Reason;
use facecert_core::session::ChallengeKind;
use facecert_core::verify::Outcome as Answered;
use facecert_policy::{
    CaptureIntegrity, Challenge, Day, Digest, FaceEvidence, Instant, MatchVerdict, NonceCheck, PackGrade, PadVerdict,
    QualityVerdict, ReferenceSource, Token,
};

use crate::output::Failure;
use crate::photo::ModelsView;

/// What frames cannot show. With `--captured-at` and `--device-id` the answer holds face evidence.
#[derive(clap::Args, Clone, Debug)]
pub struct EvidenceArgs {
    /// Wall clock at the session's start, or when the photo was taken: RFC 3339 with seconds and offset
    #[arg(long, value_name = "INSTANT", requires = "device_id", value_parser = value::<Instant>)]
    pub captured_at: Option<Instant>,
    /// Pseudonym of the device, 1 to 64 characters
    #[arg(long, value_name = "ID", value_parser = value::<Token>)]
    pub device_id: Option<Token>,
    /// Where the reference came from: `id_chip`, `platform_photo` or `enrolled_template`
    #[arg(long, value_name = "SOURCE", value_parser = value::<ReferenceSource>)]
    reference_source: Option<ReferenceSource>,
    /// Date of the reference, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = value::<Day>)]
    reference_date: Option<Day>,
    /// Whether the device asserts that nothing was injected: `asserted`, `not_run` or `failed`
    #[arg(long, value_name = "STATE", default_value = "not_run", value_parser = value::<CaptureIntegrity>)]
    capture_integrity: CaptureIntegrity,
}

/// What the engine measured.
pub struct Measured {
    /// The comparison with the reference; `None`: there was none.
    pub matched: Option<Answered>,
    /// False match rate of the comparison.
    pub fmr: f64,
    /// Liveness.
    pub liveness: Verdict,
    /// How it was challenged; `None`: photos.
    pub challenge: Option<ChallengeKind>,
    /// The profile was met; `None`: not measured.
    pub quality: Option<bool>,
    /// All reasons.
    pub reasons: Vec<Reason>,
    /// Digest of the transcript or of the pixels.
    pub digest: [u8; 32],
    /// Seconds from the caller's wall clock to the kept frame.
    pub after_s: i64,
    /// Use of the nonce.
    pub nonce: NonceCheck,
}

impl EvidenceArgs {
    /// Takes from a package what the caller did not say.
    pub fn fill(&mut self, started_at: &str, device_id: &str) -> Result<(), String> {
        if self.captured_at.is_none() {
            self.captured_at = Some(value(started_at)?);
        }
        if self.device_id.is_none() {
            self.device_id = Some(value(device_id)?);
        }
        Ok(())
    }

    /// The evidence, if the caller said enough for one.
    pub fn evidence(&self, engine: &Engine, measured: &Measured) -> Result<Option<FaceEvidence>, Failure> {
        let (Some(start), Some(device_id)) = (self.captured_at, &self.device_id) else { return Ok(None) };
        let pack = engine.pack();
        let digest: String = measured.digest.iter().map(|b| format!("{b:02x}")).collect();
        let grade = if pack.grade().as_str() == "accepted" { PackGrade::Accepted } else { PackGrade::Evaluation };
        Ok(Some(FaceEvidence {
            match_verdict: match measured.matched {
                None => MatchVerdict::NotRun,
                Some(Answered::Match) => MatchVerdict::Match,
                Some(Answered::NoMatch) => MatchVerdict::NoMatch,
                Some(Answered::NotDecidable) => MatchVerdict::NotDecidable,
            },
            fmr_per_billion: measured.matched.map(|_| (measured.fmr * 1e9).round() as u32),
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
            contract_id: format!("{} {}", engine.contract(), pack.manifest().id),
            pack_id: ModelsView::of(engine).pack,
            pack_grade: grade,
            reasons: measured.reasons.iter().map(|r| r.number() as u16).collect::<BTreeSet<_>>(),
            evidence_digest: format!("sha256:{digest}").parse::<Digest>().map_err(Failure::new)?,
            captured_at: start.plus_s(measured.after_s),
            reference_source: self.reference_source,
            reference_date: self.reference_date,
            device_id: device_id.clone(),
            capture_integrity: self.capture_integrity,
            nonce_check: measured.nonce,
        }))
    }
}

fn value<T: std::str::FromStr<Err = facecert_policy::Expected>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: facecert_policy::Expected| format!("give {}", e.0))
}
