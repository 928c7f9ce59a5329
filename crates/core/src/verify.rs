//! Are two photos of the same person? The pipeline on one page.
//!
//! ```text
//! photo ─ decode ─ Image ─ detect ─ faces ─ main_face ─ embed ─ Template ┐
//!                                                                        ├ compare ─ score ─ threshold by FMR
//! photo ─ decode ─ Image ─ detect ─ faces ─ main_face ─ embed ─ Template ┘
//! ```
//!
//! Each stage is a function from one owned value to the next; [`Engine`] holds the nets. Whoever calls the stages keeps
//! time and collects reasons.

use serde::Serialize;

use crate::calibration::Calibration;
use crate::detect::{DetectOptions, Face};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::frame::Image;
use crate::reason::Reason;
use facecert_match::{Template, reference};

/// A second face of at least this share of the largest one's side makes a photo ambiguous.
const LIKE_SIZE: f32 = 0.7;

/// What the answer shall rest on.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// The false match rate that the threshold stands for, 1e-6 to 1e-2.
    pub fmr: f64,
    /// Faces whose eyes are nearer than this are not decided on, in pixels. A chip portrait has 27.
    pub min_inter_eye_px: f32,
    /// How faces are looked for.
    pub detect: DetectOptions,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { fmr: 1e-4, min_inter_eye_px: 14.0, detect: DetectOptions::default() }
    }
}

/// The answer's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The same person, at the false match rate asked for.
    Match,
    /// Not shown to be the same person.
    NoMatch,
    /// A photo does not allow an answer.
    NotDecidable,
}

/// The score of two templates and what it means.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Cosine, -1 to 1. Not a percentage of anything.
    pub score: f32,
    /// The pair matches from here on.
    pub threshold: f32,
    /// False match rate that the threshold stands for.
    pub fmr: f64,
    /// The threshold was extrapolated: fewer than 30 false matches were seen when it was set.
    pub extrapolated: bool,
    /// Probability of the same person at the calibration's stated prior, if it has one.
    pub probability: Option<f64>,
}

impl Comparison {
    /// Match or not.
    pub fn outcome(&self) -> Outcome {
        if self.score >= self.threshold { Outcome::Match } else { Outcome::NoMatch }
    }
}

/// A full answer about two photos.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The answer.
    pub outcome: Outcome,
    /// Why there is none, and in which photo.
    pub reason: Option<(Side, Reason)>,
    /// The comparison, when there was one.
    pub comparison: Option<Comparison>,
}

/// Which of the two photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The photo that is known to be the person.
    Reference,
    /// The photo in question.
    Probe,
}

/// Decodes nothing, but does all the rest: two pictures in, an answer out.
///
/// ```
/// use facecert_core::{engine::Engine, frame::{Image, Limits}, verify::{Outcome, VerifyOptions, verify}};
/// # let photo = |name: &str| concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/photos/").to_owned() + name;
/// let engine = Engine::embedded()?;
/// let reference = Image::open(photo("obama-1.jpg").as_ref(), &Limits::default())?;
/// let probe = Image::open(photo("obama-2.jpg").as_ref(), &Limits::default())?;
/// let answer = verify(&engine, &reference, &probe, &VerifyOptions::default())?;
/// assert_eq!(answer.outcome, Outcome::Match);
/// # Ok::<(), facecert_core::Error>(())
/// ```
///
/// # Errors
/// [`Error::Fmr`] for a rate outside the calibration, [`Error::Pack`] or [`Error::Net`] if the pack is damaged.
pub fn verify(engine: &Engine, reference: &Image, probe: &Image, options: &VerifyOptions) -> Result<Verification> {
    let mut templates = Vec::with_capacity(2);
    for (side, image) in [(Side::Reference, reference), (Side::Probe, probe)] {
        match main_face(&engine.detect(image, &options.detect)?, options.min_inter_eye_px) {
            Ok(face) => templates.push(engine.embed(image, &face)?),
            Err(reason) => {
                return Ok(Verification {
                    outcome: Outcome::NotDecidable,
                    reason: Some((side, reason)),
                    comparison: None,
                });
            }
        }
    }
    let comparison = compare(engine, &templates[0], &templates[1], options.fmr)?;
    Ok(Verification { outcome: comparison.outcome(), reason: None, comparison: Some(comparison) })
}

/// The face that a photo is of: the largest one, if it is large enough and no other is of like size.
pub fn main_face(faces: &[Face], min_inter_eye_px: f32) -> std::result::Result<Face, Reason> {
    let side = |f: &Face| f.rect.area().sqrt();
    let largest = faces.iter().max_by(|a, b| side(a).total_cmp(&side(b))).ok_or(Reason::NoFace)?;
    if faces.iter().filter(|f| side(f) >= LIKE_SIZE * side(largest)).count() > 1 {
        return Err(Reason::SeveralFaces);
    }
    if largest.inter_eye_px() < min_inter_eye_px {
        return Err(Reason::FaceTooSmall);
    }
    Ok(*largest)
}

/// Compares two templates of the engine's contract at a false match rate.
///
/// # Errors
/// As [`compare_by`]; [`Error::NoCalibration`] if the pack has none.
pub fn compare(engine: &Engine, a: &Template, b: &Template, fmr: f64) -> Result<Comparison> {
    compare_by(engine.calibration()?.ok_or(Error::NoCalibration)?, a, b, fmr)
}

/// Compares two templates of the calibration's contract at a false match rate.
///
/// # Errors
/// [`Error::Contract`] if a template is of another contract, [`Error::Fmr`] for a rate outside the calibration.
pub fn compare_by(calibration: &Calibration, a: &Template, b: &Template, fmr: f64) -> Result<Comparison> {
    if a.contract() != calibration.contract || b.contract() != calibration.contract {
        return Err(Error::Contract);
    }
    let point = calibration.at_fmr(fmr)?;
    let score = reference::score(a.values(), b.values());
    Ok(Comparison {
        score,
        threshold: point.threshold,
        fmr,
        extrapolated: point.extrapolated,
        probability: calibration.probability.map(|p| p.of(score)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::{Point, Rect};

    fn face(side: f32, inter_eye_px: f32) -> Face {
        let mut points = [Point::default(); 5];
        points[1].x = inter_eye_px;
        Face { rect: Rect::new(0.0, 0.0, side, side), points, score: 0.9 }
    }

    #[test]
    fn the_face_of_a_photo_is_the_largest_unless_another_is_of_like_size() {
        assert_eq!(main_face(&[], 14.0), Err(Reason::NoFace));
        assert_eq!(main_face(&[face(50.0, 20.0), face(100.0, 40.0)], 14.0), Ok(face(100.0, 40.0)));
        assert_eq!(main_face(&[face(80.0, 30.0), face(100.0, 40.0)], 14.0), Err(Reason::SeveralFaces));
        assert_eq!(main_face(&[face(30.0, 12.0)], 14.0), Err(Reason::FaceTooSmall));
    }
}
