//! `facecert verify`: are two photos of the same person?

use std::path::{Path, PathBuf};
use std::time::Instant;

use facecert_core::engine::Engine;
use facecert_core::liveness::Verdict;
use facecert_core::look::Crops;
use facecert_core::quality::{Profile, Quality};
use facecert_core::reason::Reason;
use facecert_core::verify::{Comparison, Outcome as Answered, VerifyOptions, compare};
use facecert_policy::{FaceEvidence, NonceCheck};
use facecert_record::evidence::Measured;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::annotate;
use crate::evidence::{EvidenceArgs, matched};
use crate::output::{Answer, Failure, Outcome, print_json, print_line, write_whole};
use crate::photo::{DetectArgs, FaceView, ModelsView, PackArgs, Subject, Timing, since, subject};

/// Compare two photos: exit code 0 same person, 1 not the same or not decidable, 2 error
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The photo that is known to be the person
    reference: PathBuf,
    /// The photo in question
    probe: PathBuf,
    /// False match rate that the threshold stands for, 1e-6 to 1e-2
    #[arg(long, default_value_t = 1e-4)]
    fmr: f64,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
    /// Also check liveness and quality of the probe
    #[arg(long)]
    pad: bool,
    #[command(flatten)]
    evidence: EvidenceArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write both photos side by side with what was found in them
    #[arg(long, value_name = "OUT.png")]
    annotate: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    outcome: Answered,
    reason: Option<Reason>,
    score: Option<f32>,
    threshold: Option<f32>,
    fmr: f64,
    extrapolated: Option<bool>,
    probability: Option<f64>,
    reference: PhotoReport,
    probe: PhotoReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    pad: Option<Pad>,
    #[serde(skip_serializing_if = "Option::is_none")]
    face_evidence: Option<FaceEvidence>,
    models: ModelsView,
    timing_ms: Timings,
}

/// Liveness and quality of the probe.
#[derive(Serialize)]
struct Pad {
    liveness: Verdict,
    score: Option<f32>,
    quality: Option<Quality>,
}

#[derive(Serialize)]
struct PhotoReport {
    face: Option<FaceView>,
    reason: Option<Reason>,
}

#[derive(Serialize)]
struct Timings {
    reference: Timing,
    probe: Timing,
    compare: f64,
    total: f64,
}

pub fn run(args: &Args) -> Outcome {
    let start = Instant::now();
    let engine = args.pack.engine()?;
    let options = VerifyOptions { fmr: args.fmr, detect: args.detect.options(), ..VerifyOptions::default() };
    let calibration = engine.calibration().map_err(Failure::new)?;
    calibration.map_or(Ok(()), |c| c.at_fmr(args.fmr).map(drop)).map_err(Failure::new)?;
    let [reference, probe] = both(&engine, [&args.reference, &args.probe], &options)?;

    let comparing = Instant::now();
    let comparison = match (&reference.face, &probe.face) {
        (Ok((_, a)), Ok((_, b))) => Some(compare(&engine, a, b, args.fmr).map_err(Failure::new)?),
        _ => None,
    };
    let mut report = report(&engine, args.fmr, &reference, &probe, comparison, [comparing, start]);
    if args.pad {
        let pad = look(&engine, &probe)?;
        report.face_evidence = evidence(&engine, args, &report, &pad, [&reference, &probe]);
        report.pad = Some(pad);
    }
    if let Some(path) = &args.annotate {
        let pictures = [&reference, &probe].map(|s| annotate::faces(&s.image, s.face.iter().map(|(f, _)| f)));
        write_whole(path, &annotate::side_by_side(&pictures)?)?;
    }
    if args.json {
        print_json(&report)?
    } else {
        print_line(in_words(&report, args))?
    }
    Ok(if report.outcome == Answered::Match { Answer::Yes } else { Answer::No })
}

/// Both photos at once, with the embedder loading beside them.
fn both(engine: &Engine, paths: [&Path; 2], options: &VerifyOptions) -> Result<[Subject; 2], Failure> {
    std::thread::scope(|threads| {
        threads.spawn(|| engine.prepare()); // whoever embeds gets its error
        let probe = threads.spawn(|| subject(engine, paths[1], options));
        let reference = subject(engine, paths[0], options)?;
        let probe = probe.join().map_err(|_| Failure::at(paths[1], "could not be looked at"))??;
        Ok([reference, probe])
    })
}

