//! What withholds the advice to stop a benefit while somebody's request is open.

use schemars::JsonSchema;
use serde::Serialize;

use crate::event::{Event, FailedOutcome, Matter, Payload};
use crate::log::Log;
use crate::scheme::Scheme;
use crate::value::{Day, Ref};
use crate::vocabulary::words;

words! {
    /// What holds.
    HoldKind: "a kind of hold" {
        /// A home visit is asked for.
        Visit = "visit",
        /// A form is under review.
        Form = "form",
        /// Another submission is under review.
        Submission = "submission",
        /// An appeal is open.
        Appeal = "appeal",
        /// A submission waits for a case.
        Referral = "referral",
    }
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Hold {
    /// What holds.
    pub kind: HoldKind,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
}

impl Hold {
    /// In force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: Day) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Every hold of a benefit line, oldest first, each until it is answered or its days are over.
pub(super) fn holds(scheme: &Scheme, log: &Log<'_>, story: &[&Event], entitlement: &Ref) -> Vec<Hold> {
    let rules = &scheme.suspension;
    let found = story.iter().filter_map(|event| {
        let answered = || {
            log.answers(&event.event_id)
                .iter()
                .filter(|answer| closes(&answer.payload))
                .map(|answer| answer.effective)
                .min()
        };
        let (kind, days, closed) = match &event.payload {
            Payload::VisitRequested(_) => (HoldKind::Visit, rules.visit_hold_days, answered()),
            Payload::FormLodged(_) => (HoldKind::Form, rules.form_hold_days, answered()),
            Payload::SubmissionLodged(_) => (HoldKind::Submission, rules.form_hold_days, answered()),
            Payload::AppealLodged(appeal)
                if appeal.matter == Matter::Appeal
                    && appeal.entitlement.as_ref().is_none_or(|line| line == entitlement) =>
            {
                (HoldKind::Appeal, rules.appeal_hold_days, answered())
            }
            Payload::SubmissionFailed(failed) if failed.outcome == FailedOutcome::Referred => {
                let cases = failed.cases.as_ref().filter(|cases| !cases.is_empty())?;
                let closed = cases
                    .iter()
                    .map(|case| log.closure(case).filter(|_| !log.is_open(case)).map(|closure| closure.effective));
                (
                    HoldKind::Referral,
                    rules.referral_hold_days,
                    closed.collect::<Option<Vec<_>>>().and_then(|days| days.into_iter().max()),
                )
            }
            _ => return None,
        };
        let until = event.effective.add_days(days);
        let until = closed.map_or(until, |closed| until.min(closed.add_days(-1)));
        Some(Hold { kind, from: event.effective, until })
    });
    found.collect()
}

fn closes(payload: &Payload) -> bool {
    matches!(
        payload,
        Payload::FormReviewed(_) | Payload::SubmissionReviewed(_) | Payload::VisitDone(_) | Payload::AppealClosed(_)
    )
}
