//! The program's session commands: challenge, nonces, recorded frames, packages; evidence in the committed schema's form.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use facecert_policy::FaceEvidence;
use serde_json::Value;

const NONCE: &str = "00112233445566778899aabbccddeeff";
const CONTEXT: [&str; 4] = ["--captured-at", "2026-03-09T10:12:00+08:00", "--device-id", "kiosk-7"];

fn photo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name)
}

fn facecert(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).args(args).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// A folder in which one photo is every frame, at 10 frames a second.
fn still(folder: &Path, frames: u32) {
    std::fs::copy(photo("obama-1.jpg"), folder.join("frame.jpg")).unwrap();
    let times: String = (0..frames).map(|k| format!("frame.jpg\t{}\n", 100 * k)).collect();
    std::fs::write(folder.join("times.tsv"), format!("file\tmilliseconds\n{times}")).unwrap();
}

#[test]
fn a_challenge_is_known_beforehand_and_stays_the_same() {
    let ask = |more: &[&str]| facecert(&[&["session", "challenge", "--json", "--nonce", NONCE], more].concat());
    let (once, again) = (ask(&[]), ask(&[]));
    assert_eq!((once.status.code(), &once.stdout), (Some(0), &again.stdout));
    let report = json(&once);
    assert_eq!(report["actions"].as_array().unwrap().len(), 2);
    let without = json(&ask(&["--without", "turn_left,turn_right", "--actions", "1"]));
    assert!(without["actions"].as_array().unwrap().iter().all(|a| a != "turn_left" && a != "turn_right"));
    let none = json(&ask(&["--actions", "0"]));
    assert_eq!((none["actions"].as_array().unwrap().len(), none["challenge_count"].as_u64()), (0, Some(1)));
    let too_many = ask(&["--actions", "6"]);
    assert_eq!(too_many.status.code(), Some(2));
    for bad in [
        &["session", "challenge", "--nonce", "xyz"][..],
        &["session", "challenge", "--nonce", NONCE, "--without", "sing"],
    ] {
        assert_eq!(facecert(bad).status.code(), Some(2));
    }
}

#[test]
fn one_photo_as_every_frame_does_not_pass() {
    let folder = tempfile::tempdir().unwrap();
    still(folder.path(), 40);
    let frames = folder.path().to_str().unwrap();
    let output = facecert(&[&["session", "--frames", frames, "--nonce", NONCE, "--json"], &CONTEXT[..]].concat());
    assert_eq!(output.status.code(), Some(1));
    let report = json(&output);
    assert_eq!(report["passed"], false);
    let evidence: FaceEvidence = serde_json::from_value(report["face_evidence"].clone()).unwrap();
    assert_ne!(evidence.pad.as_str(), "live");
    assert_eq!((evidence.match_verdict.as_str(), evidence.pack_grade.as_str()), ("not_run", "evaluation"));
    assert_eq!(evidence.nonce_check.as_str(), "not_checked");
    // Without the caller's context there is no evidence.
    let bare = facecert(&["session", "--frames", frames, "--nonce", NONCE, "--json"]);
    assert!(json(&bare)["face_evidence"].is_null());
}

#[test]
fn a_nonce_is_used_once_by_whoever_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    still(folder.path(), 10);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (store, package) = (path("nonces"), path("package"));
    let now = "2026-03-09T10:12:00+08:00";
    let issued = facecert(&["nonce", "issue", "--nonces", &store, "--now", now, "--count", "3"]);
    assert_eq!(issued.status.code(), Some(0));
    let nonces: Vec<String> = String::from_utf8(issued.stdout).unwrap().lines().map(str::to_owned).collect();
    assert!(nonces.len() == 3 && nonces[0] != nonces[1] && nonces.iter().all(|n| n.len() == 32));
    let frames = folder.path().to_str().unwrap();
    let hold = |nonce: &str| {
        facecert(&[&["session", "--frames", frames, "--nonce", nonce, "--package", &package], &CONTEXT[..]].concat())
    };
    let check = |now: &str| {
        let report = json(&facecert(&["session", "check", &package, "--nonces", &store, "--now", now, "--json"]));
        (
            report["nonce_check"].as_str().unwrap().to_owned(),
            report["reasons"].to_string(),
            report["face_evidence"]["device_id"].clone(),
        )
    };
    hold(&nonces[0]);
    let both: Vec<_> = std::thread::scope(|threads| {
        let checks = [0, 1].map(|_| threads.spawn(|| check(now)));
        checks.map(|c| c.join().unwrap()).into_iter().collect()
    });
    let consumed = both.iter().filter(|(state, ..)| state == "consumed").count();
    assert!(consumed == 1 && both.iter().any(|(_, reasons, _)| reasons.contains("NONCE_USED")), "{both:?}");
    assert_eq!(both[0].2, "kiosk-7");
    hold(&nonces[1]);
    assert!(check("2026-03-09T10:32:00+08:00").1.contains("NONCE_EXPIRED"));
    hold(NONCE);
    assert!(check(now).1.contains("NONCE_UNKNOWN"));
    std::fs::write(&package, b"not a package").unwrap();
    assert_eq!(facecert(&["session", "check", &package]).status.code(), Some(2));
}

#[test]
fn folders_of_frames_with_faults_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let frames = folder.path().to_str().unwrap();
    let hold = || facecert(&["session", "--frames", frames, "--nonce", NONCE]);
    assert_eq!(hold().status.code(), Some(2));
    for times in ["", "a.jpg\n", "a.jpg\tx\nb.jpg\ty\n", "../a.jpg\t0\n", "a.jpg\t-5\n", "missing.jpg\t0\n"] {
        std::fs::write(folder.path().join("times.tsv"), times).unwrap();
        let output = hold();
        assert_eq!(output.status.code(), Some(2), "{times:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap().lines().count(), 1);
    }
    assert_eq!(facecert(&["session"]).status.code(), Some(2));
}

#[test]
fn quality_and_liveness_say_what_they_measured() {
    let path = photo("obama-1.jpg");
    let output = facecert(&["quality", path.to_str().unwrap(), "--json"]);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(i32::from(report["pass"] != true)));
    assert!(report["quality"]["components"].as_array().unwrap().len() >= 14, "{report}");
    let liveness = json(&facecert(&["liveness", path.to_str().unwrap(), "--json"]));
    assert!(["live", "spoof", "uncertain", "not_run"].contains(&liveness["verdict"].as_str().unwrap()));
    let pair = [photo("obama-1.jpg"), photo("obama-2.jpg")];
    let args =
        [&["verify", pair[0].to_str().unwrap(), pair[1].to_str().unwrap(), "--pad", "--json"], &CONTEXT[..]].concat();
    let evidence: FaceEvidence = serde_json::from_value(json(&facecert(&args))["face_evidence"].clone()).unwrap();
    assert_eq!((evidence.match_verdict.as_str(), evidence.challenge.as_str()), ("match", "none"));
    assert_eq!(evidence.captured_at.to_string(), "2026-03-09T10:12:00+08:00");
}
