//! The text of the code, and how it is read back from a picture.

use crate::reason::Reason;
use image::{ImageReader, Limits};
use std::io::Cursor;

const PREFIX: &str = "FCR1:";
/// zlib's best compression; a receipt is small, its code is printed.
const LEVEL: u8 = 9;
/// The largest unpacked receipt that is read.
const MAX_BYTES: usize = 4 * 1024;
/// The longest text that a QR code can hold in alphanumeric mode.
const MAX_TEXT_BYTES: usize = 4296;
const MAX_SIDE_PX: u32 = 12_000;
const MAX_PICTURE_BYTES: u64 = 512 << 20;

pub(super) fn to_text(signed: &[u8]) -> String {
    PREFIX.to_owned() + &base45::encode(miniz_oxide::deflate::compress_to_vec_zlib(signed, LEVEL))
}

/// `None` for a text that is not a receipt's.
pub(super) fn from_text(text: &str) -> Option<Vec<u8>> {
    // A space is a digit of Base45, so only line ends are taken off.
    let text = text.trim_end_matches(['\r', '\n']);
    if text.len() > MAX_TEXT_BYTES {
        return None;
    }
    let packed = base45::decode(text.strip_prefix(PREFIX)?).ok()?;
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&packed, MAX_BYTES).ok()
}

/// The text of the receipt's code in a picture (PNG or JPEG).
///
/// # Errors
/// [`Reason::Damaged`] if it is no such picture, or larger than 12,000 pixels on a side;
/// [`Reason::NoCode`] if no receipt's code is read in it.
pub fn text_in_picture(picture: &[u8]) -> Result<String, Reason> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE_PX);
    limits.max_image_height = Some(MAX_SIDE_PX);
    limits.max_alloc = Some(MAX_PICTURE_BYTES);
    let mut reader = ImageReader::new(Cursor::new(picture)).with_guessed_format().map_err(|_| Reason::Damaged)?;
    reader.limits(limits);
    let luma = reader.decode().map_err(|_| Reason::Damaged)?.into_luma8();
    let (width, height) = luma.dimensions();
    let pixel = |x: usize, y: usize| luma.get_pixel(x as u32, y as u32).0[0];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, pixel);
    prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .find(|text| text.starts_with(PREFIX))
        .ok_or(Reason::NoCode)
}
