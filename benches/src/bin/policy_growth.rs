//! A county of N benefit lines: load, status, reminders and key figures in one pass; rates and memory by size.
//!
//! ```text
//! policy-growth LINES...
//! ```
//!
//! `cargo run --release -p facecert-benches --no-default-features --features rules --bin policy-growth -- 250000 500000 1000000` prints a
//! line of JSON for each size: benefit lines a second of processor time by step, nanoseconds a line in all, and the most
//! memory held so far. Linear means that the nanoseconds stay. Every answer is compared with one counted from how the
//! county was made.

use facecert_benches::thread_cpu_ns;
use facecert_policy::scheme::{Files, Scheme};
use facecert_policy::{
    Count, Event, FileKind, HmacAlgorithm, HmacKey, Import, Instant, Mapping, ReminderTo, Status, kpi, remind, status,
};
use std::fmt::Write as _;
use std::path::Path;

fn main() -> Result<(), std::num::ParseIntError> {
    for lines in std::env::args().skip(1) {
        county(lines.parse()?);
    }
    Ok(())
}

/// Runs one size.
fn county(lines: usize) {
    let (scheme, expected) = (scheme(), Expected::of(lines));
    let (roster, results) = (roster(lines), results(lines));
    let (events, load_s) = timed(|| loaded(&scheme, &roster, &results));
    drop((roster, results));
    assert_eq!(events.len(), 2 * lines, "every row is an event");
    let today = now("2026-07-15");

    let (overdue, status_s) = timed(|| {
        let lines = status(&scheme, &events, today);
        lines.iter().filter(|line| line.status == Status::Overdue).count()
    });
    assert_eq!(overdue, expected.overdue);

    let (reminded, remind_s) = timed(|| {
        let reminders = remind(&scheme, &events, now("2026-07-14"), today);
        reminders.iter().filter(|reminder| reminder.to == ReminderTo::Person).count()
    });
    assert_eq!(reminded, expected.reminded);

    let day = |text: &str| text.parse().expect("a date");
    let (report, kpi_s) =
        timed(|| kpi(&scheme, &events, day("2026-01-01"), day("2026-07-15"), today, true).expect("figures"));
    let county = report.rows.first().expect("the county's row").k1.rate;
    let (valid, liable) = (lines - expected.overdue, lines);
    assert_eq!((county.num, county.den), (Count::Number(valid as u64), Count::Number(liable as u64)));

    let rate = |seconds: f64| (lines as f64 / seconds) as u64;
    let line_ns = (load_s + status_s + remind_s + kpi_s) * 1e9 / lines as f64;
    println!(
        "{{\"lines\":{lines},\"load_per_s\":{},\"status_per_s\":{},\"remind_per_s\":{},\"kpi_per_s\":{},\"line_ns\":{line_ns:.0},\"peak_mib\":{}}}",
        rate(load_s),
        rate(status_s),
        rate(remind_s),
        rate(kpi_s),
        peak_mib()
    );
}

/// What the answers of 15 July 2026 have to be, from the days on which the people of [`results`] certified.
struct Expected {
    /// Enterprise pensions certified from 1 to 14 January: due six months later, rest days rolled to 13 July at the latest.
    overdue: usize,
    /// Of these pensions those due 30 and 5 days later, on the day, and the day before. 18 and 19 July are a weekend.
    reminded: usize,
}

impl Expected {
    fn of(lines: usize) -> Self {
        let days = || (0..lines).filter(|person| is_enterprise(*person)).map(certified_on);
        Self {
            overdue: days().filter(|(month, day)| *month == 1 && *day <= 14).count(),
            reminded: days().filter(|day| [(2, 14), (1, 20), (1, 19), (1, 18), (1, 15), (1, 14)].contains(day)).count(),
        }
    }
}

/// The answer, and the processor time of this thread in seconds: other programs do not disturb it.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = thread_cpu_ns();
    let answer = work();
    (answer, (thread_cpu_ns() - start) as f64 * 1e-9)
}

/// Roster and results of the county, loaded one after the other.
fn loaded(scheme: &Scheme, roster: &str, results: &str) -> Vec<Event> {
    let (mapping, key) = (mapping(), HmacKey::new([7; 32], HmacAlgorithm::Sha256));
    let import = Import { scheme, existing: &[], now: now("2025-09-01"), file: "roster" };
    let mut events = import.load(FileKind::Roster, roster.as_bytes(), &mapping, &key).expect("a good roster").events;
    let import = Import { scheme, existing: &events, now: now("2026-03-01"), file: "results" };
    let results = import.load(FileKind::Results, results.as_bytes(), &mapping, &key).expect("good results").events;
    events.extend(results);
    events
}

fn now(text: &str) -> Instant {
    Instant::parse_now(text).expect("a date")
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

/// Every third person; the others have a resident's pension, due after a year.
fn is_enterprise(person: usize) -> bool {
    person.is_multiple_of(3)
}

/// Month and day of 2026.
fn certified_on(person: usize) -> (usize, usize) {
    (1 + person % 2, 1 + person / 2 % 28)
}

fn roster(lines: usize) -> String {
    let mut text = String::from("AAC058,AAC002,AAC003,DYBH,AAE140,AIC160,AAB301,AAC006,SCRZRQ\n");
    for person in 0..lines {
        let kind = if is_enterprise(person) { "110" } else { "170" };
        let unit = 141_121_100_001 + (person % 4) * 1000 + person / 4 % 50;
        writeln!(text, "01,{},人{person},e{person},{kind},20200101,{unit},,", number(person)).expect("to a String");
    }
    text
}

fn results(lines: usize) -> String {
    let mut text = String::from("AAC002,AAC003,RZSJ,RZQD,RZJG,RZJGBM,SJLY\n");
    for person in 0..lines {
        let (month, day) = certified_on(person);
        let number = number(person);
        writeln!(text, "{number},人{person},2026-{month:02}-{day:02} 09:00:00,老来,1,,").expect("to a String");
    }
    text
}
