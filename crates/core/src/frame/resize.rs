//! Resizing, and fitting a picture into a net's input.

use fast_image_resize::images::{CroppedImageMut, Image as Target, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::Image;
use crate::{Error, Result};

/// The picture at another size: triangle filter, as wide as the shrinking factor (so that shrinking averages all pixels),
/// first along columns, then along rows. Weights are 16-bit integers, each pass rounds to a byte: every channel is within
/// one level of the real-valued filter for enlarging and shrinking alike, and the same on every machine.
///
/// # Errors
/// [`Error::ImageSize`] if a side is 0 or the result has too many pixels.
pub fn resize(image: &Image, width: u32, height: u32) -> Result<Image> {
    let mut target = Image::black(width, height)?;
    resize_into(image, &mut target, width, height)?;
    Ok(target)
}

/// Where a letterboxed picture lies in its canvas: at the top left, `width` x `height` pixels of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Columns of the canvas that the picture takes.
    pub width: u32,
    /// Rows of the canvas that the picture takes.
    pub height: u32,
    /// Canvas pixels per picture pixel, along x. A point with integer pixel centres maps by `(x + 0.5) * scale - 0.5`.
    pub scale_x: f32,
    /// Canvas pixels per picture pixel, along y.
    pub scale_y: f32,
}

/// Fits the picture into `canvas`: as large as it can be with its proportions, at the top left, black to the right and
/// below. The canvas is overwritten, so one can be used again and again.
///
/// # Errors
/// [`Error::Resize`] if the resizer refuses, which no valid picture makes it do.
pub fn letterbox(image: &Image, canvas: &mut Image) -> Result<Placement> {
    let fit = |side: u32, limit: u32, scale: f64| ((f64::from(side) * scale).round() as u32).clamp(1, limit);
    let (limit_x, limit_y) = (canvas.width(), canvas.height());
    let scale = (f64::from(limit_x) / f64::from(image.width())).min(f64::from(limit_y) / f64::from(image.height()));
    let (width, height) = (fit(image.width(), limit_x, scale), fit(image.height(), limit_y, scale));
    resize_into(image, canvas, width, height)?;

    let row_bytes = canvas.row_bytes();
    let (inside, below) = canvas.data_mut().split_at_mut(height as usize * row_bytes);
    below.fill(0);
    for row in inside.chunks_exact_mut(row_bytes) {
        row[width as usize * 3..].fill(0);
    }
    let scale_of = |canvas_px: u32, image_px: u32| (f64::from(canvas_px) / f64::from(image_px)) as f32;
    Ok(Placement { width, height, scale_x: scale_of(width, image.width()), scale_y: scale_of(height, image.height()) })
}

/// Resizes into the top left `width` x `height` pixels of the target.
fn resize_into(image: &Image, target: &mut Image, width: u32, height: u32) -> Result<()> {
    let fault = |error: &dyn std::fmt::Display| Error::Resize { what: error.to_string() };
    let source = ImageRef::new(image.width(), image.height(), image.data(), PixelType::U8x3).map_err(|e| fault(&e))?;
    let (target_width, target_height) = (target.width(), target.height());
    let mut target = Target::from_slice_u8(target_width, target_height, target.data_mut(), PixelType::U8x3)
        .map_err(|e| fault(&e))?;
    let mut target = CroppedImageMut::new(&mut target, 0, 0, width, height).map_err(|e| fault(&e))?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).map_err(|e| fault(&e))
}
