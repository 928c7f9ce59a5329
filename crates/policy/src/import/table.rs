//! An inbound file as rows of text: bytes in the declared encoding, CSV or JSON Lines, cells trimmed.
//!
//! A file that is not what its mapping declares is refused whole; a single bad line is a bad row.

use super::mapping::{Encoding, Format};
use crate::error::Error;
use crate::reason::Reason;
use encoding_rs::{DecoderResult, GB18030};
use serde_json::Value;
use std::borrow::Cow;

/// Why a whole file is refused: where the first cause stands and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub line: u64,
    pub column: Option<String>,
    pub cause: String,
}

impl Refused {
    pub(super) fn error(self, file: &str) -> Error {
        let column = self.column.unwrap_or_else(|| "-".to_owned());
        Error::FileRefused { file: file.to_owned(), line: self.line, column, cause: self.cause }
    }
}

/// What is wrong with one row: the column at fault and what was expected there, never what stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BadCell {
    pub reason: Reason,
    pub column: Option<String>,
    pub text: Cow<'static, str>,
}

impl BadCell {
    pub(super) fn new(column: Option<String>, text: &'static str) -> Self {
        Self { reason: Reason::IMPORT_ROW_REJECTED, column, text: Cow::Borrowed(text) }
    }
}

/// One row: its line (from 1) and, in the order of [`Table::columns`], its trimmed cells; an empty cell is `None`.
pub(super) struct Row {
    pub line: u64,
    pub cells: Result<Vec<Option<String>>, BadCell>,
}

/// A decoded file, of which the columns that the mapping names are read.
pub(super) struct Table<'a> {
    text: Cow<'a, str>,
    format: Format,
    columns: &'a [String],
}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<'a> Table<'a> {
    /// Decodes a file and checks that every one of `columns` is there.
    pub(super) fn open(
        bytes: &'a [u8],
        format: Format,
        encoding: Encoding,
        columns: &'a [String],
    ) -> Result<Self, Refused> {
        let table = Self { text: decode(bytes, encoding)?, format, columns };
        match format {
            Format::Csv => table.check_header()?,
            Format::Jsonl => table.check_keys()?,
        }
        Ok(table)
    }

    /// The rows, in the order of the file. Blank lines are none.
    pub(super) fn rows(&self) -> Box<dyn Iterator<Item = Row> + '_> {
        match self.format {
            Format::Csv => Box::new(self.csv_rows()),
            Format::Jsonl => Box::new(self.json_rows()),
        }
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new().flexible(true).from_reader(self.text.as_bytes())
    }

    fn header(&self) -> Vec<String> {
        let mut reader = self.reader();
        let header = reader.headers().map(|record| record.iter().map(|cell| trim(cell).to_owned()).collect());
        header.unwrap_or_default()
    }

    fn check_header(&self) -> Result<(), Refused> {
        let header = self.header();
        for column in self.columns {
            let cause = match header.iter().filter(|name| *name == column).count() {
                1 => continue,
                0 => "the mapping names this column and the file has none of this name",
                _ => "this column is there twice",
            };
            return Err(Refused { line: 1, column: Some(column.clone()), cause: cause.to_owned() });
        }
        Ok(())
    }

    /// JSON Lines have no header: a column that no line has is not there.
    fn check_keys(&self) -> Result<(), Refused> {
        let mut missing: Vec<bool> = vec![true; self.columns.len()];
        let mut any = false;
        for (_, line) in numbered(&self.text) {
            any = true;
            if let Ok(Value::Object(object)) = serde_json::from_str(line) {
                for (missing, column) in missing.iter_mut().zip(self.columns) {
                    *missing &= !object.contains_key(column);
                }
            }
            if !missing.contains(&true) {
                break;
            }
        }
        match missing.iter().position(|&missing| missing).and_then(|at| self.columns.get(at)) {
            Some(column) if any => Err(Refused {
                line: 1,
                column: Some(column.clone()),
                cause: "the mapping names this column and no line of the file has it".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn csv_rows(&self) -> impl Iterator<Item = Row> + '_ {
        let header = self.header();
        let at: Vec<Option<usize>> =
            self.columns.iter().map(|column| header.iter().position(|name| name == column)).collect();
        let width = header.len();
        self.reader().into_records().map(move |record| {
            // Flexible reading of valid UTF-8 has no errors; should the reader find one, the row is bad.
            let Ok(record) = record else {
                return Row { line: 0, cells: Err(BadCell::new(None, "not a row of CSV")) };
            };
            let line = record.position().map_or(0, |position| self.line_of(position));
            let cells = if record.len() == width {
                let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(trim);
                Ok(at.iter().map(|&at| cell(at).filter(|cell| !cell.is_empty()).map(str::to_owned)).collect())
            } else {
                Err(BadCell::new(None, "more or fewer cells than the header has columns"))
            };
            Row { line, cells }
        })
    }

    /// The line of a record; the reader's position stands before the blank lines that it skips.
    fn line_of(&self, position: &csv::Position) -> u64 {
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
        position.line() + skipped.count() as u64
    }

    fn json_rows(&self) -> impl Iterator<Item = Row> + '_ {
        numbered(&self.text).map(|(line, text)| {
            let Ok(Value::Object(mut object)) = serde_json::from_str(text) else {
                return Row { line, cells: Err(BadCell::new(None, "not a JSON object on one line")) };
            };
            let cells = self.columns.iter().map(|column| json_cell(column, object.remove(column)));
            Row { line, cells: cells.collect() }
        })
    }
}

fn json_cell(column: &str, value: Option<Value>) -> Result<Option<String>, BadCell> {
    let text = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => trim(&text).to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Array(_) | Value::Object(_)) => {
            return Err(BadCell::new(Some(column.to_owned()), "a list or an object where a text belongs"));
        }
    };
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// The lines that are not blank, with their numbers from 1.
fn numbered(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

/// White space at both ends (tab, no-break and ideographic space too) does not belong to a cell.
fn trim(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}' || c == '\u{200B}')
}

