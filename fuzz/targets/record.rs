//! Signed bytes of records and chains, and the JSON that a record is made from. What holds is what was signed.
#![no_main]

use facecert_fuzz::KEYS;
use facecert_record::record::{self, Content};
use facecert_record::{KeyList, chain};

/// Two records; the first is a chain by itself.
const CHAIN: &[u8] = include_bytes!("../corpus/record/chain.cbor");

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if record::verify(data, &KEYS).reason.holds() {
        assert!(CHAIN.starts_with(data) || CHAIN.ends_with(data), "a forged record");
    }
    if chain::verify(data, &KEYS).reason.holds() {
        assert!(CHAIN.starts_with(data), "a forged chain");
    }
    if let Ok(body) = record::read(data) {
        assert!(!body.to_json().is_empty());
    }
    if let Ok(text) = std::str::from_utf8(data) {
        if let Err(error) = Content::from_json(text) {
            assert!(!error.to_string().contains('\n'));
        }
        let _ = KeyList::from_toml(text);
    }
});
