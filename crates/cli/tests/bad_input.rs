//! What is no photo, or no photo that is read: one line that names the file and what to do, exit code 2. Photos of unusual
//! kinds that are read give the usual answer.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{DynamicImage, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

fn photo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name)
}

fn facecert(args: &[&OsStr]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).args(args).output().unwrap()
}

fn verify(reference: &Path, probe: &Path, more: &[&str]) -> Output {
    let more: Vec<&OsStr> = more.iter().map(OsStr::new).collect();
    facecert(&[&["verify".as_ref(), reference.as_ref(), probe.as_ref()], more.as_slice()].concat())
}

/// Asserts the one line of an error about `path` that says each of `texts`.
fn assert_refused(output: &Output, path: &Path, texts: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(output.stdout.is_empty());
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.starts_with("facecert: ") && error.contains(path.to_str().unwrap()), "{error}");
    for text in texts {
        assert!(error.contains(text), "{text:?} is not in: {error}");
    }
}

/// Signature, header and empty pixels of a PNG of 60,000 x 60,000.
fn huge_png() -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8], crc: u32| {
        [&(data.len() as u32).to_be_bytes(), kind.as_slice(), data, &crc.to_be_bytes()].concat()
    };
    let header = [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60, 8, 2, 0, 0, 0];
    let pixels = [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1];
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        chunk(b"IHDR", &header, 0x0FB0_E215),
        chunk(b"IDAT", &pixels, 0x4806_89D2),
        chunk(b"IEND", b"", 0xAE42_6082),
    ]
    .concat()
}

/// Files that are refused, and what the refusal says.
fn refused_files() -> Vec<(&'static str, Vec<u8>, [&'static str; 2])> {
    let jpeg = fs::read(photo("hopper-1.jpg")).unwrap();
    let png = fs::read(photo("collins-1.png")).unwrap();
    let as_jpeg_or_png = "send it as JPEG or PNG";
    let again = "copy or send the photo again";
    vec![
        ("empty.jpg", vec![], ["is empty", again]),
        (
            "letter.jpg",
            b"Dear Sir or Madam,\nplease find enclosed".to_vec(),
            ["is not an image", "JPEG, PNG, WebP or BMP"],
        ),
        ("cut.jpg", jpeg[..jpeg.len() / 2].to_vec(), ["end is missing", again]),
        ("cut.png", png[..png.len() / 2].to_vec(), ["end is missing", again]),
        ("huge.png", huge_png(), ["60000 x 60000 pixels", "send a smaller photo"]),
        ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1".to_vec(), ["is HEIC, which is not read", as_jpeg_or_png]),
        ("phone.avif", b"\0\0\0\x18ftypavif\0\0\0\0avifmif1".to_vec(), ["is AVIF, which is not read", as_jpeg_or_png]),
        ("moving.gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), ["is GIF, which is not read", as_jpeg_or_png]),
        ("scan.tif", b"II*\0\x08\0\0\0\0\0".to_vec(), ["is TIFF, which is not read", as_jpeg_or_png]),
        ("scan.pdf", b"%PDF-1.7\n".to_vec(), ["is PDF, which is not read", as_jpeg_or_png]),
    ]
}

#[test]
fn bad_files_are_refused_in_one_line_on_either_side() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, texts) in refused_files() {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert_refused(&verify(&photo("hopper-1.jpg"), &path, &[]), &path, &texts);
        assert_refused(&verify(&path, &photo("hopper-1.jpg"), &["--json"]), &path, &texts);
    }
}

#[test]
fn every_command_that_takes_a_photo_refuses_alike() {
    let folder = tempfile::tempdir().unwrap();
    let (bad, out, good) = (folder.path().join("letter.png"), folder.path().join("template"), photo("hopper-1.jpg"));
    fs::write(&bad, "not a photo").unwrap();
    let commands: [&[&OsStr]; 3] = [
        &["detect".as_ref(), bad.as_ref()],
        &["embed".as_ref(), bad.as_ref(), "-o".as_ref(), out.as_ref()],
        &["review-photo".as_ref(), bad.as_ref(), "--reference".as_ref(), good.as_ref()],
    ];
    for command in commands {
        assert_refused(&facecert(command), &bad, &["is not an image"]);
    }
    assert!(!out.exists());
}

#[test]
fn folders_missing_files_and_too_large_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = photo("hopper-1.jpg");
    assert_refused(&verify(&good, folder.path(), &[]), folder.path(), &["is a directory", "give an image file"]);
    let missing = folder.path().join("missing.jpg");
    assert_refused(&verify(&missing, &good, &[]), &missing, &["cannot be read", "check the path"]);
    let large = folder.path().join("large.jpg");
    File::create(&large).unwrap().set_len(21_000_000).unwrap();
    assert_refused(&verify(&good, &large, &[]), &large, &["21000000 bytes", "send a smaller photo"]);
}

#[test]
fn a_rate_without_a_threshold_is_refused() {
    let good = photo("hopper-1.jpg");
    for fmr in ["0", "0.5", "1e-9", "NaN"] {
        let output = verify(&good, &good, &["--fmr", fmr]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{error}");
        assert!(
            error.contains("false match rate") && error.contains("1e-6 to 1e-2") || error.contains("1e-6 and 1e-2"),
            "{error}"
        );
    }
}

#[test]
fn packs_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let good = photo("hopper-1.jpg");
    let refuse = |pack: &Path, texts: &[&str]| {
        assert_refused(&verify(&good, &good, &["--pack", pack.to_str().unwrap()]), pack, texts);
    };
    refuse(&folder.path().join("none"), &["manifest.toml"]);
    let pack = folder.path().join("pack");
    assert_eq!(facecert(&["models".as_ref(), "unpack".as_ref(), pack.as_ref()]).status.code(), Some(0));
    fs::write(pack.join("calibration.json"), "{}").unwrap();
    let output = verify(&good, &good, &["--pack", pack.to_str().unwrap()]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), error.lines().count()), (Some(2), 1), "{error}");
    assert!(error.contains("calibration.json") && error.contains("digest"), "{error}");
}

/// The portrait in another coding must still be the same person, nearly to the pixel.
fn assert_same_as_portrait(path: &Path) {
    let output = verify(&photo("collins-1.png"), path, &["--json"]);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(report["score"].as_f64().unwrap() > 0.98, "{report}");
}

fn portrait() -> RgbImage {
    image::open(photo("collins-1.png")).unwrap().to_rgb8()
}

#[test]
fn sixteen_bits_a_channel_keep_their_colours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.png");
    DynamicImage::ImageRgb8(portrait()).to_rgb16().save(&path).unwrap();
    assert_same_as_portrait(&path);
}

#[test]
fn a_cmyk_jpeg_keeps_its_colours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("press.jpg");
    let portrait = portrait();
    let inks: Vec<u8> = portrait.pixels().flat_map(|p| [255 - p[0], 255 - p[1], 255 - p[2], 0]).collect();
    let (width, height) = (portrait.width() as u16, portrait.height() as u16);
    Encoder::new_file(&path, 95).unwrap().encode(&inks, width, height, ColorType::Cmyk).unwrap();
    assert_same_as_portrait(&path);
}
