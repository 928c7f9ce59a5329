//! The text of a receipt's code, a picture of it, and the records that a receipt is made from.
#![no_main]

use facecert_record::{KeyList, receipt};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let keys = KeyList::default();
    let now = jiff::Timestamp::UNIX_EPOCH;
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(!receipt::verify(text, &keys, now).reason.holds());
    }
    let _ = receipt::text_in_picture(data);
});
