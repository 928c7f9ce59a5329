//! Exact face template matching on a CPU: 1:1, 1:N and all pairs, at the speed of int8.
//!
//! Every answer is that of the [reference score](reference): an int8 screen with a
//! [proven bound](bound) drops what cannot matter, and what is left is scored by the
//! definition. So the results are the same bytes on every instruction set and for every
//! number of threads.
//!
//! ```
//! use facecert_match::{ContractId, Template, reference};
//!
//! let contract = ContractId::from_bytes([7; 32]);
//! let ripple: Vec<f32> = (0..512).map(|k| (k as f32).sin()).collect();
//! let a = Template::new(contract, &ripple)?;
//! assert!((reference::score(a.values(), a.values()) - 1.0).abs() < 1e-6);
//! # Ok::<(), facecert_match::MatchError>(())
//! ```

pub mod bound;
pub mod buffer;
mod compare;
mod cut;
mod error;
mod fields;
pub mod gallery;
pub mod kernel;
pub mod measure;
mod pairs;
pub mod panel;
pub mod quantize;
pub mod reference;
mod rows;
mod search;
mod sketch;
mod template;
mod top;
mod workers;

pub use compare::Coded;
pub use error::MatchError;
pub use pairs::{Pair, PairFile, Pairs, Plan, PlannedSet, Progress, Resume, Review, Step};
pub use rows::{Label, MemoryRows, Rows};
pub use search::{Hit, Search, Wanted, Work};
pub use sketch::{Misses, Sketches};
pub use template::{ContractId, DIM_RANGE, Template};
pub use workers::Workers;
