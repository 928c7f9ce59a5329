//! Tables of labels: a header line, tabs, one row per picture.

use std::path::{Path, PathBuf};

use crate::output::Failure;

/// A table that was read whole.
pub struct Table {
    file: PathBuf,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A row of a table.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    table: &'a Table,
    number: usize,
}

impl Table {
    /// Reads a table; it must have these columns.
    pub fn read(file: &Path, columns: &[&str]) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(file).map_err(|e| Failure::at(file, e))?;
        let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let head = lines.next().unwrap_or_default();
        if let Some(missing) = columns.iter().find(|c| !head.iter().any(|h| h == *c)) {
            return Err(Failure::at(file, format_args!("has no column {missing}")));
        }
        Ok(Self { file: file.to_owned(), head, rows: lines.collect() })
    }

    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).map(|number| Row { table: self, number })
    }
}

impl<'a> Row<'a> {
    /// The text of a column; empty if the table has none of that name, or the row ends before it.
    pub fn text(&self, column: &str) -> &'a str {
        let place = self.table.head.iter().position(|h| h == column);
        place.and_then(|k| self.table.rows[self.number].get(k)).map_or("", String::as_str)
    }

    /// The number of a column.
    pub fn number(&self, column: &str) -> Result<f32, Failure> {
        self.text(column).parse().map_err(|_| self.fault(&format!("{column} is not a number")))
    }

    /// A failure about this row.
    pub fn fault(&self, what: &str) -> Failure {
        Failure::at(&self.table.file, format_args!("line {}: {what}", self.number + 2))
    }
}
