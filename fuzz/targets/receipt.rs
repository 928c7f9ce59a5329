//! The text of a receipt's code, a picture of it, and the records that a receipt is made from. What holds says what was
//! issued.
#![no_main]

use facecert_fuzz::KEYS;
use facecert_record::receipt::{self, Claims};
use facecert_record::{SigningKey, VerifyingKey};
use std::io::Cursor;
use std::sync::LazyLock;

/// Modules on a side of the largest QR code.
const MOST_MODULES: usize = 177;

/// A receipt that holds. Compression has bits that mean nothing, so it is known by its claims.
static ISSUED: LazyLock<Option<Claims>> = LazyLock::new(|| {
    let report = receipt::verify(include_str!("../corpus/receipt/code.txt"), &KEYS, now());
    assert!(report.reason.holds());
    report.claims
});

static KEY: LazyLock<SigningKey> = LazyLock::new(|| {
    let pem = include_str!("../../crates/record/tests/keys/county-ed25519.pem");
    SigningKey::from_pem(pem, "county-ed25519").expect("a key")
});

fn now() -> jiff::Timestamp {
    "2026-03-10T00:00:00Z".parse().expect("an instant")
}

/// A square of modules, a bit each, as a picture of three pixels a module within a quiet zone.
fn drawn(modules: &[u8]) -> Vec<u8> {
    let side = (8 * modules.len()).isqrt().min(MOST_MODULES);
    let bit = |at: usize| modules[at / 8] >> (at % 8) & 1 == 1;
    let is_dark = |x: usize, y: usize| x < side && y < side && bit(y * side + x);
    let side_px = 3 * (side as u32 + 8);
    let picture = image::GrayImage::from_fn(side_px, side_px, |x, y| {
        let module = |px: u32| (px as usize / 3).wrapping_sub(4);
        image::Luma([if is_dark(module(x), module(y)) { 0 } else { 255 }])
    });
    let mut png = Vec::new();
    picture.write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).expect("a picture");
    png
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data) {
        let report = receipt::verify(text, &KEYS, now());
        assert!(!report.reason.holds() || report.claims == *ISSUED, "a forged receipt");
        if let Ok(receipt) = receipt::issue(text, None, now(), &*KEY) {
            let report = receipt::verify(&receipt.code, &KEYS, now());
            assert_eq!(report.claims.as_ref(), Some(&receipt.claims));
            receipt::page(&receipt).expect("a slip");
        }
        let _ = VerifyingKey::from_pem(text);
        let _ = SigningKey::from_pem(text, "k");
    }
    let picture = data.strip_prefix(b"modules").map(drawn);
    let _ = receipt::text_in_picture(picture.as_deref().unwrap_or(data));
});
