//! Ids and persons of the rows that were not removed.

use std::collections::HashMap;

use super::disk::Source;
use super::extent;
use super::state::State;
use crate::error::MatchError;
use crate::rows::Label;

/// Where each id is, and how many rows each person has.
#[derive(Default)]
pub(super) struct Index {
    /// Row and person by id.
    rows: HashMap<u64, (u32, u64)>,
    /// Rows by person.
    persons: HashMap<u64, u32>,
}

impl Index {
    pub(super) fn read(source: &Source, state: &State) -> Result<Self, MatchError> {
        let mut index = Self::default();
        let mut removed = state.tombstones.iter().copied().peekable();
        let mut first_row = 0;
        for entry in &state.table {
            let columns = extent::read_columns(source, &state.header, entry, u64::from(first_row))?;
            for row in 0..entry.used_rows {
                if removed.next_if_eq(&(first_row + row)).is_none() {
                    index.insert(columns.label(row as usize), first_row + row);
                }
            }
            first_row += entry.used_rows;
        }
        Ok(index)
    }

    pub(super) fn row(&self, id: u64) -> Option<u32> {
        self.rows.get(&id).map(|&(row, _)| row)
    }

    pub(super) fn subjects(&self) -> u64 {
        self.persons.len() as u64
    }

    pub(super) fn insert(&mut self, label: Label, row: u32) {
        self.rows.insert(label.id, (row, label.person));
        *self.persons.entry(label.person).or_default() += 1;
    }

    /// Forgets an id and returns the row it had.
    pub(super) fn remove(&mut self, id: u64) -> Option<u32> {
        let (row, person) = self.rows.remove(&id)?;
        if let Some(rows) = self.persons.get_mut(&person) {
            *rows -= 1;
            if *rows == 0 {
                self.persons.remove(&person);
            }
        }
        Some(row)
    }
}
