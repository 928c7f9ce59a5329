//! Tests of the crate from outside, as its callers use it.

mod audit;
mod chain;
mod common;
mod openssl;
mod privacy;
mod receipt;
mod record;
mod renewed;
mod schema;
mod sealed;
mod sealed_gallery;
mod threat_model;
