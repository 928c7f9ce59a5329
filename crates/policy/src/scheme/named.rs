//! Which files a scheme names, so that a program can fetch them.

use std::collections::BTreeSet;

use super::load::Files;

/// Places of a root or part that name a file or a list of files.
const PLACES: [&[&str]; 5] = [
    &["parts"],
    &["cycle_rule", "day", "calendars"],
    &["manual", "form", "text"],
    &["units", "villages"],
    &["units", "outlets"],
];

/// The files that a root, and those of its parts which are in `files`, name. Whether they are there and good is for
/// [`check`](super::check) to say; what is not TOML names nothing.
#[must_use]
pub fn named_files(files: &Files, root: &str) -> BTreeSet<String> {
    let mut names = named_by(files, root);
    let parts: Vec<String> = names.iter().filter(|name| *name != root).cloned().collect();
    for part in parts {
        names.extend(named_by(files, &part));
    }
    names.remove("");
    names
}

fn named_by(files: &Files, file: &str) -> BTreeSet<String> {
    let text = files.get(file).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default();
    let table = toml::from_str::<toml::Table>(text).unwrap_or_default();
    let mut names = BTreeSet::new();
    for place in PLACES {
        let value = place.iter().skip(1).fold(table.get(place[0]), |value, key| value?.get(key));
        match value {
            Some(toml::Value::String(name)) => {
                names.insert(name.clone());
            }
            Some(toml::Value::Array(list)) => {
                names.extend(list.iter().filter_map(|name| name.as_str()).map(str::to_owned));
            }
            _ => {}
        }
    }
    names
}
