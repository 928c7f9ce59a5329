//! Raw values by formula.

use super::{Component, Seen};
use crate::error::{Error, Result};
use crate::frame::{Border, Image, warp};
use crate::geometry::{Point, Rect, Similarity};

/// Distance of the eyes in the upright crop that light and detail are measured on; smaller faces are not enlarged.
const EYES_PX: f32 = 64.0;
/// The crop in eye distances: to each side of the eyes, above and below them.
const BESIDE: f32 = 0.5;
const ABOVE: f32 = 0.5;
const BELOW: f32 = 1.7;
/// Luminances that count as nearly black and nearly white.
const BLACK: u8 = 20;
const WHITE: u8 = 248;
/// Bins of the cheeks' histograms: noise does not move a pixel far.
const BINS: usize = 16;
/// CIELAB a* and b* that the mean of skin can have under daylight and lamps.
const SKIN_A: (f32, f32) = (4.0, 30.0);
const SKIN_B: (f32, f32) = (4.0, 40.0);
/// Side of the blocks that JPEG cuts a picture into.
const BLOCK: usize = 8;

/// The raw values of a face in a picture, in the standard's order.
///
/// # Errors
/// [`Error::Alignment`] if the eyes coincide or are not finite.
pub fn measure(image: &Image, seen: &Seen) -> Result<Vec<(Component, f32)>> {
    let inter_eye_px = seen.points[0].distance(seen.points[1]);
    let eye_px = inter_eye_px.clamp(8.0, EYES_PX);
    let crop = upright_crop(image, seen, eye_px)?;
    let luma = luma(&crop);
    let width = crop.width() as usize;
    let count = luma.len() as f32;
    let mean = luma.iter().map(|v| f32::from(*v)).sum::<f32>() / count / 255.0;
    let variance = luma.iter().map(|v| (f32::from(*v) / 255.0 - mean).powi(2)).sum::<f32>() / count;
    let share = |counts: &dyn Fn(u8) -> bool| luma.iter().filter(|v| counts(**v)).count() as f32 / count;
    let near = Rect::new(
        seen.rect.x - 0.5 * seen.rect.width,
        seen.rect.y - 0.5 * seen.rect.height,
        2.0 * seen.rect.width,
        2.0 * seen.rect.height,
    );
    let mut values = vec![
        (Component::InterEyeDistance, inter_eye_px),
        (Component::HeadPoseYaw, seen.pose.yaw_deg.abs()),
        (Component::HeadPosePitch, seen.pose.pitch_deg.abs()),
        (Component::HeadPoseRoll, seen.pose.roll_deg.abs()),
        (Component::Sharpness, sharpness(&luma, width, variance)),
        (Component::LuminanceMean, mean),
        (Component::LuminanceVariance, variance),
        (Component::UnderExposure, share(&|v| v <= BLACK)),
        (Component::OverExposure, share(&|v| v >= WHITE)),
        (Component::IlluminationUniformity, uniformity(&luma, width, eye_px)),
        (Component::FaceInFrame, in_frame(image, &seen.rect)),
    ];
    values.extend(seen.eyes_open.map(|open| (Component::EyesOpen, open)));
    values.extend(seen.mouth_open.map(|open| (Component::MouthClosed, open)));
    let (inside, around) = steps(image, &seen.rect, &near);
    values.extend([
        (Component::Compression, inside),
        (Component::NaturalColour, off_skin(&crop, eye_px)),
        (Component::SingleFace, seen.next_face),
        (Component::Background, around),
    ]);
    Ok(values)
}

/// The face upright, its eyes `eye_px` apart.
fn upright_crop(image: &Image, seen: &Seen, eye_px: f32) -> Result<Image> {
    let left = Point::new(BESIDE * eye_px, ABOVE * eye_px);
    let eyes = [left, Point::new(left.x + eye_px, left.y)];
    let to_crop = Similarity::fit(&[seen.points[0], seen.points[1]], &eyes).ok_or(Error::Alignment)?;
    let side = |eye_distances: f32| (eye_distances * eye_px).ceil() as u32;
    warp(image, &to_crop.matrix(), side(1.0 + 2.0 * BESIDE), side(ABOVE + BELOW), Border::Replicate)
}

/// Rec. 601 luma.
fn luma(image: &Image) -> Vec<u8> {
    image.data().as_chunks::<3>().0.iter().copied().map(luma_of).collect()
}

fn luma_of([r, g, b]: [u8; 3]) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b) + 128) >> 8) as u8
}

/// Root mean square of what a 3x3 mean takes away, over the root of the variance: the share of fine detail.
fn sharpness(luma: &[u8], width: usize, variance: f32) -> f32 {
    let rows: Vec<&[u8]> = luma.chunks_exact(width).collect();
    let (mut sum, mut count) = (0.0, 0.0f32);
    for window in rows.windows(3) {
        for x in 1..width.saturating_sub(1) {
            let around: u32 = window.iter().flat_map(|row| &row[x - 1..=x + 1]).map(|v| u32::from(*v)).sum();
            sum += ((f32::from(window[1][x]) - around as f32 / 9.0) / 255.0).powi(2);
            count += 1.0;
        }
    }
    if variance > 0.0 { (sum / count.max(1.0) / variance).sqrt() } else { 0.0 }
}

