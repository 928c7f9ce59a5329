//! The sum of products in f32, together with what each step rounds away.
//!
//! To widen two rows to f64 is what an exact score waits for; this reads 16 components at a time
//! instead. A sum that starts at 6 stays within 4 and 8, where f32 has a step of 2^-21. So of
//! `next = fma(x, y, sum)` the difference `next - sum` is exact, and what the step lost,
//! `fma(x, y, -(next - sum))`, is below 2^-22 and known to 24 bits. The losses have a sum of
//! their own.
//!
//! That needs rows of unit norm: then no partial sum exceeds 1.0001 (Cauchy and Schwarz).
//! The idea of keeping the loss: Ogita, Rump, Oishi, "Accurate sum and dot product", 2005.

// Registers go by number, instructions by name.
#![allow(clippy::needless_range_loop, clippy::wildcard_imports)]

use std::arch::x86_64::*;

use super::portable;

/// Sums that run side by side.
const SUMS: usize = 4;
/// Components that they take at a time.
const STRIDE: usize = 16 * SUMS;
/// Where a sum starts.
const START: f32 = 6.0;

/// How far [`sum`] lies from the exact value at most, for rows of `dim` components. With the
/// unit 2^-46, half a step of a number below 2^-22:
///
/// - each loss is rounded once: `dim`;
/// - after `k` steps a sum of losses is below `k * 2^-22`: half of `n * (n + 1)` for each of the
///   64 lanes and its `n` steps;
/// - the four sums are added in pairs, 16 lanes: `128 * n`;
///
/// and the f64 additions of the end, which [`super::score`] allows for.
pub(super) fn error(dim: usize) -> f64 {
    let (dim, steps) = (dim as f64, (dim / STRIDE) as f64);
    1.01 * (dim + 32.0 * steps * (steps + 1.0) + 128.0 * steps) / (1_u64 << 46) as f64
}

/// The products of two rows of unit norm, added; within [`error`] of the exact value.
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn sum(x: &[f32], y: &[f32]) -> f64 {
    let ((x_blocks, x_rest), (y_blocks, y_rest)) = (x.as_chunks::<STRIDE>(), y.as_chunks::<STRIDE>());
    let start = _mm512_set1_ps(START);
    let (mut sums, mut losses) = ([start; SUMS], [_mm512_setzero_ps(); SUMS]);
    for (a, b) in x_blocks.iter().zip(y_blocks) {
        for j in 0..SUMS {
            // SAFETY: 16 of 64 floats for each j below 4.
            let (a, b) = unsafe { (_mm512_loadu_ps(a.as_ptr().add(16 * j)), _mm512_loadu_ps(b.as_ptr().add(16 * j))) };
            let next = _mm512_fmadd_ps(a, b, sums[j]);
            let loss = _mm512_fmsub_ps(a, b, _mm512_sub_ps(next, sums[j]));
            losses[j] = _mm512_add_ps(losses[j], loss);
            sums[j] = next;
        }
    }
    // Whole steps below 2: they are added without a loss.
    let [a, b, c, d] = sums.map(|sum| _mm512_sub_ps(sum, start));
    let sum = _mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d));
    let [a, b, c, d] = losses;
    let loss = _mm512_add_ps(_mm512_add_ps(a, b), _mm512_add_ps(c, d));
    _mm512_reduce_add_pd(_mm512_add_pd(widened(sum), widened(loss))) + portable::sum(x_rest, y_rest)
}

/// The lower half plus the upper half.
#[target_feature(enable = "avx512f,avx512dq")]
#[inline]
fn widened(values: __m512) -> __m512d {
    let (low, high) = (_mm512_castps512_ps256(values), _mm512_extractf32x8_ps::<1>(values));
    _mm512_add_pd(_mm512_cvtps_pd(low), _mm512_cvtps_pd(high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{ContractId, Template};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn lies_within_its_error(
            raw in prop::collection::vec(-1.0_f32..1.0, 64..=1024),
            noise in prop::collection::vec(-1.0_f32..1.0, 1024),
            nearness in prop::sample::select(vec![0.0_f32, 0.5, 1.0, -1.0]),
            peak in 0_usize..64,
            height in prop::sample::select(vec![1.0_f32, 30.0, 1e6, 1e-30]),
        ) {
            if !super::super::avx512::is_available() {
                return Ok(());
            }
            let mut other: Vec<f32> = raw.iter().zip(&noise)
                .map(|(x, n)| nearness * x + (1.0 - nearness.abs()) * n).collect();
            let mut raw = raw;
            raw[peak] *= height;
            other[peak] *= height;
            let unit = |values: &[f32]| Template::new(ContractId::from_bytes([0; 32]), values).ok();
            let (Some(x), Some(y)) = (unit(&raw), unit(&other)) else { return Ok(()) };
            let exact: f64 = x.values().iter().zip(y.values()).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            // SAFETY: just detected.
            let sum = unsafe { sum(x.values(), y.values()) };
            prop_assert!((sum - exact).abs() <= error(x.dim()) + 1e-12, "{}", sum - exact);
        }
    }
}
