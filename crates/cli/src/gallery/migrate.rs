//! `facecert gallery migrate`: from one model to another. Templates of two models do not compare, so a person is enrolled
//! anew from a photo; until then both galleries are kept, and a subject may have templates in each.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use facecert_core::ContractId;
use facecert_core::verify::VerifyOptions;
use facecert_match::gallery::Gallery;
use facecert_match::{MatchError, Rows as _};

use super::name::Name;
use super::{open, photos, row_name, writer};
use crate::output::{Answer, Failure, Outcome, print_line};
use crate::photo::{DetectArgs, PackArgs};

/// Enrol the people of a gallery under another model, from their photos, and list who has the old one only
///
/// The gallery stays as it is; the templates of the new model go into a file beside it. Exit code 0 if nobody is left
/// behind, 1 if somebody is. The same command goes on where it was interrupted.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The gallery
    gallery: PathBuf,
    /// Folder of photos, as `enrol` takes it; without it nobody is enrolled
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
    /// The gallery of the new model; by default GALLERY and the head of the new contract
    #[arg(short, long, value_name = "NEW")]
    output: Option<PathBuf>,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
}

pub fn run(args: &Args) -> Outcome {
    let engine = args.pack.engine()?;
    let old = open(&args.gallery)?;
    let contract = engine.contract();
    if old.contract() == contract {
        return Err(Failure::at(&args.gallery, "is of this model already; name another with --pack"));
    }
    let new = args.output.clone().unwrap_or_else(|| beside(&args.gallery, contract));
    if let Some(folder) = &args.photos {
        let people = people(&old).map_err(Failure::new)?;
        let (of_old, of_others): (Vec<_>, Vec<_>) =
            photos::find(folder)?.into_iter().partition(|photo| people.contains(&Name::new(&photo.person).id));
        let options = VerifyOptions { detect: args.detect.options(), ..VerifyOptions::default() };
        let mut writer = writer(&new, contract, engine.pack().manifest().embedder.dim)?;
        let added = photos::add(&of_old, &mut writer, &engine, &options)?;
        let (skipped, others) = (of_old.len() - added, of_others.len());
        print_line(format_args!(
            "{added} photos added, {skipped} skipped, {others} of people who are not in the gallery"
        ))?;
    }
    report(&old, &new, contract)
}

/// GALLERY.1a2b3c4d5e6f
fn beside(gallery: &Path, contract: ContractId) -> PathBuf {
    let mut name = gallery.as_os_str().to_owned();
    name.push(format!(".{:.12}", contract.to_string()));
    name.into()
}

/// Says who has templates of both, and of the old model only.
fn report(old: &Gallery, new: &Path, contract: ContractId) -> Outcome {
    let moved = if new.exists() {
        let gallery = open(new)?;
        if gallery.contract() != contract {
            return Err(Failure::at(new, "is of another model; name another file with --output"));
        }
        people(&gallery).map_err(Failure::new)?
    } else {
        HashSet::new()
    };
    let mut left = HashSet::new();
    for row in live(old) {
        let row = row.map_err(Failure::new)?;
        let person = old.label(row).map_err(Failure::new)?.person;
        if !moved.contains(&person) && left.insert(person) {
            print_line(format_args!("old model only: {}", row_name(old, row)?))?;
        }
    }
    let both = old.subjects() as usize - left.len();
    print_line(format_args!(
        "{both} people in {}, {} left behind; both galleries are kept",
        new.display(),
        left.len()
    ))?;
    Ok(if left.is_empty() { Answer::Yes } else { Answer::No })
}

fn people(gallery: &Gallery) -> Result<HashSet<u64>, MatchError> {
    live(gallery).map(|row| Ok(gallery.label(row?)?.person)).collect()
}

/// The rows that were not removed.
fn live(gallery: &Gallery) -> impl Iterator<Item = Result<usize, MatchError>> {
    (0..gallery.len()).filter_map(|row| {
        let stays = gallery.label(row).and_then(|label| Ok(gallery.row_of(label.id)? == Some(row)));
        stays.map(|stays| stays.then_some(row)).transpose()
    })
}
