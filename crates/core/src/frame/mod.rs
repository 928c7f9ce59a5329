//! Pixels: what a camera or a file hands over, and the upright RGB image that everything else works on.
//!
//! ```text
//! camera buffers ── Frame (borrowed, validated once) ──┐
//!                                                      ├── Image (owned, upright, packed RGB)
//! JPEG, PNG, WebP, BMP ── Image::decode, Image::open ──┘        │
//!                                        resize, letterbox, warp: Image to Image
//! ```
//!
//! Coordinates are always those of the upright image: x to the right, y down, the centre of the first pixel at (0, 0).

mod area;
mod convert;
mod decode;
mod format;
mod image;
mod jpeg;
mod resize;
mod view;
mod warp;
mod yuv;

pub use decode::Limits;
pub use format::{Orientation, PixelFormat, Rotation, YuvEncoding, YuvMatrix, YuvRange};
pub use image::Image;
pub use resize::{Placement, letterbox, resize};
pub use view::{Frame, Plane};
pub use warp::{Border, warp};

/// The longest side of a frame or an image.
pub const MAX_SIDE_PX: u32 = 1 << 16;

/// The most pixels of a frame or an image, so that no size in bytes overflows on a 32-bit machine.
pub const MAX_PIXELS: u64 = 1 << 28;

/// Whether a frame or an image may have this size.
fn is_sound_size(width: u32, height: u32) -> bool {
    let sides = 1..=MAX_SIDE_PX;
    sides.contains(&width) && sides.contains(&height) && u64::from(width) * u64::from(height) <= MAX_PIXELS
}
