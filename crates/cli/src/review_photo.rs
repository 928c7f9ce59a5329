//! `facecert review-photo`: helps a reviewer of the manual route, who looks at a photo of a person with a card and a newspaper.

use std::path::PathBuf;

use facecert_core::Template;
use facecert_core::detect::Face;
use facecert_core::engine::Engine;
use facecert_core::frame::Image;
use facecert_core::reason::Reason;
use facecert_core::verify::{Comparison, Outcome as Answered, VerifyOptions, compare, main_face};
use serde::Serialize;

use crate::output::{Answer, Failure, Outcome, print_json, print_line};
use crate::photo::{DetectArgs, FaceView, PackArgs, open, subject};

/// A face on a held card is at most this large, as a share of the person's own face (sides).
const CARD_SHARE: f32 = 0.6;

/// Compare the person and the portrait on the held card with a reference; a hint for the reviewer, never a decision
///
/// Exit code 0 if both were found and match, 1 otherwise.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The photo: a person who holds a card and a newspaper
    photo: PathBuf,
    /// A photo that is known to be the person
    #[arg(long)]
    reference: PathBuf,
    /// False match rate that the threshold stands for
    #[arg(long, default_value_t = 1e-3)]
    fmr: f64,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    advisory: bool,
    reference_reason: Option<Reason>,
    person: Option<Found>,
    card_portrait: Option<Found>,
    other_faces: usize,
    exif: Dates,
}

#[derive(Serialize)]
struct Found {
    face: FaceView,
    outcome: Answered,
    comparison: Option<Comparison>,
}

/// Dates that the camera wrote; absent in most photos that went through a messenger, and easily changed.
#[derive(Default, Serialize)]
struct Dates {
    taken: Option<String>,
    digitised: Option<String>,
    changed: Option<String>,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    // A card's portrait is small: look closely.
    let options = VerifyOptions { fmr: args.fmr, detect: args.detect.options(), ..VerifyOptions::default() };
    let image = open(&args.photo)?;
    let reference = subject(&engine, &args.reference, &options)?;
    let mut faces = engine.detect(&image, &options.detect).map_err(|e| Failure::at(&args.photo, e))?;
    let side = |f: &Face| f.rect.area().sqrt();
    faces.sort_by(|a, b| side(b).total_cmp(&side(a)));
    let person = faces.first();
    let card = person.and_then(|p| faces[1..].iter().find(|f| side(f) <= CARD_SHARE * side(p)));
    let template = reference.face.as_ref().ok().map(|(_, t)| t);
    let look = |face: Option<&Face>| face.map(|f| found(&engine, &image, f, template, &options)).transpose();
    let report = Report {
        advisory: true,
        reference_reason: reference.face.as_ref().err().copied(),
        person: look(person)?,
        card_portrait: look(card)?,
        other_faces: faces.len().saturating_sub(1 + usize::from(card.is_some())),
        exif: dates(&args.photo)?,
    };
    let matches = |f: &Option<Found>| f.as_ref().is_some_and(|f| f.outcome == Answered::Match);
    let both = matches(&report.person) && matches(&report.card_portrait);
    if args.json {
        print_json(&report)?
    } else {
        print_words(&report)?
    }
    Ok(if both { Answer::Yes } else { Answer::No })
}

fn found(
    engine: &Engine,
    image: &Image,
    face: &Face,
    reference: Option<&Template>,
    options: &VerifyOptions,
) -> Result<Found, Failure> {
    let comparison = match (main_face(&[*face], options.min_inter_eye_px), reference) {
        (Ok(face), Some(reference)) => {
            let template = engine.embed(image, &face).map_err(Failure::new)?;
            Some(compare(engine, &template, reference, options.fmr).map_err(Failure::new)?)
        }
        _ => None,
    };
    Ok(Found { face: (*face).into(), outcome: comparison.map_or(Answered::NotDecidable, |c| c.outcome()), comparison })
}

fn dates(path: &std::path::Path) -> Result<Dates, Failure> {
    let file = std::fs::File::open(path).map_err(|e| Failure::at(path, e))?;
    // A photo without EXIF data is no fault: it simply has no dates.
    let Ok(exif) = exif::Reader::new().read_from_container(&mut std::io::BufReader::new(file)) else {
        return Ok(Dates::default());
    };
    let date = |tag| exif.get_field(tag, exif::In::PRIMARY).map(|f| f.display_value().to_string());
    Ok(Dates {
        taken: date(exif::Tag::DateTimeOriginal),
        digitised: date(exif::Tag::DateTimeDigitized),
        changed: date(exif::Tag::DateTime),
    })
}

fn print_words(report: &Report) -> Result<(), Failure> {
    print_line("advisory only: a person decides")?;
    if let Some(entry) = report.reference_reason.and_then(Reason::entry) {
        print_line(format_args!("reference: {} {}", entry.en, entry.en_next))?;
    }
    for (name, found) in [("person", &report.person), ("portrait on the card", &report.card_portrait)] {
        match found {
            None => print_line(format_args!("{name}: not found"))?,
            Some(Found { comparison: None, .. }) => {
                print_line(format_args!("{name}: found, too small or nothing to compare with"))?
            }
            Some(Found { comparison: Some(c), .. }) => {
                let words = if c.outcome() == Answered::Match { "matches" } else { "does not match" };
                print_line(format_args!(
                    "{name}: {words} the reference, score {:.3}, threshold {:.3}",
                    c.score, c.threshold
                ))?;
            }
        }
    }
    print_line(format_args!(
        "photo taken (by the camera's own clock): {}",
        report.exif.taken.as_deref().unwrap_or("not stated")
    ))
}
