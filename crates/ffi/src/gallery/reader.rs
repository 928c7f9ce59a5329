//! A gallery as it is read: what it holds, and who in it looks most like somebody.

use std::ffi::c_char;
use std::path::{Path, PathBuf};

use facecert_match::gallery::Gallery;
use facecert_match::{Hit, Rows as _, Search, Wanted, Workers};

use crate::boundary::boundary;
use crate::calibration::{facecert_calibration, fmr, of_contract};
use crate::handle::{self, Handle};
use crate::memory::{Buffer, Slot, StructOut, Versioned, optional_struct_in, optional_text_in, text_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};
use crate::template::{facecert_template, templates_in};

/// One committed state of a gallery file, open for reading. It never changes, whatever is written to the file.
pub struct facecert_gallery {
    _private: [u8; 0],
}

/// What stands behind a [`facecert_gallery`].
pub(crate) struct Opened {
    pub(super) rows: Gallery,
    pub(super) path: PathBuf,
    pub(super) workers: Workers,
    has_purpose: bool,
}

impl Handle for facecert_gallery {
    type Object = Opened;
}

impl Opened {
    /// The rows, for a comparison of one with many or of many with many.
    pub(super) fn one_to_many(&self, argument: i32) -> Result<&Gallery> {
        if self.has_purpose {
            return Ok(&self.rows);
        }
        let message = "the gallery was opened without a purpose; say in its options what the comparison is for";
        Err(Failure::new(Status::FACECERT_E_PURPOSE, message).at(argument))
    }
}

/// How a gallery is read.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_gallery_options {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Threads of a search and of facecert_dedup, shared by all calls on the handle; 0: one for each processor; 1: the
    /// calling thread alone. Answers do not depend on it.
    pub threads: u32,
    /// Components are kept in memory if all of them need at most so many bytes; 0: they are read when needed.
    pub max_resident_bytes: u64,
    /// What one is compared with many for, in words, as your records state it; UTF-8. Without it, search and dedup are
    /// refused: FACECERT_E_PURPOSE. The library keeps the text nowhere.
    pub purpose: *const c_char,
    /// Length of purpose in bytes, or FACECERT_NUL; 0 with NULL: none.
    pub purpose_len: usize,
}

// SAFETY: numbers and a pointer that is followed only where the options are read.
unsafe impl Versioned for facecert_gallery_options {}

/// What a gallery holds.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_gallery_info {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Components of every template.
    pub dim: u32,
    /// Rows, removed ones included.
    pub rows: u64,
    /// Rows that were removed and whose bytes are still in the file.
    pub removed_rows: u64,
    /// Different persons among the rows that were not removed.
    pub subjects: u64,
    /// 1: the newest commit is in doubt and an older one was opened; else 0.
    pub recovered: u32,
    /// 0.
    pub reserved: u32,
    /// Rows that lie in the file after the state that was opened, if it is in doubt.
    pub rows_beyond: u64,
    /// The contract of every template.
    pub contract_id: [u8; 32],
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_gallery_info {}

/// What a search returns.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_search_options {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// Most persons for each query; 0: 10, or with a rate all.
    pub limit: u32,
    /// Only persons at or above the threshold of this rate, as facecert_calibration_threshold; 0: whatever the score.
    pub fmr_per_billion: u64,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_search_options {}

/// A person that was found, by the best of their rows. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_hit {
    /// Number of the row.
    pub row: u64,
    /// Id of the row.
    pub id: u64,
    /// Its person.
    pub person: u64,
    /// Cosine, -1 to 1.
    pub score: f32,
    /// Which of the queries, from 0.
    pub query: u32,
}

const DEFAULT_LIMIT: usize = 10;

