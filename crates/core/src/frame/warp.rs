//! Affine warp with bilinear sampling.

use super::Image;
use super::area::{Region, shrink};
use crate::{Error, Result};

/// What lies beyond the picture's edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Border {
    /// The nearest pixel of the edge.
    #[default]
    Replicate,
    /// One colour: red, green, blue.
    Constant([u8; 3]),
}

/// Positions are rounded to 2^-11 of a pixel; four weights of 22 bits times a byte fit 32 bits.
const FRACTION_BITS: u32 = 11;

/// Below this scale (target pixels per source pixel) the source is shrunk by area first, ...
const PRESHRINK_BELOW: f64 = 0.5;
/// ... to this many times the target's scale, which leaves a factor of 0.8 to the warp.
const PRESHRINK_HEADROOM: f64 = 1.25;

/// Warps a picture: target pixel `matrix * (x, y, 1)` shows source point `(x, y)`, in pixels whose centres are integers.
///
/// The inverse map is taken in `f64`; a position is rounded down to 2^-11 of a pixel after adding half of that, and the four
/// pixels around it are blended in integers, rounded half up. When shrinking by more than 2 the part that is needed is
/// first shrunk by area to 1.25 times the target's scale (whole pixels, at least 2), so that no source pixel is skipped.
///
/// # Errors
/// [`Error::ImageSize`] if a side of the target is 0 or it has too many pixels; [`Error::Transform`] if the matrix is not
/// finite or flattens the picture.
pub fn warp(image: &Image, matrix: &[[f64; 3]; 2], width: u32, height: u32, border: Border) -> Result<Image> {
    let mut target = Image::black(width, height)?;
    let inverse = Affine(*matrix).inverse()?;
    let scale = inverse.determinant().abs().sqrt().recip();
    if scale < PRESHRINK_BELOW {
        let region = needed_region(image, &inverse, scale, width, height);
        let factor = scale * PRESHRINK_HEADROOM;
        let side = |length: u32| ((f64::from(length) * factor).round_ties_even() as u32).max(2).min(length);
        let source = shrink(image, region, side(region.width), side(region.height));
        sample(&source, &inverse.into_shrunk(region, &source), &mut target, border);
    } else {
        sample(image, &inverse, &mut target, border);
    }
    Ok(target)
}

/// A 2 x 3 matrix.
#[derive(Debug, Clone, Copy)]
struct Affine([[f64; 3]; 2]);

impl Affine {
    fn determinant(&self) -> f64 {
        let [[a, b, _], [c, d, _]] = self.0;
        a * d - b * c
    }

    fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let [[a, b, e], [c, d, f]] = self.0;
        (a * x + b * y + e, c * x + d * y + f)
    }

    fn inverse(&self) -> Result<Self> {
        let [[a, b, e], [c, d, f]] = self.0;
        let scale = self.determinant().recip();
        let (a, b, c, d) = (d * scale, -b * scale, -c * scale, a * scale);
        let inverse = Self([[a, b, -(a * e + b * f)], [c, d, -(c * e + d * f)]]);
        if inverse.0.as_flattened().iter().all(|value| value.is_finite()) && inverse.determinant() != 0.0 {
            Ok(inverse)
        } else {
            Err(Error::Transform)
        }
    }

    /// This map to the source, as a map to the source's region after it was shrunk.
    fn into_shrunk(self, region: Region, shrunk: &Image) -> Self {
        let along = |[a, b, e]: [f64; 3], start: u32, length: u32, shrunk: u32| {
            let factor = f64::from(shrunk) / f64::from(length);
            [a * factor, b * factor, (e - f64::from(start) + 0.5) * factor - 0.5]
        };
        let [x, y] = self.0;
        Self([
            along(x, region.left, region.width, shrunk.width()),
            along(y, region.top, region.height, shrunk.height()),
        ])
    }
}

/// The part of the picture that the target shows, with a margin of three target pixels and three source pixels.
fn needed_region(image: &Image, inverse: &Affine, scale: f64, width: u32, height: u32) -> Region {
    let (right, bottom) = (f64::from(width), f64::from(height));
    let corners = [(0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)].map(|(x, y)| inverse.apply(x, y));
    let margin = 3.0 / scale + 3.0;
    let span = |positions: [f64; 4], length: u32| {
        let low = positions.iter().copied().fold(f64::INFINITY, f64::min) - margin;
        let high = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max) + margin;
        let start = (low.floor() as u32).min(length.saturating_sub(2));
        let end = (high.ceil() as u32).max(start.saturating_add(2)).min(length);
        (start, end - start)
    };
    let (left, width) = span(corners.map(|(x, _)| x), image.width());
    let (top, height) = span(corners.map(|(_, y)| y), image.height());
    Region { left, top, width, height }
}

fn sample(source: &Image, inverse: &Affine, target: &mut Image, border: Border) {
    let row_bytes = target.row_bytes();
    let taps = Taps { source, border };
    for (y, row) in target.data_mut().chunks_exact_mut(row_bytes).enumerate() {
        for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (source_x, source_y) = inverse.apply(x as f64, y as f64);
            *pixel = taps.blend(source_x, source_y);
        }
    }
}

/// The four pixels around a source position.
struct Taps<'a> {
    source: &'a Image,
    border: Border,
}

impl Taps<'_> {
    #[inline]
    fn blend(&self, x: f64, y: f64) -> [u8; 3] {
        const ONE: u32 = 1 << FRACTION_BITS;
        let (column, right) = split(x, self.source.width());
        let (row, below) = split(y, self.source.height());
        let (left, above) = (ONE - right, ONE - below);
        let weights = [left * above, right * above, left * below, right * below];
        let pixels = self.around(column, row);
        std::array::from_fn(|channel| {
            let sum: u32 = weights.iter().zip(&pixels).map(|(weight, pixel)| weight * u32::from(pixel[channel])).sum();
            ((sum + ONE * ONE / 2) >> (2 * FRACTION_BITS)) as u8
        })
    }

    /// The pixel, its right neighbour, and the two below.
    #[inline]
    fn around(&self, column: i32, row: i32) -> [[u8; 3]; 4] {
        let (width, height) = (self.source.width() as i32, self.source.height() as i32);
        let pixels = self.source.data().as_chunks::<3>().0;
        if column >= 0 && row >= 0 && column + 1 < width && row + 1 < height {
            let first = row as usize * width as usize + column as usize;
            let second = first + width as usize;
            return [pixels[first], pixels[first + 1], pixels[second], pixels[second + 1]];
        }
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(right, below)| {
            let (x, y) = (column + right, row + below);
            let (inner_x, inner_y) = (x.clamp(0, width - 1), y.clamp(0, height - 1));
            match self.border {
                Border::Constant(color) if (x, y) != (inner_x, inner_y) => color,
                _ => pixels[inner_y as usize * width as usize + inner_x as usize],
            }
        })
    }
}

/// A position along a side as a whole pixel (-1 to `length`: further out is all border) and a fraction.
#[inline]
fn split(position: f64, length: u32) -> (i32, u32) {
    const ONE: i32 = 1 << FRACTION_BITS;
    // One more pixel keeps the sum positive, where truncation is the floor.
    let shifted = position.clamp(-1.0, f64::from(length)) + 1.0;
    let fixed = (shifted * f64::from(ONE) + 0.5) as i32;
    ((fixed >> FRACTION_BITS) - 1, (fixed & (ONE - 1)) as u32)
}
