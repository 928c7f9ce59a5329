//! The gallery file: templates on disk, as the engine reads them.
//!
//! One file holds the rows of one [contract](crate::ContractId), each with a `u64` id, a `u64`
//! person (several templates of one person make one hit) and an optional key of up to 1024 bytes.
//! The format has a version, is little-endian and is described in `layout.rs`.
//!
//! - **Reading** ([`Gallery`]) is instant at any size; panels are verified before their first use.
//! - **Writing** ([`Writer`]) is in whole commits under a lock: a crash at any write leaves the
//!   last committed state, and a writer that started from an older state is refused.
//! - **Removing** hides a row at once. Its bytes stay in the file until [`compact`].
//! - **Doubt** is told: a file whose newest commit may be missing opens at the older one, says so
//!   ([`Gallery::recovered`]), and takes no writer until [`accept_recovered`].
//!
//! ```
//! use facecert_match::gallery::{Gallery, Writer};
//! use facecert_match::{ContractId, Label, Rows, Template};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("county.gallery");
//! let contract = ContractId::from_bytes([7; 32]);
//! let wave: Vec<f32> = (0..128).map(|k| (k as f32).sin()).collect();
//!
//! let mut writer = Writer::create(&path, contract, 128, [1; 16])?;
//! writer.append(Label { id: 10, person: 4 }, b"photo-10", &Template::new(contract, &wave)?)?;
//! writer.commit()?;
//!
//! let gallery = Gallery::open(&path)?;
//! assert_eq!((gallery.len(), gallery.subjects()), (1, 1));
//! assert_eq!(gallery.key(0)?, b"photo-10");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod disk;
mod extent;
mod index;
mod layout;
mod maintain;
mod padding;
mod reader;
mod state;
#[cfg(test)]
mod tests;
mod writer;

pub use layout::MAX_KEY_BYTES;
pub use maintain::{Check, Compacted, accept_recovered, check, compact};
pub use reader::Gallery;
pub use state::Recovered;
pub use writer::Writer;
