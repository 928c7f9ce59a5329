//! What the pack's optional nets say of a face: 68 points, pose, eyes, mouth, liveness.

use std::sync::OnceLock;

use ndarray::ArrayD;

use crate::align;
use crate::error::{Error, Result};
use crate::frame::Image;
use crate::geometry::{FivePoints, Landmarks, Point, Rect, Similarity, mouth_openness};
use crate::liveness::Verdict;
use crate::net::Net;
use crate::pack::Pack;
use crate::pack::manifest::{Cropped, Liveness, NetFile};
use crate::pose::Pose;

/// The corners of both eyes and of the mouth among the 68 points.
const EYES: [[usize; 2]; 2] = [[36, 39], [42, 45]];
const MOUTH: [usize; 2] = [48, 54];

/// A face, looked at closely.
#[derive(Clone, Debug)]
pub struct Look {
    /// The 68 points; `None` if the pack has no net for them.
    pub landmarks: Option<Landmarks>,
    /// Where the head looks, from 68 points or from five; `None` if they coincide.
    pub pose: Option<Pose>,
    /// How surely the eyes are open, 0 to 1, the mean of both; `None` without a net.
    pub eyes_open: Option<f32>,
    /// How far the mouth is open, 0 to 1; `None` without 68 points.
    pub mouth_open: Option<f32>,
}

/// What opens and closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One eye.
    Eye,
    /// The mouth.
    Mouth,
}

/// How much of a picture surrounds its face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crops {
    /// Enough for both squares.
    Both,
    /// The picture ends with the face.
    TightOnly,
}

/// Liveness of one picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scored {
    /// Logarithm of the odds of a living person.
    pub live_log_odds: f32,
    /// What the pack's thresholds make of it.
    pub verdict: Verdict,
}

/// The optional nets, each loaded on first use.
#[derive(Default)]
pub(crate) struct Nets {
    landmarks: OnceLock<Result<Net>>,
    eyes: OnceLock<Result<Net>>,
    mouth: OnceLock<Result<Net>>,
    liveness: OnceLock<Result<Net>>,
}

impl Nets {
    /// Loads all that the pack has.
    pub(crate) fn prepare(&self, pack: &Pack) -> Result<()> {
        let manifest = pack.manifest();
        let roles =
            [(&self.landmarks, &manifest.landmarks), (&self.eyes, &manifest.eyes), (&self.mouth, &manifest.mouth)];
        for (slot, role) in roles {
            role.as_ref().map_or(Ok(()), |c| load(slot, pack, &c.net, c.side_px).map(drop))?;
        }
        manifest.liveness.as_ref().map_or(Ok(()), |l| load(&self.liveness, pack, &l.net, l.side_px).map(drop))
    }

    /// Looks at a face of a picture.
    pub(crate) fn look(&self, pack: &Pack, image: &Image, rect: &Rect, five: &FivePoints) -> Result<Look> {
        let manifest = pack.manifest();
        let landmarks = manifest.landmarks.as_ref().map(|role| self.landmarks(pack, role, image, rect)).transpose()?;
        let Some(points) = landmarks else {
            return Ok(Look { landmarks: None, pose: Pose::of_five(five), eyes_open: None, mouth_open: None });
        };
        let eyes_open = match &manifest.eyes {
            Some(role) => {
                let net = load(&self.eyes, pack, &role.net, role.side_px)?;
                let [left, right] = EYES.map(|corners| openness(net, role, image, corners.map(|k| points[k])));
                Some((left? + right?) / 2.0)
            }
            None => None,
        };
        let mouth_open = match &manifest.mouth {
            Some(role) => {
                let net = load(&self.mouth, pack, &role.net, role.side_px)?;
                // A smile shows teeth to the net, but its lips stay near each other.
                openness(net, role, image, MOUTH.map(|k| points[k]))?.min(mouth_openness(&points))
            }
            None => mouth_openness(&points),
        };
        let pose = Pose::of_landmarks(&points);
        Ok(Look { landmarks, pose, eyes_open, mouth_open: Some(mouth_open) })
    }

    /// How far a picture of nothing but an eye or a mouth shows it open, 0 to 1; `None` without a net.
    pub(crate) fn openness(&self, pack: &Pack, image: &Image, part: Part) -> Result<Option<f32>> {
        let manifest = pack.manifest();
        let (slot, role) = match part {
            Part::Eye => (&self.eyes, &manifest.eyes),
            Part::Mouth => (&self.mouth, &manifest.mouth),
        };
        let Some(role) = role else { return Ok(None) };
        let net = load(slot, pack, &role.net, role.side_px)?;
        let (width, height) = (image.width() as f32, image.height() as f32);
        let centre = Point::new(width / 2.0 - 0.5, height / 2.0 - 0.5);
        let crop = align::chip(image, &square(centre, width.max(height), role.side_px)?, [role.side_px; 2])?;
        open_share(net, role, &crop).map(Some)
    }

