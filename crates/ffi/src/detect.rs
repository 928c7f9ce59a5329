//! Faces in a frame.

use facecert_core::detect::{DetectOptions, Face};
use facecert_core::geometry::{Point, Rect};
use facecert_core::verify::{VerifyOptions, main_face};

use crate::boundary::boundary;
use crate::engine::facecert_engine;
use crate::frame::{facecert_frame, flag, frame_in};
use crate::handle;
use crate::memory::{Buffer, Slot, Versioned, optional_struct_in, slice_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// A point in pixels of the upright image: x to the right, y down, the centre of the first pixel at (0, 0). Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// A box in pixels of the upright image; it may reach beyond it. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_rect {
    /// Left edge.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// A face. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_face {
    /// From the forehead to the chin, without ears.
    pub r#box: facecert_rect,
    /// Eye on the image's left, other eye, tip of the nose, mouth corner on the left, other corner.
    pub points: [facecert_point; 5],
    /// How sure the detector is, 0 to 1. Not a match score.
    pub score: f32,
    /// Distance between the eyes.
    pub inter_eye_px: f32,
}

/// What to look for.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_detect_options {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// A face counts from this score on, above 0 to 1; 0: the pack's own.
    pub min_score: f32,
    /// Faces whose box is narrower or lower are left out; 0: 12.
    pub min_face_px: f32,
    /// 1: also look at the image turned by 90, 180 and 270 degrees, four times the work; else 0.
    pub any_rotation: u32,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_detect_options {}

impl facecert_face {
    /// Where there is no face.
    pub(crate) fn none() -> Self {
        let nowhere = facecert_point { x: 0.0, y: 0.0 };
        let r#box = facecert_rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 };
        Self { r#box, points: [nowhere; 5], score: 0.0, inter_eye_px: 0.0 }
    }
}

impl From<&Face> for facecert_face {
    fn from(face: &Face) -> Self {
        let Rect { x, y, width, height } = face.rect;
        Self {
            r#box: facecert_rect { x, y, width, height },
            points: face.points.map(|p| facecert_point { x: p.x, y: p.y }),
            score: face.score,
            inter_eye_px: face.inter_eye_px(),
        }
    }
}

impl From<&facecert_face> for Face {
    fn from(face: &facecert_face) -> Self {
        let facecert_rect { x, y, width, height } = face.r#box;
        Self {
            rect: Rect::new(x, y, width, height),
            points: face.points.map(|p| Point::new(p.x, p.y)),
            score: face.score,
        }
    }
}

fn options(given: Option<facecert_detect_options>) -> Result<DetectOptions> {
    let mut options = DetectOptions::default();
    let Some(given) = given else { return Ok(options) };
    options.any_rotation = flag("options: any_rotation", given.any_rotation)?;
    options.score_threshold = Some(number("options: min_score", given.min_score, 1.0)?).filter(|&v| v > 0.0);
    let min_face_px = number("options: min_face_px", given.min_face_px, f32::MAX)?;
    if min_face_px > 0.0 {
        options.min_face_px = min_face_px;
    }
    Ok(options)
}

/// A number of the caller, 0 to `max`.
fn number(name: &str, value: f32, max: f32) -> Result<f32> {
    if (0.0..=max).contains(&value) {
        Ok(value)
    } else {
        let message = format!("{name} is {value}; give a number from 0 to {max}");
        Err(Failure::new(Status::FACECERT_E_ARGUMENT, message))
    }
}

/// The faces of a frame, most certain first.
/// options: NULL for the defaults. faces: room for capacity faces; NULL with capacity 0 asks for count, and costs as much.
/// FACECERT_E_ARGUMENT as facecert_frame_check; FACECERT_E_BUFFER; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_detect(
    engine: *const facecert_engine,
    frame: *const facecert_frame,
    options: *const facecert_detect_options,
    faces: *mut facecert_face,
    capacity: usize,
    count: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, frame, options, out) = unsafe {
            let options = self::options(optional_struct_in(3, options)?).map_err(|failure| failure.at(3))?;
            (handle::get(1, engine)?, frame_in(2, frame)?, options, Buffer::new(4, faces, capacity, count)?)
        };
        let faces = engine.detect(&frame.to_rgb(), &options)?;
        out.fill(&faces.iter().map(facecert_face::from).collect::<Vec<_>>())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The face that a photo is of: the largest, if it is large enough and no other is of like size.
/// faces: count faces of one frame, NULL with count 0. min_inter_eye_px: the smallest distance between the eyes that is
/// decided on; 0: 14, half of a chip portrait's.
/// reason: 0 and the face goes to out; else why there is none, and out is left alone.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_main_face(
    faces: *const facecert_face,
    count: usize,
    min_inter_eye_px: f32,
    out: *mut facecert_face,
    reason: *mut i32,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (faces, out, reason) = unsafe { (slice_in(1, faces, count)?, Slot::new(4, out)?, Slot::new(5, reason)?) };
        let given = number("min_inter_eye_px", min_inter_eye_px, f32::MAX).map_err(|failure| failure.at(3))?;
        let smallest = if given > 0.0 { given } else { VerifyOptions::default().min_inter_eye_px };
        match main_face(&faces.iter().map(Face::from).collect::<Vec<_>>(), smallest) {
            Ok(face) => {
                out.write(facecert_face::from(&face));
                reason.write(0);
            }
            Err(why) => reason.write(why.number() as i32),
        }
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
