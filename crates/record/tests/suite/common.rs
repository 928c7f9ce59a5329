//! Keys, inputs and a source of randomness that the tests share.

use facecert_record::record::Content;
use facecert_record::{KeyList, SigningKey};
use jiff::Timestamp;

pub const COUNTY_SM2: &str = include_str!("../keys/county-sm2.pem");
pub const COUNTY_ED25519: &str = include_str!("../keys/county-ed25519.pem");
pub const DEVICE: &str = include_str!("../keys/device-ed25519.pem");

pub fn rng() -> getrandom::SysRng {
    getrandom::SysRng
}

pub fn key(pem: &str, id: &str) -> SigningKey {
    SigningKey::from_pem(pem, id).expect("a key of the tests")
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The two county keys and the kiosk's, valid in 2026; the last lines may change one of them.
pub fn keys_toml() -> String {
    let entry = |id: &str, role: &str, pem: &str| {
        format!(
            "[[key]]\nid = \"{id}\"\nrole = \"{role}\"\nvalid_from = \"2026-01-01T00:00:00+08:00\"\n\
             valid_until = \"2027-01-01T00:00:00+08:00\"\npublic_key = \"\"\"\n{pem}\"\"\"\n"
        )
    };
    format!(
        "format = \"facecert-keys/1\"\n{}{}{}",
        entry("county-ed25519", "county", include_str!("../keys/county-ed25519.pub.pem")),
        entry("kiosk-07", "device", include_str!("../keys/device-ed25519.pub.pem")),
        entry("county-sm2", "county", include_str!("../keys/county-sm2.pub.pem")),
    )
}

pub fn keys() -> KeyList {
    KeyList::from_toml(&keys_toml()).expect("a key list of the tests")
}

pub const EVIDENCE: &str = r#"{"match":"match","fmr_per_billion":1000000,"pad":"live","challenge":"active",
    "quality":"pass","engine_id":"facecert 0.1.0","contract_id":"1111111111111111111111111111111111111111111111111111111111111111 compact",
    "pack_id":"default@sha256:2222222222222222222222222222222222222222222222222222222222222222","pack_grade":"accepted",
    "reasons":[],"evidence_digest":"sha256:3333333333333333333333333333333333333333333333333333333333333333",
    "captured_at":"2026-03-09T10:11:00+08:00","reference_source":"id_chip","reference_date":"2019-05-20",
    "device_id":"kiosk-07","capture_integrity":"asserted","nonce_check":"consumed"}"#;

/// A decision as the policy prints it, with face evidence.
pub fn decision_json() -> String {
    format!(
        r#"{{"outcome":"Certified","lines":[{{"entitlement":"e_01","outcome":"Certified","next_due":"2026-09-09"}}],
        "certified_on":"2026-03-09","reasons":[2000,2300],"doors":[],"policy_id":"wenshui-2025-20","policy_version":"1",
        "policy_hash":"4444444444444444444444444444444444444444444444444444444444444444",
        "input_digest":"5555555555555555555555555555555555555555555555555555555555555555","pilot":false,
        "event":{{"event_id":"6666666666666666666666666666666666666666666666666666666666666666","kind":"PassRecorded",
        "effective":"2026-03-09","received":"2026-03-09T10:12:00+08:00","source":"decide","payload":{{"person_ref":"p_7f3c",
        "channel":"kiosk","method":"face","at":"2026-03-09T10:11:00+08:00","staff":[],"reasons":[2000,2300],"pilot":false}}}},
        "face_evidence":{EVIDENCE},
        "evidence_digests":["sha256:3333333333333333333333333333333333333333333333333333333333333333"]}}"#
    )
}

pub fn decision() -> Content {
    Content::from_json(&decision_json()).expect("a decision of the tests")
}

pub fn evidence() -> Content {
    Content::from_json(&format!("{{\"face_evidence\":{EVIDENCE}}}")).expect("evidence of the tests")
}

/// Import records of one pass for two benefits.
pub const ACCEPTED: &str = r#"{"record":"facecert-import/1","type":"certification","key":"7777777777777777777777777777777777777777777777777777777777777777","county":"141121","person_ref":"p_7f3c","entitlement":"e_01","kind":"enterprise_pension","channel":"kiosk","certified_on":"2026-03-09","next_due":"2026-09-09","pilot":false}
{"record":"facecert-import/1","type":"certification","key":"8888888888888888888888888888888888888888888888888888888888888888","county":"141121","person_ref":"p_7f3c","entitlement":"e_02","kind":"survivor_institution","channel":"kiosk","certified_on":"2026-03-09","next_due":"2027-03-09","pilot":false}
"#;

/// Calls `check` with each single-bit change of `bytes`.
pub fn each_flipped_bit(bytes: &[u8], mut check: impl FnMut(usize, &[u8])) {
    let mut flipped = bytes.to_vec();
    for bit in 0..8 * bytes.len() {
        flipped[bit / 8] ^= 1 << (bit % 8);
        check(bit, &flipped);
        flipped[bit / 8] ^= 1 << (bit % 8);
    }
}
