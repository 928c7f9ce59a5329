//! Photos: JPEG, PNG, WebP and BMP files within small limits.
#![no_main]

use facecert_core::frame::{Image, Limits};

const LIMITS: Limits = Limits { max_bytes: 1 << 16, max_pixels: 1 << 16, max_side_px: 1 << 10 };

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(image) = Image::decode(data, &LIMITS) {
        assert!(u64::from(image.width()) * u64::from(image.height()) <= LIMITS.max_pixels);
        assert_eq!(image.data().len(), 3 * image.width() as usize * image.height() as usize);
    }
});
