//! What staff did, as lines of events: who may enter what, then the same road as every other row.

use super::known::Known;
use super::table::{BadCell, Refused};
use super::{Batch, Import, Loaded};
use crate::error::Error;
use crate::event::{
    Actor, Against, AppealClosed, CaseClosed, CaseKey, CaseResult, Event, EventKind, EventLine, Fact, Need, PairResult,
    PassRecorded, Payload, Source,
};
use crate::reason::Reason;
use crate::scheme::{CloseItem, Scheme};
use crate::value::{Day, Hex32, Ref};
use crate::vocabulary::Role;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

/// Items that a plain `ItemClosed` closes; which of them an item is, the worklist knows.
const CLOSED_BY_ITEM: [CloseItem; 5] = [
    CloseItem::Identity,
    CloseItem::CaseOther,
    CloseItem::SurvivorCheck,
    CloseItem::Overpayment,
    CloseItem::PlatformMismatch,
];

impl Import<'_> {
    /// Loads events entered by staff, JSON Lines in UTF-8. Time of receipt and source are set here.
    ///
    /// # Errors
    /// [`Error::FileRefused`] if the file is not UTF-8. A line that is no event, of a kind that only the program makes, or
    /// by a role that may not is a rejected row.
    pub fn load_events(&self, bytes: &[u8]) -> Result<Loaded, Error> {
        let text = str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|&byte| byte == b'\n').count() as u64;
            self.refuse(Refused { line, column: None, cause: "not valid utf-8".to_owned() })
        })?;
        let mut known = Known::new(self.existing);
        let mut story = Story::default();
        self.existing.iter().for_each(|event| story.add(event));
        let mut batch = Batch::new(self, Source::Events, bytes);
        for (line, text) in (1_usize..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
            batch.loaded.report.rows += 1;
            match self.line(line, text, &story) {
                Err(bad) => batch.reject(line as u64, bad),
                Ok(event) => {
                    story.add(&event);
                    batch.push(event, &mut known);
                }
            }
        }
        Ok(batch.loaded)
    }

    fn line(&self, line: usize, text: &str, story: &Story) -> Result<Event, BadCell> {
        let read = EventLine::read(self.file, line, text).map_err(bad_event)?;
        for (set, field) in [(read.received.is_some(), "received"), (read.source.is_some(), "source")] {
            if set {
                return Err(bad(Reason::IMPORT_ROW_REJECTED, field, "leave this field out; the import sets it"));
            }
        }
        story.may_enter(&read.payload, read.effective, self.scheme)?;
        read.complete(self.file, line, Some(self.now), Some(Source::Events)).map_err(bad_event)
    }
}

fn bad(reason: Reason, field: &str, text: &'static str) -> BadCell {
    BadCell { reason, column: Some(field.to_owned()), text: Cow::Borrowed(text) }
}

fn bad_event(error: Error) -> BadCell {
    let (field, text) = match error {
        Error::Event { field, problem, .. } => (field, Cow::Owned(problem)),
        Error::EventId { .. } => ("event_id".to_owned(), Cow::Borrowed("not the digest of this event; leave it out")),
        _ => (String::new(), Cow::Borrowed("not an event")),
    };
    BadCell { reason: Reason::IMPORT_ROW_REJECTED, column: Some(field), text }
}

/// The closure of a case that counts.
struct Closure {
    rank: (Day, Hex32),
    /// Whether it clears the person.
    clears: bool,
    by: BTreeSet<Ref>,
}

/// What earlier events say that decides who may enter the next.
#[derive(Default)]
struct Story {
    /// Submissions, forms, referrals and appeals that a later event may answer, and decisions that an appeal may attack.
    events: HashMap<Hex32, Payload>,
    /// The latest closure of each case.
    closures: HashMap<CaseKey, Closure>,
}

