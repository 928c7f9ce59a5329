//! Frames and pictures against slow, plain references.

mod convert;
mod decode;
mod noise;
mod resize;
mod validate;
mod warp;
