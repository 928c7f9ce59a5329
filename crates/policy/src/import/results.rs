//! A result row: what the platform says of one certification, by whatever channel.

use super::fields::Fields;
use super::known::Known;
use super::people::{People, Seen, Who};
use super::table::BadCell;
use super::{Import, Made, row_identity};
use crate::event::{FailedOutcome, NameMatch, Need, PassRecorded, Payload, SubmissionFailed, SubmissionLodged};
use crate::reason::{Reason, Reasons};
use crate::scheme::OutsideDate;
use crate::value::{Day, Hex32, IdMatch, Instant, Ref, Token};
use crate::vocabulary::{Channel, Method};
use serde::Serialize;

#[derive(Serialize)]
struct Row {
    id_match: Option<IdMatch>,
    name_hmac: Option<IdMatch>,
    instant: Instant,
    channel: Channel,
    passed: bool,
    agency: Option<Ref>,
    remote_id: Option<Token>,
    data_source: Option<Ref>,
    activity_date: Option<Day>,
    entitlement: Option<Ref>,
}

pub(super) fn read(
    fields: &Fields<'_>,
    seen: &Seen,
    people: &People,
    known: &Known,
    import: &Import<'_>,
) -> Result<(Hex32, Made), BadCell> {
    let missing = |name| fields.bad_field(name, "empty; this field is required");
    let row = Row {
        id_match: seen.id_match,
        name_hmac: Some(seen.name_hmac.ok_or_else(|| missing("name"))?),
        instant: fields.instant("instant")?.ok_or_else(|| missing("instant"))?,
        channel: fields.required("channel")?,
        passed: verdict(fields)?,
        agency: fields.value("agency")?,
        remote_id: fields.value("remote_id")?,
        data_source: fields.value("data_source")?,
        activity_date: fields.day("activity_date")?,
        entitlement: fields.value("entitlement")?,
    };
    let identity = row_identity("results", &row);
    let (person_ref, name_match) = match people.who(seen, fields, known)? {
        Who::Found(person, name_match) => (person.person_ref.clone(), name_match),
        refer @ Who::Refer(..) => return Ok((identity, Made::refer(&refer, seen))),
    };
    if !row.passed {
        let effective = row.instant.day();
        let payload = failed(&row, person_ref, identity);
        return Ok((identity, Made::Event { effective, payload, notes: Vec::new() }));
    }
    let (certified_on, outside) = certified_on(&row, &person_ref, known, import);
    if certified_on > import.now.day().add_days(1) {
        let bad = fields.bad_field("instant", "later than the day after it is received; correct the clock or the row");
        return Err(BadCell { reason: Reason::IMPORT_FUTURE_DATE, ..bad });
    }
    let judged = judge(&row, import);
    let fits = import.scheme.channels.get(&row.channel).is_none_or(|rule| rule.is_for(outside));
    let mut notes: Vec<Reason> = judged.iter().map(|(reason, _)| *reason).collect();
    if !fits {
        notes.push(Reason::RESIDENCE_MISMATCH);
    }
    let reasons: Reasons = notes.iter().copied().collect();
    let need = judged.and_then(|(_, need)| need);
    let payload = match need {
        Some(need) => lodged(row, person_ref, identity, certified_on, need, reasons),
        None => passed(row, person_ref, identity, name_match, reasons),
    };
    let effective = if need.is_some() { import.now.day() } else { certified_on };
    Ok((identity, Made::Event { effective, payload, notes }))
}

fn verdict(fields: &Fields<'_>) -> Result<bool, BadCell> {
    match fields.text("result")? {
        Some("pass") => Ok(true),
        Some("fail") => Ok(false),
        _ => Err(fields.bad_field("result", "expected pass or fail")),
    }
}

/// The date that the pass bears, and whether the person lives outside the mainland on it.
fn certified_on(row: &Row, person_ref: &Ref, known: &Known, import: &Import<'_>) -> (Day, bool) {
    let day = row.instant.day();
    let outside = |day| import.scheme.is_outside(known.residence(person_ref, day));
    let date = match (row.activity_date, import.scheme.cycle_rule.outside_date) {
        (Some(activity), _) if row.channel == Channel::DataMatch => activity,
        (_, OutsideDate::Earlier) if outside(day) => day.min(row.instant.local_day()),
        _ => day,
    };
    (date, outside(date))
}

/// Whether the agency or the data source behind a result is known, and what is to be looked at if not.
fn judge(row: &Row, import: &Import<'_>) -> Option<(Reason, Option<Need>)> {
    let rule = import.scheme.channels.get(&row.channel);
    match row.channel {
        Channel::AssistIn | Channel::AssistCross => {
            let fits = rule.zip(row.agency.as_ref()).is_some_and(|(rule, agency)| rule.knows_agency(agency));
            Some(if fits {
                (Reason::ASSIST_ACCEPTED, None)
            } else {
                (Reason::ASSIST_AGENCY_UNKNOWN, Some(Need::Agency))
            })
        }
        Channel::DataMatch => {
            let listed = rule.zip(row.data_source.as_ref()).is_some_and(|(rule, source)| rule.sources.contains(source));
            Some(if listed {
                (Reason::DATA_MATCH_ACCEPTED, None)
            } else {
                (Reason::DATA_SOURCE_UNKNOWN, Some(Need::Source))
            })
        }
        _ => None,
    }
}

fn method(channel: Channel) -> Method {
    match channel {
        Channel::AssistIn | Channel::AssistCross => Method::Agency,
        Channel::DataMatch => Method::Data,
        Channel::ConsularPaper => Method::Paper,
        Channel::ManualCounty | Channel::ManualOutlet => Method::Form,
        // The platform does not say by which path; without a machine match on record it counts as staff's.
        Channel::Window | Channel::Outlet | Channel::HomeVisit => Method::Staff,
        Channel::Kiosk
        | Channel::AppMinshengShanxi
        | Channel::AppLaolai
        | Channel::AppSanjintong
        | Channel::App12333
        | Channel::AppConsular => Method::Face,
    }
}

fn passed(row: Row, person_ref: Ref, identity: Hex32, name_match: NameMatch, reasons: Reasons) -> Payload {
    PassRecorded {
        person_ref,
        entitlement: row.entitlement,
        channel: row.channel,
        method: method(row.channel),
        at: row.instant,
        staff: Vec::new(),
        reasons,
        pilot: false,
        decided_at: None,
        reviewer: None,
        agency: row.agency,
        data_source: row.data_source,
        evidence_digest: None,
        decision_digest: None,
        of: None,
        row: Some(identity),
        remote_id: row.remote_id,
        name_match: Some(name_match),
    }
    .into()
}

fn lodged(row: Row, person_ref: Ref, identity: Hex32, certified_on: Day, need: Need, reasons: Reasons) -> Payload {
    SubmissionLodged {
        person_ref,
        channel: row.channel,
        at: row.instant,
        certified_on,
        method: method(row.channel),
        need,
        staff: Vec::new(),
        reasons,
        evidence_digest: None,
        decision_digest: None,
        agency: row.agency,
        data_source: row.data_source,
        row: Some(identity),
    }
    .into()
}

fn failed(row: &Row, person_ref: Ref, identity: Hex32) -> Payload {
    SubmissionFailed {
        person_ref,
        channel: row.channel,
        at: row.instant,
        outcome: FailedOutcome::NotPassed,
        reasons: Reasons::new(),
        attempt: false,
        photo_digest: None,
        cases: None,
        decision_digest: None,
        row: Some(identity),
    }
    .into()
}
