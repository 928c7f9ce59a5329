//! Symmetric int8 quantisation of a row, with the norm of what it leaves behind.

/// Scale and residual of one quantised row: `x ~ scale * codes`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowScale {
    /// Value of one code step; above zero.
    pub scale: f32,
    /// Upper bound of the Euclidean norm of `x - scale * codes`.
    pub residual: f32,
}

/// Adding and subtracting this rounds an f32 below 2^22 to the nearest even integer.
const ROUND_TO_INTEGER: f32 = 12_582_912.0;

/// Writes the codes of `values` (finite, not all zero), each in -127..=127.
///
/// The rounding of a code does not matter for exactness: the residual is taken from what
/// was stored.
///
/// # Panics
/// If the two lengths differ.
pub fn quantize(values: &[f32], codes: &mut [i8]) -> RowScale {
    assert_eq!(values.len(), codes.len(), "one code per component");
    let largest = values.iter().fold(0.0_f32, |m, v| m.max(v.abs()));
    let scale = largest / 127.0;
    let steps = 127.0 / largest;
    for (code, &value) in codes.iter_mut().zip(values) {
        let rounded = (value * steps + ROUND_TO_INTEGER) - ROUND_TO_INTEGER;
        *code = rounded.clamp(-127.0, 127.0) as i8;
    }
    let squares: f64 = (values.iter().zip(codes.iter()))
        .map(|(&value, &code)| {
            let left = f64::from(value) - f64::from(code) * f64::from(scale);
            left * left
        })
        .sum();
    RowScale { scale, residual: up(squares.sqrt()) }
}

/// An f32 safely above `bound`, whose own error is below one part in a million.
#[must_use]
pub fn up(bound: f64) -> f32 {
    const SLACK: f64 = 1.0 + 1.0 / (1 << 20) as f64;
    ((bound * SLACK) as f32).next_up()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn residual_covers_the_rounding() {
        let values: Vec<f32> = (0..300).map(|k| (k as f32 * 0.37).sin() * 0.08).collect();
        let mut codes = vec![0; 300];
        let row = quantize(&values, &mut codes);
        let norm = (values.iter().zip(&codes))
            .map(|(&v, &q)| (f64::from(v) - f64::from(q) * f64::from(row.scale)).powi(2))
            .sum::<f64>()
            .sqrt();
        assert!(norm <= f64::from(row.residual));
        assert!(f64::from(row.residual) < norm * 1.000_01 + 1e-9);
        assert!(codes.contains(&127) || codes.contains(&-127));
        assert!(!codes.contains(&i8::MIN));
    }
}
