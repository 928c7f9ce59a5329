//! From frames to observations: follows one face and asks the nets no more often than needed.

use std::sync::Arc;

use super::observation::{Observation, SeenFace};
use crate::detect::{DetectOptions, Face};
use crate::engine::Engine;
use crate::error::Result;
use crate::frame::Image;
use crate::geometry::Rect;
use crate::look::Crops;
use crate::quality::{Profile, Quality};

/// A face continues the last one if their boxes overlap by this much.
const SAME_IOU: f32 = 0.2;
/// Another face of this share of the followed one's side is one too many.
const CROWD: f32 = 0.7;
/// Templates, quality and liveness are had from faces that look this far off front at most.
const FRONTAL_DEG: f32 = 20.0;
/// Time between two frames that are asked for liveness, and for a template.
const EVERY_MS: u64 = 200;
/// Frames are searched at this size at most: a session's face is near.
const LOOK_PX: u32 = 320;

/// Looks at the frames of one session.
pub struct Camera {
    engine: Arc<Engine>,
    profile: Profile,
    last: Option<Rect>,
    asked_ms: Option<u64>,
}

/// A frame, looked at: the observation, and what a kept frame is kept with.
pub struct Looked {
    /// For the session.
    pub observation: Observation,
    /// The face in the frame.
    pub face: Option<Face>,
    /// Its quality, if it was measured.
    pub quality: Option<Quality>,
}

impl Camera {
    /// A camera whose frames are judged by this profile.
    pub fn new(engine: Arc<Engine>, profile: Profile) -> Self {
        Self { engine, profile, last: None, asked_ms: None }
    }

    /// The engine that looks.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The profile that frames are judged by.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Looks at the next frame, upright and not mirrored.
    ///
    /// # Errors
    /// [`Error::Pack`](crate::Error::Pack) or [`Error::Net`](crate::Error::Net) for a damaged pack.
    pub fn look(&mut self, image: &Image, time_ms: u64) -> Result<Looked> {
        let faces = self.engine.detect(image, &self.options(image))?;
        let face = self.follow(&faces);
        self.last = face.map(|f| f.rect);
        let side = |f: &Face| f.rect.area().sqrt();
        let crowded = face.is_some_and(|own| faces.iter().filter(|f| side(f) >= CROWD * side(&own)).count() > 1);
        let frame = image.sha256();
        let mut looked =
            Looked { observation: Observation { time_ms, frame, face: None, crowded }, face, quality: None };
        if let Some(face) = face {
            let (seen, quality) = self.close_look(image, &faces, &face, time_ms)?;
            looked.observation.face = seen;
            looked.quality = quality;
        }
        Ok(looked)
    }

    fn close_look(
        &mut self,
        image: &Image,
        faces: &[Face],
        face: &Face,
        time_ms: u64,
    ) -> Result<(Option<SeenFace>, Option<Quality>)> {
        let look = self.engine.look(image, face)?;
        let Some(pose) = look.pose else { return Ok((None, None)) };
        let frontal = pose.off_front_deg() <= FRONTAL_DEG;
        let due = frontal && self.asked_ms.is_none_or(|asked| time_ms.saturating_sub(asked) >= EVERY_MS);
        let quality = due.then(|| self.engine.quality(image, faces, face, &look, self.profile)).transpose()?;
        let liveness = if due { self.engine.liveness(image, &face.rect, Crops::Both)? } else { None };
        if due {
            self.asked_ms = Some(time_ms);
        }
        let seen = SeenFace {
            rect: face.rect,
            points: look.landmarks.map_or_else(|| face.points.to_vec(), |points| points.to_vec()),
            pose,
            eyes_open: look.eyes_open,
            mouth_open: look.mouth_open,
            live_log_odds: liveness.map(|l| l.live_log_odds),
            quality: quality.as_ref().map(|q| q.unified),
            refused: quality.as_ref().and_then(|q| q.reasons().first().copied()),
            template: due.then(|| self.engine.embed(image, face)).transpose()?,
        };
        Ok((Some(seen), quality))
    }

    /// The face that goes on where the last one was, else the largest.
    fn follow(&self, faces: &[Face]) -> Option<Face> {
        let overlap = |f: &Face| self.last.map_or(0.0, |last| last.iou(&f.rect));
        let nearest = faces.iter().max_by(|a, b| overlap(a).total_cmp(&overlap(b))).filter(|f| overlap(f) >= SAME_IOU);
        nearest.or_else(|| faces.iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()))).copied()
    }

    /// The pack's size that shows the frame with a long side of about 320.
    fn options(&self, image: &Image) -> DetectOptions {
        let wide = image.width() >= image.height();
        let sizes = self.engine.pack().manifest().detector.sizes.iter();
        let fits = |s: &&[u32; 2]| s[0].max(s[1]) == LOOK_PX && (s[0] >= s[1]) == wide;
        let size = sizes.filter(fits).min_by_key(|s| s[0] * s[1]).copied();
        DetectOptions { size, close_ups: false, ..DetectOptions::default() }
    }
}
