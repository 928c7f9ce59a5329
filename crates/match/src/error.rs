//! One error type for the crate; every variant has a frozen number.

use crate::template::{ContractId, DIM_RANGE};

/// Why a matching call could not be answered.
///
/// Numbers are frozen: a number is never given to another meaning. 1..=19 templates,
/// 20..=39 search and pairs, 40..=59 block tasks and checkpoints, 100..=199 gallery files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// The number of components is outside [`DIM_RANGE`].
    #[error("template has {dim} components; {} to {} are supported", DIM_RANGE.start(), DIM_RANGE.end())]
    Dimension {
        /// Components given.
        dim: usize,
    },
    /// A component is NaN or infinite.
    #[error("template component {index} is not a finite number; embed the photo again")]
    NotFinite {
        /// Index of the first such component.
        index: usize,
    },
    /// The norm is zero, or too small or too large to be brought to one.
    #[error("template norm is {norm:e}; it cannot be brought to unit length")]
    Norm {
        /// Euclidean norm.
        norm: f64,
    },
    /// Two operands have different dimensions.
    #[error("template has {found} components, {expected} expected")]
    DimensionMismatch {
        /// Components of the set or of the first operand.
        expected: usize,
        /// Components of the other.
        found: usize,
    },
    /// Two operands were made by different models or settings.
    #[error(
        "template was made under contract {found}, the set under {expected}; scores across contracts mean nothing"
    )]
    ContractMismatch {
        /// Contract of the set or of the first operand.
        expected: ContractId,
        /// Contract of the other.
        found: ContractId,
    },
    /// A contract id is not 64 hexadecimal digits.
    #[error("contract id is not 64 hexadecimal digits")]
    ContractSyntax,
}

impl MatchError {
    /// The frozen number of this error.
    #[must_use]
    pub fn number(&self) -> u32 {
        match self {
            Self::Dimension { .. } => 1,
            Self::NotFinite { .. } => 2,
            Self::Norm { .. } => 3,
            Self::DimensionMismatch { .. } => 4,
            Self::ContractMismatch { .. } => 5,
            Self::ContractSyntax => 6,
        }
    }
}
