//! The threat model names tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Cells of the page's first table: who attacks what, what stops it, what shows it, what does not.
fn attacks(page: &str) -> Vec<Vec<&str>> {
    let table = page.lines().skip_while(|line| !line.starts_with("| Who, on what"));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether a text in Rust has a test of this name.
fn has_test(source: &str, name: &str) -> bool {
    let words: Vec<&str> = source.split_whitespace().collect();
    let signature = format!("{name}()");
    words.windows(3).any(|window| window == ["#[test]", "fn", &signature])
}

#[test]
fn every_attack_names_tests_that_exist() {
    let page = fs::read_to_string(repository().join("docs/threat-model.md")).expect("the page");
    let attacks = attacks(&page);
    assert!(attacks.len() >= 15, "{} attacks read", attacks.len());
    for cells in attacks {
        let [who, _, shown_by, _] = cells[..] else { panic!("not four cells: {cells:?}") };
        // A file, then the tests in it.
        let (mut source, mut tests) = (String::new(), 0);
        for name in code(shown_by) {
            let path = repository().join(name);
            if path.is_file() {
                source = fs::read_to_string(path).expect("readable");
            } else if name.starts_with("S-") {
                assert!(source.contains(&format!("no = \"{name}\"")), "{who}: no scenario {name}");
                tests += 1;
            } else {
                assert!(has_test(&source, name), "{who}: no test {name}");
                tests += 1;
            }
        }
        assert!(tests > 0, "{who}: no test is named");
    }
}
