//! Finding faces: letterbox to a fixed size, run the net, decode, suppress, refine: exact points, and a second look at whether it
//! is a face.

use std::sync::OnceLock;

use ndarray::{ArrayD, Axis, Ix2, Ix4};
use serde::{Deserialize, Serialize};

use crate::align;
use crate::error::{Error, Result};
use crate::frame::{Image, Orientation, Rotation, letterbox};
use crate::geometry::{FivePoints, Point, Rect, Similarity};
use crate::net::Net;
use crate::pack::Pack;
use crate::pack::manifest::{Decoder, Detector as Settings, Refiner as RefinerSettings, five_points};

/// Strides of the detector's three maps, in pixels.
const STRIDES: [usize; 3] = [8, 16, 32];
/// Channels of a map: class, objectness, box 4, points 10.
const CHANNELS: usize = 16;
/// Long side, in pixels, at which a large photo is looked at.
const LOOK_PX: f32 = 640.0;
/// A face longer than this share of the image's long side may be a part of a face that fills it: it is looked at from farther away.
const CLOSE_UP_SHARE: f32 = 0.3;
/// Margin around the image then, as a share of its longer side, ...
const CLOSE_UP_MARGIN: f32 = 0.25;
/// ... and the long side, in pixels, at which the whole is looked at.
const CLOSE_UP_LOOK_PX: f32 = 320.0;

/// A found face, in pixels of the upright image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// From the forehead to the chin, without ears; it may reach beyond the image.
    #[serde(rename = "box")]
    pub rect: Rect,
    /// Eyes, nose, mouth corners.
    pub points: FivePoints,
    /// How sure the detector is, 0 to 1. Not a match score.
    pub score: f32,
}

impl Face {
    /// Distance between the eyes in pixels.
    pub fn inter_eye_px(&self) -> f32 {
        self.points[0].distance(self.points[1])
    }
}

/// What to look for.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectOptions {
    /// A face counts from this score on; `None` is the pack's own threshold.
    pub score_threshold: Option<f32>,
    /// Faces whose box is narrower or lower than this are left out, in pixels of the image.
    pub min_face_px: f32,
    /// Input width and height, one of the pack's sizes; `None` chooses by the image.
    pub size: Option<[u32; 2]>,
    /// Also look at the image turned by 90, 180 and 270 degrees (four times the work).
    pub any_rotation: bool,
    /// Look again from farther away if nothing was found or a face is large in the image: for close-ups that fill it. The look
    /// with the more certain face counts.
    pub close_ups: bool,
}

impl Default for DetectOptions {
    fn default() -> Self {
        Self { score_threshold: None, min_face_px: 12.0, size: None, any_rotation: false, close_ups: true }
    }
}

/// A detector with its nets, one plan per input size, each made on first use.
pub(crate) struct Detector {
    pack: Pack,
    nets: Vec<([u32; 2], OnceLock<Result<Net>>)>,
    refiner: OnceLock<Result<Net>>,
}

impl Detector {
    pub(crate) fn new(pack: &Pack) -> Self {
        let sizes = pack.manifest().detector.sizes.iter();
        Self { pack: pack.clone(), nets: sizes.map(|s| (*s, OnceLock::new())).collect(), refiner: OnceLock::new() }
    }

    /// Faces, most certain first.
    pub(crate) fn detect(&self, image: &Image, options: &DetectOptions) -> Result<Vec<Face>> {
        let mut faces = self.upright(image, options)?;
        if options.any_rotation {
            for rotation in [Rotation::Deg90, Rotation::Deg180, Rotation::Deg270] {
                let turned = image.clone().oriented(Orientation { rotation, mirror: false });
                let back = |f: Face| turn_back(f, rotation, image.width() as f32, image.height() as f32);
                faces.extend(self.upright(&turned, options)?.into_iter().map(back));
            }
            faces = suppress(faces, self.settings().nms_iou);
        }
        if options.close_ups && may_be_close_up(&faces, image) {
            let farther = self.from_farther_away(image, options)?;
            if best_score(&farther) > best_score(&faces) {
                faces = farther;
            }
        }
        faces.retain(|f| f.rect.width.min(f.rect.height) >= options.min_face_px);
        Ok(faces)
    }

