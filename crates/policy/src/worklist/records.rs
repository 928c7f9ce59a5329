//! Items that are nobody's step: rows that fit no person, records that the platform refused or never answered, villages
//! without an open outlet.

use super::Desk;
use super::item::Opener;
use crate::coverage;
use crate::event::{AckStatus, Event, Payload, RowReferred};
use crate::reason::Reason;
use crate::value::Hex32;
use crate::vocabulary::Item;

/// Items of all events that are not told by person.
pub(super) fn open(desk: &mut Desk<'_>) {
    let log = desk.log;
    for &event in &log.events {
        match &event.payload {
            Payload::RowReferred(row) => open_row(desk, event, row),
            Payload::AdviceIssued(advice) => open_record(desk, event, &advice.key),
            Payload::AdviceWithdrawn(advice) => open_record(desk, event, &advice.key),
            Payload::RecordExported(record) => open_record(desk, event, &record.key),
            _ => {}
        }
    }
    open_gaps(desk);
}

/// An imported row waits until a later roster entry names its number, or staff close it.
fn open_row(desk: &mut Desk<'_>, event: &Event, row: &RowReferred) {
    let named = row.id_match.and_then(|id| desk.rostered.get(&id));
    let mended = row.reason != Reason::ID_CENTURY_UNCLEAR && named.is_some_and(|received| *received > event.received);
    if !mended {
        desk.open(Item::Identity, Opener::Event(&event.event_id), event.effective)
            .people(row.person_ref.clone())
            .reason(row.reason)
            .push_unless_closed();
    }
}

/// A record that was rejected, or not answered within its days, until it is accepted.
fn open_record(desk: &mut Desk<'_>, event: &Event, key: &Hex32) {
    let answers = desk.log.answers(key);
    let acks = answers.iter().filter_map(|answer| match &answer.payload {
        Payload::AckReceived(ack) => Some((answer.effective, ack.status)),
        _ => None,
    });
    let last = acks.max_by_key(|(day, status)| (*day, matches!(status, AckStatus::Accepted | AckStatus::Duplicate)));
    let people = || crate::log::people_of(&event.payload).cloned();
    let id = Opener::Event(&event.event_id);
    let deadline = &desk.scheme.deadline;
    let (rejected_days, unanswered_days) = (deadline.export_rejected, deadline.export_unacknowledged);
    match last {
        Some((_, AckStatus::Accepted | AckStatus::Duplicate)) => {}
        Some((day, AckStatus::Rejected)) => {
            let draft = desk.open(Item::Export, id, day).days(rejected_days);
            draft.people(people()).reason(Reason::EXPORT_REJECTED).push();
        }
        Some((_, AckStatus::Pending)) | None => {
            let (until, _) = desk.scheme.working_days_after(event.effective, unanswered_days);
            if desk.now.day() > until {
                let draft = desk.open(Item::Export, id, event.effective).days(unanswered_days);
                draft.people(people()).reason(Reason::EXPORT_UNACKNOWLEDGED).push();
            }
        }
    }
}

/// Villages and communities that no open outlet serves, since the day on which the last one closed.
fn open_gaps(desk: &mut Desk<'_>) {
    let scheme = desk.scheme;
    for (code, village) in coverage::gaps(scheme, desk.now.day()) {
        let closed = scheme.outlets.iter().flatten().filter(|(_, outlet)| outlet.unit == code);
        let last = closed.filter_map(|(_, outlet)| outlet.open_until).filter(|until| *until < desk.now.day()).max();
        let opened = last.map_or(scheme.effective_from, |until| until.add_days(1));
        desk.open(Item::OutletGap, Opener::Day(code.as_str(), opened), opened)
            .township(village.township)
            .reason(Reason::KPI_OUTLET_GAP)
            .push();
    }
}
