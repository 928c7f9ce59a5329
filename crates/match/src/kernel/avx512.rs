//! AVX-512 with VNNI: 64 rows by 6 queries at once, 24 accumulators in registers.

// Registers go by number, instructions by name, and unaligned addresses are loaded as such.
#![allow(clippy::needless_range_loop, clippy::wildcard_imports, clippy::cast_ptr_alignment)]

use std::arch::x86_64::*;
use std::cell::Cell;
use std::hint::black_box;

use super::{Block, OnHits, portable, prefetch};
use crate::bound::Screen;
use crate::panel::{GROUP_BYTES, PANEL_ROWS, Panel, PanelBounds, set_bits};

/// Queries of a tile.
pub(super) const LANES: usize = 6;
const LINE_BYTES: usize = 64;
/// Parts of a panel that a single query reads side by side.
const STRANDS: usize = 4;

pub(super) fn is_available() -> bool {
    is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vnni")
}

#[target_feature(enable = "avx512f,avx512dq,avx512vnni")]
pub(super) fn screen(panel: &Panel, next: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
    assert!(panel.codes.len() == block.groups() * GROUP_BYTES, "panel and queries of one dimension");
    assert!(panel.codes.as_ptr().addr().is_multiple_of(LINE_BYTES), "panel starts on a line");
    // No stream leads there.
    prefetch(&next.bounds.slack);
    prefetch(&next.bounds.inverse);
    let groups = queries.div_ceil(LANES);
    // A single group reads as fast as memory gives: where the strands of `next` begin is enough for
    // the processor's own prefetch.
    let pieces = if groups > 1 { groups } else { STRANDS };
    let share = next.codes.len().div_ceil(pieces).next_multiple_of(LINE_BYTES);
    let mut ahead = next.codes.chunks(share.max(LINE_BYTES));
    if groups == 1 {
        ahead.by_ref().for_each(|strand| prefetch(&strand[..strand.len().min(GROUP_BYTES)]));
    }
    for group in 0..groups {
        if let Some(bytes) = ahead.next() {
            prefetch(bytes);
        }
        let (codes, init, screens) = block.lanes(group);
        let tile = Tile { panel, codes, init, screens, first_query: group * LANES };
        match queries - group * LANES {
            1 => tile.one(on_hits),
            2 => tile.run::<2>(on_hits),
            3 | 4 => tile.run::<4>(on_hits),
            _ => tile.run::<LANES>(on_hits),
        }
    }
}

/// A panel against the lanes of one group.
struct Tile<'a> {
    panel: &'a Panel<'a>,
    codes: &'a [i8],
    init: &'a [i32],
    screens: &'a [Cell<Screen>],
    first_query: usize,
}

