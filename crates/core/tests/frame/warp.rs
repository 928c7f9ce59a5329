//! Warping against one formula per pixel.

use facecert_core::frame::{Border, Image, warp};
use proptest::prelude::*;

use crate::noise::{Noise, pixel};

type Matrix = [[f64; 3]; 2];

fn inverse(matrix: &Matrix) -> Matrix {
    let [[a, b, e], [c, d, f]] = *matrix;
    let scale = (a * d - b * c).recip();
    let (a, b, c, d) = (d * scale, -b * scale, -c * scale, a * scale);
    [[a, b, -(a * e + b * f)], [c, d, -(c * e + d * f)]]
}

fn apply(matrix: &Matrix, x: f64, y: f64) -> [f64; 2] {
    matrix.map(|[a, b, e]| a * x + b * y + e)
}

/// Bilinear in integers at positions of 1/2048 pixel; every tap looks at the border by itself.
fn sample(source: &Image, to_source: &Matrix, width: u32, height: u32, border: Border) -> Image {
    let (columns, rows) = (i64::from(source.width()), i64::from(source.height()));
    let tap = |x: i64, y: i64| match border {
        Border::Constant(color) if x < 0 || y < 0 || x >= columns || y >= rows => color,
        _ => pixel(source, x.clamp(0, columns - 1) as usize, y.clamp(0, rows - 1) as usize),
    };
    let mut data = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let position = apply(to_source, f64::from(x), f64::from(y));
            let [px, py] = position.map(|value| (value.clamp(-9e6, 9e6) * 2048.0 + 0.5).floor() as i64);
            let (left, top, right, below) = (px >> 11, py >> 11, px & 2047, py & 2047);
            for channel in 0..3 {
                let value = |dx: i64, dy: i64| i64::from(tap(left + dx, top + dy)[channel]);
                let sum = value(0, 0) * (2048 - right) * (2048 - below)
                    + value(1, 0) * right * (2048 - below)
                    + value(0, 1) * (2048 - right) * below
                    + value(1, 1) * right * below;
                data.push(((sum + (1 << 21)) >> 22) as u8);
            }
        }
    }
    Image::from_rgb(width, height, data).unwrap()
}

/// How much of source pixel `index` lies under target pixel `target` of `count`, in 1/count of a source pixel.
fn overlap(length: u64, count: u64, target: u64, index: u64) -> u64 {
    let end = ((target + 1) * length).min((index + 1) * count);
    end.saturating_sub((target * length).max(index * count))
}

/// The mean of the source pixels under each target pixel, rounded half up.
fn shrunk(image: &Image, [left, top, width, height]: [u64; 4], columns: u64, rows: u64) -> Image {
    let mut data = Vec::new();
    for y in 0..rows {
        for x in 0..columns {
            for channel in 0..3 {
                let mut sum = width * height / 2;
                for dy in 0..height {
                    let down = overlap(height, rows, y, dy);
                    for dx in (0..width).filter(|_| down > 0) {
                        let value = pixel(image, (left + dx) as usize, (top + dy) as usize)[channel];
                        sum += down * overlap(width, columns, x, dx) * u64::from(value);
                    }
                }
                data.push((sum / (width * height)) as u8);
            }
        }
    }
    Image::from_rgb(columns as u32, rows as u32, data).unwrap()
}

/// The whole of the documented warp.
fn reference(image: &Image, matrix: &Matrix, width: u32, height: u32, border: Border) -> Image {
    let to_source = inverse(matrix);
    let [[a, b, _], [c, d, _]] = to_source;
    let scale = (a * d - b * c).abs().sqrt().recip();
    if scale >= 0.5 {
        return sample(image, &to_source, width, height, border);
    }
    let corners =
        [(0, 0), (width, 0), (width, height), (0, height)].map(|(x, y)| apply(&to_source, f64::from(x), f64::from(y)));
    let span = |axis: usize, length: u32| {
        let margin = 3.0 / scale + 3.0;
        let values = corners.map(|corner| corner[axis]);
        let low = (values.into_iter().fold(f64::MAX, f64::min) - margin).floor();
        let high = (values.into_iter().fold(f64::MIN, f64::max) + margin).ceil();
        let start = low.max(0.0).min(f64::from(length) - 2.0).max(0.0);
        let end = high.max(start + 2.0).min(f64::from(length));
        (start as u64, (end - start) as u64)
    };
    let ((left, wide), (top, high)) = (span(0, image.width()), span(1, image.height()));
    let side = |length: u64| ((length as f64 * (scale * 1.25)).round_ties_even() as u64).max(2).min(length);
    let small = shrunk(image, [left, top, wide, high], side(wide), side(high));
    let fit = |[a, b, e]: [f64; 3], start: u64, length: u64, small: u32| {
        let factor = f64::from(small) / length as f64;
        [a * factor, b * factor, (e - start as f64 + 0.5) * factor - 0.5]
    };
    let [x, y] = to_source;
    sample(&small, &[fit(x, left, wide, small.width()), fit(y, top, high, small.height())], width, height, border)
}

