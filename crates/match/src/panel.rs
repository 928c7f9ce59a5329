//! The memory layout that kernels read: 64 rows, components interleaved by four.
//!
//! Byte `(k / 4) * 256 + row * 4 + k % 4` of a panel holds `code + 128` of component `k` of
//! a row, so that one 64-byte line is 16 rows by 4 components. The dimension is padded to a
//! multiple of four with code 0. Rows that do not exist have code 0 throughout.

use crate::quantize::{RowScale, up};

/// Rows of a panel.
pub const PANEL_ROWS: usize = 64;

/// Bytes of four components of all rows of a panel.
pub(crate) const GROUP_BYTES: usize = 4 * PANEL_ROWS;

/// A stored byte differs from the signed code in this bit.
pub(crate) const CODE_FLIP: u8 = 0x80;

/// Groups of four components.
#[must_use]
pub const fn groups(dim: usize) -> usize {
    dim.div_ceil(4)
}

/// Bytes of a panel: 64 times the dimension padded to a multiple of four.
#[must_use]
pub const fn panel_bytes(dim: usize) -> usize {
    groups(dim) * GROUP_BYTES
}

/// The positions of the bits that are set, lowest first.
pub(crate) fn set_bits(mut mask: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = mask.trailing_zeros();
        mask &= mask.checked_sub(1)?;
        Some(at as usize)
    })
}

/// Writes the codes of row `row` into a panel.
///
/// # Panics
/// If `row` is not below 64 or the panel is shorter than [`panel_bytes`].
pub fn write_row(panel: &mut [u8], row: usize, codes: &[i8]) {
    assert!(row < PANEL_ROWS, "a panel has 64 rows");
    for (group, quad) in panel.chunks_exact_mut(GROUP_BYTES).zip(codes.chunks(4)) {
        for (byte, &code) in group[row * 4..].iter_mut().zip(quad) {
            *byte = code as u8 ^ CODE_FLIP;
        }
    }
}

/// The two factors of the screen and the two numbers of the bound, for each row of a panel.
///
/// Rows that do not exist have residual 0 and scale 1: finite values that no kernel trips
/// over.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct PanelBounds {
    /// `1 / scale`.
    pub inverse: [f32; PANEL_ROWS],
    /// Upper bound of `residual / scale`.
    pub slack: [f32; PANEL_ROWS],
    /// Value of one code step.
    pub scale: [f32; PANEL_ROWS],
    /// Upper bound of the norm of what quantisation left behind.
    pub residual: [f32; PANEL_ROWS],
}

impl PanelBounds {
    /// Bounds of a panel without rows.
    pub const EMPTY: Self = Self {
        inverse: [1.0; PANEL_ROWS],
        slack: [0.0; PANEL_ROWS],
        scale: [1.0; PANEL_ROWS],
        residual: [0.0; PANEL_ROWS],
    };

    /// Sets row `row`.
    ///
    /// # Panics
    /// If `row` is not below 64.
    pub fn set(&mut self, row: usize, quantized: RowScale) {
        let RowScale { scale, residual } = quantized;
        self.inverse[row] = 1.0 / scale;
        self.slack[row] = up(f64::from(residual) / f64::from(scale));
        self.scale[row] = scale;
        self.residual[row] = residual;
    }
}

/// A borrowed panel.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    /// [`panel_bytes`] bytes, starting on a 64-byte line.
    pub codes: &'a [u8],
    /// Scales and residuals.
    pub bounds: &'a PanelBounds,
    /// Bit `r` is set when row `r` exists and was not removed.
    pub live: u64,
}

impl Panel<'_> {
    /// The codes of row `row`, four at a time, as kernels take them for a query.
    pub(crate) fn row_groups(&self, row: usize) -> impl Iterator<Item = [i8; 4]> {
        self.codes.chunks_exact(GROUP_BYTES).map(move |group| {
            let quad = group[row * 4..].first_chunk().copied().unwrap_or_default();
            let flipped = u32::from_ne_bytes(quad) ^ u32::from_ne_bytes([CODE_FLIP; 4]);
            flipped.to_ne_bytes().map(u8::cast_signed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_comes_back() {
        let dim = 66;
        let mut bytes = vec![CODE_FLIP; panel_bytes(dim)];
        let codes: Vec<i8> = (0..dim).map(|k| (k as i8).wrapping_mul(5)).collect();
        write_row(&mut bytes, 63, &codes);
        let panel = Panel { codes: &bytes, bounds: &PanelBounds::EMPTY, live: 1 << 63 };
        let back: Vec<i8> = panel.row_groups(63).flatten().collect();
        assert_eq!(back[..dim], codes);
        assert_eq!(back[dim..], [0, 0]);
        assert!(panel.row_groups(62).flatten().all(|code| code == 0));
    }
}
