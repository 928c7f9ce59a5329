//! The bytes of a gallery file, format version 1. All numbers are little-endian.
//!
//! ```text
//!     0  header: what the rows are, and whose
//!  4096  commit slot A  }  written in turn; the valid one with the
//!  8192  commit slot B  }  higher sequence number is the state
//! 12288  then in the order of writing, each on a multiple of 4096:
//!        extents           rows; never rewritten once committed
//!        tables            one entry per extent; each commit writes a new one
//!        tombstones        numbers of removed rows; rewritten when they change
//! ```
//!
//! An **extent** holds up to [`Header::extent_rows`] rows:
//!
//! ```text
//! extent header   64 B
//! columns         scale f32, residual f32, id u64, person u64, key end u32,
//!                 row checksum u64: each `rows` long; panel checksum u64 per panel; key bytes
//! panels          64 rows each as the kernels read them, on a multiple of 64
//! components      f32, `rows` x `dim`, on a multiple of 64
//! ```
//!
//! Checksums (XXH3, 64 bit) form a chain: the slot covers the table, the table every extent's
//! header, the header the columns, and the columns hold one checksum per panel and one per row
//! of components. So the checksum of a slot stands for the whole content, and what is read alone
//! (a panel, one row for its exact score) can be verified alone. They find damage, not forgery.
//!
//! Rows are appended in whole panels but for the last. An append onto a half-filled panel copies
//! its rows (63 at most) to the head of a new extent and shortens the old one in the table, so no
//! committed byte changes.

use twox_hash::XxHash3_64;

use super::columns::ExtentShape;
use crate::fields::Fields;
use crate::panel::{PANEL_ROWS, panel_bytes};
use crate::template::{ContractId, DIM_RANGE};

/// Longest key of a row in bytes.
pub const MAX_KEY_BYTES: usize = 1024;

pub(super) const HEADER_BYTES: usize = 4096;
pub(super) const SLOT_OFFSETS: [u64; 2] = [4096, 8192];
pub(super) const SLOT_BYTES: usize = 512;
pub(super) const DATA_OFFSET: u64 = 12288;
pub(super) const SECTION_ALIGN: u64 = 4096;
pub(super) const EXTENT_HEADER_BYTES: usize = 64;
pub(super) const TABLE_ENTRY_BYTES: usize = 32;

const VERSION: u32 = 1;
const HEADER_MAGIC: [u8; 8] = *b"FCGALLRY";
const SLOT_MAGIC: [u8; 8] = *b"FCCOMMIT";
/// Panel bytes of a full extent: large enough for huge pages, small enough to buffer.
const EXTENT_PANEL_BYTES: usize = 2 << 20;

/// Puts the checksum of `bytes[..at]` at `at`, in a record of `len` bytes padded with zeros.
pub(super) fn seal(mut bytes: Vec<u8>, len: usize) -> Vec<u8> {
    bytes.resize(len - 8, 0);
    bytes.extend(checksum(&bytes).to_le_bytes());
    bytes
}

/// The content of a sealed record, if its checksum holds.
pub(super) fn unseal(bytes: &[u8]) -> Option<&[u8]> {
    let (content, sum) = bytes.split_last_chunk::<8>()?;
    (checksum(content) == u64::from_le_bytes(*sum)).then_some(content)
}

/// The fixed part of a gallery: written once, when the file is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Components of a template.
    pub dim: usize,
    /// Rows of a full extent.
    pub extent_rows: usize,
    /// The contract of the templates: model, alignment and preprocessing.
    pub contract: ContractId,
    /// Tells two galleries apart that hold the same rows.
    pub creation_id: [u8; 16],
}

/// Why a header was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeaderFault {
    NotAGallery,
    Version(u32),
    Checksum,
    Shape,
}

