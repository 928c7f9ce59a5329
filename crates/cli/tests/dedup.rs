//! All pairs by the program: on one machine, interrupted, and as tasks for many.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use npyz::WriterBuilder as _;
use tempfile::TempDir;

const DIM: usize = 64;
const PEOPLE: usize = 400;

fn facecert(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_facecert")).current_dir(folder).args(args).output().unwrap()
}

fn stdout(folder: &Path, args: &[&str]) -> String {
    let output = facecert(folder, args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Noise between -1 and 1.
fn noise(seed: usize, k: usize) -> f32 {
    let mut bits = ((seed * 1024 + k) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (bits >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// A row of a person's template; people 7 and 300, and 20 and 21, are one face each under two names.
fn value(row: usize, k: usize) -> f32 {
    let face = match row % PEOPLE {
        300 => 7,
        21 => 20,
        person => person,
    };
    noise(face, k) + 0.3 * noise(row + 10_000, k)
}

/// A gallery of two templates a person, with names that need quotes.
fn gallery(name: &str, rows: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<f32> = (0..rows).flat_map(|row| (0..DIM).map(move |k| value(row, k))).collect();
    let mut npy = Vec::new();
    let options = npyz::WriteOptions::new().default_dtype().shape(&[rows as u64, DIM as u64]);
    let mut writer = options.writer(&mut npy).begin_nd().unwrap();
    writer.extend(values).unwrap();
    writer.finish().unwrap();
    fs::write(folder.path().join("t.npy"), npy).unwrap();
    let line = |row: usize| format!("{row}\tphoto {row}, \"new\"\tperson {}\n", row % PEOPLE);
    let ids: String = (0..rows).map(line).collect();
    fs::write(folder.path().join("ids.tsv"), format!("row\tid\tperson\n{ids}")).unwrap();
    let contract = "ab".repeat(32);
    let args =
        ["enrol", "--templates", "t.npy", "--ids", "ids.tsv", "--contract", &contract, "--purpose", "test", "-o", name];
    let said = stdout(folder.path(), &args);
    assert!(said.contains(&format!("{rows} templates added")), "{said}");
    folder
}

/// The pairs of a file: two rows and the score.
fn pairs(path: &Path) -> Vec<(usize, usize, f32)> {
    let row = |name: &str| name.split_once(' ').unwrap().1.split_once(',').unwrap().0.parse().unwrap();
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(reader.headers().unwrap(), ["id_a", "id_b", "score"].as_slice());
    reader.records().map(|r| r.unwrap()).map(|r| (row(&r[0]), row(&r[1]), r[2].parse().unwrap())).collect()
}

#[test]
fn finds_one_face_under_two_names_and_skips_one_name_twice() {
    let folder = gallery("g", 2 * PEOPLE);
    let folder = folder.path();
    let said = stdout(folder, &["dedup", "g", "--review-budget", "8", "--purpose", "test"]);
    assert!(said.contains("8 pairs of 319600 compared: pairs.csv"), "{said}");
    assert!(said.contains("not known without a calibration"), "{said}");
    let found = pairs(&folder.join("pairs.csv"));
    let mut people: Vec<_> = found.iter().map(|(a, b, _)| (a % PEOPLE, b % PEOPLE)).collect();
    people.iter_mut().filter(|(a, b)| a > b).for_each(|pair| *pair = (pair.1, pair.0));
    people.sort_unstable();
    assert_eq!(people, [[(7, 300); 4], [(20, 21); 4]].concat());
    assert!(found.is_sorted_by(|a, b| a.2 >= b.2));
    stdout(folder, &["dedup", "g", "--review-budget", "408", "--within-person", "--purpose", "test"]);
    let own = pairs(&folder.join("pairs.csv")).iter().filter(|(a, b, _)| a % PEOPLE == b % PEOPLE).count();
    assert_eq!(own, PEOPLE);
}

#[test]
fn a_false_match_rate_needs_the_calibration_of_these_templates() {
    let folder = gallery("g", PEOPLE);
    let folder = folder.path();
    let refused = |args: &[&str]| {
        let output = facecert(folder, args);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refused(&["dedup", "g", "--fmr", "1e-3", "--purpose", "test"]).contains("--calibration"));
    let calibrate = |contract: &str, to: &str| {
        let contract = contract.repeat(32);
        stdout(folder, &["calibrate", "--templates", "t.npy", "--ids", "ids.tsv", "--contract", &contract, "-o", to]);
    };
    calibrate("cd", "other.json");
    let other = ["dedup", "g", "--fmr", "1e-3", "--calibration", "other.json", "--purpose", "test"];
    assert!(refused(&other).contains("other templates"));
    calibrate("ab", "own.json");
    let own = ["dedup", "g", "--fmr", "1e-3", "--calibration", "own.json", "--purpose", "test"];
    let said = stdout(folder, &own);
    let found = pairs(&folder.join("pairs.csv"));
    assert!(said.contains(&format!("{} pairs of 79800 compared", found.len())), "{said}");
    assert!(said.contains("expected by chance: 79.8 pairs"), "{said}");
    assert!(
        found.is_sorted_by_key(|(a, b, _)| (*a, *b))
            && found.contains(&(7, 300, found.iter().find(|p| p.0 == 7 && p.1 == 300).unwrap().2))
    );
}

#[test]
fn merged_tasks_are_the_bytes_of_one_machine() {
    let (folder, other) = (gallery("g", 2 * PEOPLE), gallery("h", 300));
    let folder = folder.path();
    let other = other.path().join("h");
    for second in [&[][..], &[other.to_str().unwrap()]] {
        let budget = ["--review-budget", "500", "--purpose", "test"];
        stdout(folder, &[&["dedup", "g"], second, &budget, &["-o", "one.csv"]].concat());
        let said =
            stdout(folder, &[&["dedup", "plan", "g"], second, &budget, &["--block", "256", "-o", "plan"]].concat());
        let tasks: usize = said.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(tasks, if second.is_empty() { 10 } else { 8 });
        let mut merge = vec!["dedup".to_owned(), "merge".into(), "plan".into(), "-o".into(), "many.csv".into()];
        for task in (0..tasks).rev() {
            let (number, part) = (task.to_string(), format!("part-{task}"));
            for _attempt in 0..2 {
                stdout(folder, &["dedup", "run-block", "plan", "--task", &number, "-o", &part, "--threads", "1"]);
            }
            merge.push(part);
        }
        let folder_of_parts = folder.join("parts");
        fs::create_dir_all(&folder_of_parts).unwrap();
        fs::write(folder_of_parts.join(".cut-off"), "half a part").unwrap();
        for task in 0..tasks {
            fs::copy(folder.join(format!("part-{task}")), folder_of_parts.join(task.to_string())).unwrap();
        }
        stdout(folder, &["dedup", "merge", "plan", "parts", "-o", "by-folder.csv"]);
        fs::remove_dir_all(folder_of_parts).unwrap();
        assert_eq!(fs::read(folder.join("one.csv")).unwrap(), fs::read(folder.join("by-folder.csv")).unwrap());
        let merge: Vec<&str> = merge.iter().map(String::as_str).collect();
        stdout(folder, &merge);
        assert_eq!(fs::read(folder.join("one.csv")).unwrap(), fs::read(folder.join("many.csv")).unwrap());
        let missing = facecert(folder, &merge[..merge.len() - 1]);
        assert_eq!(missing.status.code(), Some(2));
    }
}

#[test]
fn a_plan_is_refused_once_its_gallery_changed() {
    let folder = gallery("g", PEOPLE);
    let folder = folder.path();
    stdout(folder, &["dedup", "plan", "g", "--purpose", "test", "-o", "plan"]);
    stdout(folder, &["gallery", "remove", "g", "--id", "photo 3, \"new\""]);
    let output = facecert(folder, &["dedup", "run-block", "plan", "--task", "0", "-o", "part"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("plan again"));
}
