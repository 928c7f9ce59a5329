//! Evidence, records that hold up, templates that stay secret.
#![forbid(unsafe_code)]

pub mod audit;
mod canonical;
pub mod chain;
mod digest;
mod envelope;
mod error;
pub mod evidence;
pub mod hpke;
mod keys;
mod reason;
pub mod receipt;
pub mod record;
pub mod renew;
pub mod seal;
mod sign;
mod template;

pub use digest::{Digest, HashAlgorithm};
pub use error::{Error, Result};
pub use keys::{KeyList, ListedKey, Role};
pub use reason::Reason;
pub use sign::{SIGNATURE_BYTES, SignatureAlgorithm, Signer, SigningKey, VerifyingKey};
pub use template::{open_template, renew_template, seal_template};
