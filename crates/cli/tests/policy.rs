//! The rules on the command line: photos to a decision, lists, forms, explanations, exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name).display().to_string()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A roster of two people in two townships, loaded, the first with a pass due on 2026-03-10.
    fn county(&self) -> String {
        let roster = "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n\
                      01,990101195103070014,甲,e1,110,20200101,141121102201,19510307,20250910\n\
                      01,990101195203070011,乙,e2,110,20200101,141121100001,19520307,20250910\n";
        let roster = roster.replace("990101195203070011", &number("99010119520307001"));
        let key = self.write("key", &format!("{}\n", "07".repeat(32)));
        let roster = self.write("roster.csv", &roster);
        let (events, rejected) = (self.path("events.jsonl"), self.path("rejected.jsonl"));
        let mapping = policy("mappings/platform.toml");
        let loaded = rules(&[
            "load",
            &roster,
            "--kind",
            "roster",
            "--mapping",
            &mapping,
            "--key-file",
            &key,
            "--now",
            "2025-09-11",
            "--rejected",
            rejected.to_str().unwrap(),
            "-o",
            events.to_str().unwrap(),
        ]);
        assert_eq!(loaded.status.code(), Some(0), "{}", errors(&loaded));
        let report = json_of(&loaded);
        assert_eq!((&report["events"], &report["policy_id"]), (&json!(2), &json!("wenshui-2025-20")), "{report}");
        events.display().to_string()
    }
}

/// A number with its check digit, by GB 11643.
fn number(body: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = WEIGHTS.iter().zip(body.bytes()).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
}

fn policy(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy").join(name).display().to_string()
}

fn photo(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/photos").join(name).display().to_string()
}

fn facecert(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).args(args).output().unwrap()
}

/// A command with the shipped policy.
fn rules(args: &[&str]) -> Output {
    let scheme = policy("schemes/wenshui-2025-20.toml");
    facecert(&[args, &["--scheme", &scheme, "--effective-from", "2025-09-01"]].concat())
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", errors(output)))
}

