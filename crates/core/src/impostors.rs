//! Pairs of different people among labelled templates: how many there are, and the strongest of them.

use facecert_match::reference;
use rayon::prelude::*;

/// A template with what is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Labelled<'a> {
    /// Unit-norm components.
    pub values: &'a [f32],
    /// Whose it is.
    pub person: u32,
    /// Pairs are formed within one group only.
    pub group: u32,
}

/// A pair of different people.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The reference score.
    pub score: f32,
    /// One person.
    pub a: u32,
    /// The other.
    pub b: u32,
}

/// Slices of the score, -1 to 1, in which pairs are counted before the strongest are collected.
const SLICES: usize = 20_000;

/// How many pairs there are within groups: of different people, and of one person.
pub fn count(templates: &[&Labelled<'_>]) -> (u64, u64) {
    let mut keys: Vec<(u32, u32)> = templates.iter().map(|t| (t.group, t.person)).collect();
    keys.sort_unstable();
    let choose = |n: u64| n * n.saturating_sub(1) / 2;
    let (mut all, mut mated) = (0, 0);
    for group in keys.chunk_by(|a, b| a.0 == b.0) {
        all += choose(group.len() as u64);
        mated += group.chunk_by(|a, b| a == b).map(|p| choose(p.len() as u64)).sum::<u64>();
    }
    (all - mated, mated)
}

/// The `n` strongest pairs of different people within groups, strongest first: the same on any number of threads.
pub fn strongest(templates: &[&Labelled<'_>], n: usize) -> Vec<Pair> {
    let pairs_of = |i: usize| {
        let x = templates[i];
        let others = templates[..i].iter().filter(move |y| y.group == x.group && y.person != x.person);
        others.map(move |y| Pair { score: reference::score(x.values, y.values), a: x.person, b: y.person })
    };
    let slice = |score: f32| ((score + 1.0) * (SLICES / 2) as f32).clamp(0.0, (SLICES - 1) as f32) as usize;
    let histogram = (0..templates.len())
        .into_par_iter()
        .fold(
            || vec![0u64; SLICES],
            |mut h, i| {
                pairs_of(i).for_each(|p| h[slice(p.score)] += 1);
                h
            },
        )
        .reduce(|| vec![0; SLICES], |a, b| a.iter().zip(&b).map(|(x, y)| x + y).collect());
    let mut sum = 0;
    let cut = (0..SLICES).rev().find(|&k| {
        sum += histogram[k];
        sum >= n as u64
    });
    let above = |i: usize| pairs_of(i).filter(|p| slice(p.score) >= cut.unwrap_or(0)).collect::<Vec<_>>();
    let mut tail: Vec<Pair> = (0..templates.len()).into_par_iter().flat_map_iter(above).collect();
    tail.sort_by(|p, q| q.score.total_cmp(&p.score).then((p.a, p.b).cmp(&(q.a, q.b))));
    tail.truncate(n);
    tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_pairs_are_those_of_a_full_sort() {
        let rows: Vec<Vec<f32>> =
            (0..40).map(|i| (0..64).map(|k| ((i * 64 + k) as f32 * 0.37).sin() / 5.7).collect()).collect();
        let labelled: Vec<Labelled> = rows
            .iter()
            .enumerate()
            .map(|(i, values)| Labelled { values, person: i as u32 / 2, group: i as u32 % 3 })
            .collect();
        let all: Vec<&Labelled> = labelled.iter().collect();
        let mut wanted = Vec::new();
        for (i, x) in labelled.iter().enumerate() {
            for y in labelled[..i].iter().filter(|y| y.group == x.group && y.person != x.person) {
                wanted.push(Pair { score: reference::score(x.values, y.values), a: x.person, b: y.person });
            }
        }
        assert_eq!(count(&all).0, wanted.len() as u64);
        wanted.sort_by(|p, q| q.score.total_cmp(&p.score).then((p.a, p.b).cmp(&(q.a, q.b))));
        wanted.truncate(50);
        assert_eq!(strongest(&all, 50), wanted);
    }
}
