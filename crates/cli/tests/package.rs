//! Capture packages on their way: sealed to a server's key, opened with it, checked; plain ones are marked.

mod support;

use serde_json::Value;
use std::fs;
use support::{County, shipped};

const CHECK: [&str; 3] = ["session", "check", "package"];

/// A county with a session of one photo as every frame, its package sealed to the server of the tests or plain.
fn held(sealed: bool) -> County {
    let mut county = County::new();
    fs::create_dir(county.path("frames")).unwrap();
    fs::copy(shipped("tests/data/photos/obama-1.jpg"), county.path("frames/frame.jpg")).unwrap();
    let times: String = (0..10).map(|k| format!("frame.jpg\t{}\n", 100 * k)).collect();
    county.write("frames/times.tsv", format!("file\tmilliseconds\n{times}"));
    for file in ["server-x25519.pem", "server-x25519.pub.pem", "other-x25519.pem"] {
        fs::copy(shipped(&format!("crates/record/tests/keys/{file}")), county.path(file)).unwrap();
    }
    let nonce = "00112233445566778899aabbccddeeff";
    let session = ["session", "--frames", "frames", "--nonce", nonce, "--package", "package", "--json"];
    let context = ["--captured-at", "2026-03-09T10:12:00+08:00", "--device-id", "kiosk-7"];
    let server: &[&str] = if sealed { &["--package-for", "server-x25519.pub.pem"] } else { &[] };
    county.json(&[&session[..], &context, server].concat(), 1);
    county
}

/// The report of a check: one photo as every frame never passes.
fn check(county: &mut County, more: &[&str]) -> Value {
    county.json(&[&CHECK[..], &["--json"], more].concat(), 1)
}

#[test]
fn a_sealed_package_is_checked_with_the_key_of_its_server() {
    let mut plain = held(false);
    let mut county = held(true);
    let (before, sealed) = (plain.read("package"), county.read("package"));
    // A kept frame is in the plain package, and nothing of the plain package in the sealed one.
    let png = before.windows(4).position(|bytes| bytes == b"\x89PNG").expect("a kept frame");
    assert!(!sealed.windows(16).any(|bytes| bytes == &before[png..png + 16]));
    assert!(!sealed.windows(7).any(|bytes| bytes == b"kiosk-7"));

    let mut report = check(&mut county, &["--package-key", "server-x25519.pem"]);
    assert_eq!(report["package_sealed"], true);
    let mut of_plain = check(&mut plain, &[]);
    for report in [&mut report, &mut of_plain] {
        report["package_sealed"].take();
    }
    assert_eq!(report, of_plain, "sealing changes nothing of the answer");

    assert!(county.error(&CHECK).contains("--package-key"));
    for (key, words) in
        [("county-sm2.pem", "X25519"), ("server-x25519.pub.pem", "X25519"), ("other-x25519.pem", "another key")]
    {
        let error = county.error(&[&CHECK[..], &["--package-key", key]].concat());
        assert!(error.contains(words), "{key}: {error}");
    }
    let damages = [
        (0, "not a capture package"),
        (6, "other algorithms"),
        (20, "another key"),
        (50, "altered"),
        (sealed.len() - 1, "altered"),
    ];
    for (at, words) in damages {
        let mut damaged = sealed.clone();
        damaged[at] ^= 1;
        county.write("package", damaged);
        let error = county.error(&[&CHECK[..], &["--package-key", "server-x25519.pem"]].concat());
        assert!(error.starts_with("facecert: package: ") && error.contains(words), "byte {at}: {error}");
    }
    county.write("package", &sealed[..sealed.len() / 2]);
    assert!(county.error(&[&CHECK[..], &["--package-key", "server-x25519.pem"]].concat()).contains("altered"));
    county.write("package", &sealed[..40]);
    assert!(county.error(&[&CHECK[..], &["--package-key", "server-x25519.pem"]].concat()).contains("cut off"));
}

#[test]
fn a_plain_package_is_marked() {
    let mut county = held(false);
    let report = check(&mut county, &[]);
    assert_eq!(report["package_sealed"], false);
    assert!(county.printed.contains("package: a plain package; whoever had the file could see the face"));
    // A key that is not needed does no harm.
    check(&mut county, &["--package-key", "server-x25519.pem"]);
}
