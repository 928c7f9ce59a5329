//! A case and where people stand: decisions, statuses, explanations.

use std::ffi::c_char;

use ::facecert_policy::{
    Audience, Channel, Instant, Language, Outcome, Reasons, Ref, Stamp, Stamped, Submission, decide, explain, status,
};

use super::events::facecert_events;
use super::scheme::{facecert_policy, not};
use crate::boundary::boundary;
use crate::handle;
use crate::memory::{Buffer, Slot, json_lines, optional_text_in, text_in};
use crate::reason::{AudienceInt, LanguageInt, audience, language};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// Outcome of a case, the worst last.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_decision {
    /// Certified.
    FACECERT_DECISION_CERTIFIED = 1,
    /// A person reviews it.
    FACECERT_DECISION_PENDING = 2,
    /// Not passed this time.
    FACECERT_DECISION_NOT_PASSED = 3,
    /// Something is missing.
    FACECERT_DECISION_INCOMPLETE = 4,
    /// Nothing to certify.
    FACECERT_DECISION_NOT_APPLICABLE = 5,
    /// A person decides.
    FACECERT_DECISION_REFERRED = 6,
}

/// A facecert_decision as C passes it.
pub type DecisionInt = i32;

fn to_c(outcome: Outcome) -> DecisionInt {
    (match outcome {
        Outcome::Certified => facecert_decision::FACECERT_DECISION_CERTIFIED,
        Outcome::Pending => facecert_decision::FACECERT_DECISION_PENDING,
        Outcome::NotPassed => facecert_decision::FACECERT_DECISION_NOT_PASSED,
        Outcome::Incomplete => facecert_decision::FACECERT_DECISION_INCOMPLETE,
        Outcome::NotApplicable => facecert_decision::FACECERT_DECISION_NOT_APPLICABLE,
        Outcome::Referred => facecert_decision::FACECERT_DECISION_REFERRED,
    }) as i32
}

/// An instant with offset, or a day, which means its end.
///
/// # Safety
/// As for [`text_in`].
pub(super) unsafe fn instant_in(argument: i32, name: &str, start: *const c_char, len: usize) -> Result<Instant> {
    // SAFETY: as the caller vouches.
    let text = unsafe { text_in(argument, start, len) }?;
    Instant::parse_now(text).map_err(|e| not(argument, name, &e))
}

/// Decides a case. Nothing is kept: the answer holds the event that you append to yours.
/// case_json: one case (schema case.json), case_len bytes of UTF-8, or FACECERT_NUL. events: what is known; for the manual
/// route those of the whole county, since a photo may have been used by somebody else. now: an instant with offset, such
/// as "2026-03-09T10:12:00+08:00", or a day, which means its end.
/// outcome: that of the decision. buf: the decision as one JSON object (schema decision.json); room for capacity bytes, the
/// NUL included; NULL with capacity 0 asks for len, which does not count the NUL, and costs as much.
/// FACECERT_E_JSON: the case; FACECERT_E_ARGUMENT: now; FACECERT_E_BUFFER, and no outcome; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_decide_json(
    policy: *const facecert_policy,
    events: *const facecert_events,
    case_json: *const c_char,
    case_len: usize,
    now: *const c_char,
    now_len: usize,
    outcome: *mut DecisionInt,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, events, case, now, outcome, buf) = unsafe {
            let (policy, events) = (handle::get(1, policy)?, handle::get(2, events)?);
            let (case, outcome) = (text_in(3, case_json, case_len)?, Slot::new(7, outcome)?);
            let buf = Buffer::new(8, buf, capacity, len)?;
            (policy, events, case, instant_in(5, "now", now, now_len)?, outcome, buf)
        };
        let case = Submission::read("case", 1, case).map_err(|e| Failure::from(e).at(3))?;
        let decision = decide(&policy, &events, &case, now)?;
        buf.fill_json(&decision)?;
        outcome.write(to_c(decision.outcome));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Where every benefit line stands, and why, as JSON Lines (schema status.json).
/// person_ref: one person alone; NULL with person_ref_len 0: everybody. now: as facecert_policy_decide_json.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL, and
/// costs as much.
/// FACECERT_E_ARGUMENT: person_ref, now; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_status_json(
    policy: *const facecert_policy,
    events: *const facecert_events,
    person_ref: *const c_char,
    person_ref_len: usize,
    now: *const c_char,
    now_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, events, person, now, buf) = unsafe {
            let (policy, events) = (handle::get(1, policy)?, handle::get(2, events)?);
            let (person, now) = (optional_text_in(3, person_ref, person_ref_len)?, instant_in(5, "now", now, now_len)?);
            (policy, events, person, now, Buffer::new(7, buf, capacity, len)?)
        };
        let person = person.map(|text| text.parse::<Ref>().map_err(|e| not(3, "person_ref", &e))).transpose()?;
        let stamp = Stamp::of(&policy, &events, now, &[("now", &now)])?;
        let lines = status(&policy, &events, now).into_iter();
        let lines = lines.filter(|line| person.as_ref().is_none_or(|person| line.person_ref == *person));
        buf.fill_text(&json_lines(lines.map(|answer| Stamped { stamp: stamp.clone(), answer }))?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// What an explanation needs of a decision or a status.
#[derive(serde::Deserialize)]
struct Answer {
    reasons: Reasons,
    #[serde(default)]
    doors: Vec<Channel>,
}

/// A decision or a line of status in words, as one JSON object: each reason with its text and clause, the doors by name.
/// answer_json: answer_len bytes of UTF-8, or FACECERT_NUL. audience: what it is not shown stands as a neutral reason.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_JSON: no decision or status; FACECERT_E_ARGUMENT: an unknown language or audience; FACECERT_E_BUFFER;
/// FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_explain_json(
    policy: *const facecert_policy,
    answer_json: *const c_char,
    answer_len: usize,
    language: LanguageInt,
    audience: AudienceInt,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, answer, buf) = unsafe {
            (handle::get(1, policy)?, text_in(2, answer_json, answer_len)?, Buffer::new(6, buf, capacity, len)?)
        };
        let (language, audience): (Language, Audience) = (self::language(4, language)?, self::audience(5, audience)?);
        let answer: Answer = serde_json::from_str(answer).map_err(|e| {
            // The parser's own words may repeat what it read.
            let message = format!("line {}: not a decision or a line of status; give one as it was written", e.line());
            Failure::new(Status::FACECERT_E_JSON, message).at(2)
        })?;
        buf.fill_json(&explain(&policy, &answer.reasons, &answer.doors, language, audience))
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
