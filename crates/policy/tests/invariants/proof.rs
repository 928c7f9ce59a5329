//! I6: what certifies has one whole path behind it. The law is stated anew here, from the tables of the rules.

use facecert_policy::{Channel, Decision, Outcome, Payload, Submission, decide};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::history::at;
use crate::support::story::{event, ordinary_case};
use crate::{PILOT, SCHEME};

const AT: &str = "2026-03-09T10:00:00+08:00";

/// The usual value nine times of ten, else one of the others.
fn mostly(usual: Value, others: Vec<Value>) -> impl Strategy<Value = Value> {
    prop_oneof![9 => Just(usual), 1 => prop::sample::select(others)]
}

fn one_of(words: &[&str]) -> Vec<Value> {
    words.iter().map(|word| json!(word)).collect()
}

fn face() -> impl Strategy<Value = Value> {
    (
        mostly(json!("match"), one_of(&["no_match", "not_decidable", "not_run"])),
        mostly(json!(100_000), vec![json!(100_001), Value::Null]),
        mostly(json!("live"), one_of(&["spoof", "uncertain", "not_run"])),
        mostly(json!("active"), one_of(&["passive", "none"])),
        mostly(json!("pass"), one_of(&["fail"])),
        mostly(json!("pack@sha256:11"), one_of(&["pack@sha256:22"])),
        mostly(json!("accepted"), one_of(&["evaluation"])),
        mostly(json!("id_chip"), vec![json!("enrolled_template"), Value::Null]),
        mostly(json!("asserted"), one_of(&["failed", "not_run"])),
        mostly(json!("consumed"), one_of(&["failed", "not_checked"])),
    )
        .prop_map(|(matched, fmr, pad, challenge, quality, pack, grade, reference, integrity, nonce)| {
            json!({
                "match": matched, "fmr_per_billion": fmr, "pad": pad, "challenge": challenge, "quality": quality,
                "pack_id": pack, "pack_grade": grade, "reference_source": reference, "capture_integrity": integrity,
                "nonce_check": nonce,
            })
        })
}

fn role() -> impl Strategy<Value = Value> {
    prop::sample::select(one_of(&["window", "outlet", "grid_worker", "township", "benefits", "it"]))
}

fn staff() -> impl Strategy<Value = Value> {
    prop::sample::select(one_of(&["s_a", "s_b", "s_c", "s_d"]))
}

fn attestations() -> impl Strategy<Value = Value> {
    let one = (staff(), role())
        .prop_map(|(staff, role)| json!({"staff": staff, "role": role, "statement": "present_in_person", "at": AT}));
    prop::collection::vec(one, 0..3).prop_map(Value::Array)
}

fn review() -> impl Strategy<Value = Option<Value>> {
    let one = (staff(), role(), mostly(json!("approve"), one_of(&["return", "refuse", "refer"])));
    prop::option::weighted(0.8, one.prop_map(|(staff, role, result)| {
        json!({"staff": staff, "role": role, "result": result, "at": "2026-03-10T10:00:00+08:00"})
    }))
}

fn documents() -> impl Strategy<Value = Value> {
    (
        mostly(json!("resident_id"), one_of(&["temp_id", "household_book"])),
        mostly(json!(true), vec![json!(false)]),
        mostly(json!(true), vec![json!(false)]),
    )
        .prop_map(|(code, original, matches)| json!([{"code": code, "original": original, "number_matches": matches}]))
}

fn day() -> impl Strategy<Value = Value> {
    prop_oneof![
        8 => (1..=9).prop_map(|d| json!(format!("2026-03-0{d}"))),
        1 => (20..=28).prop_map(|d| json!(format!("2026-02-{d}"))),
        1 => Just(json!("2026-03-11")),
    ]
}

fn form() -> impl Strategy<Value = (Value, Value)> {
    (day(), day(), day(), staff(), staff(), mostly(json!(true), vec![json!(false)]), any::<bool>()).prop_map(
        |(taken, press, signed, grid, head, held, kiosk_failed)| {
            let form = json!({
                "signed_on": signed, "kiosk_failed_noted": kiosk_failed,
                "signatures": [{"line": "承诺人"}, {"line": "网格员", "staff": grid}, {"line": "负责人", "staff": head}],
            });
            (form, json!({"exif_on": taken, "press": press, "document_held": held}))
        },
    )
}

