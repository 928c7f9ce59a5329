//! Reading, verifying and building one extent.

use super::columns::{Columns, ExtentHeader};
use super::disk::Source;
use super::layout::{EXTENT_HEADER_BYTES, Header, TableEntry, checksum};
use crate::buffer::Buffer;
use crate::error::MatchError;
use crate::panel::{CODE_FLIP, PANEL_ROWS, PanelBounds, panel_bytes, write_row};
use crate::quantize::{RowScale, quantize};
use crate::rows::Label;
use crate::template::DIM_RANGE;

/// The columns of an extent, verified.
pub(super) fn read_columns(
    source: &Source,
    header: &Header,
    entry: &TableEntry,
    first_row: u64,
) -> Result<Columns, MatchError> {
    let shape = entry.shape(header.dim);
    let bytes = source.read(entry.offset, shape.columns().end)?;
    let (head, columns) = bytes.split_at(EXTENT_HEADER_BYTES);
    let found = ExtentHeader::decode(head).filter(|found| {
        found.entry(entry.offset).checksum == entry.checksum
            && found.creation_id == header.creation_id
            && (found.first_row, found.rows, found.key_bytes) == (first_row, entry.rows, entry.key_bytes)
    });
    let found = found.ok_or_else(|| source.damaged(entry.offset, "extent header"))?;
    let sound = found.columns_checksum == checksum(columns);
    let decoded = Columns::decode(columns, &shape).filter(|columns| sound && scales_sound(columns));
    decoded.ok_or_else(|| source.damaged(entry.offset + EXTENT_HEADER_BYTES as u64, "extent columns"))
}

/// Whether the screen can be computed without an infinity or a NaN.
fn scales_sound(columns: &Columns) -> bool {
    columns.scales.iter().all(|scale| scale.is_normal() && *scale > 0.0)
        && columns.residuals.iter().all(|residual| residual.is_finite() && *residual >= 0.0)
}

/// The panels of an extent, verified, in memory of their own.
pub(super) fn read_panels(
    source: &Source,
    header: &Header,
    entry: &TableEntry,
    columns: &Columns,
) -> Result<Buffer<u8>, MatchError> {
    let range = entry.shape(header.dim).panels();
    let start = entry.offset + range.start as u64;
    let mut codes = Buffer::zeroed(range.len());
    source.read_into(&mut codes, start)?;
    let panels = codes.chunks_exact(panel_bytes(header.dim));
    for (index, (panel, &expected)) in panels.zip(&columns.panel_checksums).enumerate() {
        if checksum(panel) != expected {
            return Err(source.damaged(start + (index * panel.len()) as u64, "panel"));
        }
    }
    Ok(codes)
}

/// The components of one row, verified, into `out`, which has one place for each.
pub(super) fn read_row(
    source: &Source,
    header: &Header,
    entry: &TableEntry,
    columns: &Columns,
    row: usize,
    out: &mut [f32],
) -> Result<(), MatchError> {
    let start = entry.offset + (entry.shape(header.dim).components().start + row * header.dim * 4) as u64;
    let mut bytes = [0; 4 * *DIM_RANGE.end()];
    let bytes = &mut bytes[..header.dim * 4];
    source.read_into(bytes, start)?;
    if columns.row_checksums.get(row) != Some(&checksum(bytes)) {
        return Err(source.damaged(start, "row of components"));
    }
    for (value, chunk) in out.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *value = f32::from_le_bytes(*chunk);
    }
    Ok(())
}

/// The components of the first `rows` rows, verified, in memory of their own.
pub(super) fn read_values(
    source: &Source,
    header: &Header,
    entry: &TableEntry,
    columns: &Columns,
    rows: usize,
) -> Result<Buffer<f32>, MatchError> {
    let row_bytes = header.dim * 4;
    let start = entry.offset + entry.shape(header.dim).components().start as u64;
    let bytes = source.read(start, rows * row_bytes)?;
    for (row, (bytes, &expected)) in bytes.chunks_exact(row_bytes).zip(&columns.row_checksums).enumerate() {
        if checksum(bytes) != expected {
            return Err(source.damaged(start + (row * row_bytes) as u64, "row of components"));
        }
    }
    let mut values = Buffer::zeroed(rows * header.dim);
    for (value, chunk) in values.iter_mut().zip(bytes.as_chunks::<4>().0) {
        *value = f32::from_le_bytes(*chunk);
    }
    Ok(values)
}

