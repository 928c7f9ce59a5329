//! Frames: the caller's pixels.

use facecert_core::frame::{Frame, Orientation, PixelFormat, Plane, Rotation, YuvEncoding, YuvMatrix, YuvRange};

use crate::boundary::boundary;
use crate::memory::{Buffer, Slot, Versioned, slice_in, struct_in};
use crate::status::{Failure, Result, StatusInt, facecert_error, facecert_status as Status};

/// How pixels are stored, 8 bits a sample.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_pixel_format {
    /// One plane, red first.
    FACECERT_FORMAT_RGB = 1,
    /// One plane, blue first.
    FACECERT_FORMAT_BGR = 2,
    /// One plane, red first; the fourth byte is ignored.
    FACECERT_FORMAT_RGBA = 3,
    /// One plane, blue first; the fourth byte is ignored.
    FACECERT_FORMAT_BGRA = 4,
    /// One plane of luminance, full range.
    FACECERT_FORMAT_GRAY = 5,
    /// Plane 0 is Y, plane 1 U and V interleaved at half size.
    FACECERT_FORMAT_NV12 = 6,
    /// Plane 0 is Y, plane 1 V and U interleaved at half size.
    FACECERT_FORMAT_NV21 = 7,
    /// Planes Y, U and V, the latter at half size; a pixel stride of 2 is Android's YUV_420_888.
    FACECERT_FORMAT_YUV420 = 8,
    /// One plane of Y, U, Y, V: two pixels in four bytes.
    FACECERT_FORMAT_YUYV = 9,
}

/// What the samples of a YUV frame mean; other formats ignore it.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum facecert_yuv {
    /// ITU-R BT.601, 0 to 255: JPEG, Android and nearly every camera preview.
    FACECERT_YUV_BT601_FULL = 0,
    /// ITU-R BT.601, Y 16 to 235, chroma 16 to 240.
    FACECERT_YUV_BT601_LIMITED = 1,
    /// ITU-R BT.709, 0 to 255.
    FACECERT_YUV_BT709_FULL = 2,
    /// ITU-R BT.709, Y 16 to 235, chroma 16 to 240: HD video.
    FACECERT_YUV_BT709_LIMITED = 3,
}

/// A facecert_pixel_format as C passes it.
pub type PixelFormatInt = i32;

/// A facecert_yuv as C passes it.
pub type YuvInt = i32;

/// One plane of a frame. Nothing outside [data, data + len) is read. Frozen.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_plane {
    /// The lowest address of the plane, also with a negative row_stride.
    pub data: *const u8,
    /// Bytes from data to the end of the plane.
    pub len: usize,
    /// Bytes from one row to the next; negative: the first row comes last; 0: packed.
    pub row_stride: i64,
    /// Bytes from one sample, or group of interleaved samples, to the next; 0: packed.
    pub pixel_stride: u32,
    /// Must be 0.
    pub reserved: u32,
}

/// A view of pixels: read during the call, never kept.
/// A plane needs (rows - 1) * |row_stride| + (columns - 1) * pixel_stride + bytes of a sample; planes may overlap.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_frame {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// How the pixels are stored.
    pub format: PixelFormatInt,
    /// Columns as stored, 1 to 65,536.
    pub width: u32,
    /// Rows as stored, 1 to 65,536; width times height at most 268,435,456.
    pub height: u32,
    /// Degrees clockwise that make the image upright: 0, 90, 180 or 270 (CameraX: rotationDegrees).
    pub rotation_deg: u32,
    /// 1: left and right are swapped after the rotation; else 0.
    pub mirror: u32,
    /// What YUV samples mean.
    pub yuv: YuvInt,
    /// How many of the planes are given: 1, 2 or 3, as the format says.
    pub plane_count: u32,
    /// The planes.
    pub planes: [facecert_plane; 3],
}

// SAFETY: numbers and raw pointers.
unsafe impl Versioned for facecert_frame {}

fn refused(message: String) -> Failure {
    Failure::new(Status::FACECERT_E_ARGUMENT, message)
}

/// The caller's frame, validated.
///
/// # Safety
/// As for [`crate::memory`]; each plane's data and length as well.
pub(crate) unsafe fn frame_in<'a>(argument: i32, frame: *const facecert_frame) -> Result<Frame<'a>> {
    // SAFETY: as the caller vouches.
    let frame = unsafe { struct_in(argument, frame) }?;
    // SAFETY: as the caller vouches.
    unsafe { validated(&frame) }.map_err(|failure| failure.at(argument))
}

