//! A capture session before a camera, and what came of one.

use std::sync::Mutex;

use facecert_core::quality::Profile;
use facecert_core::session::{Action, Capture, CaptureOptions, ChallengeKind, Nonce, StepKind};
use facecert_policy::NonceCheck;

use super::{Ended, Object, Stage, for_itself, shared};
use crate::boundary::boundary;
use crate::detect::facecert_face;
use crate::engine::facecert_engine;
use crate::frame::{facecert_frame, flag, frame_in};
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, StructOut, Versioned, slice_in, struct_in};
use crate::quality::{LivenessInt, ProfileInt, liveness, profile};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};
use crate::template::facecert_template;

/// A session of one person before one camera, or one that a package brought.
pub struct facecert_session {
    _private: [u8; 0],
}

impl Handle for facecert_session {
    type Object = Object;
}

/// What a person can be asked to do; the values are bits.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_action {
    /// Turn the head to the person's own left, and back.
    FACECERT_TURN_LEFT = 1,
    /// Turn the head to the person's own right, and back.
    FACECERT_TURN_RIGHT = 2,
    /// Nod.
    FACECERT_NOD = 4,
    /// Open the mouth and close it.
    FACECERT_OPEN_MOUTH = 8,
    /// Close the eyes for a moment and open them.
    FACECERT_BLINK = 16,
}

/// What to do after a frame.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_step_kind {
    /// Show the reason's text and feed the next frame.
    FACECERT_STEP_SHOW = 1,
    /// The session has ended: see facecert_session_result_get.
    FACECERT_STEP_DONE = 2,
}

/// How liveness was challenged.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_challenge {
    /// The person was asked to do something.
    FACECERT_CHALLENGE_ACTIVE = 1,
    /// The person was only looked at.
    FACECERT_CHALLENGE_PASSIVE = 2,
}

/// A verdict on something that may not have been looked at.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_verdict {
    /// Good.
    FACECERT_PASS = 1,
    /// Not good.
    FACECERT_FAIL = 2,
    /// Not looked at.
    FACECERT_NOT_RUN = 3,
}

/// A facecert_action as C passes it; 0: none.
pub type ActionInt = i32;

/// A facecert_step_kind as C passes it.
pub type StepKindInt = i32;

/// A facecert_challenge as C passes it.
pub type ChallengeInt = i32;

/// A facecert_verdict as C passes it.
pub type VerdictInt = i32;

/// How a session is held.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_session_options {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// How many actions are asked for, 1 to 5; 0: two.
    pub actions: u32,
    /// 1: nothing is asked for, the person is only looked at; else 0.
    pub passive_only: u32,
    /// 1: twice the time for everything; else 0.
    pub slow: u32,
    /// Bits of facecert_action that the person cannot do.
    pub without: u32,
    /// What the kept frame must be good for, a facecert_profile; 0: FACECERT_PROFILE_PHONE.
    pub profile: ProfileInt,
    /// The server's nonce, which draws the challenge: 8 to 64 bytes.
    pub nonce: *const u8,
    /// Its length.
    pub nonce_len: usize,
}

// SAFETY: numbers and a raw pointer.
unsafe impl Versioned for facecert_session_options {}

/// What to show now.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_step {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Go on or stop.
    pub kind: StepKindInt,
    /// What to say: facecert_reason_text for FACECERT_SUBJECT, facecert_reason_audio_key.
    pub reason: i32,
    /// The action that is asked for, or 0.
    pub action: ActionInt,
    /// Which of the actions, from 0.
    pub step: u32,
    /// How many actions there are.
    pub steps: u32,
    /// Time left for this step.
    pub remaining_ms: u32,
    /// 1: face is the one that is followed; else 0.
    pub face_seen: u32,
    /// The face in this frame.
    pub face: facecert_face,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_step {}

