//! A frame as an upright RGB picture.

use super::view::Rows;
use super::yuv::YuvToRgb;
use super::{Frame, Image, PixelFormat, Rotation};

/// Rows that are turned together: their RGB form stays in the cache.
const STRIP_ROWS: usize = 16;

impl Frame<'_> {
    /// The whole frame, upright. Fourth bytes of RGBA and BGRA are ignored, gray is spread to all channels, YUV is
    /// converted by the frame's [`YuvEncoding`](super::YuvEncoding) in integers (error of at most one level against the
    /// real-valued formula; the chroma sample of two by two pixels is used for each of them).
    pub fn to_rgb(&self) -> Image {
        let (width, height) = self.upright_size();
        let mut image = Image::black_of_checked_size(width, height);
        let mut rows = RgbRows::new(self);
        match self.orientation.rotation {
            Rotation::Deg0 | Rotation::Deg180 => self.fill_along(&mut rows, &mut image),
            Rotation::Deg90 | Rotation::Deg270 => self.fill_across(&mut rows, &mut image),
        }
        image
    }

    /// Stored rows are rows of the image.
    fn fill_along(&self, rows: &mut RgbRows, image: &mut Image) {
        let upside_down = self.orientation.rotation == Rotation::Deg180;
        let reversed = self.orientation.mirror != upside_down;
        let last = self.height as usize - 1;
        let row_bytes = image.row_bytes();
        for (y, target) in image.data_mut().chunks_exact_mut(row_bytes).enumerate() {
            rows.read(if upside_down { last - y } else { y }, target);
            if reversed {
                target.as_chunks_mut::<3>().0.reverse();
            }
        }
    }

    /// Stored rows are columns of the image: strips of them are turned together.
    fn fill_across(&self, rows: &mut RgbRows, image: &mut Image) {
        let clockwise = self.orientation.rotation == Rotation::Deg90;
        let leftwards = self.orientation.mirror != clockwise;
        let (stored_width, stored_height) = (self.width as usize, self.height as usize);
        let row_bytes = image.row_bytes();
        let mut strip = vec![[0; 3]; STRIP_ROWS * stored_width];
        for left in (0..stored_height).step_by(STRIP_ROWS) {
            let columns = STRIP_ROWS.min(stored_height - left);
            let strip = &mut strip[..columns * stored_width];
            for (column, target) in strip.chunks_exact_mut(stored_width).enumerate() {
                let y = left + column;
                rows.read(if leftwards { stored_height - 1 - y } else { y }, target.as_flattened_mut());
            }
            for (y, target) in image.data_mut().chunks_exact_mut(row_bytes).enumerate() {
                let x = if clockwise { y } else { stored_width - 1 - y };
                let target = target.as_chunks_mut::<3>().0;
                for (pixel, source) in
                    target[left..left + columns].iter_mut().zip(strip[x..].iter().step_by(stored_width))
                {
                    *pixel = *source;
                }
            }
        }
    }
}

/// Reads stored rows as RGB.
struct RgbRows<'a> {
    format: PixelFormat,
    plane: Rows<'a>,
    yuv: YuvToRgb,
    u: Chroma<'a>,
    v: Chroma<'a>,
    /// One row of Y without gaps.
    luma: Vec<u8>,
}

/// Where the samples of U or V are, and one row of them without gaps.
struct Chroma<'a> {
    plane: Rows<'a>,
    /// Of the first sample in its row.
    offset: usize,
    line: Vec<u8>,
}

impl Chroma<'_> {
    fn gather(&mut self, y: usize) {
        gather(&self.plane.row(y)[self.offset..], self.plane.pixel_stride, &mut self.line);
    }
}

impl<'a> RgbRows<'a> {
    fn new(frame: &Frame<'a>) -> Self {
        let [plane, second, third] = frame.planes;
        let ((u, u_offset), (v, v_offset)) = match frame.format {
            PixelFormat::Nv12 => ((second, 0), (second, 1)),
            PixelFormat::Nv21 => ((second, 1), (second, 0)),
            PixelFormat::Yuyv => ((plane, 1), (plane, 3)),
            _ => ((second, 0), (third, 0)),
        };
        let pairs = frame.width.div_ceil(2) as usize;
        let chroma = |plane, offset| Chroma { plane, offset, line: vec![0; pairs] };
        Self {
            format: frame.format,
            plane,
            yuv: YuvToRgb::new(frame.yuv),
            u: chroma(u, u_offset),
            v: chroma(v, v_offset),
            luma: vec![0; 2 * pairs],
        }
    }

    /// Writes stored row `y` to `rgb`, three bytes per pixel.
    fn read(&mut self, y: usize, rgb: &mut [u8]) {
        let (row, stride) = (self.plane.row(y), self.plane.pixel_stride);
        match self.format {
            PixelFormat::Rgb if stride == 3 => rgb.copy_from_slice(row),
            PixelFormat::Rgb | PixelFormat::Rgba => pick(row, stride, rgb, |p| [p[0], p[1], p[2]]),
            PixelFormat::Bgr | PixelFormat::Bgra => pick(row, stride, rgb, |p| [p[2], p[1], p[0]]),
            PixelFormat::Gray => pick(row, stride, rgb, |p| [p[0]; 3]),
            PixelFormat::Yuyv => {
                for (luma, group) in self.luma.as_chunks_mut::<2>().0.iter_mut().zip(row.chunks(stride)) {
                    *luma = [group[0], group[2]];
                }
                self.convert(y, rgb);
            }
            PixelFormat::Nv12 | PixelFormat::Nv21 | PixelFormat::I420 => {
                gather(row, stride, &mut self.luma);
                self.convert(y / 2, rgb);
            }
        }
    }

    /// The gathered luma with row `chroma_y` of the chroma planes.
    fn convert(&mut self, chroma_y: usize, rgb: &mut [u8]) {
        self.u.gather(chroma_y);
        self.v.gather(chroma_y);
        self.yuv.row(&self.luma[..rgb.len() / 3], &self.u.line, &self.v.line, rgb);
    }
}

/// One colour per `stride` bytes; the last group may end with its sample.
#[inline]
fn pick(row: &[u8], stride: usize, rgb: &mut [u8], color: impl Fn(&[u8]) -> [u8; 3]) {
    for (target, group) in rgb.as_chunks_mut::<3>().0.iter_mut().zip(row.chunks(stride)) {
        *target = color(group);
    }
}

/// One sample per `stride` bytes.
fn gather(row: &[u8], stride: usize, line: &mut [u8]) {
    match stride {
        1 => line[..row.len()].copy_from_slice(row),
        _ => line.iter_mut().zip(row.iter().step_by(stride)).for_each(|(sample, byte)| *sample = *byte),
    }
}
