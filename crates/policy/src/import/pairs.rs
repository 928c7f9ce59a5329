//! Face pairs across two ID numbers, as the search for duplicates writes them: leads for people, never a reason.

use super::known::Known;
use super::mapping::{Encoding, Format};
use super::table::{BadCell, Table};
use super::{Batch, Import, Loaded, Made, row_identity};
use crate::error::Error;
use crate::event::{CaseKey, Event, PairReported, Payload, Source};
use crate::reason::Reason;
use crate::value::{Hex32, Ref};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

#[derive(Serialize)]
struct Row<'a> {
    a: &'a Ref,
    b: &'a Ref,
    score_millionths: i64,
}

impl Import<'_> {
    /// Loads pairs (`id_a,id_b,score`) with the list of whom the gallery's ids stand for (`id,person_ref`), both CSV in
    /// UTF-8.
    ///
    /// # Errors
    /// [`Error::OneToManyOff`] where the policy has search of one among many switched off; [`Error::FileRefused`].
    pub fn load_pairs(&self, pairs: &[u8], persons_file: &str, persons: &[u8]) -> Result<Loaded, Error> {
        if !self.scheme.one_to_many.enabled {
            return Err(Error::OneToManyOff { file: self.file.to_owned() });
        }
        let persons = Import { file: persons_file, ..*self }.gallery_ids(persons)?;
        let columns = ["id_a", "id_b", "score"].map(str::to_owned);
        let table =
            Table::open(pairs, Format::Csv, Encoding::Utf8, &columns).map_err(|refused| self.refuse(refused))?;
        let closed = closed_pairs(self.existing);
        let mut known = Known::new(self.existing);
        let mut batch = Batch::new(self, Source::Pairs, pairs);
        for row in table.rows() {
            let read = row.cells.and_then(|cells| pair(&cells, &persons));
            let made = read.map(|report| {
                let key = CaseKey::Pair { a: report.a.clone(), b: report.b.clone() };
                let made = if closed.contains(&key) {
                    Made::Known(Reason::PAIR_ALREADY_CLOSED)
                } else {
                    Made::Event { effective: self.now.day(), payload: report.clone().into(), notes: Vec::new() }
                };
                (report.row, made)
            });
            batch.take(row.line, made, &mut known)?;
        }
        Ok(batch.loaded)
    }

    fn gallery_ids(&self, bytes: &[u8]) -> Result<HashMap<String, Ref>, Error> {
        let columns = ["id", "person_ref"].map(str::to_owned);
        let table =
            Table::open(bytes, Format::Csv, Encoding::Utf8, &columns).map_err(|refused| self.refuse(refused))?;
        let mut ids = HashMap::new();
        for row in table.rows() {
            if let Ok([Some(id), Some(person)]) = row.cells.as_deref()
                && let Ok(person_ref) = person.parse()
            {
                ids.insert(id.clone(), person_ref);
            }
        }
        Ok(ids)
    }
}

fn closed_pairs(events: &[Event]) -> HashSet<CaseKey> {
    let revoked: HashSet<Hex32> = events
        .iter()
        .filter_map(|event| match &event.payload {
            Payload::Revoked(revoked) => Some(revoked.target),
            _ => None,
        })
        .collect();
    events
        .iter()
        .filter(|event| !revoked.contains(&event.event_id))
        .filter_map(|event| match &event.payload {
            Payload::PairClosed(closed) => Some(CaseKey::Pair { a: closed.a.clone(), b: closed.b.clone() }),
            _ => None,
        })
        .collect()
}

fn pair(cells: &[Option<String>], persons: &HashMap<String, Ref>) -> Result<PairReported, BadCell> {
    let bad = |column: &str, text| BadCell::new(Some(column.to_owned()), text);
    let [id_a, id_b, score] = cells else { return Err(bad("id_a", "three cells are needed")) };
    let person = |column, id: &Option<String>| {
        let found = id.as_ref().and_then(|id| persons.get(id));
        found.ok_or_else(|| bad(column, "the list of persons has no such id"))
    };
    let (first, second) = (person("id_a", id_a)?, person("id_b", id_b)?);
    let (a, b) = if first < second { (first, second) } else { (second, first) };
    if a == b {
        return Err(bad("id_b", "both ids are of one person"));
    }
    let score_millionths =
        score.as_deref().and_then(millionths).ok_or_else(|| bad("score", "expected a decimal number such as 0.731"))?;
    let row = row_identity("pairs", &Row { a, b, score_millionths });
    Ok(PairReported { a: a.clone(), b: b.clone(), score_millionths, row })
}

/// A decimal number times a million, rounded half up, by its digits.
fn millionths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || !plain(whole) || !plain(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(6));
    let scaled: i64 = format!("{whole}{kept:0<6}").parse().ok()?;
    // Half up is towards the larger number, so a negative half goes to zero.
    let half = if negative {
        rest.bytes().next() > Some(b'5') || (rest.starts_with('5') && rest[1..].bytes().any(|digit| digit != b'0'))
    } else {
        rest.bytes().next() >= Some(b'5')
    };
    let rounded = scaled + i64::from(half);
    Some(if negative { -rounded } else { rounded })
}

#[cfg(test)]
mod tests {
    use super::millionths;

    #[test]
    fn scores_are_rounded_half_up_in_decimals() {
        for (text, expected) in [
            ("0.7345", 734_500),
            ("1", 1_000_000),
            ("0.1234565", 123_457),
            ("0.1234564999", 123_456),
            ("-0.0000005", 0),
            ("-0.00000051", -1),
            ("12.", 12_000_000),
        ] {
            assert_eq!(millionths(text), Some(expected), "{text}");
        }
        for wrong in ["", ".5", "1e-3", "NaN", "0,5", "1.2.3", "+1", "1234567890"] {
            assert_eq!(millionths(wrong), None, "{wrong}");
        }
    }
}
