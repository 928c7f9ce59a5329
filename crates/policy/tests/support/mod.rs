//! Shared by the tests: the shipped scheme, made-up counties, and changes to both.

#![allow(dead_code)] // each test binary uses a part

pub mod schema;
pub mod story;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use facecert_policy::scheme::{Files, Scheme};
use facecert_policy::{Day, Error};

pub const WENSHUI: &str = "wenshui-2025-20.toml";
pub const DEMO: &str = "demo-month-end.toml";

/// The files that a shipped root names, and the root.
pub fn files(root: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemes");
    let names = match root {
        WENSHUI => vec!["calendars/cn-2025.toml", "calendars/cn-2026.toml", "forms/chengnuoshu.txt"],
        _ => vec![
            "calendars/cn-2025.toml",
            "calendars/cn-2026.toml",
            "forms/chengnuoshu.txt",
            "demo-month-end/channels.toml",
            "demo-month-end/outlets.csv",
            "demo-month-end/villages.csv",
        ],
    };
    let read = |name: &str| (name.to_owned(), fs::read(folder.join(name)).expect(name));
    names.into_iter().chain([root]).map(read).collect::<BTreeMap<_, _>>()
}

/// Files with texts of the root replaced; each must be there.
pub fn changed(root: &str, changes: &[(&str, &str)]) -> Files {
    let mut files = files(root);
    for (old, new) in changes {
        let mut found = false;
        for (name, bytes) in &mut files {
            let text = String::from_utf8_lossy(bytes).into_owned();
            if Path::new(name.as_str()).extension().is_some_and(|extension| extension == "toml") && text.contains(old) {
                *bytes = text.replacen(old, new, 1).into_bytes();
                found = true;
                break;
            }
        }
        assert!(found, "no file of {root} holds {old:?}");
    }
    files
}

/// The shipped scheme from 2025-09-01.
pub fn wenshui() -> Scheme {
    load(WENSHUI, &[]).expect("the shipped scheme")
}

/// A shipped scheme, changed.
pub fn load(root: &str, changes: &[(&str, &str)]) -> Result<Scheme, Error> {
    let from = (root == WENSHUI).then(|| day("2025-09-01"));
    Scheme::load(&changed(root, changes), root, from)
}

pub fn day(text: &str) -> Day {
    text.parse().expect(text)
}

/// A path below the crate.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}
