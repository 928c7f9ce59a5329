//! Signatures: SM2 with SM3 (GB/T 32918.2-2016) and Ed25519 (RFC 8032), by a key from a PEM file or
//! by a device behind [`Signer`].
//!
//! SM2 takes the signer's identifier of GM/T 0009-2012, section 10 (`1234567812345678`), and derives
//! its nonce from key and message (RFC 6979 with SM3), so a signature needs no randomness and equal
//! inputs give equal bytes.

use crate::digest::HashAlgorithm;
use crate::error::{Error, Result};
use ed25519_dalek::Signer as _;
use pkcs8::der::pem::PemLabel as _;
use pkcs8::spki::SubjectPublicKeyInfoRef;
use pkcs8::{Document, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use sm2::dsa::signature::Verifier as _;
use std::fmt;

/// Signatures of both algorithms are r and s, or R and S, 32 bytes each.
pub const SIGNATURE_BYTES: usize = 64;

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SM2_CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.156.10197.1.301");
const SM2_SIGNER_ID: &str = "1234567812345678";

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureAlgorithm {
    /// RFC 8032.
    Ed25519,
    /// GB/T 32918.2-2016, with SM3.
    Sm2,
}

impl SignatureAlgorithm {
    /// The hash of the chains that such keys sign.
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::Ed25519 => HashAlgorithm::Sha256,
            Self::Sm2 => HashAlgorithm::Sm3,
        }
    }
}

/// A private key at work, in memory or in a device (密码机, `UKey`).
pub trait Signer {
    /// The name under which verifiers list the public key.
    fn key_id(&self) -> &str;

    /// The public half. Every signature is checked against it before it is used.
    fn verifying_key(&self) -> &VerifyingKey;

    /// Signs a message: for SM2 r and s, for Ed25519 R and S, as they stand in the standards.
    ///
    /// # Errors
    /// [`Error::Device`] if the device refuses.
    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_BYTES]>;
}

/// Signs, and refuses a signature that does not verify (a faulty or confused device).
pub(crate) fn sign_checked(signer: &dyn Signer, message: &[u8]) -> Result<[u8; SIGNATURE_BYTES]> {
    let signature = signer.sign(message)?;
    if signer.verifying_key().verify(message, &signature) {
        Ok(signature)
    } else {
        let what = "its signature does not fit its public key; check which key the device uses";
        Err(Error::Device { what: what.into() })
    }
}

/// A signing key in memory, wiped when dropped. `Debug` shows its name and algorithm only.
pub struct SigningKey {
    key_id: String,
    secret: Secret,
    public: VerifyingKey,
}

enum Secret {
    Ed25519(ed25519_dalek::SigningKey),
    /// The secret scalar wipes itself; the crate's own signing key would not.
    Sm2(sm2::SecretKey),
}

impl SigningKey {
    /// Reads an unencrypted PKCS 8 key, as `openssl genpkey` writes it for `ED25519` and `SM2`.
    ///
    /// # Errors
    /// [`Error::Key`] if the PEM is not such a key, or the name is not 1 to 64 of `A-Za-z0-9_.-`.
    pub fn from_pem(pem: &str, key_id: &str) -> Result<Self> {
        check_key_id(key_id)?;
        let (label, document) = SecretDocument::from_pem(pem)
            .map_err(|_| Error::key("not a PEM private key; give a file that begins -----BEGIN PRIVATE KEY-----"))?;
        PrivateKeyInfoRef::validate_pem_label(label).map_err(|_| {
            Error::key("only -----BEGIN PRIVATE KEY----- (PKCS 8, unencrypted) is read; convert it by openssl pkcs8 -topk8 -nocrypt")
        })?;
        let info = PrivateKeyInfoRef::try_from(document.as_bytes())
            .map_err(|_| Error::key("damaged private key; export it again"))?;
        let secret = Secret::from_info(&info)?;
        let public = secret.public()?;
        Ok(Self { key_id: key_id.into(), secret, public })
    }
}

