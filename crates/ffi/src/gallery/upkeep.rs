//! What is done to a whole gallery file.

use std::ffi::c_char;
use std::path::Path;

use facecert_match::gallery::{accept_recovered, check, compact};

use crate::boundary::boundary;
use crate::memory::{Slot, StructOut, Versioned, text_in};
use crate::status::{Failure, StatusInt, facecert_error};

/// What facecert_gallery_check found in a sound gallery.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_gallery_soundness {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// 1: the newest commit is in doubt and an older one was verified; else 0.
    pub recovered: u32,
    /// Rows, removed ones included.
    pub rows: u64,
    /// Rows that were removed and whose bytes are still in the file.
    pub removed_rows: u64,
    /// Different persons among the rows that were not removed.
    pub subjects: u64,
    /// Length of the file.
    pub bytes: u64,
    /// Bytes that no longer belong to the state; compaction frees them.
    pub unused_bytes: u64,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_gallery_soundness {}

/// Reads every byte of a gallery file and verifies every checksum.
/// path: path_len bytes of UTF-8, or FACECERT_NUL.
/// FACECERT_E_GALLERY: the first damage, with its offset; FACECERT_E_IO; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_check(
    path: *const c_char,
    path_len: usize,
    out: *mut facecert_gallery_soundness,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, out) = unsafe { (text_in(1, path, path_len)?, StructOut::new(3, out)?) };
        let found = check(Path::new(path), |_| {}).map_err(|e| Failure::from(e).at(1))?;
        out.write(&facecert_gallery_soundness {
            struct_size: 0,
            recovered: found.recovered.is_some().into(),
            rows: found.rows,
            removed_rows: found.removed_rows,
            subjects: found.subjects,
            bytes: found.bytes,
            unused_bytes: found.unused_bytes,
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Takes the older commit of a gallery in doubt as the true one and cuts off what lies beyond it. A person decides that,
/// once no backup is better.
/// path: path_len bytes of UTF-8, or FACECERT_NUL. rows_cut: rows that were cut off; 0 also if nothing was in doubt.
/// FACECERT_E_LOCKED; FACECERT_E_GALLERY; FACECERT_E_IO; FACECERT_E_UTF8.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_accept_recovered(
    path: *const c_char,
    path_len: usize,
    rows_cut: *mut u64,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, rows_cut) = unsafe { (text_in(1, path, path_len)?, Slot::new(3, rows_cut)?) };
        let recovered = accept_recovered(Path::new(path)).map_err(|e| Failure::from(e).at(1))?;
        rows_cut.write(recovered.map_or(0, |recovered| recovered.rows_beyond));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Writes the file anew without its removed rows: the only step that erases their bytes. Backups, snapshots and programs
/// that have the old file open still hold them. Row numbers change.
/// path: path_len bytes of UTF-8, or FACECERT_NUL. rows_erased: how many.
/// FACECERT_E_LOCKED; FACECERT_E_GALLERY; FACECERT_E_IO; FACECERT_E_UTF8. The old file is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_compact(
    path: *const c_char,
    path_len: usize,
    rows_erased: *mut u64,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, rows_erased) = unsafe { (text_in(1, path, path_len)?, Slot::new(3, rows_erased)?) };
        rows_erased.write(compact(Path::new(path), |_| {}).map_err(|e| Failure::from(e).at(1))?.erased_rows);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}
