//! Galleries that are kept secret, and taken from one model to another.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const SEARCH: [&str; 4] = ["-k", "3", "--purpose", "test of the program"];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn facecert(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).current_dir(folder).args(args).output().unwrap()
}

fn stdout(folder: &Path, args: &[&str], code: i32) -> String {
    let output = facecert(folder, args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn stderr(folder: &Path, args: &[&str]) -> String {
    let output = facecert(folder, args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

fn search<'a>(gallery: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["search", gallery, "probe.jpg"], &SEARCH[..], more].concat()
}

/// Three people, one with two photos, in the gallery `g`.
fn enrolled() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [
        ("obama-1.jpg", "photos/obama/1.jpg"),
        ("obama-2.jpg", "photos/obama/2.jpg"),
        ("biden-1.jpg", "photos/biden/1.jpg"),
        ("hopper-1.jpg", "photos/hopper.jpg"),
        ("obama-3.jpg", "probe.jpg"),
    ] {
        let to = folder.path().join(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(repository("tests/data/photos").join(from), to).unwrap();
    }
    stdout(folder.path(), &["enrol", "photos", "-o", "g", "--purpose", "test of the program"], 0);
    folder
}

#[test]
fn a_sealed_gallery_is_searched_in_memory_by_whoever_has_the_key() {
    let enrolled = enrolled();
    let folder = enrolled.path();
    let plain = stdout(folder, &search("g", &[]), 0);
    for (name, digits) in [("aes.key", 64), ("sm4.key", 32)] {
        fs::write(folder.join(name), format!("{}\n", "5".repeat(digits))).unwrap();
        let key = ["--seal-key", name, "--seal-name", "county"];
        let said = stdout(folder, &[&["gallery", "seal", "g", "-o", "sealed"], &key[..]].concat(), 0);
        assert!(said.contains("4 templates of 3 people"), "{said}");
        assert_eq!(stdout(folder, &search("sealed", &key), 0), plain);
        let output = facecert(folder, &search("sealed", &key));
        assert!(String::from_utf8(output.stderr).unwrap().contains("4 templates of 3 people"));
    }
    let error = stderr(folder, &search("sealed", &["--seal-key", "sm4.key", "--seal-name", "town"]));
    assert!(error.contains("sealed: ") && error.contains("panel 0"), "{error}");
    let error = stderr(folder, &search("sealed", &["--seal-key", "aes.key", "--seal-name", "county"]));
    assert!(error.contains("another key"), "{error}");
    assert!(stderr(folder, &search("sealed", &[])).contains("--seal-key"));
    assert!(stderr(folder, &search("g", &["--seal-key", "aes.key"])).contains("not sealed"));
    fs::write(folder.join("short.key"), "55").unwrap();
    let error = stderr(folder, &["gallery", "seal", "g", "--seal-key", "short.key", "-o", "sealed"]);
    assert!(error.contains("short.key") && error.contains("64 hexadecimal digits"), "{error}");
}

/// The default pack with a slightly other scale of pixels: another contract.
fn other_pack(folder: &Path) {
    let pack = folder.join("pack");
    fs::create_dir(&pack).unwrap();
    for entry in fs::read_dir(repository("models/default")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, pack.join(path.file_name().unwrap())).unwrap();
    }
    let manifest = fs::read_to_string(pack.join("manifest.toml")).unwrap();
    let at = manifest.find("[embedder]").unwrap();
    let (head, embedder) = manifest.split_at(at);
    let changed = embedder.replacen("0.007843137", "0.00784", 1);
    assert_ne!(changed, embedder);
    let (before, calibration) = changed.split_at(changed.find("[calibration]").unwrap());
    let after = calibration.find("\n[").map_or("", |next| &calibration[next..]); // the calibration is the other contract's
    fs::write(pack.join("manifest.toml"), format!("{head}{before}{after}")).unwrap();
}

#[test]
fn people_are_taken_to_another_model_by_their_photos() {
    let enrolled = enrolled();
    let folder = enrolled.path();
    other_pack(folder);
    let before = fs::read(folder.join("g")).unwrap();
    let migrate = ["gallery", "migrate", "g", "--pack", "pack", "-o", "new"];
    let said = stdout(folder, &migrate, 1);
    assert!(said.contains("0 people in new, 3 left behind"), "{said}");
    assert!(!folder.join("new").exists(), "without photos nothing is written");

    // Photos of one of the three, and of somebody who was never enrolled.
    fs::create_dir_all(folder.join("again/obama")).unwrap();
    fs::create_dir_all(folder.join("again/stranger")).unwrap();
    fs::copy(folder.join("probe.jpg"), folder.join("again/obama/3.jpg")).unwrap();
    fs::copy(folder.join("probe.jpg"), folder.join("again/stranger/1.jpg")).unwrap();
    let said = stdout(folder, &[&migrate[..], &["--photos", "again"]].concat(), 1);
    assert!(said.contains("1 photos added, 0 skipped, 1 of people who are not in the gallery"), "{said}");
    assert!(said.contains("old model only: biden/1.jpg") && said.contains("old model only: hopper.jpg"), "{said}");
    assert!(said.contains("1 people in new, 2 left behind") && !said.contains("obama/"), "{said}");

    let said = stdout(folder, &[&migrate[..], &["--photos", "photos"]].concat(), 0);
    assert!(said.contains("4 photos added") && said.contains("3 people in new, 0 left behind"), "{said}");
    assert!(stdout(folder, &["gallery", "check", "new"], 0).contains("5 templates of 3 people"));
    assert!(stdout(folder, &migrate, 0).contains("3 people in new, 0 left behind"));
    assert_eq!(fs::read(folder.join("g")).unwrap(), before, "the old gallery is kept");

    assert!(stdout(folder, &search("g", &[]), 0).lines().nth(1).unwrap().contains("obama/"));
    assert!(stdout(folder, &search("new", &["--pack", "pack"]), 0).lines().nth(1).unwrap().contains("obama/"));
    assert!(stderr(folder, &search("g", &["--pack", "pack"])).contains("contract"));
    assert!(stderr(folder, &["gallery", "migrate", "new", "--pack", "pack"]).contains("of this model already"));
    assert!(stderr(folder, &["gallery", "migrate", "g", "--pack", "pack", "-o", "g"]).contains("another model"));
}
