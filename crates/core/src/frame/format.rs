//! How pixels are laid out, coloured and turned.

use crate::{Error, Result};

/// The pixel formats that cameras, decoders and ID-card readers hand over; 8 bits per sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PixelFormat {
    /// One plane, red first.
    Rgb,
    /// One plane, blue first.
    Bgr,
    /// One plane, red first; the fourth byte is ignored.
    Rgba,
    /// One plane, blue first; the fourth byte is ignored.
    Bgra,
    /// One plane of luminance, full range.
    Gray,
    /// A plane of Y, and one of interleaved U, V at half size.
    Nv12,
    /// A plane of Y, and one of interleaved V, U at half size.
    Nv21,
    /// Planes of Y, U and V, the latter two at half size. With a pixel stride of 2 this is also Android's
    /// `YUV_420_888`, whose chroma planes may overlap.
    I420,
    /// One plane of Y, U, Y, V: two pixels in four bytes.
    Yuyv,
}

/// One plane of a format: how often the plane is subsampled, and the bytes of one sample group.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlaneLayout {
    columns_halved: bool,
    rows_halved: bool,
    pub(super) sample_bytes: usize,
}

impl PlaneLayout {
    const fn full(sample_bytes: usize) -> Self {
        Self { columns_halved: false, rows_halved: false, sample_bytes }
    }

    const fn quarter(sample_bytes: usize) -> Self {
        Self { columns_halved: true, rows_halved: true, sample_bytes }
    }

    /// Columns and rows of this plane in an image of `width` x `height`; odd sides round up.
    pub(super) fn size(self, width: u32, height: u32) -> (usize, usize) {
        let side = |length: u32, halved: bool| if halved { length.div_ceil(2) } else { length } as usize;
        (side(width, self.columns_halved), side(height, self.rows_halved))
    }
}

impl PixelFormat {
    /// Every format, for tests and listings.
    pub const ALL: [Self; 9] =
        [Self::Rgb, Self::Bgr, Self::Rgba, Self::Bgra, Self::Gray, Self::Nv12, Self::Nv21, Self::I420, Self::Yuyv];

    /// The number of planes: 1, 2 or 3.
    pub fn planes(self) -> usize {
        self.layout().len()
    }

    pub(super) fn layout(self) -> &'static [PlaneLayout] {
        const GRAY: [PlaneLayout; 1] = [PlaneLayout::full(1)];
        const THREE_BYTES: [PlaneLayout; 1] = [PlaneLayout::full(3)];
        const FOUR_BYTES: [PlaneLayout; 1] = [PlaneLayout::full(4)];
        const SEMI_PLANAR: [PlaneLayout; 2] = [PlaneLayout::full(1), PlaneLayout::quarter(2)];
        const PLANAR: [PlaneLayout; 3] = [PlaneLayout::full(1), PlaneLayout::quarter(1), PlaneLayout::quarter(1)];
        const PAIRS: [PlaneLayout; 1] = [PlaneLayout { columns_halved: true, rows_halved: false, sample_bytes: 4 }];
        match self {
            Self::Gray => &GRAY,
            Self::Rgb | Self::Bgr => &THREE_BYTES,
            Self::Rgba | Self::Bgra => &FOUR_BYTES,
            Self::Nv12 | Self::Nv21 => &SEMI_PLANAR,
            Self::I420 => &PLANAR,
            Self::Yuyv => &PAIRS,
        }
    }
}

/// Degrees clockwise that make the stored image upright (Android `CameraX`: `rotationDegrees`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rotation {
    /// The image is stored upright.
    #[default]
    Deg0,
    /// Turn by 90 degrees clockwise.
    Deg90,
    /// Turn by 180 degrees.
    Deg180,
    /// Turn by 270 degrees clockwise.
    Deg270,
}

impl Rotation {
    /// From the number of degrees, so that nobody needs a table.
    ///
    /// # Errors
    /// [`Error::FrameRotation`] for anything but 0, 90, 180 and 270.
    pub fn from_degrees(degrees: u32) -> Result<Self> {
        match degrees {
            0 => Ok(Self::Deg0),
            90 => Ok(Self::Deg90),
            180 => Ok(Self::Deg180),
            270 => Ok(Self::Deg270),
            _ => Err(Error::FrameRotation { degrees }),
        }
    }
}

/// What turns the stored image into the upright one: first the rotation, then the mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Orientation {
    /// Turn clockwise.
    pub rotation: Rotation,
    /// Then swap left and right.
    pub mirror: bool,
}

impl Orientation {
    /// The size of the upright image for a stored one of `width` x `height`.
    pub fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        match self.rotation {
            Rotation::Deg0 | Rotation::Deg180 => (width, height),
            Rotation::Deg90 | Rotation::Deg270 => (height, width),
        }
    }
}

/// The luma weights of a YUV image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum YuvMatrix {
    /// ITU-R BT.601: JPEG, Android and nearly every camera preview.
    #[default]
    Bt601,
    /// ITU-R BT.709: HD video.
    Bt709,
}

/// The range of a YUV image's samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum YuvRange {
    /// Y and chroma use 0 to 255.
    #[default]
    Full,
    /// Y uses 16 to 235, chroma 16 to 240.
    Limited,
}

/// How YUV samples mean colours; ignored by the other formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct YuvEncoding {
    /// The luma weights.
    pub matrix: YuvMatrix,
    /// The samples' range.
    pub range: YuvRange,
}
