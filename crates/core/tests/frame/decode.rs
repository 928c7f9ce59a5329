//! Files made here, decoded, and compared with what they were made from.

use std::io::Write;

use facecert_core::Error;
use facecert_core::frame::{Image, Limits};
use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::noise::{Noise, pixel};

fn decode(bytes: &[u8]) -> Result<Image, Error> {
    Image::decode(bytes, &Limits::default())
}

fn png(width: u32, height: u32, data: &[u8], color: ExtendedColorType, exif: Option<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    if let Some(orientation) = exif {
        encoder.set_exif_metadata(exif_of(orientation)).unwrap();
    }
    encoder.write_image(data, width, height, color).unwrap();
    bytes
}

fn webp(width: u32, height: u32, data: &[u8], color: ExtendedColorType, exif: Option<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    if let Some(orientation) = exif {
        encoder.set_exif_metadata(exif_of(orientation)).unwrap();
    }
    encoder.write_image(data, width, height, color).unwrap();
    bytes
}

fn jpeg(image: &Image, exif: Option<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    if let Some(orientation) = exif {
        encoder.set_exif_metadata(exif_of(orientation)).unwrap();
    }
    encoder.write_image(image.data(), image.width(), image.height(), ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn progressive_jpeg(image: &Image) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_progressive(true);
    encoder.encode(image.data(), image.width() as u16, image.height() as u16, ColorType::Rgb).unwrap();
    bytes
}

/// A TIFF directory with nothing but the orientation.
fn exif_of(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    tiff
}

/// A smooth picture, which JPEG keeps within a few levels.
fn smooth(width: u32, height: u32) -> Image {
    let data =
        (0..height).flat_map(|y| (0..width).flat_map(move |x| [(x * 5) as u8, (y * 6) as u8, ((x + y) * 2) as u8]));
    Image::from_rgb(width, height, data.collect()).unwrap()
}

fn assert_near(got: &Image, wanted: &Image, levels: u8) {
    assert_eq!((got.width(), got.height()), (wanted.width(), wanted.height()));
    let worst = got.data().iter().zip(wanted.data()).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(levels), "differs by {worst:?} levels");
}

/// The picture as EXIF (CIPA DC-008, tag 274) says that it is to be seen.
fn seen(image: &Image, orientation: u8) -> Image {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let turned = (5..=8).contains(&orientation);
    let (seen_width, seen_height) = if turned { (height, width) } else { (width, height) };
    let mut data = vec![0; seen_width * seen_height * 3];
    for y in 0..height {
        for x in 0..width {
            let (right, below) = (width - 1 - x, height - 1 - y);
            let (seen_x, seen_y) = match orientation {
                2 => (right, y),
                3 => (right, below),
                4 => (x, below),
                5 => (y, x),
                6 => (below, x),
                7 => (below, right),
                8 => (y, right),
                // 1, and numbers that mean nothing.
                _ => (x, y),
            };
            let at = (seen_y * seen_width + seen_x) * 3;
            data[at..at + 3].copy_from_slice(&pixel(image, x, y));
        }
    }
    Image::from_rgb(seen_width as u32, seen_height as u32, data).unwrap()
}

#[test]
fn exif_orientation_is_applied_in_every_format() {
    let image = Noise::new(31).image(19, 11);
    let gentle = smooth(48, 32);
    for orientation in 0..=9 {
        let wanted = seen(&image, orientation);
        let (width, height, rgb) = (image.width(), image.height(), ExtendedColorType::Rgb8);
        assert!(decode(&png(width, height, image.data(), rgb, Some(orientation))).unwrap() == wanted);
        assert!(decode(&webp(width, height, image.data(), rgb, Some(orientation))).unwrap() == wanted);
        assert_near(&decode(&jpeg(&gentle, Some(orientation))).unwrap(), &seen(&gentle, orientation), 12);
    }
}

