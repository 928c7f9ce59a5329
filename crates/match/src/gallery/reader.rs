//! A gallery as the engine reads it: extents come into memory, verified, when first used.

use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::columns::Columns;
use super::disk::Source;
use super::extent;
use super::index::Index;
use super::layout::TableEntry;
use super::state::{Recovered, State};
use super::writer::{Writer, open_locked};
use crate::buffer::Buffer;
use crate::error::MatchError;
use crate::panel::{PANEL_ROWS, Panel, PanelBounds, panel_bytes};
use crate::rows::{Label, Rows};
use crate::template::ContractId;

/// One committed state of a gallery file, open for reading.
///
/// Opening reads header, slots, table and length, however many rows there are. A panel is read
/// into memory of the process and verified when it is first used, so nothing that happens to the
/// file later changes what was verified. Writers do not disturb readers; a reader keeps the state
/// that it opened.
pub struct Gallery {
    source: Source,
    state: State,
    extents: Vec<Extent>,
    /// Extent of each panel.
    extent_of_panel: Vec<u32>,
    /// Bit `r` of a panel's mask: row `r` exists and was not removed.
    live: Vec<u64>,
    values_resident: bool,
    index: Lazy<Index>,
}

/// An extent and what of it was read so far.
struct Extent {
    entry: TableEntry,
    first_row: usize,
    columns: Lazy<Columns>,
    panels: Lazy<(Buffer<u8>, Vec<PanelBounds>)>,
    values: Lazy<Buffer<f32>>,
}

impl Gallery {
    /// Opens the newest committed state.
    ///
    /// # Errors
    /// [`MatchError::GalleryIo`], [`MatchError::NotAGallery`], [`MatchError::GalleryVersion`];
    /// [`MatchError::GalleryDamaged`] and [`MatchError::GalleryTruncated`] with the offset.
    pub fn open(path: &Path) -> Result<Self, MatchError> {
        let source = Source::open(path)?;
        let state = State::read(&source)?;
        let mut extents = Vec::with_capacity(state.table.len());
        let mut extent_of_panel = Vec::new();
        let mut first_row = 0;
        for (number, &entry) in state.table.iter().enumerate() {
            extents.push(Extent::new(entry, first_row));
            first_row += entry.used_rows as usize;
            extent_of_panel.resize(first_row.div_ceil(PANEL_ROWS), number as u32);
        }
        let live = live_masks(&state);
        let index = Lazy::default();
        Ok(Self { source, state, extents, extent_of_panel, live, values_resident: false, index })
    }

    /// Keeps the f32 components in memory too, if all of them fit into `max_bytes`.
    ///
    /// Without it a row that is scored exactly is read from the file each time: about a
    /// microsecond from the page cache.
    #[must_use]
    pub fn with_resident_values(mut self, max_bytes: u64) -> Self {
        let bytes = self.state.slot.rows * self.state.header.dim as u64 * 4;
        self.values_resident = bytes <= max_bytes;
        self
    }

    /// Opens the file for writing, from the state that this reader sees.
    ///
    /// # Errors
    /// [`MatchError::GalleryStale`] if another writer has committed since; what
    /// [`Writer::open`] returns.
    pub fn writer(&self) -> Result<Writer, MatchError> {
        let (source, state) = open_locked(&self.source.path)?;
        if state.digest() != self.state.digest() {
            return Err(MatchError::GalleryStale { path: source.path });
        }
        Writer::new(source, state)
    }

    /// Set if the newest state of the file is in doubt.
    #[must_use]
    pub fn recovered(&self) -> Option<Recovered> {
        self.state.recovered
    }

    /// Distinct persons among the rows that were not removed.
    #[must_use]
    pub fn subjects(&self) -> u64 {
        self.state.slot.subjects
    }

    /// Rows that were removed and whose bytes are still in the file.
    #[must_use]
    pub fn removed_rows(&self) -> usize {
        self.state.tombstones.len()
    }

    /// The row with this id, if it was not removed. The first call reads the ids of all rows.
    ///
    /// # Errors
    /// Reading or verifying failed.
    pub fn row_of(&self, id: u64) -> Result<Option<usize>, MatchError> {
        let index = self.index.get_or_load(|| Index::read(&self.source, &self.state))?;
        Ok(index.row(id).map(|row| row as usize))
    }

