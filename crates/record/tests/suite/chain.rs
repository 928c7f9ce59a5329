use crate::common::{COUNTY_SM2, at, each_flipped_bit, evidence, key, keys};
use facecert_record::record::{self, Content};
use facecert_record::{Digest, Reason, chain};

const TIMES: [&str; 3] = ["2026-03-09T12:00:00+08:00", "2026-03-09T12:00:00+08:00", "2026-03-10T08:00:00+08:00"];

fn content() -> Content {
    Content { face_evidence: evidence().face_evidence, ..Content::default() }
}

fn next(previous: Option<Digest>, signed_at: &str) -> Vec<u8> {
    record::sign(content(), previous, None, at(signed_at), &key(COUNTY_SM2, "county-sm2")).expect("signed")
}

fn records() -> Vec<Vec<u8>> {
    let mut records: Vec<Vec<u8>> = Vec::new();
    for signed_at in TIMES {
        let previous = records.last().map(|record| record::digest_of(record).expect("a record"));
        records.push(next(previous, signed_at));
    }
    records
}

#[test]
fn records_one_after_the_other_are_a_chain() {
    let records = records();
    let report = chain::verify(&records.concat(), &keys());
    assert_eq!((report.reason, report.first_bad, report.records), (Reason::Valid, None, 3));
    assert_eq!(report.last, record::digest_of(&records[2]).ok());
    assert_eq!(chain::verify(&[], &keys()).reason, Reason::Empty);
}

#[test]
fn nothing_can_be_taken_out_put_in_or_moved() {
    let records = records();
    let judge = |order: &[usize]| {
        let bytes: Vec<u8> = order.iter().flat_map(|&i| records[i].clone()).collect();
        let report = chain::verify(&bytes, &keys());
        (report.reason, report.first_bad)
    };
    assert_eq!(judge(&[1, 2]), (Reason::LinkBroken, Some(0)), "first one taken out");
    assert_eq!(judge(&[0, 2]), (Reason::LinkBroken, Some(1)), "one taken out");
    assert_eq!(judge(&[0, 0, 1, 2]), (Reason::LinkBroken, Some(1)), "one twice");
    assert_eq!(judge(&[0, 2, 1]), (Reason::LinkBroken, Some(1)), "two changed places");
}

#[test]
fn a_record_older_than_the_one_before_is_reported() {
    let first = next(None, TIMES[2]);
    let second = next(record::digest_of(&first).ok(), TIMES[0]);
    let report = chain::verify(&[first, second].concat(), &keys());
    assert_eq!((report.reason, report.first_bad), (Reason::TimeBackwards, Some(1)));
}

#[test]
fn every_flipped_bit_is_detected() {
    let keys = keys();
    let bytes = records()[..2].concat();
    each_flipped_bit(&bytes, |bit, flipped| {
        assert!(!chain::verify(flipped, &keys).reason.holds(), "bit {bit}");
    });
}
