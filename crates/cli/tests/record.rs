//! Records, chains, receipts and the audit log by the program.

mod support;

use serde_json::{Value, json};
use support::{County, SIGNED, key_list};

const KEYS: [&str; 2] = ["--keys", "keys.toml"];

/// Signs `decision.json` into a file.
fn sign(county: &mut County, record: &str, key: &str, more: &[&str]) {
    let sign = ["record", "sign", "decision.json", "--key", key, "--now", SIGNED, "-o", record];
    assert_eq!(county.run(&[&sign[..], more].concat(), 0), "");
}

/// A county with three records, each in the chain of the one before.
fn chained(key: &str) -> County {
    let mut county = County::new();
    county.decide();
    sign(&mut county, "1.cbor", key, &[]);
    sign(&mut county, "2.cbor", key, &["--previous", "1.cbor"]);
    sign(&mut county, "3.cbor", key, &["--previous", "2.cbor"]);
    county
}

fn verify(county: &mut County, record: &str, code: i32) -> Value {
    county.json(&[&["record", "verify", record][..], &KEYS].concat(), code)
}

fn chain(county: &mut County, order: &[&str]) -> Value {
    let bytes: Vec<u8> = order.iter().flat_map(|name| county.read(name)).collect();
    county.write("chain", bytes);
    let report = county.facecert(&[&["record", "chain", "chain"][..], &KEYS].concat());
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    json!([report["answer"]["code"], report["first_bad"], report["records"]])
}

#[test]
fn a_decision_is_signed_and_verified() {
    for key in ["county-ed25519", "county-sm2"] {
        let mut county = chained(&format!("{key}.pem"));
        let report = verify(&mut county, "1.cbor", 0);
        assert_eq!((&report["answer"]["code"], &report["key_id"]), (&json!("VALID"), &json!(key)));
        assert_eq!(report["record"]["decision"]["outcome"], "Certified");
        assert_eq!(report["record"]["face_evidence"]["pad"], "live");
        assert_eq!(report["record"]["signed_at"], "2026-03-09T04:00:00Z");
        let next = verify(&mut county, "2.cbor", 0);
        assert_eq!(next["record"]["previous"], report["digest"]);
    }
}

#[test]
fn a_record_that_does_not_hold_says_why() {
    let mut county = chained("county-ed25519.pem");
    sign(&mut county, "by-kiosk.cbor", "device-ed25519.pem", &[]);
    assert_eq!(verify(&mut county, "by-kiosk.cbor", 1)["answer"]["code"], "KEY_ROLE_NOT_ALLOWED");
    sign(&mut county, "under-another-name.cbor", "device-ed25519.pem", &["--key-id", "county-ed25519"]);
    assert_eq!(verify(&mut county, "under-another-name.cbor", 1)["answer"]["code"], "SIGNATURE_WRONG");

    // One bad one among good ones: its line says which file.
    let mut altered = county.read("2.cbor");
    altered[100] ^= 1;
    county.write("altered.cbor", altered);
    let lines = county.run(&["record", "verify", "1.cbor", "altered.cbor", "3.cbor", "--keys", "keys.toml"], 1);
    let answers: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["answer"]["no"], 3000);
    assert_eq!((&answers[1]["file"], &answers[1]["answer"]["no"]), (&json!("altered.cbor"), &json!(3003)));
    assert_eq!(answers[2]["answer"]["no"], 3000);

    county.write("keys.toml", key_list("revoked_at = \"2026-03-09T12:00:00+08:00\""));
    assert_eq!(verify(&mut county, "1.cbor", 1)["answer"]["code"], "KEY_REVOKED");
    county.write("keys.toml", key_list("revoked_at = \"2026-03-09T12:00:01+08:00\""));
    assert_eq!(verify(&mut county, "1.cbor", 0)["answer"]["code"], "VALID", "signed before");
}

#[test]
fn a_chain_says_which_record_breaks_it() {
    let mut county = chained("county-sm2.pem");
    assert_eq!(chain(&mut county, &["1.cbor", "2.cbor", "3.cbor"]), json!(["VALID", null, 3]));
    assert_eq!(chain(&mut county, &["1.cbor", "3.cbor"]), json!(["CHAIN_LINK_BROKEN", 1, 1]));
    assert_eq!(chain(&mut county, &["2.cbor", "3.cbor"]), json!(["CHAIN_LINK_BROKEN", 0, 0]));
    assert_eq!(chain(&mut county, &["1.cbor", "2.cbor", "decision.json"]), json!(["DAMAGED", 2, 2]));
    assert_eq!(chain(&mut county, &[]), json!(["EMPTY", null, 0]));
}

#[test]
fn evidence_alone_is_signed_by_the_device_that_saw_it() {
    let mut county = County::new();
    county.write("decision.json", json!({"face_evidence": support::face_evidence()}).to_string());
    sign(&mut county, "evidence.cbor", "device-ed25519.pem", &[]);
    let report = verify(&mut county, "evidence.cbor", 0);
    assert_eq!((&report["role"], &report["record"]["kind"]), (&json!("device"), &json!("evidence")));
}

