//! Events from short sentences, and the ordinary case of each channel.

use facecert_policy::{Event, EventLine, Hex32, Instant};
use serde_json::{Value, json};

/// SHA-256 of a text, for digests that only have to differ.
fn digest(text: &str) -> String {
    Hex32::sha256(text.as_bytes()).to_string()
}

/// Events from a sentence: one, or as many as it counts, such as `45 certified in 141121102201`,
/// `15 overdue in …`, `90 pass 2026-02-10 by app_laolai in …`.
pub fn events(sentence: &str) -> Vec<Event> {
    let Some((count, rest)) =
        sentence.split_once(' ').and_then(|(first, rest)| Some((first.parse::<u32>().ok()?, rest)))
    else {
        return vec![event(sentence)];
    };
    let (what, unit) = rest.split_once(" in ").expect("a unit");
    let what = match what {
        "certified" => "pass 2026-02-10 by app_laolai",
        "overdue" => "pass 2025-09-10 by app_laolai",
        other => other,
    };
    let people = (0..count).map(|number| format!("q_{}_{number}", digest(rest).split_at(8).0));
    people
        .flat_map(|person| [event(&format!("EP of {person} unit {unit}")), event(&format!("{what} of {person}"))])
        .collect()
}

/// An event from a sentence such as `pass 2026-03-09 by app_consular received 2026-04-28`.
pub fn event(sentence: &str) -> Event {
    let (text, received) = sentence.split_once(" received ").map_or((sentence, None), |(a, b)| (a, Some(b)));
    let words = text.split(' ').collect::<Vec<_>>();
    let (kind, effective, source, payload) = content(&words);
    let received = received.unwrap_or(&effective);
    let received = Instant::parse_now(received).unwrap_or_else(|_| panic!("{sentence}"));
    let line = json!({
        "kind": kind, "effective": effective, "received": received, "source": source, "payload": payload,
    });
    let read = EventLine::read(sentence, 1, &line.to_string()).and_then(|line| line.complete(sentence, 1, None, None));
    read.unwrap_or_else(|error| panic!("{error}"))
}

/// The id of a sentence's event, or the id itself.
pub fn id_of(sentence: &str) -> String {
    if sentence.parse::<Hex32>().is_ok() { sentence.to_owned() } else { event(sentence).event_id.to_string() }
}

fn after<'a>(words: &[&'a str], key: &str) -> Option<&'a str> {
    words.iter().position(|word| *word == key).and_then(|i| words.get(i + 1)).copied()
}

/// Both objects in one.
fn merged(mut one: Value, other: Value) -> Value {
    if let (Value::Object(one), Value::Object(other)) = (&mut one, other) {
        one.extend(other);
    }
    one
}

fn noon(day: &str) -> String {
    if day.contains('T') { day.to_owned() } else { format!("{day}T12:00:00+08:00") }
}

/// Kind, effective day, source and payload.
type Told = (&'static str, String, &'static str, Value);

fn content(words: &[&str]) -> Told {
    let told = [person, submission, service, case, platform].into_iter().find_map(|told| told(words));
    told.unwrap_or_else(|| panic!("no event: {}", words.join(" ")))
}

fn whose<'a>(words: &[&'a str]) -> &'a str {
    after(words, "of").unwrap_or("p_1")
}

fn line<'a>(words: &[&'a str]) -> &'a str {
    after(words, "line").unwrap_or("e_EP")
}

fn by(role: &str) -> Value {
    json!({"staff": "s_1", "role": role})
}

/// What is known of a person.
fn person(words: &[&str]) -> Option<Told> {
    let person = whose(words);
    Some(match words {
        [short @ ("EP" | "IP" | "RP" | "SE" | "SI"), ..] => (
            "RosterEntry",
            after(words, "as_of").unwrap_or("2020-01-01").to_owned(),
            "roster",
            roster(short, person, words),
        ),
        ["lives", place, "from", from, ..] => {
            ("ResidenceChanged", (*from).to_owned(), "events", json!({"person_ref": person, "residence": place}))
        }
        ["consent", who, "from", from, ..] => (
            "ConsentRecorded",
            (*from).to_owned(),
            "events",
            json!({"person_ref": person, "consent": "face_capture", "given": true, "by": who}),
        ),
        ["difficulty", flag, day, ..] => {
            ("DifficultyFlag", (*day).to_owned(), "events", json!({"person_ref": person, "flag": flag}))
        }
        _ => return None,
    })
}

