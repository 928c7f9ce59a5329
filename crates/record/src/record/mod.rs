//! The certification record: what was decided, from which evidence, under which rules, by whom and
//! when; signed, so that it can be shown years later, and chained, so that none can be taken out.
//!
//! The signed bytes are a `COSE_Sign1` over the canonical CBOR of [`Body`]; the JSON view of the
//! body follows `schema/record.schema.json`. A device signs *evidence* records, offline; the county
//! signs *certification* records when it decides.

mod fact;
mod input;

pub use fact::{Fact, Facts};
pub use input::Content;

use crate::canonical;
use crate::digest::{Digest, HashAlgorithm};
use crate::envelope::{self, Context, Envelope};
use crate::error::{Error, Result};
use crate::keys::{KeyList, Role};
use crate::reason::Reason;
use crate::sign::Signer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a record is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A decision of the county.
    Certification,
    /// What a device saw.
    Evidence,
}

/// The signed part of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// `facecert-record/1`.
    pub format: String,
    /// What it is about.
    pub kind: Kind,
    /// When it was signed, by the signer's clock, in whole seconds.
    pub signed_at: Timestamp,
    /// The hash of its chain.
    pub hash: HashAlgorithm,
    /// The digest of the record before it (the whole signed bytes); `null` for the first.
    pub previous: Option<Digest>,
    /// The output of the policy's decision; `null` for an evidence record.
    pub decision: Option<Facts>,
    /// The face evidence, if any.
    pub face_evidence: Option<Facts>,
    /// Digests of further evidence (form, photo, attestations), in the order given.
    pub evidence_digests: Vec<Digest>,
}

const FORMAT: &str = "facecert-record/1";

/// Signs a record and returns its bytes.
///
/// `previous` is the digest of the record before it in the chain ([`digest_of`]); `hash` is the
/// chain's, by default the one that goes with the key. `signed_at` is cut to whole seconds.
///
/// # Errors
/// [`Error::Record`] if the content is not what a record may hold, [`Error::Device`] if the key's
/// device refuses.
pub fn sign(
    content: Content,
    previous: Option<Digest>,
    hash: Option<HashAlgorithm>,
    signed_at: Timestamp,
    signer: &dyn Signer,
) -> Result<Vec<u8>> {
    let hash = hash.unwrap_or_else(|| signer.verifying_key().algorithm().hash());
    if previous.is_some_and(|previous| previous.algorithm != hash) {
        return Err(Error::record("previous", "made by another hash than this chain's; name that hash"));
    }
    let signed_at =
        Timestamp::from_second(signed_at.as_second()).map_err(|_| Error::record("signed_at", "not an instant"))?;
    let body = Body {
        format: FORMAT.into(),
        kind: content.kind(),
        signed_at,
        hash,
        previous,
        decision: content.decision,
        face_evidence: content.face_evidence,
        evidence_digests: content.evidence_digests,
    };
    body.check()?;
    let payload = canonical::to_bytes(&body).ok_or_else(|| Error::record("content", "cannot be written as CBOR"))?;
    envelope::seal(Context::Record, payload, signer)
}

/// What the verification of one record found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether it holds, and if not, why.
    pub reason: Reason,
    /// The name of the key that the record says it was signed with.
    pub key_id: Option<String>,
    /// The role of that key, where it is listed.
    pub role: Option<Role>,
    /// The digest of the record's bytes, once the body could be read.
    pub digest: Option<Digest>,
    /// The body, as far as it could be read. It proves nothing unless `reason` holds.
    pub body: Option<Body>,
}

/// Verifies one record: bytes, signature, role, validity and revocation of the key at the time of
/// signing, content.
pub fn verify(bytes: &[u8], keys: &KeyList) -> Report {
    let mut report = Report { reason: Reason::Damaged, key_id: None, role: None, digest: None, body: None };
    let Some(envelope) = Envelope::read(bytes) else {
        return report;
    };
    let body: Option<Body> = canonical::from_bytes(&envelope.payload);
    report.key_id = Some(envelope.key_id.clone());
    report.role = keys.get(&envelope.key_id).map(|key| key.role);
    report.digest = body.as_ref().map(|body| body.hash.digest(&[bytes]));
    report.reason = judge(&envelope, body.as_ref(), keys);
    report.body = body;
    report
}

fn judge(envelope: &Envelope, body: Option<&Body>, keys: &KeyList) -> Reason {
    let key = match envelope.signed_by(Context::Record, keys) {
        Ok(key) => key,
        Err(reason) => return reason,
    };
    let Some(body) = body else {
        return Reason::ContentNotAllowed;
    };
    if body.check().is_err() {
        Reason::ContentNotAllowed
    } else if (key.role, body.kind) == (Role::Device, Kind::Certification) {
        Reason::RoleNotAllowed
    } else {
        key.in_force(body.signed_at)
    }
}

/// The body of a record, unverified: for a look at it, and for the digest of the record before.
///
/// # Errors
/// [`Error::Record`] if the bytes are no record.
pub fn read(bytes: &[u8]) -> Result<Body> {
    Envelope::read(bytes)
        .and_then(|envelope| canonical::from_bytes(&envelope.payload))
        .ok_or_else(|| Error::record("record", "damaged, or not a record; take the original file"))
}

/// The digest by which the next record of the chain names this one.
///
/// # Errors
/// [`Error::Record`] if the bytes are no record.
pub fn digest_of(bytes: &[u8]) -> Result<Digest> {
    read(bytes).map(|body| body.hash.digest(&[bytes]))
}

impl Body {
    /// The JSON view, one line. Signatures cover the CBOR, not this text.
    pub fn to_json(&self) -> String {
        // Cannot fail: every key is a string, every number an integer.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn check(&self) -> Result<()> {
        if self.format != FORMAT {
            return Err(Error::record("format", "must be facecert-record/1"));
        }
        if self.signed_at.subsec_nanosecond() != 0 {
            return Err(Error::record("signed_at", "must be in whole seconds"));
        }
        if self.previous.is_some_and(|previous| previous.algorithm != self.hash) {
            return Err(Error::record("previous", "made by another hash than this chain's"));
        }
        input::check(self.kind, self.decision.as_ref(), self.face_evidence.as_ref())
    }
}
