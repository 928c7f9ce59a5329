//! Every format, stride and orientation against one formula per pixel.

use facecert_core::frame::{Frame, Image, Orientation, PixelFormat, Plane, Rotation, YuvEncoding, YuvMatrix, YuvRange};

use crate::noise::{Noise, pixel};

const ROTATIONS: [(Rotation, u32); 4] =
    [(Rotation::Deg0, 0), (Rotation::Deg90, 90), (Rotation::Deg180, 180), (Rotation::Deg270, 270)];

const ENCODINGS: [YuvEncoding; 4] = {
    const fn encoding(matrix: YuvMatrix, range: YuvRange) -> YuvEncoding {
        YuvEncoding { matrix, range }
    }
    [
        encoding(YuvMatrix::Bt601, YuvRange::Full),
        encoding(YuvMatrix::Bt601, YuvRange::Limited),
        encoding(YuvMatrix::Bt709, YuvRange::Full),
        encoding(YuvMatrix::Bt709, YuvRange::Limited),
    ]
};

/// One plane in memory: random bytes, also in the gaps, and not one byte too many.
struct Stored {
    data: Vec<u8>,
    columns: usize,
    rows: usize,
    row_stride: isize,
    pixel_stride: usize,
}

impl Stored {
    fn plane(&self) -> Plane<'_> {
        Plane { data: &self.data, row_stride: self.row_stride, pixel_stride: self.pixel_stride }
    }

    /// Byte `byte` of the sample at `column`, `row`.
    fn at(&self, column: usize, row: usize, byte: usize) -> u8 {
        assert!(column < self.columns && row < self.rows);
        let step = self.row_stride.unsigned_abs();
        let row = if self.row_stride < 0 { self.rows - 1 - row } else { row };
        self.data[row * step + column * self.pixel_stride + byte]
    }
}

#[derive(Clone, Copy)]
struct Strides {
    pixel_gap: usize,
    row_gap: usize,
    bottom_up: bool,
}

/// Columns, rows and bytes of a sample of each plane.
fn plane_sizes(format: PixelFormat, width: usize, height: usize) -> Vec<(usize, usize, usize)> {
    let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
    match format {
        PixelFormat::Rgb | PixelFormat::Bgr => vec![(width, height, 3)],
        PixelFormat::Rgba | PixelFormat::Bgra => vec![(width, height, 4)],
        PixelFormat::Gray => vec![(width, height, 1)],
        PixelFormat::Nv12 | PixelFormat::Nv21 => vec![(width, height, 1), (half_width, half_height, 2)],
        PixelFormat::I420 => {
            vec![(width, height, 1), (half_width, half_height, 1), (half_width, half_height, 1)]
        }
        PixelFormat::Yuyv => vec![(half_width, height, 4)],
    }
}

fn store(format: PixelFormat, width: usize, height: usize, strides: Strides, noise: &mut Noise) -> Vec<Stored> {
    plane_sizes(format, width, height)
        .into_iter()
        .map(|(columns, rows, sample)| {
            let pixel_stride = sample + strides.pixel_gap;
            let row_bytes = (columns - 1) * pixel_stride + sample;
            let row_step = row_bytes + strides.row_gap;
            let row_stride = if strides.bottom_up { -(row_step as isize) } else { row_step as isize };
            let data = noise.bytes((rows - 1) * row_step + row_bytes);
            Stored { data, columns, rows, row_stride, pixel_stride }
        })
        .collect()
}

