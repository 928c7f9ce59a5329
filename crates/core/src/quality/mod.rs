//! Quality of a face image by components of ISO/IEC 29794-5, judged by a named profile.
//!
//! Every component has a raw value, a scalar from 0 to 100, and passes or not; the table of scales and profiles is
//! `quality.toml`. What only a net can tell (eyes, and pose from 68 points) is left out where the pack has none.

mod measure;
mod profile;

use serde::Serialize;

use crate::geometry::{FivePoints, Rect};
use crate::pose::Pose;
use crate::reason::Reason;

pub use measure::measure;
pub use profile::Profile;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Between the eye centres, in pixels.
    InterEyeDistance,
    /// Degrees to either side.
    HeadPoseYaw,
    /// Degrees up or down.
    HeadPosePitch,
    /// Degrees to either shoulder.
    HeadPoseRoll,
    /// Fine detail as a share of all contrast, 0 to 1.
    Sharpness,
    /// Mean luminance of the face, 0 to 1.
    LuminanceMean,
    /// Variance of the luminance, 0 to 0.25.
    LuminanceVariance,
    /// Share of the face that is nearly black.
    UnderExposure,
    /// Share of the face that is nearly white.
    OverExposure,
    /// Intersection of the luminance histograms of both cheeks, 0 to 1.
    IlluminationUniformity,
    /// Share of the face's box, with a tenth around it, that lies in the picture.
    FaceInFrame,
    /// How surely both eyes are open, 0 to 1.
    EyesOpen,
    /// How far the mouth is open, 0 to 1.
    MouthClosed,
    /// Steps at the borders of 8x8 blocks over steps elsewhere; 1 is none.
    Compression,
    /// Distance of the skin's mean colour from what skin can have, in CIELAB units.
    NaturalColour,
    /// Side of the second largest face over the largest one's.
    SingleFace,
    /// Mean step of luminance around the face, 0 to 1.
    Background,
}

/// One component, measured and judged.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Item {
    /// What.
    pub component: Component,
    /// In the component's own unit.
    pub raw: f32,
    /// 0 (worst) to 100.
    pub scalar: f32,
    /// Passes the profile; a component that the profile does not name passes.
    pub pass: bool,
    /// What to tell the person when it does not pass.
    pub reason: Option<Reason>,
}

/// A face image's quality.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quality {
    /// The profile's name.
    pub profile: &'static str,
    /// Every component passes.
    pub pass: bool,
    /// Unified score, 0 to 100: the geometric mean of the scalars that bear on recognition.
    pub unified: f32,
    /// The components, in the standard's order.
    pub components: Vec<Item>,
}

/// What is known of a face besides its pixels.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Its box.
    pub rect: Rect,
    /// Its five points.
    pub points: FivePoints,
    /// Where it looks.
    pub pose: Pose,
    /// How surely the eyes are open, 0 to 1.
    pub eyes_open: Option<f32>,
    /// How far the mouth is open, 0 to 1.
    pub mouth_open: Option<f32>,
    /// Side of the second largest face over this one's.
    pub next_face: f32,
}

impl Component {
    /// What to tell the person.
    pub const fn reason(self, raw_is_low: bool) -> Reason {
        match self {
            Self::InterEyeDistance => Reason::FaceTooSmall,
            Self::HeadPoseYaw => Reason::HeadTurned,
            Self::HeadPosePitch => Reason::ChinNotLevel,
            Self::HeadPoseRoll => Reason::HeadTilted,
            Self::Sharpness => Reason::Blurred,
            Self::LuminanceMean if raw_is_low => Reason::TooDark,
            Self::LuminanceMean | Self::OverExposure => Reason::TooBright,
            Self::LuminanceVariance => Reason::Flat,
            Self::UnderExposure => Reason::TooDark,
            Self::IlluminationUniformity => Reason::UnevenLight,
            Self::FaceInFrame => Reason::FaceCutOff,
            Self::EyesOpen => Reason::EyesClosed,
            Self::MouthClosed => Reason::MouthOpen,
            Self::Compression => Reason::Compressed,
            Self::NaturalColour => Reason::UnnaturalColour,
            Self::SingleFace => Reason::SeveralFaces,
            Self::Background => Reason::BusyBackground,
        }
    }

    /// Whether a comparison suffers from it: what the unified score is made of.
    const fn bears_on_recognition(self) -> bool {
        use Component::{
            Compression, FaceInFrame, HeadPosePitch, HeadPoseYaw, IlluminationUniformity, InterEyeDistance,
            OverExposure, Sharpness, UnderExposure,
        };
        matches!(
            self,
            InterEyeDistance
                | HeadPoseYaw
                | HeadPosePitch
                | Sharpness
                | UnderExposure
                | OverExposure
                | IlluminationUniformity
                | FaceInFrame
                | Compression
        )
    }
}

impl Quality {
    /// Judges raw values by a profile.
    pub fn judge(raw: &[(Component, f32)], profile: Profile) -> Self {
        let components: Vec<Item> = raw.iter().map(|(component, raw)| profile.item(*component, *raw)).collect();
        let telling: Vec<f32> =
            components.iter().filter(|i| i.component.bears_on_recognition()).map(|i| i.scalar.max(1.0).ln()).collect();
        let unified = (telling.iter().sum::<f32>() / telling.len().max(1) as f32).exp();
        Self { profile: profile.name(), pass: components.iter().all(|i| i.pass), unified, components }
    }

    /// What to tell the person, worst component first.
    pub fn reasons(&self) -> Vec<Reason> {
        let mut refused: Vec<&Item> = self.components.iter().filter(|i| !i.pass).collect();
        refused.sort_by(|a, b| a.scalar.total_cmp(&b.scalar));
        let mut reasons: Vec<Reason> = Vec::new();
        for reason in refused.iter().filter_map(|i| i.reason) {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}
