//! SM2 and Ed25519 against OpenSSL, which knows both: each verifies what the other signed.
//!
//! Without `openssl` the tests are skipped, or fail if `FACECERT_TOOLS_REQUIRED=1`.

use crate::common::{COUNTY_ED25519, COUNTY_SM2, key};
use facecert_record::Signer;
use std::path::{Path, PathBuf};
use std::process::Command;

fn openssl(arguments: &[&str], folder: &Path) -> Option<bool> {
    let run = Command::new("openssl").args(arguments).current_dir(folder).output();
    let required = std::env::var_os("FACECERT_TOOLS_REQUIRED").is_some_and(|v| v == "1");
    assert!(run.is_ok() || !required, "openssl is not installed");
    if run.is_err() {
        eprintln!("skipped: openssl is not installed");
    }
    run.ok().map(|output| output.status.success())
}

fn keys_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keys")
}

/// A DER SEQUENCE of two INTEGERs, as OpenSSL writes SM2 signatures.
fn to_der(signature: &[u8; 64]) -> Vec<u8> {
    let mut body = Vec::new();
    for half in signature.chunks(32) {
        let start = half.iter().position(|&b| b != 0).unwrap_or(31);
        let digits = &half[start..];
        let pad = usize::from(digits[0] >= 0x80);
        body.extend([0x02, (digits.len() + pad) as u8]);
        body.extend(&[0][..pad]);
        body.extend(digits);
    }
    [&[0x30, body.len() as u8], body.as_slice()].concat()
}

fn from_der(der: &[u8]) -> [u8; 64] {
    let mut signature = [0; 64];
    let mut rest = &der[2..];
    for half in signature.chunks_mut(32) {
        let len = rest[1] as usize;
        let digits = &rest[2..2 + len];
        let digits = &digits[digits.len().saturating_sub(32)..];
        half[32 - digits.len()..].copy_from_slice(digits);
        rest = &rest[2 + len..];
    }
    signature
}

#[test]
fn sm2_signatures_pass_between_the_two() {
    let folder = tempfile::tempdir().expect("a folder");
    let private = keys_folder().join("county-sm2.pem").display().to_string();
    let public = keys_folder().join("county-sm2.pub.pem").display().to_string();
    let id = ["-sigopt", "distid:1234567812345678"];
    let ours = key(COUNTY_SM2, "k");
    for message in ["", "message digest", "认证记录"].map(|text| text.repeat(3)) {
        std::fs::write(folder.path().join("message"), &message).expect("written");
        let sign = [&["dgst", "-sm3", "-sign", &private, "-out", "theirs"], id.as_slice(), &["message"]].concat();
        let Some(signed) = openssl(&sign, folder.path()) else {
            return;
        };
        assert!(signed);
        let theirs = from_der(&std::fs::read(folder.path().join("theirs")).expect("a signature"));
        assert!(ours.verifying_key().verify(message.as_bytes(), &theirs));

        let signature = ours.sign(message.as_bytes()).expect("signed");
        std::fs::write(folder.path().join("ours"), to_der(&signature)).expect("written");
        let verify =
            [&["dgst", "-sm3", "-verify", &public, "-signature", "ours"], id.as_slice(), &["message"]].concat();
        assert_eq!(openssl(&verify, folder.path()), Some(true));
        std::fs::write(folder.path().join("message"), "another").expect("written");
        assert_eq!(openssl(&verify, folder.path()), Some(false));
    }
}

#[test]
fn ed25519_signatures_are_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let private = keys_folder().join("county-ed25519.pem").display().to_string();
    std::fs::write(folder.path().join("message"), "message").expect("written");
    let sign = ["pkeyutl", "-sign", "-inkey", &private, "-rawin", "-in", "message", "-out", "theirs"];
    if openssl(&sign, folder.path()) == Some(true) {
        let theirs = std::fs::read(folder.path().join("theirs")).expect("a signature");
        assert_eq!(key(COUNTY_ED25519, "k").sign(b"message").expect("signed").as_slice(), theirs);
    }
}