    /// The key of a row below [`Rows::len`]; empty if it has none.
    ///
    /// # Errors
    /// Reading or verifying failed.
    pub fn key(&self, row: usize) -> Result<&[u8], MatchError> {
        let extent = self.extent_of_row(row);
        Ok(self.columns(extent)?.key(row - extent.first_row))
    }

    fn extent_of_row(&self, row: usize) -> &Extent {
        &self.extents[self.extent_of_panel[row / PANEL_ROWS] as usize]
    }

    fn columns<'a>(&'a self, extent: &'a Extent) -> Result<&'a Columns, MatchError> {
        let header = &self.state.header;
        extent
            .columns
            .get_or_load(|| extent::read_columns(&self.source, header, &extent.entry, extent.first_row as u64))
    }

    fn all_values<'a>(&'a self, extent: &'a Extent) -> Result<&'a [f32], MatchError> {
        let columns = self.columns(extent)?;
        let values = extent.values.get_or_load(|| {
            let rows = extent.entry.used_rows as usize;
            extent::read_values(&self.source, &self.state.header, &extent.entry, columns, rows)
        })?;
        Ok(values)
    }
}

impl Extent {
    fn new(entry: TableEntry, first_row: usize) -> Self {
        Self { entry, first_row, columns: Lazy::default(), panels: Lazy::default(), values: Lazy::default() }
    }
}

impl Rows for Gallery {
    fn contract(&self) -> ContractId {
        self.state.header.contract
    }

    fn dim(&self) -> usize {
        self.state.header.dim
    }

    fn len(&self) -> usize {
        self.state.slot.rows as usize
    }

    fn panel(&self, index: usize) -> Result<Panel<'_>, MatchError> {
        let extent = &self.extents[self.extent_of_panel[index] as usize];
        let (codes, bounds) = extent.panels.get_or_load(|| {
            let columns = self.columns(extent)?;
            let codes = extent::read_panels(&self.source, &self.state.header, &extent.entry, columns)?;
            Ok((codes, extent::bounds(columns)))
        })?;
        let within = index - extent.first_row / PANEL_ROWS;
        let bytes = panel_bytes(self.dim());
        Ok(Panel { codes: &codes[within * bytes..][..bytes], bounds: &bounds[within], live: self.live[index] })
    }

    fn values<'a>(&'a self, row: usize, scratch: &'a mut [f32]) -> Result<&'a [f32], MatchError> {
        let extent = self.extent_of_row(row);
        let within = row - extent.first_row;
        if self.values_resident {
            let dim = self.dim();
            return Ok(&self.all_values(extent)?[within * dim..][..dim]);
        }
        let columns = self.columns(extent)?;
        extent::read_row(&self.source, &self.state.header, &extent.entry, columns, within, scratch)?;
        Ok(scratch)
    }

    fn label(&self, row: usize) -> Result<Label, MatchError> {
        let extent = self.extent_of_row(row);
        Ok(self.columns(extent)?.label(row - extent.first_row))
    }

    fn grouped(&self) -> bool {
        let live_rows = self.len() - self.removed_rows();
        self.subjects() < live_rows as u64
    }

    fn digest(&self) -> u128 {
        self.state.digest()
    }
}

fn live_masks(state: &State) -> Vec<u64> {
    let rows = state.slot.rows as usize;
    let mut live = vec![u64::MAX; rows.div_ceil(PANEL_ROWS)];
    if let Some(last) = live.last_mut() {
        *last >>= rows.wrapping_neg() % PANEL_ROWS;
    }
    for &row in &state.tombstones {
        live[row as usize / PANEL_ROWS] &= !(1 << (row as usize % PANEL_ROWS));
    }
    live
}

/// A value that is loaded once, by whichever thread needs it first; the others wait.
struct Lazy<T> {
    value: OnceLock<T>,
    loading: Mutex<()>,
}

impl<T> Default for Lazy<T> {
    fn default() -> Self {
        Self { value: OnceLock::new(), loading: Mutex::new(()) }
    }
}

impl<T> Lazy<T> {
    fn get_or_load(&self, load: impl FnOnce() -> Result<T, MatchError>) -> Result<&T, MatchError> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let _loading = self.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let value = load()?;
        Ok(self.value.get_or_init(|| value))
    }
}
