//! Document numbers: normalised, checked, and turned into a keyed reference. The only code that normalises numbers.
//!
//! A number goes in and never comes out: what leaves is its HMAC under the caller's key (RFC 2104, with SHA-256 or SM3).

use crate::reason::Reason;
use crate::value::{Day, Expected, Hex32, IdMatch, KeyCheck, Ref};
use crate::vocabulary::{Document, words};
use hmac::{Hmac, KeyInit as _, Mac as _};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::Sha256;
use sm3::Sm3;
use std::fmt;
use unicode_normalization::UnicodeNormalization as _;

words! {
    /// Hash function under the HMAC.
    HmacAlgorithm: "sha256 or sm3" {
        /// FIPS 180-4.
        Sha256 = "sha256",
        /// GB/T 32905-2016.
        Sm3 = "sm3",
    }
}

words! {
    /// Form in which a number was given.
    NumberForm: "a form of a number" {
        /// 18 digits, GB 11643-1999.
        Gb18 = "gb_18",
        /// 15 digits of the years before 1999, converted to 18.
        Gb15 = "gb_15",
        /// Any other document's number, compared exactly.
        Other = "other",
    }
}

/// The caller's key for numbers and names, an argument of every call and never stored.
#[derive(Clone)]
pub struct HmacKey {
    bytes: [u8; 32],
    algorithm: HmacAlgorithm,
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HmacKey({}, …)", self.algorithm)
    }
}

impl HmacKey {
    /// A key of 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32], algorithm: HmacAlgorithm) -> Self {
        Self { bytes, algorithm }
    }

    /// Reads a key file: 64 lower-case hex digits on one line.
    ///
    /// # Errors
    /// If the text is anything else.
    pub fn from_hex(text: &str, algorithm: HmacAlgorithm) -> Result<Self, Expected> {
        let hex: Hex32 = text.trim_end_matches(['\r', '\n']).parse()?;
        Ok(Self::new(*hex.as_bytes(), algorithm))
    }

    /// Tells two keys or algorithms apart without giving one away.
    #[must_use]
    pub fn check(&self) -> KeyCheck {
        let [a, b, c, d, ..] = self.hmac(b"facecert-key-check");
        KeyCheck::from([a, b, c, d])
    }

    /// Keyed digest of a name: after NFKC, without spaces and middle dots. Traditional characters stay what they are.
    #[must_use]
    pub fn name_hmac(&self, name: &str) -> IdMatch {
        let dropped = |c: char| c.is_whitespace() || matches!(c, '·' | '•' | '・' | '‧' | '．' | '.');
        // The dots go before NFKC as well, which would turn some of them into others.
        let name: String = name.chars().filter(|&c| !dropped(c)).nfkc().filter(|&c| !dropped(c)).collect();
        self.id_match(&name)
    }

    fn id_match(&self, normalised: &str) -> IdMatch {
        let hmac = Hex32::from(self.hmac(normalised.as_bytes()));
        match self.algorithm {
            HmacAlgorithm::Sha256 => IdMatch::Sha256(hmac),
            HmacAlgorithm::Sm3 => IdMatch::Sm3(hmac),
        }
    }

    fn hmac(&self, message: &[u8]) -> [u8; 32] {
        match self.algorithm {
            HmacAlgorithm::Sha256 => {
                let mac = Hmac::<Sha256>::new(&self.block());
                mac.chain_update(message).finalize().into_bytes().into()
            }
            HmacAlgorithm::Sm3 => {
                let mac = Hmac::<Sm3>::new(&self.block());
                mac.chain_update(message).finalize().into_bytes().into()
            }
        }
    }

    /// The key padded with zeros to the block of both hash functions, as HMAC itself pads a short key.
    fn block(&self) -> hmac::digest::Key<Hmac<Sha256>> {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..32].copy_from_slice(&self.bytes);
        block
    }
}

/// What a number is, without the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Identity {
    /// Form in which it was given; `None` if it cannot be a number of that document.
    pub form: Option<NumberForm>,
    /// HMAC of the normalised number.
    pub id_match: Option<IdMatch>,
    /// `p_` and the first 24 hex digits of the HMAC: the person's reference unless a roster names another.
    pub person_ref: Option<Ref>,
    /// Which key and algorithm made it.
    pub key_check: KeyCheck,
    /// `ID_15_CONVERTED`, `ID_NUMBER_INVALID` or `ID_CENTURY_UNCLEAR`, if anything.
    pub reasons: Vec<Reason>,
}

