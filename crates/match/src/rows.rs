//! A set of template rows that search and all pairs run over, in memory or on disk.

use std::collections::HashSet;

use twox_hash::XxHash3_128;

use crate::buffer::Buffer;
use crate::error::MatchError;
use crate::kernel;
use crate::panel::{CODE_FLIP, PANEL_ROWS, Panel, PanelBounds, panel_bytes, write_row};
use crate::quantize::quantize;
use crate::template::{ContractId, DIM_RANGE, Template};

/// Who a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// The row's own id, as its owner numbers it.
    pub id: u64,
    /// The person it belongs to; several rows may share one.
    pub person: u64,
}

/// Rows by index, `0..len()`, in panels of 64.
///
/// Indices are the order of insertion; they break ties. Everything that may be read from
/// disk on first use can fail.
pub trait Rows: Sync {
    /// The contract of every row.
    fn contract(&self) -> ContractId;
    /// Components of every row.
    fn dim(&self) -> usize;
    /// Rows, removed ones included.
    fn len(&self) -> usize;
    /// Whether there is no row.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Number of panels.
    fn panels(&self) -> usize {
        self.len().div_ceil(PANEL_ROWS)
    }
    /// Panel `index`, below [`Rows::panels`].
    ///
    /// # Errors
    /// Reading or verifying failed.
    fn panel(&self, index: usize) -> Result<Panel<'_>, MatchError>;
    /// The f32 components of a row: resident ones, or read into `scratch` of `dim()` values.
    ///
    /// # Errors
    /// Reading or verifying failed.
    fn values<'a>(&'a self, row: usize, scratch: &'a mut [f32]) -> Result<&'a [f32], MatchError>;
    /// Asks for the components of a row some time before they are needed; a hint.
    fn prefetch(&self, _row: usize) {}
    /// Who a row is.
    ///
    /// # Errors
    /// Reading or verifying failed.
    fn label(&self, row: usize) -> Result<Label, MatchError>;
    /// Whether two rows may belong to one person. `false` spares the look-up.
    fn grouped(&self) -> bool;
    /// Digest of the committed state, which plans and checkpoints are bound to. It detects
    /// mistakes, not tampering.
    fn digest(&self) -> u128;
}

/// Rows held in memory: 2.6 KiB each at 512 components.
pub struct MemoryRows {
    contract: ContractId,
    dim: usize,
    len: usize,
    codes: Buffer<u8>,
    bounds: Vec<PanelBounds>,
    values: Buffer<f32>,
    labels: Vec<Label>,
    grouped: bool,
}

impl MemoryRows {
    /// Quantises `len` templates: `template` gives that of each row in turn, with its label.
    ///
    /// # Errors
    /// [`MatchError::Dimension`], [`MatchError::ContractMismatch`] or
    /// [`MatchError::DimensionMismatch`] if a template is of another kind, and the errors of
    /// `template`.
    pub fn new(
        contract: ContractId,
        dim: usize,
        len: usize,
        mut template: impl FnMut(usize) -> Result<(Label, Template), MatchError>,
    ) -> Result<Self, MatchError> {
        if !DIM_RANGE.contains(&dim) {
            return Err(MatchError::Dimension { dim });
        }
        let mut rows = Self::empty(contract, dim, len);
        for row in 0..len {
            let (label, template) = template(row)?;
            template.check(contract, dim)?;
            rows.put(row, label, template.values());
        }
        rows.grouped = rows.shares_persons();
        Ok(rows)
    }

    /// The panels of all rows, one after the other.
    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes
    }

    fn empty(contract: ContractId, dim: usize, len: usize) -> Self {
        let panels = len.div_ceil(PANEL_ROWS);
        let mut codes = Buffer::zeroed(panels * panel_bytes(dim));
        codes.fill(CODE_FLIP);
        Self {
            contract,
            dim,
            len,
            codes,
            bounds: vec![PanelBounds::EMPTY; panels],
            values: Buffer::zeroed(len * dim),
            labels: vec![Label { id: 0, person: 0 }; len],
            grouped: false,
        }
    }

    fn put(&mut self, row: usize, label: Label, values: &[f32]) {
        let mut codes = vec![0; self.dim];
        let (panel, lane) = (row / PANEL_ROWS, row % PANEL_ROWS);
        let bytes = panel_bytes(self.dim);
        self.bounds[panel].set(lane, quantize(values, &mut codes));
        write_row(&mut self.codes[panel * bytes..][..bytes], lane, &codes);
        self.values[row * self.dim..][..self.dim].copy_from_slice(values);
        self.labels[row] = label;
    }

    fn shares_persons(&self) -> bool {
        let persons: HashSet<u64> = self.labels.iter().map(|label| label.person).collect();
        persons.len() < self.labels.len()
    }
}

impl Rows for MemoryRows {
    fn contract(&self) -> ContractId {
        self.contract
    }

    fn dim(&self) -> usize {
        self.dim
    }

    fn len(&self) -> usize {
        self.len
    }

    fn panel(&self, index: usize) -> Result<Panel<'_>, MatchError> {
        let bytes = panel_bytes(self.dim);
        let rows = (self.len - index * PANEL_ROWS).min(PANEL_ROWS);
        Ok(Panel {
            codes: &self.codes[index * bytes..][..bytes],
            bounds: &self.bounds[index],
            live: u64::MAX >> (PANEL_ROWS - rows),
        })
    }

    fn values<'a>(&'a self, row: usize, _: &'a mut [f32]) -> Result<&'a [f32], MatchError> {
        Ok(&self.values[row * self.dim..][..self.dim])
    }

    fn prefetch(&self, row: usize) {
        kernel::prefetch(&self.values[row * self.dim..][..self.dim]);
    }

    fn label(&self, row: usize) -> Result<Label, MatchError> {
        Ok(self.labels[row])
    }

    fn grouped(&self) -> bool {
        self.grouped
    }

    fn digest(&self) -> u128 {
        let mut hasher = XxHash3_128::new();
        hasher.write(self.contract.as_bytes());
        hasher.write(&(self.dim as u64).to_le_bytes());
        for label in &self.labels {
            hasher.write(&label.id.to_le_bytes());
            hasher.write(&label.person.to_le_bytes());
        }
        for value in self.values.iter() {
            hasher.write(&value.to_le_bytes());
        }
        hasher.finish_128()
    }
}