impl Secret {
    fn from_info(info: &PrivateKeyInfoRef<'_>) -> Result<Self> {
        let damaged = || Error::key("damaged private key; export it again");
        match algorithm_of(info.algorithm.oid, info.algorithm.parameters_oid().ok()) {
            Some(SignatureAlgorithm::Ed25519) => info.clone().try_into().map(Self::Ed25519).map_err(|_| damaged()),
            Some(SignatureAlgorithm::Sm2) => info.clone().try_into().map(Self::Sm2).map_err(|_| damaged()),
            None => Err(Error::key("this algorithm does not sign here; use an Ed25519 or an SM2 key")),
        }
    }

    fn public(&self) -> Result<VerifyingKey> {
        Ok(VerifyingKey(match self {
            Self::Ed25519(key) => Public::Ed25519(key.verifying_key()),
            Self::Sm2(key) => Public::Sm2(sm2_verifying_key(key.public_key())?),
        }))
    }
}

impl Signer for SigningKey {
    fn key_id(&self) -> &str {
        &self.key_id
    }

    fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_BYTES]> {
        match &self.secret {
            Secret::Ed25519(key) => Ok(key.sign(message).to_bytes()),
            Secret::Sm2(key) => {
                let unusable = |_| Error::key("this SM2 key cannot sign; make another");
                let key = sm2::dsa::SigningKey::new(SM2_SIGNER_ID, key).map_err(unusable)?;
                let signature: sm2::dsa::Signature = key.try_sign(message).map_err(unusable)?;
                Ok(signature.to_bytes().into())
            }
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.public.algorithm())
            .finish_non_exhaustive()
    }
}

/// A public key that signatures are checked against.
#[derive(Clone, Debug)]
pub struct VerifyingKey(Public);

#[derive(Clone, Debug)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    Sm2(sm2::dsa::VerifyingKey),
}

impl VerifyingKey {
    /// Reads a public key as `openssl pkey -pubout` writes it.
    ///
    /// # Errors
    /// [`Error::Key`] if it is not one, or of an algorithm that is not used here.
    pub fn from_pem(pem: &str) -> Result<Self> {
        let fault = |_| Error::key("not a PEM public key; give one that begins -----BEGIN PUBLIC KEY-----");
        let (label, document) = Document::from_pem(pem).map_err(fault)?;
        SubjectPublicKeyInfoRef::validate_pem_label(label)
            .map_err(|_| Error::key("not a PEM public key; give one that begins -----BEGIN PUBLIC KEY-----"))?;
        Self::from_der(document.as_bytes())
    }

    /// Reads a DER `SubjectPublicKeyInfo` (RFC 5280).
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(der: &[u8]) -> Result<Self> {
        let damaged = || Error::key("damaged public key; export it again");
        let info = SubjectPublicKeyInfoRef::try_from(der).map_err(|_| damaged())?;
        match algorithm_of(info.algorithm.oid, info.algorithm.parameters_oid().ok()) {
            Some(SignatureAlgorithm::Ed25519) => {
                let key = ed25519_dalek::VerifyingKey::try_from(info).map_err(|_| damaged())?;
                if key.is_weak() {
                    return Err(Error::key("a public key of small order; make another"));
                }
                Ok(Self(Public::Ed25519(key)))
            }
            Some(SignatureAlgorithm::Sm2) => {
                let key = sm2::PublicKey::try_from(info).map_err(|_| damaged())?;
                sm2_verifying_key(key).map(|key| Self(Public::Sm2(key)))
            }
            None => Err(Error::key("this algorithm does not sign here; use an Ed25519 or an SM2 key")),
        }
    }

    /// What the key verifies.
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        match self.0 {
            Public::Ed25519(_) => SignatureAlgorithm::Ed25519,
            Public::Sm2(_) => SignatureAlgorithm::Sm2,
        }
    }

    /// Whether the signature fits message and key (Ed25519: strictly, RFC 8032 section 5.1.7 with
    /// canonical encodings only).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Public::Sm2(key) => sm2::dsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        }
    }
}

fn sm2_verifying_key(key: sm2::PublicKey) -> Result<sm2::dsa::VerifyingKey> {
    sm2::dsa::VerifyingKey::new(SM2_SIGNER_ID, key).map_err(|_| Error::key("this SM2 key cannot be used; make another"))
}

fn algorithm_of(oid: ObjectIdentifier, parameters: Option<ObjectIdentifier>) -> Option<SignatureAlgorithm> {
    match (oid, parameters) {
        (ED25519, None) => Some(SignatureAlgorithm::Ed25519),
        (EC_PUBLIC_KEY, Some(SM2_CURVE)) => Some(SignatureAlgorithm::Sm2),
        _ => None,
    }
}