/// Normalises and checks the number of a document and gives its match and reference.
///
/// Resident and temporary ID, social card, household book, HK/Macao/Taiwan residence permit and a foreigner card of 18
/// characters follow GB 11643-1999 (the area code is not checked: codes lapse); a 15-digit number is the same person's
/// 18-digit one. Every other number is compared exactly, after NFKC, upper case, without spaces and hyphens.
///
/// ```
/// use facecert_policy::{Document, HmacAlgorithm, HmacKey, identify};
/// let key = HmacKey::new([7; 32], HmacAlgorithm::Sm3);
/// let old = identify(Document::ResidentId, "990101510307001", &key);
/// let new = identify(Document::SocialCard, "990101195103070014", &key);
/// assert_eq!(old.id_match, new.id_match);
/// ```
#[must_use]
pub fn identify(document: Document, number: &str, key: &HmacKey) -> Identity {
    identified(normalise(document, &tidy(number)), key)
}

/// The same for a number whose document is not stated, as in a platform's result files: 15 digits, or 17 and a digit or
/// `X`, are read by GB 11643.
pub(crate) fn identify_unstated(number: &str, key: &HmacKey) -> Identity {
    let number = tidy(number);
    let looks_gb = match number.len() {
        15 => digits(&number).is_some(),
        18 => number.get(..17).and_then(digits).is_some(),
        _ => false,
    };
    identified(normalise(if looks_gb { Document::ResidentId } else { Document::PassportForeign }, &number), key)
}

fn identified(normalised: Result<(NumberForm, String), Reason>, key: &HmacKey) -> Identity {
    let key_check = key.check();
    match normalised {
        Ok((form, number)) => {
            let id_match = key.id_match(&number);
            let reasons = if form == NumberForm::Gb15 { vec![Reason::ID_15_CONVERTED] } else { Vec::new() };
            Identity {
                form: Some(form),
                id_match: Some(id_match),
                person_ref: person_ref(&id_match),
                key_check,
                reasons,
            }
        }
        Err(reason) => Identity { form: None, id_match: None, person_ref: None, key_check, reasons: vec![reason] },
    }
}

/// The reference of a person whom no roster entry with this match names otherwise.
pub(crate) fn person_ref(id_match: &IdMatch) -> Option<Ref> {
    let (IdMatch::Sha256(hex) | IdMatch::Sm3(hex)) = id_match;
    format!("p_{:.24}", hex.to_string()).parse().ok()
}

fn tidy(number: &str) -> String {
    let dropped = |c: char| c.is_whitespace() || matches!(c, '-' | '\u{2010}' | '\u{2013}' | '\u{2212}');
    number.nfkc().filter(|&c| !dropped(c)).flat_map(char::to_uppercase).collect()
}

fn normalise(document: Document, number: &str) -> Result<(NumberForm, String), Reason> {
    let gb = match document {
        Document::ResidentId
        | Document::TempId
        | Document::SocialCard
        | Document::HouseholdBook
        | Document::HmtResidencePermit => true,
        Document::ForeignerCard => number.chars().count() == 18,
        Document::HmTravelPermit | Document::TwTravelPermit | Document::PassportCn | Document::PassportForeign => false,
    };
    match (gb, number.len()) {
        (false, 0) => Err(Reason::ID_NUMBER_INVALID),
        (false, _) => Ok((NumberForm::Other, number.to_owned())),
        (true, 18) => {
            let body = number.get(..17).and_then(digits).ok_or(Reason::ID_NUMBER_INVALID)?;
            let whole = complete(&body)?;
            (whole == number).then_some((NumberForm::Gb18, whole)).ok_or(Reason::ID_NUMBER_INVALID)
        }
        (true, 15) => {
            let old = digits(number).ok_or(Reason::ID_NUMBER_INVALID)?;
            // Sequence numbers 996-999 were given to people born in the century before.
            if matches!(old[12..], [9, 9, 6..=9]) {
                return Err(Reason::ID_CENTURY_UNCLEAR);
            }
            let body = [&old[..6], &[1, 9], &old[6..]].concat();
            Ok((NumberForm::Gb15, complete(&body)?))
        }
        (true, _) => Err(Reason::ID_NUMBER_INVALID),
    }
}

fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes().map(|byte| byte.is_ascii_digit().then(|| byte - b'0')).collect()
}

