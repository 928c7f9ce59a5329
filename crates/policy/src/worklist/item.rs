//! One item of the worklist: what staff have to look at, until when, and who.

use crate::event::Note;
use crate::reason::Reasons;
use crate::value::{Code, Day, Hex32, Ref};
use crate::vocabulary::{Item, Role};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// An open item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WorkItem {
    /// SHA-256 of the item's name and what opened it: an event id, or a benefit line or unit and a date.
    pub item: Hex32,
    /// Which item.
    pub name: Item,
    /// Day on which it opened.
    pub opened: Day,
    /// Last day, in working days after it opened.
    pub deadline: Day,
    /// The benefit line meets a payroll cut-off within days, or a living person is recorded as dead.
    pub priority: bool,
    /// Who acts now.
    pub role: Role,
    /// Who acts next.
    pub next_role: Role,
    /// Township of the person.
    pub township: Option<Code<9>>,
    /// People concerned.
    pub person_refs: BTreeSet<Ref>,
    /// Benefit line concerned, if it is one.
    pub entitlement: Option<Ref>,
    /// Why.
    pub reasons: Reasons,
    /// Notes of staff, in their order.
    pub notes: Vec<Note>,
}

/// What opens an item.
#[derive(Clone, Copy, Debug)]
pub(super) enum Opener<'a> {
    /// An event.
    Event(&'a Hex32),
    /// A day in the story of a benefit line, or of a unit.
    Day(&'a str, Day),
}

/// Identity of an item.
pub(super) fn item_id(name: Item, opener: Opener<'_>) -> Hex32 {
    let text = match opener {
        Opener::Event(id) => format!("{name}{id}"),
        Opener::Day(of, day) => format!("{name}{of}{day}"),
    };
    Hex32::sha256(text.as_bytes())
}

/// Who acts on an item, and who acts next.
pub(super) const fn roles(name: Item) -> (Role, Role) {
    match name {
        Item::ManualReview | Item::CaseDeath => (Role::Benefits, Role::InternalControl),
        Item::AttestReview | Item::VisitBookingCall | Item::Visit => (Role::Township, Role::Benefits),
        Item::DifficultyFeedback | Item::OverdueContact => (Role::GridWorker, Role::Township),
        Item::Identity => (Role::Enrolment, Role::Benefits),
        Item::LivingAfterDeath | Item::CaseOther => (Role::InternalControl, Role::Benefits),
        Item::SurvivorCheck | Item::PlatformMismatch => (Role::Benefits, Role::Finance),
        Item::Overpayment => (Role::Finance, Role::InternalControl),
        Item::Appeal => (Role::InternalControl, Role::General),
        Item::Export => (Role::It, Role::Benefits),
        Item::OutletGap => (Role::Township, Role::General),
    }
}
