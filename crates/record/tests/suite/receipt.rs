use crate::common::{ACCEPTED, COUNTY_ED25519, COUNTY_SM2, DEVICE, at, key, keys, keys_toml};
use facecert_record::receipt::{self, Receipt};
use facecert_record::{KeyList, Reason};

const ISSUED: &str = "2026-03-09T12:00:00+08:00";

fn issue(pem: &str, id: &str) -> Receipt {
    receipt::issue(ACCEPTED, None, at(ISSUED), &key(pem, id)).expect("issued")
}

fn reason(code: &str, keys: &KeyList, now: &str) -> Reason {
    receipt::verify(code, keys, at(now)).reason
}

#[test]
fn a_receipt_says_what_stands_on_the_slip() {
    for (pem, id) in [(COUNTY_ED25519, "county-ed25519"), (COUNTY_SM2, "county-sm2")] {
        let receipt = issue(pem, id);
        let report = receipt::verify(&receipt.code, &keys(), at(ISSUED));
        assert_eq!(report.reason, Reason::Valid);
        assert_eq!(report.claims, Some(receipt.claims.clone()));
        let json = serde_json::to_value(&receipt.claims).expect("JSON");
        assert_eq!(json["benefits"][1]["valid_until"], "2027-03-09");
        assert_eq!((&json["county"], &json["door"]), (&"141121".into(), &"kiosk".into()));
        let page = receipt::page(&receipt).expect("a page");
        for text in ["企业职工养老待遇", "2026年9月9日", "2027年3月9日", "2026年3月9日", "自助设备", "0358-3026726"]
        {
            assert!(page.contains(text), "{text}");
        }
        assert!(page.contains(&receipt.claims.number));
        for text in ["p_7f3c", "e_01", "{", "<script", "http"] {
            let body = &page[page.find("<body").expect("a body")..];
            assert!(!body.replace("http://www.w3.org/2000/svg", "").contains(text), "{text}");
        }
    }
}

#[test]
fn each_fault_has_its_answer() {
    let receipt = issue(COUNTY_ED25519, "county-ed25519");
    let code = &receipt.code;
    assert_eq!(reason(code, &keys(), "2026-03-09T11:59:59+08:00"), Reason::ReceiptNotYetValid);
    // The second benefit runs to the end of its last day at +08:00.
    assert_eq!(reason(code, &keys(), "2027-03-09T23:59:59+08:00"), Reason::Valid);
    assert_eq!(reason(code, &keys(), "2027-03-10T00:00:00+08:00"), Reason::ReceiptExpired);
    assert_eq!(reason(code, &KeyList::default(), ISSUED), Reason::KeyUnknown);
    assert_eq!(reason(&issue(DEVICE, "county-ed25519").code, &keys(), ISSUED), Reason::SignatureWrong);
    assert_eq!(reason(&issue(DEVICE, "kiosk-07").code, &keys(), ISSUED), Reason::RoleNotAllowed);
    assert_eq!(reason("FCR1:", &keys(), ISSUED), Reason::Damaged);
    assert_eq!(reason(&code.replace("FCR1:", "HC1:"), &keys(), ISSUED), Reason::Damaged);
    assert_eq!(reason(&code[..code.len() - 2], &keys(), ISSUED), Reason::Damaged);

    let mut revoked = keys();
    revoked.revoke_receipt(receipt.claims.number.clone());
    assert_eq!(reason(code, &revoked, ISSUED), Reason::ReceiptRevoked);

    let toml =
        keys_toml().replacen("role = \"county\"", "role = \"county\"\nrevoked_at = \"2026-03-10T00:00:00+08:00\"", 1);
    let revoked = KeyList::from_toml(&toml).expect("key list");
    assert_eq!(reason(code, &revoked, ISSUED), Reason::Valid, "before the revocation");
    assert_eq!(reason(code, &revoked, "2026-03-10T00:00:00+08:00"), Reason::KeyRevoked);

    let early = receipt::issue(ACCEPTED, None, at("2025-12-31T12:00:00+08:00"), &key(COUNTY_SM2, "county-sm2"));
    assert_eq!(reason(&early.expect("issued").code, &keys(), ISSUED), Reason::KeyNotInForce);
}

