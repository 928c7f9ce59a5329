//! The receipt: what the person keeps. A slip in large print without name, number or face, with a
//! code that anybody checks offline with the county's public key.
//!
//! The code is the text `FCR1:` and Base45 (RFC 9285) of zlib (RFC 1950) of a `COSE_Sign1` of CWT
//! claims (RFC 8392), as the EU's digital COVID certificate packed its claims. It is issued on the
//! county's acceptance, from the import records of one pass; a device's key signs none that verifies.

mod accepted;
mod claims;
mod code;
mod slip;
mod words;

pub use accepted::number_of;
pub use claims::{Benefit, Claims};
pub use code::text_in_picture;
pub use slip::{TELEPHONE, page};

use crate::envelope::{self, Context, Envelope};
use crate::error::Result;
use crate::keys::{KeyList, Role};
use crate::reason::Reason;
use crate::sign::Signer;
use jiff::Timestamp;
use serde::Serialize;

/// An issued receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// What it says.
    pub claims: Claims,
    /// The text of its code.
    pub code: String,
}

/// Issues the receipt of one pass from its import records (JSON Lines of type `certification`, one
/// an entitlement), signed with a key of the county.
///
/// `number` is the receipt's number, 1 to 32 of `A-Z0-9-`; by default it is derived from the records
/// ([`number_of`]), so that issuing again gives the same number.
///
/// # Errors
/// [`Error::Receipt`](crate::Error::Receipt) that names line and field if the records are not those
/// of one accepted pass; [`Error::Device`](crate::Error::Device) if the key's device refuses.
pub fn issue(records: &str, number: Option<&str>, now: Timestamp, signer: &dyn Signer) -> Result<Receipt> {
    let claims = accepted::claims(records, number, now)?;
    let signed = envelope::seal(Context::Receipt, claims.to_bytes()?, signer)?;
    Ok(Receipt { claims, code: code::to_text(&signed) })
}

/// What the verification of a receipt found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptReport {
    /// Whether it holds, and if not, why.
    pub reason: Reason,
    /// The name of the key that it says it was signed with.
    pub key_id: Option<String>,
    /// What it says, as far as it could be read. It proves nothing unless `reason` holds, or is
    /// [`Reason::ReceiptExpired`].
    pub claims: Option<Claims>,
}

/// Verifies the text of a code, offline, at the instant `now`.
///
/// A receipt of several benefits holds as long as one of them does; each has its own date. A revoked
/// key's receipts are all refused, for their time of issue is the thief's to choose.
pub fn verify(text: &str, keys: &KeyList, now: Timestamp) -> ReceiptReport {
    let mut report = ReceiptReport { reason: Reason::Damaged, key_id: None, claims: None };
    let Some(envelope) = code::from_text(text).and_then(|bytes| Envelope::read(&bytes)) else {
        return report;
    };
    report.key_id = Some(envelope.key_id.clone());
    report.claims = Claims::from_bytes(&envelope.payload);
    report.reason = judge(&envelope, report.claims.as_ref(), keys, now);
    report
}

fn judge(envelope: &Envelope, claims: Option<&Claims>, keys: &KeyList, now: Timestamp) -> Reason {
    let key = match envelope.signed_by(Context::Receipt, keys) {
        Ok(key) => key,
        Err(reason) => return reason,
    };
    let Some(claims) = claims else {
        return Reason::ContentNotAllowed;
    };
    if key.role != Role::County {
        Reason::RoleNotAllowed
    } else if key.revoked_at.is_some_and(|revoked_at| revoked_at <= now) {
        Reason::KeyRevoked
    } else if !key.in_force(claims.issued_at).holds() {
        key.in_force(claims.issued_at)
    } else if keys.receipt_revoked(&claims.number) {
        Reason::ReceiptRevoked
    } else if now < claims.issued_at {
        Reason::ReceiptNotYetValid
    } else if claims.expires_at().is_none_or(|expires_at| expires_at <= now) {
        Reason::ReceiptExpired
    } else {
        Reason::Valid
    }
}
