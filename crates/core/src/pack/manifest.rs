//! `manifest.toml`: what a pack holds, with digests, and every setting that turns pixels into answers.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::geometry::{FivePoints, Point};
use crate::liveness::Thresholds;
use crate::net::Input;

/// The file's name in the pack's folder.
pub const FILE: &str = "manifest.toml";

/// The whole manifest; unknown keys are faults.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this layout: 1.
    pub format: u32,
    /// Name of the pack, for people and records.
    pub id: String,
    /// Finds faces.
    pub detector: Detector,
    /// Refines the five points, if there is one.
    pub refiner: Option<Refiner>,
    /// Makes templates.
    pub embedder: Embedder,
    /// What a score means; without it only scores can be had.
    pub calibration: Option<File>,
    /// Finds 68 points; without it head pose comes from the five.
    pub landmarks: Option<Cropped>,
    /// Tells open eyes from closed ones: one eye in, the logit of "open" out.
    pub eyes: Option<Cropped>,
    /// Tells an open mouth from a closed one; without it the 68 points do.
    pub mouth: Option<Cropped>,
    /// Tells living people from artefacts; without it liveness is not run.
    pub liveness: Option<Liveness>,
}

/// A file of the pack and its digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Name inside the pack's folder, without a path.
    pub file: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// An ONNX file and how it is fed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NetFile {
    /// The ONNX file.
    pub file: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Pre-processing.
    pub input: Input,
    /// tract's direct convolution path: only for nets with a stride-2 stem on large inputs.
    #[serde(default)]
    pub direct_conv: bool,
}

/// The detector.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Detector {
    /// Its net.
    #[serde(flatten)]
    pub net: NetFile,
    /// How its outputs are read.
    pub decoder: Decoder,
    /// Input sizes that may be used, each width and height, multiples of 32.
    pub sizes: Vec<[u32; 2]>,
    /// A face counts from this detection score on, 0 to 1.
    pub score_threshold: f32,
    /// Of two boxes that overlap by more than this IoU the weaker one goes.
    pub nms_iou: f32,
}

/// How a detector's outputs are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decoder {
    /// One map of 16 channels per stride (8, 16, 32), logits: class, objectness, box 4, points 10.
    Facecert,
    /// `YuNet` (libfacedetection): per stride `cls`, `obj` (probabilities), `bbox`, `kps`.
    Yunet,
}

/// The refiner: a square crop, roughly aligned by the detector's points, in; corrections of the points out, and whether it is
/// a face.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refiner {
    /// Its net.
    #[serde(flatten)]
    pub net: NetFile,
    /// Side of its input in pixels.
    pub side_px: u32,
    /// Where the five points lie in a perfectly aligned crop, in pixels.
    pub alignment: [[f32; 2]; 5],
    /// Pixels of the crop that one unit of output stands for.
    pub unit_px: f32,
    /// Where given, an eleventh output is the logit of a face, and what the detector scores from here on is put to the net.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate_score: Option<f32>,
}

/// The embedder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Embedder {
    /// Its net.
    #[serde(flatten)]
    pub net: NetFile,
    /// Width and height of the aligned chip.
    pub size: [u32; 2],
    /// Where the five points lie in the chip, in pixels.
    pub alignment: [[f32; 2]; 5],
    /// Components of a template, 64 to 1024.
    pub dim: usize,
    /// A known chip and its known template: swapped channels or another net are noticed at load.
    pub check: Option<Check>,
}

/// The self-check of an embedder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// An aligned chip as PNG, of the embedder's size.
    pub chip: File,
    /// Its template: `dim` little-endian f32.
    pub template: File,
    /// The cosine that must be reached.
    pub min_cosine: f32,
}

/// A net that looks at a square about the face, an eye or the mouth.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cropped {
    /// Its net.
    #[serde(flatten)]
    pub net: NetFile,
    /// Side of its input in pixels.
    pub side_px: u32,
    /// Side of the square, over the longer side of the face's box (landmarks) or the distance of the eye's or mouth's corners.
    pub crop: f32,
}

/// Passive liveness: one net, logits of live, print and replay, on two squares about the face.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Liveness {
    /// Its net.
    #[serde(flatten)]
    pub net: NetFile,
    /// Side of its input in pixels.
    pub side_px: u32,
    /// Sides of the two squares, over the longer side of the face's box.
    pub crops: [f32; 2],
    /// What each square's log-odds of a living person count.
    pub weights: [f32; 2],
    /// Added to their sum.
    pub bias: f32,
    /// What the sum means.
    pub thresholds: Thresholds,
    /// What the first square's log-odds mean where the picture ends with the face and there is no second.
    pub tight_thresholds: Thresholds,
}

