//! The typed fields of one row, read by the mapping.

use super::mapping::{Inbound, Section};
use super::pattern::Pattern;
use super::table::BadCell;
use crate::value::{Day, Expected, Instant, Month};
use std::str::FromStr;

/// Offset of a clock for which a mapping names none: the scheme's.
const SCHEME_OFFSET: &str = "+08:00";

/// A row of cells and what the mapping says of them.
pub(super) struct Fields<'a> {
    pub section: &'a Section,
    pub cells: &'a [Option<String>],
}

impl<'a> Fields<'a> {
    /// A field's text, after its table; `None` if it is not mapped or its cell is empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, BadCell> {
        let Some(inbound) = self.section.field(name) else { return Ok(None) };
        let Some(raw) = self.raw(inbound) else { return Ok(None) };
        match &inbound.table {
            None => Ok(Some(raw)),
            Some(table) => match table.get(raw).or(inbound.otherwise.as_ref()) {
                Some(word) => Ok(Some(word)),
                None => Err(self.bad(inbound, "the mapping's table has no such word; add it there")),
            },
        }
    }

    /// A field's value.
    pub(super) fn value<T: FromStr<Err = Expected>>(&self, name: &str) -> Result<Option<T>, BadCell> {
        let read = |text: &str| text.parse().map_err(|Expected(expected)| self.bad_field(name, expected));
        self.text(name)?.map(read).transpose()
    }

    /// A field's value that may not be absent.
    pub(super) fn required<T: FromStr<Err = Expected>>(&self, name: &str) -> Result<T, BadCell> {
        self.value(name)?.ok_or_else(|| self.bad_field(name, "empty; this field is required"))
    }

    /// A civil date, by the field's pattern, else `yyyy-MM-dd` or `yyyyMMdd`.
    pub(super) fn day(&self, name: &str) -> Result<Option<Day>, BadCell> {
        self.dated(name, |iso| iso.get(..10)?.parse().ok(), "a date from 1900-01-01 to 2199-12-31")
    }

    /// A month, by the field's pattern, else `yyyy-MM` or `yyyyMM`.
    pub(super) fn month(&self, name: &str) -> Result<Option<Month>, BadCell> {
        self.dated(name, |iso| iso.get(..7)?.parse().ok(), "a month from 1900-01 to 2199-12")
    }

    /// An instant, by the field's pattern and offset, else RFC 3339.
    pub(super) fn instant(&self, name: &str) -> Result<Option<Instant>, BadCell> {
        let offset = self.section.field(name).and_then(|inbound| inbound.offset.as_deref()).unwrap_or(SCHEME_OFFSET);
        let pattern = self.section.field(name).and_then(|inbound| inbound.pattern.as_ref());
        let read = |text: &str| match pattern {
            Some(pattern) => pattern.to_iso(text).and_then(|iso| format!("{iso}{offset}").parse().ok()),
            None => text.parse().ok(),
        };
        let expected = "expected an instant of the mapping's format, or RFC 3339";
        self.text(name)?.map(|text| read(text).ok_or_else(|| self.bad_field(name, expected))).transpose()
    }

    /// A yes or no: `true`, `1`, `false` or `0`; other words through a table of the mapping.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, BadCell> {
        let read = |text: &str| match text {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(self.bad_field(name, "expected true or false")),
        };
        self.text(name)?.map(read).transpose()
    }

    /// What is wrong with a field, at the column that it comes from.
    pub(super) fn bad_field(&self, name: &str, text: &'static str) -> BadCell {
        match self.section.field(name) {
            Some(inbound) => self.bad(inbound, text),
            None => BadCell::new(Some(name.to_owned()), text),
        }
    }

    fn bad(&self, inbound: &Inbound, text: &'static str) -> BadCell {
        let column = inbound.column.and_then(|at| self.section.columns.get(at)).cloned();
        BadCell::new(Some(column.unwrap_or_else(|| inbound.field.to_owned())), text)
    }

    fn raw(&self, inbound: &'a Inbound) -> Option<&'a str> {
        match inbound.column {
            Some(at) => self.cells.get(at)?.as_deref(),
            None => inbound.constant.as_deref(),
        }
    }

    fn dated<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>, BadCell> {
        let pattern = self.section.field(name).and_then(|inbound| inbound.pattern.as_ref());
        let iso = |text: &str| match (pattern, text.len()) {
            (Some(pattern), _) => pattern.to_iso(text),
            (None, 6) => Pattern::new("yyyyMM").and_then(|pattern| pattern.to_iso(text)),
            (None, 8) => Pattern::new("yyyyMMdd").and_then(|pattern| pattern.to_iso(text)),
            (None, 7 | 10) => Some(text.to_owned()),
            (None, _) => None,
        };
        self.text(name)?
            .map(|text| iso(text).and_then(|iso| read(&iso)).ok_or_else(|| self.bad_field(name, expected)))
            .transpose()
    }
}
