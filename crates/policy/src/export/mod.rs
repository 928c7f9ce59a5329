//! Export: what the platform has to be told now and has not been told yet.

mod record;

pub use record::{ImportRecord, RecordType};
