//! Photo or frames to face evidence: find the face, align it, make a template, compare.
//!
//! The pipeline on one page is [`verify`]; read it first. Floors and rooms: pixels live in [`frame`], points and
//! boxes in [`geometry`], nets in `net` and `pack`, the meaning of a score in [`calibration`].
#![forbid(unsafe_code)]

#[cfg(feature = "models")]
mod align;
pub mod calibrate;
pub mod calibration;
#[cfg(feature = "models")]
pub mod detect;
#[cfg(feature = "models")]
pub mod engine;
mod error;
pub mod frame;
pub mod geometry;
pub mod impostors;
pub mod liveness;
#[cfg(feature = "models")]
pub mod look;
pub mod metrics;
#[cfg(feature = "models")]
mod net;
#[cfg(feature = "models")]
pub mod pack;
pub mod pose;
pub mod quality;
pub mod reason;
pub mod session;
#[cfg(feature = "models")]
pub mod verify;

pub use error::{Error, Result};
pub use facecert_match::{ContractId, Template};

/// The README's example, compiled.
#[cfg(all(doctest, feature = "models"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
