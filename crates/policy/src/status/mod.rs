//! Statuses: a fold over the known events, one line per entitlement.

mod hold;
mod line;
mod person;
mod platform;

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use crate::event::{Event, PaymentCause, PaymentState};
use crate::fact::Case;
use crate::log::Log;
use crate::reason::{Reason, Reasons};
use crate::scheme::Scheme;
use crate::value::{Code, Day, Instant, Month, Ref};
use crate::vocabulary::{Channel, Kind, Residence, words};

pub use hold::{Hold, HoldKind};
pub(crate) use person::Person;

pub(crate) use crate::cycle::dues;

words! {
    /// Status of an entitlement; the first that applies.
    Status: "a status" {
        /// 未开始
        NotStarted = "NotStarted",
        /// 已终止
        Ended = "Ended",
        /// 查实暂停
        StoppedByDecision = "StoppedByDecision",
        /// 建议恢复
        ResumeAdvised = "ResumeAdvised",
        /// 已停发
        Suspended = "Suspended",
        /// 临期
        DueSoon = "DueSoon",
        /// 正常
        Active = "Active",
        /// 建议停发
        SuspensionAdvised = "SuspensionAdvised",
        /// 逾期挂起
        Held = "Held",
        /// 逾期
        Overdue = "Overdue",
    }
}

impl Status {
    /// The reason code that stands for it.
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::NotStarted => Reason::NOT_STARTED,
            Self::Ended => Reason::ENTITLEMENT_ENDED,
            Self::StoppedByDecision => Reason::STOPPED_BY_DECISION,
            Self::ResumeAdvised => Reason::RESUME_ADVISED,
            Self::Suspended => Reason::SUSPENDED,
            Self::DueSoon => Reason::DUE_SOON,
            Self::Active => Reason::STATUS_ACTIVE,
            Self::SuspensionAdvised => Reason::SUSPENSION_ADVISED,
            Self::Held => Reason::SUSPENSION_HELD,
            Self::Overdue => Reason::OVERDUE,
        }
    }
}

words! {
    /// Advice to the platform.
    ActionType: "an advice" {
        /// Stop a payroll month.
        Suspend = "suspend_advice",
        /// Take such an advice back.
        Withdraw = "withdraw_advice",
        /// Resume and pay back.
        Resume = "resume_advice",
    }
}

/// An advice that should go out and has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Action {
    /// Which advice.
    #[serde(rename = "type")]
    pub action_type: ActionType,
    /// The month of a stop, or of the stop taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payroll_month: Option<Month>,
    /// Months to pay back, ascending.
    pub backpay_months: BTreeSet<Month>,
    /// Attempts to reach the person, from the near due date on; with a stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_attempts: Option<u32>,
    /// Whether data matching was looked up in that time; with a stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_match_looked_up: Option<bool>,
}

/// What the platform last said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlatformState {
    /// The latest month.
    pub month: Month,
    /// Paid or suspended.
    pub state: PaymentState,
    /// Why suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<PaymentCause>,
}

/// Status of one entitlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineStatus {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Kind of benefit.
    pub kind: Kind,
    /// Village or community.
    pub unit_code: Code<12>,
    /// Where the person lives.
    #[serde(skip)]
    pub residence: Residence,
    /// The status.
    pub status: Status,
    /// The due date before it is moved to a working day.
    pub raw_due: Option<Day>,
    /// The due date.
    pub due: Option<Day>,
    /// No stop is advised before this day is over.
    pub wait_end: Option<Day>,
    /// Holds in force.
    pub holds: Vec<Hold>,
    /// Cases of the person.
    pub cases: Vec<Case>,
    /// What the platform last said.
    pub platform: Option<PlatformState>,
    /// Advices that should go out.
    pub actions: Vec<Action>,
    /// Why.
    pub reasons: Reasons,
    /// Doors to go to, in order.
    pub doors: Vec<Channel>,
}

/// Statuses of every entitlement at `now`, by person and entitlement.
///
/// Only events received by `now` are known; their order and repetition do not matter.
#[must_use]
pub fn status(scheme: &Scheme, events: &[Event], now: Instant) -> Vec<LineStatus> {
    statuses(scheme, &Log::new(events, now), now)
}

/// Statuses from a log.
pub(crate) fn statuses(scheme: &Scheme, log: &Log<'_>, now: Instant) -> Vec<LineStatus> {
    let today = now.day();
    let people = log.people().map(|(person_ref, story)| Person::new(scheme, log, person_ref, story));
    people.flat_map(|person| person.statuses(today)).collect()
}
