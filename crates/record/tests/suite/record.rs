use crate::common::{
    COUNTY_ED25519, COUNTY_SM2, DEVICE, at, decision, each_flipped_bit, evidence, key, keys, keys_toml,
};
use facecert_record::record::{self, Content, Kind};
use facecert_record::{Error, HashAlgorithm, KeyList, Reason, Result, Signer, VerifyingKey};

const NOON: &str = "2026-03-09T12:00:00+08:00";

fn signed(content: Content, pem: &str, id: &str, signed_at: &str) -> Vec<u8> {
    record::sign(content, None, None, at(signed_at), &key(pem, id)).expect("signed")
}

#[test]
fn a_record_says_what_was_decided_and_by_whose_key() {
    let bytes = signed(decision(), COUNTY_SM2, "county-sm2", NOON);
    let report = record::verify(&bytes, &keys());
    assert_eq!(report.reason, Reason::Valid);
    assert_eq!(report.key_id.as_deref(), Some("county-sm2"));
    let body = report.body.expect("readable");
    assert_eq!((body.kind, body.hash), (Kind::Certification, HashAlgorithm::Sm3));
    assert_eq!(report.digest, Some(HashAlgorithm::Sm3.digest(&[&bytes])));
    let json: serde_json::Value = serde_json::from_str(&body.to_json()).expect("JSON");
    assert_eq!(json["signed_at"], "2026-03-09T04:00:00Z");
    assert_eq!(json["decision"]["event"]["payload"]["person_ref"], "p_7f3c");
    assert_eq!(json["face_evidence"]["fmr_per_billion"], 1_000_000);
}

#[test]
fn equal_inputs_give_equal_bytes() {
    for (pem, id) in [(COUNTY_SM2, "county-sm2"), (COUNTY_ED25519, "county-ed25519")] {
        assert_eq!(signed(decision(), pem, id, NOON), signed(decision(), pem, id, NOON));
    }
}

#[test]
fn every_flipped_bit_is_detected() {
    let keys = keys();
    for (pem, id) in [(COUNTY_SM2, "county-sm2"), (COUNTY_ED25519, "county-ed25519")] {
        let bytes = signed(evidence(), pem, id, NOON);
        assert!(record::verify(&bytes, &keys).reason.holds());
        each_flipped_bit(&bytes, |bit, flipped| {
            assert!(!record::verify(flipped, &keys).reason.holds(), "{id}, bit {bit}");
        });
        for len in 0..bytes.len() {
            assert!(!record::verify(&bytes[..len], &keys).reason.holds(), "{id}, {len} bytes");
        }
    }
}

#[test]
fn a_device_signs_evidence_and_never_a_decision() {
    let evidence = signed(evidence(), DEVICE, "kiosk-07", NOON);
    assert_eq!(record::verify(&evidence, &keys()).reason, Reason::Valid);
    let decision = signed(decision(), DEVICE, "kiosk-07", NOON);
    assert_eq!(record::verify(&decision, &keys()).reason, Reason::RoleNotAllowed);
}

#[test]
fn each_fault_has_its_answer() {
    let reason = |bytes: &[u8], keys: &KeyList| record::verify(bytes, keys).reason;
    let good = signed(decision(), COUNTY_ED25519, "county-ed25519", NOON);
    assert_eq!(reason(b"", &keys()), Reason::Damaged);
    assert_eq!(reason(&good, &KeyList::default()), Reason::KeyUnknown);
    let foreign = signed(decision(), DEVICE, "county-ed25519", NOON);
    assert_eq!(reason(&foreign, &keys()), Reason::SignatureWrong);
    let other_algorithm = signed(decision(), COUNTY_SM2, "county-ed25519", NOON);
    assert_eq!(reason(&other_algorithm, &keys()), Reason::SignatureWrong);
    for early_or_late in ["2025-12-31T23:59:59+08:00", "2027-01-01T00:00:00+08:00"] {
        let bytes = signed(decision(), COUNTY_ED25519, "county-ed25519", early_or_late);
        assert_eq!(reason(&bytes, &keys()), Reason::KeyNotInForce);
    }
}

#[test]
fn a_revoked_key_stands_for_what_it_signed_before() {
    let toml =
        keys_toml().replacen("role = \"county\"", "role = \"county\"\nrevoked_at = \"2026-03-09T12:00:00+08:00\"", 1);
    let keys = KeyList::from_toml(&toml).expect("key list");
    let before = signed(decision(), COUNTY_ED25519, "county-ed25519", "2026-03-09T11:59:59+08:00");
    assert_eq!(record::verify(&before, &keys).reason, Reason::Valid);
    let after = signed(decision(), COUNTY_ED25519, "county-ed25519", NOON);
    assert_eq!(record::verify(&after, &keys).reason, Reason::KeyRevoked);
}

/// A device whose public key is the county's but that signs with another.
struct Confused {
    inner: facecert_record::SigningKey,
    public: VerifyingKey,
}

impl Signer for Confused {
    fn key_id(&self) -> &'static str {
        "county-ed25519"
    }

    fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        self.inner.sign(message)
    }
}

#[test]
fn a_signature_that_does_not_verify_never_leaves() {
    let public = key(COUNTY_ED25519, "x").verifying_key().clone();
    let device = Confused { inner: key(DEVICE, "x"), public };
    let result = record::sign(decision(), None, None, at(NOON), &device);
    assert!(matches!(result, Err(Error::Device { .. })));
}

#[test]
fn what_is_no_decision_is_refused_by_the_name_of_its_field() {
    let refuse = |from: &str, to: &str| {
        let json = crate::common::decision_json().replacen(from, to, 1);
        let content = Content::from_json(&json)
            .and_then(|content| record::sign(content, None, None, at(NOON), &key(COUNTY_SM2, "county-sm2")));
        content.expect_err("refused").to_string()
    };
    assert!(refuse("\"policy_hash\"", "\"policy_hsh\"").contains("decision.policy_hash"));
    assert!(refuse("\"pilot\":false", "\"pilot\":false,\"remark\":1").contains("decision.remark"));
    assert!(refuse("\"pad\":\"live\"", "\"pad\":\"maybe\"").contains("face_evidence.pad"));
    assert!(refuse("1000000", "0.001").contains("face_evidence.fmr_per_billion"));
    assert!(refuse("\"p_7f3c\"", "\"11010519491231002X\"").contains("payload.person_ref"));
    assert!(refuse("{\"outcome\"", "{outcome").contains("line 1 column 2"));
}
