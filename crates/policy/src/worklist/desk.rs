//! Where items are opened: deadlines in working days, townships, notes, and what closes them.

use super::item::{Opener, WorkItem, item_id, roles};
use crate::event::{Event, EventKind, Payload};
use crate::log::Log;
use crate::reason::{Reason, Reasons};
use crate::scheme::{CloseItem, Scheme};
use crate::status::LineStatus;
use crate::value::{Code, Day, Digest, IdMatch, Instant, Ref};
use crate::vocabulary::{Item, Kind, Role};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The worklist while it is made.
pub(super) struct Desk<'a> {
    pub scheme: &'a Scheme,
    pub log: &'a Log<'a>,
    pub now: Instant,
    /// The first benefit line of each person of the roster.
    pub lines: BTreeMap<&'a Ref, &'a LineStatus>,
    /// When the roster last named each number.
    pub rostered: HashMap<IdMatch, Instant>,
    /// Who has used each photo of the manual route.
    pub photos: HashMap<Digest, BTreeSet<&'a Ref>>,
    pub items: Vec<WorkItem>,
}

/// An item about to be opened.
pub(super) struct Draft<'d, 'a> {
    desk: &'d mut Desk<'a>,
    item: WorkItem,
    /// Kind of the benefit line, if the item is about one.
    kind: Option<Kind>,
    days: i32,
    late: Reason,
}

impl<'a> Desk<'a> {
    /// Begins an item with the role and the days of its kind.
    pub(super) fn open(&mut self, name: Item, opener: Opener<'_>, opened: Day) -> Draft<'_, 'a> {
        let (role, next_role) = roles(name);
        let days = self.scheme.deadline.items.get(&name).copied().unwrap_or_default();
        let item = WorkItem {
            item: item_id(name, opener),
            name,
            opened,
            deadline: opened,
            priority: false,
            role,
            next_role,
            township: None,
            person_refs: BTreeSet::new(),
            entitlement: None,
            reasons: Reasons::new(),
            notes: Vec::new(),
        };
        Draft { desk: self, item, kind: None, days, late: Reason::DEADLINE_PASSED }
    }

    /// Begins an item that a day opens in the story of a benefit line.
    pub(super) fn line_item(&mut self, name: Item, line: &LineStatus, opened: Day) -> Draft<'_, 'a> {
        self.open(name, Opener::Day(line.entitlement.as_str(), opened), opened).line(line)
    }

    /// Whether a payroll cut-off lies within the next working days.
    pub(super) fn is_near_cutoff(&self) -> bool {
        let today = self.now.day();
        let (last, _) = self.scheme.working_days_after(today, self.scheme.deadline.priority_days_before_cutoff);
        // The cut-off of a month lies in an earlier one: those of the next months are the ones to look at.
        (0..=3)
            .map(|months| self.scheme.cutoff(today.month().plus_months(months)))
            .any(|cutoff| (today..=last).contains(&cutoff))
    }

    /// Whether an event of that kind answers this one.
    pub(super) fn is_answered(&self, event: &Event, kind: EventKind) -> bool {
        self.log.answers(&event.event_id).iter().any(|answer| answer.kind() == kind)
    }
}

impl Draft<'_, '_> {
    pub(super) fn people(mut self, people: impl IntoIterator<Item = Ref>) -> Self {
        self.item.person_refs.extend(people);
        self
    }

    pub(super) fn line(mut self, line: &LineStatus) -> Self {
        self.item.entitlement = Some(line.entitlement.clone());
        self.kind = Some(line.kind);
        self.people([line.person_ref.clone()])
    }

    pub(super) fn township(mut self, township: Code<9>) -> Self {
        self.item.township = Some(township);
        self
    }

    pub(super) fn reason(mut self, reason: Reason) -> Self {
        self.item.reasons.insert(reason);
        self
    }

    pub(super) fn role(mut self, role: Role) -> Self {
        self.item.role = role;
        self
    }

    pub(super) fn days(mut self, days: i32) -> Self {
        self.days = days;
        self
    }

    /// What the item says once its deadline has passed, instead of `DEADLINE_PASSED`.
    pub(super) fn late(mut self, late: Reason) -> Self {
        self.late = late;
        self
    }

    pub(super) fn priority(mut self, priority: bool) -> Self {
        self.item.priority = priority;
        self
    }

    /// Puts the item on the list unless staff of a role that may have closed it.
    pub(super) fn push_unless_closed(self) {
        let may = closer(self.item.name).and_then(|item| self.desk.scheme.close_roles.get(&item));
        let closed = self.desk.log.answers(&self.item.item).iter().any(|answer| match &answer.payload {
            Payload::ItemClosed(closed) => may.is_some_and(|roles| roles.contains(&closed.by.role)),
            _ => false,
        });
        if !closed {
            self.push();
        }
    }

    /// Puts the item on the list.
    pub(super) fn push(mut self) {
        let today = self.desk.now.day();
        if self.item.opened > today {
            return;
        }
        let (deadline, calendar) = self.desk.scheme.working_days_after(self.item.opened, self.days);
        self.item.deadline = deadline;
        self.item.reasons.extend(calendar);
        if today > deadline {
            self.item.reasons.insert(self.late);
        }
        let line = self.item.person_refs.iter().find_map(|person| self.desk.lines.get(person));
        self.item.township = self.item.township.or_else(|| line?.unit_code.prefix());
        // What is the benefits desk's goes to the desk that the policy names for the kind.
        let desk = self.kind.or(line.map(|line| line.kind)).and_then(|kind| self.desk.scheme.desk.get(&kind));
        if let (Role::Benefits, Some(desk)) = (self.item.role, desk) {
            self.item.role = *desk;
        }
        self.item.notes = self
            .desk
            .log
            .answers(&self.item.item)
            .iter()
            .filter_map(|answer| match &answer.payload {
                Payload::ItemNoted(noted) => Some(noted.note),
                _ => None,
            })
            .collect();
        self.desk.items.push(self.item);
    }
}

/// Under which entry of `[roles.close]` staff close an item by hand.
fn closer(name: Item) -> Option<CloseItem> {
    match name {
        Item::Identity => Some(CloseItem::Identity),
        Item::CaseOther => Some(CloseItem::CaseOther),
        Item::SurvivorCheck => Some(CloseItem::SurvivorCheck),
        Item::Overpayment => Some(CloseItem::Overpayment),
        Item::PlatformMismatch => Some(CloseItem::PlatformMismatch),
        _ => None,
    }
}
