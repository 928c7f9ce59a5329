//! Distances of sign bits, eight rows at a time.

#[cfg(target_arch = "x86_64")]
use super::Isa;
use super::Kernel;

/// Rows whose words lie side by side.
pub(crate) const SKETCH_ROWS: usize = 8;

impl Kernel {
    /// Shows `on_row` every row whose bits differ from those of `query` in at most `cut`
    /// places. `bits` holds one block of eight rows after the other, word by word.
    pub(crate) fn near(self, bits: &[[u64; SKETCH_ROWS]], query: &[u64], cut: u32, on_row: &mut dyn FnMut(usize)) {
        match self.isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 | Isa::Amx if is_x86_feature_detected!("avx512vpopcntdq") => {
                // SAFETY: just detected, and a kernel exists only for an available set.
                unsafe { near_avx512(bits, query, cut, on_row) }
            }
            _ => near(bits, query, cut, on_row),
        }
    }
}

#[inline]
fn near(bits: &[[u64; SKETCH_ROWS]], query: &[u64], cut: u32, on_row: &mut dyn FnMut(usize)) {
    for (block, words) in bits.chunks_exact(query.len()).enumerate() {
        let mut distances = [0; SKETCH_ROWS];
        for (rows, &word) in words.iter().zip(query) {
            for (distance, row) in distances.iter_mut().zip(rows) {
                *distance += u64::from((row ^ word).count_ones());
            }
        }
        let mut nearest = u64::MAX;
        for distance in distances {
            nearest = nearest.min(distance);
        }
        if nearest <= u64::from(cut) {
            for (row, distance) in distances.into_iter().enumerate() {
                if distance <= u64::from(cut) {
                    on_row(block * SKETCH_ROWS + row);
                }
            }
        }
    }
}

/// The same, compiled for one instruction that counts the bits of eight words.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vpopcntdq")]
fn near_avx512(bits: &[[u64; SKETCH_ROWS]], query: &[u64], cut: u32, on_row: &mut dyn FnMut(usize)) {
    near(bits, query, cut, on_row);
}