#[test]
fn jpeg_baseline_and_progressive_and_gray() {
    let image = smooth(61, 43);
    assert_near(&decode(&jpeg(&image, None)).unwrap(), &image, 12);
    assert_near(&decode(&progressive_jpeg(&image)).unwrap(), &image, 24);

    let gray: Vec<u8> = (0..61 * 43).map(|at| (at % 61 * 4) as u8).collect();
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 95).write_image(&gray, 61, 43, ExtendedColorType::L8).unwrap();
    let wanted = Image::from_rgb(61, 43, gray.iter().flat_map(|g| [*g; 3]).collect()).unwrap();
    assert_near(&decode(&bytes).unwrap(), &wanted, 6);
}

#[test]
fn cmyk_jpeg_has_its_right_colours() {
    // Cyan, magenta, yellow, black ink; blocks of 16 pixels, so that chroma at half size stays within a colour.
    let inks = [[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255], [0, 0, 0, 0], [200, 100, 50, 60]];
    let columns = || inks.iter().flat_map(|ink| std::iter::repeat_n(*ink, 16));
    let data: Vec<u8> = (0..16).flat_map(|_| columns().flatten()).collect();
    let colors = |ink: [u8; 4]| {
        let [c, m, y, k] = ink.map(|ink| 255 - u32::from(ink));
        [c, m, y].map(|channel| (channel * k / 255) as u8)
    };
    let row: Vec<u8> = columns().flat_map(colors).collect();
    let wanted = Image::from_rgb(96, 16, row.repeat(16)).unwrap();
    let encode = |color, sampling| {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 100);
        encoder.set_sampling_factor(sampling);
        encoder.encode(&data, 96, 16, color).unwrap();
        decode(&bytes)
    };
    assert_near(&encode(ColorType::Cmyk, SamplingFactor::F_1_1).unwrap(), &wanted, 4);
    assert_near(&encode(ColorType::CmykAsYcck, SamplingFactor::F_1_1).unwrap(), &wanted, 4);
    // Cyan, magenta and yellow at half size beside full black.
    let error = encode(ColorType::Cmyk, SamplingFactor::F_2_2).unwrap_err();
    assert!(matches!(error, Error::VariantNotRead { format: "JPEG", .. }), "{error}");

    let half = encode(ColorType::CmykAsYcck, SamplingFactor::F_2_2).unwrap();
    for (column, _) in inks.iter().enumerate() {
        for y in 0..16 {
            // Chroma is blended across the borders of the colours; their middles are their own.
            let (got, own) = (pixel(&half, column * 16 + 8, y), pixel(&wanted, column * 16 + 8, y));
            assert!(got.iter().zip(own).all(|(a, b)| a.abs_diff(b) <= 4), "{got:?} for {own:?} in row {y}");
        }
    }
}

#[test]
fn every_kind_of_png() {
    let mut noise = Noise::new(32);
    let (width, height) = (13, 7);
    let to8 = |value: u16| ((u32::from(value) * 255 + 32_767) / 65_535) as u8;
    let on_white = |value: u8, alpha: u8| {
        let alpha = f64::from(alpha) / 255.0;
        (f64::from(value) * alpha + 255.0 * (1.0 - alpha)).round() as u8
    };
    let kinds = [
        (1, 8, ExtendedColorType::L8),
        (2, 8, ExtendedColorType::La8),
        (3, 8, ExtendedColorType::Rgb8),
        (4, 8, ExtendedColorType::Rgba8),
        (1, 16, ExtendedColorType::L16),
        (2, 16, ExtendedColorType::La16),
        (3, 16, ExtendedColorType::Rgb16),
        (4, 16, ExtendedColorType::Rgba16),
    ];
    for (channels, bits, color) in kinds {
        let data = noise.bytes(width * height * channels * bits / 8);
        let samples: Vec<u8> = match bits {
            8 => data.clone(),
            _ => data.chunks_exact(2).map(|pair| to8(u16::from_ne_bytes([pair[0], pair[1]]))).collect(),
        };
        let wanted: Vec<u8> = samples
            .chunks_exact(channels)
            .flat_map(|p| match *p {
                [l] => [l; 3],
                [l, a] => [on_white(l, a); 3],
                [r, g, b] => [r, g, b],
                _ => [p[0], p[1], p[2]].map(|value| on_white(value, p[3])),
            })
            .collect();
        let image = decode(&png(width as u32, height as u32, &data, color, None)).unwrap();
        assert!(image.data() == wanted, "{color:?}");
    }
}

