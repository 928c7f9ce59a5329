//! Plain Rust: the reference of the integer tests, and the kernel of last resort.

#![allow(clippy::needless_range_loop)] // the compiler makes vectors of such loops

use super::{Block, OnHits};
use crate::bound::Screen;
use crate::panel::{GROUP_BYTES, PANEL_ROWS, Panel, PanelBounds};

/// Queries of a group.
pub(super) const LANES: usize = 6;

pub(super) fn screen(panel: &Panel, block: &Block, queries: usize, on_hits: &mut OnHits) {
    for group in 0..queries.div_ceil(LANES) {
        let (codes, init, screens) = block.lanes(group);
        for (lane, screen) in screens.iter().enumerate().take(queries - group * LANES) {
            let mut dots = [init[lane]; PANEL_ROWS];
            let (quads, _) = codes.as_chunks::<{ 4 * LANES }>();
            for (stored, quad) in panel.codes.chunks_exact(GROUP_BYTES).zip(quads) {
                let query: [i8; 4] = std::array::from_fn(|k| quad[4 * lane + k]);
                for (dot, bytes) in dots.iter_mut().zip(stored.as_chunks::<4>().0) {
                    let products: [i32; 4] = std::array::from_fn(|k| i32::from(bytes[k]) * i32::from(query[k]));
                    *dot += products.iter().sum::<i32>();
                }
            }
            let passed = passed(&dots, 0, screen.get(), panel.bounds) & panel.live;
            if passed != 0 {
                on_hits(group * LANES + lane, 0, passed, &dots);
            }
        }
    }
}

/// One bit for each of the rows from `first` on that passes: `dots + norm * slack - cut *
/// inverse >= 0`.
#[inline]
pub(super) fn passed<const ROWS: usize>(dots: &[i32; ROWS], first: usize, screen: Screen, bounds: &PanelBounds) -> u64 {
    let (slack, inverse) = (&bounds.slack[first..][..ROWS], &bounds.inverse[first..][..ROWS]);
    let mut passes = [false; ROWS];
    for row in 0..ROWS {
        let margin = dots[row] as f32 + screen.norm * slack[row] - screen.cut * inverse[row];
        passes[row] = margin >= 0.0;
    }
    if !passes.contains(&true) {
        return 0;
    }
    (0..ROWS).fold(0, |mask, row| mask | u64::from(passes[row]) << row)
}

/// The products, exact in f64, added in eight interleaved sums.
#[inline]
pub(super) fn sum(x: &[f32], y: &[f32]) -> f64 {
    let ((x_lines, x_rest), (y_lines, y_rest)) = (x.as_chunks::<8>(), y.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in x_lines.iter().zip(y_lines) {
        for lane in 0..8 {
            sums[lane] += f64::from(a[lane]) * f64::from(b[lane]);
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
    sums.iter().sum::<f64>() + rest
}

/// As [`sum`], in f32.
#[inline]
pub(super) fn dot(x: &[f32], y: &[f32]) -> f32 {
    let ((x_lines, x_rest), (y_lines, y_rest)) = (x.as_chunks::<16>(), y.as_chunks::<16>());
    let mut sums = [0.0; 16];
    for (a, b) in x_lines.iter().zip(y_lines) {
        for lane in 0..16 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = x_rest.iter().zip(y_rest).map(|(&a, &b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[inline]
pub(super) fn dot_codes(x: &[u8], y: &[i8], init: i32) -> i32 {
    init + x.iter().zip(y).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum::<i32>()
}