/// Certifications and what is on its way to one.
fn submission(words: &[&str]) -> Option<Told> {
    let person = whose(words);
    let day = words.get(1).copied().unwrap_or_default();
    Some(match words {
        ["pass", at, ..] => {
            let channel = after(words, "by").unwrap_or("app_laolai");
            let date = after(words, "dated").unwrap_or(at);
            let method = after(words, "method").unwrap_or("face");
            let named = after(words, "for").map_or(json!({}), |line| json!({"entitlement": line}));
            let source = if channel.starts_with("app") || channel.starts_with("data") { "results" } else { "decide" };
            (
                "PassRecorded",
                date.to_owned(),
                source,
                merged(
                    named,
                    json!({"person_ref": person, "channel": channel, "method": method, "at": noon(at), "staff": [], "reasons": [2000], "pilot": false}),
                ),
            )
        }
        ["form", ..] => (
            "FormLodged",
            day.to_owned(),
            "decide",
            json!({"person_ref": person, "channel": "manual_county", "at": noon(day), "year": 2026, "photo_digest": format!("sha256:{}", digest(after(words, "photo").unwrap_or("photo"))), "grid_worker": "s_grid", "head": "s_head", "staff": [], "cannot_visit": true, "kiosk_failed_noted": false, "reasons": [], "decision_digest": format!("sha256:{}", digest("d"))}),
        ),
        [verb @ ("returned" | "form_approved"), day, "the", ..] => (
            "FormReviewed",
            (*day).to_owned(),
            "events",
            json!({"of": id_of(&words[3..].join(" ")), "by": by("benefits"), "result": if *verb == "returned" { "return" } else { "approve" }}),
        ),
        ["submission", ..] => (
            "SubmissionLodged",
            day.to_owned(),
            "decide",
            json!({"person_ref": person, "channel": "outlet", "at": noon(day), "certified_on": day, "method": "staff", "need": "attestation", "staff": ["s_a"], "reasons": []}),
        ),
        ["approved", day, "the", ..] => (
            "SubmissionReviewed",
            (*day).to_owned(),
            "events",
            json!({"of": id_of(&words[3..].join(" ")), "by": by("township"), "result": "approve"}),
        ),
        ["attempt", ..] => (
            "SubmissionFailed",
            day.to_owned(),
            "decide",
            json!({"person_ref": person, "channel": "kiosk", "at": noon(day), "outcome": "NotPassed", "reasons": [2301], "attempt": true}),
        ),
        ["referred", day, "for", case, ..] => (
            "SubmissionFailed",
            (*day).to_owned(),
            "decide",
            json!({"person_ref": person, "channel": "kiosk", "at": noon(day), "outcome": "Referred", "reasons": [2700], "attempt": false, "cases": [case]}),
        ),
        _ => return None,
    })
}

/// Visits, contacts, look-ups, appeals.
fn service(words: &[&str]) -> Option<Told> {
    let person = whose(words);
    let day = words.get(1).copied().unwrap_or_default();
    Some(match words {
        ["visit", ..] => (
            "VisitRequested",
            day.to_owned(),
            "events",
            json!({"person_ref": person, "ground": "illness", "asked_by": "person"}),
        ),
        ["appointment", day, "for", visit, "the", ..] => (
            "AppointmentMade",
            (*day).to_owned(),
            "events",
            json!({"of": id_of(&words[5..].join(" ")), "day": visit, "by": by("township")}),
        ),
        ["visited", result, day, "the", ..] => (
            "VisitDone",
            (*day).to_owned(),
            "events",
            json!({"of": id_of(&words[4..].join(" ")), "result": result, "by": [by("township"), {"staff": "s_2", "role": "grid_worker"}]}),
        ),
        ["appeal", ..] => ("AppealLodged", day.to_owned(), "events", json!({"person_ref": person, "matter": "appeal"})),
        ["contact", result, ..] => (
            "ContactAttempted",
            words[2].to_owned(),
            "events",
            json!({"person_ref": person, "at": noon(words[2]), "medium": "phone", "result": result, "by": by("grid_worker")}),
        ),
        ["lookup", result, ..] => (
            "DataLookedUp",
            words[2].to_owned(),
            "events",
            json!({"person_ref": person, "data_source": "medical", "result": result}),
        ),
        _ => return None,
    })
}

/// Facts, cases, pairs, revocations.
fn case(words: &[&str]) -> Option<Told> {
    let person = whose(words);
    Some(match words {
        ["fact", fact, day, ..] => {
            let mut payload = json!({"person_ref": person, "fact": fact, "data_source": "list"});
            if let Some(class) = after(words, "class") {
                payload["class"] = json!(class);
            }
            ("FactReported", (*day).to_owned(), "facts", payload)
        }
        ["case", key, result, day, ..] => {
            let mut payload = json!({"case": key, "result": result, "by": [by("benefits"), {"staff": "s_2", "role": "internal_control"}], "evidence_digest": format!("sha256:{}", digest("e"))});
            for field in ["class", "from", "until"] {
                if let Some(value) = after(words, field) {
                    payload[field] = json!(value);
                }
            }
            ("CaseClosed", (*day).to_owned(), "events", payload)
        }
        ["pair", a, b, day, ..] => (
            "PairReported",
            (*day).to_owned(),
            "pairs",
            json!({"a": a, "b": b, "score_millionths": 900_000, "row": digest(&words.join(" "))}),
        ),
        ["pair_closed", a, b, result, day, ..] => (
            "PairClosed",
            (*day).to_owned(),
            "events",
            json!({"a": a, "b": b, "result": result, "by": [by("internal_control")]}),
        ),
        ["revoked", day, "the", ..] => (
            "Revoked",
            (*day).to_owned(),
            "events",
            json!({"target": id_of(&words[3..].join(" ")), "by": by("internal_control")}),
        ),
        _ => return None,
    })
}

