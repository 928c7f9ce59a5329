//! From named files to a scheme, every fault reported at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::finding::{Finding, Findings};
use super::reader::Section;
use super::sections::read_scheme;
use super::tree::{Node, Table, Value, merge, parse, table_json};
use super::types::Scheme;
use crate::canonical::canonical;
use crate::error::Error;
use crate::value::{Day, Hex32};

/// File name, relative to the root's folder, to bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What a check of a policy found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// Scheme id, if it could be read.
    pub scheme: Option<String>,
    /// Policy hash; none with faults.
    pub policy_hash: Option<Hex32>,
    /// Every file of the scheme.
    pub files: Vec<FileDigest>,
    /// What must be mended.
    pub faults: Vec<Finding>,
    /// What should be looked at.
    pub warnings: Vec<Finding>,
    /// What the county has not confirmed.
    pub assumptions: Vec<Assumption>,
}

/// A file and its digest.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FileDigest {
    /// Name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: Hex32,
}

/// An assumption and the tables that rest on it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Assumption {
    /// `A-nn`.
    pub id: String,
    /// The open question that it answers for now.
    pub question: String,
    /// Tables of the policy.
    pub keys: Vec<String>,
}

impl Scheme {
    /// Loads a scheme. `effective_from` fills in a first day that the file leaves open.
    ///
    /// # Errors
    /// [`Error::Policy`] with every fault.
    ///
    /// # Examples
    /// ```
    /// use facecert_policy::scheme::{Files, Scheme};
    ///
    /// let files = Files::from([("scheme.toml".to_owned(), b"schema = 1".to_vec())]);
    /// let error = Scheme::load(&files, "scheme.toml", None).unwrap_err();
    /// assert_eq!(error.number(), 1);
    /// ```
    pub fn load(files: &Files, root: &str, effective_from: Option<Day>) -> Result<Self, Error> {
        let (report, scheme) = check(files, root, effective_from);
        scheme.ok_or(Error::Policy(report.faults))
    }
}

/// Checks a scheme; it comes back only without a fault.
#[must_use]
pub fn check(files: &Files, root: &str, effective_from: Option<Day>) -> (Report, Option<Scheme>) {
    let findings: RefCell<Findings> = RefCell::default();
    findings.borrow_mut().root_is(root);
    let mut table = files.get(root).map(|bytes| parse(root, bytes, &mut findings.borrow_mut()));
    if table.is_none() {
        let place = super::finding::Place { file: root.into(), line: 1 };
        findings.borrow_mut().fault_at(&place, "", "file", "the root file is missing");
    }
    let table = table.get_or_insert_default();
    let parts = append_parts(table, files, root, &findings);
    put_effective_date(table, effective_from, &findings);

    let named = Named { files, root, used: RefCell::new(parts) };
    let section = Section::root(table, root, &findings);
    let mut scheme = read_scheme(&section, &named, &findings);
    section.finish(false);
    named.finish(&findings);
    super::lint::lint(&scheme, &mut findings.borrow_mut());
    scheme.hash = hash(table, &named);

    let mut findings = findings.into_inner();
    let assumption = |(id, keys): (String, Vec<String>)| {
        let question = scheme.questions.get(id.as_str()).cloned().unwrap_or_default();
        Assumption { id, question, keys }
    };
    let assumptions = std::mem::take(&mut findings.assumptions).into_iter().map(assumption).collect();
    findings.faults.sort();
    findings.warnings.sort();
    let scheme = findings.faults.is_empty().then_some(scheme);
    let report = Report {
        scheme: scheme_id(table),
        policy_hash: scheme.as_ref().map(|scheme| scheme.hash),
        files: named.digests(true),
        faults: findings.faults,
        warnings: findings.warnings,
        assumptions,
    };
    (report, scheme)
}

fn scheme_id(table: &Table) -> Option<String> {
    match &table.get("policy")?.value {
        Value::Table(policy) => match &policy.get("id")?.value {
            Value::Text(id) => Some(id.clone()),
            _ => None,
        },
        _ => None,
    }
}