/// Changing one character never makes another claim hold (zlib has bits that mean nothing).
#[test]
fn no_altered_code_says_something_else() {
    let receipt = issue(COUNTY_SM2, "county-sm2");
    for i in 0..receipt.code.len() {
        for other in "05AZ $:".chars().filter(|&c| c != char::from(receipt.code.as_bytes()[i])) {
            let mut code = receipt.code.clone();
            code.replace_range(i..=i, &other.to_string());
            let report = receipt::verify(&code, &keys(), at(ISSUED));
            assert!(!report.reason.holds() || report.claims.as_ref() == Some(&receipt.claims), "character {i}");
        }
    }
}

#[test]
fn a_record_does_not_pass_for_a_receipt() {
    use facecert_record::record;
    let signed =
        record::sign(crate::common::evidence(), None, None, at(ISSUED), &key(COUNTY_ED25519, "county-ed25519"));
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&signed.expect("signed"), 9);
    let code = format!("FCR1:{}", base45::encode(packed));
    assert_eq!(reason(&code, &keys(), ISSUED), Reason::SignatureWrong);
}

#[test]
fn only_the_records_of_one_accepted_pass_get_a_receipt() {
    let refuse = |records: &str| {
        let key = key(COUNTY_SM2, "county-sm2");
        receipt::issue(records, None, at(ISSUED), &key).expect_err("refused").to_string()
    };
    assert!(refuse("").contains("none"));
    assert!(refuse(&ACCEPTED.replacen("\"certification\"", "\"suspend_advice\"", 1)).contains("line 1, type"));
    assert!(refuse(&ACCEPTED.replacen("\"2026-09-09\"", "null", 1)).contains("line 1, next_due"));
    assert!(refuse(&ACCEPTED.replacen("p_7f3c", "p_other", 1)).contains("record 2"));
    assert!(refuse(&ACCEPTED.replace("kiosk", "backdoor")).contains("channel"));
    assert!(refuse(&[ACCEPTED, ACCEPTED].concat()).contains("record 3"));
    assert!(refuse("{").contains("line 1 column 1"));
}

#[test]
fn the_number_follows_from_the_records() {
    let lines: Vec<&str> = ACCEPTED.lines().collect();
    let other_order = [lines[1], lines[0]].join("\n");
    let number =
        |records: &str| receipt::issue(records, None, at(ISSUED), &key(DEVICE, "k")).expect("issued").claims.number;
    assert_eq!(number(ACCEPTED), number(&other_order));
    assert_ne!(number(ACCEPTED), number(lines[0]));
    let own = receipt::issue(ACCEPTED, Some("2026-000123"), at(ISSUED), &key(DEVICE, "k")).expect("issued");
    assert_eq!(own.claims.number, "2026-000123");
    assert!(receipt::issue(ACCEPTED, Some("张三"), at(ISSUED), &key(DEVICE, "k")).is_err());
}

/// The code as a picture, eight pixels a module with the quiet zone of four.
fn picture(code: &str) -> Vec<u8> {
    let code = qrcode::QrCode::with_error_correction_level(code, qrcode::EcLevel::M).expect("fits");
    let (colors, width) = (code.to_colors(), code.width());
    let side = (width + 8) * 8;
    let luma = image::GrayImage::from_fn(side as u32, side as u32, |x, y| {
        let (x, y) = (x as usize / 8, y as usize / 8);
        let inside = (4..width + 4).contains(&x) && (4..width + 4).contains(&y);
        let dark = inside && colors[(y - 4) * width + x - 4] == qrcode::Color::Dark;
        image::Luma([if dark { 0 } else { 255 }])
    });
    let mut png = Vec::new();
    luma.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).expect("PNG");
    png
}

#[test]
fn the_code_is_read_from_a_picture() {
    let receipt = issue(COUNTY_SM2, "county-sm2");
    assert_eq!(receipt::text_in_picture(&picture(&receipt.code)), Ok(receipt.code));
    assert_eq!(receipt::text_in_picture(&picture("something else")), Err(Reason::NoCode));
    assert_eq!(receipt::text_in_picture(b"not a picture"), Err(Reason::Damaged));
}

/// RFC 9285, section 4.3 and 4.4.
#[test]
fn base45_examples_of_the_standard() {
    for (plain, text) in [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
    {
        assert_eq!(base45::encode(plain), text);
        assert_eq!(base45::decode(text).expect("Base45"), plain.as_bytes());
    }
}
