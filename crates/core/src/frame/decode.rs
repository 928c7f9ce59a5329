//! Files to pictures: one way in, with every limit checked before memory is taken.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use image::codecs::{bmp::BmpDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::{ColorType, ImageDecoder, ImageError};

use super::{Image, MAX_PIXELS, Orientation, Rotation, jpeg};
use crate::{Error, Result};

/// What a decoder may keep beside the picture (a line, a colour profile, a block of compressed data).
const MAX_SCRATCH_BYTES: u64 = 64 << 20;

/// What a file may cost. Checked on the header, before memory is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of the file.
    pub max_bytes: u64,
    /// The most pixels; never more than [`MAX_PIXELS`].
    pub max_pixels: u64,
    /// The most columns or rows, in pixels.
    pub max_side_px: u32,
}

impl Default for Limits {
    /// 20 MB, 40 megapixels, 12,000 pixels a side.
    fn default() -> Self {
        Self { max_bytes: 20_000_000, max_pixels: 40_000_000, max_side_px: 12_000 }
    }
}

/// The file formats that are told apart by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileFormat {
    Jpeg,
    Png,
    WebP,
    Bmp,
    /// Known, not read.
    Other(&'static str),
}

impl FileFormat {
    fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Bmp => "BMP",
            Self::Other(name) => name,
        }
    }

    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Self::Bmp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Other("GIF")),
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Some(Self::Other("TIFF")),
            [b'%', b'P', b'D', b'F', ..] => Some(Self::Other("PDF")),
            [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Some(Self::Other("JPEG XL")),
            [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => Some(Self::Other("JPEG 2000")),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => Some(Self::Other(iso_media(brand))),
            _ => None,
        }
    }
}

/// The format of an ISO base media file by its major brand (ISO/IEC 23008-12, AV1 image file format).
fn iso_media(brand: &[u8]) -> &'static str {
    match brand.get(..4) {
        Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => "HEIC",
        Some(b"avif" | b"avis") => "AVIF",
        _ => "MP4 or MOV video",
    }
}

impl Image {
    /// Reads and decodes a file; see [`Image::decode`].
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read, [`Error::Directory`] if it is a folder; else as [`Image::decode`].
    pub fn open(path: &Path, limits: &Limits) -> Result<Self> {
        Self::decode(&read_file(path, limits)?, limits)
    }

    /// Decodes a JPEG, PNG, WebP or BMP: upright (EXIF orientation applied), 8 bits a channel (16 bits are rounded),
    /// transparency laid on white, the first picture of an animation. The fourth byte of a BMP is ignored, since most
    /// writers leave it unset. CMYK JPEG is read in Adobe's (inverted) sense, without a colour profile.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotAnImage`], [`Error::FormatNotRead`] by the first bytes; [`Error::FileBytes`],
    /// [`Error::ImageSide`], [`Error::ImagePixels`] beyond the limits; [`Error::Truncated`], [`Error::Malformed`],
    /// [`Error::VariantNotRead`] or [`Error::JpegScans`] by what the file holds.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self> {
        if bytes.is_empty() {
            return Err(Error::Empty);
        }
        check_bytes(bytes.len() as u64, limits)?;
        let format = FileFormat::of(bytes).ok_or(Error::NotAnImage)?;
        let reader = Cursor::new(bytes);
        let fault = |error| from_decoder(format, error);
        match format {
            FileFormat::Jpeg => {
                jpeg::check(bytes)?;
                read(JpegDecoder::new(reader).map_err(fault)?, format, limits)
            }
            FileFormat::Png => {
                let mut bound = image::Limits::no_limits();
                bound.max_alloc = Some(MAX_SCRATCH_BYTES);
                read(PngDecoder::with_limits(reader, bound).map_err(fault)?, format, limits)
            }
            FileFormat::WebP => read(WebPDecoder::new(reader).map_err(fault)?, format, limits),
            FileFormat::Bmp => read(BmpDecoder::new(reader).map_err(fault)?, format, limits),
            FileFormat::Other(format) => Err(Error::FormatNotRead { format }),
        }
    }
}

fn read_file(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let fault = |error: io::Error| Error::File { what: error.to_string() };
    let file = File::open(path).map_err(fault)?;
    let metadata = file.metadata().map_err(fault)?;
    if metadata.is_dir() {
        return Err(Error::Directory);
    }
    check_bytes(metadata.len(), limits)?;
    // A pipe has no length: one byte beyond the limit is enough to know.
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    file.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(fault)?;
    Ok(bytes)
}

fn check_bytes(bytes: u64, limits: &Limits) -> Result<()> {
    if bytes > limits.max_bytes { Err(Error::FileBytes { bytes, max: limits.max_bytes }) } else { Ok(()) }
}

