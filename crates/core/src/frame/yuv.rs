//! YUV to RGB in 16-bit integers, the same bits on every machine.
//!
//! `d` is a sample less its offset (16 or 0 for Y, 128 for chroma), `k` a coefficient of the standard's inverse matrix,
//! rounded: times 2^14 for Y, times 2^13 for chroma. A term is `floor(d * k / 2^9)` for Y, `floor(d * k / 2^8)` for chroma: a
//! value with five fractional bits. A channel is the sum of its terms plus one half, floored to an integer and clamped to
//! 0..=255: within one level of the real-valued formula. All of it fits 16 bits, so that compilers make vector code of the
//! plain loops.
//!
//! Every chroma sample colours its two by two pixels (no interpolation), as camera previews are made.

use super::{YuvEncoding, YuvMatrix, YuvRange};

/// The inverse matrix of one encoding as fixed-point numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct YuvToRgb {
    luma_offset: i16,
    luma: i16,
    v_to_red: i16,
    u_to_green: i16,
    v_to_green: i16,
    u_to_blue: i16,
}

impl YuvToRgb {
    /// From the luma weights of red and blue (ITU-R BT.601-7 and BT.709-6, section 2.5 and item 3.2) and the range.
    pub(super) fn new(encoding: YuvEncoding) -> Self {
        let (kr, kb) = match encoding.matrix {
            YuvMatrix::Bt601 => (0.299, 0.114),
            YuvMatrix::Bt709 => (0.2126, 0.0722),
        };
        let kg = 1.0 - kr - kb;
        let (luma_offset, luma_scale, chroma_scale) = match encoding.range {
            YuvRange::Full => (0, 1.0, 1.0),
            YuvRange::Limited => (16, 255.0 / 219.0, 255.0 / 224.0),
        };
        let fixed = |value: f64, bits: i32| (value * f64::from(1 << bits)).round() as i16;
        Self {
            luma_offset,
            luma: fixed(luma_scale, 14),
            v_to_red: fixed(chroma_scale * 2.0 * (1.0 - kr), 13),
            u_to_green: fixed(chroma_scale * -2.0 * (1.0 - kb) * kb / kg, 13),
            v_to_green: fixed(chroma_scale * -2.0 * (1.0 - kr) * kr / kg, 13),
            u_to_blue: fixed(chroma_scale * 2.0 * (1.0 - kb), 13),
        }
    }

    /// One pixel.
    #[inline]
    fn pixel(self, y: u8, u: u8, v: u8) -> [u8; 3] {
        let luma = high_half((i16::from(y) - self.luma_offset) << 7, self.luma) + (1 << 4);
        let (u, v) = ((i16::from(u) - 128) << 8, (i16::from(v) - 128) << 8);
        let channel = |sum: i16| (sum >> 5).clamp(0, 255) as u8;
        [
            channel(luma + high_half(v, self.v_to_red)),
            channel(luma + high_half(u, self.u_to_green) + high_half(v, self.v_to_green)),
            channel(luma + high_half(u, self.u_to_blue)),
        ]
    }

    /// One row: a sample of Y per pixel, one of U and V per two; `rgb` takes three bytes per pixel.
    pub(super) fn row(self, y: &[u8], u: &[u8], v: &[u8], rgb: &mut [u8]) {
        let chroma = u.iter().zip(v);
        for ((y, rgb), (&u, &v)) in y.chunks(2).zip(rgb.chunks_mut(6)).zip(chroma) {
            for (&y, rgb) in y.iter().zip(rgb.chunks_exact_mut(3)) {
                rgb.copy_from_slice(&self.pixel(y, u, v));
            }
        }
    }
}

/// The upper 16 bits of a product, which most processors compute for many lanes at once.
#[inline]
fn high_half(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}