fn report(
    engine: &Engine,
    fmr: f64,
    reference: &Subject,
    probe: &Subject,
    comparison: Option<Comparison>,
    [comparing, start]: [Instant; 2],
) -> Report {
    let photo = |s: &Subject| PhotoReport {
        face: s.face.as_ref().ok().map(|(face, _)| FaceView::from(*face)),
        reason: s.face.as_ref().err().copied(),
    };
    let (reference_report, probe_report) = (photo(reference), photo(probe));
    Report {
        outcome: comparison.map_or(Answered::NotDecidable, |c| c.outcome()),
        reason: reference_report.reason.or(probe_report.reason),
        score: comparison.map(|c| c.score),
        threshold: comparison.map(|c| c.threshold),
        fmr,
        extrapolated: comparison.map(|c| c.extrapolated),
        probability: comparison.and_then(|c| c.probability),
        reference: reference_report,
        probe: probe_report,
        pad: None,
        face_evidence: None,
        models: ModelsView::of(engine),
        timing_ms: Timings {
            reference: reference.timing,
            probe: probe.timing,
            compare: since(comparing),
            total: since(start),
        },
    }
}

/// Liveness and quality of a photo's face, judged as a phone's.
fn look(engine: &Engine, probe: &Subject) -> Result<Pad, Failure> {
    let Ok((face, _)) = &probe.face else {
        let measured = engine.pack().manifest().liveness.is_some();
        let liveness = if measured { Verdict::Uncertain } else { Verdict::NotRun };
        return Ok(Pad { liveness, score: None, quality: None });
    };
    let look = engine.look(&probe.image, face).map_err(Failure::new)?;
    let quality = engine.quality(&probe.image, &[*face], face, &look, Profile::Phone).map_err(Failure::new)?;
    let scored = engine.liveness(&probe.image, &face.rect, Crops::Both).map_err(Failure::new)?;
    let liveness = scored.map_or(Verdict::NotRun, |s| s.verdict);
    Ok(Pad { liveness, score: scored.map(|s| s.live_log_odds), quality: Some(quality) })
}

/// The evidence of two photos; its digest is over the digests of their pixels.
fn evidence(engine: &Engine, args: &Args, report: &Report, pad: &Pad, photos: [&Subject; 2]) -> Option<FaceEvidence> {
    let digests = photos.map(|s| s.image.sha256());
    let quality = pad.quality.as_ref();
    let liveness = match pad.liveness {
        Verdict::Live => None,
        Verdict::Spoof => Some(Reason::LivenessSpoof),
        Verdict::Uncertain => Some(Reason::LivenessUncertain),
        Verdict::NotRun => Some(Reason::LivenessNotRun),
    };
    let measured = Measured {
        matched: matched(Some(report.outcome), args.fmr),
        liveness: pad.liveness,
        challenge: None,
        quality: quality.map(|q| q.pass),
        reasons: report
            .reason
            .into_iter()
            .chain(quality.map(Quality::reasons).unwrap_or_default())
            .chain(liveness)
            .collect(),
        digest: Sha256::digest(digests.as_flattened()).into(),
        after_s: 0,
        nonce: NonceCheck::NotChecked,
    };
    args.evidence.evidence(engine, &measured)
}

fn in_words(report: &Report, args: &Args) -> String {
    let side = if report.reference.reason.is_some() { &args.reference } else { &args.probe };
    if let Some(entry) = report.reason.and_then(Reason::entry) {
        return format!("not decidable: {}: {} {}", side.display(), entry.en, entry.en_next);
    }
    let words = if report.outcome == Answered::Match { "same person" } else { "not shown to be the same person" };
    let (score, threshold) = (report.score.unwrap_or_default(), report.threshold.unwrap_or_default());
    let note = if report.extrapolated == Some(true) { ", extrapolated" } else { "" };
    format!("{words}: score {score:.3}, threshold {threshold:.3} at false match rate {:e}{note}", report.fmr)
}
