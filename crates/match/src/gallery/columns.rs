//! The layout of one extent: header, then columns, panels and components.

use std::ops::Range;

use super::layout::{EXTENT_HEADER_BYTES, TableEntry, checksum, f32s, seal, u32s, u64s, unseal};
use crate::fields::Fields;
use crate::panel::{PANEL_ROWS, panel_bytes};
use crate::rows::Label;

const EXTENT_MAGIC: [u8; 8] = *b"FCEXTENT";

/// The first bytes of an extent: enough to recognise it where no table speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExtentHeader {
    pub creation_id: [u8; 16],
    pub first_row: u64,
    pub rows: u32,
    pub key_bytes: u32,
    pub columns_checksum: u64,
}

impl ExtentHeader {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(EXTENT_HEADER_BYTES);
        out.extend(EXTENT_MAGIC);
        out.extend(self.creation_id);
        out.extend(self.first_row.to_le_bytes());
        out.extend(self.rows.to_le_bytes());
        out.extend(self.key_bytes.to_le_bytes());
        out.extend(self.columns_checksum.to_le_bytes());
        seal(out, EXTENT_HEADER_BYTES)
    }

    /// The table entry of the extent at `offset`, with all its rows in use.
    pub(super) fn entry(&self, offset: u64) -> TableEntry {
        TableEntry {
            offset,
            rows: self.rows,
            used_rows: self.rows,
            key_bytes: self.key_bytes,
            checksum: checksum(&self.encode()),
        }
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(unseal(bytes)?);
        if fields.array()? != EXTENT_MAGIC {
            return None;
        }
        Some(Self {
            creation_id: fields.array()?,
            first_row: fields.u64()?,
            rows: fields.u32()?,
            key_bytes: fields.u32()?,
            columns_checksum: fields.u64()?,
        })
    }
}

/// Where the parts of an extent lie, in bytes from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExtentShape {
    pub dim: usize,
    pub rows: usize,
    pub key_bytes: usize,
}

impl ExtentShape {
    pub(super) fn panel_count(&self) -> usize {
        self.rows.div_ceil(PANEL_ROWS)
    }

    pub(super) fn columns(&self) -> Range<usize> {
        let per_row = 4 + 4 + 8 + 8 + 4 + 8;
        let len = self.rows * per_row + self.panel_count() * 8 + self.key_bytes;
        EXTENT_HEADER_BYTES..EXTENT_HEADER_BYTES + len
    }

    pub(super) fn panels(&self) -> Range<usize> {
        let start = self.columns().end.next_multiple_of(64);
        start..start + self.panel_count() * panel_bytes(self.dim)
    }

    pub(super) fn components(&self) -> Range<usize> {
        let start = self.panels().end.next_multiple_of(64);
        start..start + self.rows * self.dim * 4
    }

    pub(super) fn len(&self) -> usize {
        self.components().end
    }
}

/// What an extent says of its rows, column by column.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Columns {
    pub scales: Vec<f32>,
    pub residuals: Vec<f32>,
    pub ids: Vec<u64>,
    pub persons: Vec<u64>,
    /// End of each row's key in `keys`.
    pub key_ends: Vec<u32>,
    pub row_checksums: Vec<u64>,
    pub panel_checksums: Vec<u64>,
    pub keys: Vec<u8>,
}

impl Columns {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(self.scales.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(self.residuals.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(self.ids.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(self.persons.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(self.key_ends.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(self.row_checksums.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(self.panel_checksums.iter().flat_map(|v| v.to_le_bytes()));
        out.extend(&self.keys);
        out
    }

    /// The columns of an extent; `None` if the bytes are not as long as `shape` says or a key
    /// ends where it cannot.
    pub(super) fn decode(bytes: &[u8], shape: &ExtentShape) -> Option<Self> {
        let mut rest = bytes;
        let mut take = |len: usize| -> Option<&[u8]> {
            let (head, tail) = rest.split_at_checked(len)?;
            rest = tail;
            Some(head)
        };
        let (rows, panels) = (shape.rows, shape.panel_count());
        let columns = Self {
            scales: f32s(take(rows * 4)?),
            residuals: f32s(take(rows * 4)?),
            ids: u64s(take(rows * 8)?),
            persons: u64s(take(rows * 8)?),
            key_ends: u32s(take(rows * 4)?),
            row_checksums: u64s(take(rows * 8)?),
            panel_checksums: u64s(take(panels * 8)?),
            keys: take(shape.key_bytes)?.to_vec(),
        };
        let ends_sound =
            columns.key_ends.is_sorted() && columns.key_ends.last().is_none_or(|&end| end as usize <= shape.key_bytes);
        (rest.is_empty() && ends_sound).then_some(columns)
    }

    /// Who a row is; the row must be one of the extent's.
    pub(super) fn label(&self, row: usize) -> Label {
        Label { id: self.ids[row], person: self.persons[row] }
    }

    /// The key of a row, empty if it has none.
    pub(super) fn key(&self, row: usize) -> &[u8] {
        let end = self.key_ends.get(row).map_or(0, |&end| end as usize);
        let start = row.checked_sub(1).and_then(|before| self.key_ends.get(before)).map_or(0, |&end| end as usize);
        self.keys.get(start..end).unwrap_or_default()
    }
}
