//! Galleries by the program: photos in, leads out, removal that erases.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const PURPOSE: [&str; 2] = ["--purpose", "test of the program"];

fn photo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name)
}

fn facecert(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).current_dir(folder).args(args).output().unwrap()
}

fn stdout(folder: &Path, args: &[&str], code: i32) -> String {
    let output = facecert(folder, args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Three people, one with two photos, and a picture without a face.
fn photos() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("photos");
    for (from, to) in [
        ("obama-1.jpg", "obama/1.jpg"),
        ("obama-2.jpg", "obama/2.jpg"),
        ("biden-1.jpg", "biden/1.jpg"),
        ("hopper-1.jpg", "hopper.jpg"),
    ] {
        let to = dir.join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(photo(from), to).unwrap();
    }
    image::RgbImage::new(64, 64).save(dir.join("blank.png")).unwrap();
    fs::write(dir.join("notes.txt"), "not a photo").unwrap();
    folder
}

#[test]
fn a_person_is_found_by_another_photo_until_removed() {
    let photos = photos();
    let folder = photos.path();
    let enrol = [&["enrol", "photos", "-o", "g"][..], &PURPOSE].concat();
    let said = stdout(folder, &enrol, 0);
    assert!(said.contains("4 photos added, 2 skipped"), "{said}");
    assert!(said.contains("skipped photos/blank.png: ") && said.contains("skipped photos/notes.txt: "), "{said}");
    let again = stdout(folder, &enrol, 0);
    assert!(again.contains("0 photos added, 6 skipped"), "{again}");

    let probe = photo("obama-3.jpg");
    let search = [&["search", "g", probe.to_str().unwrap(), "-k", "3"][..], &PURPOSE].concat();
    let leads = stdout(folder, &search, 0);
    let ids: Vec<&str> = leads.lines().skip(1).map(|line| line.split('\t').nth(1).unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids[0].starts_with("obama/"), "{leads}");
    assert!(!ids[1].starts_with("obama/"), "both photos of a person make one lead: {leads}");
    let stderr = String::from_utf8(facecert(folder, &search).stderr).unwrap();
    for part in ["4 templates of 3 people", "test of the program", "leads for a person to check"] {
        assert!(stderr.contains(part), "{stderr}");
    }

    stdout(folder, &["gallery", "remove", "g", "--id", "obama/1.jpg", "obama/2.jpg"], 0);
    assert!(!stdout(folder, &search, 0).contains("obama"));
    assert!(stdout(folder, &["gallery", "check", "g"], 0).contains("2 templates of 2 people; 2 removed, not erased"));
    let length = fs::metadata(folder.join("g")).unwrap().len();
    stdout(folder, &["gallery", "compact", "g"], 0);
    assert!(fs::metadata(folder.join("g")).unwrap().len() < length);
    assert!(stdout(folder, &["gallery", "check", "g"], 0).contains("2 templates of 2 people; 0 removed"));
}

#[test]
fn one_to_many_needs_a_purpose() {
    let photos = photos();
    for args in [
        &["enrol", "photos", "-o", "g"][..],
        &["search", "g", "x.jpg"],
        &["dedup", "g"],
        &["dedup", "plan", "g", "-o", "p"],
    ] {
        for purpose in [&[][..], &["--purpose", " "]] {
            let output = facecert(photos.path(), &[args, purpose].concat());
            assert_eq!(output.status.code(), Some(2));
            assert!(String::from_utf8(output.stderr).unwrap().contains("--purpose"));
        }
    }
    assert!(!photos.path().join("g").exists());
}

#[test]
fn a_photo_without_a_face_has_no_leads() {
    let photos = photos();
    stdout(photos.path(), &[&["enrol", "photos/obama", "-o", "g"][..], &PURPOSE].concat(), 0);
    let said = stdout(photos.path(), &[&["search", "g", "photos/blank.png"][..], &PURPOSE].concat(), 1);
    assert!(said.contains("blank.png: "), "{said}");
}

#[test]
fn damage_and_doubt_are_told() {
    let photos = photos();
    let folder = photos.path();
    stdout(folder, &[&["enrol", "photos/obama", "-o", "g"][..], &PURPOSE].concat(), 0);
    let sound = fs::read(folder.join("g")).unwrap();

    let mut flipped = sound.clone();
    flipped[20_000] ^= 4;
    fs::write(folder.join("g"), &flipped).unwrap();
    let output = facecert(folder, &["gallery", "check", "g"]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("at byte ") && stderr.lines().count() == 1, "{stderr}");

    // The slot of the only commit: the empty gallery before it is what can be opened.
    let mut torn = sound.clone();
    torn[8192 + 100] ^= 4;
    fs::write(folder.join("g"), &torn).unwrap();
    let said = stdout(folder, &["gallery", "check", "g"], 1);
    assert!(said.contains("in doubt") && said.contains("2 rows lie beyond"), "{said}");
    assert_eq!(facecert(folder, &["gallery", "remove", "g", "--id", "1.jpg"]).status.code(), Some(2));
    stdout(folder, &["gallery", "check", "g", "--accept-recovered"], 0);
    assert!(stdout(folder, &["gallery", "check", "g"], 0).contains("0 templates of 0 people"));
}
