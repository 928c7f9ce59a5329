//! Whose row it is: the number column judged as a whole, then each row's number and name.

use super::fields::Fields;
use super::known::{Known, Person};
use super::mapping::Section;
use super::table::{BadCell, Refused, Table};
use crate::event::NameMatch;
use crate::identity::{HmacKey, identify, identify_unstated};
use crate::reason::Reason;
use crate::value::IdMatch;
use crate::vocabulary::Document;
use std::collections::{HashMap, HashSet};

/// Number and name of one row, as keyed digests.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// Digest of the number; of the text as it stands if it is no number of its document.
    pub id_match: Option<IdMatch>,
    /// Why the number is no number, or how it was read.
    pub id_reason: Option<Reason>,
    pub name_hmac: Option<IdMatch>,
}

/// Numbers and names of a file's rows, in their order.
pub(super) struct People {
    pub seen: Vec<Seen>,
    conflicts: HashSet<IdMatch>,
}

/// What a row's number and name say.
pub(super) enum Who<'a> {
    /// The person, and whether the name was there to agree.
    Found(&'a Person, NameMatch),
    /// People have to look at it.
    Refer(Reason, Option<&'a Person>, Option<NameMatch>),
}

impl People {
    /// Of a file that names nobody.
    pub(super) fn none() -> Self {
        Self { seen: Vec::new(), conflicts: HashSet::new() }
    }

    /// Reads numbers and names of all rows, and refuses a file whose number column a spreadsheet has spoilt.
    pub(super) fn read(table: &Table<'_>, section: &Section, key: &HmacKey, known: &Known) -> Result<Self, Refused> {
        let mut people = Self::none();
        let mut names: HashMap<IdMatch, IdMatch> = HashMap::new();
        let mut rounded: Option<u64> = None;
        let mut trusted = false;
        for row in table.rows() {
            let cells = row.cells.unwrap_or_default();
            let fields = Fields { section, cells: &cells };
            let number = number_of(&fields);
            if is_scientific(number) {
                return Err(spoilt(row.line, section, "a number in scientific notation"));
            }
            let seen = see(&fields, number, key);
            if number.len() == 18 && number.bytes().all(|byte| byte.is_ascii_digit()) {
                let on_roster = seen.id_match.is_some_and(|id| known.person(&id).is_some());
                trusted |= on_roster || !number.ends_with("000");
                rounded = rounded.or(Some(row.line));
            }
            if let (Some(id), Some(name), true) = (seen.id_match, seen.name_hmac, seen.is_number())
                && *names.entry(id).or_insert(name) != name
            {
                people.conflicts.insert(id);
            }
            people.seen.push(seen);
        }
        match rounded {
            Some(line) if !trusted => Err(spoilt(line, section, "every 18-digit number ends in 000")),
            _ => Ok(people),
        }
    }

    /// Whose row it is. `Err` is a number that cannot be one.
    pub(super) fn who<'a>(&self, seen: &Seen, fields: &Fields<'_>, known: &'a Known) -> Result<Who<'a>, BadCell> {
        if let Some(referred) = self.not_a_person(seen, fields)? {
            return Ok(referred);
        }
        let Some(person) = seen.id_match.and_then(|id| known.person(&id)) else {
            return Ok(Who::Refer(Reason::IMPORT_UNKNOWN_PERSON, None, None));
        };
        Ok(match seen.name_hmac {
            None => Who::Found(person, NameMatch::Absent),
            Some(name) if name == person.name_hmac => Who::Found(person, NameMatch::Equal),
            Some(_) => Who::Refer(Reason::NAME_MISMATCH, Some(person), Some(NameMatch::Differs)),
        })
    }

    /// A number that people have to look at, or an error for one that cannot be a number.
    pub(super) fn not_a_person<'a>(&self, seen: &Seen, fields: &Fields<'_>) -> Result<Option<Who<'a>>, BadCell> {
        match (seen.id_match, seen.id_reason) {
            (None, _) => Err(fields.bad_field("id_number", "empty; this field is required")),
            (_, Some(Reason::ID_NUMBER_INVALID)) => Err(BadCell {
                reason: Reason::ID_NUMBER_INVALID,
                ..fields.bad_field("id_number", "not a number of this document; compare it with the document")
            }),
            (_, Some(Reason::ID_CENTURY_UNCLEAR)) => Ok(Some(Who::Refer(Reason::ID_CENTURY_UNCLEAR, None, None))),
            (Some(id), _) if self.conflicts.contains(&id) => Ok(Some(Who::Refer(Reason::ID_CONFLICT, None, None))),
            _ => Ok(None),
        }
    }
}

impl Seen {
    fn is_number(&self) -> bool {
        !matches!(self.id_reason, Some(Reason::ID_NUMBER_INVALID | Reason::ID_CENTURY_UNCLEAR))
    }
}

/// The number as text; a spreadsheet's leading apostrophe is not part of it.
fn number_of<'a>(fields: &Fields<'a>) -> &'a str {
    let number = fields.text("id_number").ok().flatten().unwrap_or_default();
    number.strip_prefix('\'').unwrap_or(number).trim()
}

/// Match, number and name of a roster row, for the platform's file.
pub(super) fn number_and_name(
    section: &Section,
    cells: &[Option<String>],
    key: &HmacKey,
) -> Option<(IdMatch, String, String)> {
    let fields = Fields { section, cells };
    let number = number_of(&fields);
    let name = fields.text("name").ok().flatten()?;
    let seen = see(&fields, number, key);
    seen.is_number().then_some((seen.id_match?, number.to_owned(), name.to_owned()))
}

fn see(fields: &Fields<'_>, number: &str, key: &HmacKey) -> Seen {
    let document: Option<Document> = fields.value("id_type").ok().flatten();
    let identity = match document {
        Some(document) => identify(document, number, key),
        None => identify_unstated(number, key),
    };
    let as_it_stands = || identify(Document::PassportForeign, number, key).id_match;
    let name = fields.text("name").ok().flatten();
    Seen {
        id_match: identity.id_match.or_else(as_it_stands),
        id_reason: identity.reasons.first().copied(),
        name_hmac: name.map(|name| key.name_hmac(name)),
    }
}

/// `9.90101E+17`, as a spreadsheet shows a long number; letters and digits of a passport are none.
fn is_scientific(number: &str) -> bool {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let signed = exponent.strip_prefix(['+', '-']);
    digits(whole)
        && digits(fraction)
        && digits(signed.unwrap_or(exponent))
        && (signed.is_some() || mantissa.contains('.'))
}

fn spoilt(line: u64, section: &Section, what: &str) -> Refused {
    let column = section.field("id_number").and_then(|inbound| inbound.column);
    Refused {
        line,
        column: column.and_then(|at| section.columns.get(at)).cloned(),
        cause: format!("{what}: a spreadsheet has spoilt this column; export it again with the column as text"),
    }
}

#[cfg(test)]
mod tests {
    use super::is_scientific;

    #[test]
    fn a_passport_number_is_not_scientific_notation() {
        for spoilt in ["9.90101E+17", "9.90101e+17", "9.90101E17", "1E+17", "99e-5"] {
            assert!(is_scientific(spoilt), "{spoilt}");
        }
        for fine in ["E12345678", "EA1234567", "12E45678", "990101195103070014", "", "E", "1E", ".E+1"] {
            assert!(!is_scientific(fine), "{fine}");
        }
    }
}