impl Encoding {
    /// A text in this encoding; `None` if a character is not in it.
    pub(super) fn encode(self, text: String) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.into_bytes()),
            Self::Utf8Bom => Some([BYTE_ORDER_MARK, text.as_bytes()].concat()),
            Self::Gb18030 => {
                let (bytes, _, unmappable) = GB18030.encode(&text);
                (!unmappable).then(|| bytes.into_owned())
            }
        }
    }
}

fn decode(bytes: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, Refused> {
    let bare = bytes.strip_prefix(BYTE_ORDER_MARK);
    match encoding {
        Encoding::Utf8 => utf8(bare.unwrap_or(bytes)),
        Encoding::Utf8Bom => match bare {
            Some(bare) => utf8(bare),
            None => Err(Refused {
                line: 1,
                column: None,
                cause: "the mapping declares utf-8-bom and the byte order mark is not there".to_owned(),
            }),
        },
        Encoding::Gb18030 => gb18030(bytes).map(Cow::Owned),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Refused> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|error| not_valid(bytes.get(..error.valid_up_to()).unwrap_or_default(), "utf-8"))
}

fn gb18030(bytes: &[u8]) -> Result<String, Refused> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or_default();
    let mut text = String::with_capacity(capacity);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => {
            text.shrink_to_fit();
            Ok(text)
        }
        (_, read) => Err(not_valid(bytes.get(..read).unwrap_or_default(), "gb18030")),
    }
}

