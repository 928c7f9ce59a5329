//! Reading JSON so that an error names line and field and repeats no value.

use serde::Deserialize;

use crate::error::Error;

/// Where and why a text is not the JSON of a type.
pub(crate) struct Problem {
    pub(crate) line: usize,
    pub(crate) field: String,
    pub(crate) text: String,
}

impl Problem {
    /// The error of an input whose JSON began on `line` of a file.
    pub(crate) fn of_input(self, file: &str, line: usize) -> Error {
        let line = line + self.line.saturating_sub(1);
        Error::Input { file: file.to_owned(), line, field: self.field, problem: self.text }
    }
}

pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        problem(error.inner(), field)
    })?;
    json.end().map_err(|error| problem(&error, String::from(".")))?;
    Ok(value)
}

fn problem(error: &serde_json::Error, field: String) -> Problem {
    let text = match error.classify() {
        serde_json::error::Category::Data => named_field(&error.to_string()),
        serde_json::error::Category::Eof => "the JSON ends too early".to_owned(),
        _ => format!("not JSON at column {}", error.column()),
    };
    Problem { line: error.line(), field, text }
}

/// Serde's text quotes values, which may be personal: only a field's name is kept of it.
fn named_field(text: &str) -> String {
    let name = text.split('`').nth(1).filter(|name| {
        name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    });
    match (text.starts_with("missing field"), text.starts_with("unknown field"), name) {
        (true, _, Some(name)) => format!("missing field `{name}`"),
        (_, true, Some(name)) => format!("unknown field `{name}`"),
        (_, true, None) => "unknown field".to_owned(),
        _ if text.starts_with("expected ") => text.split(" at line").next().unwrap_or_default().to_owned(),
        _ => "another type or word is expected".to_owned(),
    }
}