fn case() -> impl Strategy<Value = Value> {
    let channel =
        prop::sample::select(vec!["kiosk", "window", "outlet", "home_visit", "manual_county", "manual_outlet"]);
    (channel, face(), prop::option::of(Just(())), attestations(), review(), documents(), form()).prop_map(
        |(channel, face, scanned, attestations, review, documents, (form, photo))| {
            let mut case = ordinary_case(channel, AT);
            let manual = channel.starts_with("manual");
            if manual {
                merge(&mut case["form"], &form);
                merge(&mut case["photo"], &photo);
            } else {
                case["documents"] = documents;
            }
            if channel == "kiosk" || (!manual && scanned.is_some()) {
                case["face_evidence"] = ordinary_case("kiosk", AT)["face_evidence"].clone();
                merge(&mut case["face_evidence"], &face);
            }
            if channel != "kiosk" {
                case["attestations"] = attestations;
            }
            if let Some(review) = review {
                case["review"] = review;
            }
            case
        },
    )
}

fn merge(into: &mut Value, changes: &Value) {
    for (key, value) in changes.as_object().expect("an object") {
        into[key] = value.clone();
    }
}

/// Face, as C.3 and the table of the evidence say; `pilot` lets a pack pass that nobody has accepted.
fn is_face_proof(case: &Value, pilot: bool) -> bool {
    let Some(face) = case.get("face_evidence") else { return false };
    let is = |field: &str, word: &str| face[field] == word;
    let accepted = is("pack_id", "pack@sha256:11") && is("pack_grade", "accepted");
    let reference = is("reference_source", "id_chip")
        || (is("reference_source", "enrolled_template") && case["channel"] != "kiosk");
    let reviewed = is("challenge", "active") || is_approved(case, &["benefits"], &hands(case));
    is("match", "match")
        && is("pad", "live")
        && is("quality", "pass")
        && face["fmr_per_billion"].as_u64().is_none_or(|fmr| fmr <= 100_000)
        && (accepted || pilot)
        && reference
        && reviewed
        && !is("nonce_check", "failed")
        && (!is("capture_integrity", "failed") || is_approved(case, &["benefits"], &hands(case)))
}

fn hands(case: &Value) -> BTreeSet<String> {
    let attested = case["attestations"].as_array().into_iter().flatten();
    let signed = case["form"]["signatures"].as_array().into_iter().flatten();
    attested.chain(signed).filter_map(|one| Some(one["staff"].as_str()?.to_owned())).collect()
}

fn is_approved(case: &Value, roles: &[&str], hands: &BTreeSet<String>) -> bool {
    let Some(review) = case.get("review") else { return false };
    review["result"] == "approve"
        && roles.iter().any(|role| review["role"] == *role)
        && !hands.contains(review["staff"].as_str().expect("staff"))
}

/// Attesting staff of the channel's roles, and a reviewer who is none of them.
fn is_staff_proof(case: &Value) -> bool {
    let (needed, attest, review): (usize, &[&str], &[&str]) = match case["channel"].as_str() {
        Some("window") => (1, &["window", "benefits"], &["window", "township", "benefits"]),
        Some("outlet") => (1, &["outlet", "grid_worker"], &["township", "benefits"]),
        Some("home_visit") => {
            (2, &["township", "grid_worker", "outlet", "window", "benefits"], &["township", "benefits"])
        }
        _ => return false,
    };
    let hands = hands(case);
    let roles = case["attestations"].as_array().into_iter().flatten().map(|one| &one["role"]);
    hands.len() >= needed
        && roles.into_iter().all(|role| attest.iter().any(|allowed| role == *allowed))
        && is_approved(case, review, &hands)
}

