//! `facecert quality`: is a photo good enough, and what should be done about it?

use std::path::PathBuf;

use facecert_core::quality::{Profile, Quality};
use facecert_core::reason::Reason;
use serde::Serialize;

use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{DetectArgs, PackArgs, look_at};

/// Judge the face image of photos by ISO/IEC 29794-5: exit code 1 if one does not pass
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The photos
    #[arg(required = true)]
    images: Vec<PathBuf>,
    /// What they are for: `id_chip`, `id_reference`, `kiosk` or `phone`
    #[arg(long, default_value_t = Profile::Phone)]
    profile: Profile,
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
    pass: bool,
    reasons: Vec<Reason>,
    quality: Option<Quality>,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let mut answer = Answer::Yes;
    for path in &args.images {
        let quality = look_at(&engine, path, &args.detect.options())?.map(|at| {
            engine.quality(&at.image, &at.faces, &at.face, &at.look, args.profile).map_err(|e| Failure::at(path, e))
        });
        let report = match quality {
            Ok(quality) => {
                let quality = quality?;
                Report {
                    image: path.display().to_string(),
                    pass: quality.pass,
                    reasons: quality.reasons(),
                    quality: Some(quality),
                }
            }
            Err(reason) => {
                Report { image: path.display().to_string(), pass: false, reasons: vec![reason], quality: None }
            }
        };
        if !report.pass {
            answer = Answer::No;
        }
        if args.json { print_json(&report)? } else { print_words(&report)? }
    }
    Ok(answer)
}

fn print_words(report: &Report) -> Result<(), Failure> {
    let unified = report.quality.as_ref().map_or(0.0, |q| q.unified);
    let words = if report.pass { "passes" } else { "does not pass" };
    print_line(format_args!("{}: {words}, {unified:.0} of 100", report.image))?;
    for item in report.quality.iter().flat_map(|q| &q.components) {
        let mark = if item.pass { ' ' } else { '!' };
        print_line(format_args!("{mark} {:24} {:>9.3} {:>4.0}", item.component.name(), item.raw, item.scalar))?;
    }
    for entry in report.reasons.iter().filter_map(|r| r.entry()) {
        print_line(format_args!("  {} {}", entry.zh, entry.zh_next))?;
    }
    Ok(())
}
