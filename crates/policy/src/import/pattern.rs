//! Date and instant patterns of a mapping file: `yyyy MM dd HH mm ss`, everything else literal.
//!
//! A pattern only moves digits between its own form and ISO 8601; whether they are a day is asked of the value type.

use std::ops::Range;

/// A pattern such as `yyyyMMdd` or `yyyy-MM-dd HH:mm:ss`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Digits that stand at this place of the ISO form.
    Digits(Range<usize>),
    Literal(char),
}

/// The ISO form whose digits a pattern fills; what it lacks stays as it stands here.
const ISO: &str = "0000-01-01T00:00:00";

const UNITS: [(&str, Range<usize>); 6] =
    [("yyyy", 0..4), ("MM", 5..7), ("dd", 8..10), ("HH", 11..13), ("mm", 14..16), ("ss", 17..19)];

impl Pattern {
    /// Reads a pattern; it has to name year and month once each, the other units at most once.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let unit = UNITS.iter().find(|(token, _)| rest.starts_with(token));
            let (part, length) = match unit {
                Some((token, place)) => (Part::Digits(place.clone()), token.len()),
                None => (Part::Literal(first), first.len_utf8()),
            };
            parts.push(part);
            rest = rest.get(length..)?;
        }
        let count = |place: &Range<usize>| parts.iter().filter(|part| **part == Part::Digits(place.clone())).count();
        let counts = UNITS.map(|(_, place)| count(&place));
        (counts[..2] == [1, 1] && counts.iter().all(|&count| count <= 1)).then_some(Self(parts))
    }

    /// Reads a text of exactly this form into `YYYY-MM-DDThh:mm:ss`; a day that the pattern lacks is 01, a clock 00.
    pub(super) fn to_iso(&self, text: &str) -> Option<String> {
        let mut iso = ISO.to_owned();
        let mut rest = text;
        for part in &self.0 {
            match part {
                Part::Literal(literal) => rest = rest.strip_prefix(*literal)?,
                Part::Digits(place) => {
                    let (digits, after) = rest.split_at_checked(place.len())?;
                    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                        return None;
                    }
                    iso.replace_range(place.clone(), digits);
                    rest = after;
                }
            }
        }
        rest.is_empty().then_some(iso)
    }

    /// Writes a date, month or instant, given in its ISO form, in this form; `None` if it lacks a unit.
    pub(super) fn write_iso(&self, iso: &str) -> Option<String> {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(literal) => text.push(*literal),
                Part::Digits(place) => text.push_str(iso.get(place.clone())?),
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let iso = "1949-05-01T07:08:09";
        for text in ["yyyyMMddHHmmss", "yyyy-MM-dd HH:mm:ss", "yyyy年MM月dd日HHmmss", "ss:mm:HH dd.MM.yyyy"] {
            let pattern = Pattern::new(text).expect(text);
            let written = pattern.write_iso(iso).expect(text);
            assert_eq!(pattern.to_iso(&written).as_deref(), Some(iso), "{text}");
        }
        let month = Pattern::new("yyyyMM").expect("pattern");
        assert_eq!(month.to_iso("202603").as_deref(), Some("2026-03-01T00:00:00"));
        assert_eq!(month.write_iso("2026-03").as_deref(), Some("202603"));
        assert_eq!(Pattern::new("yyyyMMdd").and_then(|day| day.write_iso("2026-03")), None);
    }

    #[test]
    fn refuses_what_has_another_form() {
        let pattern = Pattern::new("yyyyMMdd").expect("pattern");
        for text in ["", "1949051", "194905011", "1949-05-01", "１９４９０５０１", "+9490501", "1949050甲"] {
            assert_eq!(pattern.to_iso(text), None, "{text}");
        }
        for text in ["", "MM", "yyyyyyyyMM", "yyyyMMMM", "yy-MM"] {
            assert_eq!(Pattern::new(text), None, "{text}");
        }
    }
}
