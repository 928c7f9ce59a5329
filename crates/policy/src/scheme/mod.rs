//! The policy as data: a scheme is TOML files and what they name, read and checked as one.

mod calendar_file;
mod channels;
mod finding;
mod lint;
mod load;
mod named;
mod reader;
mod sections;
mod tree;
mod types;
mod units;

pub use calendar_file::Calendar;
pub use finding::Finding;
pub use load::{Assumption, FileDigest, Files, Report, check};
pub use named::named_files;
pub use reader::Origin;
pub use types::*;
pub use units::{Outlet, OutletKind, Township, Village};
