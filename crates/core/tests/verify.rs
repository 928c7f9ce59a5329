//! The main job on real photos, with the embedded pack.

use std::path::PathBuf;
use std::sync::LazyLock;

use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, Limits, Orientation, Rotation, warp};
use facecert_core::geometry::{Point, Similarity};
use facecert_core::pack::Pack;
use facecert_core::reason::Reason;
use facecert_core::verify::{Outcome, Side, VerifyOptions, compare, verify};
use facecert_core::{ContractId, Error, Template};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::embedded().unwrap());

fn photo(name: &str) -> Image {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name);
    Image::open(&path, &Limits::default()).unwrap()
}

fn answer(reference: &Image, probe: &Image) -> Outcome {
    verify(&ENGINE, reference, probe, &VerifyOptions::default()).unwrap().outcome
}

/// The photo as a card's chip has it: 102x126, eyes 27 px apart.
fn chip_portrait(image: &Image) -> Image {
    let face = ENGINE.detect(image, &DetectOptions::default()).unwrap()[0];
    let eyes = [face.points[0], face.points[1]];
    let to_chip = Similarity::fit(&eyes, &[Point::new(37.5, 55.0), Point::new(64.5, 55.0)]).unwrap();
    warp(image, &to_chip.matrix(), 102, 126, Border::Replicate).unwrap()
}

#[test]
fn the_embedded_pack_is_whole() {
    let pack = Pack::embedded().unwrap();
    pack.check().unwrap();
    assert_eq!(pack.grade().as_str(), "evaluation");
    ENGINE.prepare().unwrap();
    ENGINE.warm_up_detector().unwrap();
}

#[test]
fn two_photos_of_one_person_match_and_of_two_people_do_not() {
    let (a, b, other) = (photo("obama-1.jpg"), photo("obama-2.jpg"), photo("biden-1.jpg"));
    assert_eq!(answer(&a, &b), Outcome::Match);
    assert_eq!(answer(&a, &other), Outcome::NoMatch);
    assert_eq!(answer(&photo("collins-1.png"), &photo("hopper-1.jpg")), Outcome::NoMatch);
}

#[test]
fn the_face_of_a_card_portrait_is_found_and_matches_its_photo() {
    for name in ["collins-1.png", "hopper-1.jpg"] {
        let image = photo(name);
        let card = chip_portrait(&image);
        let template = |image: &Image| {
            let face = ENGINE.detect(image, &DetectOptions::default()).unwrap()[0]; // the most certain one
            (face, ENGINE.embed(image, &face).unwrap())
        };
        let ((face, own), (_, whole)) = (template(&card), template(&image));
        assert!((24.0..30.0).contains(&face.inter_eye_px()), "{name}: {}", face.inter_eye_px());
        assert_eq!(compare(&ENGINE, &own, &whole, 1e-4).unwrap().outcome(), Outcome::Match, "{name}");
    }
}

#[test]
fn the_face_of_a_close_up_that_fills_the_frame_is_the_only_one_found() {
    for name in ["collins-1.png", "hopper-1.jpg"] {
        let image = photo(name);
        let face = ENGINE.detect(&image, &DetectOptions::default()).unwrap()[0];
        let (r, side) = (face.rect, 480.0 / f64::from(face.rect.width));
        let cut = Similarity { a: side, b: 0.0, tx: -side * f64::from(r.x), ty: -side * f64::from(r.y) };
        let close_up =
            warp(&image, &cut.matrix(), 480, (side * f64::from(r.height)) as u32, Border::Replicate).unwrap();
        let found = ENGINE.detect(&close_up, &DetectOptions::default()).unwrap();
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        let eyes = found[0].points[0].distance(cut.apply(face.points[0]));
        assert!(eyes < 0.15 * found[0].inter_eye_px(), "{name}: eye {eyes} px away");
    }
}

#[test]
fn a_turned_photo_is_found_on_request_and_its_points_lie_in_the_photo_given() {
    let upright = photo("collins-1.png");
    let eye = ENGINE.detect(&upright, &DetectOptions::default()).unwrap()[0].points[0];
    let (width, height) = (upright.width() as f32, upright.height() as f32);
    for (rotation, wanted) in [
        (Rotation::Deg90, Point::new(height - 1.0 - eye.y, eye.x)),
        (Rotation::Deg180, Point::new(width - 1.0 - eye.x, height - 1.0 - eye.y)),
        (Rotation::Deg270, Point::new(eye.y, width - 1.0 - eye.x)),
    ] {
        let turned = upright.clone().oriented(Orientation { rotation, mirror: false });
        let options = DetectOptions { any_rotation: true, ..DetectOptions::default() };
        let face = ENGINE.detect(&turned, &options).unwrap()[0];
        assert!(face.points[0].distance(wanted) < 6.0, "{rotation:?}: {:?}, wanted {wanted:?}", face.points[0]);
    }
}

#[test]
fn a_photo_without_an_answer_says_why_and_which_one() {
    let (face, nothing) = (photo("collins-1.png"), Image::black(320, 240).unwrap());
    let found = verify(&ENGINE, &face, &nothing, &VerifyOptions::default()).unwrap();
    assert_eq!((found.outcome, found.reason), (Outcome::NotDecidable, Some((Side::Probe, Reason::NoFace))));
    let dot = Image::black(1, 1).unwrap();
    let found = verify(&ENGINE, &dot, &face, &VerifyOptions::default()).unwrap();
    assert_eq!(found.reason, Some((Side::Reference, Reason::NoFace)));
    let strict = VerifyOptions { min_inter_eye_px: 1000.0, ..VerifyOptions::default() };
    let found = verify(&ENGINE, &face, &face, &strict).unwrap();
    assert_eq!(found.reason, Some((Side::Reference, Reason::FaceTooSmall)));
}

#[test]
fn templates_of_another_contract_are_not_compared() {
    let image = photo("collins-1.png");
    let face = ENGINE.detect(&image, &DetectOptions::default()).unwrap()[0];
    let own = ENGINE.embed(&image, &face).unwrap();
    let foreign = Template::new(ContractId::from_bytes([9; 32]), own.values()).unwrap();
    assert_eq!(compare(&ENGINE, &own, &foreign, 1e-4), Err(Error::Contract));
}

#[test]
fn one_engine_gives_the_same_bytes_on_every_thread() {
    let image = photo("hopper-1.jpg");
    let make = || {
        let face = ENGINE.detect(&image, &DetectOptions::default()).unwrap()[0];
        ENGINE.embed(&image, &face).unwrap().values().to_vec()
    };
    let alone = make();
    std::thread::scope(|threads| {
        let all: Vec<_> = (0..4).map(|_| threads.spawn(make)).collect();
        all.into_iter().for_each(|t| assert_eq!(t.join().unwrap(), alone));
    });
}
