//! The reference score at speed: a sum in any order, certified.

use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use super::{Isa, avx2, avx512};
use super::{Kernel, portable};
use crate::buffer::Buffer;
use crate::reference;

impl Kernel {
    /// The [reference score](reference::score) of two unit-norm rows of one length, several
    /// times faster than its definition: a sum in any order settles the f32 unless it lies
    /// next to a rounding border, which about four in a million do.
    #[must_use]
    pub fn score(self, x: &[f32], y: &[f32]) -> f32 {
        let sum = match self.isa {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx2 => unsafe { avx2::sum(x, y) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: a kernel exists only for an available instruction set.
            Isa::Avx512 | Isa::Amx => unsafe { avx512::sum(x, y) },
            _ => portable::sum(x, y),
        };
        certified(sum, x, y)
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

    /// A row that many others are scored against.
    #[must_use]
    pub fn probe(self, values: &[f32]) -> Probe<'_> {
        let wide = if self.widens_probes() { values } else { &[] };
        let mut widened = Zeroizing::new(Buffer::zeroed(wide.len()));
        for (wide, &value) in widened.iter_mut().zip(wide) {
            *wide = f64::from(value);
        }
        Probe { kernel: self, values, widened }
    }

    /// On Intel a conversion to f64 is what a score waits for, so a probe is converted once;
    /// on AMD the wider loads cost more than they save.
    fn widens_probes(self) -> bool {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Amx => avx512::widens_probes(),
            _ => false,
        }
    }
}

/// A unit-norm row that many others are scored against.
pub struct Probe<'a> {
    kernel: Kernel,
    values: &'a [f32],
    /// The values in f64, where that is faster; else empty.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    widened: Zeroizing<Buffer<f64>>,
}

impl Probe<'_> {
    /// The [reference score](reference::score) of the probe and a unit-norm row.
    #[must_use]
    pub fn score(&self, y: &[f32]) -> f32 {
        match self.kernel.isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Amx if !self.widened.is_empty() => {
                // SAFETY: a kernel exists only for an available instruction set.
                certified(unsafe { avx512::sum_widened(&self.widened, y) }, self.values, y)
            }
            _ => self.kernel.score(self.values, y),
        }
    }
}

/// The reference score, given the `sum` of the products (exact in f64) in any order.
///
/// Both `sum` and the reference's own f64 sum lie within `(dim + 16) * 2^-53 * 1.01` of the
/// exact value, and rounding to f32 is monotone: if both ends round to one f32, that is the
/// score.
fn certified(sum: f64, x: &[f32], y: &[f32]) -> f32 {
    let apart = 2.0 * (x.len() + 16) as f64 * 1.2e-16 * 1.01;
    let (low, high) = ((sum - apart) as f32, (sum + apart) as f32);
    if low.to_bits() == high.to_bits() { low } else { reference::score(x, y) }
}
