//! Names as people write them, and the numbers that the gallery file keeps for them.

use sha2::{Digest as _, Sha256};

/// A name and its number.
pub struct Name<'a> {
    /// The number: what the text says if it is one, else the head of its SHA-256. Two names among
    /// ten million share a number with a probability of 3e-6; a second id is then refused.
    pub id: u64,
    /// The text, unless the number says it all.
    pub key: &'a [u8],
}

impl<'a> Name<'a> {
    pub fn new(text: &'a str) -> Self {
        match text.parse::<u64>() {
            Ok(id) if id.to_string() == text => Self { id, key: b"" },
            _ => Self { id: head(&Sha256::digest(text)), key: text.as_bytes() },
        }
    }
}

fn head(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_for_themselves() {
        assert_eq!((Name::new("0").id, Name::new("18446744073709551615").id), (0, u64::MAX));
        assert!(Name::new("42").key.is_empty());
        for text in ["042", "+42", "18446744073709551616", "li/1.jpg", ""] {
            assert_eq!(Name::new(text).key, text.as_bytes());
            assert_ne!(Name::new(text).id, 42);
        }
        // echo -n abc | sha256sum
        assert_eq!(Name::new("abc").id, 0xba78_16bf_8f01_cfea);
    }
}
