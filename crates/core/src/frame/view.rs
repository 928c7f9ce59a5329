//! A validated borrow of pixels.

use std::fmt;

use super::format::PlaneLayout;
use super::{Image, Orientation, PixelFormat, Rotation, YuvEncoding, is_sound_size};
use crate::{Error, Result};

/// One plane of a frame as its owner describes it.
#[derive(Clone, Copy)]
pub struct Plane<'a> {
    /// The whole plane, from its lowest address, whatever the sign of `row_stride`.
    pub data: &'a [u8],
    /// Bytes from one row to the next; negative if the first row comes last in memory (bottom-up images); 0 = packed.
    pub row_stride: isize,
    /// Bytes from one sample (or group of interleaved samples) to the next; 0 = packed.
    pub pixel_stride: usize,
}

impl<'a> Plane<'a> {
    /// A plane without gaps.
    pub fn packed(data: &'a [u8]) -> Self {
        Self { data, row_stride: 0, pixel_stride: 0 }
    }
}

/// Pixels stay out of logs.
impl fmt::Debug for Plane<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plane")
            .field("bytes", &self.data.len())
            .field("row_stride", &self.row_stride)
            .field("pixel_stride", &self.pixel_stride)
            .finish()
    }
}

/// A plane whose every row is known to lie inside its data.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    data: &'a [u8],
    /// Where row 0 begins.
    first: usize,
    row_stride: isize,
    /// Bytes that a row needs: up to the end of its last sample.
    row_bytes: usize,
    pub(super) pixel_stride: usize,
}

impl<'a> Rows<'a> {
    const EMPTY: Self = Self { data: &[], first: 0, row_stride: 0, row_bytes: 0, pixel_stride: 1 };

    /// Checks plane number `index` of an image of `width` x `height`.
    fn new(index: usize, layout: PlaneLayout, width: u32, height: u32, plane: &Plane<'a>) -> Result<Self> {
        let (columns, rows) = layout.size(width, height);
        let sample = layout.sample_bytes;
        let pixel_stride = if plane.pixel_stride == 0 { sample } else { plane.pixel_stride };
        if pixel_stride < sample {
            return Err(Error::FramePixelStride { plane: index, given: pixel_stride, wanted: sample });
        }
        // Strides and sizes come from outside: 128 bits hold every product of them.
        let row_bytes = (columns as u128 - 1) * pixel_stride as u128 + sample as u128;
        let row_step = match plane.row_stride {
            0 => columns as u128 * pixel_stride as u128,
            stride => stride.unsigned_abs() as u128,
        };
        if row_step < row_bytes {
            return Err(Error::FrameRowStride { plane: index, given: plane.row_stride, wanted: row_bytes });
        }
        let wanted = (rows as u128 - 1) * row_step + row_bytes;
        if (plane.data.len() as u128) < wanted {
            return Err(Error::FramePlaneLength { plane: index, given: plane.data.len(), wanted });
        }
        // A slice's length fits isize. With a single row the step is not used, and may not fit.
        let row_step = if rows == 1 { 0 } else { row_step as isize };
        let bottom_up = plane.row_stride < 0;
        Ok(Self {
            data: plane.data,
            first: if bottom_up { (rows - 1) * row_step as usize } else { 0 },
            row_stride: if bottom_up { -row_step } else { row_step },
            row_bytes: row_bytes as usize,
            pixel_stride,
        })
    }

    /// Row `y`, from its first to the end of its last sample.
    pub(super) fn row(&self, y: usize) -> &'a [u8] {
        let start = self.first.wrapping_add_signed(self.row_stride * y as isize);
        &self.data[start..start + self.row_bytes]
    }
}

/// Borrowed pixels: validated when made, trusted afterwards.
///
/// ```
/// use facecert_core::frame::{Frame, PixelFormat, Plane};
///
/// // Android's YUV_420_888: chroma planes with a pixel stride of 2 that overlap in one buffer.
/// let (luma, chroma) = ([128; 64 * 48], [128; 64 * 24]);
/// let planes = [
///     Plane::packed(&luma),
///     Plane { data: &chroma[..64 * 24 - 1], row_stride: 64, pixel_stride: 2 },
///     Plane { data: &chroma[1..], row_stride: 64, pixel_stride: 2 },
/// ];
/// let frame = Frame::new(PixelFormat::I420, 64, 48, &planes)?.with_rotation_degrees(90)?;
/// assert_eq!(frame.upright_size(), (48, 64));
/// assert_eq!(frame.to_rgb().data()[..3], [128, 128, 128]);
/// # Ok::<(), facecert_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    pub(super) format: PixelFormat,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) orientation: Orientation,
    pub(super) yuv: YuvEncoding,
    pub(super) planes: [Rows<'a>; 3],
}

impl<'a> Frame<'a> {
    /// A frame of `width` x `height` pixels as stored, upright and BT.601 full range until told otherwise.
    ///
    /// A plane needs `(rows - 1) * |row_stride| + (columns - 1) * pixel_stride + sample bytes`: the last row may end at
    /// its last sample. Planes may overlap.
    ///
    /// # Errors
    /// [`Error::FrameSize`], [`Error::FramePlanes`], [`Error::FramePixelStride`], [`Error::FrameRowStride`] or
    /// [`Error::FramePlaneLength`]; each names the plane, the number given and the number wanted.
    pub fn new(format: PixelFormat, width: u32, height: u32, planes: &[Plane<'a>]) -> Result<Self> {
        if !is_sound_size(width, height) {
            return Err(Error::FrameSize { width, height });
        }
        let layout = format.layout();
        if planes.len() != layout.len() {
            return Err(Error::FramePlanes { format, given: planes.len(), wanted: layout.len() });
        }
        let mut rows = [Rows::EMPTY; 3];
        for (index, (plane, layout)) in planes.iter().zip(layout).enumerate() {
            rows[index] = Rows::new(index, *layout, width, height, plane)?;
        }
        let (orientation, yuv) = Default::default();
        Ok(Self { format, width, height, orientation, yuv, planes: rows })
    }

    /// An image seen as a frame; its invariants are those of a packed RGB frame.
    pub(super) fn of_image(image: &'a Image) -> Self {
        let (width, height, row_bytes) = (image.width(), image.height(), image.row_bytes());
        let rows = Rows { data: image.data(), first: 0, row_stride: row_bytes as isize, row_bytes, pixel_stride: 3 };
        let (orientation, yuv) = Default::default();
        Self { format: PixelFormat::Rgb, width, height, orientation, yuv, planes: [rows, Rows::EMPTY, Rows::EMPTY] }
    }

    /// The same frame, to be turned clockwise by 0, 90, 180 or 270 degrees.
    ///
    /// # Errors
    /// [`Error::FrameRotation`] for another number of degrees.
    pub fn with_rotation_degrees(mut self, degrees: u32) -> Result<Self> {
        self.orientation.rotation = Rotation::from_degrees(degrees)?;
        Ok(self)
    }

    /// The same frame with another orientation.
    #[must_use]
    pub fn with_orientation(self, orientation: Orientation) -> Self {
        Self { orientation, ..self }
    }

    /// The same frame with another meaning of its YUV samples.
    #[must_use]
    pub fn with_yuv(self, yuv: YuvEncoding) -> Self {
        Self { yuv, ..self }
    }

    /// Width and height of the upright image, in whose pixels all boxes and points are given.
    pub fn upright_size(&self) -> (u32, u32) {
        self.orientation.upright_size(self.width, self.height)
    }
}

/// Pixels stay out of logs.
impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame {{ {:?} {} x {}, {:?} }}", self.format, self.width, self.height, self.orientation)
    }
}
