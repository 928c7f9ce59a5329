//! One step of a capture session on a 640x480 frame: detect, follow, points, pose, eyes, liveness, quality, template, and the
//! session's own logic. A phone has 200 ms for it at 5 frames a second, a kiosk 33 at 30.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use facecert_benches::sample;
use facecert_core::engine::Engine;
use facecert_core::frame::{Border, Image, Limits, warp};
use facecert_core::session::{Capture, CaptureOptions, Nonce};

/// The portrait as a webcam shows it: the face 200 px high in 640x480, a little further to the right in each frame.
fn frame(portrait: &Image, number: u64) -> Image {
    let scale = 480.0 / f64::from(portrait.height());
    let left = 100.0 + (number % 20) as f64;
    warp(portrait, &[[scale, 0.0, left], [0.0, scale, 0.0]], 640, 480, Border::Replicate).expect("a sound warp")
}

fn session_step(c: &mut Criterion) {
    let engine = Arc::new(Engine::embedded().expect("the embedded pack"));
    engine.prepare().and_then(|()| engine.warm_up_look()).expect("the embedded pack loads");
    let portrait = Image::open(&sample("collins-1.png"), &Limits::default()).expect("a sample portrait");
    let frames: Vec<Image> = (0..20).map(|number| frame(&portrait, number)).collect();
    let nonce: Nonce = "00112233445566778899aabbccddeeff".parse().expect("a nonce");
    // At 30 frames a second a sixth of the frames is asked for everything, at 5 each is.
    for fps in [30, 5] {
        c.bench_function(&format!("session step 640x480 at {fps} fps"), |b| {
            let options = CaptureOptions::default();
            let fresh = || Capture::new(engine.clone(), nonce.clone(), &options).expect("a session");
            let (mut capture, mut number) = (fresh(), 0u64);
            b.iter(|| {
                if capture.session().result().is_some() {
                    (capture, number) = (fresh(), 0);
                }
                number += 1;
                capture.feed(&frames[number as usize % 20], number * 1000 / fps).expect("a step")
            });
        });
    }
}

criterion_group!(benches, session_step);
criterion_main!(benches);
