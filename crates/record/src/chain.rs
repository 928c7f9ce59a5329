//! A chain of records: a CBOR sequence (RFC 8742) of records, each of which names the digest of the
//! one before. Files of single records, written one after the other, are a chain.
//!
//! Shown: nothing was altered, taken out, put in or reordered between the first and the last record.
//! Not shown by the chain alone: that records were cut off at its end. Keep the digest of the last
//! one elsewhere.

use crate::canonical;
use crate::digest::Digest;
use crate::keys::KeyList;
use crate::reason::Reason;
use crate::record::{self, Body, Report};
use serde::Serialize;

/// What the verification of a chain found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Whether all of it holds, and if not, why the first faulty record does not.
    pub reason: Reason,
    /// Index of the first faulty record, counted from 0.
    pub first_bad: Option<u64>,
    /// Records that hold, from the first on.
    pub records: u64,
    /// Digest of the last record that holds.
    pub last: Option<Digest>,
}

/// Verifies every record of a chain and every link.
pub fn verify(bytes: &[u8], keys: &KeyList) -> ChainReport {
    let mut chain = ChainReport { reason: Reason::Empty, first_bad: None, records: 0, last: None };
    let mut previous: Option<Body> = None;
    let mut rest = bytes;
    while !rest.is_empty() {
        // What cannot be measured is judged whole, and found damaged.
        let len = canonical::first_item_len(rest).unwrap_or(rest.len());
        let (item, tail) = rest.split_at(len);
        let report = record::verify(item, keys);
        chain.reason = link(&report, previous.as_ref(), chain.last);
        if !chain.reason.holds() {
            chain.first_bad = Some(chain.records);
            return chain;
        }
        chain.records += 1;
        chain.last = report.digest;
        previous = report.body;
        rest = tail;
    }
    chain
}

fn link(report: &Report, before: Option<&Body>, digest_before: Option<Digest>) -> Reason {
    match &report.body {
        Some(body) if report.reason.holds() => {
            if body.previous != digest_before {
                Reason::LinkBroken
            } else if before.is_some_and(|before| body.signed_at < before.signed_at) {
                Reason::TimeBackwards
            } else {
                Reason::Valid
            }
        }
        _ => report.reason,
    }
}
