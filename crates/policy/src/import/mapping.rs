//! The mapping file: which column of the platform's files is which field, in and out.
//!
//! Its words are data: nothing of the platform's interface is in code.

use super::pattern::Pattern;
use crate::error::Error;
use crate::event::Source;
use crate::vocabulary::words;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

words! {
    /// Form of a platform file.
    Format: "csv or jsonl" {
        /// Comma-separated values with a header.
        Csv = "csv",
        /// One JSON object per line.
        Jsonl = "jsonl",
    }
}

words! {
    /// Encoding of a platform file; declared, never guessed.
    Encoding: "utf-8, utf-8-bom or gb18030" {
        /// UTF-8; a leading byte order mark is skipped.
        Utf8 = "utf-8",
        /// UTF-8 that has to begin with a byte order mark.
        Utf8Bom = "utf-8-bom",
        /// GB 18030.
        Gb18030 = "gb18030",
    }
}

words! {
    /// What a file of the platform holds.
    FileKind: "roster, results, payments, acks or facts" {
        /// Entitlements.
        Roster = "roster",
        /// Certification results of any channel.
        Results = "results",
        /// Payment status by month.
        Payments = "payments",
        /// Acknowledgements of exported records.
        Acks = "acks",
        /// Deaths, imprisonments, duplicates and other facts.
        Facts = "facts",
    }
}

impl FileKind {
    /// The fields a mapping has to give, then those it may.
    pub(super) const fn fields(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Roster => (
                &["id_type", "id_number", "name", "entitlement", "kind", "benefit_start", "unit_code"],
                &[
                    "as_of",
                    "birth_date",
                    "residence",
                    "anchor",
                    "last_certified",
                    "eligible_until",
                    "guardian",
                    "contact",
                    "person_ref",
                ],
            ),
            Self::Results => (
                &["id_number", "name", "instant", "channel", "result"],
                &["id_type", "entitlement", "agency", "remote_id", "data_source", "activity_date"],
            ),
            Self::Payments => (
                &["id_number", "month", "state", "cause"],
                &["id_type", "name", "entitlement", "kind", "as_of", "amount_fen"],
            ),
            Self::Acks => (&["ack_of", "status", "at"], &["code"]),
            Self::Facts => {
                (&["id_number", "kind", "fact_date", "source", "list_id"], &["id_type", "name", "class", "until"])
            }
        }
    }
}

/// One inbound field: the column it comes from and how its text is read.
#[derive(Debug)]
pub(super) struct Inbound {
    pub field: &'static str,
    /// Place in [`Section::columns`]; `None` if the mapping gives a constant.
    pub column: Option<usize>,
    pub constant: Option<String>,
    pub table: Option<BTreeMap<String, String>>,
    pub otherwise: Option<String>,
    pub pattern: Option<Pattern>,
    pub offset: Option<String>,
}

/// How one kind of file is read.
#[derive(Debug)]
pub(super) struct Section {
    pub columns: Vec<String>,
    pub fields: Vec<Inbound>,
}

/// Where a column of the platform's file comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// A field of the record.
    Field(String),
    /// The person's number, from the roster.
    JoinNumber,
    /// The person's name, from the roster.
    JoinName,
}

/// One outbound column.
#[derive(Debug)]
pub(super) struct Outbound {
    pub column: String,
    pub origin: Origin,
    pub table: Option<BTreeMap<String, String>>,
    pub otherwise: Option<String>,
    pub pattern: Option<Pattern>,
}

