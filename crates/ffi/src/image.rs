//! Decoded pictures that the library owns.

use std::ffi::c_char;
use std::path::Path;

use facecert_core::frame::{Image, Limits};

use crate::boundary::boundary;
use crate::frame::{facecert_frame, facecert_pixel_format, facecert_plane};
use crate::handle::{self, Handle};
use crate::memory::{Slot, StructOut, Versioned, optional_struct_in, slice_in, text_in};
use crate::status::{Failure, StatusInt, facecert_error};

/// A decoded picture, upright.
pub struct facecert_image {
    _private: [u8; 0],
}

impl Handle for facecert_image {
    type Object = Image;
}

/// What a file may cost, checked on its header before memory is taken.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct facecert_decode_options {
    /// Set by FACECERT_INIT.
    pub struct_size: u32,
    /// The most columns or rows; 0: 12,000.
    pub max_side_px: u32,
    /// The most bytes of the file; 0: 20,000,000.
    pub max_bytes: u64,
    /// The most pixels; 0: 40,000,000.
    pub max_pixels: u64,
}

// SAFETY: all fields are numbers.
unsafe impl Versioned for facecert_decode_options {}

fn limits(options: Option<facecert_decode_options>) -> Limits {
    let default = Limits::default();
    let Some(options) = options else { return default };
    let or = |value: u64, default: u64| if value == 0 { default } else { value };
    Limits {
        max_bytes: or(options.max_bytes, default.max_bytes),
        max_pixels: or(options.max_pixels, default.max_pixels),
        max_side_px: or(options.max_side_px.into(), default.max_side_px.into()) as u32,
    }
}

/// Decodes a JPEG, PNG, WebP or BMP: upright by its EXIF orientation, 8 bits a channel, transparency laid on white.
/// bytes: the file, bytes_len bytes. options: NULL for the default limits. out: a handle, yours to release.
/// FACECERT_E_IMAGE: not an image that is read, damaged, or its end is missing; FACECERT_E_LIMIT.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_image_decode(
    bytes: *const u8,
    bytes_len: usize,
    options: *const facecert_decode_options,
    out: *mut *mut facecert_image,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (bytes, options, out) =
            unsafe { (slice_in(1, bytes, bytes_len)?, optional_struct_in(3, options)?, Slot::new(4, out)?) };
        let image = Image::decode(bytes, &limits(options)).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(image));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// As facecert_image_decode, from a file.
/// path: path_len bytes of UTF-8, or FACECERT_NUL.
/// FACECERT_E_UTF8; FACECERT_E_IO: the file cannot be read.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_image_open(
    path: *const c_char,
    path_len: usize,
    options: *const facecert_decode_options,
    out: *mut *mut facecert_image,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (path, options, out) =
            unsafe { (text_in(1, path, path_len)?, optional_struct_in(3, options)?, Slot::new(4, out)?) };
        let image = Image::open(Path::new(path), &limits(options)).map_err(|e| Failure::from(e).at(1))?;
        out.write(handle::create(image));
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// The picture as a frame. The frame points into the picture: use it only until the picture is released.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_image_frame(
    image: *const facecert_image,
    out: *mut facecert_frame,
    err: *mut facecert_error,
) -> StatusInt {
    let body = || {
        // SAFETY: the pointers are as the header demands.
        let (image, out) = unsafe { (handle::get(1, image)?, StructOut::new(2, out)?) };
        let none = facecert_plane { data: std::ptr::null(), len: 0, row_stride: 0, pixel_stride: 0, reserved: 0 };
        let pixels = facecert_plane { data: image.data().as_ptr(), len: image.data().len(), ..none };
        out.write(&facecert_frame {
            struct_size: 0,
            format: facecert_pixel_format::FACECERT_FORMAT_RGB as i32,
            width: image.width(),
            height: image.height(),
            rotation_deg: 0,
            mirror: 0,
            yuv: 0,
            plane_count: 1,
            planes: [pixels, none, none],
        });
        Ok(())
    };
    // SAFETY: `err` is as the header demands.
    unsafe { boundary(err, body) }
}

/// Ends the handle and the frames that point into it. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn facecert_image_release(image: *mut facecert_image) -> StatusInt {
    // SAFETY: the pointer is as the header demands.
    unsafe { boundary(std::ptr::null_mut(), || handle::release(image)) }
}
