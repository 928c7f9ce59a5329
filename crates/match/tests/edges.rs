//! Nothing, one, the largest, and numbers that are none: answered by the definition, or refused.

mod support;

use facecert_match::kernel::Kernel;
use facecert_match::{
    DIM_RANGE, Label, MatchError, MemoryRows, Pair, Pairs, Review, Rows, Search, Sketches, Wanted, Workers,
};
use proptest::prelude::*;
use support::{CONTRACT, Numbers, SHAPES, search_by_definition, templates};

const THRESHOLDS: [f32; 10] =
    [f32::NAN, f32::NEG_INFINITY, f32::MIN, -1.1, -0.0, 0.3, 1.0, 1.1, f32::MAX, f32::INFINITY];

/// Rows in persons of `per_person`; there may be none.
fn set(templates: &[facecert_match::Template], dim: usize, per_person: usize) -> MemoryRows {
    let label = |row| Label { id: row as u64, person: (row / per_person) as u64 };
    MemoryRows::new(CONTRACT, dim, templates.len(), |row| Ok((label(row), templates[row].clone()))).expect("one kind")
}

fn refused<T>(result: &Result<T, MatchError>) -> bool {
    matches!(result, Err(MatchError::Threshold))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn search_answers_by_the_definition(
        dim in prop::sample::select(vec![*DIM_RANGE.start(), 65, 512, 1023, *DIM_RANGE.end()]),
        shape in prop::sample::select(SHAPES.to_vec()),
        count in prop::sample::select(vec![0_usize, 1, 2, 63, 64, 65, 130]),
        asked in prop::sample::select(vec![0_usize, 1, 5, 17, 33]),
        limit in prop::sample::select(vec![0_usize, 1, 2, 64, 130, 131, usize::MAX]),
        threshold in prop::sample::select(THRESHOLDS.to_vec()),
        per_person in 1_usize..4,
        seed: u64,
    ) {
        let mut numbers = Numbers(seed);
        let rows = set(&templates(shape, dim, count, &mut numbers), dim, per_person);
        let queries = templates(shape, dim, asked, &mut numbers);
        let two = Workers::new(2).expect("threads");
        let wanted = Wanted { limit, threshold };
        for (kernel, workers) in Kernel::available().flat_map(|kernel| [(kernel, &Workers::CALLER), (kernel, &two)]) {
            let search = Search::new(&rows).expect("small").kernel(kernel).workers(workers);
            let sketches = Sketches::new(&rows).expect("small").kernel(kernel);
            let found = search.batch(&queries, wanted);
            if threshold.is_nan() {
                prop_assert!(refused(&found));
                prop_assert!(queries.iter().all(|query| refused(&sketches.search(query, wanted, u32::MAX))));
                continue;
            }
            let (found, _) = found.expect("valid");
            prop_assert_eq!(found.len(), asked);
            for (query, hits) in queries.iter().zip(found) {
                let right = search_by_definition(&rows, query).into_iter();
                let right: Vec<_> = right.filter(|&(score, _)| score >= threshold).take(limit).collect();
                let got: Vec<_> = hits.iter().map(|hit| (hit.score, hit.row)).collect();
                prop_assert_eq!(&got, &right);
                prop_assert_eq!(sketches.search(query, wanted, u32::MAX).expect("valid").0, hits);
            }
        }
    }

    #[test]
    fn pairs_are_those_of_the_definition(
        dim in prop::sample::select(vec![*DIM_RANGE.start(), *DIM_RANGE.end()]),
        shape in prop::sample::select(SHAPES.to_vec()),
        (left, right) in (prop::sample::select(vec![0_usize, 1, 2, 64, 65]), prop::option::of(0_usize..3)),
        budget in prop::sample::select(vec![0_usize, 1, 2080, usize::MAX]),
        threshold in prop::sample::select(THRESHOLDS.to_vec()),
        seed: u64,
    ) {
        let mut numbers = Numbers(seed);
        let left = set(&templates(shape, dim, left, &mut numbers), dim, 1);
        let right = right.map(|count| set(&templates(shape, dim, count, &mut numbers), dim, 1));
        let all = all_pairs(&left, right.as_ref());
        let mut by_strength = all.clone();
        by_strength.sort_by(|a, b| b.1.partial_cmp(&a.1).expect("no NaN").then(a.0.cmp(&b.0)));
        for kernel in Kernel::available() {
            let pairs = match &right {
                None => Pairs::within(&left),
                Some(right) => Pairs::between(&left, right),
            };
            let pairs = pairs.expect("one kind").kernel(kernel);
            prop_assert_eq!(pairs.count(), all.len() as u64);
            let strongest = bare(&pairs.collect(Review::Budget(budget)).expect("valid").0);
            prop_assert_eq!(strongest, by_strength.iter().copied().take(budget).collect::<Vec<_>>());
            let above = pairs.collect(Review::Threshold(threshold));
            if threshold.is_nan() {
                prop_assert!(refused(&above));
                continue;
            }
            let above = bare(&above.expect("valid").0);
            let right: Vec<_> = all.iter().copied().filter(|&(_, score)| score >= threshold).collect();
            prop_assert_eq!(above, right);
        }
    }
}

fn bare(pairs: &[Pair]) -> Vec<([usize; 2], f32)> {
    pairs.iter().map(|pair| (pair.rows, pair.score)).collect()
}

/// Every pair by definition, in the order of rows.
fn all_pairs(left: &MemoryRows, right: Option<&MemoryRows>) -> Vec<([usize; 2], f32)> {
    let (mut x, mut y) = (vec![0.0; left.dim()], vec![0.0; left.dim()]);
    let other = right.unwrap_or(left);
    let mut pairs = Vec::new();
    for i in 0..left.len() {
        for j in if right.is_some() { 0 } else { i + 1 }..other.len() {
            let values = left.values(i, &mut x).expect("in memory");
            let score = facecert_match::reference::score(values, other.values(j, &mut y).expect("in memory"));
            pairs.push(([i, j], score));
        }
    }
    pairs
}
