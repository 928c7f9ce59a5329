//! Makes a [`Calibration`] from templates with known people.
//!
//! Impostor pairs are taken within one group (one source of photos), since people of different sources are told apart
//! by their cameras. Pairs share people, so intervals come from a bootstrap over people. Everything is deterministic.

use facecert_match::{ContractId, reference};
use rayon::prelude::*;

use crate::calibration::{Calibration, OperatingPoint, Probability};
use crate::error::{Error, Result};
use crate::impostors::{Labelled, Pair, count, strongest};

/// More pairs than this add nothing: 1e-6 is then seen 200 times. Larger groups are thinned, person by person.
const MAX_PAIRS: u64 = 200_000_000;
/// Bootstrap replicates.
const REPLICATES: u64 = 400;
/// A rate needs this many observed false matches, else it is extrapolated.
const MIN_FALSE_MATCHES: u64 = 30;
/// Four thresholds a decade, from 1e-2 to 1e-6.
const STEPS: u32 = 16;
/// Log-odds are fitted to the bulk of both classes; a prior of even odds is stated with it.
const PRIOR: f64 = 0.5;

/// Calibrates `contract` from labelled templates.
///
/// # Errors
/// [`Error::Calibration`] if there are too few impostor pairs to see 1e-2 thirty times, or templates differ in size.
pub fn calibrate(contract: ContractId, templates: &[Labelled<'_>], note: &str) -> Result<Calibration> {
    let fault = |what: &str| Error::Calibration { what: what.to_owned() };
    if templates.windows(2).any(|w| w[0].values.len() != w[1].values.len()) {
        return Err(fault("templates differ in size; give those of one embedder"));
    }
    let kept = thin(templates);
    let (impostor_pairs, mated) = count(&kept);
    if (impostor_pairs as f64 * 1e-2) < MIN_FALSE_MATCHES as f64 {
        return Err(fault("fewer than 3,000 pairs of different people; give more people"));
    }
    // Twice what 1e-2 needs, so that no bootstrap replicate runs dry.
    let tail = strongest(&kept, (impostor_pairs as f64 * 0.02).ceil() as usize);
    let mut people: Vec<u32> = kept.iter().map(|t| t.person).collect();
    people.sort_unstable();
    people.dedup();
    let whole = thresholds(tail.iter().map(|p| (p.score, 1)), impostor_pairs);
    let replicates: Vec<Vec<f32>> = (0..REPLICATES)
        .into_par_iter()
        .map(|r| {
            let pairs = kept_pairs_weight(&kept, r);
            thresholds(tail.iter().map(|p| (p.score, weight(p.a, r) * weight(p.b, r))), pairs)
        })
        .collect();
    let points =
        whole.iter().enumerate().map(|(k, &threshold)| operating_point(k, threshold, &tail, &replicates)).collect();
    Ok(Calibration {
        format: 1,
        contract,
        note: note.to_owned(),
        persons: people.len() as u64,
        templates: kept.len() as u64,
        impostor_pairs,
        mated_pairs: mated,
        points,
        probability: fit_probability(&kept),
    })
}

/// The stored false match rates, falling.
fn rates() -> impl Iterator<Item = f64> {
    (0..=STEPS).map(|k| 10f64.powf(-2.0 - f64::from(k) * 4.0 / f64::from(STEPS)))
}

fn operating_point(k: usize, threshold: f32, tail: &[Pair], replicates: &[Vec<f32>]) -> OperatingPoint {
    let mut seen: Vec<f32> = replicates.iter().filter_map(|r| r.get(k).copied()).collect();
    seen.sort_by(f32::total_cmp);
    let quantile = |q: f64| seen.get((q * seen.len() as f64) as usize).copied().unwrap_or(threshold);
    let false_matches = tail.iter().take_while(|p| p.score >= threshold).count() as u64;
    OperatingPoint {
        fmr: rates().nth(k).unwrap_or(0.0),
        threshold,
        low: quantile(0.025).min(threshold),
        high: quantile(0.975).max(threshold),
        false_matches,
        extrapolated: false_matches < MIN_FALSE_MATCHES,
    }
}

/// Thresholds for [`rates`] from scores in falling order with whole weights, out of `pairs` in all.
///
/// A rate seen fewer than 30 times is read off an exponential tail that starts at the thirtieth pair, with the mean excess
/// of the strongest 0.01 % (at least 30 pairs). A Gaussian falls faster, so this errs towards the higher threshold.
fn thresholds(scores: impl Iterator<Item = (f32, u64)>, pairs: u64) -> Vec<f32> {
    let scores: Vec<(f32, u64)> = scores.filter(|(_, w)| *w > 0).collect();
    let at = |wanted: f64| {
        let mut sum = 0;
        let hit = scores.iter().find(|(_, w)| {
            sum += w;
            sum as f64 > wanted
        });
        hit.or(scores.last()).map_or(1.0, |(s, _)| *s)
    };
    let pairs = pairs as f64;
    let (least, start) = (MIN_FALSE_MATCHES as f64, f64::from(at((pairs * 1e-4).max(MIN_FALSE_MATCHES as f64))));
    let (sum, weight) = scores
        .iter()
        .take_while(|(s, _)| f64::from(*s) > start)
        .fold((0.0, 0.0), |(sum, n), (s, w)| (sum + (f64::from(*s) - start) * *w as f64, n + *w as f64));
    let mean_excess = if weight > 0.0 { sum / weight } else { 0.0 };
    rates()
        .map(|fmr| {
            let wanted = fmr * pairs;
            // Just above the pair that would be one too many.
            let observed = at(wanted.max(least)).next_up();
            if wanted >= least { observed } else { observed + (mean_excess * (least / wanted).ln()) as f32 }
        })
        .scan(f32::MIN, |last, t| {
            *last = last.max(t);
            Some(*last)
        })
        .collect()
}

/// Leaves people out, by a fixed hash, until the pairs fit [`MAX_PAIRS`].
fn thin<'a>(templates: &'a [Labelled<'a>]) -> Vec<&'a Labelled<'a>> {
    let mut share = u64::MAX;
    loop {
        let kept: Vec<_> = templates.iter().filter(|t| mix(u64::from(t.person)) <= share).collect();
        if count(&kept).0 <= MAX_PAIRS {
            return kept;
        }
        share -= share / 8;
    }
}

/// Weight of all impostor pairs in a bootstrap replicate: the weight of a pair is the product of its people's.
fn kept_pairs_weight(templates: &[&Labelled<'_>], replicate: u64) -> u64 {
    let mut keys: Vec<(u32, u32)> = templates.iter().map(|t| (t.group, t.person)).collect();
    keys.sort_unstable();
    keys.chunk_by(|a, b| a.0 == b.0)
        .map(|group| {
            let people = || {
                group.chunk_by(|a, b| a == b).map(|p| p.len() as u64 * p.first().map_or(0, |k| weight(k.1, replicate)))
            };
            let (sum, squares) = people().fold((0, 0), |(s, q), w| (s + w, q + w * w));
            (sum * sum - squares) / 2
        })
        .sum()
}

/// Logistic regression of same-or-not on the score, both classes weighing the same (so the log-odds are a
/// log-likelihood ratio), by Newton's method. `None` with fewer than 100 mated pairs or if it does not converge upwards.
fn fit_probability(templates: &[&Labelled<'_>]) -> Option<Probability> {
    let mut mated = Vec::new();
    let mut impostor = Vec::new();
    for (i, x) in templates.iter().enumerate() {
        for (j, y) in templates[..i].iter().enumerate().filter(|(_, y)| y.group == x.group) {
            if x.person == y.person {
                mated.push(reference::score(x.values, y.values));
            } else if mix(((i as u64) << 32) | j as u64).is_multiple_of(64) {
                impostor.push(reference::score(x.values, y.values));
            }
        }
    }
    if mated.len() < 100 || impostor.is_empty() {
        return None;
    }
    let samples = |scores: &[f32], y: f64| -> Vec<(f64, f64, f64)> {
        scores.iter().map(|s| (f64::from(*s), y, 0.5 / scores.len() as f64)).collect()
    };
    let all = [samples(&mated, 1.0), samples(&impostor, 0.0)].concat();
    let (mut slope, mut intercept) = (0.0, 0.0);
    for _ in 0..100 {
        // A weak pull of the slope towards 0 keeps separable data finite.
        let (mut g1, mut g0, mut h11, mut h10, mut h00) = (-1e-6 * slope, 0.0, 1e-6, 0.0, 1e-12);
        for &(s, y, w) in &all {
            let p = 1.0 / (1.0 + (-(slope * s + intercept)).exp());
            let (g, h) = (w * (y - p), w * p * (1.0 - p));
            g1 += g * s;
            g0 += g;
            h11 += h * s * s;
            h10 += h * s;
            h00 += h;
        }
        let det = h11 * h00 - h10 * h10;
        let (d1, d0) = ((g1 * h00 - g0 * h10) / det, (g0 * h11 - g1 * h10) / det);
        slope += d1;
        intercept += d0;
        if d1.abs() < 1e-9 * (1.0 + slope.abs()) {
            break;
        }
    }
    (slope > 0.0 && slope.is_finite() && intercept.is_finite()).then_some(Probability {
        slope,
        intercept,
        prior: PRIOR,
    })
}

/// How often a person is drawn in a bootstrap replicate: Poisson with mean 1, from a hash, so that no order matters.
fn weight(person: u32, replicate: u64) -> u64 {
    const CUMULATIVE: [f64; 7] = [0.367_879, 0.735_759, 0.919_699, 0.981_012, 0.996_340, 0.999_406, 0.999_917];
    let u = mix((u64::from(person) << 32) | replicate) as f64 / u64::MAX as f64;
    CUMULATIVE.iter().take_while(|c| u > **c).count() as u64
}

/// The finaliser of `SplitMix64` (Steele, Lea, Flood 2014): one well-mixed number per input.
fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 300 people, two templates each in 64 dimensions, from a fixed sequence.
    fn people() -> Vec<Vec<f32>> {
        let uniform = |n: u64| mix(n) as f32 / u64::MAX as f32 - 0.5;
        let row = |person: u64, take: u64| -> Vec<f32> {
            let raw: Vec<f32> = (0..64)
                .map(|k| uniform(person * 64 + k) + 0.3 * uniform((1 << 40) | ((person * 2 + take) * 64 + k)))
                .collect();
            let norm = raw.iter().map(|v| v * v).sum::<f32>().sqrt();
            raw.iter().map(|v| v / norm).collect()
        };
        (0..600).map(|i| row(i / 2, i % 2)).collect()
    }

    #[test]
    fn a_threshold_lets_through_what_it_promises() {
        let rows = people();
        let labelled: Vec<Labelled> =
            rows.iter().enumerate().map(|(i, values)| Labelled { values, person: i as u32 / 2, group: 0 }).collect();
        let c = calibrate(ContractId::from_bytes([1; 32]), &labelled, "test").unwrap();
        assert_eq!((c.persons, c.templates, c.mated_pairs, c.impostor_pairs), (300, 600, 300, 300 * 299 * 2));
        let all: Vec<&Labelled> = labelled.iter().collect();
        let scores = strongest(&all, c.impostor_pairs as usize);
        for point in &c.points {
            let matched = scores.iter().filter(|p| p.score >= point.threshold).count() as f64;
            assert!(point.extrapolated || matched <= point.fmr * c.impostor_pairs as f64 + 1e-9);
            assert_eq!(point.extrapolated, point.false_matches < 30);
            assert!(point.low <= point.threshold && point.threshold <= point.high);
        }
        assert_eq!(c.at_fmr(1e-2).unwrap().false_matches, 1794);
        assert!(c.at_fmr(1e-6).unwrap().extrapolated);
        let p = c.probability.expect("300 mated pairs");
        let mated = reference::score(&rows[0], &rows[1]);
        assert!(p.of(mated) > 0.9 && p.of(0.0) < 0.1, "{mated}: {} {}", p.of(mated), p.of(0.0));
        assert_eq!(Calibration::from_json(&serde_json::to_vec(&c).unwrap()).unwrap(), c);
    }

    #[test]
    fn too_little_data_is_refused() {
        let rows = people();
        let few: Vec<Labelled> = rows
            .iter()
            .take(50)
            .enumerate()
            .map(|(i, values)| Labelled { values, person: i as u32, group: 0 })
            .collect();
        assert_eq!(calibrate(ContractId::from_bytes([1; 32]), &few, "").unwrap_err().number(), 1320);
    }

    #[test]
    fn bootstrap_weights_have_mean_and_variance_one() {
        let drawn: Vec<f64> = (0..40_000).map(|p| weight(p, 3) as f64).collect();
        let mean = drawn.iter().sum::<f64>() / 40_000.0;
        let variance = drawn.iter().map(|w| (w - mean).powi(2)).sum::<f64>() / 40_000.0;
        assert!((mean - 1.0).abs() < 0.02 && (variance - 1.0).abs() < 0.04, "{mean} {variance}");
    }
}
