//! Scales and profiles: the committed table.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Component, Item};

/// What an image is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// A portrait as a resident card's chip holds it.
    IdChip,
    /// A portrait taken to be compared with for years.
    IdReference,
    /// A frame of a kiosk's camera.
    Kiosk,
    /// A frame of somebody's own phone.
    #[default]
    Phone,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    scale: HashMap<String, Vec<f32>>,
    profile: HashMap<String, HashMap<String, Range>>,
}

/// Which raw values pass.
#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    min: Option<f32>,
    max: Option<f32>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let table = toml::from_str(include_str!("../../quality.toml"));
    table.unwrap_or(Table { scale: HashMap::new(), profile: HashMap::new() }) // a test reads the committed file
});

impl Profile {
    /// All profiles.
    pub const ALL: [Self; 4] = [Self::IdChip, Self::IdReference, Self::Kiosk, Self::Phone];

    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::IdChip => "id_chip",
            Self::IdReference => "id_reference",
            Self::Kiosk => "kiosk",
            Self::Phone => "phone",
        }
    }

    /// A raw value, scaled and judged.
    pub(super) fn item(self, component: Component, raw: f32) -> Item {
        let name = component.name();
        let range = TABLE.profile.get(self.name()).and_then(|p| p.get(name));
        let (low, high) =
            range.map_or((false, false), |r| (r.min.is_some_and(|min| raw < min), r.max.is_some_and(|max| raw > max)));
        let pass = !(low || high || raw.is_nan());
        let scalar = TABLE.scale.get(name).map_or(0.0, |scale| scaled(scale, raw));
        Item { component, raw, scalar, pass, reason: (!pass).then(|| component.reason(low)) }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|p| p.name() == name)
            .ok_or_else(|| format!("no such profile; give one of {}", known()))
    }
}

impl Component {
    /// Its name in JSON and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InterEyeDistance => "inter_eye_distance",
            Self::HeadPoseYaw => "head_pose_yaw",
            Self::HeadPosePitch => "head_pose_pitch",
            Self::HeadPoseRoll => "head_pose_roll",
            Self::Sharpness => "sharpness",
            Self::LuminanceMean => "luminance_mean",
            Self::LuminanceVariance => "luminance_variance",
            Self::UnderExposure => "under_exposure",
            Self::OverExposure => "over_exposure",
            Self::IlluminationUniformity => "illumination_uniformity",
            Self::FaceInFrame => "face_in_frame",
            Self::EyesOpen => "eyes_open",
            Self::MouthClosed => "mouth_closed",
            Self::Compression => "compression",
            Self::NaturalColour => "natural_colour",
            Self::SingleFace => "single_face",
            Self::Background => "background",
        }
    }
}

/// A raw value on a line or a trapezoid, as 0 to 100.
fn scaled(scale: &[f32], raw: f32) -> f32 {
    let line = |zero: f32, full: f32| ((raw - zero) / (full - zero)).clamp(0.0, 1.0);
    let share = match *scale {
        [zero, full] => line(zero, full),
        [low_zero, low_full, high_full, high_zero] => line(low_zero, low_full).min(line(high_zero, high_full)),
        _ => 0.0,
    };
    if share.is_nan() { 0.0 } else { 100.0 * share }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_table_names_components_and_profiles_only() {
        let known: Vec<&str> = ALL.iter().map(|c| c.name()).collect();
        assert_eq!(TABLE.scale.len(), known.len());
        for (name, scale) in &TABLE.scale {
            assert!(known.contains(&name.as_str()) && [2, 4].contains(&scale.len()), "{name}");
        }
        assert_eq!(TABLE.profile.len(), Profile::ALL.len());
        for profile in Profile::ALL {
            let ranges = &TABLE.profile[profile.name()];
            assert!(ranges.iter().all(|(n, r)| known.contains(&n.as_str()) && (r.min.is_some() || r.max.is_some())));
            assert_eq!(profile.name().parse(), Ok(profile));
        }
    }

    #[test]
    fn scalars_rise_and_fall_as_the_table_says() {
        let scalar = |component, raw| Profile::Phone.item(component, raw).scalar;
        let (none, full) = (0.0..=0.0, 100.0..=100.0);
        assert!(none.contains(&scalar(Component::InterEyeDistance, 12.0)));
        assert!(full.contains(&scalar(Component::InterEyeDistance, 200.0)));
        assert!(none.contains(&scalar(Component::HeadPoseYaw, 60.0)));
        assert!(full.contains(&scalar(Component::LuminanceMean, 0.5)));
        assert!(scalar(Component::LuminanceMean, 0.9) < 50.0 && scalar(Component::LuminanceMean, 0.15) < 50.0);
        assert!(none.contains(&scalar(Component::Sharpness, f32::NAN)));
    }

    #[test]
    fn a_dark_face_is_told_to_find_light_and_a_bright_one_to_leave_it() {
        use crate::reason::Reason;
        assert_eq!(Profile::Phone.item(Component::LuminanceMean, 0.01).reason, Some(Reason::TooDark));
        assert_eq!(Profile::Phone.item(Component::LuminanceMean, 0.99).reason, Some(Reason::TooBright));
        assert!(!Profile::Phone.item(Component::Sharpness, f32::NAN).pass);
    }

    const ALL: [Component; 17] = [
        Component::InterEyeDistance,
        Component::HeadPoseYaw,
        Component::HeadPosePitch,
        Component::HeadPoseRoll,
        Component::Sharpness,
        Component::LuminanceMean,
        Component::LuminanceVariance,
        Component::UnderExposure,
        Component::OverExposure,
        Component::IlluminationUniformity,
        Component::FaceInFrame,
        Component::EyesOpen,
        Component::MouthClosed,
        Component::Compression,
        Component::NaturalColour,
        Component::SingleFace,
        Component::Background,
    ];
}