/// Opens the newest committed state of a gallery file: at once, however large it is.
/// path: path_len bytes of UTF-8, or FACECERT_NUL. options: NULL for the defaults. out: a handle, yours to release.
/// FACECERT_E_GALLERY: not a gallery, or damaged; FACECERT_E_IO; FACECERT_E_UTF8; FACECERT_E_UNSUPPORTED: no threads.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_open(
    path: *const c_char,
    path_len: usize,
    options: *const facecert_gallery_options,
    out: *mut *mut facecert_gallery,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, options, out) =
            unsafe { (text_in(1, path, path_len)?, optional_struct_in(3, options)?, Slot::new(4, out)?) };
        let (threads, max_resident_bytes, purpose) = match options {
            None => (0, 0, None),
            // SAFETY: as the header demands of the options.
            Some(o) => (o.threads, o.max_resident_bytes, unsafe { optional_text_in(3, o.purpose, o.purpose_len) }?),
        };
        let rows = Gallery::open(Path::new(path)).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(Opened {
            rows: rows.with_resident_values(max_resident_bytes),
            path: std::path::absolute(path).unwrap_or_else(|_| path.into()),
            workers: Workers::new(threads as usize)?,
            has_purpose: purpose.is_some_and(|text| !text.trim().is_empty()),
        }));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// What the gallery holds. If recovered is 1, restore a backup or see facecert_gallery_accept_recovered.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_describe(
    gallery: *const facecert_gallery,
    out: *mut facecert_gallery_info,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (gallery, out) = unsafe { (handle::get(1, gallery)?, StructOut::new(2, out)?) };
        let rows = &gallery.rows;
        out.write(&facecert_gallery_info {
            struct_size: 0,
            dim: rows.dim() as u32,
            rows: rows.len() as u64,
            removed_rows: rows.removed_rows() as u64,
            subjects: rows.subjects(),
            recovered: rows.recovered().is_some().into(),
            reserved: 0,
            rows_beyond: rows.recovered().map_or(0, |recovered| recovered.rows_beyond),
            contract_id: *rows.contract().as_bytes(),
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The row with an id. The first call reads the ids of all rows.
/// found: 1 and the number goes to row; 0: there is none, or it was removed, and row is left alone.
/// FACECERT_E_GALLERY, FACECERT_E_IO: damage that reading met.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_find(
    gallery: *const facecert_gallery,
    id: u64,
    row: *mut u64,
    found: *mut u32,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (gallery, row, found) = unsafe { (handle::get(1, gallery)?, Slot::new(3, row)?, Slot::new(4, found)?) };
        let number = gallery.rows.row_of(id)?;
        if let Some(number) = number {
            row.write(number as u64);
        }
        found.write(number.is_some().into());
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The key of a row, empty if it has none.
/// row: below facecert_gallery_info.rows. buf: room for capacity bytes; NULL with capacity 0 asks for len.
/// FACECERT_E_ARGUMENT: there is no such row; FACECERT_E_BUFFER; FACECERT_E_GALLERY, FACECERT_E_IO.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_key(
    gallery: *const facecert_gallery,
    row: u64,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (gallery, buf) = unsafe { (handle::get(1, gallery)?, Buffer::new(3, buf, capacity, len)?) };
        let rows = gallery.rows.len();
        let row = usize::try_from(row).ok().filter(|&row| row < rows).ok_or_else(|| {
            let message = format!("row {row} is not in the gallery; it has {rows} rows");
            Failure::new(Status::FACECERT_E_ARGUMENT, message).at(2)
        })?;
        buf.fill(gallery.rows.key(row)?)
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Who in the gallery looks most like each query, exactly: best first, ties by row, query by query. A hit is a lead for a
/// person to check, not a finding.
/// calibration: of the gallery's contract; NULL unless options name a rate. queries: query_count templates; many at once
/// are cheaper than one by one. options: NULL for the defaults.
/// hits: room for capacity of them; limit times query_count is always enough. NULL with capacity 0 asks for count, and
/// costs as much.
/// FACECERT_E_PURPOSE; FACECERT_E_CONTRACT; FACECERT_E_ARGUMENT: a rate outside the calibration; FACECERT_E_NULL: a rate
/// without a calibration; FACECERT_E_BUFFER; FACECERT_E_GALLERY, FACECERT_E_IO.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_search(
    gallery: *const facecert_gallery,
    calibration: *const facecert_calibration,
    queries: *const *const facecert_template,
    query_count: usize,
    options: *const facecert_search_options,
    hits: *mut facecert_hit,
    capacity: usize,
    count: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (gallery, options, out) = unsafe {
            let out = Buffer::new(6, hits, capacity, count)?;
            (handle::get(1, gallery)?, optional_struct_in(5, options)?, out)
        };
        let rows = gallery.one_to_many(1)?;
        let (limit, fmr_per_billion) = options.map_or((0, 0), |o| (o.limit as usize, o.fmr_per_billion));
        let wanted = if fmr_per_billion == 0 {
            Wanted::top(if limit == 0 { DEFAULT_LIMIT } else { limit })
        } else {
            // SAFETY: as the header demands.
            let calibration = unsafe { handle::get(2, calibration) }?;
            let point = of_contract(2, &calibration, rows.contract())?.at_fmr(fmr(fmr_per_billion));
            let threshold = point.map_err(|e| Failure::from(e).at(5))?.threshold;
            Wanted { limit: if limit == 0 { usize::MAX } else { limit }, threshold }
        };
        // SAFETY: as the header demands.
        let queries = unsafe { templates_in(3, queries, query_count) }?;
        if queries.is_empty() {
            return out.fill(&[]);
        }
        let (found, _) = Search::new(rows)?.workers(&gallery.workers).batch(&queries, wanted)?;
        let hits = found.iter().zip(0..).flat_map(|(hits, query)| hits.iter().map(move |hit| to_c(hit, query)));
        out.fill(&hits.collect::<Vec<_>>())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

fn to_c(hit: &Hit, query: u32) -> facecert_hit {
    facecert_hit { row: hit.row as u64, id: hit.label.id, person: hit.label.person, score: hit.score, query }
}

/// Ends the handle; a call that runs on it ends as usual. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_gallery_release(gallery: *mut facecert_gallery) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(gallery)) }
}
