//! What the parts of a policy must be to one another.

use super::finding::Findings;
use super::types::{CloseItem, Scheme};
use crate::value::Day;
use crate::vocabulary::{Item, Kind, Path};

/// Days of an appeal, during which a photo is still needed.
const APPEAL_DAYS: i32 = 60;

pub(super) fn lint(scheme: &Scheme, findings: &mut Findings) {
    bundles(scheme, findings);
    cycles(scheme, findings);
    townships(scheme, findings);
    staff(scheme, findings);
    doors(scheme, findings);
    retention(scheme, findings);
    if scheme.face.accepted_packs.is_empty() && !scheme.pilot {
        findings.warn("face.accepted_packs", "no_pack", "no pack is accepted: no own capture certifies");
    }
    assumptions(scheme, findings);
}

/// Each assumption answers an open question of the file, and the county sees which.
fn assumptions(scheme: &Scheme, findings: &mut Findings) {
    for (id, tables) in findings.assumptions.clone() {
        let first = tables.first().map(String::as_str).unwrap_or_default();
        if let Some(question) = scheme.questions.get(id.as_str()) {
            findings.warn(first, "assumption", format!("{id} stands until the county answers: {question}"));
        } else {
            let text = format!("[questions] does not say what {id} answers");
            findings.fault(&format!("{first}.assumption"), "origin", text);
        }
    }
}

/// Each kind in exactly one bundle at any date from the first day on.
fn bundles(scheme: &Scheme, findings: &mut Findings) {
    for kind in Kind::ALL {
        let holding = || scheme.bundles.iter().enumerate().filter(|(_, bundle)| bundle.kinds.contains(kind));
        if !holding().any(|(_, bundle)| bundle.holds(*kind, scheme.effective_from)) {
            findings.fault("bundle", "kind", format!("{kind} is in no bundle on the first day"));
        }
        for (i, bundle) in holding() {
            let overlaps = holding()
                .take_while(|(j, _)| *j < i)
                .any(|(_, other)| spans_meet((bundle.from, bundle.until), (other.from, other.until)));
            let repeated = bundle.kinds.iter().filter(|k| *k == kind).count() > 1;
            if overlaps || repeated {
                let text = format!("{kind} is in two bundles at the same time");
                findings.fault(&format!("bundle[{i}].kinds"), "kind", text);
            }
        }
        for (i, bundle) in holding() {
            let next = bundle.until.map(|until| until.add_days(1));
            if next.is_some_and(|next| !holding().any(|(_, other)| other.holds(*kind, next))) {
                let text = format!("{kind} is in no bundle after this one ends");
                findings.fault(&format!("bundle[{i}].until"), "kind", text);
            }
        }
    }
}

type Span = (Option<Day>, Option<Day>);

fn spans_meet(a: Span, b: Span) -> bool {
    let starts_before_end = |start: Option<Day>, end: Option<Day>| match (start, end) {
        (Some(start), Some(end)) => start <= end,
        _ => true,
    };
    starts_before_end(a.0, b.1) && starts_before_end(b.0, a.1)
}

/// Each bundle has a value from the first day on, ascending.
fn cycles(scheme: &Scheme, findings: &mut Findings) {
    for (i, bundle) in scheme.bundles.iter().enumerate() {
        let values = || scheme.cycles.iter().filter(|cycle| cycle.bundle == bundle.id);
        if !values().any(|cycle| cycle.from <= scheme.effective_from) {
            let text = format!("{} has no [[cycle]] from the first day on", bundle.id);
            findings.fault(&format!("bundle[{i}].id"), "cycle", text);
        }
    }
    for (i, cycle) in scheme.cycles.iter().enumerate() {
        if !scheme.bundles.iter().any(|bundle| bundle.id == cycle.bundle) {
            findings.fault(&format!("cycle[{i}].bundle"), "cycle", "no bundle has this id");
        }
        let earlier = scheme.cycles.iter().take(i).filter(|other| other.bundle == cycle.bundle);
        if earlier.into_iter().any(|other| other.from >= cycle.from) {
            findings.fault(&format!("cycle[{i}].from"), "cycle", "values of one bundle ascend by date");
        }
    }
}

fn townships(scheme: &Scheme, findings: &mut Findings) {
    for (i, township) in scheme.townships.iter().enumerate() {
        if township.code.prefix() != Some(scheme.county) {
            findings.fault("township", "township", format!("{} is not in county {}", township.code, scheme.county));
        }
        if scheme.townships.iter().take(i).any(|other| other.code == township.code) {
            findings.fault("township", "township", format!("{} is listed twice", township.code));
        }
    }
}

/// Whoever must act has a role that may.
fn staff(scheme: &Scheme, findings: &mut Findings) {
    for (channel, rule) in &scheme.channels {
        if rule.attest_staff.is_some_and(|count| count > 0) && rule.attest_roles.is_empty() {
            findings.fault("roles.attest", "roles", format!("{channel} needs attesting staff but names no role"));
        }
        if rule.review_staff > 0 && rule.review_roles.is_empty() {
            findings.fault("roles.review", "roles", format!("{channel} needs a reviewer but names no role"));
        }
        let attested = rule.paths.iter().any(|path| matches!(path, Path::Attest | Path::Form));
        if attested && rule.attest_staff.is_none() {
            findings.fault("staff", "roles", format!("{channel} is attested but names no staff count"));
        }
    }
    for item in CloseItem::ALL {
        if scheme.close_roles.get(item).is_none_or(Vec::is_empty) {
            findings.fault("roles.close", "roles", format!("{item} is closed by staff but names no role"));
        }
    }
}

/// Nobody is left without a path that needs no face scan.
fn doors(scheme: &Scheme, findings: &mut Findings) {
    for (outside, people) in [(false, "on the mainland"), (true, "outside the mainland")] {
        let open = scheme.channels.values().any(|rule| rule.is_for(outside) && rule.has_faceless_path());
        if !open {
            findings.fault("channel", "door", format!("people {people} have no door without a face scan"));
        }
    }
    if !scheme.channels.contains_key(&crate::vocabulary::Channel::Window) {
        findings.fault("channel", "door", "window is missing: it stands in every list of doors");
    }
}

fn retention(scheme: &Scheme, findings: &mut Findings) {
    let review = scheme.deadline.items.get(&Item::ManualReview).copied().unwrap_or(0);
    let least = 2 * review + APPEAL_DAYS;
    if scheme.photo_retention_days < least {
        let text = format!("photos are kept {least} days or more, until review and appeal are over");
        findings.fault("retention.photo_days", "retention", text);
    }
}
