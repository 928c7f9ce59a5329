//! Pixels: decode, convert, resize, letterbox, warp. Every answer is checked: the picture is a smooth one, so what comes
//! out of each step is known to a few levels.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use facecert_core::frame::{
    Border, Frame, Image, Limits, Orientation, PixelFormat, Plane, Rotation, letterbox, resize, warp,
};
use image::codecs::{bmp::BmpEncoder, jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder};

/// A full HD picture: red rises to the right, green downwards.
const WIDTH: u32 = 1920;
const HEIGHT: u32 = 1080;

fn ramp(x: f64, y: f64) -> [f64; 3] {
    [x * 255.0 / f64::from(WIDTH - 1), y * 255.0 / f64::from(HEIGHT - 1), 128.0]
}

fn picture() -> Image {
    let row = |y: u32| (0..WIDTH).flat_map(move |x| ramp(f64::from(x), f64::from(y)).map(|value| value as u8));
    Image::from_rgb(WIDTH, HEIGHT, (0..HEIGHT).flat_map(row).collect()).expect("a picture")
}

/// Asserts that pixel `x`, `y` shows what the picture has at `source_x`, `source_y`.
fn check(image: &Image, [x, y]: [u32; 2], [source_x, source_y]: [f64; 2], levels: f64) {
    let at = (y * image.width() + x) as usize * 3;
    for (got, wanted) in image.data()[at..at + 3].iter().zip(ramp(source_x, source_y)) {
        assert!((f64::from(*got) - wanted).abs() <= levels, "{got} for {wanted} at {x}, {y}");
    }
}

fn decode(c: &mut Criterion) {
    let picture = picture();
    let encode = |write: &dyn Fn(&mut Vec<u8>) -> image::ImageResult<()>| {
        let mut bytes = Vec::new();
        write(&mut bytes).expect("an encoder");
        bytes
    };
    let (rgb, color) = (picture.data(), ExtendedColorType::Rgb8);
    let files = [
        ("jpeg", encode(&|b| JpegEncoder::new_with_quality(b, 90).write_image(rgb, WIDTH, HEIGHT, color))),
        ("png", encode(&|b| PngEncoder::new(b).write_image(rgb, WIDTH, HEIGHT, color))),
        ("webp", encode(&|b| WebPEncoder::new_lossless(b).write_image(rgb, WIDTH, HEIGHT, color))),
        ("bmp", encode(&|b| BmpEncoder::new(b).write_image(rgb, WIDTH, HEIGHT, color))),
    ];
    let mut group = c.benchmark_group("decode_1080p");
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    for (name, bytes) in files {
        group.bench_function(name, |b| {
            b.iter(|| {
                let image = Image::decode(black_box(&bytes), &Limits::default()).expect("a file");
                check(&image, [WIDTH / 2, HEIGHT / 3], [f64::from(WIDTH / 2), f64::from(HEIGHT / 3)], 8.0);
            });
        });
    }
}

fn convert(c: &mut Criterion) {
    let memory = vec![128; (WIDTH * HEIGHT * 4) as usize];
    let mut group = c.benchmark_group("convert_1080p");
    group.throughput(Throughput::Elements(u64::from(WIDTH * HEIGHT)));
    for format in PixelFormat::ALL {
        let planes = vec![Plane::packed(&memory); format.planes()];
        let frame = Frame::new(format, WIDTH, HEIGHT, &planes).expect("a frame");
        for (turn, rotation) in [("upright", Rotation::Deg0), ("turned", Rotation::Deg90)] {
            let frame = frame.with_orientation(Orientation { rotation, mirror: false });
            group.bench_function(format!("{format:?}_{turn}"), |b| {
                b.iter(|| assert_eq!(black_box(&frame).to_rgb().data().last(), Some(&128)));
            });
        }
    }
}

fn transform(c: &mut Criterion) {
    let picture = picture();
    c.bench_function("resize_1080p_to_640x360", |b| {
        b.iter(|| {
            let small = resize(black_box(&picture), 640, 360).expect("a size");
            check(&small, [320, 100], [961.0, 301.0], 1.5);
        });
    });
    let mut canvas = Image::black(320, 320).expect("a size");
    c.bench_function("letterbox_1080p_to_320x320", |b| {
        b.iter(|| {
            let placement = letterbox(black_box(&picture), &mut canvas).expect("a picture");
            assert_eq!((placement.width, placement.height), (320, 180));
            check(&canvas, [160, 90], [962.5, 542.5], 1.5);
        });
    });
    for (name, scale) in [("warp_112_from_a_face_as_large", 1.0), ("warp_112_from_a_face_8_times_larger", 0.125)] {
        let matrix = [[scale, 0.0, 56.0 - 960.0 * scale], [0.0, scale, 56.0 - 540.0 * scale]];
        c.bench_function(name, |b| {
            b.iter(|| {
                let chip = warp(black_box(&picture), &matrix, 112, 112, Border::Replicate).expect("a matrix");
                check(&chip, [56, 56], [960.0, 540.0], 1.5);
            });
        });
    }
}

criterion_group!(benches, decode, convert, transform);
criterion_main!(benches);
