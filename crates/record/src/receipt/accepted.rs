//! From the import records of one accepted pass to the claims of its receipt.

use super::claims::{Benefit, Claims, check_number};
use crate::digest::HashAlgorithm;
use crate::error::{Error, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use std::str::FromStr;

/// The fields of an import record that a receipt needs.
struct Accepted {
    key: String,
    person_ref: String,
    county: String,
    door: String,
    certified_on: Date,
    benefit: Benefit,
    pilot: bool,
}

pub(super) fn claims(records: &str, number: Option<&str>, now: Timestamp) -> Result<Claims> {
    let accepted = parse(records)?;
    let (first, others) = accepted
        .split_first()
        .ok_or_else(|| Error::receipt("records", "none; give the certification records of one pass"))?;
    if let Some(i) = others.iter().position(|other| !other.same_pass(first)) {
        let what = "belongs to another pass than line 1; a receipt is for one pass of one person";
        return Err(Error::receipt(format!("record {}", i + 2), what));
    }
    let keys: Vec<&str> = accepted.iter().map(|record| record.key.as_str()).collect();
    let number = number.map_or_else(|| number_of(&keys), str::to_owned);
    check_number(&number)?;
    let issued_at = Timestamp::from_second(now.as_second()).map_err(|_| Error::receipt("now", "not an instant"))?;
    let claims = Claims {
        county: first.county.clone(),
        number,
        issued_at,
        certified_on: first.certified_on,
        door: first.door.clone(),
        benefits: accepted.iter().map(|record| record.benefit.clone()).collect(),
        pilot: first.pilot,
    };
    claims.check()?;
    Ok(claims)
}

/// The number of a receipt by default: from the idempotency keys of its records, in any order, 12
/// hex digits in three groups. It tells nothing about the person.
pub fn number_of(keys: &[&str]) -> String {
    let mut keys = keys.to_vec();
    keys.sort_unstable();
    let digest = HashAlgorithm::Sha256.digest(&[keys.join("\n").as_bytes()]);
    let digits = hex::encode_upper(&digest.bytes[..6]);
    format!("{}-{}-{}", &digits[..4], &digits[4..8], &digits[8..])
}

fn parse(records: &str) -> Result<Vec<Accepted>> {
    let lines = records.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(i, line)| Accepted::parse(line, &format!("line {}", i + 1))).collect()
}

impl Accepted {
    fn parse(line: &str, at: &str) -> Result<Self> {
        let record: Value = serde_json::from_str(line)
            .map_err(|error| Error::receipt(format!("{at} column {}", error.column()), "not JSON"))?;
        let record = Fields { record: &record, at };
        if record.text("record")? != "facecert-import/1" {
            return Err(record.fault("record", "must be facecert-import/1"));
        }
        if record.text("type")? != "certification" {
            return Err(record.fault("type", "only a certification gets a receipt"));
        }
        Ok(Self {
            key: record.text("key")?.into(),
            person_ref: record.text("person_ref")?.into(),
            county: record.text("county")?.into(),
            door: record.text("channel")?.into(),
            certified_on: record.parsed("certified_on")?,
            benefit: Benefit { kind: record.text("kind")?.into(), valid_until: record.parsed("next_due")? },
            pilot: record.get("pilot").as_bool().ok_or_else(|| record.fault("pilot", "must be true or false"))?,
        })
    }

    fn same_pass(&self, other: &Self) -> bool {
        self.person_ref == other.person_ref
            && self.county == other.county
            && self.door == other.door
            && self.certified_on == other.certified_on
            && self.pilot == other.pilot
            && self.key != other.key
    }
}

/// Typed access to a record; errors name the field, never its value.
struct Fields<'a> {
    record: &'a Value,
    at: &'a str,
}

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> &'a Value {
        self.record.get(name).unwrap_or(&Value::Null)
    }

    fn text(&self, name: &str) -> Result<&'a str> {
        self.get(name).as_str().ok_or_else(|| self.fault(name, "is missing or no text"))
    }

    fn parsed<T: FromStr>(&self, name: &str) -> Result<T> {
        self.text(name)?.parse().map_err(|_| self.fault(name, "must be a date, YYYY-MM-DD"))
    }

    fn fault(&self, name: &str, what: &str) -> Error {
        Error::receipt(format!("{}, {name}", self.at), what)
    }
}
