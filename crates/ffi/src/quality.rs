//! What a face looks like: 68 points, pose, eyes, mouth; whether the picture is good enough, and of a living person.

use facecert_core::detect::Face;
use facecert_core::liveness::Verdict;
use facecert_core::look::Crops;
use facecert_core::quality::{Component, Profile};

use crate::boundary::boundary;
use crate::detect::{facecert_face, facecert_point};
use crate::engine::facecert_engine;
use crate::frame::{facecert_frame, frame_in};
use crate::handle;
use crate::memory::{Buffer, StructOut, Versioned, slice_in, value_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// What a face image is for.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_profile {
    /// A portrait as a resident card's chip holds it.
    FACECERT_PROFILE_ID_CHIP = 1,
    /// A portrait taken to be compared with for years.
    FACECERT_PROFILE_ID_REFERENCE = 2,
    /// A frame of a kiosk's camera.
    FACECERT_PROFILE_KIOSK = 3,
    /// A frame of somebody's own phone.
    FACECERT_PROFILE_PHONE = 4,
}

/// A component of quality, by its name in ISO/IEC 29794-5, and the unit of its raw value.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_component {
    /// Pixels between the eye centres.
    FACECERT_INTER_EYE_DISTANCE = 1,
    /// Degrees to either side.
    FACECERT_HEAD_POSE_YAW = 2,
    /// Degrees up or down.
    FACECERT_HEAD_POSE_PITCH = 3,
    /// Degrees to either shoulder.
    FACECERT_HEAD_POSE_ROLL = 4,
    /// Fine detail as a share of all contrast.
    FACECERT_SHARPNESS = 5,
    /// 0 to 1.
    FACECERT_LUMINANCE_MEAN = 6,
    /// 0 to 0.25.
    FACECERT_LUMINANCE_VARIANCE = 7,
    /// Share of the face that is nearly black.
    FACECERT_UNDER_EXPOSURE = 8,
    /// Share of the face that is nearly white.
    FACECERT_OVER_EXPOSURE = 9,
    /// Likeness of the light on both cheeks, 0 to 1.
    FACECERT_ILLUMINATION_UNIFORMITY = 10,
    /// Share of the face's surroundings that lies in the picture.
    FACECERT_FACE_IN_FRAME = 11,
    /// How surely both eyes are open, 0 to 1.
    FACECERT_EYES_OPEN = 12,
    /// How far the mouth is open, 0 to 1.
    FACECERT_MOUTH_CLOSED = 13,
    /// Steps at the borders of 8x8 blocks over steps elsewhere; 1 is none.
    FACECERT_COMPRESSION = 14,
    /// Distance of the skin's mean colour from what skin can have, in CIELAB units.
    FACECERT_NATURAL_COLOUR = 15,
    /// Side of the second largest face over the largest one's.
    FACECERT_SINGLE_FACE = 16,
    /// Mean step of luminance around the face, 0 to 1.
    FACECERT_BACKGROUND = 17,
}

/// Verdict on liveness (ISO/IEC 30107-3).
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_liveness_verdict {
    /// A living person.
    FACECERT_LIVE = 1,
    /// A print, a screen or the like.
    FACECERT_SPOOF = 2,
    /// It cannot be told: a person decides.
    FACECERT_LIVENESS_UNCERTAIN = 3,
    /// The pack has no net for it.
    FACECERT_LIVENESS_NOT_RUN = 4,
}

/// A facecert_profile as C passes it.
pub type ProfileInt = i32;

/// A facecert_component as C passes it.
pub type ComponentInt = i32;

/// A facecert_liveness_verdict as C passes it.
pub type LivenessInt = i32;

/// A face, looked at closely. What the pack has no net for is negative.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_look {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Degrees; positive when the person looks to their own left, the image's right.
    pub yaw_deg: f32,
    /// Degrees; positive when the person looks down.
    pub pitch_deg: f32,
    /// Degrees; positive when the head leans to the person's right shoulder.
    pub roll_deg: f32,
    /// How surely the eyes are open, 0 to 1.
    pub eyes_open: f32,
    /// How far the mouth is open, 0 to 1.
    pub mouth_open: f32,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_look {}

/// A component, measured and judged. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_quality_item {
    /// Which.
    pub component: ComponentInt,
    /// 1: passes the profile; else 0.
    pub passes: u32,
    /// What to tell the person when it does not pass (facecert_reason_text); else 0.
    pub reason: i32,
    /// In the component's own unit.
    pub raw: f32,
    /// 0 (worst) to 100.
    pub scalar: f32,
}

/// A face image's quality.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_quality {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// 1: every component passes; else 0.
    pub passes: u32,
    /// What to tell the person first, or 0.
    pub reason: i32,
    /// Unified score, 0 to 100: how much a comparison may be expected to suffer. Not a percentage of anything.
    pub unified: f32,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_quality {}

/// Liveness of one picture.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_liveness {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// The verdict by the pack's thresholds.
    pub verdict: LivenessInt,
    /// Logarithm of the odds of a living person; 0 if not run.
    pub live_log_odds: f32,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_liveness {}

pub(crate) fn profile(argument: i32, profile: ProfileInt) -> Result<Profile> {
    usize::try_from(profile).ok().and_then(|k| Profile::ALL.get(k.checked_sub(1)?)).copied().ok_or_else(|| {
        let message = format!("profile {profile} is unknown; give one of FACECERT_PROFILE_*");
        Failure::new(Status::FACECERT_E_ARGUMENT, message).at(argument)
    })
}

