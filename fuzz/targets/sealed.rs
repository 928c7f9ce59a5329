//! Sealed templates, galleries and packages: bytes that nobody sealed never open, and what somebody sealed who should not
//! have is no template.
#![no_main]

use facecert_record::hpke::{self, RecipientKey};
use facecert_record::open_template;
use facecert_record::seal::{self, Binding, SealAlgorithm, SealKey};

const CONTRACT: &str = "1111111111111111111111111111111111111111111111111111111111111111";

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let binding = Binding { subject: "s", contract: CONTRACT, purpose: "p" };
    for (algorithm, bytes) in [(SealAlgorithm::Aes256Gcm, [7; 32].as_slice()), (SealAlgorithm::Sm4Gcm, &[7; 16])] {
        let key = SealKey::new(algorithm, bytes, "k").expect("a key");
        assert!(seal::open(data, &binding, &key).is_err());
        assert!(open_template(data, "s", "p", &key).is_err());
        assert!(seal::open_gallery(data, "s", "p", &key).is_err());
        let sealed = seal::seal(data, &binding, &key, &mut getrandom::SysRng).expect("sealed");
        assert_eq!(seal::open(&sealed, &binding, &key).expect("opened").as_slice(), data);
        if let Ok(template) = open_template(&sealed, "s", "p", &key) {
            assert!(template.values().iter().all(|value| value.is_finite()));
        }
    }
    let key = RecipientKey::from_bytes(&[7; 32]).expect("a key");
    assert!(hpke::open(data, &key).is_err());
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = SealKey::from_hex(text, "k");
        let _ = RecipientKey::from_pem(text);
        let _ = hpke::RecipientPublicKey::from_pem(text);
    }
});
