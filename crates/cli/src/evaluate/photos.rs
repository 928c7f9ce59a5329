//! Templates of many photos, on all cores, in the order of the list.

use std::path::{Path, PathBuf};

use facecert_core::Template;
use facecert_core::detect::Face;
use facecert_core::engine::Engine;
use facecert_core::frame::Image;
use facecert_core::verify::VerifyOptions;
use rayon::prelude::*;

use crate::output::Failure;
use crate::photo::open;
use crate::progress;

/// The template of each photo, of the face nearest to its centre; `None` where no face was found.
pub fn templates(engine: &Engine, photos: &[PathBuf]) -> Result<Vec<Option<Template>>, Failure> {
    let bar = progress::bar(photos.len() as u64, "photos");
    let one = |path: &PathBuf| {
        let found = template(engine, path);
        bar.inc(1);
        found
    };
    let found = photos.par_iter().map(one).collect();
    bar.finish_and_clear();
    found
}

fn template(engine: &Engine, path: &Path) -> Result<Option<Template>, Failure> {
    let image = open(path)?;
    let faces = engine.detect(&image, &VerifyOptions::default().detect).map_err(|e| Failure::at(path, e))?;
    let Some(face) = nearest_to_centre(&faces, &image) else { return Ok(None) };
    engine.embed(&image, face).map(Some).map_err(|e| Failure::at(path, e))
}

/// Of several faces the one nearest to the middle of the photo.
pub fn nearest_to_centre<'a>(faces: &'a [Face], image: &Image) -> Option<&'a Face> {
    let centre = facecert_core::geometry::Point::new(image.width() as f32 / 2.0, image.height() as f32 / 2.0);
    faces.iter().min_by(|a, b| a.rect.centre().distance(centre).total_cmp(&b.rect.centre().distance(centre)))
}
