//! Digests: 32 bytes that say by which algorithm they were made.

use crate::error::{Error, Result};
use std::fmt;
use std::str::FromStr;

/// The hash of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashAlgorithm {
    /// FIPS 180-4.
    Sha256,
    /// GB/T 32905-2016.
    Sm3,
}

impl HashAlgorithm {
    /// The name before the colon of a written digest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sm3 => "sm3",
        }
    }

    /// The digest of parts, as if they were one piece.
    pub fn digest(self, parts: &[&[u8]]) -> Digest {
        let bytes = match self {
            Self::Sha256 => hash::<sha2::Sha256>(parts),
            Self::Sm3 => hash::<sm3::Sm3>(parts),
        };
        Digest { algorithm: self, bytes }
    }
}

fn hash<H: sha2::Digest<OutputSize = hmac::digest::consts::U32>>(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = H::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// A digest, written `sha256:` or `sm3:` and 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest {
    /// By which algorithm.
    pub algorithm: HashAlgorithm,
    /// Its bytes.
    pub bytes: [u8; 32],
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), hex::encode(self.bytes))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let fault = || Error::record("digest", "write sha256: or sm3: and 64 lower-case hex digits");
        let (name, digits) = text.split_once(':').ok_or_else(fault)?;
        let algorithm = match name {
            "sha256" => HashAlgorithm::Sha256,
            "sm3" => HashAlgorithm::Sm3,
            _ => return Err(fault()),
        };
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| fault())?;
        // One spelling only, so that equal digests are equal text.
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(fault());
        }
        Ok(Self { algorithm, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::HashAlgorithm;
    use hex_literal::hex;

    /// GB/T 32905-2016, annex A.1 and A.2.
    #[test]
    fn sm3_examples_of_the_standard() {
        let abc = HashAlgorithm::Sm3.digest(&[b"abc"]);
        assert_eq!(abc.bytes, hex!("66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"));
        let long = HashAlgorithm::Sm3.digest(&[&b"abcd".repeat(16)]);
        assert_eq!(long.bytes, hex!("debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"));
    }

    /// FIPS 180-2, appendix B.1.
    #[test]
    fn sha256_example_of_the_standard() {
        assert_eq!(
            HashAlgorithm::Sha256.digest(&[b"a", b"bc"]).bytes,
            hex!("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        );
    }

    #[test]
    fn one_spelling_only() {
        let digest = HashAlgorithm::Sm3.digest(&[b""]);
        let text = digest.to_string();
        assert_eq!(text.parse(), Ok(digest));
        assert!(text.to_uppercase().parse::<super::Digest>().is_err());
        assert!(text.replace("sm3:", "md5:").parse::<super::Digest>().is_err());
        assert!(text[..text.len() - 1].parse::<super::Digest>().is_err());
    }
}
