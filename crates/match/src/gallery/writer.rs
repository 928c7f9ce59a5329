//! Append and remove: one writer at a time, whole commits or none.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::disk::{Disk, Source, io_error, sync_folder};
use super::extent::{self, Draft};
use super::index::Index;
use super::layout::{Header, MAX_KEY_BYTES, Section, Slot, TableEntry, align, checksum};
use super::state::{Recovered, State, current, read_slots};
use crate::error::MatchError;
use crate::panel::PANEL_ROWS;
use crate::rows::Label;
use crate::template::{ContractId, DIM_RANGE, Template};

/// The only writer of a gallery, from opening to drop.
///
/// What was appended or removed counts from [`Writer::commit`] on; without it nothing has
/// happened. A crash at any moment leaves the last committed state.
///
/// Ids and persons of all rows are held in memory meanwhile, about 50 bytes a row.
pub struct Writer {
    source: Source,
    disk: Box<dyn Disk>,
    base: State,
    index: Index,
    /// The coming table: extents of `base` still in use, then new ones.
    table: Vec<TableEntry>,
    tombstones: Vec<u32>,
    draft: Draft,
    /// Where the next section goes.
    cursor: u64,
    progress: Progress,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// No byte was written since the last commit.
    Clean,
    Written,
    /// A write did not succeed; what the disk holds is unknown until the file is opened again.
    Broken,
}

impl Writer {
    /// Creates an empty gallery for templates of `dim` components under `contract`.
    ///
    /// `creation_id` tells galleries apart that hold the same rows: 16 random bytes.
    ///
    /// # Errors
    /// [`MatchError::Dimension`]; [`MatchError::GalleryIo`], among others if the file exists.
    pub fn create(path: &Path, contract: ContractId, dim: usize, creation_id: [u8; 16]) -> Result<Self, MatchError> {
        if !DIM_RANGE.contains(&dim) {
            return Err(MatchError::Dimension { dim });
        }
        Self::create_with(path, &Header::new(dim, contract, creation_id))
    }

    pub(super) fn create_with(path: &Path, header: &Header) -> Result<Self, MatchError> {
        let mut bytes = header.encode();
        bytes.extend(Slot::FIRST.encode(header.creation_id));
        bytes.resize(Slot::FIRST.file_len as usize, 0);
        let fail = |step| io_error(path, step);
        let mut file = File::create_new(path).map_err(fail("create"))?;
        file.write_all_at(&bytes, 0).map_err(fail("write"))?;
        file.sync_all().map_err(fail("write"))?;
        sync_folder(path).map_err(fail("write"))?;
        Self::open(path)
    }

    /// Opens the gallery as its only writer.
    ///
    /// # Errors
    /// [`MatchError::GalleryBusy`] if another writer has it, [`MatchError::GalleryRecovered`]
    /// if its newest state is in doubt, and what [`Gallery::open`](super::Gallery::open) returns.
    pub fn open(path: &Path) -> Result<Self, MatchError> {
        let (source, base) = open_locked(path)?;
        Self::new(source, base)
    }

    /// A writer onto a locked file.
    pub(super) fn new(source: Source, base: State) -> Result<Self, MatchError> {
        let file = source.file.try_clone().map_err(io_error(&source.path, "open"))?;
        Self::on_disk(source, Box::new(file), base)
    }

    pub(super) fn on_disk(source: Source, disk: Box<dyn Disk>, base: State) -> Result<Self, MatchError> {
        if let Some(Recovered { rows_beyond }) = base.recovered {
            return Err(MatchError::GalleryRecovered { path: source.path, rows_beyond });
        }
        let index = Index::read(&source, &base)?;
        let draft = Draft::new(base.header.dim);
        let (table, tombstones) = (base.table.clone(), base.tombstones.clone());
        let cursor = align(base.slot.file_len);
        let progress = Progress::Clean;
        Ok(Self { source, disk, base, index, table, tombstones, draft, cursor, progress })
    }

