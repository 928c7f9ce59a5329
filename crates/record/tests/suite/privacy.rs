//! No personal data leaves by a text that somebody prints: debug output, errors, views.

use crate::common::{ACCEPTED, COUNTY_SM2, at, decision_json, key, keys, rng};
use facecert_match::{ContractId, Template};
use facecert_record::hpke::RecipientKey;
use facecert_record::record::{self, Content};
use facecert_record::renew::Renewal;
use facecert_record::seal::{SealAlgorithm, SealKey};
use facecert_record::{KeyList, SigningKey, chain, open_template, receipt, seal_template};
use std::fmt::Debug;

/// What must never be seen: a name, an ID number, a phone, a secret's bytes, a template's values.
const NAME: &str = "张三丰";
const ID_NUMBER: &str = "11010519491231002X";
const PHONE: &str = "13800138000";

fn assert_clean(text: &str) {
    for personal in [NAME, ID_NUMBER, PHONE, "0.0883", "0.1, 0.1", "77, 77", "4d4d4d"] {
        assert!(!text.contains(personal), "{personal} stands in: {text}");
    }
}

fn shown(value: &(impl Debug + ?Sized)) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn secrets_have_no_debug_output() {
    let seal_key = SealKey::new(SealAlgorithm::Sm4Gcm, &[77; 16], "k").expect("a key");
    let signing_key = key(COUNTY_SM2, "county-sm2");
    let recipient = RecipientKey::from_bytes(&[77; 32]).expect("a key");
    let renewal = Renewal::new(&[77; 32], 64).expect("a transform");
    let template = Template::new(ContractId::from_bytes([1; 32]), &[0.1; 128]).expect("a template");
    for text in [shown(&seal_key), shown(&signing_key), shown(&recipient), shown(&renewal), shown(&template)] {
        assert_clean(&text);
    }
    // The secret scalar of the test's SM2 key, as hex and as a list.
    assert!(!shown(&signing_key).to_lowercase().contains("2fd788a4") && !shown(&signing_key).contains("47, 215"));
}

/// Each place of a decision, an import record or a key list where somebody may have put a person.
#[test]
fn errors_repeat_nothing_that_was_read() {
    let mut errors = 0;
    let mut see = |error: Option<facecert_record::Error>| {
        if let Some(error) = error {
            assert_clean(&error.to_string());
            assert_clean(&shown(&error));
            errors += 1;
        }
    };
    for personal in [NAME, ID_NUMBER, PHONE] {
        for (i, _) in decision_json().match_indices('"') {
            let mut json = decision_json();
            json.insert_str(i + 1, personal);
            let result = Content::from_json(&json).and_then(|content| {
                record::sign(content, None, None, at("2026-03-09T12:00:00+08:00"), &key(COUNTY_SM2, "county-sm2"))
            });
            if let Ok(bytes) = &result {
                assert_clean(&record::read(bytes).expect("a record").to_json());
            }
            see(result.err());
        }
        for (i, _) in ACCEPTED.match_indices('"') {
            let mut records = ACCEPTED.to_owned();
            records.insert_str(i + 1, personal);
            let now = at("2026-03-09T12:00:00+08:00");
            let result = receipt::issue(&records, None, now, &key(COUNTY_SM2, "county-sm2"));
            if let Ok(receipt) = &result {
                assert_clean(&shown(receipt));
                assert_clean(&receipt::page(receipt).expect("a page"));
            }
            see(result.err());
        }
        see(SigningKey::from_pem(personal, personal).err());
        see(facecert_record::VerifyingKey::from_pem(personal).err());
        see(SealKey::new(SealAlgorithm::Sm4Gcm, personal.as_bytes(), personal).err());
        see(personal.parse::<facecert_record::Digest>().err());
        see(KeyList::from_toml(&format!("format = \"facecert-keys/1\"\nrevoked = \"{personal}\"")).err());
        see(KeyList::from_toml(&format!("format = \"{personal}\"")).err());
        see(KeyList::from_toml(&format!("[[key]]\nid = \"{personal}\"\nrole = \"{personal}\"")).err());
    }
    assert!(errors > 300, "{errors} errors seen");
}

#[test]
fn reports_and_sealed_bytes_are_clean() {
    let template = Template::new(ContractId::from_bytes([1; 32]), &[0.1; 128]).expect("a template");
    let key_in_memory = SealKey::new(SealAlgorithm::Aes256Gcm, &[77; 32], "k").expect("a key");
    let sealed = seal_template(&template, ID_NUMBER, NAME, &key_in_memory, &mut rng()).expect("sealed");
    let value = template.values()[0].to_le_bytes();
    for secret in [ID_NUMBER.as_bytes(), NAME.as_bytes(), &value.repeat(2)] {
        assert!(!sealed.windows(secret.len()).any(|window| window == secret));
    }
    let error = open_template(&sealed, PHONE, NAME, &key_in_memory).expect_err("another subject");
    assert_clean(&shown(&error));
    assert_clean(&error.to_string());
    for bytes in [NAME.as_bytes(), ID_NUMBER.as_bytes(), &sealed] {
        assert_clean(&shown(&record::verify(bytes, &keys())));
        assert_clean(&shown(&chain::verify(bytes, &keys())));
        let report = receipt::verify(NAME, &keys(), at("2026-03-09T12:00:00+08:00"));
        assert_clean(&shown(&report));
    }
}
