//! The strongest pairs under a budget.

use std::cmp::Ordering;

/// Rows and reference score of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ScoredPair {
    pub(crate) left: u32,
    pub(crate) right: u32,
    pub(crate) score: f32,
}

impl ScoredPair {
    /// The order of rows.
    pub(crate) fn by_rows(&self, other: &Self) -> Ordering {
        (self.left, self.right).cmp(&(other.left, other.right))
    }

    /// Stronger first, ties by rows. Scores are never NaN, and the two zeros are one score.
    pub(crate) fn by_strength(&self, other: &Self) -> Ordering {
        let by_score = other.score.partial_cmp(&self.score).unwrap_or(Ordering::Equal);
        by_score.then_with(|| self.by_rows(other))
    }
}

/// Few pairs are kept beyond the budget before the weakest are dropped.
const SPARE_PAIRS: usize = 4096;

/// The `budget` strongest of the pairs it was offered.
pub(crate) struct Strongest {
    budget: usize,
    pairs: Vec<ScoredPair>,
    floor: f32,
}

impl Strongest {
    pub(crate) fn new(budget: usize) -> Self {
        Self { budget, pairs: Vec::new(), floor: f32::NEG_INFINITY }
    }

    pub(crate) fn offer(&mut self, pair: ScoredPair) {
        if pair.score < self.floor {
            return;
        }
        self.pairs.push(pair);
        if self.pairs.len() >= self.budget.saturating_mul(2).saturating_add(SPARE_PAIRS) {
            self.trim();
        }
    }

    /// Drops what is beyond the budget; the score that a further pair must reach.
    pub(crate) fn trim(&mut self) -> f32 {
        if self.pairs.len() >= self.budget {
            self.floor = match self.budget.checked_sub(1) {
                None => f32::INFINITY,
                Some(last) => {
                    let by_strength = ScoredPair::by_strength;
                    self.pairs.select_nth_unstable_by(last, by_strength).1.score
                }
            };
            self.pairs.truncate(self.budget);
        }
        self.floor
    }

    /// The score that a further pair must reach, as far as is known.
    pub(crate) fn floor(&self) -> f32 {
        self.floor
    }

    /// The pairs, in no order.
    pub(crate) fn pairs(&self) -> &[ScoredPair] {
        &self.pairs
    }

    /// The pairs, strongest first.
    pub(crate) fn into_pairs(mut self) -> Vec<ScoredPair> {
        self.trim();
        self.pairs.sort_unstable_by(ScoredPair::by_strength);
        self.pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_sorting(scores in prop::collection::vec(0_u8..9, 0..200), budget in 0_usize..40) {
            let mut pairs: Vec<ScoredPair> = scores.iter().enumerate()
                .map(|(n, &score)| ScoredPair {
                    left: n as u32 / 7, right: n as u32 % 7, score: f32::from(score),
                })
                .collect();
            let mut strongest = Strongest::new(budget);
            for (n, &pair) in pairs.iter().rev().enumerate() {
                strongest.offer(pair);
                if n % 50 == 49 {
                    strongest.trim();
                }
            }
            pairs.sort_by(ScoredPair::by_strength);
            pairs.truncate(budget);
            prop_assert_eq!(strongest.into_pairs(), pairs);
        }
    }
}
