//! What the platform has said of a benefit line, and what we have advised it.

use std::collections::{BTreeMap, BTreeSet};

use super::PlatformState;
use crate::event::{AdviceType, Event, Payload, PaymentCause, PaymentState, PlatformPayment};
use crate::fact::{Case, is_lost};
use crate::scheme::Scheme;
use crate::value::{Day, Hex32, Month, Ref};

/// Months and advices of a benefit line.
pub(super) struct Platform<'a> {
    /// State of each month; of several rows of one month the latest.
    months: BTreeMap<Month, &'a PlatformPayment>,
    /// Advices to stop that are not withdrawn.
    stops: Vec<(Hex32, Month)>,
    /// Back-pay of advices to resume.
    resumes: BTreeSet<BTreeSet<Month>>,
    /// First day of an end stated by the platform.
    ended: Option<Day>,
}

impl<'a> Platform<'a> {
    pub(super) fn new(story: &[&'a Event], entitlement: &Ref) -> Self {
        let mut platform = Self { months: BTreeMap::new(), stops: Vec::new(), resumes: BTreeSet::new(), ended: None };
        let mut withdrawn = BTreeSet::new();
        for event in story {
            match &event.payload {
                // The order of the story is that of the rule, so that the last row of a month wins.
                Payload::PlatformPayment(row) if row.entitlement == *entitlement => {
                    platform.months.insert(row.month, row);
                }
                Payload::EntitlementEnded(end) if end.entitlement == *entitlement => {
                    platform.ended = Some(platform.ended.map_or(event.effective, |day| day.min(event.effective)));
                }
                Payload::AdviceIssued(advice) if advice.entitlement == *entitlement => match advice.record_type {
                    AdviceType::Suspend => {
                        platform.stops.extend(advice.payroll_month.map(|month| (event.event_id, month)));
                    }
                    AdviceType::Resume => {
                        platform.resumes.insert(advice.backpay_months.clone().unwrap_or_default());
                    }
                },
                Payload::AdviceWithdrawn(back) if back.entitlement == *entitlement => {
                    withdrawn.insert(back.of);
                }
                _ => {}
            }
        }
        platform.stops.retain(|(id, _)| !withdrawn.contains(id));
        platform
    }

    /// The latest state.
    pub(super) fn state(&self) -> Option<PlatformState> {
        let (month, row) = self.months.last_key_value()?;
        Some(PlatformState { month: *month, state: row.state, cause: row.cause })
    }

    /// Whether the platform has ended the line by a day.
    pub(super) fn has_ended(&self, day: Day) -> bool {
        self.ended.is_some_and(|ended| ended <= day)
    }

    /// Month of an advice to stop that the platform has not answered by a row yet.
    pub(super) fn outstanding(&self) -> Option<Month> {
        let latest = self.months.last_key_value().map(|(month, _)| *month);
        self.stops.iter().map(|(_, month)| *month).filter(|month| latest.is_none_or(|latest| latest < *month)).max()
    }

    /// Whether an advice of ours stands behind the latest run of stopped months.
    pub(super) fn is_advised(&self) -> bool {
        let Some((latest, _)) = self.months.last_key_value() else { return false };
        let paid = self.months.iter().rev().find(|(_, row)| row.state == PaymentState::Paid).map(|(month, _)| *month);
        self.stops.iter().any(|(_, month)| month <= latest && paid.is_none_or(|paid| paid < *month))
    }

    /// Months stopped for want of a pass, not paid since and not lost.
    pub(super) fn backpay(&self, scheme: &Scheme, cases: &[Case]) -> BTreeSet<Month> {
        let owed = self.months.iter().filter(|(month, row)| {
            row.state == PaymentState::Suspended
                && row.cause == Some(PaymentCause::NotCertified)
                && !is_lost(scheme, cases, **month)
        });
        owed.map(|(month, _)| *month).collect()
    }

    /// Whether just these months have been advised for back-pay.
    pub(super) fn is_resume_advised(&self, months: &BTreeSet<Month>) -> bool {
        self.resumes.contains(months)
    }

    /// Whether a month after a death was paid.
    pub(super) fn is_paid_after(&self, death: Day) -> bool {
        self.months.iter().any(|(month, row)| *month > death.month() && row.state == PaymentState::Paid)
    }
}
