//! NEON, with the dot product instruction of Armv8.2 or without it.
//!
//! Stored bytes are turned into signed codes as they are loaded, so sums start at zero.

// Registers go by number, instructions by name, and unaligned addresses are loaded as such.
#![allow(clippy::needless_range_loop, clippy::wildcard_imports, clippy::cast_ptr_alignment)]

use std::arch::aarch64::*;
use std::arch::asm;

use super::{Block, OnHits, portable};
use crate::panel::{CODE_FLIP, GROUP_BYTES, PANEL_ROWS, Panel};

/// Queries of a tile.
pub(super) const LANES: usize = 4;
/// Rows of a tile.
const TILE_ROWS: usize = 16;

/// Dot products of a tile.
type Dots = [[i32; TILE_ROWS]; LANES];

pub(super) fn has_dot_product() -> bool {
    std::arch::is_aarch64_feature_detected!("dotprod")
}

/// `tile` computes the dot products of 16 rows, from the given byte of each group on, with the
/// four queries of a group.
fn screen(panel: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits, tile: impl Fn(&[u8], &[i8]) -> Dots) {
    assert!(panel.codes.len() == block.groups() * GROUP_BYTES, "panel and queries of one dimension");
    for group in 0..queries.div_ceil(LANES) {
        let (codes, _, screens) = block.lanes(group);
        for first in (0..PANEL_ROWS).step_by(TILE_ROWS) {
            let dots = tile(&panel.codes[4 * first..], codes);
            for (lane, dots) in dots.iter().enumerate().take(queries - group * LANES) {
                let passed = portable::passed(dots, first, screens[lane].get(), panel.bounds);
                let passed = passed & panel.live >> first;
                if passed != 0 {
                    on_hits(group * LANES + lane, first, passed, dots);
                }
            }
        }
    }
}

pub(super) fn screen_plain(panel: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
    screen(panel, block, queries, on_hits, |rows, codes| {
        // SAFETY: every 64-bit Arm processor has NEON.
        unsafe { tile_plain(rows, codes) }
    });
}

/// # Safety
/// The processor has the dot product instruction.
pub(super) unsafe fn screen_dot(panel: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
    screen(panel, block, queries, on_hits, |rows, codes| {
        // SAFETY: the caller's promise.
        unsafe { tile_dot(rows, codes) }
    });
}

/// Four components of 16 rows, as signed codes.
#[target_feature(enable = "neon")]
#[inline]
fn load_rows(group: &[u8]) -> [int8x16_t; 4] {
    assert!(group.len() >= 4 * TILE_ROWS);
    let flip = vdupq_n_u8(CODE_FLIP);
    let mut rows = [vdupq_n_s8(0); 4];
    for (j, row) in rows.iter_mut().enumerate() {
        // SAFETY: 16 of at least 64 bytes for each j below 4.
        let stored = unsafe { vld1q_u8(group.as_ptr().add(16 * j)) };
        *row = vreinterpretq_s8_u8(veorq_u8(stored, flip));
    }
    rows
}

/// Adds the products of four rows with the four components of query `$lane`.
///
/// The intrinsic for this instruction is not stable yet.
macro_rules! dot {
    ($sum:expr, $rows:expr, $queries:expr, $lane:literal) => {
        // SAFETY: registers only; the function has the instruction.
        unsafe {
            asm!(
                concat!("sdot {sum:v}.4s, {rows:v}.16b, {queries:v}.4b[", $lane, "]"),
                sum = inout(vreg) $sum,
                rows = in(vreg) $rows,
                queries = in(vreg) $queries,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
    };
}

#[target_feature(enable = "neon,dotprod")]
fn tile_dot(rows: &[u8], queries: &[i8]) -> Dots {
    let mut sums = [[vdupq_n_s32(0); 4]; LANES];
    for (rows, quads) in rows.chunks(GROUP_BYTES).zip(queries.as_chunks::<16>().0) {
        let x = load_rows(rows);
        // SAFETY: 16 bytes.
        let y = unsafe { vld1q_s8(quads.as_ptr()) };
        for j in 0..4 {
            dot!(sums[0][j], x[j], y, 0);
            dot!(sums[1][j], x[j], y, 1);
            dot!(sums[2][j], x[j], y, 2);
            dot!(sums[3][j], x[j], y, 3);
        }
    }
    let mut dots = [[0; TILE_ROWS]; LANES];
    for (dots, sums) in dots.iter_mut().zip(sums) {
        for (four, sum) in dots.as_chunks_mut::<4>().0.iter_mut().zip(sums) {
            // SAFETY: 4 numbers.
            unsafe { vst1q_s32(four.as_mut_ptr(), sum) };
        }
    }
    dots
}

/// Two products of at most 127 * 127 fit 16 bits, since -128 never occurs: the products of two
/// groups of components are added before they are widened.
#[target_feature(enable = "neon")]
fn tile_plain(rows: &[u8], queries: &[i8]) -> Dots {
    let groups = queries.as_chunks::<16>().0;
    // For each query, two rows in each of eight sums, two lanes for each row.
    let mut sums = [[vdupq_n_s32(0); 8]; LANES];
    for (rows, quads) in rows.chunks(2 * GROUP_BYTES).zip(groups.chunks(2)) {
        let first = load_rows(rows);
        let second = (quads.len() == 2).then(|| load_rows(&rows[GROUP_BYTES..]));
        for (lane, sums) in sums.iter_mut().enumerate() {
            let y = broadcast(&quads[0], lane);
            for j in 0..4 {
                let mut low = vmull_s8(vget_low_s8(first[j]), y);
                let mut high = vmull_s8(vget_high_s8(first[j]), y);
                if let Some(second) = second {
                    let y = broadcast(&quads[1], lane);
                    low = vmlal_s8(low, vget_low_s8(second[j]), y);
                    high = vmlal_s8(high, vget_high_s8(second[j]), y);
                }
                sums[2 * j] = vpadalq_s16(sums[2 * j], low);
                sums[2 * j + 1] = vpadalq_s16(sums[2 * j + 1], high);
            }
        }
    }
    let mut dots = [[0; TILE_ROWS]; LANES];
    for (dots, sums) in dots.iter_mut().zip(sums) {
        for (j, four) in dots.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            // SAFETY: 4 numbers.
            unsafe { vst1q_s32(four.as_mut_ptr(), vpaddq_s32(sums[2 * j], sums[2 * j + 1])) };
        }
    }
    dots
}

/// The four components of a query, twice.
#[target_feature(enable = "neon")]
#[inline]
fn broadcast(quads: &[i8; 16], lane: usize) -> int8x8_t {
    let at = 4 * lane;
    let quad = [quads[at], quads[at + 1], quads[at + 2], quads[at + 3]].map(i8::cast_unsigned);
    vreinterpret_s8_s32(vdup_n_s32(i32::from_ne_bytes(quad)))
}
