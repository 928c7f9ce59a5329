//! Capture packages: what is read is written again as the same bytes, and has a digest.
#![no_main]

use facecert_core::session::Package;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    match Package::from_bytes(data) {
        Ok(package) => {
            assert_eq!(package.to_bytes().expect("what was read can be written"), data);
            package.transcript.digest().expect("a transcript has a digest");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
