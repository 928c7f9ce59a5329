//! The words a record may be written in: codes, pseudonyms, digests, dates and whole numbers.
//!
//! A record outlives the case, so nothing personal may enter it. Free text, other than ASCII, has no
//! place: no name can be written. What has the form of an ID number or of a mobile number is refused,
//! so a caller who takes one for a pseudonym is told.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The longest word, in bytes (`contract_id` and `pack_id` are the longest that are used).
const MAX_WORD_BYTES: usize = 256;
/// The deepest nesting: decision, event, payload, a list of actors, an actor, its fields.
const MAX_DEPTH: usize = 6;

/// Fields by name.
pub type Facts = BTreeMap<String, Fact>;

/// One value in a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// Known to be absent.
    Null,
    /// Yes or no.
    Flag(bool),
    /// A count, a year, a reason number.
    Number(i64),
    /// A code, pseudonym, digest, date or instant.
    Word(String),
    /// Several, in order.
    List(Vec<Fact>),
    /// Fields by name.
    Group(Facts),
}

impl Fact {
    /// Takes over a JSON value; `at` is its path, for the error.
    pub(crate) fn from_json(value: Value, at: &str) -> Result<Self> {
        let fact = match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Flag(flag),
            Value::Number(number) => Self::Number(number.as_i64().ok_or_else(|| {
                Error::record(at, "a number that is not whole, or too large; records hold whole numbers")
            })?),
            Value::String(word) => Self::Word(word),
            Value::Array(items) => {
                let item = |(i, value)| Self::from_json(value, &format!("{at}[{i}]"));
                Self::List(items.into_iter().enumerate().map(item).collect::<Result<_>>()?)
            }
            Value::Object(fields) => Self::Group(group(fields, at)?),
        };
        Ok(fact)
    }

    /// Refuses what a record may not say.
    pub(crate) fn check(&self, at: &str, depth: usize) -> Result<()> {
        match self {
            Self::Null | Self::Flag(_) => Ok(()),
            Self::Number(number) => check_word(&number.to_string()).map_err(|what| Error::record(at, what)),
            Self::Word(word) => check_word(word).map_err(|what| Error::record(at, what)),
            Self::List(_) | Self::Group(_) if depth == MAX_DEPTH => {
                Err(Error::record(at, "nested too deeply; give the decision as it was printed"))
            }
            Self::List(items) => {
                let check = |(i, item): (usize, &Self)| item.check(&format!("{at}[{i}]"), depth + 1);
                items.iter().enumerate().try_for_each(check)
            }
            Self::Group(fields) => check_group(fields, at, depth),
        }
    }
}

/// Takes over the fields of a JSON object. A name is checked before it enters a path: it might be
/// somebody's.
pub(crate) fn group(fields: serde_json::Map<String, Value>, at: &str) -> Result<Facts> {
    fields
        .into_iter()
        .map(|(name, value)| {
            check_name(&name, at)?;
            let fact = Fact::from_json(value, &join(at, &name))?;
            Ok((name, fact))
        })
        .collect()
}

/// [`Fact::check`] of every field.
pub(crate) fn check_group(fields: &Facts, at: &str, depth: usize) -> Result<()> {
    fields.iter().try_for_each(|(name, fact)| {
        check_name(name, at)?;
        fact.check(&join(at, name), depth + 1)
    })
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.into() } else { format!("{at}.{name}") }
}

fn check_name(name: &str, at: &str) -> Result<()> {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if (1..=40).contains(&name.len()) && name.bytes().all(fits) && !is_personal(name) {
        Ok(())
    } else {
        Err(Error::record(at, "a field whose name is not of a-z 0-9 _; give the decision as it was printed"))
    }
}

fn check_word(word: &str) -> std::result::Result<(), &'static str> {
    if word.len() > MAX_WORD_BYTES {
        Err("longer than 256 bytes; records hold codes and digests, no text")
    } else if !word.bytes().all(|b| b == b' ' || b.is_ascii_graphic()) {
        Err("other characters than printable ASCII; records hold codes and digests, no names")
    } else if is_personal(word) {
        Err("has the form of an ID number or mobile number; give a pseudonym")
    } else {
        Ok(())
    }
}

