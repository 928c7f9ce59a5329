//! Why there is no answer, in words.

use std::ffi::c_char;

use facecert_core::reason::{ALL, Entry};

use crate::boundary::boundary;
use crate::memory::Buffer;
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// The language of a text.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_language {
    /// Chinese as written in mainland China.
    FACECERT_ZH_CN = 1,
    /// English.
    FACECERT_EN = 2,
}

/// A facecert_language as C passes it.
pub type LanguageInt = i32;

fn entry(reason: i32) -> Result<&'static Entry> {
    let known = ALL.iter().find(|known| known.number() as i32 == reason).and_then(|known| known.entry());
    known.ok_or_else(|| {
        let message = format!("reason {reason} is unknown to this library; refer the case to a person");
        Failure::new(Status::FACECERT_E_ARGUMENT, message).at(1)
    })
}

/// One of two texts, by language.
fn choose<'a>(language: LanguageInt, zh_cn: &'a str, en: &'a str) -> Result<&'a str> {
    match language {
        1 => Ok(zh_cn),
        2 => Ok(en),
        _ => {
            let message = format!("language {language} is unknown; give FACECERT_ZH_CN or FACECERT_EN");
            Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(2))
        }
    }
}

/// The name of a reason, such as "FACE_TOO_SMALL"; the same in JSON and in records.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_ARGUMENT: an unknown reason; FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_reason_name(
    reason: i32,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    // SAFETY: the pointers are as the header demands.
    unsafe { boundary(err, || Buffer::new(2, buf, capacity, len)?.fill_text(&entry(reason)?.code)) }
}

/// The frozen key of the recorded voice prompt for a reason, such as "come_closer". As facecert_reason_name.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_reason_audio_key(
    reason: i32,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    // SAFETY: the pointers are as the header demands.
    unsafe { boundary(err, || Buffer::new(2, buf, capacity, len)?.fill_text(&entry(reason)?.audio_key)) }
}

/// What happened, in words for the person. As facecert_reason_name; FACECERT_E_ARGUMENT: an unknown language, too.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_reason_text(
    reason: i32,
    language: LanguageInt,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let buf = unsafe { Buffer::new(3, buf, capacity, len) }?;
        let entry = entry(reason)?;
        buf.fill_text(choose(language, &entry.zh, &entry.en)?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// What to do next, in words for the person. As facecert_reason_text.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_reason_next_step(
    reason: i32,
    language: LanguageInt,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let buf = unsafe { Buffer::new(3, buf, capacity, len) }?;
        let entry = entry(reason)?;
        buf.fill_text(choose(language, &entry.zh_next, &entry.en_next)?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
