//! Error rates of a comparison experiment, by ISO/IEC 19795-1: FMR, FNMR, EER, and LFW's accuracy in ten folds.

use serde::Serialize;

/// A count out of a number of trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Out of how many.
    pub of: u64,
}

impl Share {
    /// As a number between 0 and 1; 0 of nothing is 0.
    pub fn rate(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }

    /// Wilson's 95 % interval of the rate, for independent trials.
    pub fn interval(&self) -> [f64; 2] {
        if self.of == 0 {
            return [0.0, 1.0];
        }
        let (p, n, z2) = (self.rate(), self.of as f64, 1.959_964_f64.powi(2));
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = (z2 * (p * (1.0 - p) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
        [(centre - half).max(0.0), (centre + half).min(1.0)]
    }
}

/// One comparison: its score and whether both are of one person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trial {
    /// The score.
    pub score: f32,
    /// The truth.
    pub mated: bool,
}

/// Accuracy in folds: the threshold of each fold is the best one of all other folds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FoldAccuracy {
    /// Mean over folds, 0 to 1.
    pub mean: f64,
    /// Standard deviation over folds (n - 1).
    pub std: f64,
    /// Mean of the folds' thresholds.
    pub threshold: f32,
}

/// Accuracy in folds (LFW View 2). `None` with fewer than two folds or an empty one.
pub fn fold_accuracy(folds: &[Vec<Trial>]) -> Option<FoldAccuracy> {
    if folds.len() < 2 || folds.iter().any(Vec::is_empty) {
        return None;
    }
    let results: Vec<(f64, f32)> = (0..folds.len())
        .map(|held| {
            let rest = folds.iter().enumerate().filter(|(k, _)| *k != held).flat_map(|(_, f)| f.iter().copied());
            let threshold = best_threshold(rest.collect());
            let right = folds[held].iter().filter(|t| (t.score >= threshold) == t.mated).count();
            (right as f64 / folds[held].len() as f64, threshold)
        })
        .collect();
    let n = results.len() as f64;
    let mean = results.iter().map(|r| r.0).sum::<f64>() / n;
    let std = (results.iter().map(|r| (r.0 - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let threshold = (results.iter().map(|r| f64::from(r.1)).sum::<f64>() / n) as f32;
    Some(FoldAccuracy { mean, std, threshold })
}

/// The threshold with the most right answers; of several the middle of the widest gap comes first, then the lowest.
fn best_threshold(mut trials: Vec<Trial>) -> f32 {
    trials.sort_by(|a, b| a.score.total_cmp(&b.score));
    // All accepted, then one score after the other rejected.
    let mut right = trials.iter().filter(|t| t.mated).count() as i64;
    let mut best = (right, 0.0, trials.first().map_or(0.0, |t| t.score));
    for (k, trial) in trials.iter().enumerate() {
        right += if trial.mated { -1 } else { 1 };
        let next = trials.get(k + 1).map_or(trial.score + 1e-3, |t| t.score);
        let gap = next - trial.score;
        if gap > 0.0 && (right > best.0 || (right == best.0 && gap > best.1)) {
            best = (right, gap, trial.score + gap / 2.0);
        }
    }
    best.2
}

/// A point of the DET curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetPoint {
    /// Accepted from here on.
    pub threshold: f32,
    /// False match rate.
    pub fmr: f64,
    /// False non-match rate.
    pub fnmr: f64,
}

/// The DET curve: every distinct score as a threshold, rising. Empty without trials of both kinds.
pub fn det_curve(trials: &[Trial]) -> Vec<DetPoint> {
    let mut sorted = trials.to_vec();
    sorted.sort_by(|a, b| a.score.total_cmp(&b.score));
    let mated = sorted.iter().filter(|t| t.mated).count();
    let impostor = sorted.len() - mated;
    if mated == 0 || impostor == 0 {
        return Vec::new();
    }
    let (mut missed, mut refused) = (0, 0);
    let mut curve = Vec::new();
    for equal in sorted.chunk_by(|a, b| a.score.total_cmp(&b.score).is_eq()) {
        let fmr = (impostor - refused) as f64 / impostor as f64;
        curve.push(DetPoint { threshold: equal[0].score, fmr, fnmr: missed as f64 / mated as f64 });
        missed += equal.iter().filter(|t| t.mated).count();
        refused += equal.iter().filter(|t| !t.mated).count();
    }
    let last = curve.last().map_or(0.0, |p| p.threshold);
    curve.push(DetPoint { threshold: last.next_up(), fmr: 0.0, fnmr: 1.0 });
    curve
}

/// Equal error rate: where FMR and FNMR cross, linear between the two points around it.
pub fn equal_error_rate(trials: &[Trial]) -> Option<f64> {
    let curve = det_curve(trials);
    let after = curve.iter().position(|p| p.fnmr >= p.fmr)?;
    let (p, q) = (curve[after.saturating_sub(1)], curve[after]);
    let (before, behind) = (p.fmr - p.fnmr, q.fnmr - q.fmr);
    let share = if before + behind > 0.0 { before / (before + behind) } else { 0.0 };
    Some(p.fmr + (q.fmr - p.fmr) * share)
}

/// Errors at a threshold: (FMR, FNMR) as counts.
pub fn errors_at(trials: impl IntoIterator<Item = Trial>, threshold: f32) -> (Share, Share) {
    let (mut fmr, mut fnmr) = (Share { count: 0, of: 0 }, Share { count: 0, of: 0 });
    for trial in trials {
        let accepted = trial.score >= threshold;
        let share = if trial.mated { &mut fnmr } else { &mut fmr };
        share.of += 1;
        share.count += u64::from(accepted != trial.mated);
    }
    (fmr, fnmr)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trials(mated: &[f32], impostor: &[f32]) -> Vec<Trial> {
        let of = |scores: &[f32], mated| scores.iter().map(move |s| Trial { score: *s, mated }).collect::<Vec<_>>();
        [of(mated, true), of(impostor, false)].concat()
    }

    #[test]
    fn separable_scores_have_no_error() {
        let t = trials(&[0.8, 0.9], &[0.1, 0.2, 0.3]);
        assert_eq!(equal_error_rate(&t), Some(0.0));
        let threshold = best_threshold(t.clone());
        assert!((threshold - 0.55).abs() < 1e-6);
        assert_eq!(errors_at(t, threshold), (Share { count: 0, of: 3 }, Share { count: 0, of: 2 }));
    }

    #[test]
    fn one_of_four_crossed_gives_a_quarter() {
        let t = trials(&[0.9, 0.8, 0.7, 0.2], &[0.1, 0.15, 0.05, 0.75]);
        assert!((equal_error_rate(&t).unwrap() - 0.25).abs() < 1e-9);
        let (fmr, fnmr) = errors_at(t, 0.5);
        assert_eq!((fmr.rate(), fnmr.rate()), (0.25, 0.25));
    }

    #[test]
    fn the_curve_falls_from_all_accepted_to_all_refused() {
        let curve = det_curve(&trials(&[0.5, 0.5, 0.9], &[0.5, 0.1]));
        assert_eq!((curve[0].fmr, curve[0].fnmr), (1.0, 0.0));
        assert_eq!((curve.last().unwrap().fmr, curve.last().unwrap().fnmr), (0.0, 1.0));
        assert!(
            curve.windows(2).all(|w| w[0].fmr >= w[1].fmr && w[0].fnmr <= w[1].fnmr && w[0].threshold < w[1].threshold)
        );
    }

    #[test]
    fn the_threshold_of_a_fold_never_sees_that_fold() {
        // Fold 1 alone would choose 0.15; judged by fold 0's threshold of 0.5 its mated pair at 0.2 is missed.
        let folds = [trials(&[0.9], &[0.1]), trials(&[0.2], &[0.1])];
        let accuracy = fold_accuracy(&folds).unwrap();
        assert!((accuracy.mean - 0.75).abs() < 1e-9, "{accuracy:?}");
        assert_eq!(fold_accuracy(&folds[..1]), None);
    }

    #[test]
    fn wilson_interval_of_a_known_case() {
        let [low, high] = Share { count: 10, of: 100 }.interval(); // Wilson 1927: 0.0552 to 0.1744
        assert!((low - 0.0552).abs() < 1e-4 && (high - 0.1744).abs() < 1e-4);
    }
}
