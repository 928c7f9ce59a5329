//! `facecert liveness`: does a photo show a living person, or a print or a screen?

use std::path::PathBuf;

use facecert_core::liveness::{Thresholds, Verdict};
use facecert_core::look::Crops;
use facecert_core::reason::Reason;
use facecert_core::verify::main_face;
use serde::Serialize;

use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{DetectArgs, PackArgs, open};

/// Passive liveness of photos: exit code 0 if all are of living people, 1 otherwise
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The photos
    #[arg(required = true)]
    photos: Vec<PathBuf>,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
    /// Print JSON, one line per photo
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    image: String,
    verdict: Verdict,
    /// Logarithm of the odds of a living person.
    score: Option<f32>,
    thresholds: Option<Thresholds>,
    reason: Option<Reason>,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let thresholds = engine.pack().manifest().liveness.as_ref().map(|l| l.thresholds);
    let mut answer = Answer::Yes;
    for path in &args.photos {
        let image = open(path)?;
        let faces = engine.detect(&image, &args.detect.options()).map_err(|e| Failure::at(path, e))?;
        let face = main_face(&faces, 0.0);
        let scored = match &face {
            Ok(face) => engine.liveness(&image, &face.rect, Crops::Both).map_err(|e| Failure::at(path, e))?,
            Err(_) => None,
        };
        let undecided = if thresholds.is_some() { Verdict::Uncertain } else { Verdict::NotRun };
        let verdict = scored.map_or(undecided, |s| s.verdict);
        if verdict != Verdict::Live {
            answer = Answer::No;
        }
        let score = scored.map(|s| s.live_log_odds);
        let report = Report { image: path.display().to_string(), verdict, score, thresholds, reason: face.err() };
        if args.json { print_json(&report)? } else { print_words(&report)? }
    }
    Ok(answer)
}

fn print_words(report: &Report) -> Result<(), Failure> {
    let words = match report.verdict {
        Verdict::Live => "a living person",
        Verdict::Spoof => "looks like a print or a screen",
        Verdict::Uncertain => "cannot be told",
        Verdict::NotRun => "not checked: the pack has no net for liveness",
    };
    let score = report.score.map_or(String::new(), |s| format!(", log-odds {s:.2}"));
    print_line(format_args!("{}: {words}{score}", report.image))
}
