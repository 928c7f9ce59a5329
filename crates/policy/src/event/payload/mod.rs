//! Payloads, one struct per event kind. Absent optional fields are left out, never `null`.

mod case;
mod desk;
mod person;
mod platform;
mod service;
mod submission;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::json::{self, Problem};
use crate::value::Ref;
use crate::vocabulary::Role;

pub use case::*;
pub use desk::*;
pub use person::*;
pub use platform::*;
pub use service::*;
pub use submission::*;

macro_rules! payloads {
    ($($(#[$doc:meta])* $kind:ident,)+) => {
        /// Kind of an event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum EventKind {
            $($(#[$doc])* $kind,)+
        }

        impl EventKind {
            /// Every kind, in the order of the story: what opens stands before what closes.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];
        }

        /// Kind and content of an event.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(tag = "kind", content = "payload")]
        pub enum Payload {
            $($(#[$doc])* $kind($kind),)+
        }

        impl Payload {
            /// The kind.
            #[must_use]
            pub const fn kind(&self) -> EventKind {
                match self {
                    $(Self::$kind(_) => EventKind::$kind,)+
                }
            }

            pub(super) fn read(kind: EventKind, text: &str) -> Result<Self, Problem> {
                match kind {
                    $(EventKind::$kind => json::read(text).map(Self::$kind),)+
                }
            }
        }

        $(impl From<$kind> for Payload {
            fn from(payload: $kind) -> Self {
                Self::$kind(payload)
            }
        })+
    };
}

payloads! {
    /// A benefit line of a person, as the roster states it.
    RosterEntry,
    /// The person lives elsewhere from that day on.
    ResidenceChanged,
    /// A consent given or withdrawn from that day on.
    ConsentRecorded,
    /// Somebody saw that certifying is hard for the person.
    DifficultyFlag,
    /// A certification.
    PassRecorded,
    /// A submission, other than a form, that waits for review.
    SubmissionLodged,
    /// A review of a submission.
    SubmissionReviewed,
    /// A submission that did not certify and does not wait for review.
    SubmissionFailed,
    /// A commitment form with its photo.
    FormLodged,
    /// A review of a form.
    FormReviewed,
    /// A home visit is asked for.
    VisitRequested,
    /// A home visit has its day.
    AppointmentMade,
    /// A home visit was made.
    VisitDone,
    /// An appeal or a complaint.
    AppealLodged,
    /// An appeal is answered.
    AppealClosed,
    /// A fact that may end a benefit.
    FactReported,
    /// People have decided a case.
    CaseClosed,
    /// One face under two people, a lead.
    PairReported,
    /// People have decided a face pair.
    PairClosed,
    /// What the platform says of a month.
    PlatformPayment,
    /// The platform has ended a benefit line.
    EntitlementEnded,
    /// Staff tried to reach the person.
    ContactAttempted,
    /// Data matching was looked up.
    DataLookedUp,
    /// A note on a worklist item.
    ItemNoted,
    /// A worklist item is closed.
    ItemClosed,
    /// An imported row that was not applied.
    RowReferred,
    /// An advice was written out.
    AdviceIssued,
    /// An advice was withdrawn.
    AdviceWithdrawn,
    /// Another record was written out.
    RecordExported,
    /// The platform has answered a record.
    AckReceived,
    /// A pass of another county's person.
    AssistGiven,
    /// A reminder went out.
    ReminderSent,
    /// An event is withdrawn.
    Revoked,
}

/// Who on the staff did something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Pseudonymous staff reference.
    pub staff: Ref,
    /// In which role.
    pub role: Role,
}