/// Puts the parts into the root and gives their names.
fn append_parts(table: &mut Table, files: &Files, root: &str, findings: &RefCell<Findings>) -> BTreeSet<String> {
    let mut parts = BTreeSet::new();
    for name in part_names(table) {
        if name == root || parts.contains(&name) {
            let text = format!("{name} is named twice, or is the root itself");
            findings.borrow_mut().fault("parts", "file", text);
        } else if let Some(bytes) = files.get(&name) {
            let part = parse(&name, bytes, &mut findings.borrow_mut());
            merge(table, part, &mut findings.borrow_mut());
            parts.insert(name);
        } else {
            findings.borrow_mut().fault("parts", "file", format!("{name} is missing"));
        }
    }
    parts
}

fn part_names(table: &Table) -> Vec<String> {
    match table.get("parts").map(|node| &node.value) {
        Some(Value::Array(items)) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The document gives no first day: the file says `REQUIRED` until a person supplies it.
fn put_effective_date(table: &mut Table, effective_from: Option<Day>, findings: &RefCell<Findings>) {
    let Some(Value::Table(policy)) = table.get_mut("policy").map(|node| &mut node.value) else { return };
    let Some(Value::Table(effective)) = policy.get_mut("effective").map(|node| &mut node.value) else { return };
    let Some(from) = effective.get_mut("from") else { return };
    let fault = |text: &str| {
        findings.borrow_mut().fault_at(&from.place, "policy.effective.from", "effective_date", text);
    };
    match (&from.value, effective_from) {
        (Value::Text(word), Some(day)) if word == "REQUIRED" => from.value = Value::Date(day),
        (Value::Text(word), None) if word == "REQUIRED" => {
            fault("the document gives no first day: supply it with --effective-from DATE");
            // A day in range keeps the rest of the file readable; with the fault no scheme comes out.
            from.value = Value::Date(Day::FIRST);
        }
        (Value::Date(day), Some(other)) if *day != other => {
            fault("the file gives another first day than --effective-from: leave the option out");
        }
        _ => {}
    }
}

/// The files that a root names, and which of them it has named.
pub(super) struct Named<'a> {
    files: &'a Files,
    root: &'a str,
    used: RefCell<BTreeSet<String>>,
}

impl<'a> Named<'a> {
    /// The bytes of a file that a key names; a missing one is a fault.
    pub(super) fn file(&self, section: &Section<'_>, key: &str, name: &str) -> Option<&'a [u8]> {
        if name.starts_with('/') || name.split('/').any(|part| part == ".." || part.is_empty()) {
            section.fault(key, "file", "give a path below the root file's folder, without ..");
            return None;
        }
        let bytes = self.files.get(name);
        if bytes.is_none() {
            section.fault(key, "file", format!("{name} is missing"));
        }
        self.used.borrow_mut().insert(name.to_owned());
        bytes.map(Vec::as_slice)
    }

    fn finish(&self, findings: &RefCell<Findings>) {
        let used = self.used.borrow();
        for name in self.files.keys().filter(|name| *name != self.root && !used.contains(*name)) {
            let place = super::finding::Place { file: name.as_str().into(), line: 1 };
            let text = "nothing names this file: name it in the root or remove it";
            findings.borrow_mut().fault_at(&place, "", "file", text);
        }
    }

    fn digests(&self, with_root: bool) -> Vec<FileDigest> {
        let used = self.used.borrow();
        let files =
            self.files.iter().filter(|(name, _)| used.contains(*name) || (with_root && name.as_str() == self.root));
        files.map(|(name, bytes)| FileDigest { name: name.clone(), sha256: Hex32::sha256(bytes) }).collect()
    }
}

fn hash(table: &Table, named: &Named<'_>) -> Hex32 {
    let files = named.digests(false).into_iter().map(|file| (file.name, json!(file.sha256)));
    let whole = json!({
        "scheme": table_json(table),
        "files": files.collect::<serde_json::Map<_, _>>(),
    });
    // The tree holds no float, so it has a canonical form.
    Hex32::sha256(canonical(&whole).unwrap_or_default().as_bytes())
}