fn lines_of(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn has(reasons: &Value, number: u64) -> bool {
    reasons.as_array().unwrap().iter().any(|reason| reason.as_u64() == Some(number))
}

/// What `verify` says of two photos, as evidence.
fn evidence(reference: &str, probe: &str) -> Value {
    let known = [
        "--captured-at",
        "2026-03-05T10:00:00+08:00",
        "--device-id",
        "desk_1",
        "--reference-source",
        "id_chip",
        "--reference-date",
        "2020-01-01",
        "--capture-integrity",
        "asserted",
    ];
    let output = facecert(&[&["verify", &photo(reference), &photo(probe), "--pad", "--json"], &known[..]].concat());
    json_of(&output)["face_evidence"].clone()
}

fn decide(desk: &Desk, events: &str, case: &Value) -> Output {
    let case = desk.write("case.json", &serde_json::to_string_pretty(case).unwrap());
    rules(&["decide", "--case", &case, "--events", events, "--now", "2026-03-05T18:00:00+08:00"])
}

#[test]
fn photos_become_evidence_and_evidence_a_decision() {
    let desk = Desk::new();
    let events = desk.county();
    let same = evidence("obama-1.jpg", "obama-2.jpg");
    assert_eq!(
        (&same["match"], &same["pad"], &same["challenge"]),
        (&json!("match"), &json!("not_run"), &json!("none"))
    );
    assert_eq!(same["fmr_per_billion"], 100_000);
    assert_eq!(same, evidence("obama-1.jpg", "obama-2.jpg"), "the same photos give the same evidence");
    let other = evidence("obama-1.jpg", "biden-1.jpg");
    assert_eq!(other["match"], "no_match");
    assert_ne!(other["evidence_digest"], same["evidence_digest"]);

    let person = lines_of(&rules(&["status", "--events", &events, "--now", "2026-03-05"]))[0]["person_ref"].clone();
    let case = json!({
        "person_ref": person, "channel": "window", "at": "2026-03-05T10:00:00+08:00", "face_evidence": same,
        "documents": [{"code": "resident_id", "original": true, "number_matches": true}],
    });
    // Photos alone never certify: nobody has looked for liveness, and nobody has accepted the pack.
    let alone = decide(&desk, &events, &case);
    let decision = json_of(&alone);
    assert_eq!((alone.status.code(), &decision["outcome"]), (Some(1), &json!("Incomplete")), "{}", errors(&alone));
    assert!(has(&decision["reasons"], 2316) && has(&decision["reasons"], 2309), "{decision}");
    assert!(decision["doors"].as_array().unwrap().contains(&json!("window")));
    // Staff who know the person do.
    let mut attested = case.clone();
    attested["face_evidence"] = other;
    attested["attestations"] = json!([
        {"staff": "s_a", "role": "window", "statement": "present_in_person", "at": "2026-03-05T10:00:00+08:00"},
    ]);
    attested["review"] =
        json!({"staff": "s_b", "role": "benefits", "result": "approve", "at": "2026-03-05T11:00:00+08:00"});
    let certified = decide(&desk, &events, &attested);
    let decision = json_of(&certified);
    assert_eq!((certified.status.code(), &decision["outcome"]), (Some(0), &json!("Certified")), "{decision}");
    assert_eq!(decision["lines"][0]["next_due"], "2026-09-07");

    let file = desk.write("decision.json", &decision.to_string());
    let told = json_of(&rules(&["explain", "--decision", &file, "--audience", "audit"]));
    assert_eq!((&told["outcome"], &told["input_digest"]), (&json!("Certified"), &decision["input_digest"]));
    assert!(told["reasons"].as_array().unwrap().iter().any(|reason| reason["code"] == "STAFF_ATTESTED"), "{told}");

    // The event goes to the others, and the platform is told.
    let more = desk.write("more.jsonl", &format!("{}\n", decision["event"]));
    let (records, new) = (desk.path("records.csv"), desk.path("new.jsonl"));
    let exported = rules(&[
        "export",
        "--events",
        &events,
        "--events",
        &more,
        "--now",
        "2026-03-06",
        "--csv",
        "-o",
        records.to_str().unwrap(),
        "--new-events",
        new.to_str().unwrap(),
    ]);
    assert_eq!(exported.status.code(), Some(0), "{}", errors(&exported));
    let records = desk.read("records.csv");
    assert!(records.starts_with("record,type,key,") && records.contains(",window,人工认证,2026-03-05,"), "{records}");
}

#[test]
fn lists_are_cut_by_role_and_township() {
    let desk = Desk::new();
    let events = desk.county();
    let list = |more: &[&str]| {
        let output = rules(&[&["worklist", "--events", &events, "--now", "2026-03-16"], more].concat());
        assert_eq!(output.status.code(), Some(0), "{}", errors(&output));
        lines_of(&output).iter().map(|item| item["township"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), ["141121100", "141121102"]);
    assert_eq!(list(&["--township", "141121102"]), ["141121102"]);
    assert_eq!(list(&["--role", "grid_worker"]).len(), 2);
    assert_eq!(list(&["--role", "finance"]), Vec::<String>::new());
    let person = rules(&["status", "--events", &events, "--now", "2026-03-16", "--person", "p_nobody"]);
    assert_eq!(person.status.code(), Some(2));
}

#[test]
fn where_time_matters_it_has_to_be_said() {
    let desk = Desk::new();
    let events = desk.county();
    let case = desk.write("case.json", "{}");
    let [records, new, roster] = ["records", "new", "roster.csv"].map(|name| desk.path(name).display().to_string());
    for args in [
        &["status"][..],
        &["worklist"],
        &["remind", "--since", "2026-01-01"],
        &["kpi", "--from", "2026-01-01", "--to", "2026-03-31"],
        &["decide", "--case", &case],
        &["export", "-o", &records, "--new-events", &new],
        &["load", &roster, "--kind", "roster", "--rejected", &records, "-o", &new],
    ] {
        let refused = rules(&[args, &["--events", &events]].concat());
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
        assert!(errors(&refused).contains("--now"), "{args:?}: {}", errors(&refused));
    }
}

#[test]
fn the_form_is_printed_word_for_word() {
    let desk = Desk::new();
    let case = desk.write("form.json", &json!({"applicant": "甲", "township": "南庄镇", "year": 2026}).to_string());
    let notice = desk.write("notice.txt", "告知书第一条");
    let page = String::from_utf8(rules(&["form", "--case", &case, "--notice", &notice]).stdout).unwrap();
    let text: String = strip_tags(&page).chars().filter(|c| !c.is_whitespace()).collect();
    for words in
        ["均证实、准确、完整、有效", "做出不实际承诺", "承诺人:", "网格员:", "负责人:", "告知书第一条", "南庄镇"]
    {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(!page.contains("<script") && !page.contains("http"), "one page for itself");
    let rules = json_of(&rules(&["policy", "check"]));
    let rules = format!("wenshui-2025-20第1版{}", rules["policy_hash"].as_str().unwrap());
    assert!(text.contains(&rules), "{rules} is not in {text}");
}

fn strip_tags(page: &str) -> String {
    page.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

#[test]
fn one_code_is_explained_and_another_is_an_error() {
    let known = json_of(&rules(&["explain", "--code", "2602", "--lang", "en"]));
    assert_eq!(known["reasons"][0]["text"], "Overdue; please certify soon.");
    assert!(known["reasons"][0]["quote"].as_str().unwrap().contains("逾期不认证"));
    for wrong in ["2002", "1001"] {
        let output = rules(&["explain", "--code", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert_eq!(errors(&output).lines().count(), 1);
    }
}
