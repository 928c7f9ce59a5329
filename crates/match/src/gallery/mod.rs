//! The gallery file: rows that stay on disk between runs.
