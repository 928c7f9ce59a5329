//! The stages of `verify` on a sample portrait, and all of it, on one thread and on all. Every answer is checked.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use facecert_benches::sample;
use facecert_core::detect::DetectOptions;
use facecert_core::engine::Engine;
use facecert_core::frame::{Image, Limits};
use facecert_core::verify::{Outcome, VerifyOptions, compare, verify};
use rayon::prelude::*;

fn open(name: &str) -> Image {
    Image::open(&sample(name), &Limits::default()).expect("a sample photo")
}

fn stages(c: &mut Criterion) {
    let engine = Engine::embedded().expect("the embedded pack");
    let bytes = std::fs::read(sample("obama-1.jpg")).expect("a sample photo");
    let (reference, probe) = (open("obama-1.jpg"), open("obama-2.jpg"));

    c.bench_function("decode_jpeg_1_megapixel", |b| {
        b.iter(|| assert_eq!(Image::decode(black_box(&bytes), &Limits::default()).expect("a photo").width(), 910));
    });
    for size in [[256, 320], [480, 640]] {
        let options = DetectOptions { size: Some(size), ..DetectOptions::default() };
        c.bench_function(&format!("detect_{}x{}", size[0], size[1]), |b| {
            b.iter(|| assert_eq!(engine.detect(black_box(&reference), &options).expect("a detector").len(), 1));
        });
    }
    let face = engine.detect(&reference, &DetectOptions::default()).expect("a detector")[0];
    c.bench_function("align", |b| {
        b.iter(|| assert_eq!(engine.chip(black_box(&reference), &face).expect("a chip").width(), 112));
    });
    let chip = engine.chip(&reference, &face).expect("a chip");
    let template = engine.embed_chip(&chip).expect("a template");
    c.bench_function("embed", |b| {
        b.iter(|| assert_eq!(engine.embed_chip(black_box(&chip)).expect("a template").values(), template.values()));
    });
    c.bench_function("compare", |b| {
        b.iter(|| {
            assert_eq!(
                compare(&engine, black_box(&template), &template, 1e-4).expect("a score").outcome(),
                Outcome::Match
            )
        });
    });
    let whole = || {
        let answer = verify(&engine, &reference, &probe, &VerifyOptions::default()).expect("an answer");
        assert_eq!(answer.outcome, Outcome::Match);
    };
    c.bench_function("verify_decoded", |b| b.iter(whole));
    c.bench_function("verify_decoded_16_on_all_threads", |b| b.iter(|| (0..16).into_par_iter().for_each(|_| whole())));
}

criterion_group!(benches, stages);
criterion_main!(benches);
