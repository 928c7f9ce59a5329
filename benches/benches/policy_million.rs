//! A county of N benefit lines: load, status, reminders and key figures in one pass; rates and memory by size.
//!
//! `cargo bench -p facecert-benches --no-default-features --bench policy_million [-- N …]`. Linear means that the rates of
//! the last size are those of the first.

use facecert_policy::scheme::{Files, Scheme};
use facecert_policy::{Day, FileKind, HmacAlgorithm, HmacKey, Import, Instant, Mapping, kpi, remind, status};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant as Clock;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];

fn main() {
    let asked: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    println!("lines load/s status/s remind/s kpi/s peak-MiB");
    for lines in sizes {
        county(lines);
    }
}

/// Runs one size, and prints rates in benefit lines a second.
fn county(lines: usize) {
    let (scheme, mapping) = (scheme(), mapping());
    let key = HmacKey::new([7; 32], HmacAlgorithm::Sha256);
    let now = |text| Instant::parse_now(text).expect("a date");
    let received = now("2025-09-01");
    let start = Clock::now();
    let roster = roster(lines);
    let made = start.elapsed();
    let timer = Clock::now();
    let import = Import { scheme: &scheme, existing: &[], now: received, file: "roster" };
    let mut events = import.load(FileKind::Roster, roster.as_bytes(), &mapping, &key).expect("a good roster").events;
    drop(roster);
    let results = results(lines);
    let import = Import { scheme: &scheme, existing: &events, now: now("2026-03-01"), file: "results" };
    let loaded = import.load(FileKind::Results, results.as_bytes(), &mapping, &key).expect("good results").events;
    drop(results);
    events.extend(loaded);
    let load = timer.elapsed();
    assert_eq!(events.len(), 2 * lines, "every row is an event; the rows were made in {made:?}");
    let today = now("2026-03-01");
    let timer = Clock::now();
    assert_eq!(status(&scheme, &events, today).len(), lines);
    let statuses = timer.elapsed();
    let timer = Clock::now();
    let reminders = remind(&scheme, &events, now("2026-02-28"), today).len();
    let reminded = timer.elapsed();
    let timer = Clock::now();
    let (from, to): (Day, Day) = ("2025-09-01".parse().expect("a date"), "2026-03-01".parse().expect("a date"));
    let report = kpi(&scheme, &events, from, to, today, true).expect("figures");
    let figures = timer.elapsed();
    assert!(reminders < lines && report.rows.len() > 12);
    let rate = |time: std::time::Duration| (lines as f64 / time.as_secs_f64()) as u64;
    println!("{lines} {} {} {} {} {}", rate(load), rate(statuses), rate(reminded), rate(figures), peak_mib());
}

/// Most memory that this process has held, by the kernel's count.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

fn policy(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/policy").join(name)
}

fn scheme() -> Scheme {
    let root = "wenshui-2025-20.toml";
    let names = [root, "calendars/cn-2025.toml", "calendars/cn-2026.toml", "forms/chengnuoshu.txt"];
    let read = |name: &str| (name.to_owned(), std::fs::read(policy("schemes").join(name)).expect(name));
    let files: Files = names.into_iter().map(read).collect();
    Scheme::load(&files, root, "2025-09-01".parse().ok()).expect("the shipped policy")
}

fn mapping() -> Mapping {
    let text = std::fs::read_to_string(policy("mappings/platform.toml")).expect("the shipped mapping");
    Mapping::read("platform.toml", &text).expect("a good mapping")
}

/// A number of nobody: an area code that is not allotted, a birth date, a sequence number, the check digit.
fn number(person: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (year, month, day) = (1930 + person % 40, 1 + person / 40 % 12, 1 + person / 480 % 28);
    let body = format!("990101{year}{month:02}{day:02}{:03}", person / 13_440);
    let sum: usize = WEIGHTS.iter().zip(body.bytes()).map(|(weight, digit)| weight * usize::from(digit - b'0')).sum();
    format!("{body}{}", char::from(b"10X98765432"[sum % 11]))
}

fn roster(lines: usize) -> String {
    let mut text = String::from("AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n");
    for person in 0..lines {
        let kind = if person % 3 == 0 { "110" } else { "170" };
        let unit = 141_121_100_001 + (person % 4) * 1000 + person / 4 % 50;
        writeln!(text, "01,{},人{person},e{person},{kind},20200101,{unit},,", number(person)).expect("to a String");
    }
    text
}

fn results(lines: usize) -> String {
    let mut text = String::from("AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY\n");
    for person in 0..lines {
        let (month, day) = (1 + person % 2, 1 + person / 2 % 28);
        let number = number(person);
        writeln!(text, "{number},人{person},2026-{month:02}-{day:02} 09:00:00,老来,1,,").expect("to a String");
    }
    text
}
