//! Templates at rest: sealed for one person and purpose, renewed by key.

use std::ffi::c_char;

use facecert_record::renew::Renewal;
use facecert_record::seal::{SealAlgorithm, SealKey};
use facecert_record::{open_template, renew_template, seal_template};

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, slice_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};
use crate::template::facecert_template;

/// The cipher of sealed bytes.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_seal_algorithm {
    /// AES-256-GCM, a key of 32 bytes.
    FACECERT_SEAL_AES256_GCM = 1,
    /// SM4-GCM (GB/T 32907), a key of 16 bytes.
    FACECERT_SEAL_SM4_GCM = 2,
}

/// A facecert_seal_algorithm as C passes it.
pub type SealAlgorithmInt = i32;

/// A secret key that seals and opens; wiped on release.
pub struct facecert_seal_key {
    _private: [u8; 0],
}

impl Handle for facecert_seal_key {
    type Object = SealKey;
}

/// What sealed bytes have beyond the components, at most: header, names, nonce, tag.
const ENVELOPE_BYTES: usize = 256;

fn algorithm(algorithm: SealAlgorithmInt) -> Result<SealAlgorithm> {
    match algorithm {
        1 => Ok(SealAlgorithm::Aes256Gcm),
        2 => Ok(SealAlgorithm::Sm4Gcm),
        _ => {
            let message =
                format!("algorithm {algorithm} is unknown; give FACECERT_SEAL_AES256_GCM or FACECERT_SEAL_SM4_GCM");
            Err(Failure::new(Status::FACECERT_E_ARGUMENT, message).at(1))
        }
    }
}

/// A sealing key from its bytes.
/// bytes: 32 for AES, 16 for SM4; wipe yours afterwards. key_id: its name, which stands in the sealed bytes, 1 to 64 of
/// A-Z a-z 0-9 _ . -. out: a handle, yours to release. Seal at most 2^32 times with one key.
/// FACECERT_E_KEY; FACECERT_E_ARGUMENT: algorithm; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_seal_key_create(
    algorithm: SealAlgorithmInt,
    bytes: *const u8,
    bytes_len: usize,
    key_id: *const c_char,
    key_id_len: usize,
    out: *mut *mut facecert_seal_key,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (bytes, key_id, out) =
            unsafe { (slice_in(2, bytes, bytes_len)?, text_in(4, key_id, key_id_len)?, Slot::new(6, out)?) };
        out.write(handle::create(SealKey::new(self::algorithm(algorithm)?, bytes, key_id)?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle and wipes the key. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_seal_key_release(key: *mut facecert_seal_key) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(key)) }
}

/// Seals a template for one person and one purpose, so that the bytes cannot be moved to another.
/// subject: your pseudonym of the person. purpose: what the template may be used for. Both are UTF-8 with a length, or
/// FACECERT_NUL, and do not stand in the sealed bytes.
/// buf: room for capacity bytes. NULL with capacity 0 asks for len without sealing: the most that it can be. Less room than
/// that is FACECERT_E_BUFFER before randomness is drawn. The bytes differ at each call.
/// FACECERT_E_UNSUPPORTED: the system has no randomness; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_seal(
    tmpl: *const facecert_template,
    key: *const facecert_seal_key,
    subject: *const c_char,
    subject_len: usize,
    purpose: *const c_char,
    purpose_len: usize,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (template, key, subject, purpose, buf) = unsafe {
            let (template, key) = (handle::get(1, tmpl)?, handle::get(2, key)?);
            let (subject, purpose) = (text_in(3, subject, subject_len)?, text_in(5, purpose, purpose_len)?);
            (template, key, subject, purpose, Buffer::new(7, buf, capacity, len)?)
        };
        if !buf.reserve(size_of_val(template.values()) + ENVELOPE_BYTES)? {
            return Ok(());
        }
        buf.fill(&seal_template(&template, subject, purpose, &key, &mut getrandom::SysRng)?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Opens a sealed template. key, subject, purpose: those that sealed it. out: a handle, yours to release.
/// FACECERT_E_SEAL: another key, person or purpose, or altered; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_open(
    sealed: *const u8,
    sealed_len: usize,
    key: *const facecert_seal_key,
    subject: *const c_char,
    subject_len: usize,
    purpose: *const c_char,
    purpose_len: usize,
    out: *mut *mut facecert_template,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (sealed, key, subject, purpose, out) = unsafe {
            let (sealed, key) = (slice_in(1, sealed, sealed_len)?, handle::get(3, key)?);
            let (subject, purpose) = (text_in(4, subject, subject_len)?, text_in(6, purpose, purpose_len)?);
            (sealed, key, subject, purpose, Slot::new(8, out)?)
        };
        let template = open_template(sealed, subject, purpose, &key).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(template));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The template under a renewal key: its contract is the key's own, so that it is compared with templates of the same key
/// only; with another key the old ones are worthless. Scores stay what they are.
/// renewal_key: renewal_key_len secret bytes, at least 16. out: a handle, yours to release.
/// FACECERT_E_ARGUMENT: the key is too short.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_template_renew(
    tmpl: *const facecert_template,
    renewal_key: *const u8,
    renewal_key_len: usize,
    out: *mut *mut facecert_template,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (template, key, out) =
            unsafe { (handle::get(1, tmpl)?, slice_in(2, renewal_key, renewal_key_len)?, Slot::new(4, out)?) };
        let renewal = Renewal::new(key, template.dim()).map_err(|e| Failure::from(e).at(2))?;
        out.write(handle::create(renew_template(&template, &renewal)?));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
