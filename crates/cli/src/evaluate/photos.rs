//! Templates of many photos, on all cores, in the order of the list.

use std::path::{Path, PathBuf};

use facecert_core::Template;
use facecert_core::detect::Face;
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, Limits, warp};
use facecert_core::geometry::{Point, Similarity};
use facecert_core::verify::VerifyOptions;
use image::codecs::jpeg::JpegEncoder;
use rayon::prelude::*;

use crate::output::Failure;
use crate::photo::open;
use crate::progress;

/// Portraits as a card's chip has them: width and height in pixels, where the eyes lie, JPEG quality.
const CARD: (u32, u32) = (102, 126);
const CARD_EYES: [Point; 2] = [Point::new(37.5, 55.0), Point::new(64.5, 55.0)];
const CARD_QUALITY: u8 = 30;

/// As what a photo is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// As it is.
    Photo,
    /// As the portrait on an identity card's chip that was made from it.
    Card,
}

/// The template of each photo, of the face nearest to its centre; `None` where no face was found.
pub fn templates(engine: &Engine, photos: &[PathBuf], view: View) -> Result<Vec<Option<Template>>, Failure> {
    let bar = progress::bar(photos.len() as u64, "photos");
    let one = |path: &PathBuf| {
        let found = template(engine, path, view);
        bar.inc(1);
        found
    };
    let found = photos.par_iter().map(one).collect();
    bar.finish_and_clear();
    found
}

fn template(engine: &Engine, path: &Path, view: View) -> Result<Option<Template>, Failure> {
    let fault = |e| Failure::at(path, e);
    let find = |image: &Image| -> Result<Option<Face>, Failure> {
        let faces = engine.detect(image, &VerifyOptions::default().detect).map_err(fault)?;
        Ok(nearest_to_centre(&faces, image).copied())
    };
    let image = open(path)?;
    let Some(face) = find(&image)? else { return Ok(None) };
    if view == View::Photo {
        return engine.embed(&image, &face).map(Some).map_err(fault);
    }
    let card = card_portrait(&image, &face).map_err(|e| Failure::at(path, e))?;
    let Some(face) = find(&card)? else { return Ok(None) };
    engine.embed(&card, &face).map(Some).map_err(fault)
}

/// The portrait on a chip: eyes 27 px apart in 102x126, JPEG 30.
fn card_portrait(image: &Image, face: &Face) -> Result<Image, Box<dyn std::error::Error>> {
    let to_card = Similarity::fit(&[face.points[0], face.points[1]], &CARD_EYES).ok_or("the eyes coincide")?;
    let portrait = warp(image, &to_card.matrix(), CARD.0, CARD.1, Border::Replicate)?;
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, CARD_QUALITY);
    image::ImageEncoder::write_image(encoder, portrait.data(), CARD.0, CARD.1, image::ExtendedColorType::Rgb8)?;
    Ok(Image::decode(&jpeg, &Limits::default())?)
}

/// Of several faces the one nearest to the middle of the photo.
pub fn nearest_to_centre<'a>(faces: &'a [Face], image: &Image) -> Option<&'a Face> {
    let centre = facecert_core::geometry::Point::new(image.width() as f32 / 2.0, image.height() as f32 / 2.0);
    faces.iter().min_by(|a, b| a.rect.centre().distance(centre).total_cmp(&b.rect.centre().distance(centre)))
}
