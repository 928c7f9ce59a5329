//! A portrait made to act before a camera: it turns, nods, opens its mouth, shuts its eyes, breathes and sways, in bad light if
//! need be. What pretends to be alive goes through the same resampling, noise and JPEG.

use std::path::PathBuf;

use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, Limits, warp};
use facecert_core::geometry::{Landmarks, Point, Similarity};
use facecert_core::pose::Pose;
use facecert_core::session::Action;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::expression::{open_mouth, put_on_glasses, shut_eyes};
use super::surface::Surface;

/// The portraits that may be altered.
pub const PORTRAITS: [&str; 2] = ["collins-1.png", "hopper-1.jpg"];
/// A phone held upright.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 640;
/// Between the eyes, in pixels of the frame.
const EYES_PX: f32 = 84.0;
const MIDDLE: Point = Point::new(240.0, 290.0);
/// Everybody blinks this often and so long.
const BLINK_EVERY_MS: u64 = 3_700;
const BLINK_MS: u64 = 150;

/// How a picture is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held {
    Living,
    Still,
    /// A still that is shifted, turned and tilted about.
    MovedStill,
    /// From this time on another picture of the same portrait, enlarged.
    Cut(u64),
}

/// What is drawn anew for each session.
#[derive(Clone, Debug)]
pub struct Manner {
    pub light: f32,
    pub noise: f32,
    pub jpeg: u8,
    pub tilt_deg: f32,
    pub sway_px: f32,
    pub turn_deg: f32,
    pub nod_deg: f32,
    pub glasses: bool,
    /// Somebody smaller passes behind, from this time on.
    pub helper_ms: Option<u64>,
    random: u64,
}

impl Manner {
    pub fn drawn(runner: &mut TestRunner) -> Self {
        let mut draw = |low: f32, high: f32| (low..high).new_tree(runner).unwrap().current();
        Self {
            light: draw(0.5, 1.1),
            noise: draw(0.0, 5.0),
            jpeg: draw(65.0, 95.0) as u8,
            tilt_deg: draw(-12.0, 12.0),
            sway_px: draw(1.0, 6.0),
            turn_deg: draw(27.0, 42.0),
            nod_deg: draw(17.0, 28.0),
            glasses: draw(0.0, 1.0) < 0.25,
            helper_ms: (draw(0.0, 1.0) < 0.25).then_some(draw(1000.0, 6000.0) as u64),
            random: draw(1.0, 1e6) as u64 | 1,
        }
    }
}

/// A portrait before a camera.
pub struct Actor {
    still: Image,
    points: Landmarks,
    surface: Surface,
    behind: Image,
    pub manner: Manner,
}

impl Actor {
    pub fn new(engine: &Engine, name: &str, manner: Manner) -> Self {
        let (mut still, points) = placed(engine, name, EYES_PX);
        if manner.glasses {
            put_on_glasses(&mut still, &points);
        }
        let other = PORTRAITS.iter().find(|other| **other != name).unwrap();
        let behind = placed(engine, other, EYES_PX).0;
        Self { surface: Surface::new(&points, WIDTH, HEIGHT), still, points, behind, manner }
    }

    /// The frame at a time, an action so far under way (0 at rest, 1 at its height).
    pub fn frame(&mut self, time_ms: u64, action: Option<(Action, f32)>, held: Held) -> Image {
        let t = time_ms as f32 / 1000.0;
        let flat = matches!(held, Held::Still | Held::MovedStill);
        let acted = if flat { self.still.clone() } else { self.acted(time_ms, action) };
        let (shift, turn, squeeze, size) = match held {
            Held::Still => (0.0, 0.0, 1.0, 1.0),
            Held::MovedStill => (35.0, 8.0 * (0.8 * t).sin(), 0.85 + 0.15 * (1.3 * t).cos(), 1.0),
            Held::Cut(at_ms) if time_ms >= at_ms => (self.manner.sway_px, 0.0, 1.0, 1.5),
            Held::Living | Held::Cut(_) => (self.manner.sway_px, 0.0, 1.0, 1.0),
        };
        let (sin, cos) = f64::from((self.manner.tilt_deg + turn).to_radians()).sin_cos();
        let (sin, cos) = (sin * size, cos * size);
        let (dx, dy) = (f64::from(shift * (0.9 * t).sin()), f64::from(shift * 0.6 * (0.7 * t).cos()));
        let (cx, cy) = (f64::from(MIDDLE.x), f64::from(MIDDLE.y));
        let (a, b) = (cos * f64::from(squeeze), sin * f64::from(squeeze));
        let camera = [[a, -sin, cx - a * cx + sin * cy + dx], [b, cos, cy - b * cx - cos * cy + dy]];
        let mut frame = warp(&acted, &camera, WIDTH, HEIGHT, Border::Replicate).unwrap();
        if self.manner.helper_ms.is_some_and(|from| (from..from + 2500).contains(&time_ms)) {
            self.pass_behind(&mut frame, (time_ms - self.manner.helper_ms.unwrap()) as f32 / 2500.0);
        }
        self.seen(frame)
    }

