//! The reference score at speed: a sum in any order, certified.

#[cfg(target_arch = "x86_64")]
use super::{Isa, avx2, avx512, compensated};
use super::{Kernel, portable};
use crate::reference;

impl Kernel {
    /// The [reference score](reference::score) of two unit-norm rows of one length, many times
    /// faster than its definition: a sum in any order settles the f32 unless it lies next to a
    /// rounding border, which about four in a million do. Before that, AVX-512 tries a sum in
    /// f32 with its losses, which settles nine of ten scores of strangers and nearly all of
    /// like faces.
    #[must_use]
    pub fn score(self, x: &[f32], y: &[f32]) -> f32 {
        #[cfg(target_arch = "x86_64")]
        if let Isa::Avx512 | Isa::Amx = self.isa {
            // SAFETY: a kernel exists only for an available instruction set.
            let sum = unsafe { compensated::sum(x, y) };
            if let Some(score) = certified(sum, compensated::error(x.len()), x.len()) {
                return score;
            }
        }
        let sum = match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx2 => unsafe { avx2::sum(x, y) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 | Isa::Amx => unsafe { avx512::sum(x, y) },
            _ => portable::sum(x, y),
        };
        certified(sum, 0.0, x.len()).unwrap_or_else(|| reference::score(x, y))
    }

    /// The cosine of two unit-norm rows of one length in f32 sums: fast, but neither exact nor
    /// the same on every instruction set. It differs from the reference score by less than
    /// 1e-6 for most pairs and never by more than 1e-4.
    #[must_use]
    pub fn dot(self, x: &[f32], y: &[f32]) -> f32 {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx2 => unsafe { avx2::dot(x, y) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 | Isa::Amx => unsafe { avx512::dot(x, y) },
            _ => portable::dot(x, y),
        }
    }

    /// `init` plus the dot product of stored bytes and signed codes, of one length that is a
    /// multiple of 64.
    #[inline]
    pub(crate) fn dot_codes(self, x: &[u8], y: &[i8], init: i32) -> i32 {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx2 => unsafe { avx2::dot_codes(x, y, init) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 | Isa::Amx => unsafe { avx512::dot_codes(x, y, init) },
            _ => portable::dot_codes(x, y, init),
        }
    }
}

/// The reference score of rows of `dim` components, if `sum` settles it: their products added in
/// any order in f64, give or take `error`.
///
/// Both `sum` and the reference's own f64 sum lie within `(dim + 16) * 2^-53 * 1.01` of the
/// exact value (`sum` within `error` more), and rounding to f32 is monotone: if both ends round
/// to one f32, that is the score.
fn certified(sum: f64, error: f64, dim: usize) -> Option<f32> {
    let apart = 2.0 * (dim + 16) as f64 * 1.2e-16 * 1.01 + error;
    let (low, high) = ((sum - apart) as f32, (sum + apart) as f32);
    (low.to_bits() == high.to_bits()).then_some(low)
}
