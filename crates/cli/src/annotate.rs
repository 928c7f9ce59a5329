//! Pictures with boxes and points drawn in, as PNG.

use facecert_core::detect::Face;
use facecert_core::frame::{Image, resize};
use facecert_core::geometry::{Point, Rect};
use image::ImageEncoder as _;

use crate::output::Failure;

const BOX: [u8; 3] = [0, 200, 80];
const POINT: [u8; 3] = [255, 60, 60];

/// A copy of the picture with the faces drawn in.
pub fn faces<'a>(image: &Image, faces: impl IntoIterator<Item = &'a Face>) -> Image {
    let mut canvas = image.clone();
    let thick = (image.width().max(image.height()) as f32 / 300.0).max(1.0);
    for face in faces {
        frame(&mut canvas, &face.rect, thick);
        for p in face.points {
            fill(&mut canvas, &Rect::new(p.x - thick, p.y - thick, 2.0 * thick, 2.0 * thick), POINT);
        }
    }
    canvas
}

/// Several pictures beside each other, all of the lowest one's height, as PNG.
pub fn side_by_side(pictures: &[Image]) -> Result<Vec<u8>, Failure> {
    let height = pictures.iter().map(Image::height).min().unwrap_or(1);
    let scaled = |p: &Image| resize(p, (p.width() * height / p.height()).max(1), height).map_err(Failure::new);
    let scaled: Vec<Image> = pictures.iter().map(scaled).collect::<Result<_, _>>()?;
    let width = scaled.iter().map(Image::width).sum();
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    for row in 0..height as usize {
        for picture in &scaled {
            let bytes = picture.width() as usize * 3;
            rgb.extend_from_slice(&picture.data()[row * bytes..][..bytes]);
        }
    }
    let mut png = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut png);
    encoder.write_image(&rgb, width, height, image::ExtendedColorType::Rgb8).map_err(Failure::new)?;
    Ok(png)
}

fn frame(canvas: &mut Image, r: &Rect, thick: f32) {
    let (right, bottom) = (r.x + r.width, r.y + r.height);
    for side in [
        Rect::new(r.x, r.y, r.width, thick),
        Rect::new(r.x, bottom - thick, r.width, thick),
        Rect::new(r.x, r.y, thick, r.height),
        Rect::new(right - thick, r.y, thick, r.height),
    ] {
        fill(canvas, &side, BOX);
    }
}

/// Fills the part of a box that lies in the picture.
fn fill(canvas: &mut Image, r: &Rect, colour: [u8; 3]) {
    let (width, height) = (canvas.width(), canvas.height());
    let inside = |p: Point| (p.x.clamp(0.0, width as f32) as usize, p.y.clamp(0.0, height as f32) as usize);
    let ((x0, y0), (x1, y1)) =
        (inside(Point::new(r.x, r.y)), inside(Point::new(r.x + r.width + 0.5, r.y + r.height + 0.5)));
    for row in canvas.data_mut().chunks_exact_mut(width as usize * 3).take(y1).skip(y0) {
        for pixel in row.chunks_exact_mut(3).take(x1).skip(x0) {
            pixel.copy_from_slice(&colour);
        }
    }
}
