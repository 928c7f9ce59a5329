//! Natural motion: a living face deforms, moves without jumps, and never shows the same frames again.

use std::collections::{HashSet, VecDeque};

use super::observation::{Observation, SeenFace};
use crate::geometry::Point;
use crate::reason::Reason;

/// Between two frames a face may move this far, in eye distances, ...
const JUMP: f32 = 0.5;
/// ... and this much more for each second between them.
const JUMP_PER_S: f32 = 2.5;
/// The change of size, as a logarithm, that counts like a movement of one eye distance.
const SIZE_JUMP: f32 = 0.5;
/// A camera may deliver a frame twice in a row; so many that come again later are a replay.
pub(super) const MAX_REPEATED: u32 = 3;
/// So many times in a row is a frozen picture.
const FROZEN: u32 = 10;
/// A loop comes again with every point within this, in eye distances, ...
const LOOP_POINTS: f32 = 0.02;
/// ... for at least so long and after at least so long, ...
const LOOP_MS: u64 = 1_200;
/// ... while the points moved by at least so much (root mean square), in eye distances.
const LOOP_TRAVEL: f32 = 0.1;
/// Frames that are searched for a loop.
const LOOP_FRAMES: usize = 512;
/// Points are smoothed with this weight of the newest frame before their deformation counts, ...
const SMOOTHING: f32 = 0.4;
/// ... and from so many frames on.
const SMOOTH_FRAMES: u32 = 4;
/// Less deformation than this, in eye distances, is what noise does to the points of a still.
const STILL_DEFORMATION: f32 = 0.035;
/// Less change of the eyes' openness than this is no blink.
const STILL_EYES: f32 = 0.5;
/// A still that moves further than this, in eye distances, was moved about.
const STILL_TRAVEL: f32 = 0.1;

/// What a session knows of motion so far.
#[derive(Clone, Debug, Default)]
pub struct Motion {
    frames_seen: HashSet<[u8; 32]>,
    last_frame: Option<[u8; 32]>,
    repeated: u32,
    duplicates: u32,
    last: Option<Moment>,
    trail: VecDeque<Moment>,
    /// By lag in frames: since when each frame equals the one so many frames before.
    runs: Vec<Option<u64>>,
    /// The smoothed points of the beginning, and now, over so many frames.
    first: Option<Vec<Point>>,
    smooth: Vec<Point>,
    smoothed: u32,
    widest: f32,
    deformation: f32,
    travel: f32,
    eyes: Option<(f32, f32)>,
}

/// The points of one frame and what they are measured in.
#[derive(Clone, Debug)]
struct Moment {
    time_ms: u64,
    points: Vec<Point>,
    eye_distance: f32,
}

/// What a frame showed beyond its face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// The same frame as the last: it says nothing.
    Duplicate,
    /// Motion goes on naturally; the deformation of this frame's points that no flat picture shows, in eye distances.
    Natural(f32),
    /// It does not.
    Cue(Reason),
}

impl Motion {
    /// One more frame with a face.
    pub fn feed(&mut self, seen: &Observation, face: &SeenFace) -> Finding {
        if self.last_frame.replace(seen.frame) == Some(seen.frame) {
            self.duplicates += 1;
            return Finding::Duplicate;
        }
        self.duplicates = 0;
        if !self.frames_seen.insert(seen.frame) {
            self.repeated += 1;
        }
        let Some(now) = Moment::new(seen.time_ms, &face.points) else { return Finding::Natural(0.0) };
        let jumped = self.last.as_ref().is_some_and(|last| now.jumps_from(last));
        let depth = self.deform(&now);
        if let Some(open) = face.eyes_open {
            let (low, high) = self.eyes.unwrap_or((open, open));
            self.eyes = Some((low.min(open), high.max(open)));
        }
        let looped = self.comes_again(&now);
        self.last = Some(now);
        if jumped {
            Finding::Cue(Reason::Cut)
        } else if self.repeated >= MAX_REPEATED || looped {
            Finding::Cue(Reason::RepeatedFrames)
        } else {
            Finding::Natural(depth)
        }
    }

    /// The face was away: what comes next does not continue what was.
    pub fn interrupt(&mut self) {
        self.last = None;
        self.smooth.clear();
    }

    /// Whether the camera hands over one and the same frame.
    pub fn frozen(&self) -> bool {
        self.duplicates >= FROZEN
    }

    /// Whether all that was seen could be a still, and of which kind. Points from a net tremble: see the constants.
    pub fn still(&self) -> Option<Reason> {
        let blinked = self.eyes.is_some_and(|(low, high)| high - low >= STILL_EYES);
        if blinked || self.deformation >= STILL_DEFORMATION || self.first.is_none() {
            return None;
        }
        Some(if self.travel >= STILL_TRAVEL { Reason::MovedStill } else { Reason::StillPicture })
    }

