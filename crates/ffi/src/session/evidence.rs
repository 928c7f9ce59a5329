//! Face evidence of a session: what was measured, and what only the caller knows.

use std::ffi::c_char;

use facecert_policy::{CaptureIntegrity, MatchVerdict, ReferenceSource};
use facecert_record::evidence::{Context, Instrument, Measured, face_evidence};

use super::capture::facecert_session;
use super::package::parsed;
use super::{Ended, shared};
use crate::boundary::boundary;
use crate::compare::facecert_comparison;
use crate::handle;
use crate::memory::{Buffer, Versioned, optional_struct_in, optional_text_in, struct_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// Where a reference came from.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_reference_source {
    /// There was none.
    FACECERT_REFERENCE_NONE = 0,
    /// The chip of the identity card.
    FACECERT_REFERENCE_ID_CHIP = 1,
    /// A photo of the provincial platform.
    FACECERT_REFERENCE_PLATFORM_PHOTO = 2,
    /// A template that was enrolled before.
    FACECERT_REFERENCE_ENROLLED_TEMPLATE = 3,
}

/// Whether the device asserts that no picture was put in the camera's place.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_capture_integrity {
    /// Nobody looked.
    FACECERT_INTEGRITY_NOT_RUN = 0,
    /// It does.
    FACECERT_INTEGRITY_ASSERTED = 1,
    /// It says that it is not so.
    FACECERT_INTEGRITY_FAILED = 2,
}

/// A facecert_reference_source as C passes it.
pub type ReferenceSourceInt = i32;

/// A facecert_capture_integrity as C passes it.
pub type IntegrityInt = i32;

/// What frames cannot show. You say it, and the evidence carries it as said. Texts are UTF-8 with a length, or
/// FACECERT_NUL; NULL with length 0 is none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_evidence_context {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Needed beside a comparison.
    pub reference_source: ReferenceSourceInt,
    /// As the device says.
    pub capture_integrity: IntegrityInt,
    /// 0.
    pub reserved: u32,
    /// Wall clock at the session's first frame, with offset. None: what the package claims; needed otherwise.
    pub started_at: *const c_char,
    /// Its length.
    pub started_at_len: usize,
    /// Your pseudonym of the device, 1 to 64 characters. None: what the package claims; needed otherwise.
    pub device_id: *const c_char,
    /// Its length.
    pub device_id_len: usize,
    /// Date of the reference, YYYY-MM-DD, or none.
    pub reference_date: *const c_char,
    /// Its length.
    pub reference_date_len: usize,
}

// SAFETY: numbers and raw pointers.
unsafe impl Versioned for facecert_evidence_context {}

const CONTEXT_ARGUMENT: i32 = 3;

fn refused(message: String) -> Failure {
    Failure::new(Status::FACECERT_E_ARGUMENT, message).at(CONTEXT_ARGUMENT)
}

/// # Safety
/// The texts are as the header demands.
unsafe fn context(given: &facecert_evidence_context, ended: &Ended<'_>) -> Result<Context> {
    let at = CONTEXT_ARGUMENT;
    // SAFETY: as the caller vouches.
    let (started_at, device_id, reference_date) = unsafe {
        let text = |start, len| optional_text_in(at, start, len).map_err(|failure| failure.at(at));
        (
            text(given.started_at, given.started_at_len)?,
            text(given.device_id, given.device_id_len)?,
            text(given.reference_date, given.reference_date_len)?,
        )
    };
    let needed = |name: &str, said: Option<&str>, claimed: Option<&str>| {
        said.or(claimed).map(str::to_owned).ok_or_else(|| refused(format!("context: give {name}")))
    };
    Ok(Context {
        captured_at: parsed(at, "started_at", &needed("started_at", started_at, ended.claims.map(|c| c.0))?)?,
        device_id: parsed(at, "device_id", &needed("device_id", device_id, ended.claims.map(|c| c.1))?)?,
        reference_date: reference_date.map(|date| parsed(at, "reference_date", date)).transpose()?,
        reference_source: match given.reference_source {
            0 => None,
            1 => Some(ReferenceSource::IdChip),
            2 => Some(ReferenceSource::PlatformPhoto),
            3 => Some(ReferenceSource::EnrolledTemplate),
            other => return Err(refused(format!("reference_source {other} is unknown"))),
        },
        capture_integrity: match given.capture_integrity {
            0 => CaptureIntegrity::NotRun,
            1 => CaptureIntegrity::Asserted,
            2 => CaptureIntegrity::Failed,
            other => return Err(refused(format!("capture_integrity {other} is unknown"))),
        },
    })
}

fn matched(comparison: &facecert_comparison) -> Result<(MatchVerdict, u32)> {
    let fault = |what: &str| Failure::new(Status::FACECERT_E_ARGUMENT, format!("comparison: {what}")).at(2);
    let verdict = match comparison.outcome {
        1 => MatchVerdict::Match,
        2 => MatchVerdict::NoMatch,
        3 => MatchVerdict::NotDecidable,
        _ => return Err(fault("not one of facecert_compare")),
    };
    let fmr = u32::try_from(comparison.fmr_per_billion).ok().filter(|fmr| (1..=1_000_000_000).contains(fmr));
    Ok((verdict, fmr.ok_or_else(|| fault("its fmr_per_billion is out of range"))?))
}

fn measured(ended: &Ended<'_>, matched: Option<(MatchVerdict, u32)>) -> Result<Measured> {
    Ok(Measured {
        matched,
        liveness: ended.result.liveness,
        challenge: Some(ended.result.challenge),
        quality: ended.result.quality,
        reasons: ended.result.reasons.clone(),
        digest: ended.transcript.digest()?,
        after_s: (ended.transcript.portrait_ms() / 1000) as i64,
        nonce: ended.nonce,
    })
}

/// Face evidence of a session that has ended (schema face_evidence.json): goes into a case for facecert_policy_decide_json.
/// comparison: that of facecert_session_template with the reference; NULL: there was no reference.
/// buf: one JSON object; room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not
/// count the NUL.
/// FACECERT_E_STATE: the session goes on; FACECERT_E_ARGUMENT: comparison, context; FACECERT_E_UTF8; FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_session_evidence_json(
    session: *const facecert_session,
    comparison: *const facecert_comparison,
    context: *const facecert_evidence_context,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (session, comparison, given, buf) = unsafe {
            let (session, comparison) = (handle::get(1, session)?, optional_struct_in(2, comparison)?);
            (session, comparison, struct_in(CONTEXT_ARGUMENT, context)?, Buffer::new(4, buf, capacity, len)?)
        };
        let stage = shared(&session)?;
        let ended = stage.ended()?;
        // SAFETY: the texts are as the header demands.
        let context = unsafe { self::context(&given, &ended) }?;
        let matched = comparison.as_ref().map(matched).transpose()?;
        if matched.is_some() && context.reference_source.is_none() {
            return Err(refused("context: say where the reference of the comparison came from".to_owned()));
        }
        let pack = ended.engine.pack();
        let instrument = Instrument {
            contract_id: format!("{} {}", ended.engine.contract(), pack.manifest().id),
            pack_id: pack.name(),
            accepted: pack.grade().is_accepted(),
        };
        buf.fill_json(&face_evidence(instrument, &measured(&ended, matched)?, &context))
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