pub(crate) fn liveness(verdict: Verdict) -> LivenessInt {
    (match verdict {
        Verdict::Live => facecert_liveness_verdict::FACECERT_LIVE,
        Verdict::Spoof => facecert_liveness_verdict::FACECERT_SPOOF,
        Verdict::Uncertain => facecert_liveness_verdict::FACECERT_LIVENESS_UNCERTAIN,
        Verdict::NotRun => facecert_liveness_verdict::FACECERT_LIVENESS_NOT_RUN,
    }) as i32
}

/// The numbers in the order of the standard, which is that of [`Component`].
fn component(component: Component) -> ComponentInt {
    component as i32 + 1
}

/// Looks at a face closely: where the head points, eyes, mouth, 68 points (iBUG's order).
/// face: one of facecert_detect on the same frame. points: room for capacity points; NULL with capacity 0 asks for count,
/// which is 0 if the pack has no net for them.
/// FACECERT_E_ARGUMENT: the frame, or points that do not span a face; FACECERT_E_BUFFER; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_look_at(
    engine: *const facecert_engine,
    frame: *const facecert_frame,
    face: *const facecert_face,
    out: *mut facecert_look,
    points: *mut facecert_point,
    capacity: usize,
    count: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, frame, face, out, points) = unsafe {
            let (engine, frame, face) = (handle::get(1, engine)?, frame_in(2, frame)?, value_in(3, face)?);
            (engine, frame, face, StructOut::new(4, out)?, Buffer::new(5, points, capacity, count)?)
        };
        let look = engine.look(&frame.to_rgb(), &Face::from(&face)).map_err(|e| Failure::from(e).at(3))?;
        let pose = look.pose.ok_or_else(|| Failure::from(facecert_core::Error::Alignment).at(3))?;
        let seen = look.landmarks.iter().flatten().map(|p| facecert_point { x: p.x, y: p.y });
        points.fill(&seen.collect::<Vec<_>>())?;
        out.write(&facecert_look {
            struct_size: 0,
            yaw_deg: pose.yaw_deg,
            pitch_deg: pose.pitch_deg,
            roll_deg: pose.roll_deg,
            eyes_open: look.eyes_open.unwrap_or(-1.0),
            mouth_open: look.mouth_open.unwrap_or(-1.0),
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Judges a face image by a profile.
/// faces: all faces of facecert_detect on the same frame, face_count of them; index: the one to judge, from 0.
/// items: the components that could be measured; room for capacity of them (17 are enough today); NULL with capacity 0
/// asks for count.
/// FACECERT_E_ARGUMENT: the frame, profile, index; FACECERT_E_BUFFER; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_quality_of(
    engine: *const facecert_engine,
    frame: *const facecert_frame,
    faces: *const facecert_face,
    face_count: usize,
    index: usize,
    profile: ProfileInt,
    out: *mut facecert_quality,
    items: *mut facecert_quality_item,
    capacity: usize,
    count: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, frame, faces, out, items) = unsafe {
            let (engine, frame, faces) =
                (handle::get(1, engine)?, frame_in(2, frame)?, slice_in(3, faces, face_count)?);
            (engine, frame, faces, StructOut::new(7, out)?, Buffer::new(8, items, capacity, count)?)
        };
        let profile = self::profile(6, profile)?;
        let faces: Vec<Face> = faces.iter().map(Face::from).collect();
        let face = faces.get(index).ok_or_else(|| {
            let message = format!("index is {index}; there are {face_count} faces, counted from 0");
            Failure::new(Status::FACECERT_E_ARGUMENT, message).at(5)
        })?;
        let image = frame.to_rgb();
        let look = engine.look(&image, face).map_err(|e| Failure::from(e).at(3))?;
        let quality = engine.quality(&image, &faces, face, &look, profile)?;
        let judged = quality.components.iter().map(|item| facecert_quality_item {
            component: component(item.component),
            passes: item.pass.into(),
            reason: item.reason.map_or(0, |r| r.number() as i32),
            raw: item.raw,
            scalar: item.scalar,
        });
        items.fill(&judged.collect::<Vec<_>>())?;
        out.write(&facecert_quality {
            struct_size: 0,
            passes: quality.pass.into(),
            reason: quality.reasons().first().map_or(0, |r| r.number() as i32),
            unified: quality.unified,
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Does the picture show a living person? One picture of a face with its surroundings, not a tight crop.
/// face: one of facecert_detect on the same frame. A spoof or an uncertain answer is for staff and audit; the person
/// hears of another way only.
/// FACECERT_E_ARGUMENT: the frame; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_liveness_of(
    engine: *const facecert_engine,
    frame: *const facecert_frame,
    face: *const facecert_face,
    out: *mut facecert_liveness,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, frame, face, out) =
            unsafe { (handle::get(1, engine)?, frame_in(2, frame)?, value_in(3, face)?, StructOut::new(4, out)?) };
        let scored = engine.liveness(&frame.to_rgb(), &Face::from(&face).rect, Crops::Both)?;
        out.write(&facecert_liveness {
            struct_size: 0,
            verdict: liveness(scored.map_or(Verdict::NotRun, |s| s.verdict)),
            live_log_odds: scored.map_or(0.0, |s| s.live_log_odds),
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