/// A mapping file, checked.
#[derive(Debug)]
pub struct Mapping {
    /// Its own name, for errors.
    file: String,
    pub(super) format: Format,
    pub(super) encoding: Encoding,
    pub(super) inbound: BTreeMap<FileKind, Section>,
    pub(super) outbound: BTreeMap<String, Vec<Outbound>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Format,
    encoding: Encoding,
    #[serde(default, rename = "in")]
    inbound: BTreeMap<FileKind, BTreeMap<Spanned<String>, FileInbound>>,
    #[serde(default, rename = "out")]
    outbound: BTreeMap<String, BTreeMap<Spanned<String>, FileOutbound>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileInbound {
    Column(String),
    Constant(FileConstant),
    Read(FileRead),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileConstant {
    value: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRead {
    column: String,
    table: Option<BTreeMap<String, String>>,
    #[serde(rename = "else")]
    otherwise: Option<String>,
    format: Option<String>,
    offset: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileOutbound {
    from: Option<String>,
    join: Option<String>,
    table: Option<BTreeMap<String, String>>,
    #[serde(rename = "else")]
    otherwise: Option<String>,
    format: Option<String>,
}

/// Word of a mapping file that makes a text outside its table an error, as does leaving `else` out.
const ERROR: &str = "error";

impl Mapping {
    /// Reads a mapping file. `file` names it in errors.
    ///
    /// # Errors
    /// [`Error::Mapping`] with line and key, if it is not TOML, has an unknown key, field or record type, lacks a field
    /// that its kind of file needs, or a date pattern cannot be read.
    pub fn read(file: &str, text: &str) -> Result<Self, Error> {
        let fault = |at: usize, key: &str, problem: String| Error::Mapping {
            file: file.to_owned(),
            line: line_of(text, at),
            key: key.to_owned(),
            problem,
        };
        let parsed: File = toml::from_str(text)
            .map_err(|error| fault(error.span().map_or(0, |span| span.start), "", error.message().to_owned()))?;
        let mut mapping = Self {
            file: file.to_owned(),
            format: parsed.format,
            encoding: parsed.encoding,
            inbound: BTreeMap::new(),
            outbound: BTreeMap::new(),
        };
        for (kind, fields) in parsed.inbound {
            let mut section = Section { columns: Vec::new(), fields: Vec::new() };
            for (key, field) in fields {
                let (at, name) = (key.span().start, key.into_inner());
                section.add(kind, &name, field).map_err(|problem| fault(at, &name, problem))?;
            }
            let missing = kind.fields().0.iter().find(|name| section.field(name).is_none());
            if let Some(name) = missing {
                return Err(fault(0, &format!("in.{kind}.{name}"), "this field is required".to_owned()));
            }
            mapping.inbound.insert(kind, section);
        }
        for (record_type, columns) in parsed.outbound {
            let mut columns: Vec<_> = columns.into_iter().collect();
            // The columns stand in the order in which the file names them.
            columns.sort_by_key(|(key, _)| key.span().start);
            let mut outbound = Vec::new();
            for (key, column) in columns {
                let (at, name) = (key.span().start, key.into_inner());
                outbound.push(Outbound::new(&name, column).map_err(|problem| fault(at, &name, problem))?);
            }
            mapping.outbound.insert(record_type, outbound);
        }
        Ok(mapping)
    }

    /// How a kind of file is read.
    pub(super) fn section(&self, kind: FileKind) -> Result<&Section, Error> {
        let missing = || "the mapping has no section for this kind of file".to_owned();
        self.inbound.get(&kind).ok_or_else(|| self.fault(&format!("in.{kind}"), missing()))
    }

    /// A fault of this mapping that only its use has shown.
    pub(super) fn fault(&self, key: &str, problem: String) -> Error {
        Error::Mapping { file: self.file.clone(), line: 1, key: key.to_owned(), problem }
    }
}

impl FileKind {
    /// The source that its events name.
    pub(super) const fn source(self) -> Source {
        match self {
            Self::Roster => Source::Roster,
            Self::Results => Source::Results,
            Self::Payments => Source::Payments,
            Self::Acks => Source::Acks,
            Self::Facts => Source::Facts,
        }
    }
}

impl Section {
    pub(super) fn field(&self, name: &str) -> Option<&Inbound> {
        self.fields.iter().find(|inbound| inbound.field == name)
    }

    fn add(&mut self, kind: FileKind, name: &str, field: FileInbound) -> Result<(), String> {
        let (required, optional) = kind.fields();
        let known = required.iter().chain(optional).copied().find(|known| *known == name);
        let field_name = known.ok_or_else(|| format!("no field of a {kind} file"))?;
        let mut inbound = Inbound {
            field: field_name,
            column: None,
            constant: None,
            table: None,
            otherwise: None,
            pattern: None,
            offset: None,
        };
        match field {
            FileInbound::Constant(constant) => inbound.constant = Some(constant.value),
            FileInbound::Column(column) => inbound.column = Some(self.place(column)),
            FileInbound::Read(read) => {
                inbound.column = Some(self.place(read.column));
                inbound.table = read.table;
                inbound.otherwise = read.otherwise.filter(|word| word != ERROR);
                inbound.pattern = pattern(read.format)?;
                inbound.offset = read.offset;
            }
        }
        self.fields.push(inbound);
        Ok(())
    }

    fn place(&mut self, column: String) -> usize {
        self.columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }
}

impl Outbound {
    fn new(column: &str, file: FileOutbound) -> Result<Self, String> {
        let origin = match (file.from, file.join.as_deref()) {
            (Some(field), None) => Origin::Field(field),
            (None, Some("roster.id_number")) => Origin::JoinNumber,
            (None, Some("roster.name")) => Origin::JoinName,
            _ => return Err("give `from` a record field, or `join` roster.id_number or roster.name".to_owned()),
        };
        Ok(Self {
            column: column.to_owned(),
            origin,
            table: file.table,
            otherwise: file.otherwise.filter(|word| word != ERROR),
            pattern: pattern(file.format)?,
        })
    }
}

fn pattern(format: Option<String>) -> Result<Option<Pattern>, String> {
    let read = |text: String| Pattern::new(&text).ok_or("a format needs yyyy and MM, and each unit once".to_owned());
    format.map(read).transpose()
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|&byte| byte == b'\n').count()
}