    /// The image with a margin, seen small.
    fn from_farther_away(&self, image: &Image, options: &DetectOptions) -> Result<Vec<Face>> {
        let margin = (image.width().max(image.height()) as f32 * CLOSE_UP_MARGIN).ceil();
        let padded = pad(image, margin as u32)?;
        let size = Some(choose_size(&self.settings().sizes, &padded, CLOSE_UP_LOOK_PX));
        let mut faces = self.upright(&padded, &DetectOptions { size, ..options.clone() })?;
        faces.iter_mut().for_each(|f| shift(f, -margin));
        Ok(faces)
    }

    /// Makes every plan.
    pub(crate) fn warm_up(&self) -> Result<()> {
        self.nets.iter().try_for_each(|(size, _)| self.net(*size).map(drop))?;
        match &self.pack.manifest().refiner {
            Some(settings) => self.refiner.get_or_init(|| load_refiner(&self.pack, settings)).clone().map(drop),
            None => Ok(()),
        }
    }

    fn settings(&self) -> &Settings {
        &self.pack.manifest().detector
    }

    fn upright(&self, image: &Image, options: &DetectOptions) -> Result<Vec<Face>> {
        let settings = self.settings();
        let net = self.net(options.size.unwrap_or_else(|| choose_size(&settings.sizes, image, LOOK_PX)))?;
        let mut canvas = Image::black(net.0[0], net.0[1])?;
        let placement = letterbox(image, &mut canvas)?;
        let outputs = net.1.run(settings.net.input.tensor(&canvas))?;
        let threshold = options.score_threshold.unwrap_or(settings.score_threshold);
        let candidate = self.candidate_score().map_or(threshold, |score| score.min(threshold));
        let mut faces = match settings.decoder {
            Decoder::Facecert => decode_maps(&outputs, candidate),
            Decoder::Yunet => decode_yunet(net.1.outputs(), &outputs, net.0, candidate),
        }
        .ok_or_else(|| Error::Net {
            net: net.1.id().to_owned(),
            what: format!("outputs are not those of {:?}", settings.decoder),
        })?;
        faces.retain(|f| f.rect.centre().x <= placement.width as f32 && f.rect.centre().y <= placement.height as f32);
        let mut faces = suppress(faces, settings.nms_iou);
        for face in &mut faces {
            let map =
                |p: Point| Point::new((p.x + 0.5) / placement.scale_x - 0.5, (p.y + 0.5) / placement.scale_y - 0.5);
            face.points = face.points.map(map);
            let r = face.rect;
            let corner = map(Point::new(r.x, r.y));
            face.rect = Rect::new(corner.x, corner.y, r.width / placement.scale_x, r.height / placement.scale_y);
            self.refine(image, face)?;
        }
        faces.retain(|f| f.score >= threshold);
        faces.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(faces)
    }

    /// From this score of the detector on the refiner is asked whether it is a face; `None` where it is not asked.
    fn candidate_score(&self) -> Option<f32> {
        self.pack.manifest().refiner.as_ref().and_then(|r| r.candidate_score)
    }

    fn net(&self, size: [u32; 2]) -> Result<([u32; 2], Net)> {
        let file = &self.settings().net;
        let (_, slot) = self
            .nets
            .iter()
            .find(|(s, _)| *s == size)
            .ok_or_else(|| Error::DetectorSize { width: size[0], height: size[1] })?;
        let load = || Net::load(&file.file, &self.pack.net(file)?, (size[0], size[1]), file.direct_conv);
        slot.get_or_init(load).clone().map(|net| (size, net))
    }

