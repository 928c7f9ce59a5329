//! References, tokens and fixed-length number codes.

use std::fmt;
use std::str::FromStr;

use super::{Expected, string_value};

/// A mobile telephone number, or a resident identity number with its check character (GB 11643, ISO 7064 MOD 11-2): never a pseudonym.
fn is_personal_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((check, digits)) = bytes.split_last() else { return false };
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let value = |byte: &u8| u32::from(byte - b'0');
    match bytes.len() {
        11 => check.is_ascii_digit() && bytes[0] == b'1' && bytes[1] >= b'3',
        18 => {
            let sum = digits.iter().fold(0, |sum, digit| (sum + value(digit)) * 2 % 11);
            check.to_ascii_uppercase() == b"10X98765432"[sum as usize]
        }
        _ => false,
    }
}

/// A caller's pseudonym (person, entitlement, staff, agency, data source): 1-64 of
/// `A-Z a-z 0-9 _ -`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ref(Box<str>);

impl Ref {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Ref {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) && !is_personal_number(text) {
            Ok(Self(text.into()))
        } else {
            Err(Expected("a reference of 1-64 letters, digits, _ or -"))
        }
    }
}

impl std::borrow::Borrow<str> for Ref {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Ref {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

string_value!(Ref, "a reference of 1-64 letters, digits, _ or -", "^[A-Za-z0-9_-]{1,64}$");

/// Another system's identifier or code: 1-128 printable ASCII characters without space.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(Box<str>);

impl FromStr for Token {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        if (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) && !is_personal_number(text) {
            Ok(Self(text.into()))
        } else {
            Err(Expected("1-128 printable ASCII characters without space"))
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

string_value!(Token, "1-128 printable ASCII characters without space", "^[!-~]{1,128}$");

/// A code of exactly `N` digits: county 6, township 9, village or community 12.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code<const N: usize>([u8; N]);

impl<const N: usize> Code<N> {
    /// The code of zeros, which no place has.
    pub const ZERO: Self = Self([b'0'; N]);

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The first `M` digits: the unit above. `None` if `M` is more than `N`.
    #[must_use]
    pub fn prefix<const M: usize>(&self) -> Option<Code<M>> {
        self.0.first_chunk().copied().map(Code)
    }
}

impl<const N: usize> FromStr for Code<N> {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        <[u8; N]>::try_from(text.as_bytes()).ok().filter(|bytes| bytes.iter().all(u8::is_ascii_digit)).map(Self).ok_or(
            Expected(match N {
                6 => "a code of 6 digits",
                9 => "a code of 9 digits",
                _ => "a code of 12 digits",
            }),
        )
    }
}

impl<const N: usize> fmt::Display for Code<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

string_value!(Code<6>, "a code of 6 digits", r"^\d{6}$");
string_value!(Code<9>, "a code of 9 digits", r"^\d{9}$");
string_value!(Code<12>, "a code of 12 digits", r"^\d{12}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_pseudonyms() {
        assert!("p_7f3c-A".parse::<Ref>().is_ok());
        // The example of GB 11643, and a telephone number.
        for personal in ["11010519491231002X", "13800138000"] {
            assert!(personal.parse::<Ref>().is_err() && personal.parse::<Token>().is_err());
        }
        assert!("110105194912310021".parse::<Ref>().is_ok(), "not an identity number: its check character is another");
        for wrong in ["", "张", "a b", "a:b", &"x".repeat(65)] {
            assert!(wrong.parse::<Ref>().is_err());
        }
    }

    #[test]
    fn codes_have_their_length_and_a_unit_above() {
        let village = "141121102201".parse::<Code<12>>().expect("12 digits");
        assert_eq!(village.prefix::<9>().map(|c| c.to_string()), Some("141121102".to_owned()));
        assert!("14112".parse::<Code<6>>().is_err());
        assert!("14112x".parse::<Code<6>>().is_err());
    }
}
