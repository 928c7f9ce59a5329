//! Shrinking by area, exactly.

use super::Image;

/// A part of a picture: columns and rows from `left`, `top`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The region shrunk to `width` x `height` (no larger than the region, at least 1): every pixel is the mean of the
/// source pixels under it, weighted by the area that they share with it, rounded half up.
///
/// Exact in integers: in a unit in which a source pixel is `width` wide, a target pixel is `region.width` wide.
pub(super) fn shrink(image: &Image, region: Region, width: u32, height: u32) -> Image {
    let mut target = Image::black_of_checked_size(width, height);
    let columns = Shares::new(region.width, width);
    let rows = Shares::new(region.height, height);
    let (row_bytes, target_row_bytes) = (image.row_bytes(), target.row_bytes());
    let total = u64::from(region.width) * u64::from(region.height);
    let region_bytes = region.width as usize * 3;
    let first_byte = region.left as usize * 3;
    let mut sums = vec![0_u32; region_bytes];

    for (y, target_row) in target.data_mut().chunks_exact_mut(target_row_bytes).enumerate() {
        sums.fill(0);
        for (source_y, weight) in rows.of(y) {
            let start = (region.top as usize + source_y) * row_bytes + first_byte;
            for (sum, byte) in sums.iter_mut().zip(&image.data()[start..start + region_bytes]) {
                *sum += u32::from(*byte) * weight;
            }
        }
        let sums = sums.as_chunks::<3>().0;
        for (x, pixel) in target_row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            let mut sum = [total / 2; 3];
            for (source_x, weight) in columns.of(x) {
                for (sum, column) in sum.iter_mut().zip(sums[source_x]) {
                    *sum += u64::from(column) * u64::from(weight);
                }
            }
            *pixel = sum.map(|sum| (sum / total) as u8);
        }
    }
    target
}

/// Which source pixels lie under a target pixel along one side, and how much of each.
struct Shares {
    source: u64,
    target: u64,
}

impl Shares {
    fn new(source: u32, target: u32) -> Self {
        Self { source: u64::from(source), target: u64::from(target) }
    }

    /// Source positions under target position `index` with their weights, which sum to the source's length.
    fn of(&self, index: usize) -> impl Iterator<Item = (usize, u32)> + use<> {
        let (source, target) = (self.source, self.target);
        let (start, end) = (index as u64 * source, (index as u64 + 1) * source);
        (start / target..end.div_ceil(target)).map(move |position| {
            let shared = end.min((position + 1) * target) - start.max(position * target);
            (position as usize, shared as u32)
        })
    }
}
