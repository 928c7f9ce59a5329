//! The files: scenarios with their steps.

use std::fs;

use serde::Deserialize;

use crate::support;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    scenario: Vec<Scenario>,
}

/// One scenario: what is given, and steps that each look at it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub no: String,
    /// What it shows, in a few words.
    pub says: String,
    /// Texts of the policy and what stands in their place.
    #[serde(default)]
    pub policy: Vec<(String, String)>,
    /// Further files of the policy: name and text.
    #[serde(default)]
    pub files: Vec<(String, String)>,
    /// The second, made-up county instead of the shipped one.
    #[serde(default)]
    pub made_up_county: bool,
    /// A life: what happens in a step stays for the next.
    #[serde(default)]
    pub goes_on: bool,
    #[serde(default)]
    pub given: Vec<String>,
    pub step: Vec<Step>,
}

/// One look. Without a field that says otherwise it is at a benefit line's status.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What happens besides what is given.
    #[serde(default)]
    pub and: Vec<String>,
    /// Point in time.
    #[serde(default = "first_day")]
    pub now: String,
    /// A case, as changes to the channel's ordinary one.
    pub decide: Option<toml::Table>,
    /// Which benefit line, where there are several.
    pub line: Option<String>,
    /// Every order of the events, each twice, must give the same status.
    #[serde(default)]
    pub every_order: bool,
    pub load: Option<Load>,
    pub check: Option<Check>,
    pub identify: Option<Number>,
    pub read: Option<Line>,
    pub kpi: Option<Period>,
    /// Reminders since that day.
    pub remind_since: Option<String>,
    /// Open items.
    #[serde(default)]
    pub worklist: bool,
    /// Records that are due for the platform.
    #[serde(default)]
    pub export: bool,
    pub expect: Vec<String>,
}

fn first_day() -> String {
    "2025-09-01".to_owned()
}

/// A file to load.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    pub kind: String,
    pub rows: Vec<String>,
    /// First line, if it is not the usual one.
    pub header: Option<String>,
    /// Texts of the shipped mapping and what stands in their place.
    #[serde(default)]
    pub mapping: Vec<(String, String)>,
    /// In which bytes the file comes: `gb18030`, or `utf-8-bom`.
    pub bytes: Option<String>,
    /// Whom the ids of a file of pairs stand for.
    #[serde(default)]
    pub persons: Vec<String>,
}

/// A check of the policy's files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub effective_from: Option<String>,
    /// Files taken away.
    #[serde(default)]
    pub without: Vec<String>,
    /// Files that a text is added to, made if they are not there.
    #[serde(default)]
    pub with: Vec<(String, String)>,
}

/// A document's number to identify.
#[expect(clippy::struct_field_names, reason = "the field is the key of the file")]
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    pub document: String,
    pub number: String,
    /// Another number, of the same person or not.
    pub beside: Option<String>,
}

/// A line of a file of events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub event: String,
    /// `absent` or `wrong`.
    pub event_id: String,
}

/// A period of key figures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub public: bool,
}

/// Every scenario of every file.
pub fn all() -> Vec<Scenario> {
    let folder = fs::read_dir(support::path("scenarios")).expect("scenarios");
    let mut files = folder.map(|file| file.expect("a file").path()).collect::<Vec<_>>();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let read = |path| fs::read_to_string(path).expect("a file");
    let scenarios = files.iter().flat_map(|path| {
        toml::from_str::<File>(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display())).scenario
    });
    scenarios.collect()
}