/// The 18 characters of a 17-digit body whose birth date exists: its check digit by ISO 7064, MOD 11-2.
fn complete(body: &[u8]) -> Result<String, Reason> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let mut number: String = body.iter().map(|digit| char::from(b'0' + digit)).collect();
    let born = (number.get(6..10), number.get(10..12), number.get(12..14));
    let (Some(year), Some(month), Some(day)) = born else { return Err(Reason::ID_NUMBER_INVALID) };
    if format!("{year}-{month}-{day}").parse::<Day>().is_err() {
        return Err(Reason::ID_NUMBER_INVALID);
    }
    let sum: u32 = WEIGHTS.iter().zip(body).map(|(weight, digit)| weight * u32::from(*digit)).sum();
    number.push(char::from(b"10X98765432"[(sum % 11) as usize]));
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: HmacKey = HmacKey::new([7; 32], HmacAlgorithm::Sha256);
    const NUMBER: &str = "990101195103070014";

    fn id(number: &str) -> Identity {
        identify(Document::ResidentId, number, &KEY)
    }

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        // Case 1 has a key of 20 bytes; HMAC pads it with zeros, as we pad ours.
        let mut bytes = [0; 32];
        bytes[..20].fill(0x0b);
        let key = HmacKey::new(bytes, HmacAlgorithm::Sha256);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(Hex32::from(key.hmac(b"Hi There")).to_string(), expected);
    }

    #[test]
    fn hmac_with_sm3_is_that_of_rfc_2104() {
        use sm3::Digest as _;
        let pad = |with: u8| [[7 ^ with; 32], [with; 32]].concat();
        let inner = Sm3::new().chain_update(pad(0x36)).chain_update(b"message").finalize();
        let outer = Sm3::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
        let key = HmacKey::new([7; 32], HmacAlgorithm::Sm3);
        assert_eq!(key.hmac(b"message"), <[u8; 32]>::from(outer));
    }

    #[test]
    fn old_and_new_number_of_one_person_match() {
        let (new, old) = (id(NUMBER), id("990101510307001"));
        assert_eq!((new.form, old.form), (Some(NumberForm::Gb18), Some(NumberForm::Gb15)));
        assert_eq!((&new.id_match, &new.person_ref), (&old.id_match, &old.person_ref));
        assert_eq!((new.reasons, old.reasons), (vec![], vec![Reason::ID_15_CONVERTED]));
        assert_eq!(id("９９０１０１ 19510307-0014").id_match, new.id_match);
        assert_eq!(identify_unstated("990101510307001", &KEY).id_match, new.id_match);
    }

    #[test]
    fn wrong_numbers_have_no_match() {
        for wrong in ["990101195103070015", "990101195113070014", "99010119510307001", "", "990101510230001", "甲乙丙"]
        {
            let identity = id(wrong);
            assert_eq!(identity.reasons, [Reason::ID_NUMBER_INVALID], "{wrong}");
            assert_eq!((identity.form, identity.id_match, identity.person_ref), (None, None, None));
        }
        assert_eq!(id("990101510307996").reasons, [Reason::ID_CENTURY_UNCLEAR]);
    }

    #[test]
    fn other_documents_are_compared_exactly() {
        let passport = |number| identify(Document::PassportCn, number, &KEY);
        assert_eq!(passport("e１２３ 456-78").id_match, passport("E12345678").id_match);
        assert_ne!(passport("E12345678").id_match, passport("E12345679").id_match);
        assert_eq!(passport("E1").form, Some(NumberForm::Other));
        assert_eq!(identify(Document::ForeignerCard, "USA123456789012", &KEY).form, Some(NumberForm::Other));
        assert_eq!(identify(Document::ForeignerCard, NUMBER, &KEY).form, Some(NumberForm::Gb18));
    }

    #[test]
    fn names_differ_by_characters_not_by_dots_and_spaces() {
        let name = |text| KEY.name_hmac(text);
        for same in ["阿 合买提·买买提", "阿合买提．买买提", "阿合买提•买买提 ", "阿合买提・买买提", "阿合买提‧买买提"]
        {
            assert_eq!(name(same), name("阿合买提买买提"), "{same}");
        }
        assert_ne!(name("張三"), name("张三"));
    }

    #[test]
    fn the_key_shows_nowhere() {
        assert_eq!(format!("{KEY:?}"), "HmacKey(sha256, …)");
        assert!(HmacKey::from_hex(&"0".repeat(63), HmacAlgorithm::Sha256).is_err());
        let read = HmacKey::from_hex(&format!("{}\n", "07".repeat(32)), HmacAlgorithm::Sha256).expect("a key");
        assert_eq!(read.check(), KEY.check());
    }

    proptest! {
        #[test]
        fn any_text_is_identified_without_panic(text in ".{0,24}", document in 0usize..10) {
            let identity = identify(Document::ALL[document], &text, &KEY);
            prop_assert_eq!(identity.form.is_some(), identity.id_match.is_some());
            identify_unstated(&text, &KEY);
        }

        #[test]
        fn a_changed_digit_is_noticed(at in 0usize..18, by in 1u8..10) {
            let mut bytes = NUMBER.as_bytes().to_vec();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let changed = String::from_utf8(bytes).expect("digits");
            prop_assert_eq!(id(&changed).reasons, [Reason::ID_NUMBER_INVALID]);
        }
    }
}