#[test]
fn webp_with_and_without_transparency() {
    let image = Noise::new(33).image(9, 5);
    assert!(decode(&webp(9, 5, image.data(), ExtendedColorType::Rgb8, None)).unwrap() == image);
    let clear: Vec<u8> = image.data().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 0]).collect();
    assert_eq!(decode(&webp(9, 5, &clear, ExtendedColorType::Rgba8, None)).unwrap().data(), [255; 9 * 5 * 3]);
}

/// A BMP of `bits` a pixel: rows from the bottom unless `top_down`, padded to four bytes.
fn bmp(image: &Image, bits: u16, top_down: bool) -> Vec<u8> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    // 8 bits: the palette is a gray ramp with red and blue turned about.
    let palette: Vec<u8> = if bits == 8 { (0..=255).flat_map(|n| [255 - n, n, n, 0]).collect() } else { vec![] };
    let mut pixels = Vec::new();
    for row in 0..height {
        let y = if top_down { row } else { height - 1 - row };
        for x in 0..width {
            let [r, g, b] = pixel(image, x, y);
            match bits {
                8 => pixels.push(g),
                24 => pixels.extend([b, g, r]),
                _ => pixels.extend([b, g, r, 0]),
            }
        }
        pixels.resize(pixels.len().next_multiple_of(4), 0xEE);
    }
    let offset = 54 + palette.len() as u32;
    let signed_height = if top_down { -(height as i32) } else { height as i32 };
    let mut bytes = b"BM".to_vec();
    bytes.extend((offset + pixels.len() as u32).to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(offset.to_le_bytes());
    bytes.extend(40_u32.to_le_bytes());
    bytes.extend((width as i32).to_le_bytes());
    bytes.extend(signed_height.to_le_bytes());
    bytes.extend(1_u16.to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend([0; 24]);
    bytes.extend(palette);
    bytes.extend(pixels);
    bytes
}

#[test]
fn bmp_of_8_24_and_32_bits_in_both_row_orders() {
    for (width, height) in [(1, 1), (5, 3), (102, 126)] {
        let image = Noise::new(34).image(width, height);
        for top_down in [false, true] {
            assert!(decode(&bmp(&image, 24, top_down)).unwrap() == image);
            assert!(decode(&bmp(&image, 32, top_down)).unwrap() == image);
            let palette = decode(&bmp(&image, 8, top_down)).unwrap();
            let wanted = image.data().chunks_exact(3).flat_map(|p| [p[1], p[1], 255 - p[1]]);
            assert!(palette.data().iter().copied().eq(wanted));
        }
    }
}

/// A 32-bit BMP that declares an alpha channel and leaves it 0, as some writers do, is opaque.
#[test]
fn the_fourth_byte_of_a_bmp_is_ignored() {
    let image = Noise::new(35).image(3, 2);
    let mut bytes = b"BM\0\0\0\0\0\0\0\0\x7A\0\0\0\x6C\0\0\0\x03\0\0\0\x02\0\0\0\x01\0\x20\0\x03\0\0\0".to_vec();
    bytes.extend([0; 20]);
    for mask in [0x00FF_0000_u32, 0x0000_FF00, 0x0000_00FF, 0xFF00_0000] {
        bytes.extend(mask.to_le_bytes());
    }
    bytes.resize(0x7A, 0);
    for y in [1, 0] {
        for x in 0..3 {
            let [r, g, b] = pixel(&image, x, y);
            bytes.extend([b, g, r, 0]);
        }
    }
    assert!(decode(&bytes).unwrap() == image);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn png_chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    [&(data.len() as u32).to_be_bytes(), body.as_slice(), &crc32(&body).to_be_bytes()].concat()
}

/// Header, orientation and the beginning of pixels of a huge picture.
fn huge_png(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes(), &height.to_be_bytes(), [8, 2, 0, 0, 0].as_slice()].concat();
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        png_chunk(*b"IHDR", &header),
        png_chunk(*b"eXIf", &exif_of(6)),
        png_chunk(*b"IDAT", b"\x78\x9C\x03\0\0\0\0\x01"),
        png_chunk(*b"IEND", b""),
    ]
    .concat()
}

