//! What a receipt says, and its bytes: a CWT claims set (RFC 8392) with one private claim.

use super::words;
use crate::error::{Error, Result};
use ciborium::Value;
use coset::cwt::{ClaimsSet, ClaimsSetBuilder, Timestamp as CwtTime};
use coset::{CborSerializable as _, RegisteredLabelWithPrivate};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Serialize;

/// The private claim that holds door, date and benefits (below -65536: private use).
const CERTIFICATION: i64 = -65_603;

/// The county's zone, +08:00 all year.
const ZONE: Offset = Offset::constant(8);

/// What a receipt says. Nothing in it names a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// The paying county's code, 6 digits.
    pub county: String,
    /// The receipt's number.
    pub number: String,
    /// When it was issued, in whole seconds.
    pub issued_at: Timestamp,
    /// The date of the pass.
    pub certified_on: Date,
    /// The door it was passed by (channel id).
    pub door: String,
    /// The benefits that the pass serves, in the order of the records.
    pub benefits: Vec<Benefit>,
    /// Whether the system was on trial.
    pub pilot: bool,
}

/// One benefit and its date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Benefit {
    /// Kind of benefit.
    pub kind: String,
    /// The last day of validity: the next certification is due on it.
    pub valid_until: Date,
}

impl Benefit {
    /// The first instant after the last day of validity, at +08:00.
    pub fn expires_at(&self) -> Option<Timestamp> {
        let next_day = self.valid_until.tomorrow().ok()?.at(0, 0, 0, 0);
        ZONE.to_timestamp(next_day).ok()
    }
}

impl Claims {
    /// When the last benefit runs out.
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.benefits.iter().map(Benefit::expires_at).max().flatten()
    }

    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let fault = |what| Error::receipt("claims", what);
        let expires_at = self.expires_at().ok_or_else(|| fault("a date beyond the calendar"))?;
        ClaimsSetBuilder::new()
            .issuer(self.county.clone())
            .expiration_time(CwtTime::WholeSeconds(expires_at.as_second()))
            .issued_at(CwtTime::WholeSeconds(self.issued_at.as_second()))
            .cwt_id(self.number.clone().into_bytes())
            .private_claim(CERTIFICATION, self.certification())
            .build()
            .to_vec()
            .map_err(|_| fault("cannot be written as CBOR"))
    }

    /// `[door, certified_on, pilot, [[kind, valid_until], ...]]`
    fn certification(&self) -> Value {
        let text = |text: &dyn ToString| Value::Text(text.to_string());
        let benefit = |b: &Benefit| Value::Array(vec![text(&b.kind), text(&b.valid_until)]);
        Value::Array(vec![
            text(&self.door),
            text(&self.certified_on),
            Value::Bool(self.pilot),
            Value::Array(self.benefits.iter().map(benefit).collect()),
        ])
    }

    /// The claims of bytes that [`to_bytes`](Self::to_bytes) could have made; `None` for any other.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let set = ClaimsSet::from_slice(bytes).ok()?;
        let Some(CwtTime::WholeSeconds(issued_at)) = set.issued_at else {
            return None;
        };
        let [(RegisteredLabelWithPrivate::PrivateUse(CERTIFICATION), Value::Array(fields))] = set.rest.as_slice()
        else {
            return None;
        };
        let [door, certified_on, Value::Bool(pilot), Value::Array(benefits)] = fields.as_slice() else {
            return None;
        };
        let claims = Self {
            county: set.issuer?,
            number: String::from_utf8(set.cwt_id?).ok()?,
            issued_at: Timestamp::from_second(issued_at).ok()?,
            certified_on: certified_on.as_text()?.parse().ok()?,
            door: door.as_text()?.into(),
            benefits: benefits.iter().map(benefit_of).collect::<Option<_>>()?,
            pilot: *pilot,
        };
        claims.check().ok()?;
        // One sequence of bytes for one set of claims.
        (claims.to_bytes().ok()? == bytes).then_some(claims)
    }

    /// Refuses what a receipt may not say: every word is of a closed list or of a fixed form.
    pub(super) fn check(&self) -> Result<()> {
        let fault = |at: &str, what| Err(Error::receipt(at, what));
        if self.county.len() != 6 || !self.county.bytes().all(|b| b.is_ascii_digit()) {
            return fault("county", "must be a code of 6 digits");
        }
        check_number(&self.number)?;
        if words::door(&self.door).is_none() {
            return fault("channel", "is not a door of the document; check the record");
        }
        if self.benefits.is_empty() || self.benefits.len() > words::KINDS.len() {
            return fault("records", "a receipt has one to five benefits, one of a kind");
        }
        for benefit in &self.benefits {
            if words::kind(&benefit.kind).is_none() {
                return fault("kind", "is not a kind of benefit; check the record");
            }
            if benefit.valid_until < self.certified_on {
                return fault("next_due", "lies before certified_on; check the record");
            }
        }
        Ok(())
    }
}

/// 1 to 32 of `A-Z0-9-`.
pub(super) fn check_number(number: &str) -> Result<()> {
    let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
    if (1..=32).contains(&number.len()) && number.bytes().all(fits) {
        Ok(())
    } else {
        Err(Error::receipt("number", "a receipt number has 1 to 32 characters of A-Z 0-9 -"))
    }
}

fn benefit_of(value: &Value) -> Option<Benefit> {
    let [kind, valid_until] = value.as_array()?.as_slice() else {
        return None;
    };
    let valid_until = valid_until.as_text()?.parse().ok()?;
    Some(Benefit { kind: kind.as_text()?.into(), valid_until })
}
