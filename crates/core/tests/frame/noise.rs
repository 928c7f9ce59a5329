//! Repeatable random bytes.

use facecert_core::frame::Image;

/// `SplitMix64`: the same numbers on every machine.
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn image(&mut self, width: u32, height: u32) -> Image {
        let data = self.bytes(width as usize * height as usize * 3);
        Image::from_rgb(width, height, data).unwrap()
    }
}

/// A pixel of a picture.
pub fn pixel(image: &Image, x: usize, y: usize) -> [u8; 3] {
    let at = (y * image.width() as usize + x) * 3;
    image.data()[at..at + 3].try_into().unwrap()
}
