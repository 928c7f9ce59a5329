//! 1:1: two templates, by their int8 codes or in full.

use zeroize::Zeroizing;

use crate::bound;
use crate::buffer::Buffer;
use crate::error::MatchError;
use crate::kernel::Kernel;
use crate::panel::CODE_FLIP;
use crate::quantize::{RowScale, quantize};
use crate::template::Template;

/// Codes are padded with zeros to whole cache lines.
const LINE_BYTES: usize = 64;

/// A template with its int8 codes, for many 1:1 decisions. Dropping it overwrites both.
///
/// ```
/// use facecert_match::{Coded, ContractId, Template, kernel::Kernel};
///
/// let kernel = Kernel::detected()?;
/// let contract = ContractId::from_bytes([7; 32]);
/// let ripple = |step: f32| -> Vec<f32> { (0..512).map(|k| (k as f32 * step).sin()).collect() };
/// let a = Coded::new(Template::new(contract, &ripple(1.0))?);
/// let b = Coded::new(Template::new(contract, &ripple(1.1))?);
/// let score = a.score(&b, kernel)?;
/// assert!((a.estimate(&b, kernel)? - score).abs() < 0.02);
/// assert!(a.reaches(&b, score, kernel)?);
/// assert!(!a.reaches(&b, score.next_up(), kernel)?);
/// # Ok::<(), facecert_match::MatchError>(())
/// ```
#[derive(Clone)]
pub struct Coded {
    template: Template,
    /// Codes plus 128, for the unsigned side of a product.
    stored: Zeroizing<Buffer<u8>>,
    codes: Zeroizing<Buffer<i8>>,
    /// `-128 * sum of codes`.
    init: i32,
    quantized: RowScale,
}

impl Coded {
    /// Quantises a template.
    #[must_use]
    pub fn new(template: Template) -> Self {
        let dim = template.dim();
        let mut codes = Zeroizing::new(Buffer::zeroed(dim.next_multiple_of(LINE_BYTES)));
        let quantized = quantize(template.values(), &mut codes[..dim]);
        let mut stored = Zeroizing::new(Buffer::zeroed(codes.len()));
        for (byte, &code) in stored.iter_mut().zip(codes.iter()) {
            *byte = code as u8 ^ CODE_FLIP;
        }
        let init = -128 * codes.iter().map(|&code| i32::from(code)).sum::<i32>();
        Self { template, stored, codes, init, quantized }
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> &Template {
        &self.template
    }

    /// The int8 score: within about 0.015 of the reference score at 512 components.
    ///
    /// # Errors
    /// Templates of two contracts or dimensions.
    #[inline]
    pub fn estimate(&self, other: &Self, kernel: Kernel) -> Result<f32, MatchError> {
        other.template.check(self.template.contract(), self.template.dim())?;
        let dot = kernel.dot_codes(&self.stored, &other.codes, other.init);
        Ok(self.quantized.scale * other.quantized.scale * dot as f32)
    }

    /// The reference score.
    ///
    /// # Errors
    /// Templates of two contracts or dimensions.
    pub fn score(&self, other: &Self, kernel: Kernel) -> Result<f32, MatchError> {
        other.template.check(self.template.contract(), self.template.dim())?;
        Ok(kernel.score(self.template.values(), other.template.values()))
    }

    /// Whether the reference score is at least `threshold`. The codes decide unless the score
    /// is near it, so this costs little more than [`Coded::estimate`].
    ///
    /// # Errors
    /// Templates of two contracts or dimensions.
    pub fn reaches(&self, other: &Self, threshold: f32, kernel: Kernel) -> Result<bool, MatchError> {
        let dot = self.estimate(other, kernel)?;
        let (x, y) = (self.quantized.residual, other.quantized.residual);
        let upper = bound::upper(dot, x, y, bound::coded_norm(y));
        let lower = dot - (upper - dot);
        if upper < threshold || lower >= threshold {
            return Ok(upper >= threshold);
        }
        Ok(self.score(other, kernel)? >= threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::random_rows;
    use crate::rows::Rows;

    #[test]
    fn every_kernel_adds_the_same_codes() -> Result<(), MatchError> {
        for dim in [64, 65, 200, 512, 1023, 1024] {
            let rows = random_rows(dim, 2, 40)?;
            let mut scratch = vec![0.0; dim];
            let mut coded = |row| -> Result<Coded, MatchError> {
                Ok(Coded::new(Template::new(rows.contract(), rows.values(row, &mut scratch)?)?))
            };
            let (a, b) = (coded(0)?, coded(1)?);
            let products = a.codes.iter().zip(b.codes.iter());
            let dot: i32 = products.map(|(&x, &y)| i32::from(x) * i32::from(y)).sum();
            let expected = a.quantized.scale * b.quantized.scale * dot as f32;
            for kernel in Kernel::available() {
                assert_eq!(a.estimate(&b, kernel)?.to_bits(), expected.to_bits());
                let score = a.score(&b, kernel)?;
                assert!(a.reaches(&b, score, kernel)? && !a.reaches(&b, score.next_up(), kernel)?);
            }
        }
        Ok(())
    }
}
