//! Digests and keyed digests in their written forms.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::{Expected, string_value};

/// 32 bytes, written as 64 lower-case hex digits: event ids, row identities, record keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex32([u8; 32]);

impl Hex32 {
    /// SHA-256 of bytes.
    #[must_use]
    pub fn sha256(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let nibble = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != N || !rest.is_empty() {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = nibble(*high)? << 4 | nibble(*low)?;
    }
    Some(bytes)
}

fn encode(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 64];
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
    }
    let len = (2 * bytes.len()).min(text.len());
    f.write_str(str::from_utf8(&text[..len]).unwrap_or_default())
}

impl From<[u8; 32]> for Hex32 {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Hex32 {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        decode(text).map(Self).ok_or(Expected("64 lower-case hex digits"))
    }
}

impl fmt::Display for Hex32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(&self.0, f)
    }
}

string_value!(Hex32, "64 lower-case hex digits", "^[0-9a-f]{64}$");

/// First 4 bytes of the HMAC of `facecert-key-check`: tells two keys apart without giving one away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyCheck([u8; 4]);

impl From<[u8; 4]> for KeyCheck {
    fn from(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }
}

impl FromStr for KeyCheck {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        decode(text).map(Self).ok_or(Expected("8 lower-case hex digits"))
    }
}

impl fmt::Display for KeyCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encode(&self.0, f)
    }
}

string_value!(KeyCheck, "8 lower-case hex digits", "^[0-9a-f]{8}$");

macro_rules! tagged {
    ($(#[$doc:meta])* $type:ident, $sha256:literal, $sm3:literal, $expected:literal, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type {
            #[doc = concat!("`", $sha256, ":` and 64 hex digits.")]
            Sha256(Hex32),
            #[doc = concat!("`", $sm3, ":` and 64 hex digits.")]
            Sm3(Hex32),
        }

        impl FromStr for $type {
            type Err = Expected;

            fn from_str(text: &str) -> Result<Self, Expected> {
                match text.split_once(':') {
                    Some(($sha256, hex)) => hex.parse().map(Self::Sha256),
                    Some(($sm3, hex)) => hex.parse().map(Self::Sm3),
                    _ => Err(Expected($expected)),
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    Self::Sha256(hex) => write!(f, concat!($sha256, ":{}"), hex),
                    Self::Sm3(hex) => write!(f, concat!($sm3, ":{}"), hex),
                }
            }
        }

        string_value!($type, $expected, $pattern);
    };
}

tagged!(
    /// Digest of evidence, a photo file or a decision.
    Digest, "sha256", "sm3", "sha256: or sm3: and 64 hex digits", "^(sha256|sm3):[0-9a-f]{64}$"
);
tagged!(
    /// Keyed digest of a normalised document number or name.
    IdMatch, "hmac-sha256", "hmac-sm3", "hmac-sha256: or hmac-sm3: and 64 hex digits",
    "^hmac-(sha256|sm3):[0-9a-f]{64}$"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_lower_case_and_whole() {
        let digest = Hex32::sha256(b"");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        assert!(text.to_uppercase().parse::<Hex32>().is_err());
        assert!(text[1..].parse::<Hex32>().is_err());
        assert_eq!("00ff10ab".parse::<KeyCheck>().map(|k| k.to_string()), Ok("00ff10ab".to_owned()));
    }

    #[test]
    fn a_tag_names_the_algorithm() {
        let text = format!("sm3:{}", Hex32::sha256(b"x"));
        assert_eq!(text.parse::<Digest>().map(|d| d.to_string()), Ok(text.clone()));
        assert!(text.parse::<IdMatch>().is_err());
        assert!(format!("hmac-{text}").parse::<IdMatch>().is_ok());
    }
}