/// Three different staff refs, three dates, a document held, a reason why.
fn is_form_proof(case: &Value) -> bool {
    let (Some(form), Some(photo)) = (case.get("form"), case.get("photo")) else { return false };
    let text = |value: &Value| value.as_str().expect("a date").to_owned();
    let (taken, press, signed) = (text(&photo["exif_on"]), text(&photo["press"]), text(&form["signed_on"]));
    let signers = form["signatures"].as_array().expect("signatures").iter().filter_map(|one| one["staff"].as_str());
    let attested = case["attestations"].as_array().into_iter().flatten();
    let attested_by = attested.clone().filter_map(|one| one["staff"].as_str()).collect::<BTreeSet<_>>();
    let here = case["channel"] == "manual_county" || !attested_by.is_empty();
    let attest: &[&str] = if case["channel"] == "manual_outlet" { &["outlet", "grid_worker"] } else { &[] };
    signers.collect::<BTreeSet<_>>().len() == 2
        && form["kiosk_failed_noted"] == true
        && photo["document_held"] == true
        && ("2026-03-02".."2026-03-10").contains(&taken.as_str())
        && press <= taken
        && press[..7] == taken[..7]
        && ("2026-02-07".."2026-03-10").contains(&signed.as_str())
        && here
        && (case["channel"] == "manual_county"
            || attested.clone().all(|one| attest.iter().any(|role| one["role"] == *role)))
        && is_approved(case, &["benefits"], &hands(case))
}

fn has_document(case: &Value) -> bool {
    if case["channel"].as_str().is_some_and(|channel| channel.starts_with("manual")) {
        return true;
    }
    let vouched = case["channel"] == "home_visit"
        && case["attestations"].as_array().into_iter().flatten().any(|one| one["role"] == "grid_worker");
    let shown = &case["documents"][0];
    let asks_original = case["channel"] != "home_visit";
    let good = shown["number_matches"] == true
        && (shown["original"] == true || !asks_original)
        && (shown["code"] == "resident_id" || (shown["code"] == "temp_id" && case["channel"] != "kiosk"));
    good || vouched
}

fn decided(case: &Value, pilot: bool) -> Decision {
    let events = ["EP", "pass 2025-09-10", "consent person from 2020-01-01"].map(event);
    let case = Submission::read("case", 1, &case.to_string()).expect("a case");
    decide(if pilot { &PILOT } else { &SCHEME }, &events, &case, at("2026-03-12")).expect("a decision")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn i6_what_certifies_is_proven(case in case(), pilot in any::<bool>()) {
        let decision = decided(&case, pilot);
        let proven = is_face_proof(&case, pilot) || is_staff_proof(&case) || is_form_proof(&case);
        if decision.outcome == Outcome::Certified {
            prop_assert!(proven && has_document(&case), "{:?} of {case}", decision.reasons);
            let Some(Payload::PassRecorded(pass)) = decision.event.map(|event| event.payload) else {
                panic!("a pass");
            };
            prop_assert_eq!((pass.pilot, decision.pilot), (pilot, pilot));
        }
        prop_assert_eq!(decision.policy_hash, if pilot { PILOT.hash } else { SCHEME.hash });
    }
}

#[test]
fn every_channel_with_a_path_of_ours_can_certify() {
    let review = |role: &str| json!({"staff": "s_d", "role": role, "result": "approve", "at": AT});
    let by =
        |staff: &str, role: &str| json!({"staff": staff, "role": role, "statement": "present_in_person", "at": AT});
    for (channel, attestations, reviewer) in [
        (Channel::Kiosk, vec![], None),
        (Channel::AppLaolai, vec![], None),
        (Channel::Window, vec![by("s_a", "window")], Some("benefits")),
        (Channel::Outlet, vec![by("s_a", "outlet")], Some("township")),
        (Channel::HomeVisit, vec![by("s_a", "township"), by("s_b", "grid_worker")], Some("benefits")),
        (Channel::ManualCounty, vec![], Some("benefits")),
        (Channel::ManualOutlet, vec![by("s_a", "outlet")], Some("benefits")),
    ] {
        let mut case = ordinary_case(channel.as_str(), AT);
        if !attestations.is_empty() {
            case["attestations"] = Value::Array(attestations);
        }
        if let Some(role) = reviewer {
            case["review"] = review(role);
        }
        let decision = decided(&case, false);
        assert_eq!(decision.outcome, Outcome::Certified, "{channel}: {:?}", decision.reasons);
    }
}