impl Story {
    fn add(&mut self, event: &Event) {
        match &event.payload {
            Payload::CaseClosed(closed) => {
                self.close(event, closed.case.clone(), closed.result == CaseResult::Refuted, &closed.by);
            }
            Payload::PairClosed(closed) => {
                let key = CaseKey::Pair { a: closed.a.clone(), b: closed.b.clone() };
                self.close(event, key, closed.result != PairResult::SamePerson, &closed.by);
            }
            Payload::SubmissionLodged(_)
            | Payload::SubmissionFailed(_)
            | Payload::FormLodged(_)
            | Payload::AppealLodged(_)
            | Payload::SubmissionReviewed(_)
            | Payload::FormReviewed(_) => {}
            _ => return,
        }
        self.events.insert(event.event_id, event.payload.clone());
    }

    fn close(&mut self, event: &Event, key: CaseKey, clears: bool, by: &[Actor]) {
        let rank = (event.effective, event.event_id);
        let by = by.iter().map(|actor| actor.staff.clone()).collect();
        if self.closures.get(&key).is_none_or(|known| known.rank < rank) {
            self.closures.insert(key, Closure { rank, clears, by });
        }
    }

    /// Whether staff may enter an event, and these staff this one.
    fn may_enter(&self, payload: &Payload, effective: Day, scheme: &Scheme) -> Result<(), BadCell> {
        match payload {
            Payload::SubmissionReviewed(review) => may(&[&review.by], self.reviewers(&review.of, scheme)),
            Payload::FormReviewed(review) => may(&[&review.by], self.reviewers(&review.of, scheme)),
            Payload::VisitDone(visit) => may(&all(&visit.by), closers(CloseItem::Visit, scheme)),
            Payload::AppealClosed(closed) => self.may_close_appeal(closed, scheme),
            Payload::CaseClosed(closed) => may_close_case(closed, scheme),
            Payload::PairClosed(closed) => {
                may(&all(&closed.by), closers(CloseItem::CaseOther, scheme))?;
                enough(&closed.by, closed.result == PairResult::SamePerson, scheme)
            }
            Payload::ItemClosed(closed) => {
                let roles = CLOSED_BY_ITEM.iter().flat_map(|item| closers(*item, scheme)).copied().collect::<Vec<_>>();
                may(&[&closed.by], &roles)
            }
            Payload::Revoked(revoked) => may(&[&revoked.by], closers(CloseItem::Revoke, scheme)),
            Payload::PassRecorded(pass) => self.may_pass(pass, effective),
            other if ENTERED.contains(&other.kind()) => Ok(()),
            _ => Err(bad(
                Reason::IMPORT_ROW_REJECTED,
                "kind",
                "the program makes this kind of event; staff do not enter it",
            )),
        }
    }