/// The name of a key: 1 to 64 characters of `A-Za-z0-9_.-`.
pub(crate) fn check_key_id(key_id: &str) -> Result<()> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    if (1..=64).contains(&key_id.len()) && key_id.bytes().all(fits) {
        Ok(())
    } else {
        Err(Error::key("a key's id has 1 to 64 characters of A-Z a-z 0-9 _ . -"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;
    use sm2::elliptic_curve::sec1::FromSec1Point as _;

    fn sm2_key(point: &[u8]) -> VerifyingKey {
        let point = sm2::Sec1Point::from_bytes(point).unwrap();
        let key = sm2::PublicKey::from_sec1_point(&point).unwrap();
        VerifyingKey(Public::Sm2(sm2_verifying_key(key).unwrap()))
    }

    /// GM/T 0003.5-2012 and GB/T 32918.5-2017, annex A.2: signature on the recommended curve of "message digest" by the
    /// user 1234567812345678. Its nonce is given, so it is checked by verification.
    #[test]
    fn sm2_example_of_the_standard() {
        let key = sm2_key(&hex!(
            "04"
            "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
            "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
        ));
        let signature = hex!(
            "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
            "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
        );
        assert!(key.verify(b"message digest", &signature));
        assert!(!key.verify(b"message digesT", &signature));
    }

    /// GM/T 0003.5-2012 and GB/T 32918.5-2017, annex A.2: private and public key.
    #[test]
    fn sm2_key_pair_of_the_standard() {
        let scalar = hex!("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
        let secret = Secret::Sm2(sm2::SecretKey::from_slice(&scalar).unwrap());
        let public = secret.public().unwrap();
        let signature = SigningKey { key_id: "k".into(), secret, public }.sign(b"message digest").unwrap();
        let printed = sm2_key(&hex!(
            "04"
            "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
            "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
        ));
        assert!(printed.verify(b"message digest", &signature));
    }

    /// RFC 8032, section 7.1, tests 1 to 3.
    #[test]
    fn ed25519_examples_of_the_standard() {
        let examples: [(_, &[u8], _); 3] = [
            (
                hex!("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
                &[],
                hex!(
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
                ),
            ),
            (
                hex!("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
                &[0x72],
                hex!(
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
                ),
            ),
            (
                hex!("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7"),
                &[0xaf, 0x82],
                hex!(
                    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
                ),
            ),
        ];
        for (secret, message, signature) in examples {
            let key = ed25519_dalek::SigningKey::from_bytes(&secret);
            assert_eq!(key.sign(message).to_bytes(), signature);
            let public = VerifyingKey(Public::Ed25519(key.verifying_key()));
            assert!(public.verify(message, &signature));
        }
    }

    #[test]
    fn every_flipped_bit_of_a_signature_is_refused() {
        for pem in [include_str!("../tests/keys/county-sm2.pem"), include_str!("../tests/keys/county-ed25519.pem")] {
            let key = SigningKey::from_pem(pem, "k").unwrap();
            let signature = key.sign(b"message").unwrap();
            assert_eq!(key.sign(b"message"), Ok(signature), "equal inputs, equal bytes");
            assert!(key.verifying_key().verify(b"message", &signature));
            for bit in 0..8 * SIGNATURE_BYTES {
                let mut flipped = signature;
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert!(!key.verifying_key().verify(b"message", &flipped), "bit {bit}");
            }
        }
    }

    #[test]
    fn other_keys_are_refused() {
        let x25519 = include_str!("../tests/keys/server-x25519.pem");
        assert_eq!(SigningKey::from_pem(x25519, "k").unwrap_err().number(), 3900);
        let public = include_str!("../tests/keys/county-sm2.pub.pem");
        assert!(SigningKey::from_pem(public, "k").is_err());
        assert!(SigningKey::from_pem("", "k").is_err());
        let sm2 = include_str!("../tests/keys/county-sm2.pem");
        assert!(SigningKey::from_pem(sm2, "").is_err());
        assert!(SigningKey::from_pem(sm2, "张三").is_err());
    }
}
