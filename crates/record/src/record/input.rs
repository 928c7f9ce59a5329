//! What comes in: the decision as the policy printed it, the face evidence, further digests.

use super::Kind;
use super::fact::{self, Fact, Facts};
use crate::digest::Digest;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// Fields of a decision (`false`: may be absent).
const DECISION: [(&str, bool); 11] = [
    ("certified_on", false),
    ("doors", true),
    ("event", false),
    ("input_digest", true),
    ("lines", true),
    ("outcome", true),
    ("pilot", true),
    ("policy_hash", true),
    ("policy_id", true),
    ("policy_version", true),
    ("reasons", true),
];

/// Fields of face evidence; none may be absent.
const FACE_EVIDENCE: [(&str, bool); 17] = [
    ("capture_integrity", true),
    ("captured_at", true),
    ("challenge", true),
    ("contract_id", true),
    ("device_id", true),
    ("engine_id", true),
    ("evidence_digest", true),
    ("fmr_per_billion", true),
    ("match", true),
    ("nonce_check", true),
    ("pack_grade", true),
    ("pack_id", true),
    ("pad", true),
    ("quality", true),
    ("reasons", true),
    ("reference_date", true),
    ("reference_source", true),
];

/// What a record is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// The decision, if this is a certification record.
    pub decision: Option<Facts>,
    /// The face evidence, if any.
    pub face_evidence: Option<Facts>,
    /// Digests of further evidence.
    pub evidence_digests: Vec<Digest>,
}

impl Content {
    /// Reads the JSON of `schema/record-input.schema.json`: a decision as it was printed, to which
    /// `face_evidence` and `evidence_digests` may be added; or these two alone (an evidence record).
    ///
    /// # Errors
    /// [`Error::Record`] that names the field, never its value.
    pub fn from_json(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| Error::record(format!("line {} column {}", error.line(), error.column()), "not JSON"))?;
        let Value::Object(mut fields) = value else {
            return Err(Error::record("input", "must be one JSON object: a decision, or face evidence"));
        };
        let face_evidence = take_object(&mut fields, "face_evidence")?;
        let evidence_digests = take_digests(&mut fields)?;
        let decision = if fields.is_empty() { None } else { Some(fact::group(fields, "decision")?) };
        Ok(Self { decision, face_evidence, evidence_digests })
    }

    /// A certification if there is a decision, else evidence.
    pub fn kind(&self) -> Kind {
        if self.decision.is_some() { Kind::Certification } else { Kind::Evidence }
    }
}

fn take_object(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Facts>> {
    match fields.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => fact::group(object, name).map(Some),
        Some(_) => Err(Error::record(name, "must be a JSON object or null")),
    }
}

fn take_digests(fields: &mut Map<String, Value>) -> Result<Vec<Digest>> {
    let fault = || Error::record("evidence_digests", "must be a list of sha256: or sm3: digests");
    match fields.remove("evidence_digests") {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().ok_or_else(fault)?.parse().map_err(|_| fault())).collect()
        }
        Some(_) => Err(fault()),
    }
}

/// The longest version of a policy, in bytes.
const MAX_VERSION_BYTES: usize = 10;

/// Refuses a record that lacks what it must say, or says what it may not.
pub(super) fn check(kind: Kind, decision: Option<&Facts>, evidence: Option<&Facts>) -> Result<()> {
    match (kind, decision, evidence) {
        (Kind::Certification, None, _) => Err(Error::record("decision", "is missing")),
        (Kind::Evidence, None, None) => Err(Error::record("face_evidence", "is missing")),
        (Kind::Evidence, Some(_), _) => Err(Error::record("decision", "has no place in an evidence record")),
        _ => {
            check_fields(decision, "decision", &DECISION)?;
            check_fields(evidence, "face_evidence", &FACE_EVIDENCE)
        }
    }
}

fn check_fields(facts: Option<&Facts>, at: &str, known: &[(&str, bool)]) -> Result<()> {
    let Some(facts) = facts else {
        return Ok(());
    };
    if let Some((name, _)) = known.iter().find(|(name, needed)| *needed && !facts.contains_key(*name)) {
        return Err(Error::record(format!("{at}.{name}"), "is missing; give the object as it was printed"));
    }
    fact::check_group(facts, at, 0)?;
    // A version is short: a longer one could hide a telephone number.
    if matches!(facts.get("policy_version"), Some(Fact::Word(version)) if version.len() > MAX_VERSION_BYTES) {
        return Err(Error::record(
            format!("{at}.policy_version"),
            "is longer than 10 bytes; give the policy's version",
        ));
    }
    match facts.keys().find(|name| !known.iter().any(|(known, _)| known == name)) {
        // The name has passed the check of names, so it can be shown.
        Some(name) => Err(Error::record(format!("{at}.{name}"), "is not a field of this record")),
        None => check_evidence_values(facts, at),
    }
}

/// The enumerations of the face evidence, so that a record means one thing to every reader.
fn check_evidence_values(facts: &Facts, at: &str) -> Result<()> {
    const VALUES: [(&str, &[&str]); 5] = [
        ("match", &["match", "no_match", "not_decidable", "not_run"]),
        ("pad", &["live", "spoof", "uncertain", "not_run"]),
        ("challenge", &["active", "passive", "none"]),
        ("quality", &["pass", "fail", "not_run"]),
        ("pack_grade", &["evaluation", "accepted"]),
    ];
    for (name, words) in VALUES {
        match facts.get(name) {
            Some(Fact::Word(word)) if words.contains(&word.as_str()) => {}
            None => {}
            Some(_) => {
                let what = format!("must be one of {}", words.join(", "));
                return Err(Error::record(format!("{at}.{name}"), what));
            }
        }
    }
    Ok(())
}