/// The colour of the stored pixel `x`, `y`.
fn color(format: PixelFormat, planes: &[Stored], encoding: YuvEncoding, x: usize, y: usize) -> [u8; 3] {
    let byte = |n: usize| planes[0].at(x, y, n);
    match format {
        PixelFormat::Rgb | PixelFormat::Rgba => [byte(0), byte(1), byte(2)],
        PixelFormat::Bgr | PixelFormat::Bgra => [byte(2), byte(1), byte(0)],
        PixelFormat::Gray => [byte(0); 3],
        PixelFormat::Nv12 => yuv(byte(0), planes[1].at(x / 2, y / 2, 0), planes[1].at(x / 2, y / 2, 1), encoding),
        PixelFormat::Nv21 => yuv(byte(0), planes[1].at(x / 2, y / 2, 1), planes[1].at(x / 2, y / 2, 0), encoding),
        PixelFormat::I420 => yuv(byte(0), planes[1].at(x / 2, y / 2, 0), planes[2].at(x / 2, y / 2, 0), encoding),
        PixelFormat::Yuyv => {
            let pair = |n: usize| planes[0].at(x / 2, y, n);
            yuv(pair(x % 2 * 2), pair(1), pair(3), encoding)
        }
    }
}

/// The documented arithmetic: Y times 2^14, chroma times 2^13, each product floored to five fractional bits.
fn yuv(y: u8, u: u8, v: u8, encoding: YuvEncoding) -> [u8; 3] {
    let [luma, red_v, green_u, green_v, blue_u]: [i64; 5] = match (encoding.matrix, encoding.range) {
        (YuvMatrix::Bt601, YuvRange::Full) => [16384, 11485, -2819, -5850, 14516],
        (YuvMatrix::Bt601, YuvRange::Limited) => [19077, 13075, -3209, -6660, 16525],
        (YuvMatrix::Bt709, YuvRange::Full) => [16384, 12901, -1535, -3835, 15201],
        (YuvMatrix::Bt709, YuvRange::Limited) => [19077, 14686, -1747, -4366, 17305],
    };
    let offset = if encoding.range == YuvRange::Limited { 16 } else { 0 };
    let (y, u, v) = (i64::from(y) - offset, i64::from(u) - 128, i64::from(v) - 128);
    let luma = (y * luma).div_euclid(512);
    let term = |sample: i64, coefficient: i64| (sample * coefficient).div_euclid(256);
    [luma + term(v, red_v), luma + term(u, green_u) + term(v, green_v), luma + term(u, blue_u)]
        .map(|sum| (sum + 16).div_euclid(32).clamp(0, 255) as u8)
}

/// The stored image turned, pixel by pixel.
fn upright(
    format: PixelFormat,
    planes: &[Stored],
    encoding: YuvEncoding,
    size: (usize, usize),
    turn: (u32, bool),
) -> Image {
    let (width, height) = size;
    let (upright_width, upright_height) = if turn.0.is_multiple_of(180) { (width, height) } else { (height, width) };
    let mut image = Image::black(upright_width as u32, upright_height as u32).unwrap();
    for y in 0..height {
        for x in 0..width {
            let (turned_x, turned_y) = match turn.0 {
                0 => (x, y),
                90 => (height - 1 - y, x),
                180 => (width - 1 - x, height - 1 - y),
                _ => (y, width - 1 - x),
            };
            let turned_x = if turn.1 { upright_width - 1 - turned_x } else { turned_x };
            let at = (turned_y * upright_width + turned_x) * 3;
            image.data_mut()[at..at + 3].copy_from_slice(&color(format, planes, encoding, x, y));
        }
    }
    image
}

