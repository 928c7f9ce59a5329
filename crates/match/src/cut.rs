//! A cut that rises while several threads search.

use std::sync::atomic::{AtomicU32, Ordering};

/// A score that a row must reach to matter. Any thread may raise it, none lowers it; an old
/// value only lets more pass.
pub(crate) struct SharedCut(AtomicU32);

impl SharedCut {
    pub(crate) fn new(cut: f32) -> Self {
        Self(AtomicU32::new(Self::ordered(cut)))
    }

    pub(crate) fn get(&self) -> f32 {
        let bits = self.0.load(Ordering::Relaxed);
        f32::from_bits(if bits >> 31 == 1 { bits ^ 1 << 31 } else { !bits })
    }

    pub(crate) fn raise(&self, cut: f32) {
        self.0.fetch_max(Self::ordered(cut), Ordering::Relaxed);
    }

    /// Bits that compare as the numbers do.
    fn ordered(cut: f32) -> u32 {
        let bits = cut.to_bits();
        if bits >> 31 == 0 { bits ^ 1 << 31 } else { !bits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rises() {
        let cut = SharedCut::new(f32::NEG_INFINITY);
        for (raised, now) in [(-0.5, -0.5_f32), (-0.7, -0.5), (0.0, 0.0), (0.25, 0.25), (-1.0, 0.25)] {
            cut.raise(raised);
            assert_eq!(cut.get().to_bits(), now.to_bits());
        }
    }
}