/// Whether a word holds a valid 18-digit number of GB 11643 anywhere, or a 15-digit number or a mobile number as a run of
/// digits. Digests and pseudonyms (24, 32, 40 or 64 hexadecimal digits) hold such runs by chance and are let through.
fn is_personal(word: &str) -> bool {
    let is_digest = |part: &str| {
        matches!(part.len(), 24 | 32 | 40 | 64)
            && part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    let is_number = |digits: &str| digits.len() == 15 || is_mobile(digits.as_bytes());
    let holds_number = |part: &str| {
        let mut runs = part.split(|c: char| !c.is_ascii_digit());
        !is_digest(part) && runs.any(|run| is_number(run) || (run.len() > 15 && is_mobile(&run.as_bytes()[..11])))
    };
    // As people write a telephone number: 138-0013-8000.
    let joined: Vec<u8> = word.bytes().filter(|byte| !b"+- ".contains(byte)).collect();
    word.as_bytes().windows(18).any(is_gb11643)
        || word.split(|c: char| !c.is_ascii_alphanumeric()).any(holds_number)
        || is_mobile(&joined)
}

/// A mobile number, with the country's prefix or without.
fn is_mobile(digits: &[u8]) -> bool {
    let national = digits.strip_prefix(b"0086").or_else(|| digits.strip_prefix(b"86")).unwrap_or(digits);
    matches!(national, [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// GB 11643-1999: region, birth date, sequence, check digit by ISO 7064 MOD 11-2.
fn is_gb11643(window: &[u8]) -> bool {
    let Some((digits, [check])) = window.split_last_chunk::<1>() else {
        return false;
    };
    if digits.len() != 17 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0_i16, |n, b| n * 10 + i16::from(b - b'0'));
    let born = jiff::civil::Date::new(number(6..10), number(10..12) as i8, number(12..14) as i8);
    let sum = digits.iter().fold(0_u32, |sum, b| (sum + u32::from(b - b'0')) * 2 % 11);
    let expected = b"10X98765432"[(sum % 11) as usize];
    (1850..2100).contains(&number(6..10)) && born.is_ok() && check.to_ascii_uppercase() == expected
}

#[cfg(test)]
mod tests {
    use super::{Fact, check_word};
    use serde_json::json;

    #[test]
    fn numbers_of_people_are_refused() {
        // The two examples of GB 11643-1999.
        for word in ["11010519491231002X", "p-11010519491231002x", "id:440524188001010014"] {
            assert!(check_word(word).is_err(), "{word}");
        }
        assert!(check_word("110105194912310021").is_ok(), "wrong check digit: a code like any other");
        for number in [440_524_188_001_010_014, 110_105_491_231_002, 13_800_138_000] {
            assert!(Fact::Number(number).check("x", 0).is_err(), "{number}");
        }
        for number in [0, -1, 1_000_000_000, 1_773_028_800_000, i64::MIN] {
            assert!(Fact::Number(number).check("x", 0).is_ok(), "{number}");
        }
        for word in ["110105491231002", "张三", "a\u{7f}"] {
            assert!(check_word(word).is_err(), "{word}");
        }
    }

    #[test]
    fn telephone_numbers_are_refused() {
        for word in
            ["13800138000", "tel:13800138000", "+8613800138000", "0086 13800138000", "138-0013-8000", "138 0013 8000"]
        {
            assert!(check_word(word).is_err(), "{word}");
        }
    }

    #[test]
    fn codes_pass() {
        let digest = format!("sha256:{}", "1".repeat(64));
        let words = [
            "141121001001",
            "wenshui-2025-20",
            "2026-03-09T10:12:00+08:00",
            "p_7f3c",
            "p_138001380001380013800138",
            digest.as_str(),
            "death:p_7f3c:2026-03-01",
        ];
        for word in words {
            assert_eq!(check_word(word), Ok(()), "{word}");
        }
    }

    #[test]
    fn the_error_names_the_place_and_not_the_value() {
        let value = json!({"event": {"payload": {"staff": ["s_1", "张三"]}}});
        let fact = Fact::from_json(value, "decision").unwrap();
        let error = fact.check("decision", 0).unwrap_err().to_string();
        assert!(error.contains("decision.event.payload.staff[1]"), "{error}");
        assert!(!error.contains("张三"));
        let error = Fact::from_json(json!({"score": 0.5}), "decision").unwrap_err().to_string();
        assert!(error.contains("decision.score") && !error.contains("0.5"), "{error}");
        let error = Fact::from_json(json!({"张三": 1}), "decision").unwrap_err().to_string();
        assert!(!error.contains("张三"), "{error}");
    }

    #[test]
    fn nesting_is_bounded() {
        let mut value = json!(1);
        for _ in 0..8 {
            value = json!([value]);
        }
        assert!(Fact::from_json(value, "x").unwrap().check("x", 0).is_err());
    }
}
