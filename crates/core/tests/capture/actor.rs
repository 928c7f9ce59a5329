//! A portrait made to act: turned by the depth of a mean face, mouth and eyes drawn, then seen by a camera with noise and JPEG.

use std::path::PathBuf;

use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, Limits, warp};
use facecert_core::geometry::{Landmarks, Point, Similarity, five_of};
use facecert_core::pose::{Pose, mean_face};
use facecert_core::session::Action;

const WIDTH: u32 = 400;
const HEIGHT: u32 = 400;
const EYES_PX: f32 = 62.0;
/// The picture bends on a grid of this many pixels.
const CELL: usize = 10;
const LIPS: std::ops::Range<usize> = 60..68;

/// A portrait before a camera.
pub struct Actor {
    still: Image,
    points: Landmarks,
    pub light: f32,
    pub noise: f32,
    pub jpeg: u8,
    pub tilt_deg: f32,
    pub sway_px: f32,
    pub turn_deg: f32,
    pub nod_deg: f32,
    random: u64,
}

/// How a flat picture is held.
#[derive(Clone, Copy, PartialEq)]
pub enum Held {
    Living,
    Still,
    MovedStill,
}

impl Actor {
    pub fn new(engine: &Engine, name: &str, mut draw: impl FnMut(f32, f32) -> f32) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name);
        let photo = Image::open(&path, &Limits::default()).unwrap();
        let found = engine.detect(&photo, &DetectOptions::default()).unwrap();
        let face = found.iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())).unwrap();
        let left = Point::new(200.0 - EYES_PX / 2.0, 170.0);
        let eyes = [left, Point::new(left.x + EYES_PX, left.y)];
        let placed = Similarity::fit(&[face.points[0], face.points[1]], &eyes).unwrap();
        let still = warp(&photo, &placed.matrix(), WIDTH, HEIGHT, Border::Replicate).unwrap();
        // The mean face laid onto the five points.
        let five = face.points.map(|p| placed.apply(p));
        let mean = mean_face(Pose::default(), EYES_PX, Point::default());
        let onto = Similarity::fit(&five_of(&mean), &five).unwrap();
        Self {
            still,
            points: mean.map(|p| onto.apply(p)),
            light: draw(0.55, 1.15),
            noise: draw(0.0, 4.0),
            jpeg: draw(70.0, 95.0) as u8,
            tilt_deg: draw(-12.0, 12.0),
            sway_px: draw(1.0, 6.0),
            turn_deg: draw(28.0, 40.0),
            nod_deg: draw(18.0, 28.0),
            random: draw(1.0, 1e6) as u64 | 1,
        }
    }

    /// The frame at a time, an action so far under way (0 at rest, 1 at its height).
    pub fn frame(&mut self, time_ms: u64, action: Option<(Action, f32)>, held: Held) -> Image {
        let t = time_ms as f32 / 1000.0;
        let done = |wanted: Action| {
            action.filter(|(a, _)| *a == wanted && held == Held::Living).map_or(0.0, |(_, height)| height)
        };
        let mut acted = self.still.clone();
        if held == Held::Living {
            let pose = Pose {
                yaw_deg: self.turn_deg * (done(Action::TurnLeft) - done(Action::TurnRight)) + 1.5 * (1.1 * t).sin(),
                pitch_deg: self.nod_deg * done(Action::Nod) + (0.7 * t).cos(),
                roll_deg: 0.0,
            };
            let gape = 0.5 * done(Action::OpenMouth);
            let shut = if time_ms % 3700 < 150 { 1.0 } else { done(Action::Blink) };
            acted = self.bent(pose, gape, shut);
        }
        let (shift, turn, squeeze) = match held {
            Held::Still => (0.0, 0.0, 1.0),
            Held::Living => (self.sway_px, 0.0, 1.0),
            Held::MovedStill => (35.0, 8.0 * (0.8 * t).sin(), 0.85 + 0.15 * (1.3 * t).cos()),
        };
        let (sin, cos) = f64::from((self.tilt_deg + turn).to_radians()).sin_cos();
        let (dx, dy) = (f64::from(shift * (0.9 * t).sin()), f64::from(shift * 0.6 * (0.7 * t).cos()));
        let (a, b) = (cos * f64::from(squeeze), sin * f64::from(squeeze));
        let camera = [[a, -sin, 200.0 - 200.0 * a + 200.0 * sin + dx], [b, cos, 200.0 - 200.0 * b - 200.0 * cos + dy]];
        self.seen(&warp(&acted, &camera, WIDTH, HEIGHT, Border::Replicate).unwrap())
    }

    /// The portrait bent to a pose, the mouth open, the eyes shut.
    fn bent(&self, pose: Pose, gape: f32, shut: f32) -> Image {
        let centre = Point::default();
        let (front, turned) = (mean_face(Pose::default(), EYES_PX, centre), mean_face(pose, EYES_PX, centre));
        let mut moved: Vec<(Point, Point)> = (0..68)
            .map(|k| {
                let drop = if [55, 56, 57, 58, 59, 65, 66, 67, 6, 7, 8, 9, 10].contains(&k) {
                    gape * 0.7 * EYES_PX
                } else {
                    0.0
                };
                let by = Point::new(turned[k].x - front[k].x, turned[k].y - front[k].y + drop);
                (Point::new(self.points[k].x + by.x, self.points[k].y + by.y), by)
            })
            .collect();
        for k in 0..8 {
            let along = k as f32 / 7.0;
            let (w, h) = (WIDTH as f32, HEIGHT as f32);
            moved.extend(
                [(along * w, 0.0), (along * w, h), (0.0, along * h), (w, along * h)]
                    .map(|(x, y)| (Point::new(x, y), centre)),
            );
        }
        let columns = WIDTH as usize / CELL + 1;
        let grid: Vec<Point> = (0..columns * (HEIGHT as usize / CELL + 1))
            .map(|k| shift_at(Point::new((k % columns * CELL) as f32, (k / columns * CELL) as f32), &moved))
            .collect();
        let mut bent = self.still.clone();
        for (k, pixel) in bent.data_mut().as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let (x, y) = (k % WIDTH as usize, k / WIDTH as usize);
            let by = between(&grid, columns, x, y);
            let at = Point::new(x as f32 - by.x, y as f32 - by.y);
            *pixel = self.colour(at, Point::new(x as f32, y as f32), &moved, shut);
        }
        bent
    }

    /// The colour at a place of the still, unless the open mouth or a lid lies over it.
    fn colour(&self, source: Point, target: Point, moved: &[(Point, Point)], shut: f32) -> [u8; 3] {
        let lips: Vec<Point> = moved[LIPS].iter().map(|(p, _)| *p).collect();
        if lips[2].distance(lips[6]) > 0.08 * EYES_PX && inside(target, &lips) {
            return [50, 18, 18];
        }
        for eye in [36..42, 42..48] {
            let corners = [self.points[eye.start], self.points[eye.start + 3]];
            let middle = Point::new((corners[0].x + corners[1].x) / 2.0, (corners[0].y + corners[1].y) / 2.0);
            let (u, v) = ((source.x - middle.x) / (0.26 * EYES_PX), (source.y - middle.y) / (0.16 * EYES_PX));
            if u * u + v * v < 1.0 && v < 2.0 * shut - 1.0 {
                let line = v > 0.5 && v < 0.8;
                let lid = self.at(Point::new(source.x, middle.y + 0.3 * EYES_PX));
                return if line { lid.map(|c| c / 3) } else { lid };
            }
        }
        self.at(source)
    }

    fn at(&self, p: Point) -> [u8; 3] {
        let (x, y) =
            (p.x.round().clamp(0.0, WIDTH as f32 - 1.0) as usize, p.y.round().clamp(0.0, HEIGHT as f32 - 1.0) as usize);
        self.still.data().as_chunks::<3>().0[y * WIDTH as usize + x]
    }

    /// Light, noise, JPEG: the same for all.
    fn seen(&mut self, image: &Image) -> Image {
        let mut lit = image.clone();
        for value in lit.data_mut() {
            self.random ^= self.random << 13;
            self.random ^= self.random >> 7;
            self.random ^= self.random << 17;
            let noise = ((self.random & 0xffff) as f32 / 32768.0 - 1.0) * self.noise;
            *value = (f32::from(*value) * self.light + noise).clamp(0.0, 255.0) as u8;
        }
        let mut bytes = Vec::new();
        jpeg_encoder::Encoder::new(&mut bytes, self.jpeg)
            .encode(lit.data(), WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        Image::decode(&bytes, &Limits::default()).unwrap()
    }
}

/// The shift at a place: the mean of all points' shifts, near ones first.
fn shift_at(p: Point, moved: &[(Point, Point)]) -> Point {
    let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
    for (at, by) in moved {
        let weight = (p.distance(*at).powi(2) + 20.0).powf(-1.5);
        sum += weight;
        x += weight * by.x;
        y += weight * by.y;
    }
    Point::new(x / sum, y / sum)
}

fn between(grid: &[Point], columns: usize, x: usize, y: usize) -> Point {
    let (column, row) = (x / CELL, y / CELL);
    let (u, v) = ((x % CELL) as f32 / CELL as f32, (y % CELL) as f32 / CELL as f32);
    let corner = |c: usize, r: usize| grid[(r * columns + c).min(grid.len() - 1)];
    let mix = |a: Point, b: Point, t: f32| Point::new(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
    mix(
        mix(corner(column, row), corner(column + 1, row), u),
        mix(corner(column, row + 1), corner(column + 1, row + 1), u),
        v,
    )
}

fn inside(p: Point, polygon: &[Point]) -> bool {
    let edges = polygon.iter().zip(polygon.iter().cycle().skip(1));
    edges.filter(|(a, b)| (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x).count() % 2
        == 1
}
