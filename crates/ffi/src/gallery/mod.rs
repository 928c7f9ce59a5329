//! Galleries: files of templates, one person against many, all pairs.

pub mod pairs;
pub mod reader;
pub mod tasks;
pub mod upkeep;
pub mod writer;
