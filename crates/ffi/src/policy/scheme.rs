//! Policies.

use std::ffi::c_char;

use ::facecert_policy::Day;
use ::facecert_policy::scheme::{Files, Scheme, check};

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, optional_text_in, slice_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// The rules of a county. They never change.
pub struct facecert_policy {
    _private: [u8; 0],
}

impl Handle for facecert_policy {
    type Object = Scheme;
}

/// A file of a policy, in memory. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_named_file {
    /// Name as the policy's root names it, such as "calendars/cn-2026.toml"; UTF-8.
    pub name: *const c_char,
    /// Length of name in bytes, or FACECERT_NUL.
    pub name_len: usize,
    /// The whole file.
    pub bytes: *const u8,
    /// Length of bytes.
    pub bytes_len: usize,
}

/// The policy's files, arguments 1 and 2, the name of the first, which is the root, and the first day, argument 3.
unsafe fn scheme_in(
    files: *const facecert_named_file,
    file_count: usize,
    effective_from: *const c_char,
    effective_from_len: usize,
) -> Result<(Files, String, Option<Day>)> {
    // SAFETY: as the caller vouches.
    let (given, day) =
        unsafe { (slice_in(1, files, file_count)?, optional_text_in(3, effective_from, effective_from_len)?) };
    let mut named = Vec::with_capacity(given.len());
    for file in given {
        // SAFETY: as the header demands of each file.
        let (name, bytes) =
            unsafe { (text_in(1, file.name, file.name_len)?, slice_in(1, file.bytes, file.bytes_len)?) };
        named.push((name.to_owned(), bytes.to_vec()));
    }
    let root = named.first().map(|(name, _)| name.clone()).ok_or_else(|| {
        Failure::new(Status::FACECERT_E_POLICY, "there is no file; give the policy's root first").at(1)
    })?;
    let count = named.len();
    let files = Files::from_iter(named);
    if files.len() != count {
        return Err(Failure::new(Status::FACECERT_E_POLICY, "a file is given twice; give each once").at(1));
    }
    let day = day.map(|text| text.parse::<Day>().map_err(|e| not(3, "effective_from", &e))).transpose()?;
    Ok((files, root, day))
}

/// A text that is not what the named argument wants.
pub(super) fn not(argument: i32, name: &str, expected: &::facecert_policy::Expected) -> Failure {
    Failure::new(Status::FACECERT_E_ARGUMENT, format!("{name}: {expected}")).at(argument)
}

/// Loads a policy from its files.
/// files: file_count of them, the root first, then every file that it names. effective_from: the first day of the scheme,
/// such as "2025-09-01", where the root leaves it open; NULL with effective_from_len 0: none.
/// out: a handle, yours to release.
/// FACECERT_E_POLICY: faults, of which the message tells the first; FACECERT_E_ARGUMENT: not a day; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_load(
    files: *const facecert_named_file,
    file_count: usize,
    effective_from: *const c_char,
    effective_from_len: usize,
    out: *mut *mut facecert_policy,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (out, scheme) =
            unsafe { (Slot::new(5, out)?, scheme_in(files, file_count, effective_from, effective_from_len)?) };
        let (files, root, day) = scheme;
        out.write(handle::create(Scheme::load(&files, &root, day).map_err(|e| Failure::from(e).at(1))?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Everything that is wrong with a policy, or should be looked at, as one JSON object: files, faults and warnings with
/// file, line and key, and what the county has not confirmed (schema policy-check.json). A policy with faults is no error
/// here.
/// Arguments as facecert_policy_load.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_BUFFER; FACECERT_E_ARGUMENT: not a day; FACECERT_E_POLICY: no file, or one twice; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_lint_json(
    files: *const facecert_named_file,
    file_count: usize,
    effective_from: *const c_char,
    effective_from_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (buf, scheme) = unsafe {
            let buf = Buffer::new(5, buf, capacity, len)?;
            (buf, scheme_in(files, file_count, effective_from, effective_from_len)?)
        };
        let (files, root, day) = scheme;
        let (report, _) = check(&files, &root, day);
        buf.fill_json(&report)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The identity of the rules: SHA-256 over all files and the first day. Every decision names it.
/// digest: room for 32 bytes.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_hash(
    policy: *const facecert_policy,
    digest: *mut u8,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (policy, out) = unsafe { (handle::get(1, policy)?, Slot::new(2, digest.cast::<[u8; 32]>())?) };
        out.write(*policy.hash.as_bytes());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle; a call that runs on it ends as usual. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_release(policy: *mut facecert_policy) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(policy)) }
}
