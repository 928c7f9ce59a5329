//! The proven bound of the int8 screen.
//!
//! Write `x` for a row, `x^ = scale * codes` for what was stored of it, and `s^ = <x^, y^>`.
//! Then `<x, y> - s^ = <x, y - y^> + <x - x^, y^>`, so by Cauchy and Schwarz
//!
//! ```text
//! | <x, y> - s^ |  <=  |x| * residual_y + residual_x * |y^|
//! ```
//!
//! With `|x| <= 1 + 1e-5` the [upper bound](upper) is never below the reference score.

use crate::quantize::up;

/// Covers, for at most 1024 components of unit-norm rows: the f64 sum and the rounding of
/// the reference score (below 6.1e-8), the norm slack of 1e-5 times the residual (below
/// 2e-7) and the f32 arithmetic of screen and bound (below 1.1e-6).
pub const EPSILON: f32 = 4e-6;

/// An upper bound of the reference score of a row and a query.
///
/// `norm_y` is an upper bound of `|y^|`.
#[must_use]
pub fn upper(dot: f32, residual_x: f32, residual_y: f32, norm_y: f32) -> f32 {
    dot + residual_y + norm_y * residual_x + EPSILON
}

/// An upper bound of `|y^|`: that of a unit-norm row and its residual.
#[must_use]
pub fn coded_norm(residual: f32) -> f32 {
    up(1.0 + 1e-5 + f64::from(residual))
}

/// The screen of one query at one threshold: a row may reach the threshold if and only if
/// `dot_of_codes + norm * slack - cut * inverse >= 0`, where `slack` and `inverse` are those
/// of [`PanelBounds`](crate::panel::PanelBounds).
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// `(threshold - EPSILON - residual_y) / scale_y`.
    pub cut: f32,
    /// `norm_y / scale_y`.
    pub norm: f32,
}

impl Screen {
    /// Lets nothing pass; finite, since `0 * infinity` is NaN.
    pub const CLOSED: Self = Self { cut: 1e12, norm: 0.0 };

    /// The screen of a query for `threshold`; minus infinity lets everything pass.
    #[must_use]
    pub fn new(threshold: f32, scale_y: f32, residual_y: f32, norm_y: f32) -> Self {
        let cut = (threshold - EPSILON - residual_y) / scale_y;
        Self { cut: cut.clamp(-1e12, 1e12), norm: norm_y / scale_y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::quantize;
    use crate::reference::score;
    use crate::template::{ContractId, Template};
    use proptest::prelude::*;

    fn unit(values: &[f32]) -> Option<Template> {
        Template::new(ContractId::from_bytes([0; 32]), values).ok()
    }

    proptest! {
        #[test]
        fn covers_the_reference_score(
            raw_x in prop::collection::vec(-1.0_f32..1.0, 64..=1024),
            noise in prop::collection::vec(-1.0_f32..1.0, 1024),
            nearness in 0.0_f32..1.0,
            peak in 0_usize..64,
        ) {
            let mut raw_y: Vec<f32> = raw_x.iter().zip(&noise)
                .map(|(x, n)| nearness * x + (1.0 - nearness) * n).collect();
            raw_y[peak] *= 100.0;
            let (Some(x), Some(y)) = (unit(&raw_x), unit(&raw_y)) else { return Ok(()) };
            let (mut qx, mut qy) = (vec![0; raw_x.len()], vec![0; raw_x.len()]);
            let (sx, sy) = (quantize(x.values(), &mut qx), quantize(y.values(), &mut qy));
            let dot: i32 = qx.iter().zip(&qy).map(|(&a, &b)| i32::from(a) * i32::from(b)).sum();
            let squares: f64 = qy.iter().map(|&q| f64::from(q).powi(2)).sum();
            let norm_y = coded_norm(sy.residual);
            prop_assert!(f64::from(norm_y) >= f64::from(sy.scale) * squares.sqrt());
            let bound = upper(sx.scale * sy.scale * dot as f32, sx.residual, sy.residual, norm_y);
            let exact = score(x.values(), y.values());
            prop_assert!(bound >= exact);

            let screen = Screen::new(exact, sy.scale, sy.residual, norm_y);
            let (inverse, slack) = (1.0 / sx.scale, up(f64::from(sx.residual) / f64::from(sx.scale)));
            prop_assert!(dot as f32 + screen.norm * slack - screen.cut * inverse >= 0.0);
        }
    }
}
