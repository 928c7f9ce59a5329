//! What a score means: false match rate ↔ threshold, score → probability of the same person.
//!
//! A calibration belongs to one contract. It is made from impostor pairs by [`crate::calibrate`] and read here.
//! Terms as in ISO/IEC 19795-1: FMR is the share of comparisons between different people at or above the threshold.

use facecert_match::ContractId;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// False match rates that may be asked for.
pub const FMR_RANGE: std::ops::RangeInclusive<f64> = 1e-6..=1e-2;

/// The calibration of one contract.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Version of this layout: 1.
    pub format: u32,
    /// Which templates it is for.
    #[serde(with = "contract_text")]
    pub contract: ContractId,
    /// In words: data, what was reviewed and removed.
    pub note: String,
    /// People in it.
    pub persons: u64,
    /// Their templates.
    pub templates: u64,
    /// Compared pairs of different people.
    pub impostor_pairs: u64,
    /// Compared pairs of one person.
    pub mated_pairs: u64,
    /// From 1e-2 downwards.
    pub points: Vec<OperatingPoint>,
    /// Score to probability, where there were mated pairs to fit it.
    pub probability: Option<Probability>,
}

/// A false match rate and its threshold.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatingPoint {
    /// The false match rate.
    pub fmr: f64,
    /// A pair matches from this score on.
    pub threshold: f32,
    /// Lower end of the threshold's 95 % interval (bootstrap over people).
    pub low: f32,
    /// Upper end.
    pub high: f32,
    /// Pairs of different people seen at or above the threshold.
    pub false_matches: u64,
    /// Fewer than 30 were seen: the threshold comes from the fitted tail.
    pub extrapolated: bool,
}

/// Log-odds linear in the score: `odds = prior / (1 - prior) * exp(slope * score + intercept)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probability {
    /// Per unit of score.
    pub slope: f64,
    /// Log-likelihood ratio at score 0.
    pub intercept: f64,
    /// Probability of the same person before looking.
    pub prior: f64,
}

impl Probability {
    /// The probability that both are the same person, strictly between 0 and 1.
    pub fn of(&self, score: f32) -> f64 {
        let log_odds = self.slope * f64::from(score) + self.intercept + (self.prior / (1.0 - self.prior)).ln();
        (1.0 / (1.0 + (-log_odds).exp())).clamp(1e-9, 1.0 - 1e-9)
    }
}

impl Calibration {
    /// Reads and checks a calibration.
    ///
    /// # Errors
    /// [`Error::Calibration`] if it is not one.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let calibration: Self = serde_json::from_slice(bytes).map_err(|e| fault(&e.to_string()))?;
        if calibration.format != 1 {
            return Err(fault("format is not 1; calibrate again"));
        }
        let points = &calibration.points;
        let sound = |p: &OperatingPoint| {
            p.fmr > 0.0 && p.fmr < 1.0 && [p.threshold, p.low, p.high].iter().all(|v| v.is_finite()) && p.low <= p.high
        };
        let falling = points.windows(2).all(|w| w[0].fmr > w[1].fmr && w[0].threshold <= w[1].threshold);
        if points.len() < 2 || !points.iter().all(sound) || !falling {
            return Err(fault("points must be two or more, with falling fmr and thresholds that do not fall"));
        }
        if calibration
            .probability
            .is_some_and(|p| !(p.slope > 0.0 && p.intercept.is_finite() && p.prior > 0.0 && p.prior < 1.0))
        {
            return Err(fault("probability needs a positive slope and a prior between 0 and 1"));
        }
        Ok(calibration)
    }

    /// The operating point of a false match rate: one of the stored ones, or linear in log10(fmr) between two.
    ///
    /// # Errors
    /// [`Error::Fmr`] outside of what is stored.
    pub fn at_fmr(&self, fmr: f64) -> Result<OperatingPoint> {
        let exact = |p: &&OperatingPoint| (p.fmr / fmr - 1.0).abs() < 1e-9;
        if let Some(point) = self.points.iter().find(exact) {
            return Ok(*point);
        }
        let around = self.points.windows(2).find(|w| w[0].fmr > fmr && fmr > w[1].fmr);
        let Some([above, below]) = around.and_then(|w| <&[OperatingPoint; 2]>::try_from(w).ok()) else {
            return Err(Error::Fmr { fmr: fmr.to_string() });
        };
        let share = ((above.fmr / fmr).log10() / (above.fmr / below.fmr).log10()) as f32;
        let between = |a: f32, b: f32| a + (b - a) * share;
        Ok(OperatingPoint {
            fmr,
            threshold: between(above.threshold, below.threshold),
            low: between(above.low, below.low),
            high: between(above.high, below.high),
            false_matches: below.false_matches,
            extrapolated: below.extrapolated,
        })
    }

    /// The false match rate at a threshold, within the stored range; `None` beyond either end.
    pub fn fmr_at(&self, threshold: f32) -> Option<f64> {
        let [above, below] = <&[OperatingPoint; 2]>::try_from(
            self.points.windows(2).find(|w| w[0].threshold <= threshold && threshold <= w[1].threshold)?,
        )
        .ok()?;
        let step = below.threshold - above.threshold;
        let share = if step > 0.0 { f64::from((threshold - above.threshold) / step) } else { 1.0 };
        Some(above.fmr * (below.fmr / above.fmr).powf(share))
    }
}

