//! Certification records: signed, chained, verified.

use std::ffi::c_char;

use facecert_record::record::{self, Content};
use facecert_record::{Digest, chain};
use jiff::Timestamp;

use super::key::{HashInt, facecert_key_list, facecert_signing_key, hash};
use crate::boundary::boundary;
use crate::handle;
use crate::memory::{Buffer, Slot, optional_text_in, slice_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// What a record has beyond its content, at most: names of fields, dates, a digest, a signature, a key's id.
const ENVELOPE_BYTES: usize = 1024;

/// An instant with offset.
///
/// # Safety
/// As for [`text_in`].
pub(super) unsafe fn timestamp_in(argument: i32, name: &str, start: *const c_char, len: usize) -> Result<Timestamp> {
    // SAFETY: as the caller vouches.
    unsafe { text_in(argument, start, len) }?.parse().map_err(|_| {
        let message = format!("{name}: not an instant with offset, such as 2026-03-09T10:12:00+08:00");
        Failure::new(Status::FACECERT_E_ARGUMENT, message).at(argument)
    })
}

/// Signs a record of a decision, or of what a device saw.
/// input_json: a decision as facecert_policy_decide_json writes it, to which face_evidence and evidence_digests may be
/// added; or these two alone (schema record-input.schema.json). previous_digest: that of the record before it in the chain
/// (facecert_record_digest); NULL with previous_digest_len 0: it is the first. hash: the chain's. signed_at: an instant with
/// offset, such as "2026-03-09T10:12:00+08:00".
/// buf: the record, COSE_Sign1; room for capacity bytes. NULL with capacity 0 asks for len without signing: the most that
/// it can be. Less room than that is FACECERT_E_BUFFER before the key is used.
/// FACECERT_E_RECORD: what a record may not hold, by field; FACECERT_E_CALLBACK: the key's device;
/// FACECERT_E_ARGUMENT: digest, hash or instant; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_record_sign(
    key: *const facecert_signing_key,
    input_json: *const c_char,
    input_len: usize,
    previous_digest: *const c_char,
    previous_digest_len: usize,
    hash: HashInt,
    signed_at: *const c_char,
    signed_at_len: usize,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (key, input, previous, signed_at, buf) = unsafe {
            let (key, input) = (handle::get(1, key)?, text_in(2, input_json, input_len)?);
            let previous = optional_text_in(4, previous_digest, previous_digest_len)?;
            let signed_at = timestamp_in(7, "signed_at", signed_at, signed_at_len)?;
            (key, input, previous, signed_at, Buffer::new(9, buf, capacity, len)?)
        };
        let not_a_digest = |_| {
            let message = "previous_digest: not sha256: or sm3: and 64 hexadecimal digits";
            Failure::new(Status::FACECERT_E_ARGUMENT, message).at(4)
        };
        let previous: Option<Digest> = previous.map(|text| text.parse().map_err(not_a_digest)).transpose()?;
        let hash = self::hash(6, hash)?;
        let content = Content::from_json(input).map_err(|e| Failure::from(e).at(2))?;
        // CBOR is never longer than the JSON that it came from.
        if !buf.reserve(input.len() + ENVELOPE_BYTES)? {
            return Ok(());
        }
        buf.fill(&record::sign(content, previous, hash, signed_at, &**key)?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Verifies a record, offline. A record that does not hold is no error.
/// keys: whom to trust. record: record_len bytes. reason: 3000 if it holds, else why not (facecert_reason_text).
/// buf: a report as one JSON object with the body, which proves nothing unless the record holds; room for capacity bytes,
/// the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_BUFFER, and no reason.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_record_verify_json(
    keys: *const facecert_key_list,
    record: *const u8,
    record_len: usize,
    reason: *mut i32,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (keys, record, reason, buf) = unsafe {
            let (keys, record) = (handle::get(1, keys)?, slice_in(2, record, record_len)?);
            (keys, record, Slot::new(4, reason)?, Buffer::new(5, buf, capacity, len)?)
        };
        let report = record::verify(record, &keys);
        buf.fill_json(&report)?;
        reason.write(report.reason.number() as i32);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Verifies a chain: records one after the other, each of which names the digest of the one before. Keep the digest of the
/// last one elsewhere: that records were cut off at the end shows nowhere else.
/// Arguments as facecert_record_verify_json; the report tells how many records hold, the index of the first that does not,
/// and the digest of the last that does.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_record_verify_chain_json(
    keys: *const facecert_key_list,
    records: *const u8,
    records_len: usize,
    reason: *mut i32,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (keys, records, reason, buf) = unsafe {
            let (keys, records) = (handle::get(1, keys)?, slice_in(2, records, records_len)?);
            (keys, records, Slot::new(4, reason)?, Buffer::new(5, buf, capacity, len)?)
        };
        let report = chain::verify(records, &keys);
        buf.fill_json(&report)?;
        reason.write(report.reason.number() as i32);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The digest by which the next record of a chain names this one, such as "sha256:" and 64 hexadecimal digits.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_RECORD: not a record; FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_record_digest(
    record: *const u8,
    record_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (record, buf) =
            unsafe { (slice_in(1, record, record_len)?, Buffer::<c_char>::new(3, buf, capacity, len)?) };
        buf.fill_text(&record::digest_of(record).map_err(|e| Failure::from(e).at(1))?.to_string())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
