//! Masking of small cells, so that no sum of other figures gives a masked one back.
//!
//! Works on plain terms and sums; what they count is the report's business. Source: complementary cell suppression, as
//! usual for official tables (Willenborg, de Waal: Elements of Statistical Disclosure Control, 2001, chapter 4), with an
//! audit that exhibits a second table for every masked figure.

/// A count that stands in the report, or is a part of one without being printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Term {
    pub value: u64,
    pub printed: bool,
}

/// `total` = the sum of `parts`, as places in the list of terms.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub total: usize,
    pub parts: Vec<usize>,
}

/// What becomes of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// Printed as it is.
    Shown,
    /// Masked first: printed as less than k.
    Small,
    /// Masked second: no bound is printed.
    Hidden,
}

/// Terms, their sums and what is masked so far.
struct Table<'a> {
    terms: &'a [Term],
    sums: &'a [Sum],
    /// Sums that hold each term.
    sums_of: Vec<Vec<usize>>,
    masks: Vec<Mask>,
    k: u64,
}

/// Masks every term in 1 ‥ k − 1, then as many more as it takes. Earlier terms win ties.
pub(super) fn mask(terms: &[Term], sums: &[Sum], k: u64) -> Vec<Mask> {
    let mut sums_of = vec![Vec::new(); terms.len()];
    for (at, sum) in sums.iter().enumerate() {
        for term in sum.members() {
            if let Some(sums_of) = sums_of.get_mut(term) {
                sums_of.push(at);
            }
        }
    }
    let small = |term: &Term| if (1..k).contains(&term.value) { Mask::Small } else { Mask::Shown };
    let mut table = Table { terms, sums, sums_of, masks: terms.iter().map(small).collect(), k };
    table.protect_sums();
    table.audit();
    table.masks
}

impl Sum {
    fn members(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.total).chain(self.parts.iter().copied())
    }
}

impl Table<'_> {
    /// A sum with exactly one masked term loses another, until there is none.
    fn protect_sums(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            for sum in self.sums {
                let masked = sum.members().filter(|&term| self.masks[term] != Mask::Shown).count();
                if masked == 1 {
                    changed |= self.take_one(sum);
                }
            }
        }
    }

    /// Masks one more term of a sum: an unprinted part, else the smallest printed part, else the total.
    fn take_one(&mut self, sum: &Sum) -> bool {
        let open = |&part: &usize| self.masks[part] == Mask::Shown && self.terms[part].value >= 1;
        let unprinted = sum.parts.iter().copied().filter(open).find(|&part| !self.terms[part].printed);
        let smallest = || sum.parts.iter().copied().filter(open).min_by_key(|&part| (self.terms[part].value, part));
        let total = || Some(sum.total).filter(|&total| self.masks[total] == Mask::Shown);
        let taken = unprinted.or_else(smallest).or_else(total);
        if let Some(term) = taken {
            self.masks[term] = Mask::Hidden;
        }
        taken.is_some()
    }

    /// Every masked figure must have a second value that fits everything printed; where none is found more is masked.
    fn audit(&mut self) {
        for figure in 0..self.terms.len() {
            while self.is_exposed(figure) && (self.loosen(figure) || self.widen(figure)) {
                self.protect_sums();
            }
        }
        // More masking never takes a second solution away, so one pass is enough for the figures before it; those that it
        // has masked itself are audited again.
        if (0..self.terms.len()).any(|figure| self.is_exposed(figure) && self.can_widen(figure)) {
            self.audit();
        }
    }

    fn is_exposed(&self, figure: usize) -> bool {
        self.terms[figure].printed && self.masks[figure] != Mask::Shown && !self.has_second_value(figure)
    }

    /// Takes the printed bound away from the small figures of the figure's sums.
    fn loosen(&mut self, figure: usize) -> bool {
        let mut changed = false;
        for &sum in &self.sums_of[figure] {
            for term in self.sums[sum].members() {
                changed |= self.masks[term] == Mask::Small;
                if self.masks[term] == Mask::Small {
                    self.masks[term] = Mask::Hidden;
                }
            }
        }
        changed
    }

    fn widen(&mut self, figure: usize) -> bool {
        let sums = self.sums;
        let of = self.sums_of[figure].clone();
        of.into_iter().any(|sum| self.take_one(&sums[sum]))
    }

    fn can_widen(&self, figure: usize) -> bool {
        let open = |term: usize| self.masks[term] == Mask::Shown && self.terms[term].value >= 1;
        self.sums_of[figure].iter().any(|&sum| self.sums[sum].members().any(open))
    }

    fn has_second_value(&self, figure: usize) -> bool {
        [1, -1].into_iter().any(|by| {
            let mut shift = Shift::new(self);
            shift.may(figure, by) && {
                shift.put(figure, by);
                shift.balance()
            }
        })
    }

    /// Whether a term's value is not printed, so that a reader may think of another.
    fn is_free(&self, term: usize) -> bool {
        !self.terms[term].printed || self.masks[term] != Mask::Shown
    }
}