    fn deform(&mut self, now: &Moment) -> f32 {
        if self.smooth.len() == now.points.len() {
            for (s, p) in self.smooth.iter_mut().zip(&now.points) {
                *s = Point::new(s.x + SMOOTHING * (p.x - s.x), s.y + SMOOTHING * (p.y - s.y));
            }
        } else {
            self.smooth.clone_from(&now.points);
            self.smoothed = 0;
        }
        self.smoothed += 1;
        if self.smoothed < SMOOTH_FRAMES {
            return 0.0;
        }
        let first = self.first.get_or_insert_with(|| self.smooth.clone());
        // A picture that is tilted away looks narrower, not noisier: the widest view gives the unit.
        self.widest = self.widest.max(now.eye_distance);
        let depth = affine_residual(first, &self.smooth) / self.widest;
        self.deformation = self.deformation.max(depth);
        self.travel = self.travel.max(centre(first).distance(centre(&now.points)) / now.eye_distance);
        depth
    }

    /// Whether the last frames follow an earlier stretch point by point, as a loop does and no person can.
    fn comes_again(&mut self, now: &Moment) -> bool {
        self.runs.resize(self.trail.len(), None);
        for (run, earlier) in self.runs.iter_mut().zip(self.trail.iter().rev()) {
            let lag_ms = now.time_ms.saturating_sub(earlier.time_ms);
            *run = (lag_ms >= LOOP_MS && now.equals(earlier)).then(|| run.unwrap_or(now.time_ms));
        }
        let longest = self.runs.iter().flatten().min().filter(|began| now.time_ms - **began >= LOOP_MS);
        let moved = |began: &u64| self.trail.iter().any(|m| m.time_ms >= *began && now.moved_from(m) >= LOOP_TRAVEL);
        let looped = longest.is_some_and(moved);
        self.trail.push_back(now.clone());
        if self.trail.len() > LOOP_FRAMES {
            self.trail.pop_front();
        }
        looped
    }
}

impl Moment {
    fn new(time_ms: u64, points: &[Point]) -> Option<Self> {
        let eye_distance = match points.len() {
            68 => points[36].distance(points[45]) / 1.37, // outer corners, by the mean shape
            5 => points[0].distance(points[1]),
            _ => return None,
        };
        (eye_distance.is_finite() && eye_distance > 1.0).then(|| Self {
            time_ms,
            points: points.to_vec(),
            eye_distance,
        })
    }

    fn jumps_from(&self, last: &Self) -> bool {
        let seconds = self.time_ms.saturating_sub(last.time_ms) as f32 / 1000.0;
        let moved = self.apart(last);
        let grown = (spread(&self.points) / spread(&last.points)).ln().abs() / SIZE_JUMP;
        moved.max(grown) > JUMP + JUMP_PER_S * seconds
    }

    /// Distance of the centres in eye distances.
    fn apart(&self, other: &Self) -> f32 {
        centre(&self.points).distance(centre(&other.points)) / self.eye_distance.max(other.eye_distance)
    }

    /// Root mean square of the points' distances in eye distances.
    fn moved_from(&self, other: &Self) -> f32 {
        let sum: f32 = self.points.iter().zip(&other.points).map(|(p, q)| p.distance(*q).powi(2)).sum();
        (sum / self.points.len() as f32).sqrt() / self.eye_distance
    }

    fn equals(&self, other: &Self) -> bool {
        let near = LOOP_POINTS * self.eye_distance;
        self.points.len() == other.points.len()
            && self.points.iter().zip(&other.points).all(|(p, q)| p.distance(*q) <= near)
    }
}

fn centre(points: &[Point]) -> Point {
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), p| (x + p.x, y + p.y));
    Point::new(x / points.len() as f32, y / points.len() as f32)
}

/// Root mean square distance from the centre.
fn spread(points: &[Point]) -> f32 {
    let middle = centre(points);
    (points.iter().map(|p| p.distance(middle).powi(2)).sum::<f32>() / points.len() as f32).sqrt().max(f32::MIN_POSITIVE)
}

/// What the best affine map from one set of points to another leaves over, as root mean square in pixels. A flat picture
/// leaves nothing, however it is moved, turned or tilted (seen from afar).
fn affine_residual(from: &[Point], to: &[Point]) -> f32 {
    let (f, t) = (centre(from), centre(to));
    let about = |p: Point, m: Point| (f64::from(p.x - m.x), f64::from(p.y - m.y));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    let mut right = [[0.0; 2]; 2];
    for (p, q) in from.iter().zip(to) {
        let ((x, y), (u, v)) = (about(*p, f), about(*q, t));
        xx += x * x;
        xy += x * y;
        yy += y * y;
        right[0][0] += x * u;
        right[0][1] += y * u;
        right[1][0] += x * v;
        right[1][1] += y * v;
    }
    let determinant = xx * yy - xy * xy;
    if determinant.abs() < 1e-9 {
        return 0.0;
    }
    let map = right.map(|[a, b]| [(a * yy - b * xy) / determinant, (b * xx - a * xy) / determinant]);
    let left_over = |(p, q): (&Point, &Point)| {
        let ((x, y), (u, v)) = (about(*p, f), about(*q, t));
        (map[0][0] * x + map[0][1] * y - u).powi(2) + (map[1][0] * x + map[1][1] * y - v).powi(2)
    };
    (from.iter().zip(to).map(left_over).sum::<f64>() / from.len() as f64).sqrt() as f32
}
