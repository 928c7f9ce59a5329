//! Rules by which a county certifies that people on a pension are alive and entitled: face evidence
//! and events in, decisions, statuses and advice out.
//!
//! Pure: no clock, no input or output, no float in a decision. The same inputs give the same bytes.

#![forbid(unsafe_code)]

mod calendar;
mod canonical;
mod cards;
mod channel;
mod coverage;
mod cycle;
mod decide;
mod error;
mod event;
mod evidence;
mod explain;
mod export;
mod fact;
mod form;
mod html;
mod identity;
mod import;
mod json;
mod kpi;
mod log;
mod manual;
mod reason;
mod reminder;
pub mod scheme;
mod stamp;
mod status;
mod submission;
mod value;
mod vocabulary;
mod worklist;

pub use canonical::canonical;
pub use cards::cards;
pub use decide::{Decider, Decision, DecisionLine, Outcome, decide};
pub use error::Error;
pub use event::*;
pub use evidence::*;
pub use explain::{ExplainedReason, Explanation, Language, NamedDoor, Told, explain};
pub use export::{Exported, ImportRecord, RecordType, export};
pub use fact::{Case, CaseState};
pub use form::{FormCase, form};
pub use identity::{HmacAlgorithm, HmacKey, Identity, NumberForm, identify};
pub use import::{Encoding, FileKind, Format, Import, Loaded, Mapping, RejectedRow, Report as LoadReport};
pub use kpi::{Count, Gap, Headline, KpiReport, Level, Losses, Rate, ResumeTime, Row, StaffShare, kpi};
pub use reason::{Audience, DoorSet, Entry, Reason, Reasons, Severity, TABLE};
pub use reminder::{Reminder, TextId, remind};
pub use stamp::{Stamp, Stamped};
pub use status::{Action, ActionType, Hold, HoldKind, LineStatus, PlatformState, Status, status};
pub use submission::*;
pub use value::*;
pub use vocabulary::*;
pub use worklist::{WorkItem, worklist};