/// What came of a session.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_session_result {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// 1: all that was asked was done by one face, and a good frame was kept; else 0. Liveness may be not run.
    pub passed: u32,
    /// From the scores and from how the face moved.
    pub liveness: LivenessInt,
    /// Active or passive.
    pub challenge: ChallengeInt,
    /// Whether the kept frame meets the profile.
    pub quality: VerdictInt,
    /// FACECERT_PASS: the nonce was good and is used up; before a camera always FACECERT_NOT_RUN.
    pub nonce_check: VerdictInt,
    /// The one to tell the person.
    pub reason: i32,
    /// How many challenges this one was drawn from: one replay in so many passes by luck.
    pub challenge_count: u32,
    /// 1: the package was sealed to the server; else 0.
    pub sealed: u32,
    /// Times the face was away.
    pub interruptions: u32,
    /// Frames seen.
    pub frames: u32,
    /// All reasons, ascending; unused ones are 0. Those of the audit are not for the person.
    pub reasons: [i32; 16],
    /// SHA-256 of the transcript: the evidence_digest.
    pub transcript_sha256: [u8; 32],
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_session_result {}

fn bit(action: Action) -> i32 {
    (match action {
        Action::TurnLeft => facecert_action::FACECERT_TURN_LEFT,
        Action::TurnRight => facecert_action::FACECERT_TURN_RIGHT,
        Action::Nod => facecert_action::FACECERT_NOD,
        Action::OpenMouth => facecert_action::FACECERT_OPEN_MOUTH,
        Action::Blink => facecert_action::FACECERT_BLINK,
    }) as i32
}

fn refused(message: String) -> Failure {
    Failure::new(Status::FACECERT_E_ARGUMENT, message).at(2)
}

fn options(given: &facecert_session_options) -> Result<CaptureOptions> {
    let known = Action::ALL.iter().fold(0, |bits, action| bits | bit(*action) as u32);
    if given.without & !known != 0 {
        return Err(refused(format!("options: without is {:#x}; give bits of facecert_action", given.without)));
    }
    if given.actions as usize > Action::ALL.len() {
        return Err(refused(format!("options: actions is {}; give 1 to {}", given.actions, Action::ALL.len())));
    }
    let actions = match given.actions {
        _ if flag("options: passive_only", given.passive_only).map_err(|f| f.at(2))? => Some(0),
        0 => None,
        count => Some(count as usize),
    };
    Ok(CaptureOptions {
        actions,
        without: Action::ALL.into_iter().filter(|a| given.without & bit(*a) as u32 != 0).collect(),
        slow: flag("options: slow", given.slow).map_err(|f| f.at(2))?,
        profile: if given.profile == 0 { Profile::Phone } else { profile(2, given.profile)? },
    })
}

fn verdict(passes: Option<bool>) -> VerdictInt {
    (match passes {
        Some(true) => facecert_verdict::FACECERT_PASS,
        Some(false) => facecert_verdict::FACECERT_FAIL,
        None => facecert_verdict::FACECERT_NOT_RUN,
    }) as i32
}

fn to_c(ended: &Ended<'_>) -> Result<facecert_session_result> {
    let result = ended.result;
    let mut reasons = [0; 16];
    for (slot, reason) in reasons.iter_mut().zip(&result.reasons) {
        *slot = reason.number() as i32;
    }
    Ok(facecert_session_result {
        struct_size: 0,
        passed: result.passed.into(),
        liveness: liveness(result.liveness),
        challenge: (match result.challenge {
            ChallengeKind::Active => facecert_challenge::FACECERT_CHALLENGE_ACTIVE,
            ChallengeKind::Passive => facecert_challenge::FACECERT_CHALLENGE_PASSIVE,
        }) as i32,
        quality: verdict(result.quality),
        nonce_check: verdict(match ended.nonce {
            NonceCheck::NotChecked => None,
            check => Some(check == NonceCheck::Consumed),
        }),
        reason: result.reason.number() as i32,
        challenge_count: result.challenge_count,
        sealed: ended.sealed.into(),
        interruptions: result.interruptions,
        frames: result.frames as u32,
        reasons,
        transcript_sha256: ended.transcript.digest()?,
    })
}

/// A session that waits for its first frame.
/// options: the nonce must be given. out: a handle, yours to release; the engine may be released before it.
/// FACECERT_E_ARGUMENT: options, or fewer actions are possible than are to be asked for; FACECERT_E_PACK.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_create(
    engine: *const facecert_engine,
    options: *const facecert_session_options,
    out: *mut *mut facecert_session,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (engine, given, nonce, out) = unsafe {
            let given = struct_in(2, options)?;
            let nonce = slice_in(2, given.nonce, given.nonce_len).map_err(|failure| failure.at(2))?;
            (handle::get(1, engine)?, given, nonce, Slot::new(3, out)?)
        };
        let nonce = Nonce::new(nonce.to_vec()).map_err(|e| Failure::from(e).at(2))?;
        let capture =
            Capture::new(engine.clone(), nonce, &self::options(&given)?).map_err(|e| Failure::from(e).at(2))?;
        out.write(handle::create(Mutex::new(Stage::Camera(Box::new(capture)))));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The next frame of the camera. A front camera's mirrored frames say so in their mirror field.