    /// Liveness of a face by its squares and their mirror images; `None` without a net.
    pub(crate) fn liveness(&self, pack: &Pack, image: &Image, rect: &Rect, crops: Crops) -> Result<Option<Scored>> {
        let Some(role) = &pack.manifest().liveness else { return Ok(None) };
        let net = load(&self.liveness, pack, &role.net, role.side_px)?;
        let tight = square_log_odds(net, role, image, rect, role.crops[0])?;
        let (live_log_odds, thresholds) = match crops {
            Crops::TightOnly => (tight, role.tight_thresholds),
            Crops::Both => {
                let context = square_log_odds(net, role, image, rect, role.crops[1])?;
                (role.weights[0] * tight + role.weights[1] * context + role.bias, role.thresholds)
            }
        };
        Ok(Some(Scored { live_log_odds, verdict: thresholds.verdict(live_log_odds) }))
    }

    fn landmarks(&self, pack: &Pack, role: &Cropped, image: &Image, rect: &Rect) -> Result<Landmarks> {
        let net = load(&self.landmarks, pack, &role.net, role.side_px)?;
        let to_crop = square(rect.centre(), role.crop * rect.width.max(rect.height), role.side_px)?;
        let crop = align::chip(image, &to_crop, [role.side_px; 2])?;
        let numbers = first::<136>(net, &net.run(role.net.input.tensor(&crop))?)?;
        let (back, side) = (to_crop.inverse(), role.side_px as f32);
        Ok(std::array::from_fn(|k| {
            back.apply(Point::new(numbers[2 * k] * side - 0.5, numbers[2 * k + 1] * side - 0.5))
        }))
    }
}

fn load<'a>(slot: &'a OnceLock<Result<Net>>, pack: &Pack, file: &NetFile, side_px: u32) -> Result<&'a Net> {
    let load = || Net::load(&file.file, &pack.net(file)?, (side_px, side_px), file.direct_conv);
    slot.get_or_init(load).as_ref().map_err(Clone::clone)
}

/// From the picture to an upright square of `side` pixels about a centre.
fn square(centre: Point, side: f32, side_px: u32) -> Result<Similarity> {
    let scale = f64::from(side_px) / f64::from(side);
    let middle = f64::from(side_px) / 2.0 - 0.5;
    let (tx, ty) = (middle - scale * f64::from(centre.x), middle - scale * f64::from(centre.y));
    let sound = [scale, tx, ty].iter().all(|v| v.is_finite()) && scale > 0.0;
    sound.then_some(Similarity { a: scale, b: 0.0, tx, ty }).ok_or(Error::Alignment)
}

/// The square about two corners, upright to them, through a net that answers with the logit of "open".
fn openness(net: &Net, role: &Cropped, image: &Image, corners: [Point; 2]) -> Result<f32> {
    let side = role.side_px as f32;
    let (middle, reach) = (side / 2.0 - 0.5, side / role.crop / 2.0);
    let target = [Point::new(middle - reach, middle), Point::new(middle + reach, middle)];
    let to_crop = Similarity::fit(&corners, &target).ok_or(Error::Alignment)?;
    open_share(net, role, &align::chip(image, &to_crop, [role.side_px; 2])?)
}

fn open_share(net: &Net, role: &Cropped, crop: &Image) -> Result<f32> {
    let [logit] = first::<1>(net, &net.run(role.net.input.tensor(crop))?)?;
    Ok(1.0 / (1.0 + (-logit).exp()))
}

/// Log-odds of live against print and replay on one square, the mean of it and its mirror image.
fn square_log_odds(net: &Net, role: &Liveness, image: &Image, rect: &Rect, crop: f32) -> Result<f32> {
    let straight = square(rect.centre(), crop * rect.width.max(rect.height), role.side_px)?;
    let chip = align::chip(image, &straight, [role.side_px; 2])?;
    let mut sum = 0.0;
    for view in [chip.clone(), mirrored(chip)] {
        let [live, print, replay] = first::<3>(net, &net.run(role.net.input.tensor(&view))?)?;
        let most = print.max(replay);
        sum += live - most - ((print - most).exp() + (replay - most).exp()).ln();
    }
    Ok(sum / 2.0)
}

fn mirrored(image: Image) -> Image {
    image.oriented(crate::frame::Orientation { mirror: true, ..Default::default() })
}

/// The first numbers of a net's only output; what follows is padding.
fn first<const N: usize>(net: &Net, outputs: &[ArrayD<f32>]) -> Result<[f32; N]> {
    let mut numbers = outputs.first().into_iter().flatten();
    let taken: Option<Vec<f32>> = (0..N).map(|_| numbers.next().copied()).collect();
    let fault =
        || Error::Net { net: net.id().to_owned(), what: format!("gives fewer than {N} numbers; use another pack") };
    taken.and_then(|v| v.try_into().ok()).ok_or_else(fault)
}