    fn reviewers<'a>(&self, of: &Hex32, scheme: &'a Scheme) -> &'a [Role] {
        let channel = match self.events.get(of) {
            Some(Payload::SubmissionLodged(lodged)) if lodged.need == Need::Attestation => Some(lodged.channel),
            Some(Payload::FormLodged(lodged)) => Some(lodged.channel),
            _ => None,
        };
        let rule = channel.and_then(|channel| scheme.channels.get(&channel));
        rule.map_or(&scheme.other_review_roles, |rule| &rule.review_roles)
    }

    /// An appeal is never closed by whoever decided the matter.
    fn may_close_appeal(&self, closed: &AppealClosed, scheme: &Scheme) -> Result<(), BadCell> {
        may(&[&closed.by], closers(CloseItem::Appeal, scheme))?;
        let Some(Payload::AppealLodged(appeal)) = self.events.get(&closed.of) else { return Ok(()) };
        let decider = match &appeal.against {
            None => false,
            Some(Against::Case(key)) => self.closures.get(key).is_some_and(|known| known.by.contains(&closed.by.staff)),
            Some(Against::Event(id)) => match self.events.get(id) {
                Some(Payload::SubmissionReviewed(review)) => review.by.staff == closed.by.staff,
                Some(Payload::FormReviewed(review)) => review.by.staff == closed.by.staff,
                Some(Payload::CaseClosed(case)) => case.by.iter().any(|actor| actor.staff == closed.by.staff),
                Some(Payload::PairClosed(pair)) => pair.by.iter().any(|actor| actor.staff == closed.by.staff),
                _ => false,
            },
        };
        if decider { Err(not_allowed("an appeal is closed by somebody else than who decided")) } else { Ok(()) }
    }

    /// A pass entered by staff: a submission that was referred for cases which have all been cleared since.
    fn may_pass(&self, pass: &PassRecorded, effective: Day) -> Result<(), BadCell> {
        let Some(Payload::SubmissionFailed(failed)) = pass.of.and_then(|of| self.events.get(&of)) else {
            let text = "staff enter a pass only of a referred submission";
            return Err(bad(Reason::IMPORT_ROW_REJECTED, "payload.of", text));
        };
        let same = failed.person_ref == pass.person_ref && failed.channel == pass.channel && failed.at == pass.at;
        if !same || (effective != pass.at.day() && effective != pass.at.local_day()) {
            return Err(bad(
                Reason::IMPORT_ROW_REJECTED,
                "payload",
                "person, channel and time are not the submission's",
            ));
        }
        let cases = failed.cases.as_ref();
        let cleared = |key: &CaseKey| self.closures.get(key).is_some_and(|known| known.clears);
        if cases.is_some_and(|cases| !cases.is_empty() && cases.iter().all(cleared)) {
            Ok(())
        } else {
            Err(bad(Reason::IMPORT_ROW_REJECTED, "payload.of", "a case of this submission is open or confirmed"))
        }
    }
}

/// Kinds that any staff may enter.
const ENTERED: [EventKind; 11] = [
    EventKind::ResidenceChanged,
    EventKind::ConsentRecorded,
    EventKind::DifficultyFlag,
    EventKind::VisitRequested,
    EventKind::AppointmentMade,
    EventKind::AppealLodged,
    EventKind::FactReported,
    EventKind::ContactAttempted,
    EventKind::DataLookedUp,
    EventKind::ItemNoted,
    EventKind::ReminderSent,
];

fn may_close_case(closed: &CaseClosed, scheme: &Scheme) -> Result<(), BadCell> {
    let item = match &closed.case {
        CaseKey::Fact { fact: Fact::Death, .. } => CloseItem::CaseDeath,
        _ => CloseItem::CaseOther,
    };
    may(&all(&closed.by), closers(item, scheme))?;
    enough(&closed.by, closed.result == CaseResult::Confirmed, scheme)
}

fn closers(item: CloseItem, scheme: &Scheme) -> &[Role] {
    scheme.close_roles.get(&item).map_or(&[], Vec::as_slice)
}

fn all(actors: &[Actor]) -> Vec<&Actor> {
    actors.iter().collect()
}

fn may(actors: &[&Actor], roles: &[Role]) -> Result<(), BadCell> {
    if !actors.is_empty() && actors.iter().all(|actor| roles.contains(&actor.role)) {
        Ok(())
    } else {
        Err(not_allowed("this role may not enter this; see [roles] of the policy"))
    }
}

fn enough(actors: &[Actor], needed: bool, scheme: &Scheme) -> Result<(), BadCell> {
    let staff: BTreeSet<&Ref> = actors.iter().map(|actor| &actor.staff).collect();
    if needed && staff.len() < usize::try_from(scheme.facts.confirmed_staff).unwrap_or(usize::MAX) {
        return Err(bad(Reason::STAFF_COUNT_LOW, "payload.by", "more different staff have to confirm this"));
    }
    Ok(())
}

fn not_allowed(text: &'static str) -> BadCell {
    bad(Reason::STAFF_ROLE_NOT_ALLOWED, "payload.by", text)
}
