//! Frames: any format, size, strides and planes that a caller may name.
#![no_main]

use facecert_core::frame::{Frame, PixelFormat, Plane};

/// What a plane's description takes of the input.
const PLANE_BYTES: usize = 6;

/// Numbers near those that fit, and the ends of their range.
fn stride(bytes: [u8; 2]) -> isize {
    match i16::from_le_bytes(bytes) {
        i16::MIN => isize::MIN,
        i16::MAX => isize::MAX,
        small => isize::from(small),
    }
}

fn frame(data: &[u8]) -> Option<()> {
    let ([format, width, height, degrees, planes, odd], mut rest) = data.split_first_chunk()?;
    let formats = PixelFormat::ALL;
    let format = formats[usize::from(*format) % formats.len()];
    let mut described = Vec::new();
    for _ in 0..planes % 5 {
        let ([row_low, row_high, pixel, skip, len_low, len_high], tail) = rest.split_first_chunk::<PLANE_BYTES>()?;
        let len = usize::from(u16::from_le_bytes([*len_low, *len_high]));
        let pixels = tail.get(usize::from(*skip)..).unwrap_or_default();
        let pixel_stride = if *pixel == u8::MAX { usize::MAX } else { usize::from(*pixel) };
        let row_stride = stride([*row_low, *row_high]);
        described.push(Plane { data: &pixels[..len.min(pixels.len())], row_stride, pixel_stride });
        rest = tail;
    }
    let scale = if *odd == u8::MAX { u32::MAX / 255 } else { 1 };
    let (width, height) = (u32::from(*width) * scale, u32::from(*height) * scale);
    let frame = Frame::new(format, width, height, &described).ok()?;
    let frame = frame.with_rotation_degrees(u32::from(*degrees) * 10).ok()?;
    let image = frame.to_rgb();
    assert_eq!((image.width(), image.height()), frame.upright_size());
    Some(())
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    frame(data);
});