/// A second table, found by moving ones among the free terms along the sums.
struct Shift<'a> {
    table: &'a Table<'a>,
    by: Vec<i64>,
    /// Total less parts, of every sum.
    imbalance: Vec<i64>,
    /// Moves left to try, so that a large table takes bounded time.
    budget: u32,
}

const MOVES: u32 = 20_000;

impl<'a> Shift<'a> {
    fn new(table: &'a Table<'a>) -> Self {
        Self { table, by: vec![0; table.terms.len()], imbalance: vec![0; table.sums.len()], budget: MOVES }
    }

    fn may(&self, term: usize, by: i64) -> bool {
        let value = self.table.terms[term].value as i64 + by;
        let small = self.table.terms[term].printed && self.table.masks[term] == Mask::Small;
        let range = if small { 1..self.table.k as i64 } else { 0..i64::MAX };
        self.by[term] == 0 && self.table.is_free(term) && range.contains(&value)
    }

    fn put(&mut self, term: usize, by: i64) {
        self.by[term] += by;
        for &sum in &self.table.sums_of[term] {
            let is_total = self.table.sums[sum].total == term;
            self.imbalance[sum] += if is_total { by } else { -by };
        }
    }

    /// Mends the first unbalanced sum by every term in turn, until all balance.
    fn balance(&mut self) -> bool {
        let Some(sum) = self.imbalance.iter().position(|&imbalance| imbalance != 0) else { return true };
        let table = self.table;
        let direction = self.imbalance[sum].signum();
        for term in table.sums[sum].members() {
            let by = if table.sums[sum].total == term { -direction } else { direction };
            if self.budget == 0 {
                return false;
            }
            if self.may(term, by) {
                self.budget -= 1;
                self.put(term, by);
                if self.balance() {
                    return true;
                }
                self.put(term, -by);
            }
        }
        false
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Mask::{Hidden, Shown, Small};
    use super::*;
    use proptest::prelude::*;

    const K: u64 = 10;

    /// A county of townships, each with a rate: terms num, den, rest of every unit, the county first.
    fn county(units: &[(u64, u64)]) -> (Vec<Term>, Vec<Sum>) {
        let total = units.iter().fold((0, 0), |(num, rest), unit| (num + unit.0, rest + unit.1));
        let mut terms = Vec::new();
        let mut sums = Vec::new();
        for (num, rest) in std::iter::once(total).chain(units.iter().copied()) {
            let at = terms.len();
            terms.push(Term { value: num, printed: true });
            terms.push(Term { value: num + rest, printed: true });
            terms.push(Term { value: rest, printed: false });
            sums.push(Sum { total: at + 1, parts: vec![at, at + 2] });
        }
        for figure in 0..2 {
            sums.push(Sum { total: figure, parts: (1..=units.len()).map(|unit| 3 * unit + figure).collect() });
        }
        (terms, sums)
    }

    /// Values that a term can take, given what is printed: brute force over all free terms up to `limit`.
    pub(in crate::kpi) fn values(terms: &[Term], sums: &[Sum], masks: &[Mask], figure: usize, limit: u64) -> usize {
        let mut domains: Vec<(u64, u64)> = Vec::new();
        for (term, mask) in terms.iter().zip(masks) {
            domains.push(match (term.printed, mask) {
                (true, Mask::Shown) => (term.value, term.value),
                (true, Mask::Small) => (1, K - 1),
                _ => (0, limit),
            });
        }
        let (low, high) = domains[figure];
        let fits = |value| {
            let mut domains = domains.clone();
            domains[figure] = (value, value);
            solvable(domains, sums)
        };
        (low..=high).filter(|&value| fits(value)).take(2).count()
    }

    fn solvable(mut domains: Vec<(u64, u64)>, sums: &[Sum]) -> bool {
        if !narrow(&mut domains, sums) {
            return false;
        }
        let open = (0..domains.len()).filter(|&at| domains[at].0 < domains[at].1);
        let Some(at) = open.min_by_key(|&at| domains[at].1 - domains[at].0) else { return true };
        (domains[at].0..=domains[at].1).any(|value| {
            let mut tried = domains.clone();
            tried[at] = (value, value);
            solvable(tried, sums)
        })
    }

    /// Bounds of every term from the bounds of its sums; false if one has no value left.
    fn narrow(domains: &mut [(u64, u64)], sums: &[Sum]) -> bool {
        loop {
            let before = domains.to_vec();
            for sum in sums {
                let low: u64 = sum.parts.iter().map(|&part| domains[part].0).sum();
                let high: u64 = sum.parts.iter().map(|&part| domains[part].1).sum();
                let total = &mut domains[sum.total];
                *total = (total.0.max(low), total.1.min(high));
                let total = *total;
                for &part in &sum.parts {
                    let others = (low - domains[part].0, high - domains[part].1);
                    let (own_low, own_high) = domains[part];
                    domains[part] =
                        (own_low.max(total.0.saturating_sub(others.1)), own_high.min(total.1.saturating_sub(others.0)));
                    if total.1 < others.0 || domains[part].0 > domains[part].1 {
                        return false;
                    }
                    if domains[part] != (own_low, own_high) {
                        break;
                    }
                }
                if total.0 > total.1 {
                    return false;
                }
            }
            if before == domains {
                return true;
            }
        }
    }

    #[test]
    fn a_small_township_takes_a_second_with_it() {
        let (terms, sums) = county(&[(45, 15), (20, 11), (9, 0)]);
        let masks = mask(&terms, &sums, K);
        let figures: Vec<_> = masks.chunks(3).map(|unit| (unit[0], unit[1])).collect();
        assert_eq!(figures, [(Shown, Shown), (Shown, Shown), (Hidden, Hidden), (Small, Small)]);
    }

    #[test]
    fn nothing_small_nothing_masked() {
        let (terms, sums) = county(&[(45, 15), (20, 11), (0, 30)]);
        assert!(mask(&terms, &sums, K).iter().all(|mask| *mask == Mask::Shown));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn no_masked_figure_can_be_found_out(units in prop::collection::vec((0u64..16, 0u64..16), 1..4)) {
            let (terms, sums) = county(&units);
            let masks = mask(&terms, &sums, K);
            let limit = terms.iter().map(|term| term.value).max().unwrap_or_default() + 2;
            for (at, term) in terms.iter().enumerate() {
                if term.printed && masks[at] != Mask::Shown {
                    prop_assert_eq!(values(&terms, &sums, &masks, at, limit), 2, "{:?} {:?} term {}", units, masks, at);
                }
                if masks[at] == Mask::Shown && term.printed {
                    prop_assert!(!(1..K).contains(&term.value));
                }
            }
        }
    }
}
