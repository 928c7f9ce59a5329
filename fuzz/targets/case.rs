//! JSON of the rules: cases, events and forms; what can be read is decided.
#![no_main]

use facecert_fuzz::SCHEME;
use facecert_policy::{Decider, Instant, Submission, read_events};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let now = Instant::parse_now("2026-03-10").expect("a date");
    let events = read_events("file", text).unwrap_or_default();
    // Somebody's first line as a case, the rest as events.
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let known = read_events("file", rest).unwrap_or(events);
    if let Ok(case) = Submission::read("file", 1, first) {
        let _ = Decider::new(&SCHEME, &known, now).decide(&case);
    }
    let _ = facecert_policy::status(&SCHEME, &known, now);
    let _ = facecert_policy::worklist(&SCHEME, &known, now);
});
