//! What can go wrong in this crate; every variant has a frozen number.

use crate::frame::{MAX_PIXELS, MAX_SIDE_PX, PixelFormat};

/// The result of a call into this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this crate. Its text is one line and says what to do; the caller adds the file's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A frame without pixels, or with too many.
    #[error(
        "frame of {width} x {height} pixels: each side must be 1 to {MAX_SIDE_PX}, and the whole at most {MAX_PIXELS} pixels"
    )]
    FrameSize {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A rotation that is no quarter turn.
    #[error("frame: rotation is {degrees}; give the degrees clockwise: 0, 90, 180 or 270")]
    FrameRotation {
        /// The number given.
        degrees: u32,
    },
    /// The wrong number of planes.
    #[error("frame: {format:?} has {wanted} plane(s), {given} given")]
    FramePlanes {
        /// The frame's format.
        format: PixelFormat,
        /// Planes given.
        given: usize,
        /// Planes wanted.
        wanted: usize,
    },
    /// Samples that would overlap.
    #[error("frame: plane {plane} has a pixel stride of {given} bytes; it must be 0 (packed) or at least {wanted}")]
    FramePixelStride {
        /// The plane, from 0.
        plane: usize,
        /// The stride given, in bytes.
        given: usize,
        /// The smallest stride, in bytes.
        wanted: usize,
    },
    /// Rows that would overlap.
    #[error(
        "frame: plane {plane} has a row stride of {given} bytes; it must be 0 (packed) or at least {wanted} either way"
    )]
    FrameRowStride {
        /// The plane, from 0.
        plane: usize,
        /// The stride given, in bytes.
        given: isize,
        /// The bytes of a row.
        wanted: u128,
    },
    /// A buffer that ends before its last sample.
    #[error("frame: plane {plane} has {given} bytes; size and strides need {wanted}")]
    FramePlaneLength {
        /// The plane, from 0.
        plane: usize,
        /// Bytes given.
        given: usize,
        /// Bytes wanted.
        wanted: u128,
    },
    /// An image without pixels, or with too many.
    #[error(
        "image of {width} x {height} pixels: each side must be 1 to {MAX_SIDE_PX}, and the whole at most {MAX_PIXELS} pixels"
    )]
    ImageSize {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Pixels that do not fit the image's size.
    #[error("image: {given} bytes given; width, height and three channels need {wanted}")]
    ImageLength {
        /// Bytes given.
        given: usize,
        /// Bytes wanted.
        wanted: usize,
    },
    /// The resizer refused.
    #[error("image: cannot be resized: {what}")]
    Resize {
        /// What the resizer said.
        what: String,
    },
    /// A warp that is not finite or flattens the image.
    #[error("warp: the matrix must be finite and invertible")]
    Transform,
    /// A file that cannot be read.
    #[error("cannot be read ({what}); check the path and its permissions")]
    File {
        /// What the operating system said.
        what: String,
    },
    /// A folder where an image file was wanted.
    #[error("is a directory; give an image file")]
    Directory,
    /// A file of no bytes.
    #[error("is empty; copy or send the photo again")]
    Empty,
    /// A file that begins like no image format.
    #[error("is not an image; give a JPEG, PNG, WebP or BMP file")]
    NotAnImage,
    /// A known format that is not read.
    #[error("is {format}, which is not read; save or send it as JPEG or PNG")]
    FormatNotRead {
        /// The format's name.
        format: &'static str,
    },
    /// A variant of a format that is not read.
    #[error("is a {format} of a kind that is not read ({what}); save it as an 8-bit RGB JPEG or PNG")]
    VariantNotRead {
        /// The format's name.
        format: &'static str,
        /// What is not read.
        what: String,
    },
    /// A file beyond the limit of bytes.
    #[error("has {bytes} bytes, more than the limit of {max}; send a smaller photo")]
    FileBytes {
        /// Bytes of the file, as far as known.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// An image beyond the limit of pixels.
    #[error("has {width} x {height} pixels, more than the limit of {max}; send a smaller photo")]
    ImagePixels {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// The limit.
        max: u64,
    },
    /// An image beyond the limit of a side.
    #[error("has {width} x {height} pixels; no side may be longer than {max}; send a smaller photo")]
    ImageSide {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
        /// The limit.
        max: u32,
    },
    /// A file that ends before its image does.
    #[error("is a {format} file whose end is missing; copy or send the photo again")]
    Truncated {
        /// The format's name.
        format: &'static str,
    },
    /// A file whose content is faulty.
    #[error("is a damaged {format} file ({what}); copy or send the photo again")]
    Malformed {
        /// The format's name.
        format: &'static str,
        /// What the decoder said.
        what: String,
    },
    /// A JPEG with so many scans that decoding would not end.
    #[error("is a JPEG of more than {max} scans; save the photo anew")]
    JpegScans {
        /// The limit.
        max: u32,
    },
    /// A model pack has a fault: which file or key, what is wrong, what to do.
    #[error("model pack: {what}")]
    Pack {
        /// The file or key, and its fault.
        what: String,
    },
    /// A net could not be loaded or run.
    #[error("net {net}: {what}")]
    Net {
        /// The net's id in the manifest.
        net: String,
        /// What the runtime said, on one line.
        what: String,
    },
    /// An input size that the pack's detector does not have.
    #[error("detector: no input size {width} x {height} in this pack; choose one that its manifest lists")]
    DetectorSize {
        /// Columns.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// A chip of the wrong size.
    #[error("chip: must be {width} x {height} pixels, aligned")]
    ChipSize {
        /// Columns wanted.
        width: u32,
        /// Rows wanted.
        height: u32,
    },
    /// Five points that do not span a face.
    #[error("face: the five points coincide or are not finite; detect the face again")]
    Alignment,
    /// Templates of different embedders.
    #[error("templates of different contracts cannot be compared; make both with the same pack")]
    Contract,
    /// A calibration has a fault.
    #[error("calibration: {what}")]
    Calibration {
        /// What is wrong and what to do.
        what: String,
    },
    /// A false match rate outside the calibration.
    #[error("false match rate {fmr} is outside the calibration; ask for one between 1e-6 and 1e-2")]
    Fmr {
        /// The rate asked for.
        fmr: String,
    },
    /// A pack without a calibration.
    #[error("the pack has no calibration, so no threshold can be given; make one with `facecert calibrate`")]
    NoCalibration,
    /// A frame that comes before the last one.
    #[error("session: frame at {given_ms} ms comes before the last one at {last_ms} ms; feed frames in order")]
    SessionTime {
        /// The frame's time.
        given_ms: u64,
        /// The last frame's time.
        last_ms: u64,
    },
    /// More actions asked for than are possible.
    #[error(
        "session: {wanted} action(s) to ask for, {possible} possible; rule out fewer, ask for fewer, or for none to only look"
    )]
    Challenge {
        /// Actions to ask for.
        wanted: usize,
        /// Actions possible.
        possible: usize,
    },
    /// A nonce of the wrong form.
    #[error("nonce: give 8 to 64 bytes in hexadecimal")]
    Nonce,
    /// A capture package has a fault.
    #[error("capture package: {what}")]
    Package {
        /// What is wrong and what to do.
        what: String,
    },
}