    /// Points as the refiner sees them on an aligned crop, and the geometric mean of the two nets' scores.
    fn refine(&self, image: &Image, face: &mut Face) -> Result<()> {
        let Some(settings) = &self.pack.manifest().refiner else { return Ok(()) };
        let net = self.refiner.get_or_init(|| load_refiner(&self.pack, settings)).clone()?;
        let target = five_points(&settings.alignment);
        let Some(to_crop) = Similarity::fit(&face.points, &target) else { return Ok(()) };
        let crop = align::chip(image, &to_crop, [settings.side_px; 2])?;
        let outputs = net.run(settings.net.input.tensor(&crop))?;
        let wanted = if settings.candidate_score.is_some() { 11 } else { 10 };
        let refined = outputs.first().filter(|o| o.len() >= wanted).map(|o| o.iter().copied().collect::<Vec<f32>>());
        let refined = refined.ok_or_else(|| Error::Net {
            net: net.id().to_owned(),
            what: format!("gives fewer than {wanted} numbers"),
        })?;
        let back = to_crop.inverse();
        face.points = std::array::from_fn(|k| {
            let (dx, dy) = (refined[2 * k] * settings.unit_px, refined[2 * k + 1] * settings.unit_px);
            back.apply(Point::new(target[k].x + dx, target[k].y + dy))
        });
        if settings.candidate_score.is_some() {
            face.score = (face.score * sigmoid(refined[10])).sqrt();
        }
        Ok(())
    }
}

fn load_refiner(pack: &Pack, settings: &RefinerSettings) -> Result<Net> {
    Net::load(
        &settings.net.file,
        &pack.net(&settings.net)?,
        (settings.side_px, settings.side_px),
        settings.net.direct_conv,
    )
}

fn may_be_close_up(faces: &[Face], image: &Image) -> bool {
    let long_side = image.width().max(image.height()) as f32;
    faces.is_empty() || faces.iter().any(|f| f.rect.width.max(f.rect.height) > CLOSE_UP_SHARE * long_side)
}

fn best_score(faces: &[Face]) -> f32 {
    faces.iter().map(|f| f.score).fold(0.0, f32::max)
}

/// The cheapest size that shows a small image whole and a large one with a long side of `look_px`; else the one that shows most.
fn choose_size(sizes: &[[u32; 2]], image: &Image, look_px: f32) -> [u32; 2] {
    let (width, height) = (image.width() as f32, image.height() as f32);
    let wanted = (look_px / width.max(height)).min(1.0);
    let scale = |s: &[u32; 2]| (s[0] as f32 / width).min(s[1] as f32 / height);
    let enough = sizes.iter().filter(|s| scale(s) >= wanted * 0.999).min_by_key(|s| s[0] * s[1]);
    let most = || sizes.iter().max_by(|a, b| scale(a).total_cmp(&scale(b)));
    enough.or_else(most).copied().unwrap_or_default()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

/// A face from a cell's box and points in units of the stride, relative to the cell's corner.
fn face_at(column: usize, row: usize, stride: usize, score: f32, raw: impl Fn(usize) -> f32) -> Face {
    let (cx, cy, stride) = (column as f32, row as f32, stride as f32);
    let side = |v: f32| v.clamp(-8.0, 8.0).exp() * stride;
    let (width, height) = (side(raw(2)), side(raw(3)));
    let (x, y) = ((cx + raw(0)) * stride - width / 2.0, (cy + raw(1)) * stride - height / 2.0);
    let points = std::array::from_fn(|k| Point::new((cx + raw(4 + 2 * k)) * stride, (cy + raw(5 + 2 * k)) * stride));
    Face { rect: Rect::new(x, y, width, height), points, score }
}

/// Our maps 1x16xHxW of logits per stride; score = sqrt(class * objectness).
fn decode_maps(outputs: &[ArrayD<f32>], threshold: f32) -> Option<Vec<Face>> {
    let mut faces = Vec::new();
    if outputs.len() != STRIDES.len() {
        return None;
    }
    let least = least_logit(threshold);
    for (map, stride) in outputs.iter().zip(STRIDES) {
        let map = map.view().into_dimensionality::<Ix4>().ok().filter(|m| m.shape()[1] == CHANNELS)?;
        let map = map.index_axis_move(Axis(0), 0);
        let channel = |k: usize| map.index_axis(Axis(0), k);
        for (((row, column), class), objectness) in channel(0).indexed_iter().zip(channel(1)) {
            if class.min(*objectness) < least {
                continue;
            }
            let score = (sigmoid(*class) * sigmoid(*objectness)).sqrt();
            if score >= threshold {
                faces.push(face_at(column, row, stride, score, |k| map[[2 + k, row, column]]));
            }
        }
    }
    Some(faces)
}

/// Below this logit of either factor the score cannot reach the threshold: most cells need no exponential.
fn least_logit(threshold: f32) -> f32 {
    const ROUNDING: f32 = 0.01;
    let both = (threshold * threshold).clamp(0.0, 0.999);
    (both / (1.0 - both)).ln() - ROUNDING
}

/// `YuNet`'s twelve outputs, by name; `cls` and `obj` are probabilities already.
fn decode_yunet(names: &[String], outputs: &[ArrayD<f32>], size: [u32; 2], threshold: f32) -> Option<Vec<Face>> {
    let mut faces = Vec::new();
    for stride in STRIDES {
        let table = |kind: &str, columns: usize| {
            let index = names.iter().position(|n| *n == format!("{kind}_{stride}"))?;
            let flat = outputs.get(index)?.view();
            flat.into_shape_with_order((outputs[index].len() / columns, columns))
                .ok()?
                .into_dimensionality::<Ix2>()
                .ok()
        };
        let (cls, obj, boxes, points) = (table("cls", 1)?, table("obj", 1)?, table("bbox", 4)?, table("kps", 10)?);
        let columns = size[0] as usize / stride;
        for cell in 0..cls.nrows().min(obj.nrows()).min(boxes.nrows()).min(points.nrows()) {
            let score = (cls[[cell, 0]].clamp(0.0, 1.0) * obj[[cell, 0]].clamp(0.0, 1.0)).sqrt();
            if score >= threshold {
                let raw = |k: usize| if k < 4 { boxes[[cell, k]] } else { points[[cell, k - 4]] };
                faces.push(face_at(cell % columns, cell / columns, stride, score, raw));
            }
        }
    }
    Some(faces)
}

/// Greedy non-maximum suppression; what is left comes by falling score.
fn suppress(mut faces: Vec<Face>, iou: f32) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.iter().all(|k| k.rect.iou(&face.rect) <= iou) {
            kept.push(face);
        }
    }
    kept
}

