//! A made-up county on the disk: one person, one pass at a kiosk, decided and exported by the program.

#![allow(dead_code)] // each test binary uses a part

use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// What the files of the platform say of the person, and what nothing that is printed may repeat.
pub const NAME: &str = "测试甲";
pub const ID_NUMBER: &str = "990101195103070014";
pub const PHONE: &str = "13800138000";

pub const SIGNED: &str = "2026-03-09T12:00:00+08:00";

/// A folder, and what the program did in it.
pub struct County {
    folder: TempDir,
    /// All that was printed, on either stream.
    pub printed: String,
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file that the repository holds.
pub fn shipped(path: &str) -> String {
    let path = repository().join(path);
    path.to_str().unwrap().to_owned()
}

impl County {
    /// With the keys of the tests and their list.
    pub fn new() -> Self {
        let county = Self { folder: tempfile::tempdir().unwrap(), printed: String::new() };
        for name in ["county-ed25519", "county-sm2", "device-ed25519"] {
            let file = format!("{name}.pem");
            fs::copy(shipped(&format!("crates/record/tests/keys/{file}")), county.path(&file)).unwrap();
        }
        county.write("keys.toml", &key_list(""));
        county
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs the program in the folder.
    pub fn facecert(&mut self, args: &[&str]) -> Output {
        let program = Command::new(env!("CARGO_BIN_EXE_facecert")).current_dir(self.folder.path()).args(args).output();
        let output = program.unwrap();
        self.printed += &String::from_utf8_lossy(&output.stdout);
        self.printed += &String::from_utf8_lossy(&output.stderr);
        output
    }

    /// What it prints when it ends with this code.
    pub fn run(&mut self, args: &[&str], code: i32) -> String {
        let output = self.facecert(args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it prints as JSON when it ends with this code.
    pub fn json(&mut self, args: &[&str], code: i32) -> Value {
        let printed = self.run(args, code);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{args:?}: {error} in {printed}"))
    }

    /// The one line on standard error of a run that could not do its work.
    pub fn error(&mut self, args: &[&str]) -> String {
        let output = self.facecert(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        text
    }

    /// Roster, consent and a pass at the kiosk: `decision.json` with its face evidence, `accepted.jsonl`.
    pub fn decide(&mut self) {
        self.write(
            "roster.csv",
            format!(
                "AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n\
                 01,{ID_NUMBER},{NAME},e1,110,20200101,141121100001,19510307,\n"
            ),
        );
        self.write("number.key", "07".repeat(32));
        self.accept_pack();
        let mapping = shipped("crates/policy/mappings/platform.toml");
        let rules = ["--scheme", "schemes/wenshui-2025-20.toml", "--effective-from", "2025-09-01"];
        let load = ["load", "roster.csv", "--kind", "roster", "--mapping", &mapping, "--key-file", "number.key"];
        let to = ["--now", "2026-03-01", "--rejected", "rejected.jsonl", "-o", "events.jsonl", "--json"];
        self.run(&[&load[..], &rules, &to].concat(), 0);
        let events = self.text("events.jsonl");
        let entry: Value = serde_json::from_str(events.lines().next().unwrap()).unwrap();
        let person = &entry["payload"]["person_ref"];
        let consent = json!({
            "effective": "2026-03-01", "kind": "ConsentRecorded", "received": "2026-03-01T12:00:00+08:00", "source": "events",
            "payload": {"person_ref": person, "consent": "face_capture", "given": true, "by": "person"},
        });
        self.write("events.jsonl", format!("{events}{consent}\n"));
        let face = face_evidence();
        let case = json!({
            "person_ref": person, "channel": "kiosk", "at": "2026-03-09T10:11:00+08:00", "face_evidence": face,
            "documents": [{"code": "resident_id", "original": true, "number_matches": true}],
        });
        self.write("case.json", case.to_string());
        let at = ["--events", "events.jsonl", "--now", "2026-03-09T10:12:00+08:00"];
        let mut decision = self.json(&[&["decide", "--case", "case.json", "--json"], &rules[..], &at].concat(), 0);
        self.write("events.jsonl", format!("{}{}\n", self.text("events.jsonl"), decision["event"]));
        decision["face_evidence"] = face;
        self.write("decision.json", decision.to_string());
        let to = ["--type", "certification", "-o", "accepted.jsonl", "--new-events", "exported.jsonl"];
        self.run(&[&["export"], &rules[..], &at, &to].concat(), 0);
    }

    /// The shipped scheme with the pack of the tests among those the county accepts.
    fn accept_pack(&self) {
        let from = PathBuf::from(shipped("crates/policy/schemes"));
        let names =
            ["wenshui-2025-20.toml", "calendars/cn-2025.toml", "calendars/cn-2026.toml", "forms/chengnuoshu.txt"];
        for name in names {
            let to = self.path("schemes").join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            let text = fs::read_to_string(from.join(name)).unwrap();
            fs::write(to, text.replace("accepted_packs = []", "accepted_packs = [\"pack@sha256:11\"]")).unwrap();
        }
    }
}

/// Public keys of the tests, valid in 2026; `condition` is a further line of each.
pub fn key_list(condition: &str) -> String {
    let entry = |id: &str, role: &str| {
        let pem = fs::read_to_string(shipped(&format!("crates/record/tests/keys/{id}.pub.pem"))).unwrap();
        format!(
            "[[key]]\nid = \"{id}\"\nrole = \"{role}\"\nvalid_from = \"2026-01-01T00:00:00+08:00\"\n\
             valid_until = \"2027-01-01T00:00:00+08:00\"\n{condition}\npublic_key = \"\"\"\n{pem}\"\"\"\n"
        )
    };
    let entries = [entry("county-ed25519", "county"), entry("county-sm2", "county"), entry("device-ed25519", "device")];
    format!("format = \"facecert-keys/1\"\n{}", entries.concat())
}

/// What an engine says of a pass.
pub fn face_evidence() -> Value {
    json!({
        "match": "match", "fmr_per_billion": 100_000, "pad": "live", "challenge": "active", "quality": "pass",
        "engine_id": "facecert 0.1.0", "contract_id": "1".repeat(64), "pack_id": "pack@sha256:11",
        "pack_grade": "accepted", "reasons": [], "evidence_digest": format!("sha256:{}", "3".repeat(64)),
        "captured_at": "2026-03-09T10:11:00+08:00", "reference_source": "id_chip", "reference_date": "2020-01-01",
        "device_id": "kiosk-07", "capture_integrity": "asserted", "nonce_check": "consumed",
    })
}
