//! Adding and removing rows.

use std::ffi::c_char;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, TryLockError};

use facecert_core::ContractId;
use facecert_match::Label;
use facecert_match::gallery::Writer;

use crate::boundary::boundary;
use crate::handle::{self, Handle};
use crate::memory::{Slot, slice_in, text_in, value_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};
use crate::template::facecert_template;

/// The only writer of a gallery file, from opening to release. Readers keep the state that they opened.
pub struct facecert_gallery_writer {
    _private: [u8; 0],
}

impl Handle for facecert_gallery_writer {
    type Object = Mutex<Writer>;
}

fn for_itself(writer: &Mutex<Writer>) -> Result<MutexGuard<'_, Writer>> {
    writer.try_lock().map_err(|error| {
        let status = match error {
            TryLockError::WouldBlock => Status::FACECERT_E_BUSY,
            TryLockError::Poisoned(_) => Status::FACECERT_E_POISONED,
        };
        Failure::new(status, "another thread is in a call on this writer; use it from one thread at a time").at(1)
    })
}

/// Creates an empty gallery file and opens it for writing.
/// path: path_len bytes of UTF-8, or FACECERT_NUL; there must be no file. contract_id: 32 bytes, the contract of every
/// template to come (facecert_pack_contract). dim: their number of components, 64 to 1,024.
/// out: a handle, yours to release.
/// FACECERT_E_IO: among others, the file exists; FACECERT_E_ARGUMENT: dim; FACECERT_E_UTF8; FACECERT_E_UNSUPPORTED: the
/// system has no randomness.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_create(
    path: *const c_char,
    path_len: usize,
    contract_id: *const u8,
    dim: u32,
    out: *mut *mut facecert_gallery_writer,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, contract, out) =
            unsafe { (text_in(1, path, path_len)?, value_in(3, contract_id.cast::<[u8; 32]>())?, Slot::new(5, out)?) };
        let mut creation_id = [0; 16];
        getrandom::fill(&mut creation_id)
            .map_err(|e| Failure::new(Status::FACECERT_E_UNSUPPORTED, format!("no randomness: {e}")))?;
        let writer = Writer::create(Path::new(path), ContractId::from_bytes(contract), dim as usize, creation_id)?;
        out.write(handle::create(Mutex::new(writer)));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Opens a gallery file for writing. It reads all ids: about 50 bytes of memory a row.
/// path: path_len bytes of UTF-8, or FACECERT_NUL. out: a handle, yours to release.
/// FACECERT_E_LOCKED: another writer has it; FACECERT_E_GALLERY: damaged, or its newest commit is in doubt
/// (facecert_gallery_accept_recovered); FACECERT_E_IO; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_writer_open(
    path: *const c_char,
    path_len: usize,
    out: *mut *mut facecert_gallery_writer,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, out) = unsafe { (text_in(1, path, path_len)?, Slot::new(3, out)?) };
        let writer = Writer::open(Path::new(path)).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(Mutex::new(writer)));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Adds a row; it counts from facecert_gallery_writer_commit on.
/// id: the row's own, which no other row has. person: rows of one person share it, make one hit and no pair.
/// key: your own name of the row, key_len bytes, at most 1,024; NULL with key_len 0: none. Do not put a name or a number
/// of a person there. row: the row's number, the order of insertion.
/// FACECERT_E_CONTRACT: a template of another contract or size; FACECERT_E_ARGUMENT: id or key; FACECERT_E_LIMIT: the file
/// is full; FACECERT_E_IO; FACECERT_E_STATE; FACECERT_E_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_writer_append(
    writer: *mut facecert_gallery_writer,
    tmpl: *const facecert_template,
    id: u64,
    person: u64,
    key: *const u8,
    key_len: usize,
    row: *mut u64,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (writer, template, key, row) =
            unsafe { (handle::get(1, writer)?, handle::get(2, tmpl)?, slice_in(5, key, key_len)?, Slot::new(7, row)?) };
        row.write(for_itself(&writer)?.append(Label { id, person }, key, &template)?);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Removes rows by id, all or none; it counts from facecert_gallery_writer_commit on. Their bytes stay in the file until
/// facecert_gallery_compact.
/// ids: count of them; NULL with count 0 is none.
/// FACECERT_E_ARGUMENT: an id that is not there, the message says which; FACECERT_E_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_writer_remove(
    writer: *mut facecert_gallery_writer,
    ids: *const u64,
    count: usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (writer, ids) = unsafe { (handle::get(1, writer)?, slice_in(2, ids, count)?) };
        for_itself(&writer)?.remove(ids).map_err(|e| Failure::from(e).at(2))
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Makes everything since the last commit last, all at once: after a crash the file holds this state or the one before.
/// FACECERT_E_IO, FACECERT_E_STATE: release the writer and open it again; FACECERT_E_BUSY.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_writer_commit(
    writer: *mut facecert_gallery_writer,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointer is as the header demands.
        let writer = unsafe { handle::get(1, writer) }?;
        Ok(for_itself(&writer)?.commit()?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle and the lock on the file; what was not committed has not happened. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_writer_release(writer: *mut facecert_gallery_writer) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(writer)) }
}