/// Pairs of numbers as points.
pub(crate) fn five_points(pairs: &[[f32; 2]; 5]) -> FivePoints {
    pairs.map(|[x, y]| Point::new(x, y))
}

impl Manifest {
    /// Reads and checks a manifest.
    pub fn parse(text: &str) -> Result<Self> {
        let manifest: Self = toml::from_str(text).map_err(|e| fault(&first_line(&e)))?;
        if manifest.format != 1 {
            return Err(fault(&format!("format is {}, this program reads 1; use a matching pack", manifest.format)));
        }
        let wrong_size = |[w, h]: [u32; 2]| w == 0 || h == 0 || w > 4096 || h > 4096;
        let detector = &manifest.detector;
        if detector.sizes.is_empty()
            || detector.sizes.iter().any(|s| wrong_size(*s) || s[0] % 32 != 0 || s[1] % 32 != 0)
        {
            return Err(fault("detector.sizes must hold widths and heights that are multiples of 32, at most 4096"));
        }
        for (key, value) in [("score_threshold", detector.score_threshold), ("nms_iou", detector.nms_iou)] {
            if !(0.0..=1.0).contains(&value) {
                return Err(fault(&format!("detector.{key} must lie between 0 and 1")));
            }
        }
        let finite = |points: &[[f32; 2]; 5]| points.iter().flatten().all(|v| v.is_finite());
        let sound = |r: &Refiner| !wrong_size([r.side_px; 2]) && finite(&r.alignment) && r.unit_px.is_finite();
        if manifest.refiner.as_ref().is_some_and(|r| !sound(r)) {
            return Err(fault("refiner: side_px must be 1 to 4096, alignment five finite points, unit_px finite"));
        }
        if wrong_size(manifest.embedder.size) || !finite(&manifest.embedder.alignment) {
            return Err(fault("embedder: size must be 1 to 4096 and alignment five finite points"));
        }
        if !facecert_match::DIM_RANGE.contains(&manifest.embedder.dim) {
            return Err(fault("embedder.dim must be 64 to 1024"));
        }
        for (role, cropped) in
            [("landmarks", &manifest.landmarks), ("eyes", &manifest.eyes), ("mouth", &manifest.mouth)]
        {
            if cropped.as_ref().is_some_and(|c| wrong_size([c.side_px; 2]) || !sound_crop(c.crop)) {
                return Err(fault(&format!("{role}: side_px must be 1 to 4096, crop above 0 and at most 10")));
            }
        }
        manifest.liveness.as_ref().map_or(Ok(()), Liveness::check)?;
        manifest.files().try_for_each(|f| f.check_name())?;
        Ok(manifest)
    }

    /// Every file it names.
    pub fn files(&self) -> impl Iterator<Item = File> {
        let net = |n: &NetFile| File { file: n.file.clone(), sha256: n.sha256.clone() };
        let check = self.embedder.check.iter().flat_map(|c| [c.chip.clone(), c.template.clone()]);
        [net(&self.detector.net), net(&self.embedder.net)]
            .into_iter()
            .chain(self.refiner.iter().map(|r| net(&r.net)))
            .chain([&self.landmarks, &self.eyes, &self.mouth].into_iter().flatten().map(|c| net(&c.net)))
            .chain(self.liveness.iter().map(|l| net(&l.net)))
            .chain(check)
            .chain(self.calibration.clone())
            .collect::<Vec<_>>()
            .into_iter()
    }
}

impl Liveness {
    fn check(&self) -> Result<()> {
        let sound =
            |t: Thresholds| t.live_from.is_finite() && t.spoof_below.is_finite() && t.spoof_below <= t.live_from;
        let finite = self.weights.iter().chain([&self.bias]).all(|v| v.is_finite());
        let sides = (1..=4096).contains(&self.side_px) && self.crops.into_iter().all(sound_crop);
        if sides && finite && sound(self.thresholds) && sound(self.tight_thresholds) {
            Ok(())
        } else {
            Err(fault(
                "liveness: side_px must be 1 to 4096, crops above 0 and at most 10, numbers finite, spoof_below not above live_from",
            ))
        }
    }
}

fn sound_crop(share: f32) -> bool {
    share > 0.0 && share <= 10.0
}

impl File {
    /// A name must stay inside the pack's folder.
    fn check_name(&self) -> Result<()> {
        let plain = !self.file.is_empty() && !self.file.starts_with('.') && !self.file.contains(['/', '\\', ':', '\0']);
        if plain { Ok(()) } else { Err(fault(&format!("file name {:?} must be plain, without a path", self.file))) }
    }
}

fn fault(what: &str) -> Error {
    Error::Pack { what: format!("{FILE}: {what}") }
}

fn first_line(error: &toml::de::Error) -> String {
    error.message().lines().next().unwrap_or("not TOML").to_owned()
}