#[test]
fn what_cannot_be_signed_is_named_by_file_and_field() {
    let mut county = chained("county-sm2.pem");
    let sign = ["record", "sign", "bad.json", "--key", "county-sm2.pem", "--now", SIGNED, "-o", "out.cbor"];
    let good: Value = serde_json::from_str(&county.text("decision.json")).unwrap();
    for (place, value, field) in [
        ("/event/payload/person_ref", json!("测试甲"), "decision.event.payload.person_ref"),
        ("/event/payload/person_ref", json!("990101195103070014"), "decision.event.payload.person_ref"),
        ("/face_evidence/fmr_per_billion", json!(0.5), "face_evidence.fmr_per_billion"),
        ("/policy_version", json!("13800138000"), "decision.policy_version"),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = value.clone();
        county.write("bad.json", bad.to_string());
        let error = county.error(&sign);
        assert!(error.contains("bad.json") && error.contains(field), "{error}");
        assert!(!error.contains(value.to_string().trim_matches('"')), "{error}");
    }
    assert!(!county.path("out.cbor").exists());
    let sign =
        ["record", "sign", "decision.json", "--key", "county-sm2.pem", "--previous", "bad.json", "-o", "out.cbor"];
    let error = county.error(&sign);
    assert!(error.contains("bad.json") && error.contains("not a record"), "{error}");
    let error = county.error(&["record", "verify", "1.cbor", "--keys", "county-sm2.pem"]);
    assert!(error.contains("county-sm2.pem") && error.contains("line 1"), "{error}");
    let error = county.error(&["record", "verify", "none.cbor", "--keys", "keys.toml"]);
    assert!(error.contains("none.cbor"), "{error}");
}

#[test]
fn a_receipt_is_issued_and_each_fault_has_its_answer() {
    let mut county = County::new();
    county.decide();
    let issue = ["receipt", "issue", "accepted.jsonl", "--key", "county-sm2.pem", "--now", SIGNED];
    let code = county.run(&issue, 0);
    let code = code.trim_end_matches('\n');
    county.run(&[&issue[..], &["-o", "slip.html"]].concat(), 0);
    let page = county.text("slip.html");
    for text in ["企业职工养老待遇", "2026年3月9日", "自助设备", "0358-3026726"] {
        assert!(page.contains(text), "{text}");
    }

    let answer = |county: &mut County, text: &str, now: &str, exit: i32| {
        let verify = ["receipt", "verify", text, "--keys", "keys.toml", "--now", now];
        county.json(&verify, exit)["answer"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(answer(&mut county, code, "2026-04-01T00:00:00+08:00", 0), "VALID");
    county.write("code.txt", code);
    assert_eq!(answer(&mut county, "code.txt", "2026-04-01T00:00:00+08:00", 0), "VALID");
    assert_eq!(answer(&mut county, code, "2028-04-01T00:00:00+08:00", 1), "RECEIPT_EXPIRED");
    assert_eq!(answer(&mut county, code, "2026-03-01T00:00:00+08:00", 1), "RECEIPT_NOT_YET_VALID");
    assert_eq!(answer(&mut county, &code[..code.len() - 3], SIGNED, 1), "DAMAGED");
    image::GrayImage::new(64, 64).save(county.path("blank.png")).unwrap();
    assert_eq!(answer(&mut county, "blank.png", SIGNED, 1), "RECEIPT_NO_CODE");

    let issue = ["receipt", "issue", "accepted.jsonl", "--key", "device-ed25519.pem", "--now", SIGNED];
    let by_device = county.run(&issue, 0);
    assert_eq!(answer(&mut county, by_device.trim_end_matches('\n'), SIGNED, 1), "KEY_ROLE_NOT_ALLOWED");
    county.write("keys.toml", key_list("revoked_at = \"2026-03-20T12:00:00+08:00\""));
    assert_eq!(answer(&mut county, code, "2026-04-01T00:00:00+08:00", 1), "KEY_REVOKED");
    county.write("keys.toml", "format = \"facecert-keys/1\"");
    assert_eq!(answer(&mut county, code, "2026-04-01T00:00:00+08:00", 1), "KEY_UNKNOWN");
}

#[test]
fn only_an_accepted_pass_gets_a_receipt() {
    let mut county = County::new();
    county.decide();
    county.write("records.jsonl", county.text("accepted.jsonl").replace("\"certification\"", "\"suspend_advice\""));
    let error = county.error(&["receipt", "issue", "records.jsonl", "--key", "county-sm2.pem"]);
    assert!(error.contains("records.jsonl") && error.contains("line 1, type"), "{error}");
    sign(&mut county, "1.cbor", "county-sm2.pem", &[]);
    let error = county.error(&["receipt", "issue", "1.cbor", "--key", "county-sm2.pem"]);
    assert!(error.contains("1.cbor") && error.contains("`export`"), "{error}");
}

#[test]
fn the_audit_log_says_which_line_was_altered() {
    use facecert_record::audit::{AuditLog, Entry};
    let mut county = County::new();
    let mut log = AuditLog::open(&county.path("audit.log")).unwrap();
    for action in ["decide", "export", "search"] {
        let at = SIGNED.parse().unwrap();
        log.append(&Entry { at, action: action.into(), actor: "s_07".into(), facts: [].into() }).unwrap();
    }
    let verify = ["audit", "verify", "audit.log"];
    assert_eq!(county.json(&verify, 0)["lines"], 3);
    let text = county.text("audit.log");
    county.write("audit.log", text.replace("export", "exporT"));
    let report = county.json(&verify, 1);
    assert_eq!((&report["answer"]["code"], &report["first_bad"]), (&json!("AUDIT_LINE_ALTERED"), &json!(2)));
    county.write("audit.log", &text[..text.len() - 1]);
    assert_eq!(county.json(&verify, 1)["answer"]["code"], "AUDIT_TAIL_TORN");
    county.write("audit.log", "");
    assert_eq!(county.json(&verify, 0)["answer"]["code"], "EMPTY");
}
