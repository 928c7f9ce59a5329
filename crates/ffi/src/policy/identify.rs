//! From the number of a document to a pseudonym.

use std::ffi::c_char;

use ::facecert_policy::{Document, HmacAlgorithm, HmacKey, identify};

use super::scheme::not;
use crate::boundary::boundary;
use crate::memory::{Buffer, text_in, value_in};
use crate::record::key::{HashInt, hash};
use crate::status::{StatusInt, facecert_error};
use facecert_record::HashAlgorithm;

/// A document's number as a match and a reference, under your key: the way from a card to a person's events. Nothing of
/// the number is kept, and no message repeats it.
/// id_type: code of the document, such as "resident_id" (schema case.json). number: number_len bytes of UTF-8, or
/// FACECERT_NUL. key: 32 bytes, those that the roster was loaded with. hash: that of the roster; FACECERT_HASH_DEFAULT is
/// SHA-256.
/// buf: one JSON object (schema identity.json): id_match, person_ref, and reasons such as a number that cannot be one;
/// room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_ARGUMENT: id_type, hash; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_policy_identify_json(
    id_type: *const c_char,
    id_type_len: usize,
    number: *const c_char,
    number_len: usize,
    key: *const u8,
    hash: HashInt,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (id_type, number, key, buf) = unsafe {
            let key = zeroize::Zeroizing::new(value_in(5, key.cast::<[u8; 32]>())?);
            let (id_type, number) = (text_in(1, id_type, id_type_len)?, text_in(3, number, number_len)?);
            (id_type, number, key, Buffer::new(7, buf, capacity, len)?)
        };
        let document: Document = id_type.parse().map_err(|e| not(1, "id_type", &e))?;
        let algorithm = match self::hash(6, hash)?.unwrap_or(HashAlgorithm::Sha256) {
            HashAlgorithm::Sha256 => HmacAlgorithm::Sha256,
            HashAlgorithm::Sm3 => HmacAlgorithm::Sm3,
        };
        buf.fill_json(&identify(document, number, &HmacKey::new(*key, algorithm)))
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
