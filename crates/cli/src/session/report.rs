//! What a session, or the check of its package, came to: JSON and words.

use facecert_core::Template;
use facecert_core::engine::Engine;
use facecert_core::session::{Action, SessionResult};
use facecert_core::verify::{Comparison, Outcome, VerifyOptions, compare};
use facecert_policy::{FaceEvidence, NonceCheck};
use facecert_record::evidence::Measured;
use serde::Serialize;

use crate::evidence::{EvidenceArgs, matched};
use crate::output::{Failure, print_json, print_line};
use crate::photo::{ModelsView, subject};

/// The photo that the person is compared with.
#[derive(clap::Args, Debug)]
pub struct ReferenceArgs {
    /// A photo that is known to be the person
    #[arg(long, value_name = "PHOTO")]
    pub reference: Option<std::path::PathBuf>,
    /// False match rate that the threshold stands for, 1e-6 to 1e-2
    #[arg(long, default_value_t = 1e-4)]
    pub fmr: f64,
}

/// A report.
#[derive(Serialize)]
pub struct Report {
    #[serde(flatten)]
    pub result: SessionResult,
    pub actions: Vec<Action>,
    /// The comparison's answer; `null` if there was no reference.
    pub outcome: Option<Outcome>,
    pub comparison: Option<Comparison>,
    pub transcript_sha256: String,
    pub captured_after_ms: u64,
    pub nonce_check: NonceCheck,
    /// Whether the package came sealed; `null` if there was none.
    pub package_sealed: Option<bool>,
    pub face_evidence: Option<FaceEvidence>,
    pub models: ModelsView,
}

/// What a report is made of.
pub struct Held<'a> {
    pub engine: &'a Engine,
    pub result: SessionResult,
    pub transcript: &'a facecert_core::session::Transcript,
    pub template: Option<&'a Template>,
    pub nonce: NonceCheck,
    pub package_sealed: Option<bool>,
}

impl Report {
    /// Compares with the reference, if there is one, and writes the evidence, if the caller said enough.
    pub fn new(held: Held<'_>, reference: &ReferenceArgs, evidence: &EvidenceArgs) -> Result<Self, Failure> {
        let Held { engine, mut result, transcript, template, nonce, package_sealed } = held;
        let known = match &reference.reference {
            Some(path) => Some(subject(engine, path, &VerifyOptions::default())?.face),
            None => None,
        };
        let comparison = match (&known, template) {
            (Some(Ok((_, known))), Some(template)) => {
                Some(compare(engine, known, template, reference.fmr).map_err(Failure::new)?)
            }
            _ => None,
        };
        let outcome = known.as_ref().map(|_| comparison.map_or(Outcome::NotDecidable, |c| c.outcome()));
        if let Some(Err(reason)) = known {
            result.reasons.push(reason);
            result.reasons.sort_unstable();
        }
        let digest = transcript.digest().map_err(Failure::new)?;
        let after_ms = transcript.portrait_ms();
        let measured = Measured {
            matched: matched(outcome, reference.fmr),
            liveness: result.liveness,
            challenge: Some(result.challenge),
            quality: result.quality,
            reasons: result.reasons.clone(),
            digest,
            after_s: (after_ms / 1000) as i64,
            nonce,
        };
        Ok(Self {
            actions: transcript.challenge.actions.clone(),
            outcome,
            comparison,
            transcript_sha256: hex::encode(digest),
            captured_after_ms: after_ms,
            nonce_check: nonce,
            package_sealed,
            face_evidence: evidence.evidence(engine, &measured),
            models: ModelsView::of(engine),
            result,
        })
    }

    /// Passed, and the person is the one of the reference if there is one.
    pub fn positive(&self) -> bool {
        self.result.passed
            && self.outcome.is_none_or(|outcome| outcome == Outcome::Match)
            && self.nonce_check != NonceCheck::Failed
    }

    /// To standard output.
    pub fn print(&self, json: bool) -> Result<(), Failure> {
        if json {
            return print_json(self);
        }
        if let Some(entry) = self.result.reason.entry() {
            print_line(format_args!("{} {}", entry.zh, entry.zh_next))?;
        }
        let words = if self.result.passed { "passed" } else { "not passed" };
        print_line(format_args!(
            "{words}: one of {} challenges, liveness {:?}, {} frames",
            self.result.challenge_count, self.result.liveness, self.result.frames
        ))?;
        match (&self.comparison, self.outcome) {
            (Some(c), _) => print_line(format_args!("score {:.3}, threshold {:.3}", c.score, c.threshold)),
            (None, Some(_)) => print_line("not compared: no usable face in the reference or in the frames"),
            (None, None) => Ok(()),
        }
    }
}
