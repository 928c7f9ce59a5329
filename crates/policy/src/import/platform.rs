//! The last step out: records joined with number and name from the caller's roster, in the platform's own columns.
//!
//! Its bytes are personal data. Nothing of them is logged, kept or named in an error.

use super::mapping::{Format, Mapping, Origin, Outbound};
use super::people;
use super::table::Table;
use super::{FileKind, Refused};
use crate::error::Error;
use crate::export::ImportRecord;
use crate::identity::HmacKey;
use crate::value::IdMatch;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Number and name of a person, as the roster writes them.
struct Joined {
    number: String,
    name: String,
}

impl Mapping {
    /// The platform's file for records: `roster` is a roster file that this mapping reads, `roster_file` its name.
    ///
    /// # Errors
    /// [`Error::Mapping`] for a record type without an `out` section, types with different columns in one CSV file, or a
    /// value outside its table; [`Error::FileRefused`] for the roster; [`Error::NotOnRoster`] with the record's key for a
    /// record whose person the roster does not hold.
    pub fn platform_file(
        &self,
        records: &[ImportRecord],
        roster_file: &str,
        roster: &[u8],
        key: &HmacKey,
    ) -> Result<Vec<u8>, Error> {
        let people = self.roster(roster_file, roster, key)?;
        let mut rows = Vec::with_capacity(records.len());
        for record in records {
            let columns = self.columns(record)?;
            let fields = serde_json::to_value(record).map_err(|_| Error::NotCanonical)?;
            let person = record.id_match.and_then(|id| people.get(&id));
            let cells = columns.iter().map(|column| {
                let text = match column.origin {
                    Origin::Field(ref field) => return self.cell(column, &field_text(&fields, field)),
                    Origin::JoinNumber => person.map(|person| person.number.clone()),
                    Origin::JoinName => person.map(|person| person.name.clone()),
                };
                text.ok_or(Error::NotOnRoster { key: record.key })
            });
            rows.push(cells.collect::<Result<Vec<String>, Error>>()?);
        }
        let header = records.first().map(|record| self.columns(record)).transpose()?.unwrap_or_default();
        for record in records {
            let same = self.columns(record)?.iter().map(|c| &c.column).eq(header.iter().map(|c| &c.column));
            if !same && self.format == Format::Csv {
                let problem = "this type has other columns than the first: export one --type at a time".to_owned();
                return Err(self.fault(&format!("out.{}", record.record_type), problem));
            }
        }
        match self.format {
            Format::Csv => self.encode_csv(header, &rows),
            Format::Jsonl => self.encode_lines(records, &rows),
        }
    }

    fn columns(&self, record: &ImportRecord) -> Result<&[Outbound], Error> {
        let columns = self.outbound.get(record.record_type.as_str());
        columns.map(Vec::as_slice).ok_or_else(|| {
            let key = format!("out.{}", record.record_type);
            self.fault(&key, "the mapping has no section for this type of record".to_owned())
        })
    }

    fn cell(&self, column: &Outbound, text: &str) -> Result<String, Error> {
        let refused = |problem: &str| self.fault(&column.column, problem.to_owned());
        let text = match &column.table {
            None => text,
            Some(table) => table
                .get(text)
                .or(column.otherwise.as_ref())
                .ok_or_else(|| refused("the table has no word for a value; add it, or say else"))?,
        };
        match &column.pattern {
            Some(pattern) if !text.is_empty() => {
                pattern.write_iso(text).ok_or_else(|| refused("a value lacks a unit of the format"))
            }
            _ => Ok(text.to_owned()),
        }
    }

    /// Number and name by match, as the roster file has them.
    fn roster(&self, file: &str, bytes: &[u8], key: &HmacKey) -> Result<HashMap<IdMatch, Joined>, Error> {
        let section = self.section(FileKind::Roster)?;
        let refused = |refused: Refused| refused.error(file);
        let table = Table::open(bytes, self.format, self.encoding, &section.columns).map_err(refused)?;
        let mut people = HashMap::new();
        for row in table.rows() {
            let cells = row.cells.unwrap_or_default();
            if let Some((id_match, number, name)) = people::number_and_name(section, &cells, key) {
                people.insert(id_match, Joined { number, name });
            }
        }
        Ok(people)
    }

    fn encode_csv(&self, header: &[Outbound], rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let lines =
            std::iter::once(header.iter().map(|column| column.column.clone()).collect()).chain(rows.iter().cloned());
        for line in lines {
            let line: Vec<String> = line;
            writer.write_record(&line).map_err(|_| Error::NotCanonical)?;
        }
        let bytes = writer.into_inner().map_err(|_| Error::NotCanonical)?;
        self.encode(String::from_utf8(bytes).map_err(|_| Error::NotCanonical)?)
    }

    fn encode_lines(&self, records: &[ImportRecord], rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
        let mut text = String::new();
        for (record, cells) in records.iter().zip(rows) {
            let columns = self.columns(record)?.iter().map(|column| column.column.clone());
            let object: Map<String, Value> = columns.zip(cells.iter().cloned().map(Value::String)).collect();
            text.push_str(&Value::Object(object).to_string());
            text.push('\n');
        }
        self.encode(text)
    }

    fn encode(&self, text: String) -> Result<Vec<u8>, Error> {
        self.encoding
            .encode(text)
            .ok_or_else(|| self.fault("encoding", "a character is not in this encoding".to_owned()))
    }
}

/// A record's field as text: lists are joined by `;`, an absent field is empty.
fn field_text(fields: &Value, field: &str) -> String {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match fields.get(field) {
        Some(Value::Array(items)) => items.iter().map(text).collect::<Vec<_>>().join(";"),
        Some(value) => text(value),
        None => String::new(),
    }
}