/// What the platform says and is told.
fn platform(words: &[&str]) -> Option<Told> {
    let person = whose(words);
    let line = line(words);
    Some(match words {
        ["advice", month, "issued", day, ..] => (
            "AdviceIssued",
            (*day).to_owned(),
            "export",
            json!({"key": digest(month), "type": "suspend_advice", "person_ref": person, "entitlement": line, "payroll_month": month}),
        ),
        ["platform", month, "paid", day, ..] => (
            "PlatformPayment",
            (*day).to_owned(),
            "payments",
            json!({"person_ref": person, "entitlement": line, "month": month, "state": "paid", "row": digest(&words.join(" "))}),
        ),
        ["platform", month, cause, day, ..] => (
            "PlatformPayment",
            (*day).to_owned(),
            "payments",
            json!({"person_ref": person, "entitlement": line, "month": month, "state": "suspended", "cause": cause, "row": digest(&words.join(" "))}),
        ),
        ["ack", status, day, "of_record", key, ..] => (
            "AckReceived",
            (*day).to_owned(),
            "acks",
            json!({"ack_of": key, "status": status, "at": noon(day), "row": digest(&words.join(" "))}),
        ),
        _ => return None,
    })
}

fn roster(short: &str, person: &str, words: &[&str]) -> Value {
    let kind = match short {
        "EP" => "enterprise_pension",
        "IP" => "institution_pension",
        "RP" => "resident_pension",
        "SE" => "survivor_enterprise",
        _ => "survivor_institution",
    };
    let mut payload = json!({
        "person_ref": person, "entitlement": format!("e_{short}"), "kind": kind,
        "benefit_start": after(words, "start").unwrap_or("2020-01-01"), "unit_code": after(words, "unit").unwrap_or("141121102201"),
        "id_match": format!("hmac-sha256:{}", digest(person)), "name_hmac": format!("hmac-sha256:{}", digest("name")),
        "key_check": "00000000", "row": digest(&format!("{person}{short}")),
    });
    for field in ["anchor", "last_certified", "eligible_until", "birth_date"] {
        if let Some(value) = after(words, field) {
            payload[field] = json!(value);
        }
    }
    payload
}

/// A submission in order, as the scenarios take it unless they say otherwise.
pub fn ordinary_case(channel: &str, at: &str) -> Value {
    let face = json!({
        "match": "match", "fmr_per_billion": 100_000, "pad": "live", "challenge": "active", "quality": "pass",
        "engine_id": "engine", "contract_id": digest("contract"), "pack_id": "pack@sha256:11", "pack_grade": "accepted",
        "reasons": [], "evidence_digest": format!("sha256:{}", digest("evidence")), "captured_at": at,
        "reference_source": if channel.starts_with("app") { "platform_photo" } else { "id_chip" },
        "reference_date": "2020-01-01", "device_id": "d_1", "capture_integrity": "asserted", "nonce_check": "consumed",
    });
    let mut case = json!({"person_ref": "p_1", "channel": channel, "at": at});
    if !channel.starts_with("app") && !channel.starts_with("manual") {
        case["documents"] = json!([{"code": "resident_id", "original": true, "number_matches": true}]);
    }
    if channel.starts_with("app") || channel == "kiosk" {
        case["face_evidence"] = face;
    }
    if channel.starts_with("manual") {
        case["form"] = json!({
            "filled": ["申请人", "证件号码", "乡镇", "村", "联系电话", "原因", "年度"], "year": 2026, "signed_on": "2026-03-08",
            "signatures": [{"line": "承诺人"}, {"line": "网格员", "staff": "s_grid"}, {"line": "负责人", "staff": "s_head"}],
            "cannot_visit": false, "kiosk_failed_noted": true,
            "wording_sha256": "062581041e1c0f55116230624491177d8fe53b4722e87555947705d601fc01bc",
        });
        case["photo"] = json!({
            "digest": format!("sha256:{}", digest("photo")), "exif_on": "2026-03-05", "press": "2026-03-04",
            "document_held": true, "face_doubt": false,
        });
    }
    case
}
