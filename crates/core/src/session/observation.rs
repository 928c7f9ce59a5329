//! What one frame showed: all that a session ever learns of it.

use facecert_match::Template;

use crate::geometry::{Point, Rect};
use crate::pose::Pose;
use crate::reason::Reason;

/// One frame, looked at.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Monotonic time in milliseconds; any origin.
    pub time_ms: u64,
    /// SHA-256 of the upright RGB pixels.
    pub frame: [u8; 32],
    /// The face that is followed, if it was seen.
    pub face: Option<SeenFace>,
    /// Another face of like size is in the frame.
    pub crowded: bool,
}

/// A face in a frame.
#[derive(Clone, Debug)]
pub struct SeenFace {
    /// Its box in pixels.
    pub rect: Rect,
    /// Its points in pixels, five or 68; the same number in all frames of a session.
    pub points: Vec<Point>,
    /// Where it looks.
    pub pose: Pose,
    /// How surely the eyes are open, 0 to 1; `None` if nothing tells.
    pub eyes_open: Option<f32>,
    /// How far the mouth is open, 0 to 1; `None` if nothing tells.
    pub mouth_open: Option<f32>,
    /// Logarithm of the odds that it is alive and no artefact; `None` if this frame was not asked.
    pub live_log_odds: Option<f32>,
    /// Unified quality, 0 to 100, if the frame was measured.
    pub quality: Option<f32>,
    /// Why its quality does not pass; `None` if it does or was not measured.
    pub refused: Option<Reason>,
    /// Its template, if this frame was asked.
    pub template: Option<Template>,
}
