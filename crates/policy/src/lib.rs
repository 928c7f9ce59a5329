//! Rules by which a county certifies that people on a pension are alive and entitled: face evidence
//! and events in, decisions, statuses and advice out.
//!
//! Pure: no clock, no input or output, no float in a decision. The same inputs give the same bytes.

#![forbid(unsafe_code)]

mod canonical;
mod cards;
mod error;
mod event;
mod export;
mod form;
mod html;
mod identity;
mod import;
mod json;
mod reason;
pub mod scheme;
mod value;
mod vocabulary;

pub use canonical::canonical;
pub use cards::cards;
pub use error::Error;
pub use event::*;
pub use export::{ImportRecord, RecordType};
pub use form::{FormCase, form};
pub use identity::{HmacAlgorithm, HmacKey, Identity, NumberForm, identify};
pub use import::{Encoding, FileKind, Format, Import, Loaded, Mapping, RejectedRow, Report as LoadReport};
pub use reason::{Audience, DoorSet, Entry, Reason, Reasons, Severity, TABLE};
pub use value::*;
pub use vocabulary::*;
