//! The best rows of a search: one per person, ties by row.

use std::cmp::Ordering;

/// A scored row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scored {
    pub(crate) score: f32,
    pub(crate) row: u32,
    pub(crate) person: u64,
}

impl Scored {
    /// Better first: higher score, then lower row. Scores are never NaN, and the two zeros
    /// are one score.
    fn rank(&self, other: &Self) -> Ordering {
        let by_score = other.score.partial_cmp(&self.score).unwrap_or(Ordering::Equal);
        by_score.then(self.row.cmp(&other.row))
    }
}

/// The best `limit` rows so far, at most one for each person.
pub(crate) struct Top {
    limit: usize,
    best: Vec<Scored>,
    grouped: bool,
}

impl Top {
    /// Persons are looked at only where rows are `grouped`.
    pub(crate) fn new(limit: usize, grouped: bool) -> Self {
        Self { limit, best: Vec::new(), grouped }
    }

    pub(crate) fn offer(&mut self, new: Scored) {
        let at = self.best.partition_point(|old| old.rank(&new) == Ordering::Less);
        if self.grouped {
            match self.best.iter().position(|old| old.person == new.person) {
                Some(better) if better < at => return,
                Some(worse) => drop(self.best.remove(worse)),
                None => {}
            }
        }
        if at < self.limit {
            self.best.insert(at, new);
            self.best.truncate(self.limit);
        }
    }

    /// The score that a further row must reach: that of the last one, once there are `limit`.
    pub(crate) fn floor(&self) -> f32 {
        match self.best.last() {
            Some(last) if self.best.len() == self.limit => last.score,
            _ => f32::NEG_INFINITY,
        }
    }

    pub(crate) fn into_best(self) -> Vec<Scored> {
        self.best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All rows sorted, then the first of each person.
    fn by_sorting(mut rows: Vec<Scored>, limit: usize) -> Vec<Scored> {
        rows.sort_by(Scored::rank);
        let mut best: Vec<Scored> = Vec::new();
        for row in rows {
            if best.len() < limit && best.iter().all(|old| old.person != row.person) {
                best.push(row);
            }
        }
        best
    }

    proptest! {
        #[test]
        fn equals_sorting(
            scores in prop::collection::vec((0_u8..6, 0_u64..8), 0..60),
            limit in 1_usize..12,
            grouped: bool,
        ) {
            let rows: Vec<Scored> = scores.iter().enumerate().map(|(row, &(score, person))| {
                let person = if grouped { person } else { row as u64 };
                Scored { score: f32::from(score), row: row as u32, person }
            }).collect();
            let mut top = Top::new(limit, grouped);
            for &row in rows.iter().rev() {
                top.offer(row);
            }
            prop_assert_eq!(top.into_best(), by_sorting(rows, limit));
        }
    }
}
