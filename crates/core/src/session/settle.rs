//! Before anything is asked a face must have come to rest: how it looks then is what gestures are measured from.

use super::gesture::Rest;
use super::observation::SeenFace;
use crate::pose::Pose;

/// The face is looked at for so long before anything is asked.
const SETTLE_MS: u64 = 400;
/// While it settles, the head may move by this much.
const SETTLE_DEG: f32 = 6.0;
/// A face may be off front by this much at rest: phones are held low.
const REST_OFF_FRONT_DEG: f32 = 20.0;

/// A face that may be at rest.
#[derive(Clone, Debug)]
pub struct Settling {
    since_ms: u64,
    frames: u32,
    pub rest: Rest,
}

/// One more frame of a face that is to settle; `true` once it has.
pub fn settle(at_rest: &mut Option<Settling>, now_ms: u64, face: &SeenFace) -> bool {
    let Pose { yaw_deg, pitch_deg, .. } = face.pose;
    let stays = |s: &Settling| {
        (s.rest.pose.yaw_deg - yaw_deg).abs().max((s.rest.pose.pitch_deg - pitch_deg).abs()) <= SETTLE_DEG
    };
    match at_rest {
        Some(settling) if stays(settling) => {
            settling.frames += 1;
            let rest = &mut settling.rest;
            rest.eyes_open = larger(rest.eyes_open, face.eyes_open); // the blink is not the rest
            rest.mouth_open = smaller(rest.mouth_open, face.mouth_open);
            settling.frames >= 3 && now_ms - settling.since_ms >= SETTLE_MS
        }
        _ => {
            let rest = Rest { pose: face.pose, eyes_open: face.eyes_open, mouth_open: face.mouth_open };
            let settling = Settling { since_ms: now_ms, frames: 1, rest };
            *at_rest = (face.pose.off_front_deg() <= REST_OFF_FRONT_DEG).then_some(settling);
            false
        }
    }
}

fn larger(a: Option<f32>, b: Option<f32>) -> Option<f32> {
    a.into_iter().chain(b).reduce(f32::max)
}

fn smaller(a: Option<f32>, b: Option<f32>) -> Option<f32> {
    a.into_iter().chain(b).reduce(f32::min)
}
