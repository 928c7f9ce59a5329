//! What is signed travels in a `COSE_Sign1` (RFC 9052, section 4.2): algorithm and key id protected,
//! nothing unprotected, and a context that keeps a record from passing for a receipt.

use crate::canonical::MAX_BYTES;
use crate::error::{Error, Result};
use crate::keys::{KeyList, ListedKey};
use crate::reason::Reason;
use crate::sign::{SignatureAlgorithm, Signer, sign_checked};
use coset::{Algorithm, CoseSign1, CoseSign1Builder, Header, TaggedCborSerializable as _, iana};

/// SM2 has no number at IANA; this one is of the range for private use (below -65536).
const COSE_SM2: i64 = -65_602;

/// What an envelope is for; the external data of its signature.
#[derive(Clone, Copy)]
pub(crate) enum Context {
    Record,
    Receipt,
}

impl Context {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Record => b"facecert-record/1",
            Self::Receipt => b"facecert-receipt/1",
        }
    }
}

/// An envelope that was read, not yet believed.
pub(crate) struct Envelope {
    pub key_id: String,
    pub payload: Vec<u8>,
    sign1: CoseSign1,
}

/// Signs a payload and packs it.
pub(crate) fn seal(context: Context, payload: Vec<u8>, signer: &dyn Signer) -> Result<Vec<u8>> {
    CoseSign1Builder::new()
        .protected(header(signer.verifying_key().algorithm(), signer.key_id()))
        .payload(payload)
        .try_create_signature(context.bytes(), |message| {
            sign_checked(signer, message).map(|signature| signature.to_vec())
        })?
        .build()
        .to_tagged_vec()
        .map_err(|_| Error::key("the signed bytes could not be packed"))
}

impl Envelope {
    /// Reads an envelope; `None` if it is damaged, or packed in another way than [`seal`] does.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_BYTES {
            return None;
        }
        let mut sign1 = CoseSign1::from_tagged_slice(bytes).ok()?;
        if !sign1.unprotected.is_empty() || sign1.clone().to_tagged_vec().ok()? != bytes {
            return None;
        }
        let key_id = String::from_utf8(sign1.protected.header.key_id.clone()).ok()?;
        let payload = sign1.payload.take()?;
        Some(Self { key_id, payload, sign1 })
    }

    /// The listed key that signed this, or why there is none.
    pub fn signed_by<'a>(&self, context: Context, keys: &'a KeyList) -> std::result::Result<&'a ListedKey, Reason> {
        let listed = keys.get(&self.key_id).ok_or(Reason::KeyUnknown)?;
        if self.sign1.protected.header != header(listed.key.algorithm(), &listed.id) {
            return Err(Reason::SignatureWrong);
        }
        self.sign1
            .verify_detached_signature(&self.payload, context.bytes(), |signature, message| {
                listed.key.verify(message, signature).then_some(()).ok_or(Reason::SignatureWrong)
            })
            .map(|()| listed)
    }
}

fn header(algorithm: SignatureAlgorithm, key_id: &str) -> Header {
    let alg = match algorithm {
        SignatureAlgorithm::Ed25519 => Algorithm::Assigned(iana::Algorithm::EdDSA),
        SignatureAlgorithm::Sm2 => Algorithm::PrivateUse(COSE_SM2),
    };
    Header { alg: Some(alg), key_id: key_id.as_bytes().to_vec(), ..Header::default() }
}