unsafe fn validated<'a>(frame: &facecert_frame) -> Result<Frame<'a>> {
    let format = format(frame.format)?;
    let count = frame.plane_count as usize;
    let given = frame
        .planes
        .get(..count)
        .ok_or_else(|| refused(format!("frame: plane_count is {count}; a format has 1 to 3 planes")))?;
    let mut planes = [Plane::packed(&[]); 3];
    for ((index, from), to) in given.iter().enumerate().zip(&mut planes) {
        // SAFETY: as the caller vouches.
        *to = unsafe { plane(index, from) }?;
    }
    let view = Frame::new(format, frame.width, frame.height, &planes[..count])?;
    let rotation = Rotation::from_degrees(frame.rotation_deg)?;
    let mirror = flag("frame: mirror", frame.mirror)?;
    Ok(view.with_orientation(Orientation { rotation, mirror }).with_yuv(yuv(frame.yuv)?))
}

unsafe fn plane<'a>(index: usize, plane: &facecert_plane) -> Result<Plane<'a>> {
    if plane.data.is_null() {
        return Err(Failure::new(Status::FACECERT_E_NULL, format!("frame: plane {index} has no data")));
    }
    if plane.reserved != 0 {
        return Err(refused(format!("frame: plane {index} has a reserved field that is not 0; use FACECERT_INIT")));
    }
    let row_stride = isize::try_from(plane.row_stride)
        .map_err(|_| refused(format!("frame: plane {index} has a row stride of {} bytes", plane.row_stride)))?;
    // SAFETY: as the caller vouches.
    let data = unsafe { slice_in(0, plane.data, plane.len) }?;
    Ok(Plane { data, row_stride, pixel_stride: plane.pixel_stride as usize })
}

fn format(number: PixelFormatInt) -> Result<PixelFormat> {
    // In the order of their numbers, which begin at 1; a test compares both.
    let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let format = index.and_then(|index| PixelFormat::ALL.get(index));
    format.copied().ok_or_else(|| refused(format!("frame: format {number} is unknown; set one of FACECERT_FORMAT_")))
}

fn yuv(number: YuvInt) -> Result<YuvEncoding> {
    let (matrix, range) = match number {
        0 => (YuvMatrix::Bt601, YuvRange::Full),
        1 => (YuvMatrix::Bt601, YuvRange::Limited),
        2 => (YuvMatrix::Bt709, YuvRange::Full),
        3 => (YuvMatrix::Bt709, YuvRange::Limited),
        _ => return Err(refused(format!("frame: yuv {number} is unknown; set one of FACECERT_YUV_"))),
    };
    Ok(YuvEncoding { matrix, range })
}

/// A yes or no of the caller.
pub(crate) fn flag(name: &str, value: u32) -> Result<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(refused(format!("{name} is {value}; give 0 or 1"))),
    }
}

/// Checks a frame without reading its pixels.
/// FACECERT_E_NULL, FACECERT_E_ARGUMENT: the message names the plane, the number given and the number wanted.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_frame_check(frame: *const facecert_frame, err: *mut facecert_error) -> StatusInt {
    // SAFETY: the pointers are as the header demands.
    unsafe { boundary(err, || frame_in(1, frame).map(drop)) }
}

/// Width and height of the upright image, in whose pixels all boxes and points are given.
/// As facecert_frame_check.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_frame_upright_size(
    frame: *const facecert_frame,
    width: *mut u32,
    height: *mut u32,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (frame, width, height) = unsafe { (frame_in(1, frame)?, Slot::new(2, width)?, Slot::new(3, height)?) };
        let size = frame.upright_size();
        width.write(size.0);
        height.write(size.1);
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The upright image as packed RGB: what the nets see.
/// buf: room for capacity bytes, 3 * width * height of the upright size are needed; NULL with capacity 0 asks for len.
/// As facecert_frame_check; FACECERT_E_BUFFER.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_frame_to_rgb(
    frame: *const facecert_frame,
    buf: *mut u8,
    capacity: usize,
    len: *mut usize,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (frame, buf) = unsafe { (frame_in(1, frame)?, Buffer::new(2, buf, capacity, len)?) };
        buf.fill(frame.to_rgb().data())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_numbers_are_frozen() {
        use facecert_pixel_format as F;
        for (number, format) in [
            (F::FACECERT_FORMAT_RGB, PixelFormat::Rgb),
            (F::FACECERT_FORMAT_BGR, PixelFormat::Bgr),
            (F::FACECERT_FORMAT_RGBA, PixelFormat::Rgba),
            (F::FACECERT_FORMAT_BGRA, PixelFormat::Bgra),
            (F::FACECERT_FORMAT_GRAY, PixelFormat::Gray),
            (F::FACECERT_FORMAT_NV12, PixelFormat::Nv12),
            (F::FACECERT_FORMAT_NV21, PixelFormat::Nv21),
            (F::FACECERT_FORMAT_YUV420, PixelFormat::I420),
            (F::FACECERT_FORMAT_YUYV, PixelFormat::Yuyv),
        ] {
            assert_eq!(super::format(number as i32).unwrap(), format);
        }
        for unknown in [i32::MIN, -1, 0, 10, i32::MAX] {
            assert!(super::format(unknown).is_err() && yuv(unknown.max(4)).is_err());
        }
    }
}