impl Error {
    /// The frozen number of this error (1000-1999 belong to this crate).
    pub fn number(&self) -> u32 {
        match self {
            Self::FrameSize { .. } => 1100,
            Self::FrameRotation { .. } => 1101,
            Self::FramePlanes { .. } => 1102,
            Self::FramePixelStride { .. } => 1103,
            Self::FrameRowStride { .. } => 1104,
            Self::FramePlaneLength { .. } => 1105,
            Self::ImageSize { .. } => 1110,
            Self::ImageLength { .. } => 1111,
            Self::Resize { .. } => 1112,
            Self::Transform => 1113,
            Self::File { .. } => 1200,
            Self::Directory => 1201,
            Self::Empty => 1202,
            Self::NotAnImage => 1203,
            Self::FormatNotRead { .. } => 1204,
            Self::VariantNotRead { .. } => 1205,
            Self::FileBytes { .. } => 1206,
            Self::ImagePixels { .. } => 1207,
            Self::ImageSide { .. } => 1208,
            Self::Truncated { .. } => 1209,
            Self::Malformed { .. } => 1210,
            Self::JpegScans { .. } => 1211,
            Self::Pack { .. } => 1300,
            Self::Net { .. } => 1310,
            Self::DetectorSize { .. } => 1311,
            Self::ChipSize { .. } => 1312,
            Self::Alignment => 1313,
            Self::Contract => 1314,
            Self::Calibration { .. } => 1320,
            Self::Fmr { .. } => 1321,
            Self::NoCalibration => 1322,
            Self::SessionTime { .. } => 1330,
            Self::Challenge { .. } => 1331,
            Self::Nonce => 1332,
            Self::Package { .. } => 1333,
        }
    }
}
