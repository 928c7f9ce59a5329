//! Paths without a face scan besides the form: attestation, agency, data, paper.

use std::collections::BTreeSet;

use super::{Context, Verdict};
use crate::reason::{Reason, Reasons};
use crate::vocabulary::{Channel, Method};

impl Context<'_> {
    /// Too few different attesting staff, or a role that may not attest.
    pub(crate) fn attest_reasons(&self) -> Reasons {
        let staff = self.case.attestations.iter().map(|attestation| &attestation.staff).collect::<BTreeSet<_>>();
        let needed = self.rule.attest_staff.unwrap_or_default().max(0) as usize;
        let allowed = self.case.attestations.iter().all(|a| self.rule.attest_roles.contains(&a.role));
        let low = (staff.len() < needed).then_some(Reason::STAFF_COUNT_LOW);
        low.into_iter().chain((!allowed).then_some(Reason::STAFF_ROLE_NOT_ALLOWED)).collect()
    }
}

pub(super) fn judge_attestation(context: &Context<'_>) -> Verdict {
    let mut reasons = context.attest_reasons();
    if context.case.attestations.is_empty() {
        reasons.insert(Reason::STAFF_COUNT_LOW);
    }
    let attested_at = context.case.attestations.iter().map(|a| a.at).max().unwrap_or(context.case.at);
    let approved = context.review(context.rule.review_staff > 0, &mut reasons);
    Verdict::new(Method::Staff, reasons, context.date_of(attested_at), approved, Reason::STAFF_ATTESTED)
}

/// A visit that is asked for and not made yet.
pub(super) fn judge_visit(context: &Context<'_>, doubted: bool) -> Verdict {
    let reason = if doubted { Reason::VISIT_GROUND_QUERY } else { Reason::VISIT_BOOKED };
    Verdict::new(Method::Staff, Reasons::from([reason]), context.case.at.day(), false, Reason::STAFF_ATTESTED)
}

pub(super) fn judge_agency(context: &Context<'_>) -> Verdict {
    let known = context.case.agency.as_ref().is_some_and(|agency| context.rule.knows_agency(agency));
    let mut reasons = Reasons::from([if known { Reason::ASSIST_ACCEPTED } else { Reason::ASSIST_AGENCY_UNKNOWN }]);
    let approved = context.review(false, &mut reasons);
    Verdict::new(Method::Agency, reasons, context.date_of(context.case.at), approved, Reason::ASSIST_ACCEPTED)
}

pub(super) fn judge_data(context: &Context<'_>) -> Verdict {
    let known = context.case.data.as_ref().is_some_and(|data| context.rule.sources.contains(&data.source));
    let mut reasons = Reasons::from([if known { Reason::DATA_MATCH_ACCEPTED } else { Reason::DATA_SOURCE_UNKNOWN }]);
    let approved = context.review(false, &mut reasons);
    let day = context.case.data.as_ref().map_or(context.case.at.day(), |data| data.activity_on);
    Verdict::new(Method::Data, reasons, day, approved, Reason::DATA_MATCH_ACCEPTED)
}

pub(super) fn judge_paper(context: &Context<'_>) -> Verdict {
    let at = context.case.at.day();
    let (reason, day) = match &context.case.paper {
        Some(paper) => {
            let days = paper.presented_on.days_since(paper.issued_on);
            let in_time = context.rule.max_days_since_issue.is_none_or(|max| (0..=max).contains(&days));
            (if in_time { Reason::CONSULAR_PAPER_ACCEPTED } else { Reason::CONSULAR_PAPER_LATE }, paper.issued_on)
        }
        None => (Reason::DOC_MISSING, at),
    };
    let mut reasons = Reasons::from([reason]);
    let approved = context.review(false, &mut reasons);
    Verdict::new(Method::Paper, reasons, day, approved, Reason::CONSULAR_PAPER_ACCEPTED)
}

impl Context<'_> {
    /// Whether the door is one of the two by which another agency's result comes in.
    pub(super) fn is_assisted(&self) -> bool {
        matches!(self.case.channel, Channel::AssistIn | Channel::AssistCross)
    }
}
