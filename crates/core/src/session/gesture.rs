//! Gestures: the head, the mouth or the eyes leave their rest and come back.

use super::challenge::Action;
use super::observation::SeenFace;
use crate::pose::Pose;

/// A turn counts from here, in degrees from rest.
const TURN_DEG: f32 = 15.0;
/// A nod counts from here, in degrees from rest.
const NOD_DEG: f32 = 10.0;
/// An open mouth counts from this much above rest.
const MOUTH_OPEN: f32 = 0.28;
/// Eyes count as closed when this share of their openness at rest is gone.
const EYES_CLOSED: f32 = 0.6;
/// Eyes that read as less open than this at rest cannot be told from closed ones.
const MIN_EYES_AT_REST: f32 = 0.3;
/// Back at rest means below this share of what counts.
const REST: f32 = 0.5;
/// Nobody keeps the eyes shut for so long unasked; a blink takes 100 to 250 ms.
const MIN_BLINK_MS: u64 = 300;
/// Other gestures take at least so long.
const MIN_GESTURE_MS: u64 = 150;
/// What takes longer than this is no gesture.
const MAX_GESTURE_MS: u64 = 6_000;
/// A head that turns shows its depth: a gesture of the head deforms the points by at least this, in eye distances, beyond
/// what any movement of a flat picture does.
const MIN_DEPTH: f32 = 0.04;

/// A finished gesture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gesture {
    /// What it was.
    pub action: Action,
    /// When it left rest.
    pub started_ms: u64,
    /// When it was back.
    pub ended_ms: u64,
}

/// How the face looks at rest.
#[derive(Clone, Copy, Debug)]
pub struct Rest {
    pub pose: Pose,
    pub eyes_open: Option<f32>,
    pub mouth_open: Option<f32>,
}

/// Follows one face from rest to rest.
#[derive(Clone, Debug)]
pub struct Gestures {
    rest: Rest,
    under_way: Option<UnderWay>,
}

#[derive(Clone, Copy, Debug)]
struct UnderWay {
    started_ms: u64,
    peaks: [f32; Action::ALL.len()],
    depth: f32,
}

/// What a frame adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The action under way when this frame shows it more than any before: worth keeping.
    pub peak: Option<Action>,
    /// The gesture that this frame ends.
    pub finished: Option<Gesture>,
}

impl Gestures {
    pub fn new(rest: Rest) -> Self {
        Self { rest, under_way: None }
    }

    /// Whether no gesture is under way.
    pub fn at_rest(&self) -> bool {
        self.under_way.is_none()
    }

    /// One more frame; `depth` is the deformation of the points that no flat picture shows.
    pub fn feed(&mut self, time_ms: u64, face: &SeenFace, depth: f32) -> Progress {
        let shares = shares(&self.rest, face);
        let most = shares.into_iter().fold(0.0, f32::max);
        let Some(under_way) = &mut self.under_way else {
            if most >= 1.0 {
                self.under_way = Some(UnderWay { started_ms: time_ms, peaks: shares, depth });
                return Progress { peak: strongest(&shares), finished: None };
            }
            return Progress::default();
        };
        if time_ms.saturating_sub(under_way.started_ms) > MAX_GESTURE_MS {
            self.under_way = None; // what stays is a new posture, not a gesture
            return Progress::default();
        }
        let before = strongest(&under_way.peaks);
        let mut peak = None;
        for (k, share) in shares.into_iter().enumerate() {
            if share > under_way.peaks[k] {
                under_way.peaks[k] = share;
                peak = peak.or(before.filter(|a| *a as usize == k));
            }
        }
        under_way.depth = under_way.depth.max(depth);
        if most >= REST {
            return Progress {
                peak: peak.or(strongest(&under_way.peaks).filter(|a| Some(*a) != before)),
                finished: None,
            };
        }
        let done = *under_way;
        self.under_way = None;
        Progress { peak: None, finished: done.gesture(time_ms) }
    }
}

/// How far a face shows an action, as a share of what counts.
#[cfg(feature = "models")]
pub fn share(rest: &Rest, face: &SeenFace, action: Action) -> f32 {
    shares(rest, face)[action as usize]
}

/// Each action as a share of what counts. While the head is away, mouth and eyes are not believed.
fn shares(rest: &Rest, face: &SeenFace) -> [f32; Action::ALL.len()] {
    let yaw = (face.pose.yaw_deg - rest.pose.yaw_deg) / TURN_DEG;
    let nod = (face.pose.pitch_deg - rest.pose.pitch_deg).abs() / NOD_DEG;
    let mouth = face.mouth_open.zip(rest.mouth_open).map_or(0.0, |(now, rest)| (now - rest) / MOUTH_OPEN);
    let eyes = face.eyes_open.zip(rest.eyes_open.filter(|rest| *rest >= MIN_EYES_AT_REST));
    let eyes = eyes.map_or(0.0, |(now, rest)| (rest - now) / (rest * EYES_CLOSED));
    let head_at_rest = yaw.abs().max(nod) < 1.0;
    let [mouth, eyes] = [mouth, eyes].map(|share| if head_at_rest { share } else { 0.0 });
    [yaw, -yaw, nod, mouth, eyes].map(|share| share.max(0.0))
}

impl UnderWay {
    fn gesture(&self, ended_ms: u64) -> Option<Gesture> {
        let action = strongest(&self.peaks)?;
        let lasted = ended_ms.saturating_sub(self.started_ms);
        let sound = match action {
            Action::TurnLeft | Action::TurnRight | Action::Nod => lasted >= MIN_GESTURE_MS && self.depth >= MIN_DEPTH,
            Action::OpenMouth => lasted >= MIN_GESTURE_MS,
            Action::Blink => lasted >= MIN_BLINK_MS,
        };
        sound.then_some(Gesture { action, started_ms: self.started_ms, ended_ms })
    }
}

/// The action that stands out: of the head's if one counts, else mouth before eyes.
fn strongest(shares: &[f32; Action::ALL.len()]) -> Option<Action> {
    let share = |a: &Action| shares[*a as usize];
    let head =
        [Action::TurnLeft, Action::TurnRight, Action::Nod].into_iter().max_by(|a, b| share(a).total_cmp(&share(b)));
    head.into_iter().chain([Action::OpenMouth, Action::Blink]).find(|a| share(a) >= 1.0)
}
