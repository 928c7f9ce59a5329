//! The program on the sample portraits: answers, exit codes, JSON.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn photo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name)
}

fn facecert(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).args(args).output().unwrap()
}

fn verify(a: &Path, b: &Path, more: &[&str]) -> Output {
    facecert(&[&["verify", a.to_str().unwrap(), b.to_str().unwrap()], more].concat())
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_match_exits_with_0_and_a_non_match_with_1() {
    let same = verify(&photo("obama-1.jpg"), &photo("obama-2.jpg"), &["--json"]);
    let report = json(&same);
    assert_eq!((same.status.code(), report["outcome"].as_str()), (Some(0), Some("match")), "{report}");
    assert!(report["score"].as_f64() >= report["threshold"].as_f64());
    assert!(report["probability"].as_f64().unwrap() > 0.9);
    assert_eq!(report["models"]["contract"].as_str().unwrap().len(), 64);
    for side in ["reference", "probe"] {
        assert_eq!(report[side]["face"]["points"].as_array().unwrap().len(), 5);
        assert!(report["timing_ms"][side]["decode"].as_f64().unwrap() > 0.0);
    }
    let other = verify(&photo("obama-1.jpg"), &photo("biden-1.jpg"), &["--json"]);
    assert_eq!((other.status.code(), json(&other)["outcome"].as_str()), (Some(1), Some("no_match")));
}

#[test]
fn a_stricter_rate_raises_the_threshold() {
    let threshold = |fmr| {
        json(&verify(&photo("collins-1.png"), &photo("hopper-1.jpg"), &["--json", "--fmr", fmr]))["threshold"].as_f64()
    };
    assert!(threshold("1e-2") < threshold("1e-3") && threshold("1e-3") < threshold("1e-5"));
}

#[test]
fn a_photo_without_a_face_is_not_decidable_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let dot = folder.path().join("dot.png");
    image::RgbImage::new(1, 1).save(&dot).unwrap();
    let output = verify(&photo("collins-1.png"), &dot, &["--json"]);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!((report["outcome"].as_str(), report["reason"].as_str()), (Some("not_decidable"), Some("NO_FACE")));
    assert_eq!((&report["score"], &report["probe"]["face"]), (&Value::Null, &Value::Null));
    let words = String::from_utf8(verify(&photo("collins-1.png"), &dot, &[]).stdout).unwrap();
    assert!(words.contains("dot.png") && words.contains("try again"), "{words}");
}

#[test]
fn what_was_found_can_be_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("both.png");
    verify(&photo("collins-1.png"), &photo("hopper-1.jpg"), &["--annotate", out.to_str().unwrap()]);
    let picture = image::open(&out).unwrap().to_rgb8();
    assert!(picture.pixels().filter(|p| p.0 == [0, 200, 80]).count() > 500, "the boxes are missing");
}

#[test]
fn detect_and_embed_do_their_work() {
    let found = facecert(&[
        "detect",
        "--json",
        photo("collins-1.png").to_str().unwrap(),
        photo("hopper-1.jpg").to_str().unwrap(),
    ]);
    let lines: Vec<Value> = found
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!((found.status.code(), lines.len()), (Some(0), 2));
    for line in lines {
        let face = &line["faces"][0]; // the most certain one
        assert!(face["score"].as_f64() > Some(0.9) && face["inter_eye_px"].as_f64() > Some(40.0), "{line}");
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("template");
    let made = facecert(&["embed", photo("hopper-1.jpg").to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!((made.status.code(), std::fs::read(out).unwrap().len()), (Some(0), 32 + 256 * 4));
}

#[test]
fn a_pack_can_be_unpacked_checked_accepted_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("pack");
    let pack_text = pack.to_str().unwrap();
    assert_eq!(facecert(&["models", "unpack", pack_text]).status.code(), Some(0));
    assert_eq!(facecert(&["models", "unpack", pack_text]).status.code(), Some(2));
    let grade = || json(&facecert(&["models", "list", "--pack", pack_text]))["grade"].clone();
    assert_eq!(grade(), "evaluation");
    let figures = folder.path().join("own.json");
    std::fs::write(&figures, r#"{"pairs": 600, "eer": 0.01, "at": [{"fnmr": {"count": 3, "of": 300}}]}"#).unwrap();
    let accept = [
        "models",
        "accept",
        pack_text,
        "--role",
        "county centre",
        "--date",
        "2026-11-25",
        "--evaluation",
        figures.to_str().unwrap(),
    ];
    assert_eq!(facecert(&accept).status.code(), Some(0));
    assert_eq!(grade(), "accepted");
    assert_eq!(facecert(&["models", "check", pack_text]).status.code(), Some(0));
    let same = verify(&photo("obama-1.jpg"), &photo("obama-2.jpg"), &["--pack", pack_text, "--json"]);
    assert_eq!((same.status.code(), json(&same)["models"]["grade"].as_str()), (Some(0), Some("accepted")));
}

#[test]
fn a_held_card_is_told_from_the_person_who_holds_it() {
    let folder = tempfile::tempdir().unwrap();
    let (person, card) = (
        image::open(photo("collins-1.png")).unwrap().to_rgb8(),
        image::open(photo("collins-1.png")).unwrap().to_rgb8(),
    );
    let card = image::imageops::crop_imm(&card, 140, 20, 190, 230).to_image();
    let mut scene = image::RgbImage::from_pixel(900, 700, image::Rgb([180, 180, 175]));
    image::imageops::overlay(&mut scene, &person, 60, 100);
    image::imageops::overlay(
        &mut scene,
        &image::imageops::resize(&card, 95, 115, image::imageops::FilterType::Triangle),
        700,
        480,
    );
    let held = folder.path().join("held.png");
    scene.save(&held).unwrap();
    let review = |reference: &str| {
        json(&facecert(&[
            "review-photo",
            held.to_str().unwrap(),
            "--reference",
            photo(reference).to_str().unwrap(),
            "--json",
        ]))
    };
    let own = review("collins-1.png");
    assert_eq!(
        (own["person"]["outcome"].as_str(), own["card_portrait"]["outcome"].as_str()),
        (Some("match"), Some("match")),
        "{own}"
    );
    let other = review("hopper-1.jpg");
    assert_eq!(
        (other["person"]["outcome"].as_str(), other["card_portrait"]["outcome"].as_str()),
        (Some("no_match"), Some("no_match"))
    );
}
