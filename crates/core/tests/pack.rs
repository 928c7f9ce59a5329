//! Packs from folders: damaged ones are refused with the file's name, changed settings are noticed, acceptance binds bytes.

use std::fs;
use std::path::Path;

use facecert_core::engine::Engine;
use facecert_core::pack::{Grade, Pack};

fn unpacked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in Pack::embedded().unwrap().files().unwrap() {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn refused(folder: &Path) -> String {
    let load = Pack::open(folder).and_then(|pack| {
        pack.check()?;
        Engine::new(pack).prepare()
    });
    let text = load.expect_err("a fault was expected").to_string();
    assert!(!text.contains('\n'), "{text}");
    text
}

fn edit_manifest(folder: &Path, from: &str, to: &str) {
    let path = folder.join("manifest.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn an_unpacked_pack_is_the_embedded_one() {
    let folder = unpacked();
    let (own, embedded) = (Pack::open(folder.path()).unwrap(), Pack::embedded().unwrap());
    assert_eq!((own.digest(), own.contract()), (embedded.digest(), embedded.contract()));
    Engine::new(own).prepare().unwrap();
}

#[test]
fn a_changed_byte_or_a_missing_file_is_refused_by_name() {
    for name in ["detector.onnx", "embedder.onnx", "calibration.json", "check.png"] {
        let folder = unpacked();
        let path = folder.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert!(refused(folder.path()).contains(name));
        fs::remove_file(&path).unwrap();
        let text = refused(folder.path());
        assert!(text.contains(name) && text.contains("missing"), "{text}");
    }
}

#[test]
fn a_manifest_with_a_fault_is_refused() {
    for (from, to, says) in [
        ("format = 1", "format = 2", "format is 2"),
        ("dim = 256", "dim = 12", "64 to 1024"),
        ("[320, 256]", "[321, 256]", "multiples of 32"),
        ("embedder.onnx", "../embedder.onnx", "plain"),
        ("id = ", "ident = ", "ident"),
    ] {
        let folder = unpacked();
        edit_manifest(folder.path(), from, to);
        let text = refused(folder.path());
        assert!(text.contains(says), "{text}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(refused(empty.path()).contains("manifest.toml: missing"));
}

#[test]
fn swapped_channels_are_noticed_by_the_self_check() {
    let folder = unpacked();
    let path = folder.path().join("manifest.toml");
    let text = fs::read_to_string(&path).unwrap();
    let (detector, embedder) = text.split_once("[embedder]").unwrap();
    let swapped = format!("{detector}[embedder]{}", embedder.replacen("\"rgb\"", "\"bgr\"", 1));
    fs::write(&path, swapped).unwrap();
    let text = refused(folder.path());
    assert!(text.contains("self-check"), "{text}");
}

#[test]
fn another_embedder_s_calibration_is_refused() {
    let folder = unpacked();
    edit_manifest(folder.path(), "[38.2946,", "[38.2947,"); // another alignment, another contract
    let text = refused(folder.path());
    assert!(text.contains("calibration.json") && text.contains("another embedder"), "{text}");
}

#[test]
fn an_acceptance_holds_until_a_byte_changes() {
    let folder = unpacked();
    let pack = Pack::open(folder.path()).unwrap();
    let digest: String = pack.digest().iter().map(|b| format!("{b:02x}")).collect();
    let text =
        format!("format = 1\npack = \"{digest}\"\nrole = \"county centre\"\ndate = \"2026-11-25\"\nfigures = []\n");
    fs::write(folder.path().join("acceptance.toml"), text).unwrap();
    assert_eq!(Pack::open(folder.path()).unwrap().grade().as_str(), "accepted");
    edit_manifest(folder.path(), "nms_iou = 0.45", "nms_iou = 0.46");
    let changed = Pack::open(folder.path()).unwrap();
    assert_eq!((changed.grade(), changed.grade().as_str()), (&Grade::Outdated, "evaluation"));
    fs::write(folder.path().join("acceptance.toml"), "nonsense").unwrap();
    assert!(refused(folder.path()).contains("acceptance.toml"));
}
