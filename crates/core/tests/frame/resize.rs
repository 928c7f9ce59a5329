//! Resizing against the documented arithmetic, and against the real-valued filter.

use facecert_core::frame::{Image, letterbox, resize};

use crate::noise::{Noise, pixel};

/// The triangle filter's weights for one target position: the first source position and the weights from there.
fn triangle(source: usize, target: usize, index: usize) -> (usize, Vec<f64>) {
    let scale = source as f64 / target as f64;
    let width = scale.max(1.0);
    let center = (index as f64 + 0.5) * scale;
    let first = (center - width).floor().max(0.0) as usize;
    let end = (center + width).ceil().min(source as f64) as usize;
    let weights: Vec<f64> =
        (first..end).map(|x| (1.0 - ((x as f64 - (center - 0.5)) * (1.0 / width)).abs()).max(0.0)).collect();
    let sum: f64 = weights.iter().sum();
    (first, weights.into_iter().map(|weight| weight / sum).collect())
}

type Line = Vec<[u8; 3]>;

/// One pass over lines of pixels: weights as 16-bit integers with as many fractional bits as the largest leaves room for.
fn pass(lines: &[Line], target: usize) -> Vec<Line> {
    let source = lines[0].len();
    if source == target {
        return lines.to_vec();
    }
    let kernels: Vec<_> = (0..target).map(|index| triangle(source, target, index)).collect();
    let largest = kernels.iter().flat_map(|(_, weights)| weights).copied().fold(0.0, f64::max);
    let bits = (0..21).find(|bits| (largest * f64::from(1_i32 << (bits + 1))).round() >= 32_768.0).unwrap_or(21);
    let fixed = |weight: &f64| (weight * f64::from(1_i32 << bits)).round() as i64;
    let blend = |line: &Line, (first, weights): &(usize, Vec<f64>)| {
        std::array::from_fn(|channel| {
            let sum: i64 = weights.iter().zip(&line[*first..]).map(|(w, p)| fixed(w) * i64::from(p[channel])).sum();
            ((sum + (1 << (bits - 1))) >> bits).clamp(0, 255) as u8
        })
    };
    lines.iter().map(|line| kernels.iter().map(|kernel| blend(line, kernel)).collect()).collect()
}

fn transpose(lines: &[Line]) -> Vec<Line> {
    (0..lines[0].len()).map(|x| lines.iter().map(|line| line[x]).collect()).collect()
}

fn reference(image: &Image, width: u32, height: u32) -> Image {
    let lines: Vec<Line> = (0..image.height() as usize)
        .map(|y| (0..image.width() as usize).map(|x| pixel(image, x, y)).collect())
        .collect();
    let columns = pass(&transpose(&lines), height as usize);
    let rows = pass(&transpose(&columns), width as usize);
    Image::from_rgb(width, height, rows.concat().concat()).unwrap()
}

/// The filter in real numbers, without rounding between the passes.
fn real(image: &Image, width: u32, height: u32, x: usize, y: usize) -> [f64; 3] {
    let (left, across) = triangle(image.width() as usize, width as usize, x);
    let (top, down) = triangle(image.height() as usize, height as usize, y);
    let mut sum = [0.0; 3];
    for (dy, weight_y) in down.iter().enumerate() {
        for (dx, weight_x) in across.iter().enumerate() {
            for (sum, value) in sum.iter_mut().zip(pixel(image, left + dx, top + dy)) {
                *sum += weight_x * weight_y * f64::from(value);
            }
        }
    }
    sum
}

const SIZES: [((u32, u32), (u32, u32)); 11] = [
    ((1, 1), (1, 1)),
    ((1, 1), (7, 5)),
    ((5, 3), (5, 3)),
    ((64, 48), (32, 24)),
    ((33, 57), (20, 11)),
    ((102, 126), (259, 320)),
    ((640, 7), (13, 7)),
    ((7, 640), (7, 13)),
    ((301, 199), (300, 200)),
    ((19, 1), (3, 40)),
    ((512, 300), (17, 9)),
];

#[test]
fn resize_is_the_documented_arithmetic() {
    let mut noise = Noise::new(11);
    for ((from_width, from_height), (width, height)) in SIZES {
        let image = noise.image(from_width, from_height);
        let resized = resize(&image, width, height).unwrap();
        assert!(resized == reference(&image, width, height), "{from_width}x{from_height} to {width}x{height}");
    }
}

#[test]
fn resize_is_within_one_level_of_the_filter() {
    let mut noise = Noise::new(12);
    for ((from_width, from_height), (width, height)) in SIZES {
        let image = noise.image(from_width, from_height);
        let resized = resize(&image, width, height).unwrap();
        for y in 0..height as usize {
            for x in 0..width as usize {
                let exact = real(&image, width, height, x, y);
                for (got, exact) in pixel(&resized, x, y).into_iter().zip(exact) {
                    assert!((f64::from(got) - exact).abs() < 1.1, "{got} for {exact}");
                }
            }
        }
    }
}

#[test]
fn letterbox_is_a_resize_with_black_beyond() {
    let mut noise = Noise::new(13);
    let sizes = [
        ((640, 480), (320, 320), (320, 240)),
        ((102, 126), (320, 320), (259, 320)),
        ((9, 9), (9, 9), (9, 9)),
        ((3000, 2), (320, 256), (320, 1)),
        ((1, 1), (33, 40), (33, 33)),
    ];
    for ((from_width, from_height), (canvas_width, canvas_height), placed) in sizes {
        let image = noise.image(from_width, from_height);
        let mut canvas = noise.image(canvas_width, canvas_height);
        let placement = letterbox(&image, &mut canvas).unwrap();
        assert_eq!((placement.width, placement.height), placed);
        let resized = resize(&image, placed.0, placed.1).unwrap();
        for y in 0..canvas_height as usize {
            for x in 0..canvas_width as usize {
                let inside = x < placed.0 as usize && y < placed.1 as usize;
                let wanted = if inside { pixel(&resized, x, y) } else { [0; 3] };
                assert_eq!(pixel(&canvas, x, y), wanted, "{x}, {y}");
            }
        }
        assert!((f64::from(placement.scale_x) * f64::from(from_width) - f64::from(placed.0)).abs() < 1e-3);
        assert!((f64::from(placement.scale_y) * f64::from(from_height) - f64::from(placed.1)).abs() < 1e-3);
    }
}

#[test]
fn a_size_of_nothing_is_refused() {
    let image = Image::black(4, 4).unwrap();
    assert_eq!(resize(&image, 0, 4).unwrap_err().number(), 1110);
}
