//! What is done to a whole gallery: verify it, accept a recovered state, erase removed rows.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use twox_hash::XxHash3_128;

use super::disk::{Disk, Source, io_error, sync_folder};
use super::layout::{DATA_OFFSET, Slot};
use super::state::{Recovered, State};
use super::writer::{Writer, open_locked};
use super::{extent, padding};
use crate::error::MatchError;

/// What [`check`] found in a gallery without damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// Rows, removed ones included.
    pub rows: u64,
    /// Removed rows whose bytes are still in the file.
    pub removed_rows: u64,
    /// Distinct persons among the rows that were not removed.
    pub subjects: u64,
    /// Length of the file.
    pub bytes: u64,
    /// Bytes that no longer belong to the state; compaction frees them.
    pub unused_bytes: u64,
    /// Set if the newest state of the file is in doubt.
    pub recovered: Option<Recovered>,
}

/// Reads every byte of the committed state and verifies every checksum, that each panel is the
/// quantisation of its components, and that padding is zero. Bytes that earlier states left behind
/// (`unused_bytes`) are nobody's and not read. `progress` is told how many rows are done.
///
/// # Errors
/// The first damage, with its offset.
pub fn check(path: &Path, mut progress: impl FnMut(u64)) -> Result<Check, MatchError> {
    let source = Source::open(path)?;
    let state = State::read(&source)?;
    padding::verify(&source, &state)?;
    let mut rows = 0;
    let mut used_bytes = state.slot.table.len + state.slot.tombstones.len + DATA_OFFSET;
    for entry in &state.table {
        extent::verify(&source, &state.header, entry, rows)?;
        rows += u64::from(entry.used_rows);
        used_bytes += entry.shape(state.header.dim).len() as u64;
        progress(rows);
    }
    let bytes = source.len()?;
    Ok(Check {
        rows,
        removed_rows: state.tombstones.len() as u64,
        subjects: state.slot.subjects,
        bytes,
        unused_bytes: bytes.saturating_sub(used_bytes),
        recovered: state.recovered,
    })
}

/// Takes the state that [`Gallery::open`](super::Gallery::open) shows as the true one, and cuts
/// off what lies beyond it. Returns what was in doubt, `None` if nothing was.
///
/// # Errors
/// What [`Writer::open`] returns, but for [`MatchError::GalleryRecovered`].
pub fn accept_recovered(path: &Path) -> Result<Option<Recovered>, MatchError> {
    let (mut source, state) = open_locked(path)?;
    let Some(recovered) = state.recovered else {
        return Ok(None);
    };
    // First the slot, then the cut: after a crash between them the file is still in doubt.
    let slot = Slot { seq: state.slot.seq + 1, ..state.slot };
    let bytes = slot.encode(state.header.creation_id);
    let disk: &mut dyn Disk = &mut source.file;
    let steps = disk
        .write_all_at(&bytes, Slot::place(slot.seq))
        .and_then(|()| disk.sync())
        .and_then(|()| disk.set_len(slot.file_len))
        .and_then(|()| disk.sync());
    steps.map_err(io_error(path, "write"))?;
    Ok(Some(recovered))
}

/// What [`compact`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Removed rows whose bytes are gone.
    pub erased_rows: u64,
    /// Length of the file before.
    pub bytes_before: u64,
    /// Length of the file after.
    pub bytes_after: u64,
}

/// Writes the gallery anew without its removed rows and puts it in the place of the old file.
///
/// This is the only step that erases: until then the bytes of removed rows are in the file. Even
/// then the system may keep freed blocks for a while, and readers that opened the old file, and
/// backups and snapshots, still have them. Row numbers change, so plans and checkpoints made
/// before are refused. `progress` is told how many rows are done.
///
/// # Errors
/// What [`Writer::open`] returns, damage that is found on the way, and the errors of writing.
/// The old file is then as it was.
pub fn compact(path: &Path, mut progress: impl FnMut(u64)) -> Result<Compacted, MatchError> {
    let (source, state) = open_locked(path)?;
    if let Some(Recovered { rows_beyond }) = state.recovered {
        return Err(MatchError::GalleryRecovered { path: source.path, rows_beyond });
    }
    let header = state.header;
    let target = scratch_path(path);
    // Left by a compaction that was cut off; the lock says that none is running.
    match fs::remove_file(&target) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(io_error(&target, "remove")(error));
        }
        _ => {}
    }
    let digest = XxHash3_128::oneshot(&state.digest().to_le_bytes());
    let mut writer = Writer::create(&target, header.contract, header.dim, digest.to_le_bytes())?;
    copy_rows(&source, &state, &mut writer, &mut progress)?;
    let bytes_after = Source::open(&target)?.len()?;
    let bytes_before = source.len()?;
    fs::rename(&target, path).map_err(io_error(path, "replace"))?;
    sync_folder(path).map_err(io_error(path, "replace"))?;
    Ok(Compacted { erased_rows: state.tombstones.len() as u64, bytes_before, bytes_after })
}

/// Appends every row that was not removed to another gallery, and commits.
pub(super) fn copy_rows(
    source: &Source,
    state: &State,
    writer: &mut Writer,
    progress: &mut dyn FnMut(u64),
) -> Result<(), MatchError> {
    let header = state.header;
    let mut removed = state.tombstones.iter().map(|&row| u64::from(row)).peekable();
    let mut values = vec![0.0; header.dim];
    let mut row_number = 0;
    for entry in &state.table {
        let columns = extent::read_columns(source, &header, entry, row_number)?;
        for row in 0..entry.used_rows as usize {
            if removed.next_if_eq(&(row_number + row as u64)).is_none() {
                extent::read_row(source, &header, entry, &columns, row, &mut values)?;
                writer.append_unit(columns.label(row), columns.key(row), &values)?;
            }
        }
        row_number += u64::from(entry.used_rows);
        progress(row_number);
    }
    writer.commit()
}

fn scratch_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(OsString::from).unwrap_or_default();
    name.push(".compacting");
    path.with_file_name(name)
}