impl Header {
    pub(super) fn new(dim: usize, contract: ContractId, creation_id: [u8; 16]) -> Self {
        let rows = EXTENT_PANEL_BYTES / panel_bytes(dim) * PANEL_ROWS;
        Self { dim, extent_rows: rows, contract, creation_id }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend(HEADER_MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend((self.dim as u32).to_le_bytes());
        out.extend((PANEL_ROWS as u32).to_le_bytes());
        out.extend((self.extent_rows as u32).to_le_bytes());
        out.extend(self.contract.as_bytes());
        out.extend(self.creation_id);
        seal(out, HEADER_BYTES)
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let mut fields = Fields(bytes);
        if fields.array() != Some(HEADER_MAGIC) {
            return Err(HeaderFault::NotAGallery);
        }
        match fields.u32() {
            Some(VERSION) => {}
            Some(other) => return Err(HeaderFault::Version(other)),
            None => return Err(HeaderFault::NotAGallery),
        }
        unseal(bytes).ok_or(HeaderFault::Checksum)?;
        Self::decode_shape(fields).ok_or(HeaderFault::Shape)
    }

    fn decode_shape(mut fields: Fields) -> Option<Self> {
        let dim = fields.u32()? as usize;
        let panel_rows = fields.u32()? as usize;
        let extent_rows = fields.u32()? as usize;
        let header =
            Self { dim, extent_rows, contract: ContractId::from_bytes(fields.array()?), creation_id: fields.array()? };
        let sound = DIM_RANGE.contains(&dim)
            && panel_rows == PANEL_ROWS
            && (PANEL_ROWS..=1 << 20).contains(&extent_rows)
            && extent_rows.is_multiple_of(PANEL_ROWS);
        sound.then_some(header)
    }
}

/// A run of bytes in the file with its checksum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub offset: u64,
    pub len: u64,
    pub checksum: u64,
}

impl Section {
    fn fields(&self) -> [u64; 3] {
        [self.offset, self.len, self.checksum]
    }

    fn decode(fields: &mut Fields) -> Option<Self> {
        Some(Self { offset: fields.u64()?, len: fields.u64()?, checksum: fields.u64()? })
    }

    pub(super) fn end(&self) -> u64 {
        self.offset + self.len
    }

    /// True if the section lies between the slots and `file_len`.
    fn lies_within(&self, file_len: u64) -> bool {
        self.len == 0
            || (self.offset >= DATA_OFFSET && self.offset.checked_add(self.len).is_some_and(|end| end <= file_len))
    }
}

/// One committed state of a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub seq: u64,
    pub rows: u64,
    /// Distinct persons among the rows that were not removed.
    pub subjects: u64,
    pub file_len: u64,
    pub table: Section,
    pub tombstones: Section,
}

/// What stands where a slot belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotState {
    /// Never written.
    Empty,
    Valid(Slot),
    /// A torn commit, or later damage: nobody can tell.
    Invalid,
}

impl Slot {
    /// The state of a gallery without rows.
    pub(super) const FIRST: Self = Self {
        seq: 1,
        rows: 0,
        subjects: 0,
        file_len: DATA_OFFSET,
        table: Section { offset: 0, len: 0, checksum: 0 },
        tombstones: Section { offset: 0, len: 0, checksum: 0 },
    };

    /// Where in [`SLOT_OFFSETS`] this commit is written.
    pub(super) fn place(seq: u64) -> u64 {
        SLOT_OFFSETS[usize::from(seq.is_multiple_of(2))]
    }

    pub(super) fn encode(&self, creation_id: [u8; 16]) -> Vec<u8> {
        let mut out = Vec::with_capacity(SLOT_BYTES);
        out.extend(SLOT_MAGIC);
        out.extend(creation_id);
        let numbers = [self.seq, self.rows, self.subjects, self.file_len].into_iter();
        for number in numbers.chain(self.table.fields()).chain(self.tombstones.fields()) {
            out.extend(number.to_le_bytes());
        }
        seal(out, SLOT_BYTES)
    }

    pub(super) fn decode(bytes: &[u8], creation_id: [u8; 16]) -> SlotState {
        if bytes.iter().all(|&byte| byte == 0) {
            return SlotState::Empty;
        }
        Self::decode_valid(bytes, creation_id).map_or(SlotState::Invalid, SlotState::Valid)
    }

