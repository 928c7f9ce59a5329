//! Signed bytes of records and chains, and the JSON that a record is made from.
#![no_main]

use facecert_record::record::{self, Content};
use facecert_record::{KeyList, chain};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let keys = KeyList::default();
    assert!(!record::verify(data, &keys).reason.holds());
    assert!(!chain::verify(data, &keys).reason.holds());
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
