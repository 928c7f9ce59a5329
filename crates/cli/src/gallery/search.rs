//! `facecert search`: who in a gallery looks most like a photo.

use std::path::PathBuf;

use facecert_core::verify::VerifyOptions;
use facecert_match::{Search, Wanted, Workers};

use super::Purpose;
use super::sealed::{KeyArgs, Stored};
use crate::output::{Answer, Failure, Outcome, print_line};
use crate::photo::{DetectArgs, PackArgs, subject};

/// List the people who look most like a photo: exit code 1 if its face cannot be used or nobody is stored
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The gallery, plain or sealed
    gallery: PathBuf,
    /// The photo
    photo: PathBuf,
    /// How many people to list
    #[arg(short, default_value_t = 10)]
    k: usize,
    #[command(flatten)]
    purpose: Purpose,
    /// Threads; 0 for one on each processor
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
}

pub fn run(args: &Args) -> Outcome {
    let gallery = Stored::open(&args.gallery, &args.key)?;
    args.purpose.announce([gallery.count()]);
    let engine = args.pack.engine()?;
    let options = VerifyOptions { detect: args.detect.options(), ..VerifyOptions::default() };
    let template = match subject(&engine, &args.photo, &options)?.face {
        Ok((_, template)) => template,
        Err(reason) => {
            let text = reason.entry().map_or(reason.code(), |entry| &entry.en);
            print_line(format_args!("{}: {text}", args.photo.display()))?;
            return Ok(Answer::No);
        }
    };
    let workers = Workers::new(args.threads).map_err(Failure::new)?;
    let search = Search::new(gallery.rows()).map_err(Failure::new)?.workers(&workers);
    let (hits, _) = search.one(&template, Wanted::top(args.k)).map_err(Failure::new)?;
    let calibration = engine.calibration().map_err(Failure::new)?;
    print_line("rank\tid\tscore\tfalse_match_rate")?;
    for (rank, hit) in hits.iter().enumerate() {
        let fmr = calibration.and_then(|c| c.fmr_at(hit.score)).map(|fmr| format!("{fmr:.1e}"));
        let (name, fmr) = (gallery.name(hit.row)?, fmr.unwrap_or_default());
        print_line(format_args!("{}\t{name}\t{:.4}\t{fmr}", rank + 1, hit.score))?;
    }
    Ok(if gallery.rows().is_empty() { Answer::No } else { Answer::Yes })
}
