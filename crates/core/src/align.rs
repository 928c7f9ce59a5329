//! Alignment: five points to the chip that an embedder takes.

use crate::error::Result;
use crate::frame::{Border, Image, warp};
use crate::geometry::Similarity;

/// The part of the image that `to_chip` carries into a chip of `[width, height]`; beyond the image its edge goes on.
pub(crate) fn chip(image: &Image, to_chip: &Similarity, [width, height]: [u32; 2]) -> Result<Image> {
    warp(image, &to_chip.matrix(), width, height, Border::Replicate)
}