/// Reads the whole extent and checks every checksum, and that the panels are those of the
/// components.
pub(super) fn verify(
    source: &Source,
    header: &Header,
    entry: &TableEntry,
    first_row: u64,
) -> Result<Columns, MatchError> {
    let columns = read_columns(source, header, entry, first_row)?;
    let panels = read_panels(source, header, entry, &columns)?;
    let mut rebuilt = Draft::new(header.dim);
    let values = read_values(source, header, entry, &columns, entry.rows as usize)?;
    for (row, values) in values.chunks_exact(header.dim).enumerate() {
        rebuilt.push(columns.label(row), columns.key(row), values);
    }
    let panels_at = entry.offset + entry.shape(header.dim).panels().start as u64;
    let same_scales = rebuilt.columns.scales == columns.scales && rebuilt.columns.residuals == columns.residuals;
    if rebuilt.panels != panels[..] || !same_scales {
        return Err(source.damaged(panels_at, "panels, which are not those of the components,"));
    }
    Ok(columns)
}

/// Scales and residuals as the kernels take them, panel by panel.
pub(super) fn bounds(columns: &Columns) -> Vec<PanelBounds> {
    let panels = columns.scales.chunks(PANEL_ROWS).zip(columns.residuals.chunks(PANEL_ROWS));
    panels
        .map(|(scales, residuals)| {
            let mut bounds = PanelBounds::EMPTY;
            for (row, (&scale, &residual)) in scales.iter().zip(residuals).enumerate() {
                bounds.set(row, RowScale { scale, residual });
            }
            bounds
        })
        .collect()
}

/// Rows on their way into an extent.
#[derive(Default)]
pub(super) struct Draft {
    dim: usize,
    columns: Columns,
    panels: Vec<u8>,
    components: Vec<u8>,
}

impl Draft {
    pub(super) fn new(dim: usize) -> Self {
        Self { dim, ..Self::default() }
    }

    pub(super) fn rows(&self) -> usize {
        self.columns.ids.len()
    }

    /// Adds a row of unit norm.
    pub(super) fn push(&mut self, label: Label, key: &[u8], values: &[f32]) {
        let lane = self.rows() % PANEL_ROWS;
        let panel_at = self.rows() / PANEL_ROWS * panel_bytes(self.dim);
        self.panels.resize(panel_at + panel_bytes(self.dim), CODE_FLIP);
        let mut codes = vec![0; self.dim];
        let RowScale { scale, residual } = quantize(values, &mut codes);
        write_row(&mut self.panels[panel_at..], lane, &codes);

        let components_at = self.components.len();
        self.components.extend(values.iter().flat_map(|value| value.to_le_bytes()));

        let columns = &mut self.columns;
        columns.scales.push(scale);
        columns.residuals.push(residual);
        columns.ids.push(label.id);
        columns.persons.push(label.person);
        columns.keys.extend(key);
        columns.key_ends.push(columns.keys.len() as u32);
        columns.row_checksums.push(checksum(&self.components[components_at..]));
    }

    /// The bytes of the extent and its line of the table.
    pub(super) fn encode(mut self, header: &Header, first_row: u64, offset: u64) -> (Vec<u8>, TableEntry) {
        self.columns.panel_checksums = self.panels.chunks_exact(panel_bytes(self.dim)).map(checksum).collect();
        let columns = self.columns.encode();
        let head = ExtentHeader {
            creation_id: header.creation_id,
            first_row,
            rows: self.rows() as u32,
            key_bytes: self.columns.keys.len() as u32,
            columns_checksum: checksum(&columns),
        };
        let entry = head.entry(offset);
        let shape = entry.shape(header.dim);
        let mut bytes = head.encode();
        bytes.extend(columns);
        bytes.resize(shape.panels().start, 0);
        bytes.extend(self.panels);
        bytes.resize(shape.components().start, 0);
        bytes.extend(self.components);
        (bytes, entry)
    }
}