    fn acted(&self, time_ms: u64, action: Option<(Action, f32)>) -> Image {
        let t = time_ms as f32 / 1000.0;
        let done = |wanted: Action| action.filter(|(a, _)| *a == wanted).map_or(0.0, |(_, height)| height);
        let blink = if time_ms % BLINK_EVERY_MS < BLINK_MS { 1.0 } else { 0.0 };
        let mut picture = self.still.clone();
        let (shut, gape) = (done(Action::Blink).max(blink), done(Action::OpenMouth));
        if shut > 0.0 {
            shut_eyes(&mut picture, &self.points, shut);
        }
        if gape > 0.0 {
            open_mouth(&mut picture, &self.points, gape);
        }
        let pose = Pose {
            yaw_deg: self.manner.turn_deg * (done(Action::TurnLeft) - done(Action::TurnRight)) + 1.5 * (1.1 * t).sin(),
            pitch_deg: self.manner.nod_deg * done(Action::Nod) + (0.7 * t).cos(),
            roll_deg: 0.0,
        };
        self.surface.turned(&picture, pose)
    }

    /// The head of a helper, half the size, at the frame's upper edge.
    fn pass_behind(&self, frame: &mut Image, way: f32) {
        const SIDE: u32 = 120;
        let left = (way * (WIDTH - SIDE) as f32) as usize;
        let (scale, x, y) = (0.5, MIDDLE.x - SIDE as f32, MIDDLE.y - SIDE as f32);
        let head = warp(
            &self.behind,
            &[[scale, 0.0, -scale * f64::from(x)], [0.0, scale, -scale * f64::from(y)]],
            SIDE,
            SIDE,
            Border::Replicate,
        )
        .unwrap();
        let row_bytes = SIDE as usize * 3;
        for (y, row) in head.data().chunks(row_bytes).enumerate() {
            let place = 3 * (y * WIDTH as usize + left);
            frame.data_mut()[place..place + row_bytes].copy_from_slice(row);
        }
    }

    /// Light, noise, JPEG: the same for all.
    fn seen(&mut self, mut frame: Image) -> Image {
        for value in frame.data_mut() {
            self.manner.random ^= self.manner.random << 13;
            self.manner.random ^= self.manner.random >> 7;
            self.manner.random ^= self.manner.random << 17;
            let noise = ((self.manner.random & 0xffff) as f32 / 32768.0 - 1.0) * self.manner.noise;
            *value = (f32::from(*value) * self.manner.light + noise).clamp(0.0, 255.0) as u8;
        }
        let mut bytes = Vec::new();
        jpeg_encoder::Encoder::new(&mut bytes, self.manner.jpeg)
            .encode(frame.data(), WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        Image::decode(&bytes, &Limits::default()).unwrap()
    }
}

/// A portrait in the frame, upright, its eyes so far apart, and its 68 points there.
fn placed(engine: &Engine, name: &str, eyes_px: f32) -> (Image, Landmarks) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name);
    let photo = Image::open(&path, &Limits::default()).unwrap();
    let largest = |image: &Image| {
        let found = engine.detect(image, &DetectOptions::default()).unwrap();
        found.into_iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())).unwrap()
    };
    let face = largest(&photo);
    let eyes = [-0.5, 0.5].map(|side| Point::new(MIDDLE.x + side * eyes_px, MIDDLE.y));
    let place = Similarity::fit(&[face.points[0], face.points[1]], &eyes).unwrap();
    let still = warp(&photo, &place.matrix(), WIDTH, HEIGHT, Border::Replicate).unwrap();
    let points = engine.look(&still, &largest(&still)).unwrap().landmarks.unwrap();
    (still, points)
}
