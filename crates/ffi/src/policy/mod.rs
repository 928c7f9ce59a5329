//! The county's rules: policy, events and time in; decisions, statuses, lists and records out, as JSON.

pub mod decide;
pub mod events;
pub mod identify;
pub mod lists;
pub mod scheme;
