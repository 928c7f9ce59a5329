//! Pictures with boxes and points drawn in, as PNG.

use facecert_core::detect::Face;
use facecert_core::frame::{Image, resize};
use facecert_core::geometry::{Point, Rect};
use facecert_core::pose::{Pose, mean_face};

use crate::output::Failure;

const BOX: [u8; 3] = [0, 200, 80];
const POINT: [u8; 3] = [255, 60, 60];
const DIRECTION: [u8; 3] = [255, 200, 0];
const TO_COME: [u8; 3] = [120, 120, 120];

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
    Image::from_rgb(width, height, rgb).and_then(|image| image.to_png()).map_err(Failure::new)
}

/// Draws points into the picture.
pub fn landmarks(canvas: &mut Image, points: &[Point]) {
    for p in points {
        fill(canvas, &Rect::new(p.x - 1.0, p.y - 1.0, 1.0, 1.0), POINT);
    }
}

/// Draws where a head looks: the line of the nose of a mean face of this pose, lengthened.
pub fn direction(canvas: &mut Image, r: &Rect, pose: &Pose) {
    let nose = mean_face(*pose, r.width, r.centre());
    let (from, to) = (nose[27], nose[30]);
    for step in 0..40 {
        let along = step as f32 / 20.0;
        let p = Point::new(from.x + along * (to.x - from.x), from.y + along * (to.y - from.y));
        fill(canvas, &Rect::new(p.x - 1.0, p.y - 1.0, 2.0, 2.0), DIRECTION);
    }
}

/// Draws one field for each action along the upper edge: done, asked for, to come.
pub fn progress(canvas: &mut Image, step: usize, steps: usize, passed: bool) {
    let fields = steps.max(1);
    let width = canvas.width() as f32 / fields as f32;
    for field in 0..fields {
        let colour = if passed || field < step {
            BOX
        } else if field == step {
            DIRECTION
        } else {
            TO_COME
        };
        fill(canvas, &Rect::new(field as f32 * width + 1.0, 0.0, width - 2.0, 6.0), colour);
    }
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
