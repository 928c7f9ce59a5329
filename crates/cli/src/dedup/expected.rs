//! How many of the listed pairs chance alone would bring.

use std::fmt;

use facecert_core::calibration::Calibration;

/// The number of pairs of different people that reach a score by chance.
#[derive(Debug, PartialEq)]
pub struct Expected {
    pairs: f64,
    basis: Basis,
}

#[derive(Debug, PartialEq)]
enum Basis {
    /// The score lies within the calibrated range.
    Calibrated,
    /// Above it: the log of the false match rate was continued in a straight line.
    Extrapolated,
    /// Below it: at least so many.
    AtLeast,
}

/// What `calibration` expects of `compared` pairs of different people at `score`.
pub fn expected_false_pairs(calibration: &Calibration, compared: u64, score: f32) -> Expected {
    let (fmr, basis) = match (calibration.fmr_at(score), &calibration.points[..]) {
        (Some(fmr), _) => (fmr, Basis::Calibrated),
        (None, [first, ..]) if score < first.threshold => (first.fmr, Basis::AtLeast),
        (None, [.., above, last]) => {
            let step = f64::from(last.threshold - above.threshold).max(1e-6);
            let per_score = (last.fmr / above.fmr).ln() / step;
            (last.fmr * (per_score * f64::from(score - last.threshold)).exp(), Basis::Extrapolated)
        }
        (None, _) => (1.0, Basis::Extrapolated),
    };
    Expected { pairs: compared as f64 * fmr, basis }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.pairs;
        match self.basis {
            Basis::Calibrated => write!(f, "expected by chance: {pairs:.1} pairs of different people"),
            Basis::Extrapolated => {
                write!(
                    f,
                    "expected by chance: {pairs:.1} pairs of different people, extrapolated beyond the calibration"
                )
            }
            Basis::AtLeast => write!(f, "expected by chance: {pairs:.0} pairs of different people or more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use facecert_core::ContractId;
    use facecert_core::calibration::OperatingPoint;

    fn calibration() -> Calibration {
        let point = |fmr, threshold| OperatingPoint {
            fmr,
            threshold,
            low: threshold,
            high: threshold,
            false_matches: 100,
            extrapolated: false,
        };
        Calibration {
            format: 1,
            contract: ContractId::from_bytes([0; 32]),
            note: String::new(),
            persons: 0,
            templates: 0,
            impostor_pairs: 0,
            mated_pairs: 0,
            points: vec![point(1e-2, 0.2), point(1e-4, 0.3), point(1e-6, 0.4)],
            probability: None,
        }
    }

    #[test]
    fn follows_the_calibration_and_says_when_it_leaves_it() {
        let at = |score| expected_false_pairs(&calibration(), 1_000_000_000, score);
        assert_eq!(at(0.4).basis, Basis::Calibrated);
        assert!((at(0.4).pairs - 1000.0).abs() < 1.0);
        assert_eq!(at(0.5).basis, Basis::Extrapolated);
        assert!((at(0.5).pairs - 10.0).abs() < 0.1, "two powers of ten per 0.1");
        assert_eq!(at(0.1).basis, Basis::AtLeast);
        assert!(at(0.5).to_string().ends_with("10.0 pairs of different people, extrapolated beyond the calibration"));
    }
}