    fn decode_valid(bytes: &[u8], creation_id: [u8; 16]) -> Option<Self> {
        let mut fields = Fields(unseal(bytes)?);
        if fields.array()? != SLOT_MAGIC || fields.array()? != creation_id {
            return None;
        }
        let slot = Self {
            seq: fields.u64()?,
            rows: fields.u64()?,
            subjects: fields.u64()?,
            file_len: fields.u64()?,
            table: Section::decode(&mut fields)?,
            tombstones: Section::decode(&mut fields)?,
        };
        let sound = u32::try_from(slot.rows).is_ok()
            && slot.file_len >= DATA_OFFSET
            && slot.table.lies_within(slot.file_len)
            && slot.tombstones.lies_within(slot.file_len)
            && slot.table.len.is_multiple_of(TABLE_ENTRY_BYTES as u64)
            && slot.tombstones.len.is_multiple_of(4)
            && slot.tombstones.len / 4 <= slot.rows;
        sound.then_some(slot)
    }
}

/// One line of the extent table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TableEntry {
    pub offset: u64,
    /// Rows that the extent holds.
    pub rows: u32,
    /// Rows of them that are in use: fewer where an append copied the last panel elsewhere.
    pub used_rows: u32,
    pub key_bytes: u32,
    /// Checksum of the extent's header.
    pub checksum: u64,
}

impl TableEntry {
    pub(super) fn encode_all(entries: &[Self]) -> Vec<u8> {
        let mut out = Vec::with_capacity(entries.len() * TABLE_ENTRY_BYTES);
        for entry in entries {
            out.extend(entry.offset.to_le_bytes());
            for number in [entry.rows, entry.used_rows, entry.key_bytes, 0] {
                out.extend(number.to_le_bytes());
            }
            out.extend(entry.checksum.to_le_bytes());
        }
        out
    }

    /// The table of `slot`; `None` if an entry points outside the file or the rows do not add up.
    pub(super) fn decode_all(bytes: &[u8], header: &Header, slot: &Slot) -> Option<Vec<Self>> {
        let mut fields = Fields(bytes);
        let mut rows_before = 0_u64;
        let mut entries = Vec::with_capacity(bytes.len() / TABLE_ENTRY_BYTES);
        for _ in 0..bytes.len() / TABLE_ENTRY_BYTES {
            let offset = fields.u64()?;
            let [rows, used_rows, key_bytes, _] = [fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?];
            let entry = Self { offset, rows, used_rows, key_bytes, checksum: fields.u64()? };
            let shape = entry.shape(header.dim);
            let end = offset.checked_add(shape.len() as u64)?;
            let whole_panels = rows_before.is_multiple_of(PANEL_ROWS as u64);
            let fits = rows as usize <= header.extent_rows
                && key_bytes as usize <= rows as usize * MAX_KEY_BYTES
                && (1..=rows).contains(&used_rows)
                && (DATA_OFFSET..=slot.file_len).contains(&offset)
                && end <= slot.file_len;
            if !(whole_panels && fits) {
                return None;
            }
            rows_before += u64::from(used_rows);
            entries.push(entry);
        }
        (rows_before == slot.rows).then_some(entries)
    }

    pub(super) fn shape(&self, dim: usize) -> ExtentShape {
        ExtentShape { dim, rows: self.rows as usize, key_bytes: self.key_bytes as usize }
    }
}

pub(super) fn f32s(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect()
}

pub(super) fn u32s(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect()
}

pub(super) fn u64s(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect()
}

/// The next section boundary at or after `offset`.
pub(super) fn align(offset: u64) -> u64 {
    offset.next_multiple_of(SECTION_ALIGN)
}

/// A fuzzer cannot guess checksums, an attacker can compute them: in a fuzzer's build all are equal, so that it gets past
/// them.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    if cfg!(fuzzing) { 0 } else { XxHash3_64::oneshot(bytes) }
}
