//! Why there is no answer, and why an answer is what it is, in words.

use std::ffi::c_char;

use facecert_core::reason::{ALL, Audience as PhotoAudience, Entry, Reason as PhotoReason};
use facecert_policy::{Audience, Language, Reason as PolicyReason};
use facecert_record::Reason as RecordReason;

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

/// Who reads a text.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_audience {
    /// The person concerned. What they are not told stands as a neutral text.
    FACECERT_SUBJECT = 1,
    /// Staff.
    FACECERT_OPERATOR = 2,
    /// Who looks at records later.
    FACECERT_AUDIT = 3,
}

/// A facecert_audience as C passes it.
pub type AudienceInt = i32;

pub(crate) fn language(argument: i32, language: LanguageInt) -> Result<Language> {
    match language {
        1 => Ok(Language::Zh),
        2 => Ok(Language::En),
        _ => {
            let message = format!("language {language} is unknown; give FACECERT_ZH_CN or FACECERT_EN");
            Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(argument))
        }
    }
}

pub(crate) fn audience(argument: i32, audience: AudienceInt) -> Result<Audience> {
    match audience {
        1 => Ok(Audience::Subject),
        2 => Ok(Audience::Operator),
        3 => Ok(Audience::Audit),
        _ => {
            let message =
                format!("audience {audience} is unknown; give FACECERT_SUBJECT, FACECERT_OPERATOR or FACECERT_AUDIT");
            Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(argument))
        }
    }
}

/// A reason of one of the three tables, whose numbers do not overlap.
enum Known {
    /// 1000 to 1999.
    Photo(&'static Entry),
    /// 2000 to 2999.
    Policy(PolicyReason, &'static facecert_policy::Entry),
    /// 3000 to 3899.
    Record(RecordReason),
}

fn known(reason: i32) -> Result<Known> {
    let photo = || ALL.iter().find(|known| known.number() as i32 == reason)?.entry().map(Known::Photo);
    let policy = || {
        let reason = PolicyReason::from_number(u16::try_from(reason).ok()?)?;
        Some(Known::Policy(reason, reason.entry()?))
    };
    let record = || RecordReason::ALL.iter().find(|known| known.number() as i32 == reason).copied().map(Known::Record);
    photo().or_else(policy).or_else(record).ok_or_else(|| {
        let message = format!("reason {reason} is unknown to this library; refer the case to a person");
        Failure::new(Status::FACECERT_E_ARGUMENT, message).at(1)
    })
}

impl Known {
    fn name(&self) -> &'static str {
        match self {
            Self::Photo(entry) => &entry.code,
            Self::Policy(_, entry) => entry.code,
            Self::Record(reason) => reason.code(),
        }
    }

    fn text(&self, language: Language, audience: Audience) -> &'static str {
        let (zh, en): (&str, &str) = match self {
            Self::Photo(entry) => match heard(entry, audience) {
                Some(entry) => (&entry.zh, &entry.en),
                None => ("", ""),
            },
            Self::Policy(reason, _) => match reason.shown_to(audience).and_then(PolicyReason::entry) {
                Some(entry) => (entry.zh, entry.en),
                None => ("", ""),
            },
            Self::Record(reason) => (reason.zh(), reason.en()),
        };
        match language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// What the person before the camera hears; texts of rules and records are not spoken.
    fn spoken(&self) -> Option<&'static Entry> {
        if let Self::Photo(entry) = self { heard(entry, Audience::Subject) } else { None }
    }
}

/// The reason itself, or neutral advice in the place of what is for the audit alone.
fn heard(entry: &'static Entry, audience: Audience) -> Option<&'static Entry> {
    if entry.audience == PhotoAudience::Audit && audience != Audience::Audit {
        PhotoReason::AnotherWay.entry()
    } else {
        Some(entry)
    }
}

/// The name of a reason, such as "FACE_TOO_SMALL"; the same in JSON and in records. Reasons of photos are 1000 to 1999,
/// those of rules 2000 to 2999, those of records and receipts 3000 to 3899.
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
    unsafe { boundary(err, || Buffer::new(2, buf, capacity, len)?.fill_text(known(reason)?.name())) }
}

/// The frozen key of the recorded voice prompt for a reason, such as "come_closer"; empty: none. As facecert_reason_name.
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
    unsafe {
        boundary(err, || {
            Buffer::new(2, buf, capacity, len)?.fill_text(known(reason)?.spoken().map_or("", |entry| &entry.audio_key))
        })
    }
}

/// What happened, in words for an audience; empty: it is told nothing. As facecert_reason_name; FACECERT_E_ARGUMENT: an
/// unknown language or audience, too.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_reason_text(
    reason: i32,
    language: LanguageInt,
    audience: AudienceInt,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let buf = unsafe { Buffer::new(4, buf, capacity, len) }?;
        let known = known(reason)?;
        buf.fill_text(known.text(self::language(2, language)?, self::audience(3, audience)?))
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// What the person before the camera is to do next; empty: the text says it. As facecert_reason_text.
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
        let spoken = known(reason)?.spoken();
        let next = spoken.map_or(("", ""), |entry| (&entry.zh_next, &entry.en_next));
        buf.fill_text(match self::language(2, language)? {
            Language::Zh => next.0,
            Language::En => next.1,
        })
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