/// time_ms: when it was taken, of a clock that never runs backwards; any origin. After the end nothing changes any more.
/// FACECERT_E_ARGUMENT: the frame, or time before that of the last; FACECERT_E_PACK; FACECERT_E_STATE: a session of a
/// package; FACECERT_E_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_feed(
    session: *mut facecert_session,
    frame: *const facecert_frame,
    time_ms: u64,
    out: *mut facecert_step,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (session, frame, out) =
            unsafe { (handle::get(1, session.cast_const())?, frame_in(2, frame)?, StructOut::new(4, out)?) };
        let mut stage = for_itself(&session)?;
        let (step, looked) = stage.camera()?.feed(&frame.to_rgb(), time_ms).map_err(|e| Failure::from(e).at(3))?;
        let face = looked.face.as_ref().map(facecert_face::from);
        out.write(&facecert_step {
            struct_size: 0,
            kind: (match step.kind {
                StepKind::Show => facecert_step_kind::FACECERT_STEP_SHOW,
                StepKind::Done => facecert_step_kind::FACECERT_STEP_DONE,
            }) as i32,
            reason: step.reason.number() as i32,
            action: step.action.map_or(0, bit),
            step: step.step as u32,
            steps: step.steps as u32,
            remaining_ms: u32::try_from(step.remaining_ms).unwrap_or(u32::MAX),
            face_seen: face.is_some().into(),
            face: face.unwrap_or_else(facecert_face::none),
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The app was put aside: the present step begins anew with the next frame.
/// FACECERT_E_STATE: a session of a package; FACECERT_E_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_pause(session: *mut facecert_session, err: *mut facecert_error) -> StatusInt {
    let body = || {
        // SAFETY: the pointer is as the header demands.
        let session = unsafe { handle::get(1, session.cast_const()) }?;
        for_itself(&session)?.camera()?.session_mut().pause();
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the session as it stands, as when the person gives up.
/// FACECERT_E_STATE: a session of a package; FACECERT_E_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_finish(
    session: *mut facecert_session,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointer is as the header demands.
        let session = unsafe { handle::get(1, session.cast_const()) }?;
        for_itself(&session)?.camera()?.session_mut().finish();
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// What came of a session that has ended.
/// FACECERT_E_STATE: it goes on.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_result_get(
    session: *const facecert_session,
    out: *mut facecert_session_result,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (session, out) = unsafe { (handle::get(1, session)?, StructOut::new(2, out)?) };
        out.write(&to_c(&shared(&session)?.ended()?)?);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The template of the portrait that an ended session kept, to be compared with a reference.
/// out: a handle, yours to release. FACECERT_E_STATE: it goes on, or no good frontal frame was kept.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_template(
    session: *const facecert_session,
    out: *mut *mut facecert_template,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (session, out) = unsafe { (handle::get(1, session)?, Slot::new(2, out)?) };
        let stage = shared(&session)?;
        let portrait = stage.ended()?.portrait()?;
        let template = portrait.template.clone().ok_or_else(|| super::state("the kept frame has no template"))?;
        out.write(handle::create(template));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The aligned face of the portrait: 112 rows of 112 pixels, 3 bytes each, red first. It is a picture of the person.
/// buf: room for capacity bytes; NULL with capacity 0 asks for len. FACECERT_E_STATE as above; FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_chip(
    session: *const facecert_session,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (session, buf) = unsafe { (handle::get(1, session)?, Buffer::new(2, buf, capacity, len)?) };
        let stage = shared(&session)?;
        let ended = stage.ended()?;
        let portrait = ended.portrait()?;
        buf.fill(ended.engine.chip(&portrait.image, &portrait.face)?.data())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle and forgets what was kept. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_release(session: *mut facecert_session) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(session)) }
}
