//! Sealed templates, galleries and packages: bytes that nobody sealed never open.
#![no_main]

use facecert_record::hpke::{self, RecipientKey};
use facecert_record::open_template;
use facecert_record::seal::{self, Binding, SealAlgorithm, SealKey};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let binding = Binding { subject: "s", contract: "c", purpose: "p" };
    for (algorithm, bytes) in [(SealAlgorithm::Aes256Gcm, [7; 32].as_slice()), (SealAlgorithm::Sm4Gcm, &[7; 16])] {
        if let Ok(key) = SealKey::new(algorithm, bytes, "k") {
            assert!(seal::open(data, &binding, &key).is_err());
            assert!(open_template(data, "s", "p", &key).is_err());
            assert!(seal::open_gallery(data, "s", "p", &key).is_err());
        }
    }
    if let Ok(key) = RecipientKey::from_bytes(&[7; 32]) {
        assert!(hpke::open(data, &key).is_err());
    }
});
