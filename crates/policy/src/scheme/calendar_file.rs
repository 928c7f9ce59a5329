//! Holiday calendars: one dated file per year.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::finding::Findings;
use super::reader::Section;
use super::tree::{Value, parse};
use crate::value::Day;

/// Working days of the years that have a file.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    years: BTreeMap<i16, Year>,
}

#[derive(Clone, Debug, Default)]
struct Year {
    off: BTreeSet<Day>,
    work: BTreeSet<Day>,
}

impl Calendar {
    /// Whether a day is a working day; `None` in a year without a file.
    #[must_use]
    pub fn is_working_day(&self, day: Day) -> Option<bool> {
        let year = self.years.get(&day.year())?;
        Some(year.work.contains(&day) || !(year.off.contains(&day) || day.is_weekend()))
    }

    /// Reads `year`, `source`, `off` (rest days other than weekends) and `work` (made-up weekends).
    pub(super) fn read(&mut self, file: &str, bytes: &[u8], findings: &RefCell<Findings>) {
        let table = parse(file, bytes, &mut findings.borrow_mut());
        let section = Section::root(&table, file, findings);
        let number = section.integer("year", 1900..=2199) as i16;
        section.text("source");
        let year = Year { off: days(&section, "off", number), work: days(&section, "work", number) };
        if !year.off.is_disjoint(&year.work) {
            section.fault("work", "calendar", "a day is both off and a working day");
        }
        if self.years.insert(number, year).is_some() {
            section.fault("year", "calendar", "this year has two calendar files");
        }
        section.finish(false);
    }
}

fn days(section: &Section<'_>, key: &'static str, year: i16) -> BTreeSet<Day> {
    let days = section.list(key, "a date", |value| match value {
        Value::Date(day) => Some(*day),
        _ => None,
    });
    if days.iter().any(|day| day.year() != year) {
        section.fault(key, "calendar", format!("a date lies outside {year}"));
    }
    days.into_iter().collect()
}