#[test]
fn sizes_are_checked_on_the_header() {
    let side = |bytes: &[u8]| assert!(matches!(decode(bytes), Err(Error::ImageSide { max: 12_000, .. })));
    side(&huge_png(60_000, 60_000));
    assert!(matches!(decode(&huge_png(10_000, 10_000)), Err(Error::ImagePixels { max: 40_000_000, .. })));

    let mut photo = jpeg(&smooth(16, 16), Some(6));
    let frame = photo.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    photo[frame + 5..frame + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    side(&photo);

    let mut bitmap = bmp(&smooth(4, 4), 24, false);
    bitmap[18..22].copy_from_slice(&60_000_u32.to_le_bytes());
    bitmap[22..26].copy_from_slice(&60_000_u32.to_le_bytes());
    side(&bitmap);

    let mut lossless = webp(4, 4, smooth(4, 4).data(), ExtendedColorType::Rgb8, None);
    // After RIFF header, chunk header and signature: 14 bits of width less 1, 14 bits of height less 1.
    lossless[21..25].copy_from_slice(&(16_382_u32 + (16_382 << 14)).to_le_bytes());
    side(&lossless);
}

#[test]
fn limits_are_the_callers() {
    let image = smooth(20, 10);
    let bytes = png(20, 10, image.data(), ExtendedColorType::Rgb8, None);
    let limits = Limits { max_bytes: bytes.len() as u64, max_pixels: 200, max_side_px: 20 };
    assert!(Image::decode(&bytes, &limits).unwrap() == image);
    let fault = |limits| Image::decode(&bytes, &limits).unwrap_err();
    assert_eq!(fault(Limits { max_bytes: 10, ..limits }), Error::FileBytes { bytes: bytes.len() as u64, max: 10 });
    assert_eq!(fault(Limits { max_pixels: 199, ..limits }), Error::ImagePixels { width: 20, height: 10, max: 199 });
    assert_eq!(fault(Limits { max_side_px: 19, ..limits }), Error::ImageSide { width: 20, height: 10, max: 19 });
}

#[test]
fn what_is_not_read_is_named_with_advice() {
    let cases: [(&[u8], u32, &str); 10] = [
        (b"", 1202, "is empty"),
        (b"Dear Sir or Madam", 1203, "is not an image; give a JPEG, PNG, WebP or BMP file"),
        (b"BMX is a sport", 1203, "is not an image"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", 1204, "is HEIC, which is not read; save or send it as JPEG or PNG"),
        (b"\0\0\0\x18ftypavif\0\0\0\0", 1204, "is AVIF"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", 1204, "is MP4 or MOV video"),
        (b"GIF89a\x01\0\x01\0", 1204, "is GIF"),
        (b"II*\0\x08\0\0\0", 1204, "is TIFF"),
        (b"MM\0*\0\0\0\x08", 1204, "is TIFF"),
        (b"%PDF-1.7", 1204, "is PDF"),
    ];
    for (bytes, number, text) in cases {
        let error = decode(bytes).unwrap_err();
        assert_eq!(error.number(), number, "{error}");
        assert!(error.to_string().starts_with(text), "{error}");
    }
}

#[test]
fn truncated_files_are_errors_wherever_they_end() {
    let image = Noise::new(36).image(40, 30);
    let rgb = ExtendedColorType::Rgb8;
    let files = [
        ("JPEG", jpeg(&image, Some(6))),
        ("JPEG", progressive_jpeg(&image)),
        ("PNG", png(40, 30, image.data(), rgb, Some(6))),
        ("WebP", webp(40, 30, image.data(), rgb, Some(6))),
        ("BMP", bmp(&image, 24, false)),
    ];
    for (format, bytes) in files {
        assert!(decode(&bytes).is_ok(), "{format}");
        // A PNG's last 16 bytes are the checksum of its pixels and the empty end chunk.
        let whole = if format == "PNG" { bytes.len() - 16 } else { bytes.len() };
        for length in (0..whole).step_by(7).chain([whole - 1]) {
            assert!(decode(&bytes[..length]).is_err(), "{format} of {length} of {} bytes", bytes.len());
        }
        let error = decode(&bytes[..bytes.len() / 2]).unwrap_err();
        assert_eq!(error.to_string().lines().count(), 1);
        if format != "WebP" {
            assert!(matches!(error, Error::Truncated { .. }), "{format}: {error:?}");
        }
    }
}

#[test]
fn bytes_after_the_end_are_no_fault() {
    let image = smooth(24, 24);
    let bytes = [jpeg(&image, None), b"motion photo".to_vec()].concat();
    assert_near(&decode(&bytes).unwrap(), &image, 12);
}

#[test]
fn a_jpeg_of_endless_scans_is_refused() {
    let mut bytes = progressive_jpeg(&smooth(16, 16));
    let scan = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let last = bytes[scan..bytes.len() - 2].to_vec();
    bytes.truncate(bytes.len() - 2);
    (0..100).for_each(|_| bytes.write_all(&last).unwrap());
    bytes.extend([0xFF, 0xD9]);
    assert_eq!(decode(&bytes).unwrap_err(), Error::JpegScans { max: 100 });
}

#[test]
fn damaged_files_never_panic() {
    let image = Noise::new(37).image(24, 18);
    let rgb = ExtendedColorType::Rgb8;
    let files = [
        jpeg(&image, Some(5)),
        progressive_jpeg(&image),
        png(24, 18, image.data(), rgb, Some(5)),
        webp(24, 18, image.data(), rgb, Some(5)),
        bmp(&image, 8, false),
        bmp(&image, 32, true),
    ];
    let limits = Limits { max_pixels: 100_000, ..Limits::default() };
    let mut noise = Noise::new(38);
    for file in files {
        for _ in 0..400 {
            let mut bytes = file.clone();
            for _ in 0..=noise.next() % 4 {
                // Half of the faults go to the header, where they hurt.
                let range = if noise.next().is_multiple_of(2) { bytes.len() } else { bytes.len().min(200) };
                let at = noise.next() as usize % range;
                bytes[at] = noise.next() as u8;
            }
            if let Ok(image) = Image::decode(&bytes, &limits) {
                assert!(image.width() * image.height() <= 100_000);
            }
        }
    }
}

#[test]
fn files_are_opened_within_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.png");
    let image = smooth(4, 3);
    std::fs::write(&path, png(4, 3, image.data(), ExtendedColorType::Rgb8, None)).unwrap();
    assert!(Image::open(&path, &Limits::default()).unwrap() == image);

    let fault = |path: &std::path::Path, limits| Image::open(path, &limits).unwrap_err();
    assert_eq!(fault(folder.path(), Limits::default()), Error::Directory);
    assert_eq!(fault(&folder.path().join("none"), Limits::default()).number(), 1200);
    assert_eq!(fault(&path, Limits { max_bytes: 9, ..Limits::default() }).number(), 1206);
}

#[test]
fn one_pixel_is_a_picture() {
    let bytes = png(1, 1, &[1, 2, 3], ExtendedColorType::Rgb8, Some(8));
    assert_eq!(decode(&bytes).unwrap().data(), [1, 2, 3]);
}