fn fault(what: &str) -> Error {
    Error::Calibration { what: what.to_owned() }
}

mod contract_text {
    use facecert_match::ContractId;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub fn serialize<S: Serializer>(contract: &ContractId, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(contract)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<ContractId, D::Error> {
        String::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(fmr: f64, threshold: f32) -> OperatingPoint {
        OperatingPoint {
            fmr,
            threshold,
            low: threshold - 0.01,
            high: threshold + 0.01,
            false_matches: 40,
            extrapolated: false,
        }
    }

    fn calibration() -> Calibration {
        Calibration {
            format: 1,
            contract: ContractId::from_bytes([7; 32]),
            note: String::new(),
            persons: 100,
            templates: 100,
            impostor_pairs: 4950,
            mated_pairs: 0,
            points: vec![point(1e-2, 0.2), point(1e-3, 0.3), point(1e-4, 0.42)],
            probability: Some(Probability { slope: 20.0, intercept: -6.0, prior: 0.5 }),
        }
    }

    #[test]
    fn a_stored_rate_is_exact_and_one_between_is_interpolated_in_its_logarithm() {
        let c = calibration();
        assert_eq!(c.at_fmr(1e-3).unwrap().threshold.to_bits(), 0.3_f32.to_bits());
        assert!((c.at_fmr(10f64.powf(-2.5)).unwrap().threshold - 0.25).abs() < 1e-6);
        assert!((c.fmr_at(0.25).unwrap().log10() + 2.5).abs() < 1e-5);
        assert_eq!(c.at_fmr(1e-7).unwrap_err().number(), 1321);
        assert_eq!(c.fmr_at(0.1), None);
    }

    #[test]
    fn json_goes_there_and_back() {
        let c = calibration();
        assert_eq!(Calibration::from_json(&serde_json::to_vec(&c).unwrap()).unwrap(), c);
    }

    #[test]
    fn faults_are_refused() {
        let mut rising = calibration();
        rising.points.reverse();
        assert!(Calibration::from_json(&serde_json::to_vec(&rising).unwrap()).is_err());
        assert!(Calibration::from_json(b"{}").is_err());
    }

    #[test]
    fn probability_rises_with_the_score_and_is_never_certain() {
        let p = calibration().probability.unwrap();
        assert!((p.of(0.3) - 0.5).abs() < 1e-6);
        assert!(p.of(0.2) < 0.5 && p.of(0.4) > 0.5 && p.of(100.0) < 1.0 && p.of(-100.0) > 0.0);
    }
}