impl Tile<'_> {
    /// The first `Q` queries of the group. No loop over registers may stay a loop: what it
    /// indexes would go through memory.
    #[target_feature(enable = "avx512f,avx512dq,avx512vnni")]
    #[inline]
    fn run<const Q: usize>(&self, on_hits: &mut OnHits) {
        let init: &[i32; Q] = self.init.first_chunk().expect("a group has all its lanes");
        let mut sums = [[_mm512_setzero_si512(); 4]; Q];
        for q in 0..Q {
            sums[q] = [_mm512_set1_epi32(init[q]); 4];
        }
        for (rows, quads) in self.panel.codes.as_chunks().0.iter().zip(self.codes.as_chunks::<{ 4 * LANES }>().0) {
            let x = load_rows(rows);
            for q in 0..Q {
                let y = _mm512_set1_epi32(quad(quads, q));
                for j in 0..4 {
                    sums[q][j] = _mm512_dpbusd_epi32(sums[q][j], x[j], y);
                }
            }
        }
        self.compare(sums, on_hits);
    }

    /// One query waits for memory: four strands of the panel, read side by side, keep more of
    /// it on the way than one. Eight sums, since four would wait for their own latency.
    #[target_feature(enable = "avx512f,avx512dq,avx512vnni")]
    #[inline]
    fn one(&self, on_hits: &mut OnHits) {
        let mut even = [_mm512_set1_epi32(self.init[0]); 4];
        let mut odd = [_mm512_setzero_si512(); 4];
        let (rows, quads) = (self.panel.codes.as_chunks().0, self.codes.as_chunks().0);
        let strand = rows.len() / STRANDS;
        for at in 0..strand {
            accumulate(&mut even, &rows[at], &quads[at]);
            accumulate(&mut odd, &rows[strand + at], &quads[strand + at]);
            accumulate(&mut even, &rows[2 * strand + at], &quads[2 * strand + at]);
            accumulate(&mut odd, &rows[3 * strand + at], &quads[3 * strand + at]);
        }
        for at in STRANDS * strand..rows.len() {
            accumulate(&mut even, &rows[at], &quads[at]);
        }
        for j in 0..4 {
            even[j] = _mm512_add_epi32(even[j], odd[j]);
        }
        self.compare([even], on_hits);
    }

    /// The screens of the queries: `dots + norm * slack - cut * inverse >= 0` for any row?
    #[target_feature(enable = "avx512f,avx512dq,avx512vnni")]
    #[inline]
    fn compare<const Q: usize>(&self, sums: [[__m512i; 4]; Q], on_hits: &mut OnHits) {
        let screens: &[Cell<Screen>; Q] = self.screens.first_chunk().expect("a group has all its lanes");
        let mut passing = 0_u32;
        for q in 0..Q {
            let [a, b, c, d] = margins(sums[q], screens[q].get(), self.panel.bounds);
            let largest = _mm512_max_ps(_mm512_max_ps(a, b), _mm512_max_ps(c, d));
            let passed = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(largest, _mm512_setzero_ps());
            passing |= u32::from(passed != 0) << q;
        }
        if passing != 0 {
            // Here alone the sums go to memory.
            let mut dots = [[0; PANEL_ROWS]; Q];
            for q in 0..Q {
                for j in 0..4 {
                    // SAFETY: 16 of the 64 sums, inside the array for each j below 4.
                    unsafe { _mm512_storeu_si512(dots[q].as_mut_ptr().add(16 * j).cast(), sums[q][j]) };
                }
            }
            self.hits(passing, &dots, on_hits);
        }
    }

    /// Reports the rows that pass for each query whose bit is set.
    #[target_feature(enable = "avx512f,avx512dq,avx512vnni")]
    #[cold]
    #[inline(never)]
    fn hits(&self, passing: u32, dots: &[[i32; PANEL_ROWS]], on_hits: &mut OnHits) {
        for lane in set_bits(passing.into()) {
            let passed = passed(&dots[lane], self.screens[lane].get(), self.panel.bounds) & self.panel.live;
            if passed != 0 {
                on_hits(self.first_query + lane, 0, passed, &dots[lane]);
            }
        }
    }
}

/// Four components of 64 rows.
#[target_feature(enable = "avx512f")]
#[inline]
fn load_rows(group: &[u8; GROUP_BYTES]) -> [__m512i; 4] {
    let lines = group.as_ptr().cast::<__m512i>();
    // SAFETY: 256 bytes, which start on a line because the panel does.
    unsafe {
        [
            _mm512_load_si512(lines),
            _mm512_load_si512(lines.add(1)),
            _mm512_load_si512(lines.add(2)),
            _mm512_load_si512(lines.add(3)),
        ]
    }
}

/// Four components of one query, as the 32 bits that a broadcast takes.
#[inline]
fn quad(quads: &[i8; 4 * LANES], lane: usize) -> i32 {
    let at = 4 * lane;
    let bytes = [quads[at], quads[at + 1], quads[at + 2], quads[at + 3]];
    i32::from_ne_bytes(bytes.map(|code| code as u8))
}