    /// Rows, removed and uncommitted ones included.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.flushed_rows() + self.draft.rows() as u64
    }

    /// Distinct persons among the rows that were not removed, uncommitted ones included.
    #[must_use]
    pub fn subjects(&self) -> u64 {
        self.index.subjects()
    }

    /// Whether a row that was not removed has this id.
    #[must_use]
    pub fn contains(&self, id: u64) -> bool {
        self.index.row(id).is_some()
    }

    /// Adds a row and returns its number. `key` is the caller's own name of the row; it may be
    /// empty.
    ///
    /// # Errors
    /// [`MatchError::ContractMismatch`] and [`MatchError::DimensionMismatch`] for a foreign
    /// template, [`MatchError::DuplicateId`], [`MatchError::KeyLength`],
    /// [`MatchError::GalleryFull`], and the errors of writing.
    pub fn append(&mut self, label: Label, key: &[u8], template: &Template) -> Result<u64, MatchError> {
        template.check(self.base.header.contract, self.base.header.dim)?;
        self.append_unit(label, key, template.values())
    }

    /// [`Writer::append`] for components that are known to be of unit norm.
    pub(super) fn append_unit(&mut self, label: Label, key: &[u8], values: &[f32]) -> Result<u64, MatchError> {
        let row = self.rows();
        if key.len() > MAX_KEY_BYTES {
            return Err(MatchError::KeyLength { bytes: key.len() });
        }
        if self.contains(label.id) {
            return Err(MatchError::DuplicateId { row });
        }
        if row >= u64::from(u32::MAX) {
            return Err(MatchError::GalleryFull);
        }
        if self.draft.rows() == 0 {
            self.take_back_tail()?;
        }
        self.draft.push(label, key, values);
        self.index.insert(label, row as u32);
        if self.draft.rows() == self.base.header.extent_rows {
            self.flush()?;
        }
        Ok(row)
    }

    /// Removes rows by id. Their bytes stay in the file until it is compacted.
    ///
    /// # Errors
    /// [`MatchError::UnknownId`] if one of them is not in the gallery; then none is removed.
    pub fn remove(&mut self, ids: &[u64]) -> Result<(), MatchError> {
        if let Some(position) = ids.iter().position(|&id| !self.contains(id)) {
            return Err(MatchError::UnknownId { position });
        }
        for &id in ids {
            // An id that was given twice is gone by its second turn.
            self.tombstones.extend(self.index.remove(id));
        }
        self.tombstones.sort_unstable();
        Ok(())
    }

    /// Makes everything since the last commit last, all at once.
    ///
    /// # Errors
    /// [`MatchError::GalleryIo`]; [`MatchError::GalleryStale`] if someone wrote to the file
    /// without the lock. After an error the gallery must be opened again.
    pub fn commit(&mut self) -> Result<(), MatchError> {
        let tombstones_changed = self.tombstones != self.base.tombstones;
        if self.draft.rows() == 0 && !tombstones_changed && self.progress == Progress::Clean {
            return Ok(());
        }
        self.flush()?;
        let table_bytes = TableEntry::encode_all(&self.table);
        let table = self.write_section(&table_bytes)?;
        let tombstones = if tombstones_changed {
            let bytes: Vec<u8> = self.tombstones.iter().flat_map(|row| row.to_le_bytes()).collect();
            self.write_section(&bytes)?
        } else {
            self.base.slot.tombstones
        };
        let slot = Slot {
            seq: self.base.slot.seq + 1,
            rows: self.flushed_rows(),
            subjects: self.subjects(),
            file_len: table.end().max(tombstones.end()).max(self.base.slot.file_len),
            table,
            tombstones,
        };
        self.refuse_if_stale()?;
        self.attempt(|disk| disk.sync())?;
        let bytes = slot.encode(self.base.header.creation_id);
        self.attempt(|disk| disk.write_all_at(&bytes, Slot::place(slot.seq)))?;
        self.attempt(|disk| disk.sync())?;
        self.base.slot = slot;
        self.base.table.clone_from(&self.table);
        self.base.tombstones.clone_from(&self.tombstones);
        self.cursor = align(slot.file_len);
        self.progress = Progress::Clean;
        Ok(())
    }

    /// Rows in the extents of the coming table.
    fn flushed_rows(&self) -> u64 {
        self.table.iter().map(|entry| u64::from(entry.used_rows)).sum()
    }

    /// Starts the draft with a copy of the rows of a half-filled last panel.
    fn take_back_tail(&mut self) -> Result<(), MatchError> {
        let Some(mut last) = self.table.last().copied() else {
            return Ok(());
        };
        let tail_rows = last.used_rows % PANEL_ROWS as u32;
        if tail_rows == 0 {
            return Ok(());
        }
        let header = self.base.header;
        let first_row = self.flushed_rows() - u64::from(last.used_rows);
        let columns = extent::read_columns(&self.source, &header, &last, first_row)?;
        let mut draft = Draft::new(header.dim);
        let mut values = vec![0.0; header.dim];
        for row in (last.used_rows - tail_rows) as usize..last.used_rows as usize {
            extent::read_row(&self.source, &header, &last, &columns, row, &mut values)?;
            draft.push(columns.label(row), columns.key(row), &values);
        }
        self.draft = draft;
        self.table.pop();
        last.used_rows -= tail_rows;
        self.table.extend((last.used_rows > 0).then_some(last));
        Ok(())
    }

    /// Writes the draft as an extent.
    fn flush(&mut self) -> Result<(), MatchError> {
        if self.draft.rows() == 0 {
            return Ok(());
        }
        let header = self.base.header;
        let draft = std::mem::replace(&mut self.draft, Draft::new(header.dim));
        let (bytes, entry) = draft.encode(&header, self.flushed_rows(), self.cursor);
        self.write_section(&bytes)?;
        self.table.push(entry);
        Ok(())
    }

    /// Writes at the cursor, beyond every committed byte.
    fn write_section(&mut self, bytes: &[u8]) -> Result<Section, MatchError> {
        if self.progress == Progress::Clean {
            self.refuse_if_stale()?;
            // What an unfinished append left behind must not be taken for rows later.
            let committed_len = self.base.slot.file_len;
            self.attempt(|disk| disk.set_len(committed_len))?;
            self.progress = Progress::Written;
        }
        let offset = self.cursor;
        self.attempt(|disk| disk.write_all_at(bytes, offset))?;
        self.cursor = align(offset + bytes.len() as u64);
        Ok(Section { offset, len: bytes.len() as u64, checksum: checksum(bytes) })
    }

    /// One step of writing. After a step that did not succeed no other is taken: whether the
    /// disk holds it is unknown, and a later sync would not tell.
    fn attempt(&mut self, step: impl FnOnce(&mut dyn Disk) -> std::io::Result<()>) -> Result<(), MatchError> {
        if self.progress == Progress::Broken {
            return Err(MatchError::GalleryBroken { path: self.source.path.clone() });
        }
        step(self.disk.as_mut()).map_err(|error| {
            self.progress = Progress::Broken;
            io_error(&self.source.path, "write")(error)
        })
    }

    fn refuse_if_stale(&self) -> Result<(), MatchError> {
        let slots = read_slots(&self.source, &self.base.header)?;
        if current(slots).map(|(slot, _)| slot) == Some(self.base.slot) {
            return Ok(());
        }
        Err(MatchError::GalleryStale { path: self.source.path.clone() })
    }
}

/// Opens the file for writing under the writers' lock, which lasts as long as the file is open.
pub(super) fn open_locked(path: &Path) -> Result<(Source, State), MatchError> {
    let open = File::options().read(true).write(true).open(path);
    let source = Source { file: open.map_err(io_error(path, "open"))?, path: path.to_owned() };
    match source.file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(MatchError::GalleryBusy { path: source.path }),
        Err(TryLockError::Error(error)) => return Err(io_error(path, "lock")(error)),
    }
    if source.was_replaced()? {
        return Err(MatchError::GalleryStale { path: source.path });
    }
    let state = State::read(&source)?;
    Ok((source, state))
}
