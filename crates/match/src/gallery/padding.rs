//! Bytes between the parts of a state: written as zeros, covered by no checksum. Others there are damage.

use std::ops::Range;

use super::disk::Source;
use super::layout::{DATA_OFFSET, SECTION_ALIGN, SLOT_BYTES, SLOT_OFFSETS, align};
use super::state::State;
use crate::error::MatchError;

/// Verifies that all padding of a state is zero.
pub(super) fn verify(source: &Source, state: &State) -> Result<(), MatchError> {
    let file_len = source.len()?;
    for gap in gaps(state) {
        let end = gap.end.min(file_len);
        let bytes = source.read(gap.start, end.saturating_sub(gap.start) as usize)?;
        if let Some(at) = bytes.iter().position(|&byte| byte != 0) {
            return Err(source.damaged(gap.start + at as u64, "padding"));
        }
    }
    Ok(())
}

/// All shorter than [`SECTION_ALIGN`].
fn gaps(state: &State) -> Vec<Range<u64>> {
    let after = |end: u64| end..align(end);
    let mut gaps = Vec::from(SLOT_OFFSETS.map(|at| at + SLOT_BYTES as u64..at + SECTION_ALIGN));
    let sections = [state.slot.table, state.slot.tombstones];
    gaps.extend(sections.iter().filter(|section| section.offset >= DATA_OFFSET).map(|section| after(section.end())));
    for entry in &state.table {
        let shape = entry.shape(state.header.dim);
        let place = |at: usize| entry.offset + at as u64;
        gaps.push(place(shape.columns().end)..place(shape.panels().start));
        gaps.push(place(shape.panels().end)..place(shape.components().start));
        gaps.push(after(place(shape.len())));
    }
    gaps
}
