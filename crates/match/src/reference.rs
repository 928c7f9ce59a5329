//! The reference score: the definition that every answer of this crate is equal to.

/// Cosine of two unit-norm rows: products exact in f64, summed in f64 in index order,
/// rounded once to f32.
///
/// Both norms are one within 1e-5, so the score lies in -1.0001..=1.0001. It is not clamped:
/// a template with itself may score a last bit above one.
///
/// Components beyond the shorter row are not read.
#[must_use]
pub fn score(x: &[f32], y: &[f32]) -> f32 {
    x.iter().zip(y).fold(0.0, |sum, (&a, &b)| sum + f64::from(a) * f64::from(b)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{ContractId, Template};

    #[test]
    fn adds_in_index_order_in_f64() {
        let tiny = 2.0_f32.powi(-30);
        // (1 + 2^-60) - 1 is 0 in f64; any other order keeps the 2^-60.
        assert_eq!(score(&[1.0, tiny, -1.0], &[1.0, tiny, 1.0]).to_bits(), 0);
        assert_eq!(score(&[1.0, -1.0, tiny], &[1.0, 1.0, tiny]).to_bits(), (tiny * tiny).to_bits());
    }

    #[test]
    fn stays_within_its_documented_range() {
        for dim in [64, 65, 512, 1024] {
            let values: Vec<f32> = (0..dim).map(|k| ((k * k) as f32).cos()).collect();
            let opposite: Vec<f32> = values.iter().map(|v| -v).collect();
            let contract = ContractId::from_bytes([0; 32]);
            let x = Template::new(contract, &values).expect("finite");
            let y = Template::new(contract, &opposite).expect("finite");
            assert!((score(x.values(), x.values()) - 1.0).abs() <= 1e-4);
            assert!((score(x.values(), y.values()) + 1.0).abs() <= 1e-4);
        }
    }
}
