//! The C ABI of Facecert. Each entry converts its arguments, calls the crates behind it, and converts the answer.
//!
//! Read `facecert.h`, which a test regenerates from the doc comments here: its ten rules are the contract of every
//! function. Their machinery: [`boundary`] stops panics, [`handle`] checks objects, [`memory`] the caller's memory,
//! [`status`] says what went wrong. Then one file per area, in the header's order.

// The public names are C's, the doc comments are the header's text, and its ten rules say what makes a call safe.
#![allow(non_camel_case_types, clippy::doc_markdown, clippy::missing_safety_doc, clippy::too_many_arguments)]

pub mod status;
pub mod version;

mod boundary;
pub mod calibration;
pub mod compare;
pub mod detect;
pub mod engine;
mod fork;
pub mod frame;
pub mod gallery;
mod handle;
pub mod image;
mod memory;
pub mod pack;
pub mod policy;
pub mod quality;
pub mod reason;
pub mod record;
pub mod session;
pub mod template;
