//! Quality on the sample portraits and on versions of them made worse.

use std::path::PathBuf;
use std::sync::LazyLock;

use facecert_core::detect::{DetectOptions, Face};
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, Limits, resize, warp};
use facecert_core::geometry::{Point, Similarity};
use facecert_core::quality::{Component, Profile, Quality};
use facecert_core::reason::Reason;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::embedded().unwrap());
const PORTRAITS: [&str; 6] =
    ["biden-1.jpg", "collins-1.png", "hopper-1.jpg", "obama-1.jpg", "obama-2.jpg", "obama-3.jpg"];

fn photo(name: &str) -> Image {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name);
    Image::open(&path, &Limits::default()).unwrap()
}

fn face(image: &Image) -> Face {
    let faces = ENGINE.detect(image, &DetectOptions::default()).unwrap();
    faces.into_iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())).unwrap()
}

fn quality(image: &Image, profile: Profile) -> Quality {
    quality_of(image, face(image), profile)
}

/// The quality of a face whose place is known: in the dark the detector may not find it.
fn quality_of(image: &Image, face: Face, profile: Profile) -> Quality {
    let look = ENGINE.look(image, &face).unwrap();
    ENGINE.quality(image, &[face], &face, &look, profile).unwrap()
}

fn raw(quality: &Quality, component: Component) -> f32 {
    quality.components.iter().find(|i| i.component == component).unwrap().raw
}

/// The face with its eyes so many pixels apart, in a picture 4 x 5 of that.
fn framed(image: &Image, eyes_px: f32) -> Image {
    let found = face(image);
    let (left, right) = (Point::new(1.5 * eyes_px, 2.0 * eyes_px), Point::new(2.5 * eyes_px, 2.0 * eyes_px));
    let fit = Similarity::fit(&[found.points[0], found.points[1]], &[left, right]).unwrap();
    warp(image, &fit.matrix(), (4.0 * eyes_px) as u32, (5.0 * eyes_px) as u32, Border::Replicate).unwrap()
}

fn changed(image: &Image, change: impl Fn(usize, usize, u8) -> f32) -> Image {
    let mut changed = image.clone();
    let width = image.width() as usize;
    for (k, value) in changed.data_mut().iter_mut().enumerate() {
        *value = change(k / 3 % width, k / 3 / width, *value).clamp(0.0, 255.0) as u8;
    }
    changed
}

fn jpeg(image: &Image, quality: u8) -> Image {
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, quality)
        .encode(image.data(), image.width() as u16, image.height() as u16, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    Image::decode(&bytes, &Limits::default()).unwrap()
}

/// 102x126, eyes 27 px apart, JPEG 30: what a card's chip holds.
fn chip_portrait(image: &Image) -> Image {
    let found = face(image);
    let eyes = [Point::new(37.5, 55.0), Point::new(64.5, 55.0)];
    let fit = Similarity::fit(&[found.points[0], found.points[1]], &eyes).unwrap();
    jpeg(&warp(image, &fit.matrix(), 102, 126, Border::Replicate).unwrap(), 30)
}

#[test]
fn good_portraits_pass_as_phone_frames_and_as_chip_portraits() {
    for name in PORTRAITS {
        let image = photo(name);
        let whole = quality(&framed(&image, 70.0), Profile::Phone);
        assert!(whole.pass && whole.unified > 40.0, "{name}: {whole:?}");
        let chip = quality(&chip_portrait(&image), Profile::IdChip);
        assert!(chip.pass, "{name}: {chip:?}");
        assert!(!quality(&chip_portrait(&image), Profile::Phone).pass, "{name}"); // 27 px are too few for a phone
        assert!(chip.unified < whole.unified);
    }
}

#[test]
fn what_is_made_worse_is_refused_for_the_right_reason() {
    for name in PORTRAITS {
        let image = framed(&photo(name), 70.0);
        let place = face(&image);
        let told = |image: &Image| quality_of(image, place, Profile::Phone).reasons();
        let small = resize(&image, image.width() / 3, image.height() / 3).unwrap();
        assert!(quality(&small, Profile::Phone).reasons().contains(&Reason::FaceTooSmall), "{name}");
        let blurred =
            resize(&resize(&image, image.width() / 7, image.height() / 7).unwrap(), image.width(), image.height());
        assert!(told(&blurred.unwrap()).contains(&Reason::Blurred), "{name}");
        assert!(told(&changed(&image, |_, _, v| f32::from(v) * 0.08)).contains(&Reason::TooDark), "{name}");
        assert!(told(&changed(&image, |_, _, v| f32::from(v) * 0.2 + 215.0)).contains(&Reason::TooBright), "{name}");
        let side_light = changed(&image, |x, _, v| f32::from(v) * if x > 140 { 0.15 } else { 1.0 });
        assert!(told(&side_light).contains(&Reason::UnevenLight), "{name}");
        let flat = changed(&image, |_, _, v| 120.0 + f32::from(v) * 0.08);
        assert!(told(&flat).contains(&Reason::Flat), "{name}");
    }
}

#[test]
fn a_tilted_head_and_a_cut_off_one_are_told_to_be_upright_and_to_move_back() {
    let image = framed(&photo("obama-1.jpg"), 70.0);
    let (sin, cos) = 40f64.to_radians().sin_cos();
    let (x, y) = (140.0, 175.0);
    let tilt = [[cos, -sin, x - cos * x + sin * y], [sin, cos, y - sin * x - cos * y]];
    let tilted = warp(&image, &tilt, 280, 350, Border::Replicate).unwrap();
    assert!(quality(&tilted, Profile::Phone).reasons().contains(&Reason::HeadTilted));
    let shift = [[1.0, 0.0, -90.0], [0.0, 1.0, 0.0]];
    let cut = warp(&image, &shift, 190, 350, Border::Replicate).unwrap();
    assert!(quality(&cut, Profile::Phone).reasons().contains(&Reason::FaceCutOff));
}

#[test]
fn raw_values_move_with_what_they_measure() {
    for name in PORTRAITS {
        let image = framed(&photo(name), 70.0);
        let good = quality(&image, Profile::IdReference);
        let soft = resize(&resize(&image, 120, 150).unwrap(), image.width(), image.height()).unwrap();
        let soft = quality(&soft, Profile::IdReference);
        assert!(raw(&soft, Component::Sharpness) < raw(&good, Component::Sharpness), "{name}");
        assert!(soft.unified < good.unified, "{name}");
        let coarse = quality(&jpeg(&image, 8), Profile::IdReference);
        assert!(raw(&coarse, Component::Compression) > 1.2 * raw(&good, Component::Compression), "{name}");
        let mut bluish = image.clone();
        bluish.data_mut().as_chunks_mut::<3>().0.iter_mut().for_each(|p| p[0] /= 3);
        assert!(raw(&quality(&bluish, Profile::IdReference), Component::NaturalColour) > 10.0, "{name}");
        let noisy = changed(&image, |x, y, v| {
            let outside = !(60..220).contains(&x);
            f32::from(v) + if outside && (x + y) % 4 < 2 { 60.0 } else { 0.0 }
        });
        let restless = raw(&quality(&noisy, Profile::IdReference), Component::Background);
        assert!(restless > raw(&good, Component::Background) + 0.02, "{name}");
    }
}
