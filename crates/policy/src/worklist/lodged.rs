//! Items that people's own steps open: submissions, forms, visits, appeals, difficulties, rows that fit nobody.

use super::Desk;
use super::item::Opener;
use crate::event::{ContactResult, Event, EventKind, FailedOutcome, Need, Payload, ReviewResult, VisitResult};
use crate::reason::Reason;
use crate::value::{Day, Ref};
use crate::vocabulary::{Item, Role};

/// Items of one person's submissions, visits, appeals and difficulties.
pub(super) fn open<'a>(desk: &mut Desk<'a>, person: &'a Ref, events: &[&'a Event]) {
    for &event in events {
        let id = Opener::Event(&event.event_id);
        match &event.payload {
            Payload::FormLodged(_) => {
                if !desk.is_answered(event, EventKind::FormReviewed) {
                    desk.open(Item::ManualReview, id, event.effective)
                        .people([person.clone()])
                        .reason(Reason::REVIEW_PENDING)
                        .push();
                }
                open_review_referral(desk, person, event);
            }
            Payload::SubmissionLodged(lodged) => {
                if !desk.is_answered(event, EventKind::SubmissionReviewed) {
                    let role = if lodged.need == Need::Attestation { Role::Township } else { Role::Benefits };
                    desk.open(Item::AttestReview, id, event.effective)
                        .people([person.clone()])
                        .reason(Reason::REVIEW_PENDING)
                        .role(role)
                        .push();
                }
                open_review_referral(desk, person, event);
            }
            Payload::SubmissionFailed(failed) if failed.reasons.contains(&Reason::PHOTO_REUSED) => {
                let users =
                    failed.photo_digest.and_then(|digest| desk.photos.get(&digest)).cloned().unwrap_or_default();
                desk.open(Item::CaseOther, id, event.effective)
                    .people(users.into_iter().chain([person]).cloned())
                    .reason(Reason::PHOTO_REUSED)
                    .push_unless_closed();
            }
            Payload::VisitRequested(_) => open_visit(desk, person, event),
            Payload::AppealLodged(_) if !desk.is_answered(event, EventKind::AppealClosed) => {
                desk.open(Item::Appeal, id, event.effective)
                    .people([person.clone()])
                    .reason(Reason::APPEAL_LODGED)
                    .push();
            }
            _ => {}
        }
    }
    open_difficulty(desk, person, events);
}

/// A review that asks for a closer look.
fn open_review_referral<'a>(desk: &mut Desk<'a>, person: &'a Ref, submission: &'a Event) {
    for &review in desk.log.answers(&submission.event_id) {
        let result = match &review.payload {
            Payload::FormReviewed(review) => review.result,
            Payload::SubmissionReviewed(review) => review.result,
            _ => continue,
        };
        if result == ReviewResult::Refer {
            desk.open(Item::CaseOther, Opener::Event(&review.event_id), review.effective)
                .people([person.clone()])
                .reason(Reason::REVIEW_REFERRED)
                .push_unless_closed();
        }
    }
}

fn open_visit<'a>(desk: &mut Desk<'a>, person: &'a Ref, request: &'a Event) {
    if desk.is_answered(request, EventKind::VisitDone) {
        return;
    }
    let id = Opener::Event(&request.event_id);
    if !desk.is_answered(request, EventKind::AppointmentMade) {
        desk.open(Item::VisitBookingCall, id, request.effective)
            .people([person.clone()])
            .reason(Reason::VISIT_BOOKED)
            .push();
    }
    desk.open(Item::Visit, id, request.effective)
        .people([person.clone()])
        .reason(Reason::VISIT_BOOKED)
        .late(Reason::VISIT_LATE)
        .push();
}

/// One item for the last sign of difficulty, until somebody has reached the person.
fn open_difficulty<'a>(desk: &mut Desk<'a>, person: &'a Ref, events: &[&'a Event]) {
    let attempts: Vec<&Event> = events.iter().copied().filter(|event| is_attempt(event)).collect();
    let rules = &desk.scheme.face;
    let count = usize::try_from(rules.attempts).unwrap_or(usize::MAX).max(1);
    let many = attempts.windows(count).filter(|window| match (window.first(), window.last()) {
        (Some(first), Some(last)) => last.effective.days_since(first.effective) < rules.attempts_within_days,
        _ => false,
    });
    let signs = many.filter_map(|window| window.last().copied());
    let told = events.iter().copied().filter(|event| is_difficulty(desk, event));
    let last = signs.chain(told).max_by_key(|event| (event.effective, event.event_id));
    if let Some(sign) = last
        && !is_reached_since(events, sign.effective)
    {
        desk.open(Item::DifficultyFeedback, Opener::Event(&sign.event_id), sign.effective)
            .people([person.clone()])
            .reason(Reason::DIFFICULTY_FEEDBACK)
            .push();
    }
}

fn is_attempt(event: &Event) -> bool {
    matches!(&event.payload, Payload::SubmissionFailed(failed) if failed.attempt && failed.outcome == FailedOutcome::NotPassed)
}

/// A flag, or a request whose visit met nobody.
fn is_difficulty(desk: &Desk<'_>, event: &Event) -> bool {
    match &event.payload {
        Payload::DifficultyFlag(_) => true,
        Payload::VisitRequested(_) => desk
            .log
            .answers(&event.event_id)
            .iter()
            .any(|answer| matches!(&answer.payload, Payload::VisitDone(done) if done.result == VisitResult::NotMet)),
        _ => false,
    }
}

/// Whether somebody has reached the person on or after a day.
pub(super) fn is_reached_since(events: &[&Event], day: Day) -> bool {
    events.iter().any(|event| {
        event.effective >= day
            && matches!(&event.payload, Payload::ContactAttempted(contact) if contact.result == ContactResult::Reached)
    })
}
