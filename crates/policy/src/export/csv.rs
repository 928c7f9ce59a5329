//! Records as CSV: the columns of the JSON, arrays joined by `;`, absent fields empty.

use super::{Exported, ImportRecord};
use crate::error::Error;
use serde_json::Value;

impl Exported {
    /// The records as CSV with a header, whatever their number.
    ///
    /// # Errors
    /// [`Error::NotCanonical`], which no record gives.
    pub fn to_csv(&self) -> Result<String, Error> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        writer.write_record(ImportRecord::COLUMNS).map_err(|_| Error::NotCanonical)?;
        for record in &self.records {
            let fields = serde_json::to_value(record).map_err(|_| Error::NotCanonical)?;
            let cells = ImportRecord::COLUMNS.iter().map(|column| fields.get(column).map(cell).unwrap_or_default());
            writer.write_record(cells).map_err(|_| Error::NotCanonical)?;
        }
        let bytes = writer.into_inner().map_err(|_| Error::NotCanonical)?;
        String::from_utf8(bytes).map_err(|_| Error::NotCanonical)
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}