fn check_size(width: u32, height: u32, limits: &Limits) -> Result<()> {
    let pixels = u64::from(width) * u64::from(height);
    let max_pixels = limits.max_pixels.min(MAX_PIXELS);
    if width.max(height) > limits.max_side_px {
        Err(Error::ImageSide { width, height, max: limits.max_side_px })
    } else if pixels > max_pixels {
        Err(Error::ImagePixels { width, height, max: max_pixels })
    } else {
        Ok(())
    }
}

fn read(mut decoder: impl ImageDecoder, format: FileFormat, limits: &Limits) -> Result<Image> {
    let fault = |error| from_decoder(format, error);
    let (width, height) = decoder.dimensions();
    check_size(width, height, limits)?;
    let color = decoder.color_type();
    let orientation = decoder.orientation().map_err(fault)?;

    // The decoder's pixels go to the end of a buffer that has room for RGB, and are packed towards its beginning.
    let pixels = width as usize * height as usize;
    let pixel_bytes = usize::from(color.bytes_per_pixel());
    let mut data = vec![0; pixels * pixel_bytes.max(3)];
    let start = data.len() - pixels * pixel_bytes;
    decoder.read_image(&mut data[start..]).map_err(fault)?;
    pack_rgb(&mut data, start, color, format)?;
    data.truncate(pixels * 3);
    data.shrink_to_fit();
    Ok(Image::from_rgb(width, height, data)?.oriented(from_exif(orientation)))
}

/// Packs pixels of `color`, which begin at `start`, to RGB from the beginning of `data`. What is written never passes what
/// is yet to be read: three bytes a pixel from 0 stay behind `n` bytes a pixel that end at the same place or later.
fn pack_rgb(data: &mut [u8], start: usize, color: ColorType, format: FileFormat) -> Result<()> {
    let on_white = |[r, g, b]: [u8; 3], alpha: u8| {
        if format == FileFormat::Bmp { [r, g, b] } else { on_white([r, g, b], alpha) }
    };
    match color {
        ColorType::Rgb8 => {}
        ColorType::L8 => pack(data, start, |[l]| [l; 3]),
        ColorType::La8 => pack(data, start, |[l, a]| on_white([l; 3], a)),
        ColorType::Rgba8 => pack(data, start, |[r, g, b, a]| on_white([r, g, b], a)),
        ColorType::L16 => pack(data, start, |pixel: [u8; 2]| [eight_bits::<1>(&pixel)[0]; 3]),
        ColorType::La16 => pack(data, start, |pixel: [u8; 4]| {
            let [l, a] = eight_bits(&pixel);
            on_white([l; 3], a)
        }),
        ColorType::Rgb16 => pack(data, start, |pixel: [u8; 6]| eight_bits(&pixel)),
        ColorType::Rgba16 => pack(data, start, |pixel: [u8; 8]| {
            let [r, g, b, a] = eight_bits(&pixel);
            on_white([r, g, b], a)
        }),
        other => {
            return Err(Error::VariantNotRead { format: format.name(), what: format!("{other:?} samples") });
        }
    }
    Ok(())
}

fn pack<const N: usize>(data: &mut [u8], start: usize, rgb: impl Fn([u8; N]) -> [u8; 3]) {
    let pixels = (data.len() - start) / N;
    for index in 0..pixels {
        let mut pixel = [0; N];
        pixel.copy_from_slice(&data[start + index * N..][..N]);
        data[index * 3..][..3].copy_from_slice(&rgb(pixel));
    }
}

fn on_white(color: [u8; 3], alpha: u8) -> [u8; 3] {
    let alpha = u32::from(alpha);
    color.map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}

/// Samples of 16 bits in the machine's byte order, rounded to 8.
fn eight_bits<const N: usize>(pixel: &[u8]) -> [u8; N] {
    let samples = pixel.as_chunks::<2>().0;
    std::array::from_fn(|channel| ((u32::from(u16::from_ne_bytes(samples[channel])) * 255 + 32_767) / 65_535) as u8)
}

fn from_exif(orientation: image::metadata::Orientation) -> Orientation {
    use image::metadata::Orientation as Exif;
    let (rotation, mirror) = match orientation {
        Exif::NoTransforms => (Rotation::Deg0, false),
        Exif::Rotate90 => (Rotation::Deg90, false),
        Exif::Rotate180 => (Rotation::Deg180, false),
        Exif::Rotate270 => (Rotation::Deg270, false),
        Exif::FlipHorizontal => (Rotation::Deg0, true),
        Exif::FlipVertical => (Rotation::Deg180, true),
        Exif::Rotate90FlipH => (Rotation::Deg90, true),
        Exif::Rotate270FlipH => (Rotation::Deg270, true),
    };
    Orientation { rotation, mirror }
}

fn from_decoder(format: FileFormat, error: ImageError) -> Error {
    let format = format.name();
    match error {
        ImageError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => Error::Truncated { format },
        ImageError::Unsupported(error) => Error::VariantNotRead { format, what: one_line(&error) },
        error => Error::Malformed { format, what: one_line(&error) },
    }
}

fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
