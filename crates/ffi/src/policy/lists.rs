//! Lists that people and the platform work from: reminders, open items, key figures, import records.

use std::ffi::c_char;

use ::facecert_policy::{Day, RecordType, Stamp, Stamped, export, kpi, remind, worklist};

use super::decide::instant_in;
use super::events::facecert_events;
use super::scheme::{facecert_policy, not};
use crate::boundary::boundary;
use crate::frame::flag;
use crate::handle;
use crate::memory::{Buffer, json_lines, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// Reminders whose day lies after since and not after now, as JSON Lines (schema reminder.json). Sending them is yours.
/// since, now: as now of facecert_policy_decide_json; since is where the last list ended.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL, and
/// costs as much.
/// FACECERT_E_ARGUMENT; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_reminders_json(
    policy: *const facecert_policy,
    events: *const facecert_events,
    since: *const c_char,
    since_len: usize,
    now: *const c_char,
    now_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, events, since, now, buf) = unsafe {
            let (policy, events) = (handle::get(1, policy)?, handle::get(2, events)?);
            let (since, now) = (instant_in(3, "since", since, since_len)?, instant_in(5, "now", now, now_len)?);
            (policy, events, since, now, Buffer::new(7, buf, capacity, len)?)
        };
        let stamp = Stamp::of(&policy, &events, now, &[("since", &since), ("now", &now)])?;
        let reminders = remind(&policy, &events, since, now).into_iter();
        buf.fill_text(&json_lines(reminders.map(|answer| Stamped { stamp: stamp.clone(), answer }))?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// What staff have to do, by deadline and township, as JSON Lines (schema work-item.json).
/// now: as facecert_policy_decide_json. buf: as facecert_policy_reminders_json.
/// FACECERT_E_ARGUMENT; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_worklist_json(
    policy: *const facecert_policy,
    events: *const facecert_events,
    now: *const c_char,
    now_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, events, now, buf) = unsafe {
            let (policy, events) = (handle::get(1, policy)?, handle::get(2, events)?);
            (policy, events, instant_in(3, "now", now, now_len)?, Buffer::new(5, buf, capacity, len)?)
        };
        let stamp = Stamp::of(&policy, &events, now, &[("now", &now)])?;
        let items = worklist(&policy, &events, now).into_iter();
        buf.fill_text(&json_lines(items.map(|answer| Stamped { stamp: stamp.clone(), answer }))?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Key figures of a period, by unit, as one JSON object (schema kpi-report.json).
/// from, to: first and last day, such as "2026-01-01"; statuses are those of to. now: as facecert_policy_decide_json: what
/// was received later does not count. public_form: 1: small cells are masked so that no other figure gives them back;
/// 0: internal. buf: as facecert_policy_reminders_json.
/// FACECERT_E_ARGUMENT; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_kpi_json(
    policy: *const facecert_policy,
    events: *const facecert_events,
    from: *const c_char,
    from_len: usize,
    to: *const c_char,
    to_len: usize,
    now: *const c_char,
    now_len: usize,
    public_form: u32,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, events, from, to, now, buf) = unsafe {
            let (policy, events) = (handle::get(1, policy)?, handle::get(2, events)?);
            let (from, to) = (day_in(3, "from", from, from_len)?, day_in(5, "to", to, to_len)?);
            (policy, events, from, to, instant_in(7, "now", now, now_len)?, Buffer::new(10, buf, capacity, len)?)
        };
        let is_public = flag("public_form", public_form).map_err(|failure| failure.at(9))?;
        if from > to {
            let message = "from: later than to; give the first day and the last";
            return Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(3));
        }
        buf.fill_json(&kpi(&policy, &events, from, to, now, is_public)?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

unsafe fn day_in(argument: i32, name: &str, start: *const c_char, len: usize) -> Result<Day> {
    // SAFETY: as the caller vouches.
    let text = unsafe { text_in(argument, start, len) }?;
    text.parse().map_err(|e| not(argument, name, &e))
}

/// What the platform has to be told: import records of every type that are due, without name and number, and the events
/// that say that they were written, both as JSON Lines (schemas import-record.json, event.json). Store the records, then
/// append the events: after a crash in between the next call gives the same records under the same keys.
/// now: as facecert_policy_decide_json. records, new_events: room for their capacity in bytes, the NUL included; NULL with
/// capacity 0 asks for both lengths, which do not count the NUL. Both texts are written or neither.
/// FACECERT_E_ARGUMENT; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_export_jsonl(
    policy: *const facecert_policy,
    events: *const facecert_events,
    now: *const c_char,
    now_len: usize,
    records: *mut c_char,
    records_capacity: usize,
    records_len: *mut usize,
    new_events: *mut c_char,
    new_events_capacity: usize,
    new_events_len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, events, now, records, new_events) = unsafe {
            let (policy, events) = (handle::get(1, policy)?, handle::get(2, events)?);
            let records = Buffer::new(5, records, records_capacity, records_len)?;
            let new_events = Buffer::new(8, new_events, new_events_capacity, new_events_len)?;
            (policy, events, instant_in(3, "now", now, now_len)?, records, new_events)
        };
        let exported = export(&policy, &events, now, &RecordType::ALL.iter().copied().collect())?;
        let mut event_lines = String::new();
        for event in &exported.events {
            event_lines.push_str(&event.to_line()?);
            event_lines.push('\n');
        }
        records.fill_text_beside(&json_lines(&exported.records)?, &new_events, &event_lines)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
