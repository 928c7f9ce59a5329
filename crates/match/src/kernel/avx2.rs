//! AVX2: 16 rows by 4 queries at once.
//!
//! The byte product `vpmaddubsw` saturates, so a line is split once into its even and its odd
//! components, 16 bits each, and multiplied by `vpmaddwd`, which cannot.

// Registers go by number, instructions by name, and unaligned addresses are loaded as such.
#![allow(clippy::needless_range_loop, clippy::wildcard_imports, clippy::cast_ptr_alignment)]

use std::arch::x86_64::*;
use std::hint::black_box;

use super::{Block, OnHits, portable, prefetch};
use crate::panel::{GROUP_BYTES, PANEL_ROWS, Panel};

/// Queries of a tile.
pub(super) const LANES: usize = 4;
/// Rows of a tile.
const TILE_ROWS: usize = 16;
/// Bytes of four components of a tile's queries.
const QUERY_BYTES: usize = 8 * LANES;

pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn screen(panel: &Panel, next: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
    assert!(panel.codes.len() == block.groups() * GROUP_BYTES, "panel and queries of one dimension");
    let groups = queries.div_ceil(LANES);
    let mut ahead = next.codes.chunks(next.codes.len().div_ceil(groups.max(1)).max(64));
    for group in 0..groups {
        prefetch(ahead.next().unwrap_or_default());
        let (codes, init, screens) = block.lanes(group);
        for first in (0..PANEL_ROWS).step_by(TILE_ROWS) {
            let dots = tile(panel.codes, first, codes, init);
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

/// Dot products of 16 rows from `first` on with four queries.
#[target_feature(enable = "avx2,fma")]
#[inline]
fn tile(rows: &[u8], first: usize, queries: &[i8], init: &[i32]) -> [[i32; TILE_ROWS]; LANES] {
    let low_bytes = _mm256_set1_epi16(0x00FF);
    let mut sums = [[_mm256_setzero_si256(); 2]; LANES];
    for (sums, &init) in sums.iter_mut().zip(init) {
        *sums = [_mm256_set1_epi32(init); 2];
    }
    let queries = queries.as_chunks::<QUERY_BYTES>().0;
    for (rows, words) in rows.chunks_exact(GROUP_BYTES).zip(queries) {
        let line = rows[4 * first..].as_ptr().cast::<__m256i>();
        // SAFETY: 64 bytes of the 256, since `first` is at most 48.
        let x = unsafe { [_mm256_loadu_si256(line), _mm256_loadu_si256(line.add(1))] };
        let even = [_mm256_and_si256(x[0], low_bytes), _mm256_and_si256(x[1], low_bytes)];
        let odd = [_mm256_srli_epi16::<8>(x[0]), _mm256_srli_epi16::<8>(x[1])];
        for (lane, sums) in sums.iter_mut().enumerate() {
            let at = words[8 * lane..].as_ptr().cast::<i32>();
            // SAFETY: 8 bytes of the 32 for each lane below 4.
            let (y_even, y_odd) = unsafe { (at.read_unaligned(), at.add(1).read_unaligned()) };
            let (y_even, y_odd) = (_mm256_set1_epi32(y_even), _mm256_set1_epi32(y_odd));
            for j in 0..2 {
                let products = _mm256_madd_epi16(even[j], y_even);
                sums[j] = _mm256_add_epi32(sums[j], products);
                sums[j] = _mm256_add_epi32(sums[j], _mm256_madd_epi16(odd[j], y_odd));
            }
        }
    }
    let mut dots = [[0; TILE_ROWS]; LANES];
    for (dots, sums) in dots.iter_mut().zip(sums) {
        let at = dots.as_mut_ptr().cast::<__m256i>();
        // SAFETY: 64 bytes, the whole array.
        unsafe {
            _mm256_storeu_si256(at, sums[0]);
            _mm256_storeu_si256(at.add(1), sums[1]);
        }
    }
    dots
}

// The portable sums, compiled for AVX2.

#[target_feature(enable = "avx2,fma")]
pub(super) fn sum(x: &[f32], y: &[f32]) -> f64 {
    portable::sum(x, y)
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn dot(x: &[f32], y: &[f32]) -> f32 {
    portable::dot(x, y)
}

#[target_feature(enable = "avx2,fma")]
pub(super) fn dot_codes(x: &[u8], y: &[i8], init: i32) -> i32 {
    portable::dot_codes(x, y, init)
}

/// Multiplies and adds as fast as the processor can; the number of products.
#[target_feature(enable = "avx2")]
pub(super) fn peak(rounds: u64) -> u64 {
    const CHAINS: usize = 12;
    let y = black_box(_mm256_set1_epi16(1));
    let mut sums = [black_box(_mm256_set1_epi16(3)); CHAINS];
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(*sum, y));
        }
    }
    black_box(sums);
    rounds * (CHAINS * 16) as u64
}