fn shift(face: &mut Face, by: f32) {
    face.rect.x += by;
    face.rect.y += by;
    face.points.iter_mut().for_each(|p| *p = Point::new(p.x + by, p.y + by));
}

/// A face of the image turned clockwise by `rotation`, in coordinates of the image of `width` x `height`.
fn turn_back(face: Face, rotation: Rotation, width: f32, height: f32) -> Face {
    let back = |p: Point| match rotation {
        Rotation::Deg0 => p,
        Rotation::Deg90 => Point::new(p.y, height - 1.0 - p.x),
        Rotation::Deg180 => Point::new(width - 1.0 - p.x, height - 1.0 - p.y),
        Rotation::Deg270 => Point::new(width - 1.0 - p.y, p.x),
    };
    let r = face.rect;
    let (p, q) = (back(Point::new(r.x, r.y)), back(Point::new(r.x + r.width, r.y + r.height)));
    let rect = Rect::new(p.x.min(q.x), p.y.min(q.y), (p.x - q.x).abs(), (p.y - q.y).abs());
    Face { rect, points: face.points.map(back), ..face }
}

/// The image with a black margin on all sides.
fn pad(image: &Image, margin: u32) -> Result<Image> {
    let mut padded = Image::black(image.width() + 2 * margin, image.height() + 2 * margin)?;
    let (row_bytes, wide, margin) = (image.width() as usize * 3, padded.width() as usize * 3, margin as usize);
    let rows = padded.data_mut().chunks_exact_mut(wide).skip(margin);
    for (to, from) in rows.zip(image.data().chunks_exact(row_bytes)) {
        to[3 * margin..][..row_bytes].copy_from_slice(from);
    }
    Ok(padded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_cell_that_counts_is_left_out_early(class in -15f32..15.0, objectness in -15f32..15.0, threshold in 0f32..=1.0) {
            let score = (sigmoid(class) * sigmoid(objectness)).sqrt();
            prop_assert!(score < threshold || class.min(objectness) >= least_logit(threshold));
        }
    }
}
