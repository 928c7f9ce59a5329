//! `facecert enrol`: photos or templates into a gallery.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use facecert_core::engine::Engine;
use facecert_core::reason::Reason;
use facecert_core::verify::VerifyOptions;
use facecert_core::{ContractId, Template};
use facecert_match::gallery::Writer;
use facecert_match::{Label, MatchError};
use rayon::prelude::*;

use super::name::Name;
use super::{Purpose, open};
use crate::labelled;
use crate::output::{Answer, Failure, Outcome, print_line};
use crate::photo::{DetectArgs, PackArgs, subject};
use crate::progress;

/// Photos between two commits: after an interruption the rest is done by the same command.
const COMMIT_PHOTOS: usize = 4096;
/// Photos that are decoded and embedded at once.
const BATCH_PHOTOS: usize = 64;

/// Add photos, or templates from elsewhere, to a gallery; the file is created if it is not there
///
/// DIR holds DIR/PERSON/PHOTO, or photos whose name without the ending is the person.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of photos
    #[arg(required_unless_present = "templates", conflicts_with = "templates")]
    dir: Option<PathBuf>,
    /// The gallery
    #[arg(short, long, value_name = "G")]
    output: PathBuf,
    /// Templates from elsewhere: a two-dimensional f32 array, one row each
    #[arg(long, value_name = "F.npy", requires_all = ["ids", "contract"])]
    templates: Option<PathBuf>,
    /// Their names: row, id and person, separated by tabs
    #[arg(long, value_name = "F.tsv", requires = "templates")]
    ids: Option<PathBuf>,
    /// Their contract: 64 hexadecimal digits that stand for the model and settings that made them
    #[arg(long, value_name = "ID", requires = "templates")]
    contract: Option<ContractId>,
    #[command(flatten)]
    purpose: Purpose,
    #[command(flatten)]
    pack: PackArgs,
    #[command(flatten)]
    detect: DetectArgs,
}

pub fn run(args: &Args) -> Outcome {
    match (&args.dir, &args.templates, &args.ids, args.contract) {
        (Some(dir), ..) => photos(args, dir),
        (_, Some(array), Some(ids), Some(contract)) => templates(args, array, ids, contract),
        _ => Err(Failure::new("name a folder of photos, or --templates, --ids and --contract")),
    }
}

/// All rows of the array or none.
fn templates(args: &Args, array: &Path, ids: &Path, contract: ContractId) -> Outcome {
    let start = Instant::now();
    let templates = labelled::read(array, ids)?;
    let mut writer = writer(&args.output, contract, templates.dim)?;
    let bar = progress::bar(templates.labels.len() as u64, "templates");
    for (row, label) in templates.labels.iter().enumerate() {
        let fault = |cause: MatchError| Failure::at(array, format_args!("row {row}: {cause}"));
        let template = Template::new(contract, templates.row(row)).map_err(fault)?;
        append(&mut writer, &label.id, &label.person, &template).map_err(fault)?;
        bar.inc(1);
    }
    writer.commit().map_err(Failure::new)?;
    bar.finish_and_clear();
    let count = templates.labels.len();
    print_line(format_args!("{count} templates added, {:.0} per second", rate(count, start)))?;
    finish(args, writer)
}

/// A photo and who it is of.
struct Photo {
    path: PathBuf,
    /// PERSON/PHOTO, or PHOTO.
    id: String,
    person: String,
}

fn photos(args: &Args, dir: &Path) -> Outcome {
    let engine = args.pack.engine()?;
    let options = VerifyOptions { detect: args.detect.options(), ..VerifyOptions::default() };
    let photos = find(dir)?;
    let dim = engine.pack().manifest().embedder.dim;
    let mut writer = writer(&args.output, engine.contract(), dim)?;
    let (start, bar) = (Instant::now(), progress::bar(photos.len() as u64, "photos"));
    let (mut added, mut skipped) = (0, Vec::new());
    for (number, batch) in photos.chunks(BATCH_PHOTOS).enumerate() {
        let made: Vec<_> = batch.par_iter().map(|photo| template(&engine, &writer, photo, &options)).collect();
        for (photo, made) in batch.iter().zip(made) {
            match made {
                Ok(template) => {
                    append(&mut writer, &photo.id, &photo.person, &template).map_err(Failure::new)?;
                    added += 1;
                }
                Err(line) => skipped.push(line),
            }
        }
        if (number + 1) % (COMMIT_PHOTOS / BATCH_PHOTOS) == 0 {
            writer.commit().map_err(Failure::new)?;
        }
        bar.inc(batch.len() as u64);
    }
    writer.commit().map_err(Failure::new)?;
    bar.finish_and_clear();
    for line in &skipped {
        print_line(format_args!("skipped {line}"))?;
    }
    let per_second = rate(photos.len(), start);
    print_line(format_args!("{added} photos added, {} skipped, {per_second:.1} photos per second", skipped.len()))?;
    finish(args, writer)
}

/// The template of a photo, or a line that says why there is none.
fn template(engine: &Engine, writer: &Writer, photo: &Photo, options: &VerifyOptions) -> Result<Template, Failure> {
    if writer.contains(Name::new(&photo.id).id) {
        return Err(Failure::at(&photo.path, "is in the gallery already"));
    }
    let face = subject(engine, &photo.path, options)?.face;
    let why_not = |reason: Reason| Failure::at(&photo.path, reason.entry().map_or(reason.code(), |entry| &entry.en));
    face.map(|(_, template)| template).map_err(why_not)
}

fn writer(path: &Path, contract: ContractId, dim: usize) -> Result<Writer, Failure> {
    if path.exists() {
        return Writer::open(path).map_err(Failure::new);
    }
    let mut creation_id = [0; 16];
    getrandom::fill(&mut creation_id).map_err(Failure::new)?;
    Writer::create(path, contract, dim, creation_id).map_err(Failure::new)
}

fn append(writer: &mut Writer, id: &str, person: &str, template: &Template) -> Result<(), MatchError> {
    let (name, person) = (Name::new(id), Name::new(person).id);
    writer.append(Label { id: name.id, person }, name.key, template).map(drop)
}

fn finish(args: &Args, writer: Writer) -> Outcome {
    drop(writer);
    args.purpose.announce(&[&open(&args.output)?]);
    Ok(Answer::Yes)
}

fn rate(count: usize, start: Instant) -> f64 {
    count as f64 / start.elapsed().as_secs_f64().max(1e-9)
}

/// The photos of a folder in the order of their names. Hidden files are left out.
fn find(dir: &Path) -> Result<Vec<Photo>, Failure> {
    let mut photos = Vec::new();
    for path in entries(dir)? {
        if path.is_dir() {
            let person = text(path.file_name());
            for path in entries(&path)?.into_iter().filter(|path| path.is_file()) {
                let id = format!("{person}/{}", text(path.file_name()));
                photos.push(Photo { path, id, person: person.clone() });
            }
        } else {
            let (id, person) = (text(path.file_name()), text(path.file_stem()));
            photos.push(Photo { path, id, person });
        }
    }
    if photos.is_empty() {
        return Err(Failure::at(dir, "no photos; expected DIR/PERSON/PHOTO or DIR/PERSON.jpg"));
    }
    Ok(photos)
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let list = fs::read_dir(dir).and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect());
    let mut paths: Vec<PathBuf> = list.map_err(|e: std::io::Error| Failure::at(dir, e))?;
    paths.retain(|path| !text(path.file_name()).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn text(name: Option<&std::ffi::OsStr>) -> String {
    name.unwrap_or_default().to_string_lossy().into_owned()
}