fn not_valid(before: &[u8], encoding: &str) -> Refused {
    // A line feed is never part of a longer character, in neither encoding.
    let line = before.split(|&byte| byte == b'\n').count() as u64;
    let cause = format!("not valid {encoding} at byte {}; declare the encoding in the mapping", before.len());
    Refused { line, column: None, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn cells(bytes: &[u8], format: Format, encoding: Encoding, names: &[&str]) -> Vec<(u64, Vec<Option<String>>)> {
        let columns = columns(names);
        let table = Table::open(bytes, format, encoding, &columns).expect("table");
        table.rows().filter_map(|row| Some((row.line, row.cells.ok()?))).collect()
    }

    fn refused(bytes: &[u8], format: Format, encoding: Encoding, names: &[&str]) -> Refused {
        let columns = columns(names);
        Table::open(bytes, format, encoding, &columns).err().expect("a refusal")
    }

    #[test]
    fn csv_and_json_lines_give_the_same_rows() {
        let csv = "姓名,AAC002\n 甲\u{3000},\t1\u{A0}\n\n,2\n";
        let jsonl = "{\"AAC002\":1,\"姓名\":\"甲\"}\n{\"AAC002\":\"2\"}\n";
        let names = ["AAC002", "姓名"];
        let rows = cells(csv.as_bytes(), Format::Csv, Encoding::Utf8, &names);
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(rows, [(2, vec![text("1"), text("甲")]), (4, vec![text("2"), None])]);
        let other = cells(jsonl.as_bytes(), Format::Jsonl, Encoding::Utf8, &names);
        assert_eq!(rows.iter().map(|r| &r.1).collect::<Vec<_>>(), other.iter().map(|r| &r.1).collect::<Vec<_>>());
    }

    #[test]
    fn a_byte_order_mark_is_skipped_or_demanded() {
        let marked = "\u{FEFF}a\n1\n".as_bytes();
        assert_eq!(cells(marked, Format::Csv, Encoding::Utf8, &["a"]).len(), 1);
        assert_eq!(cells(marked, Format::Csv, Encoding::Utf8Bom, &["a"]).len(), 1);
        assert_eq!(refused(b"a\n1\n", Format::Csv, Encoding::Utf8Bom, &["a"]).line, 1);
    }

    #[test]
    fn bytes_of_another_encoding_are_refused_with_their_line() {
        let (gb, _, _) = GB18030.encode("a\n甲\n");
        let refusal = refused(&gb, Format::Csv, Encoding::Utf8, &["a"]);
        assert_eq!(refusal.line, 2);
        assert!(refusal.cause.contains("utf-8"));
        assert_eq!(cells(&gb, Format::Csv, Encoding::Gb18030, &["a"]), [(2, vec![Some("甲".to_owned())])]);
        assert_eq!(refused(b"a\nb\n\xFF\xFF\n", Format::Csv, Encoding::Gb18030, &["a"]).line, 3);
    }

    #[test]
    fn a_column_that_is_not_there_or_there_twice_is_refused() {
        for (bytes, format) in [
            (&b"a\n1\n"[..], Format::Csv),
            (b"b,b\n1,2\n", Format::Csv),
            (b"", Format::Csv),
            (b"{\"a\":1}\n[]\n", Format::Jsonl),
        ] {
            assert_eq!(refused(bytes, format, Encoding::Utf8, &["b"]).column.as_deref(), Some("b"));
        }
    }

    #[test]
    fn a_bad_line_is_a_bad_row_with_its_number() {
        let columns = columns(&["a"]);
        let table = Table::open(b"a,b\n1\n2,3\n", Format::Csv, Encoding::Utf8, &columns).expect("table");
        let bad: Vec<_> = table.rows().map(|row| (row.line, row.cells.is_err())).collect();
        assert_eq!(bad, [(2, true), (3, false)]);
        let lines = b"{\"a\":1}\n{\"a\":[1]}\nnonsense\n";
        let table = Table::open(lines, Format::Jsonl, Encoding::Utf8, &columns).expect("table");
        let bad: Vec<_> = table.rows().map(|row| (row.line, row.cells.is_err())).collect();
        assert_eq!(bad, [(1, false), (2, true), (3, true)]);
    }
}
