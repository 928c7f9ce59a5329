//! Photos of a folder, into a gallery.

use std::fs;
use std::path::{Path, PathBuf};

use facecert_core::Template;
use facecert_core::engine::Engine;
use facecert_core::reason::Reason;
use facecert_core::verify::VerifyOptions;
use facecert_match::gallery::Writer;
use rayon::prelude::*;

use super::append;
use super::name::Name;
use crate::output::{Failure, print_line};
use crate::photo::subject;
use crate::progress;

/// Photos between two commits: after an interruption the rest is done by the same command.
const COMMIT_PHOTOS: usize = 4096;
/// Photos that are decoded and embedded at once.
const BATCH_PHOTOS: usize = 64;

/// A photo and who it is of.
pub struct Photo {
    path: PathBuf,
    /// PERSON/PHOTO, or PHOTO.
    id: String,
    /// The person's name in the folder.
    pub person: String,
}

/// Adds photos, says which ones were skipped and why, and returns how many were added.
pub fn add(photos: &[Photo], writer: &mut Writer, engine: &Engine, options: &VerifyOptions) -> Result<usize, Failure> {
    let bar = progress::bar(photos.len() as u64, "photos");
    let (mut added, mut skipped) = (0, Vec::new());
    for (number, batch) in photos.chunks(BATCH_PHOTOS).enumerate() {
        let made: Vec<_> = batch.par_iter().map(|photo| template(engine, writer, photo, options)).collect();
        for (photo, made) in batch.iter().zip(made) {
            match made {
                Ok(template) => {
                    append(writer, &photo.id, &photo.person, &template).map_err(Failure::new)?;
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
    Ok(added)
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

/// The photos of a folder in the order of their names. Hidden files are left out.
pub fn find(dir: &Path) -> Result<Vec<Photo>, Failure> {
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
