//! What staff do for a person: visits, contacts, look-ups, reminders.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Actor;
use crate::event::{ContactResult, LookupResult, Medium, ReminderMedium, ReminderTo, VisitResult};
use crate::value::{Day, Hex32, Instant, Ref, Token};
use crate::vocabulary::{AskedBy, Ground};

/// A home visit is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitRequested {
    /// The person.
    pub person_ref: Ref,
    /// Ground, self-declared.
    pub ground: Ground,
    /// Who asks.
    pub asked_by: AskedBy,
    /// Who doubts the ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground_query: Option<Actor>,
}

/// A home visit has its day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppointmentMade {
    /// The request.
    pub of: Hex32,
    /// Day of the visit.
    pub day: Day,
    /// Who made it.
    pub by: Actor,
}

/// A home visit was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitDone {
    /// The request.
    pub of: Hex32,
    /// Whether the person was met.
    pub result: VisitResult,
    /// Who went.
    pub by: Vec<Actor>,
}

/// Staff tried to reach the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactAttempted {
    /// The person.
    pub person_ref: Ref,
    /// When.
    pub at: Instant,
    /// How.
    pub medium: Medium,
    /// Whether it worked.
    pub result: ContactResult,
    /// Who.
    pub by: Actor,
    /// For which worklist item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Hex32>,
}

/// Data matching was looked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataLookedUp {
    /// The person.
    pub person_ref: Ref,
    /// Where.
    pub data_source: Ref,
    /// What was found.
    pub result: LookupResult,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// A reminder went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderSent {
    /// The person.
    pub person_ref: Ref,
    /// The benefit line.
    pub entitlement: Ref,
    /// Step.
    pub step: Token,
    /// Text.
    pub text_id: Ref,
    /// To whom.
    pub to: ReminderTo,
    /// How.
    pub medium: ReminderMedium,
    /// The due date that it named.
    pub due: Day,
}
