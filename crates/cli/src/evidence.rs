//! Face evidence: what the engine saw and what the caller knows, in the one form that the rules read.

use facecert_core::engine::Engine;
use facecert_core::verify::Outcome;
use facecert_policy::{CaptureIntegrity, Day, FaceEvidence, Instant, MatchVerdict, ReferenceSource, Token};
use facecert_record::evidence::{Context, Instrument, Measured, face_evidence};

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
    pub fn evidence(&self, engine: &Engine, measured: &Measured) -> Option<FaceEvidence> {
        let context = Context {
            captured_at: self.captured_at?,
            device_id: self.device_id.clone()?,
            reference_source: self.reference_source,
            reference_date: self.reference_date,
            capture_integrity: self.capture_integrity,
        };
        let pack = engine.pack();
        let instrument = Instrument {
            contract_id: format!("{} {}", engine.contract(), pack.manifest().id),
            pack_id: pack.name(),
            accepted: pack.grade().is_accepted(),
        };
        Some(face_evidence(instrument, measured, &context))
    }
}

/// The comparison as the rules read it; `None`: there was no reference.
pub fn matched(outcome: Option<Outcome>, fmr: f64) -> Option<(MatchVerdict, u32)> {
    let verdict = match outcome? {
        Outcome::Match => MatchVerdict::Match,
        Outcome::NoMatch => MatchVerdict::NoMatch,
        Outcome::NotDecidable => MatchVerdict::NotDecidable,
    };
    Some((verdict, (fmr * 1e9).round() as u32))
}

fn value<T: std::str::FromStr<Err = facecert_policy::Expected>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|e: facecert_policy::Expected| format!("give {}", e.0))
}
