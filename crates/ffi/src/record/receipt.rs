//! Receipts: what the person keeps, and anybody can check offline.

use std::ffi::c_char;

use facecert_record::receipt::{Receipt, issue, page, verify};
use facecert_record::{KeyList, Reason};
use jiff::Timestamp;

use super::certification::timestamp_in;
use super::key::{facecert_key_list, facecert_signing_key};
use crate::boundary::boundary;
use crate::handle;
use crate::memory::{Buffer, Slot, optional_text_in, text_in};
use crate::status::{Failure, StatusInt, facecert_error, facecert_status as Status};

/// What a receipt has beyond its claims, at most, before Base45.
const ENVELOPE_BYTES: usize = 512;

/// Issues the receipt of one pass, as the text of its code.
/// key: one of the county. records_jsonl: the lines of type "certification" of one pass, as facecert_policy_export_jsonl
/// writes them. number: the receipt's, 1 to 32 of A-Z 0-9 -; NULL with number_len 0: derived from the records. now: an
/// instant with offset.
/// buf: room for capacity bytes, the NUL included. NULL with capacity 0 asks for len without signing: the most that it can
/// be, the NUL not counted. Less room than that is FACECERT_E_BUFFER before the key is used.
/// FACECERT_E_RECORD: line and field; FACECERT_E_CALLBACK: the key's device; FACECERT_E_ARGUMENT: now; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_receipt_issue(
    key: *const facecert_signing_key,
    records_jsonl: *const c_char,
    records_len: usize,
    number: *const c_char,
    number_len: usize,
    now: *const c_char,
    now_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (key, records, number, now, buf) = unsafe {
            let (key, records) = (handle::get(1, key)?, text_in(2, records_jsonl, records_len)?);
            let (number, now) = (optional_text_in(4, number, number_len)?, timestamp_in(6, "now", now, now_len)?);
            (key, records, number, now, Buffer::<c_char>::new(8, buf, capacity, len)?)
        };
        // Claims are shorter than the records; Base45 makes three characters of two bytes.
        if !buf.reserve_text(2 * (records.len() + ENVELOPE_BYTES))? {
            return Ok(());
        }
        buf.fill_text(&issue(records, number, now, &**key)?.code)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The slip of a receipt as one HTML page in large print, without name, number or face.
/// code: that of facecert_receipt_issue. It is not verified.
/// buf: room for capacity bytes, the NUL included; NULL with capacity 0 asks for len, which does not count the NUL.
/// FACECERT_E_RECORD: not a receipt; FACECERT_E_BUFFER; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_receipt_page(
    code: *const c_char,
    code_len: usize,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (code, buf) = unsafe { (text_in(1, code, code_len)?, Buffer::<c_char>::new(3, buf, capacity, len)?) };
        // Read, not verified: with no key on the list the claims come all the same.
        let claims = verify(code, &KeyList::default(), Timestamp::UNIX_EPOCH).claims.ok_or_else(|| {
            let message = format!("{}; give the code of a receipt, whole", Reason::Damaged.en());
            Failure::new(Status::FACECERT_E_RECORD, message).at(1)
        })?;
        buf.fill_text(&page(&Receipt { claims, code: code.to_owned() })?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Verifies the code of a receipt, offline. One that does not hold is no error.
/// keys: whom to trust; only a county's keys sign receipts. now: an instant with offset.
/// reason: 3000 if it holds, else why not (facecert_reason_text).
/// buf: a report as one JSON object with the claims; room for capacity bytes, the NUL included; NULL with capacity 0 asks
/// for len, which does not count the NUL.
/// FACECERT_E_ARGUMENT: now; FACECERT_E_BUFFER, and no reason; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_receipt_verify_json(
    keys: *const facecert_key_list,
    code: *const c_char,
    code_len: usize,
    now: *const c_char,
    now_len: usize,
    reason: *mut i32,
    buf: *mut c_char,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (keys, code, now, reason, buf) = unsafe {
            let (keys, code) = (handle::get(1, keys)?, text_in(2, code, code_len)?);
            let (now, reason) = (timestamp_in(4, "now", now, now_len)?, Slot::new(6, reason)?);
            (keys, code, now, reason, Buffer::new(7, buf, capacity, len)?)
        };
        let report = verify(code, &keys, now);
        buf.fill_json(&report)?;
        reason.write(report.reason.number() as i32);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