#[test]
fn every_format_stride_and_orientation() {
    let sizes = [(1, 1), (2, 2), (1, 4), (5, 3), (17, 35), (34, 16)];
    let strides = [(0, 0, false), (0, 5, false), (1, 0, true), (3, 7, false), (0, 0, true), (2, 1, true)]
        .map(|(pixel_gap, row_gap, bottom_up)| Strides { pixel_gap, row_gap, bottom_up });
    let mut noise = Noise::new(1);
    for format in PixelFormat::ALL {
        for (width, height) in sizes {
            for strides in strides {
                let stored = store(format, width, height, strides, &mut noise);
                let planes: Vec<_> = stored.iter().map(Stored::plane).collect();
                let frame = Frame::new(format, width as u32, height as u32, &planes).unwrap();
                for (index, (rotation, degrees)) in ROTATIONS.into_iter().enumerate() {
                    for mirror in [false, true] {
                        let encoding = ENCODINGS[(index + usize::from(mirror)) % 4];
                        let orientation = Orientation { rotation, mirror };
                        let frame = frame.with_orientation(orientation).with_yuv(encoding);
                        let wanted = upright(format, &stored, encoding, (width, height), (degrees, mirror));
                        assert_eq!(frame.upright_size(), (wanted.width(), wanted.height()));
                        assert!(
                            frame.to_rgb() == wanted,
                            "{format:?} {width}x{height} pixel gap {} row gap {} bottom-up {} {orientation:?}",
                            strides.pixel_gap,
                            strides.row_gap,
                            strides.bottom_up,
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn zero_strides_mean_packed() {
    let mut noise = Noise::new(2);
    let packed = Strides { pixel_gap: 0, row_gap: 0, bottom_up: false };
    for format in PixelFormat::ALL {
        let stored = store(format, 7, 5, packed, &mut noise);
        let explicit: Vec<_> = stored.iter().map(Stored::plane).collect();
        let implied: Vec<_> = stored.iter().map(|plane| Plane::packed(&plane.data)).collect();
        let rgb = |planes: &[Plane]| Frame::new(format, 7, 5, planes).unwrap().to_rgb();
        assert!(rgb(&explicit) == rgb(&implied), "{format:?}");
    }
}

/// Android hands NV21 over as three planes of which two overlap, each one byte short of the other's end.
#[test]
fn overlapping_chroma_planes_are_nv21() {
    for (width, height) in [(6, 4), (7, 5)] {
        let chroma_row = 2 * usize::div_ceil(width, 2);
        let mut noise = Noise::new(3);
        let luma = noise.bytes(width * height);
        let chroma = noise.bytes(chroma_row * usize::div_ceil(height, 2));
        let half = |data| Plane { data, row_stride: chroma_row as isize, pixel_stride: 2 };
        let (u, v) = (half(&chroma[1..]), half(&chroma[..chroma.len() - 1]));
        let size = (width as u32, height as u32);
        let android = Frame::new(PixelFormat::I420, size.0, size.1, &[Plane::packed(&luma), u, v]);
        let nv21 = Frame::new(PixelFormat::Nv21, size.0, size.1, &[Plane::packed(&luma), Plane::packed(&chroma)]);
        assert!(android.unwrap().to_rgb() == nv21.unwrap().to_rgb());
    }
}

#[test]
fn yuv_is_within_one_level_of_the_standards() {
    for encoding in ENCODINGS {
        let (kr, kb) = if encoding.matrix == YuvMatrix::Bt601 { (0.299, 0.114) } else { (0.2126, 0.0722) };
        let limited = encoding.range == YuvRange::Limited;
        for y in (0..=255_u8).step_by(5) {
            for u in (0..=255_u8).step_by(5) {
                for v in (0..=255_u8).step_by(5) {
                    let luma = if limited { (f64::from(y) - 16.0) / 219.0 } else { f64::from(y) / 255.0 };
                    let chroma = |sample: u8| (f64::from(sample) - 128.0) / if limited { 224.0 } else { 255.0 };
                    let red = luma + 2.0 * (1.0 - kr) * chroma(v);
                    let blue = luma + 2.0 * (1.0 - kb) * chroma(u);
                    let green = (luma - kr * red - kb * blue) / (1.0 - kr - kb);
                    let samples = [[y], [u], [v]];
                    let planes = samples.each_ref().map(|sample| Plane::packed(sample));
                    let frame = Frame::new(PixelFormat::I420, 1, 1, &planes).unwrap();
                    let got = pixel(&frame.with_yuv(encoding).to_rgb(), 0, 0);
                    for (got, real) in got.into_iter().zip([red, green, blue]) {
                        let real = (real * 255.0).clamp(0.0, 255.0);
                        assert!((f64::from(got) - real).abs() < 1.0, "{encoding:?} {y} {u} {v}: {got} for {real}");
                    }
                }
            }
        }
    }
}
