//! Due dates: when somebody must certify, and how long results may still be on their way.

use crate::event::{Event, Payload, RosterEntry};
use crate::reason::{Reason, Reasons};
use crate::scheme::{DueRule, Mode, Origin, PassCovers, Scheme};
use crate::value::{Day, Ref};
use crate::vocabulary::{Kind, Residence};

/// The due date of a benefit line.
#[expect(clippy::struct_field_names, reason = "the field is the rule's term")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// Before it is moved to a working day.
    pub(crate) raw: Day,
    /// The due date.
    pub(crate) due: Day,
    /// The last day that counts as on time: the due date and the grace.
    pub(crate) last: Day,
    /// No stop is advised before this day is over.
    pub(crate) wait_end: Day,
    /// Why the dates are what they are.
    pub(crate) reasons: Reasons,
}

/// What moves the due date of a benefit line besides the rules.
pub(crate) struct Course<'a> {
    /// The line.
    pub(crate) entry: &'a RosterEntry,
    /// Certification dates of accepted passes.
    pub(crate) passes: &'a [Day],
    /// Days of release after a confirmed stop.
    pub(crate) releases: &'a [Day],
}

impl Scheme {
    /// Months of a kind's cycle that begins on a day; a day before the scheme takes its first value.
    pub(crate) fn cycle_months(&self, kind: Kind, day: Day) -> i32 {
        let day = day.max(self.effective_from);
        let bundle = self.bundles.iter().find(|bundle| bundle.holds(kind, day));
        let values = self
            .cycles
            .iter()
            .filter(|cycle| cycle.from <= day && bundle.is_some_and(|bundle| bundle.id == cycle.bundle));
        // Lint has seen to a value for every kind from the first day on.
        values.max_by_key(|cycle| cycle.from).map_or(1, |cycle| cycle.months)
    }

    /// Whether a pass serves a benefit line of its person.
    pub(crate) fn serves(&self, pass: &Event, entitlement: &Ref) -> bool {
        let Payload::PassRecorded(pass) = &pass.payload else { return false };
        self.names(pass.entitlement.as_ref(), entitlement)
    }

    /// Whether what is made for a benefit line, or for none in particular, serves another.
    pub(crate) fn names(&self, named: Option<&Ref>, entitlement: &Ref) -> bool {
        self.certified_on.covers == PassCovers::AllEntitlements || named.is_none_or(|named| named == entitlement)
    }

    /// The due date; `residence` says where the person lives on a day.
    pub(crate) fn due(&self, course: &Course<'_>, residence: impl Fn(Day) -> Residence) -> Due {
        let terms = match self.cycle_rule.mode {
            Mode::Rolling => self.rolling_terms(course),
            Mode::Anchored => self.anchored_terms(course),
        };
        let floor = self.effective_from.add_days(self.floor_days);
        let fixed = course.releases.iter().map(|day| day.add_days(self.facts.release_floor_days)).chain([floor]);
        let all = || terms.iter().copied().chain(fixed.clone());
        let raw = all().max().unwrap_or(floor);
        let (due, moved) = self.rolled(raw);
        let mut reasons = Reasons::from_iter(moved);
        if raw == floor && all().filter(|term| *term == floor).count() == 1 {
            reasons.insert(Reason::DUE_TRANSITION);
        }
        if self.is_assumed(course.entry.kind) {
            reasons.insert(Reason::CYCLE_ASSUMED);
        }
        let grace = self.cycle_rule.grace_days;
        let waits = all().map(|term| {
            let (term, moved) = self.rolled(term);
            let (end, missing) = self.working_days_after(term.add_days(grace), self.wait_days(residence(term)));
            (end, moved.filter(|reason| *reason == Reason::CALENDAR_MISSING).or(missing))
        });
        let (wait_end, missing) = waits.max().unwrap_or((due, None));
        reasons.extend(missing);
        Due { raw, due, last: due.add_days(grace), wait_end, reasons }
    }

    fn passes_of<'a>(course: &'a Course<'_>) -> impl Iterator<Item = Day> + 'a {
        course.passes.iter().copied().chain(course.entry.last_certified)
    }

    fn rolling_terms(&self, course: &Course<'_>) -> Vec<Day> {
        let starts = Self::passes_of(course).chain([course.entry.benefit_start]);
        let ends =
            starts.map(|start| self.due_rule_applied(start.add_months(self.cycle_months(course.entry.kind, start))));
        ends.collect()
    }

    /// `D(1)` to `D(kmax + 1)`: a pass covers every due date that its early window reaches.
    fn anchored_terms(&self, course: &Course<'_>) -> Vec<Day> {
        let anchor = course.entry.anchor.unwrap_or(course.entry.benefit_start);
        let months = self.cycle_months(course.entry.kind, anchor);
        let covered = Self::passes_of(course).max().map(|pass| pass.add_days(self.cycle_rule.early_window_days));
        let mut terms = Vec::new();
        for k in 1.. {
            let term = self.due_rule_applied(anchor.add_months(months.saturating_mul(k)));
            let is_last = terms.last() == Some(&term); // the calendar's end
            terms.push(term);
            if is_last || covered.is_none_or(|covered| term > covered) {
                break;
            }
        }
        terms
    }

    fn due_rule_applied(&self, day: Day) -> Day {
        match self.cycle_rule.due_rule {
            DueRule::Exact => day,
            DueRule::MonthEnd => day.month_end(),
        }
    }

    fn is_assumed(&self, kind: Kind) -> bool {
        let holding = self.bundles.iter().find(|bundle| bundle.kinds.contains(&kind));
        holding.is_some_and(|bundle| matches!(bundle.origin, Some(Origin::Assumption(_))))
    }
}

/// The cycles of a benefit line, oldest first: the last day of each and the pass that closed it,
/// none for the one that still runs or ran out. `passes` are certification dates.
pub(crate) fn dues(scheme: &Scheme, entry: &RosterEntry, passes: &[Day]) -> Vec<(Day, Option<Day>)> {
    let mut passes = passes.to_vec();
    passes.sort_unstable();
    let due_after = |n: usize| {
        let course = Course { entry, passes: passes.get(..n).unwrap_or_default(), releases: &[] };
        scheme.due(&course, |_| Residence::County).last
    };
    let mut cycles = Vec::new();
    let mut due = due_after(0);
    for (n, pass) in passes.iter().enumerate() {
        let next = due_after(n + 1);
        if next != due || *pass > due {
            cycles.push((due, Some(*pass)));
        }
        due = next;
    }
    cycles.push((due, None));
    cycles
}
