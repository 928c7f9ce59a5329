//! What is known about people: events.

use std::ffi::c_char;

use ::facecert_policy::{Event, read_events};

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Slot, optional_text_in};
use crate::status::{Failure, StatusInt, facecert_error};

/// Events, read once for many calls. They never change: append new ones to your file, and read it again.
pub struct facecert_events {
    _private: [u8; 0],
}

impl Handle for facecert_events {
    type Object = Vec<Event>;
}

/// Reads events.
/// jsonl: jsonl_len bytes of UTF-8, or FACECERT_NUL, an event a line (schema event.json); NULL with jsonl_len 0: none.
/// out: a handle, yours to release.
/// FACECERT_E_JSON: a line is not an event; the message names line and field, never a value; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_events_read(
    jsonl: *const c_char,
    jsonl_len: usize,
    out: *mut *mut facecert_events,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (lines, out) = unsafe { (optional_text_in(1, jsonl, jsonl_len)?.unwrap_or_default(), Slot::new(3, out)?) };
        let events = read_events("events", lines).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(events));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle; a call that runs on it ends as usual. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_events_release(events: *mut facecert_events) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(events)) }
}