#[target_feature(enable = "avx512f,avx512vnni")]
#[inline]
fn accumulate(sums: &mut [__m512i; 4], rows: &[u8; GROUP_BYTES], quads: &[i8; 4 * LANES]) {
    let x = load_rows(rows);
    let y = _mm512_set1_epi32(quad(quads, 0));
    for j in 0..4 {
        sums[j] = _mm512_dpbusd_epi32(sums[j], x[j], y);
    }
}

/// `dots + norm * slack - cut * inverse` of 64 rows.
#[target_feature(enable = "avx512f")]
#[inline]
fn margins(sums: [__m512i; 4], screen: Screen, bounds: &PanelBounds) -> [__m512; 4] {
    let (cut, norm) = (_mm512_set1_ps(screen.cut), _mm512_set1_ps(screen.norm));
    let mut margins = [_mm512_setzero_ps(); 4];
    for j in 0..4 {
        // SAFETY: arrays of 64 floats at the start of lines, and `j` is below 4.
        let (slack, inverse) = unsafe {
            (_mm512_load_ps(bounds.slack.as_ptr().add(16 * j)), _mm512_load_ps(bounds.inverse.as_ptr().add(16 * j)))
        };
        let dots = _mm512_cvtepi32_ps(sums[j]);
        margins[j] = _mm512_fnmadd_ps(cut, inverse, _mm512_fmadd_ps(norm, slack, dots));
    }
    margins
}

/// The rows that pass, one bit each.
#[target_feature(enable = "avx512f")]
#[inline]
fn passed(dots: &[i32; PANEL_ROWS], screen: Screen, bounds: &PanelBounds) -> u64 {
    let mut sums = [_mm512_setzero_si512(); 4];
    for j in 0..4 {
        // SAFETY: 16 of the 64 sums, inside the array for each j below 4.
        sums[j] = unsafe { _mm512_loadu_si512(dots.as_ptr().add(16 * j).cast()) };
    }
    let margins = margins(sums, screen, bounds);
    (0..4).fold(0, |passed, j| {
        let mask = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(margins[j], _mm512_setzero_ps());
        passed | u64::from(mask) << (16 * j)
    })
}

/// The products, exact in f64, added in 32 interleaved sums.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn sum(x: &[f32], y: &[f32]) -> f64 {
    let ((x_lines, x_rest), (y_lines, y_rest)) = (x.as_chunks::<32>(), y.as_chunks::<32>());
    let mut sums = [_mm512_setzero_pd(); 4];
    for (a, b) in x_lines.iter().zip(y_lines) {
        for j in 0..4 {
            // SAFETY: 8 of 32 floats for each j below 4.
            let (a, b) = unsafe {
                (
                    _mm512_cvtps_pd(_mm256_loadu_ps(a.as_ptr().add(8 * j))),
                    _mm512_cvtps_pd(_mm256_loadu_ps(b.as_ptr().add(8 * j))),
                )
            };
            sums[j] = _mm512_fmadd_pd(a, b, sums[j]);
        }
    }
    let sums = _mm512_add_pd(_mm512_add_pd(sums[0], sums[1]), _mm512_add_pd(sums[2], sums[3]));
    _mm512_reduce_add_pd(sums) + portable::sum(x_rest, y_rest)
}

/// The products added in 64 interleaved f32 sums.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn dot(x: &[f32], y: &[f32]) -> f32 {
    let ((x_lines, x_rest), (y_lines, y_rest)) = (x.as_chunks::<64>(), y.as_chunks::<64>());
    let mut sums = [_mm512_setzero_ps(); 4];
    for (a, b) in x_lines.iter().zip(y_lines) {
        for j in 0..4 {
            // SAFETY: 16 of 64 floats for each j below 4.
            let (a, b) = unsafe { (_mm512_loadu_ps(a.as_ptr().add(16 * j)), _mm512_loadu_ps(b.as_ptr().add(16 * j))) };
            sums[j] = _mm512_fmadd_ps(a, b, sums[j]);
        }
    }
    let sums = _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3]));
    let rest = if x_rest.is_empty() { 0.0 } else { portable::dot(x_rest, y_rest) };
    _mm512_reduce_add_ps(sums) + rest
}

