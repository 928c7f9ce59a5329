//! The owned picture: upright, packed RGB.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::{Frame, Orientation, is_sound_size};
use crate::{Error, Result};

/// An upright picture of 8-bit red, green, blue; rows from top to bottom without gaps.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Image {
    /// A black picture.
    ///
    /// # Errors
    /// [`Error::ImageSize`] if a side is 0 or longer than [`MAX_SIDE_PX`](super::MAX_SIDE_PX), or the
    /// picture has more than [`MAX_PIXELS`](super::MAX_PIXELS) pixels.
    pub fn black(width: u32, height: u32) -> Result<Self> {
        Ok(Self { width, height, data: vec![0; byte_length(width, height)?] })
    }

    /// A picture from its pixels: `width * height * 3` bytes.
    ///
    /// # Errors
    /// [`Error::ImageSize`] as for [`Image::black`]; [`Error::ImageLength`] if `data` has another length.
    pub fn from_rgb(width: u32, height: u32, data: Vec<u8>) -> Result<Self> {
        let wanted = byte_length(width, height)?;
        if data.len() == wanted {
            Ok(Self { width, height, data })
        } else {
            Err(Error::ImageLength { given: data.len(), wanted })
        }
    }

    /// A black picture whose size is known to be sound.
    pub(super) fn black_of_checked_size(width: u32, height: u32) -> Self {
        Self { width, height, data: vec![0; width as usize * height as usize * 3] }
    }

    /// Columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels, row by row, three bytes each.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The pixels, to be changed in place.
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The pixels without the picture.
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// As PNG, without loss.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the encoder refuses, which no valid picture makes it do.
    pub fn to_png(&self) -> Result<Vec<u8>> {
        let mut png = Vec::new();
        let encoder = ::image::codecs::png::PngEncoder::new(&mut png);
        ::image::ImageEncoder::write_image(
            encoder,
            &self.data,
            self.width,
            self.height,
            ::image::ExtendedColorType::Rgb8,
        )
        .map_err(|e| Error::Malformed { format: "PNG", what: e.to_string() })?;
        Ok(png)
    }

    /// SHA-256 of width and height (32 bits each, little-endian) and the pixels: what records know a picture by.
    pub fn sha256(&self) -> [u8; 32] {
        let size = [self.width.to_le_bytes(), self.height.to_le_bytes()];
        Sha256::new().chain_update(size.as_flattened()).chain_update(&self.data).finalize().into()
    }

    /// Bytes of one row.
    pub(super) fn row_bytes(&self) -> usize {
        self.width as usize * 3
    }

    /// The picture as a frame, for calls that take one.
    pub fn frame(&self) -> Frame<'_> {
        Frame::of_image(self)
    }

    /// The picture turned: first the rotation, then the mirror.
    #[must_use]
    pub fn oriented(self, orientation: Orientation) -> Self {
        if orientation == Orientation::default() { self } else { self.frame().with_orientation(orientation).to_rgb() }
    }
}

/// Pixels stay out of logs.
impl fmt::Debug for Image {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Image {{ {} x {} }}", self.width, self.height)
    }
}

fn byte_length(width: u32, height: u32) -> Result<usize> {
    if is_sound_size(width, height) {
        Ok(width as usize * height as usize * 3)
    } else {
        Err(Error::ImageSize { width, height })
    }
}
