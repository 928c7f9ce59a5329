//! Which committed state of a file is the current one, and whether that is certain.

use twox_hash::XxHash3_128;

use super::columns::ExtentHeader;
use super::disk::Source;
use super::extent;
use super::layout::{
    DATA_OFFSET, EXTENT_HEADER_BYTES, HEADER_BYTES, Header, HeaderFault, SLOT_BYTES, SLOT_OFFSETS, Section, Slot,
    SlotState, TableEntry, align, checksum, u32s,
};
use crate::error::MatchError;

/// The file was opened at an older commit than may have been made.
///
/// Either the last append was cut off before it was committed, or it was committed and its slot
/// was damaged since: the file alone cannot tell. Nothing is written to it until a person
/// decides; see [`accept_recovered`](super::accept_recovered).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Whole rows that lie in the file after the state that was opened.
    pub rows_beyond: u64,
}

/// A committed state and what its sections say.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub header: Header,
    pub slot: Slot,
    pub table: Vec<TableEntry>,
    /// Numbers of removed rows, ascending.
    pub tombstones: Vec<u32>,
    pub recovered: Option<Recovered>,
}

impl State {
    /// Reads header, slots, table and tombstones; no extent is touched.
    pub(super) fn read(source: &Source) -> Result<Self, MatchError> {
        let header = read_header(source)?;
        let slots = read_slots(source, &header)?;
        let (slot, certain) = current(slots).ok_or_else(|| source.damaged(SLOT_OFFSETS[0], "commit slots"))?;
        let len = source.len()?;
        if len < slot.file_len {
            let missing = slot.file_len - len;
            return Err(MatchError::GalleryTruncated { path: source.path.clone(), offset: len, missing });
        }
        let bytes = read_section(source, slot.table, "extent table")?;
        let table = TableEntry::decode_all(&bytes, &header, &slot)
            .ok_or_else(|| source.damaged(slot.table.offset, "extent table"))?;
        let tombstones = u32s(&read_section(source, slot.tombstones, "list of removed rows")?);
        let in_range = tombstones.last().is_none_or(|&row| u64::from(row) < slot.rows);
        if !(in_range && tombstones.is_sorted_by(|a, b| a < b)) {
            return Err(source.damaged(slot.tombstones.offset, "list of removed rows"));
        }
        let rows_beyond = rows_beyond(source, &header, &slot, len)?;
        let recovered = (!certain || rows_beyond > 0).then_some(Recovered { rows_beyond });
        Ok(Self { header, slot, table, tombstones, recovered })
    }

    /// Digest of the state; by the chain of checksums it stands for the whole content.
    pub(super) fn digest(&self) -> u128 {
        let mut bytes = self.header.encode();
        bytes.extend(self.slot.encode(self.header.creation_id));
        XxHash3_128::oneshot(&bytes)
    }
}

pub(super) fn read_slots(source: &Source, header: &Header) -> Result<[SlotState; 2], MatchError> {
    let mut slots = [SlotState::Empty; 2];
    for (slot, offset) in slots.iter_mut().zip(SLOT_OFFSETS) {
        *slot = Slot::decode(&source.read(offset, SLOT_BYTES)?, header.creation_id);
    }
    Ok(slots)
}

fn read_header(source: &Source) -> Result<Header, MatchError> {
    let bytes = source.read(0, HEADER_BYTES)?;
    Header::decode(&bytes).map_err(|fault| match fault {
        HeaderFault::NotAGallery => MatchError::NotAGallery { path: source.path.clone() },
        HeaderFault::Version(version) => MatchError::GalleryVersion { path: source.path.clone(), version },
        HeaderFault::Checksum | HeaderFault::Shape => source.damaged(0, "header"),
    })
}

/// The newest valid slot, and whether the other one is what its predecessor left there.
pub(super) fn current(slots: [SlotState; 2]) -> Option<(Slot, bool)> {
    let (slot, other) = match slots {
        [SlotState::Valid(a), SlotState::Valid(b)] if b.seq > a.seq => (b, slots[0]),
        [SlotState::Valid(a), other] | [other, SlotState::Valid(a)] => (a, other),
        _ => return None,
    };
    let certain = match other {
        SlotState::Valid(before) => before.seq + 1 == slot.seq,
        SlotState::Empty => slot.seq == Slot::FIRST.seq,
        SlotState::Invalid => false,
    };
    Some((slot, certain))
}

fn read_section(source: &Source, section: Section, part: &'static str) -> Result<Vec<u8>, MatchError> {
    let bytes = source.read(section.offset, section.len as usize)?;
    if !bytes.is_empty() && checksum(&bytes) != section.checksum {
        return Err(source.damaged(section.offset, part));
    }
    Ok(bytes)
}

/// Rows in whole, verified extents that follow the committed length.
fn rows_beyond(source: &Source, header: &Header, slot: &Slot, len: u64) -> Result<u64, MatchError> {
    let mut offset = align(slot.file_len.max(DATA_OFFSET));
    let mut end_row = slot.rows;
    while len.saturating_sub(offset) > EXTENT_HEADER_BYTES as u64 {
        let bytes = source.read(offset, EXTENT_HEADER_BYTES)?;
        let Some(found) = ExtentHeader::decode(&bytes) else {
            break;
        };
        let entry = found.entry(offset);
        let end = offset.saturating_add(entry.shape(header.dim).len() as u64);
        let plausible =
            found.creation_id == header.creation_id && found.rows as usize <= header.extent_rows && end <= len;
        if !plausible || extent::verify(source, header, &entry, found.first_row).is_err() {
            break;
        }
        end_row = end_row.max(found.first_row + u64::from(found.rows));
        offset = align(end);
    }
    Ok(end_row - slot.rows)
}