/// `init` plus the products of bytes and signed bytes, whole lines of them.
#[target_feature(enable = "avx512f,avx512vnni")]
pub(super) fn dot_codes(x: &[u8], y: &[i8], init: i32) -> i32 {
    const FOUR_LINES: usize = 4 * LINE_BYTES;
    let (x_blocks, x_rest) = x.as_chunks::<FOUR_LINES>();
    let (y_blocks, y_rest) = y.as_chunks::<FOUR_LINES>();
    let mut sums = [_mm512_setzero_si512(); 4];
    for (a, b) in x_blocks.iter().zip(y_blocks) {
        for j in 0..4 {
            // SAFETY: one line of four for each j below 4.
            let (a, b) = unsafe {
                (
                    _mm512_loadu_si512(a.as_ptr().add(LINE_BYTES * j).cast()),
                    _mm512_loadu_si512(b.as_ptr().add(LINE_BYTES * j).cast()),
                )
            };
            sums[j] = _mm512_dpbusd_epi32(sums[j], a, b);
        }
    }
    let rest = x_rest.as_chunks::<LINE_BYTES>().0.iter().zip(y_rest.as_chunks::<LINE_BYTES>().0);
    for (a, b) in rest {
        // SAFETY: both are 64 bytes.
        let (a, b) = unsafe { (_mm512_loadu_si512(a.as_ptr().cast()), _mm512_loadu_si512(b.as_ptr().cast())) };
        sums[0] = _mm512_dpbusd_epi32(sums[0], a, b);
    }
    let sums = _mm512_add_epi32(_mm512_add_epi32(sums[0], sums[1]), _mm512_add_epi32(sums[2], sums[3]));
    init + _mm512_reduce_add_epi32(sums)
}

/// Multiplies and adds bytes as fast as the processor can; the number of products.
#[target_feature(enable = "avx512f,avx512vnni")]
pub(super) fn peak(rounds: u64) -> u64 {
    const CHAINS: usize = 12;
    let (x, y) = (black_box(_mm512_set1_epi32(0x0102_0304)), black_box(_mm512_set1_epi32(1)));
    let mut sums = [_mm512_setzero_si512(); CHAINS];
    for _ in 0..rounds {
        for sum in &mut sums {
            *sum = _mm512_dpbusd_epi32(*sum, x, y);
        }
    }
    black_box(sums);
    rounds * (CHAINS * LINE_BYTES) as u64
}

/// Reads every line of `bytes`; their exclusive or. Eight pages are read side by side, which
/// keeps more of memory on the way than one after the other.
#[target_feature(enable = "avx512f")]
pub(super) fn read(bytes: &[u8]) -> u64 {
    const PAGE_BYTES: usize = 4096;
    let mut sums = [_mm512_setzero_si512(); 8];
    let (blocks, rest) = bytes.as_chunks::<{ 8 * PAGE_BYTES }>();
    for block in blocks {
        for at in (0..PAGE_BYTES).step_by(LINE_BYTES) {
            for (page, sum) in block.as_chunks::<PAGE_BYTES>().0.iter().zip(&mut sums) {
                // SAFETY: 64 bytes of the page.
                *sum = _mm512_xor_si512(*sum, unsafe { _mm512_loadu_si512(page.as_ptr().add(at).cast()) });
            }
        }
    }
    for block in rest.as_chunks::<{ 8 * LINE_BYTES }>().0 {
        for (line, sum) in block.as_chunks::<LINE_BYTES>().0.iter().zip(&mut sums) {
            // SAFETY: 64 bytes.
            *sum = _mm512_xor_si512(*sum, unsafe { _mm512_loadu_si512(line.as_ptr().cast()) });
        }
    }
    let all = sums.into_iter().fold(_mm512_setzero_si512(), |a, b| _mm512_xor_si512(a, b));
    _mm512_reduce_add_epi64(all) as u64
}
