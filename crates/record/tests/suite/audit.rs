use crate::common::{at, each_flipped_bit};
use facecert_record::audit::{self, AuditLog, Entry};
use facecert_record::record::Fact;
use facecert_record::{Error, Reason};
use std::path::Path;

fn entry(number: i64) -> Entry {
    Entry {
        at: at("2026-03-09T12:00:00+08:00"),
        action: "decide".into(),
        actor: "s_07".into(),
        facts: [("person_ref".to_owned(), Fact::Word("p_7f3c".into())), ("n".to_owned(), Fact::Number(number))].into(),
    }
}

fn write(path: &Path, lines: i64) {
    let mut log = AuditLog::open(path).expect("opened");
    (0..lines).for_each(|n| {
        log.append(&entry(n)).expect("appended");
    });
}

fn judge(path: &Path, bytes: &[u8]) -> audit::Summary {
    std::fs::write(path, bytes).expect("written");
    audit::verify(path).expect("readable")
}

#[test]
fn lines_are_kept_over_openings() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    write(&path, 2);
    write(&path, 1);
    let summary = audit::verify(&path).expect("readable");
    assert_eq!((summary.reason, summary.lines), (Reason::Valid, 3));
    let mut log = AuditLog::open(&path).expect("opened");
    assert_eq!(log.last(), summary.last);
    assert!(matches!(AuditLog::open(&path), Err(Error::Audit { .. })), "one writer at a time");
    let last = log.append(&entry(3)).expect("appended");
    assert_eq!(audit::verify(&path).expect("readable").last, Some(last));
}

#[test]
fn every_flipped_bit_is_detected() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    write(&path, 3);
    let bytes = std::fs::read(&path).expect("readable");
    each_flipped_bit(&bytes, |bit, flipped| {
        assert!(!judge(&path, flipped).reason.holds(), "bit {bit}");
    });
}

#[test]
fn lines_taken_out_or_moved_are_found_where_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    write(&path, 3);
    let text = std::fs::read_to_string(&path).expect("readable");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (order, bad) in [([1, 2].as_slice(), 1), (&[0, 2], 2), (&[0, 2, 1], 2), (&[0, 0, 1, 2], 2)] {
        let bytes: String = order.iter().map(|&i| lines[i]).collect();
        let summary = judge(&path, bytes.as_bytes());
        assert_eq!((summary.reason, summary.first_bad), (Reason::LineAltered, Some(bad)));
        assert!(AuditLog::open(&path).is_err(), "nothing is appended to a log that does not hold");
    }
}

/// A crash may leave any part of the last line; the lines before it stay, and writing goes on.
#[test]
fn a_torn_last_line_is_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("audit.log");
    write(&path, 2);
    let bytes = std::fs::read(&path).expect("readable");
    let first = bytes.iter().position(|&b| b == b'\n').expect("a line") + 1;
    for len in first + 1..bytes.len() {
        let summary = judge(&path, &bytes[..len]);
        assert_eq!((summary.reason, summary.lines), (Reason::TailTorn, 1), "{len} bytes");
        write(&path, 1);
        let summary = audit::verify(&path).expect("readable");
        assert_eq!((summary.reason, summary.lines), (Reason::Valid, 2), "{len} bytes");
    }
}

#[test]
fn personal_data_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut log = AuditLog::open(&folder.path().join("audit.log")).expect("opened");
    for word in ["张三", "11010519491231002X", "13800138000"] {
        for place in ["action", "actor", "facts"] {
            let mut entry = entry(0);
            match place {
                "action" => entry.action = word.into(),
                "actor" => entry.actor = word.into(),
                _ => drop(entry.facts.insert("who".into(), Fact::Word(word.into()))),
            }
            let error = log.append(&entry).expect_err("refused").to_string();
            assert!(error.contains(place) && !error.contains(word), "{error}");
        }
    }
}