fn similarity(scale: f64, degrees: f64, x: f64, y: f64) -> Matrix {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [[scale * cos, -scale * sin, x], [scale * sin, scale * cos, y]]
}

#[test]
fn warp_is_the_documented_arithmetic() {
    let mut noise = Noise::new(21);
    for (from_width, from_height) in [(1, 1), (2, 3), (40, 30), (131, 97)] {
        let image = noise.image(from_width, from_height);
        for scale in [0.07, 0.2, 0.49, 0.5, 1.0, 1.7, 12.0] {
            for border in [Border::Replicate, Border::Constant([9, 200, 31])] {
                let (dx, dy) = (60.0 * noise.unit() - 20.0, 60.0 * noise.unit() - 20.0);
                let matrix = similarity(scale, 360.0 * noise.unit(), dx, dy);
                let (width, height) = (1 + noise.next() as u32 % 40, 1 + noise.next() as u32 % 40);
                let warped = warp(&image, &matrix, width, height, border).unwrap();
                let wanted = reference(&image, &matrix, width, height, border);
                assert!(warped == wanted, "{from_width}x{from_height} {matrix:?} {border:?}");
            }
        }
    }
}

#[test]
fn shear_and_reflection_are_warps_too() {
    let image = Noise::new(22).image(50, 60);
    for matrix in
        [[[-1.0, 0.0, 49.0], [0.0, 1.0, 0.0]], [[1.0, 0.4, -3.0], [0.1, 0.8, 2.5]], [[0.1, 0.0, 1.0], [0.0, 1.5, 0.0]]]
    {
        let warped = warp(&image, &matrix, 50, 60, Border::Replicate).unwrap();
        assert!(warped == reference(&image, &matrix, 50, 60, Border::Replicate), "{matrix:?}");
    }
}

#[test]
fn the_identity_changes_nothing() {
    let image = Noise::new(23).image(31, 17);
    let identity = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]];
    assert!(warp(&image, &identity, 31, 17, Border::Constant([0; 3])).unwrap() == image);
}

#[test]
fn a_ramp_stays_a_ramp() {
    let data = (0..64 * 64).flat_map(|at| [(at % 64 * 4) as u8, (at / 64 * 4) as u8, 0]).collect();
    let image = Image::from_rgb(64, 64, data).unwrap();
    let matrix = similarity(1.3, 20.0, -5.0, -20.0);
    let warped = warp(&image, &matrix, 40, 40, Border::Replicate).unwrap();
    for y in 0..40 {
        for x in 0..40 {
            let [source_x, source_y] = apply(&inverse(&matrix), f64::from(x), f64::from(y));
            if (0.0..63.0).contains(&source_x) && (0.0..63.0).contains(&source_y) {
                let [red, green, _] = pixel(&warped, x as usize, y as usize);
                assert!((f64::from(red) - 4.0 * source_x).abs() < 0.51);
                assert!((f64::from(green) - 4.0 * source_y).abs() < 0.51);
            }
        }
    }
}

#[test]
fn matrices_that_are_none_are_refused() {
    let image = Image::black(4, 4).unwrap();
    for matrix in [
        [[0.0; 3]; 2],
        [[1.0, 2.0, 0.0], [2.0, 4.0, 0.0]],
        [[f64::NAN, 0.0, 0.0], [0.0, 1.0, 0.0]],
        [[1.0, 0.0, f64::INFINITY], [0.0, 1.0, 0.0]],
    ] {
        assert_eq!(warp(&image, &matrix, 4, 4, Border::Replicate).unwrap_err().number(), 1113);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_matrix_makes_it_panic(values in prop::array::uniform6(prop_oneof![any::<f64>(), -3.0..3.0_f64, -1e9..1e9_f64]), width in 1_u32..9) {
        let image = Noise::new(24).image(9, 7);
        let [a, b, c, d, e, f] = values;
        if let Ok(warped) = warp(&image, &[[a, b, c], [d, e, f]], width, 3, Border::Replicate) {
            prop_assert_eq!(warped.width(), width);
        }
    }
}