/// Intersection of the histograms of two squares on the cheeks.
fn uniformity(luma: &[u8], width: usize, eye_px: f32) -> f32 {
    let histogram = |from: f32| {
        let mut bins = [0.0f32; BINS];
        let mut count = 0.0f32;
        for value in cheek(luma, width, eye_px, from) {
            bins[usize::from(*value) * BINS / 256] += 1.0;
            count += 1.0;
        }
        bins.map(|n| n / count.max(1.0))
    };
    let (left, right) = (histogram(0.15), histogram(1.35));
    left.iter().zip(right).map(|(a, b)| a.min(b)).sum()
}

/// The values of half an eye distance squared below an eye, from this many eye distances on.
fn cheek<T>(values: &[T], width: usize, eye_px: f32, from: f32) -> impl Iterator<Item = &T> {
    let place = move |eye_distances: f32| (eye_distances * eye_px) as usize;
    let (left, right) = (place(from).min(width), place(from + 0.5).min(width));
    let rows = values.chunks_exact(width).skip(place(ABOVE + 0.4)).take(place(0.5));
    rows.flat_map(move |row| &row[left..right])
}

/// Share of the box with a tenth around it that lies in the picture.
fn in_frame(image: &Image, r: &Rect) -> f32 {
    let wide = Rect::new(r.x - 0.1 * r.width, r.y - 0.1 * r.height, 1.2 * r.width, 1.2 * r.height);
    let picture = Rect::new(-0.5, -0.5, image.width() as f32, image.height() as f32);
    if wide.area() > 0.0 { wide.overlap(&picture) / wide.area() } else { 0.0 }
}

/// Mean horizontal steps of luminance: at block borders over elsewhere inside the face, and around the face.
fn steps(image: &Image, face: &Rect, near: &Rect) -> (f32, f32) {
    let side = |v: f32, length: u32| v.clamp(0.0, length as f32) as usize;
    let (left, right) = (side(near.x, image.width()), side(near.x + near.width, image.width()));
    let (top, bottom) = (side(near.y, image.height()), side(near.y + near.height, image.height()));
    let (mut border, mut elsewhere, mut around) = ([0.0f32; 2], [0.0f32; 2], [0.0f32; 2]);
    let pixels = image.data().as_chunks::<3>().0;
    for y in top..bottom {
        let row = &pixels[y * image.width() as usize..][left..right];
        for (x, pair) in (left..).zip(row.windows(2)) {
            let step = f32::from(luma_of(pair[0]).abs_diff(luma_of(pair[1])));
            let place = if !face.contains(Point::new(x as f32, y as f32)) {
                &mut around
            } else if x % BLOCK == BLOCK - 1 {
                &mut border
            } else {
                &mut elsewhere
            };
            place[0] += step;
            place[1] += 1.0;
        }
    }
    let mean = |[sum, count]: [f32; 2]| sum / count.max(1.0);
    (mean(border) / mean(elsewhere).max(0.5), mean(around) / 255.0)
}

/// How far the cheeks' mean colour is from what skin can have.
fn off_skin(crop: &Image, eye_px: f32) -> f32 {
    let pixels = crop.data().as_chunks::<3>().0;
    let width = crop.width() as usize;
    let both = [0.15, 1.35].into_iter().flat_map(|from| cheek(pixels, width, eye_px, from));
    let (sum, count) = both.fold(([0.0f32; 3], 0.0f32), |(sum, count), p| {
        (std::array::from_fn(|k| sum[k] + f32::from(p[k])), count + 1.0)
    });
    let [a, b] = lab_ab(sum.map(|v| v / count.max(1.0) / 255.0));
    let outside = |v: f32, (low, high): (f32, f32)| (low - v).max(v - high).max(0.0);
    outside(a, SKIN_A).hypot(outside(b, SKIN_B))
}

/// CIELAB a* and b* of an sRGB colour (components 0 to 1), D65.
fn lab_ab(rgb: [f32; 3]) -> [f32; 2] {
    let linear = rgb.map(|v| if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) });
    let weigh = |w: [f32; 3]| w[0] * linear[0] + w[1] * linear[1] + w[2] * linear[2];
    let white = |v: f32, w: f32| {
        let t = v / w;
        if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 }
    };
    let x = white(weigh([0.412_453, 0.357_580, 0.180_423]), 0.950_456);
    let y = white(weigh([0.212_671, 0.715_160, 0.072_169]), 1.0);
    let z = white(weigh([0.019_334, 0.119_193, 0.950_227]), 1.088_754);
    [500.0 * (x - y), 200.0 * (y - z)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grey_has_no_colour_and_skin_has_some() {
        assert!(lab_ab([0.5; 3]).iter().all(|v| v.abs() < 0.1));
        let [a, b] = lab_ab([0.85, 0.65, 0.53]);
        assert!((8.0..25.0).contains(&a) && (12.0..35.0).contains(&b), "{a} {b}");
    }

    #[test]
    fn block_borders_are_counted_inside_the_face() {
        let mut image = Image::black(64, 64).unwrap();
        for (k, pixel) in image.data_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = [((k % 64) / 8 * 30) as u8; 3];
        }
        let whole = Rect::new(0.0, 0.0, 64.0, 64.0);
        assert!(steps(&image, &whole, &whole).0 > 10.0);
    }
}
