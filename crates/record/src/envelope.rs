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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::VerifyingKey;
    use hex_literal::hex;

    /// RFC 8410, section 4, around the public key of RFC 8032, section 7.1, test 1.
    const PUBLIC: [u8; 44] =
        hex!("302a300506032b6570032100 d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

    /// The examples of the COSE working group, `eddsa-examples/eddsa-sig-01`: its key is that of RFC 8032, test 1.
    #[test]
    fn cose_sign1_example_of_the_working_group() {
        let bytes = hex!(
            "d28445a201270300a10442313154546869732069732074686520636f6e74656e742e"
            "58407142fd2ff96d56db85bee905a76ba1d0b7321a95c8c4d3607c5781932b7afb87"
            "11497dfa751bf40b58b3bcc32300b1487f3db34085eef013bf08f4a44d6fef0d"
        );
        let key = VerifyingKey::from_der(&PUBLIC).unwrap();
        let sign1 = CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(sign1.payload.as_deref(), Some(b"This is the content.".as_slice()));
        assert_eq!(sign1.protected.header.alg, header(SignatureAlgorithm::Ed25519, "").alg);
        let holds =
            |external: &[u8]| sign1.verify_signature(external, |s, m| if key.verify(m, s) { Ok(()) } else { Err(()) });
        assert_eq!(holds(b""), Ok(()));
        assert_eq!(holds(b"facecert-record/1"), Err(()));
        assert!(Envelope::read(&bytes).is_none(), "its key id is not protected");
    }

    /// RFC 9052, section 4.4: what is signed, byte by byte.
    #[test]
    fn the_signature_covers_the_structure_of_the_standard() {
        let signer = crate::SigningKey::from_pem(include_str!("../tests/keys/county-ed25519.pem"), "k").unwrap();
        let bytes = seal(Context::Receipt, b"payload".to_vec(), &signer).unwrap();
        // tag 18, 4 items; protected: {1: -8, 4: 'k'}; unprotected: {}; the payload; 64 bytes
        let head = hex!("d2 84 46 a2 01 27 04 41 6b a0 47 7061796c6f6164 58 40");
        let signature = bytes.strip_prefix(&head).unwrap();
        // "Signature1", protected, external data, payload
        let signed = [
            &hex!("84 6a 5369676e617475726531 46 a2 01 27 04 41 6b 52")[..],
            b"facecert-receipt/1",
            &hex!("47 7061796c6f6164"),
        ]
        .concat();
        assert!(signer.verifying_key().verify(&signed, signature));
    }
}
