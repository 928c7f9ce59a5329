//! The texts of a pack: its manifest and its calibration.
#![no_main]

use facecert_core::calibration::Calibration;
use facecert_core::pack::manifest::Manifest;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Err(error) = Manifest::parse(text) {
            assert!(!error.to_string().is_empty());
        }
    }
    if let Ok(calibration) = Calibration::from_json(data) {
        let _ = calibration.at_fmr(1e-4);
    }
});
