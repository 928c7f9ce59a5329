//! A face template: a unit-norm vector that knows which model made it.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::buffer::Buffer;
use crate::error::MatchError;

/// Supported numbers of components.
pub const DIM_RANGE: RangeInclusive<usize> = 64..=1024;

/// A norm this near to one is left as it is, so that a stored template keeps its bits.
const UNIT_NORM_TOLERANCE: f64 = 1e-6;

/// Digest of everything that decides what a template means: nets, alignment, settings.
///
/// Templates of different contracts are never compared.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContractId([u8; 32]);

impl ContractId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContractId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for ContractId {
    type Err = MatchError;

    /// Reads 64 hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, MatchError> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(MatchError::ContractSyntax);
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let nibble = |digit: u8| (digit as char).to_digit(16).ok_or(MatchError::ContractSyntax);
            *byte = (nibble(pair[0])? << 4 | nibble(pair[1])?) as u8;
        }
        Ok(Self(bytes))
    }
}

/// A face template: finite, of unit norm (within 1e-5), bound to a contract.
///
/// A template is biometric data. `Debug` shows its contract and size, never its values, and
/// dropping it overwrites them with zeros.
#[derive(Clone)]
pub struct Template {
    contract: ContractId,
    values: Zeroizing<Buffer<f32>>,
}

impl Template {
    /// Brings `values` to unit norm, unless they have it already within 1e-6.
    ///
    /// # Errors
    /// [`MatchError::Dimension`] outside [`DIM_RANGE`], [`MatchError::NotFinite`] for NaN or
    /// infinity, [`MatchError::Norm`] for a zero or vanishing norm.
    pub fn new(contract: ContractId, values: &[f32]) -> Result<Self, MatchError> {
        if !DIM_RANGE.contains(&values.len()) {
            return Err(MatchError::Dimension { dim: values.len() });
        }
        if let Some(index) = values.iter().position(|v| !v.is_finite()) {
            return Err(MatchError::NotFinite { index });
        }
        let norm = norm(values);
        let mut values = Zeroizing::new(Buffer::copy_of(values));
        if (norm - 1.0).abs() > UNIT_NORM_TOLERANCE {
            for value in values.iter_mut() {
                *value = (f64::from(*value) / norm) as f32;
            }
        }
        if is_unit(&values) { Ok(Self { contract, values }) } else { Err(MatchError::Norm { norm }) }
    }

    /// The contract under which the template was made.
    #[must_use]
    pub fn contract(&self) -> ContractId {
        self.contract
    }

    /// The components, 64-byte aligned.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Number of components.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.values.len()
    }

    /// Refuses an operand of another contract or size.
    #[inline]
    pub(crate) fn check(&self, contract: ContractId, dim: usize) -> Result<(), MatchError> {
        if self.contract != contract {
            return Err(MatchError::ContractMismatch { expected: contract, found: self.contract });
        }
        if self.dim() != dim {
            return Err(MatchError::DimensionMismatch { expected: dim, found: self.dim() });
        }
        Ok(())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("contract", &self.contract).field("dim", &self.dim()).finish_non_exhaustive()
    }
}

/// Whether stored components are finite and of unit norm within 1e-5, as the bound needs.
#[must_use]
pub fn is_unit(values: &[f32]) -> bool {
    // A NaN or an infinity makes the difference NaN or infinite, which is not below either.
    (norm(values) - 1.0).abs() < 1e-5
}

fn norm(values: &[f32]) -> f64 {
    values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: ContractId = ContractId::from_bytes([1; 32]);

    fn refusal(values: &[f32]) -> u32 {
        Template::new(CONTRACT, values).expect_err("refused").number()
    }

    #[test]
    fn refuses_what_cannot_be_of_unit_norm() {
        let mut values = vec![0.5; 128];
        assert_eq!(refusal(&values[..63]), 1);
        assert_eq!(refusal(&[0.1; 1025]), 1);
        values[5] = f32::NAN;
        assert_eq!(refusal(&values), 2);
        values[5] = f32::NEG_INFINITY;
        assert_eq!(refusal(&values), 2);
        assert_eq!(refusal(&[0.0; 128]), 3);
    }

    #[test]
    fn normalises_once() {
        for scale in [1e-40_f32, 1e-3, 1.0, 3.0, 1e38] {
            let values: Vec<f32> = (1..=100).map(|k| scale * (k as f32 / 100.0)).collect();
            let once = Template::new(CONTRACT, &values).expect("finite and above zero");
            assert!(is_unit(once.values()));
            let twice = Template::new(CONTRACT, once.values()).expect("unit norm");
            assert_eq!(once.values(), twice.values());
        }
    }

    #[test]
    fn contract_id_reads_what_it_writes() {
        let id = ContractId::from_bytes(std::array::from_fn(|k| k as u8 * 7));
        assert_eq!(id.to_string().parse::<ContractId>().expect("own text"), id);
        assert!("12".parse::<ContractId>().is_err());
        assert!("zz".repeat(32).parse::<ContractId>().is_err());
    }

    #[test]
    fn debug_keeps_the_values_secret() {
        let shown = format!("{:?}", Template::new(CONTRACT, &[0.5; 64]).expect("finite"));
        assert!(shown.contains("dim: 64") && !shown.contains("0.125"));
    }
}
