//! Photo or frames to face evidence: find the face, align it, make a template, compare.
//!
//! The pipeline on one page is [`verify`]; read it first. Floors and rooms: pixels live in [`frame`], points and
//! boxes in [`geometry`], nets in `net` and `pack`, the meaning of a score in [`calibration`].
#![forbid(unsafe_code)]

pub mod frame;

mod error;

pub use error::{Error, Result};
