//! A portrait with its eyes shut or its mouth open, by moving its columns: a lid comes down over the eye, lip and chin give way.

use facecert_core::frame::Image;
use facecert_core::geometry::{Landmarks, Point};

use super::surface::colour_at;

const EYES: [[usize; 2]; 2] = [[36, 39], [42, 45]];
const INSIDE_MOUTH: [u8; 3] = [45, 18, 18];
const LASHES: [u8; 3] = [60, 40, 35];
const RIM: [u8; 3] = [40, 35, 30];
/// How far the widest mouth drops the lower lip, in eye distances.
const GAPE: f32 = 0.6;
/// The chin gives way down to so far below it, in eye distances.
const GIVES_WAY: f32 = 0.5;

/// Both eyes shut by this share, 0 to 1: skin from above and below runs over the eye, down to the lashes.
pub fn shut_eyes(picture: &mut Image, points: &Landmarks, shut: f32) {
    let open = picture.clone();
    for [outer, inner] in EYES.map(|corners| corners.map(|k| points[k])) {
        let middle = between(outer, inner);
        let (wide, high) = (0.6 * outer.distance(inner), 0.16 * eye_distance(points));
        for x in columns(middle.x - wide, middle.x + wide) {
            let half = high * (1.0 - ((x - middle.x) / wide).powi(2)).max(0.0).sqrt();
            let (top, bottom) = (middle.y - half, middle.y + half);
            let edge = top + shut * (bottom - top);
            let [above, below] = [top - 2.0, bottom + 2.0].map(|y| colour_at(&open, Point::new(x, y)));
            for y in top.ceil() as i32..=edge as i32 {
                let share = (y as f32 - top) / (bottom - top).max(1.0);
                let skin = |k: usize| f32::from(above[k]) + share * (f32::from(below[k]) - f32::from(above[k]));
                set(picture, x as i32, y, [0, 1, 2].map(|k| skin(k) as u8));
            }
            for y in edge as i32 - 2..=edge as i32 {
                set(picture, x as i32, y, LASHES);
            }
        }
    }
}

/// The mouth open by this share, 0 to 1.
pub fn open_mouth(picture: &mut Image, points: &Landmarks, gape: f32) {
    let closed = picture.clone();
    let eye_distance = eye_distance(points);
    let lower = [points[60], points[67], points[66], points[65], points[64]];
    let (left, right) = (lower[0].x, lower[4].x);
    let end = points[8].y + GIVES_WAY * eye_distance;
    for x in columns(left, right) {
        let aside = 2.0 * (x - left) / (right - left) - 1.0;
        let drop = gape * GAPE * eye_distance * (1.0 - aside * aside).max(0.0).sqrt();
        let lip = height_at(&lower, x);
        for y in lip.ceil() as i32..(lip + drop) as i32 {
            set(picture, x as i32, y, INSIDE_MOUTH);
        }
        stretch(picture, &closed, x, lip + drop..end, lip..end);
    }
}

/// Glasses with dark rims.
pub fn put_on_glasses(picture: &mut Image, points: &Landmarks) {
    let eye_distance = eye_distance(points);
    let centres = EYES.map(|[a, b]| between(points[a], points[b]));
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    for y in 0..height {
        for x in 0..width {
            let at =
                |c: Point| ((x as f32 - c.x) / (0.42 * eye_distance)).hypot((y as f32 - c.y) / (0.34 * eye_distance));
            let rim = centres.iter().any(|c| (0.94..1.06).contains(&at(*c)));
            let bridge = (centres[0].x + 0.42 * eye_distance..centres[1].x - 0.42 * eye_distance).contains(&(x as f32))
                && (y as f32 - (centres[0].y + centres[1].y) / 2.0).abs() < 0.025 * eye_distance;
            if rim || bridge {
                set(picture, x, y, RIM);
            }
        }
    }
}

/// By the outer corners and the mean face.
fn eye_distance(points: &Landmarks) -> f32 {
    points[36].distance(points[45]) / 1.37
}

fn between(a: Point, b: Point) -> Point {
    Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0)
}

fn columns(left: f32, right: f32) -> impl Iterator<Item = f32> {
    (left.ceil() as i32..=right.floor() as i32).map(|x| x as f32)
}

/// The height of a line of points, left to right, above a column.
fn height_at(line: &[Point], x: f32) -> f32 {
    let pair = line.windows(2).find(|pair| x <= pair[1].x).unwrap_or(&line[line.len() - 2..]);
    let share = ((x - pair[0].x) / (pair[1].x - pair[0].x)).clamp(0.0, 1.0);
    pair[0].y + share * (pair[1].y - pair[0].y)
}

/// One column's stretch shows another of the original.
fn stretch(picture: &mut Image, original: &Image, x: f32, shown: std::ops::Range<f32>, source: std::ops::Range<f32>) {
    for y in shown.start.ceil() as i32..shown.end as i32 {
        let share = (y as f32 - shown.start) / (shown.end - shown.start);
        let colour = colour_at(original, Point::new(x, source.start + share * (source.end - source.start)));
        set(picture, x as i32, y, colour);
    }
}

fn set(picture: &mut Image, x: i32, y: i32, colour: [u8; 3]) {
    let (width, height) = (picture.width() as i32, picture.height() as i32);
    if (0..width).contains(&x) && (0..height).contains(&y) {
        let place = 3 * (y * width + x) as usize;
        picture.data_mut()[place..place + 3].copy_from_slice(&colour);
    }
}
