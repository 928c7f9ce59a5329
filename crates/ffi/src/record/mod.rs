//! Records that hold up, receipts, templates that stay secret.

pub mod certification;
pub mod key;
pub mod receipt;
pub mod seal;
