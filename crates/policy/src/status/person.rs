//! One person as the known events show them.

use std::collections::BTreeMap;

use super::LineStatus;
use super::line::line_status;
use crate::cycle::{Course, Due};
use crate::event::{Consent, ConsentBy, Event, Payload, RosterEntry};
use crate::fact::{Case, cases};
use crate::log::Log;
use crate::scheme::Scheme;
use crate::value::{Day, Ref};
use crate::vocabulary::Residence;

/// A person: benefit lines, accepted passes, cases.
pub(crate) struct Person<'a> {
    pub(crate) scheme: &'a Scheme,
    pub(crate) log: &'a Log<'a>,
    pub(crate) story: &'a [&'a Event],
    /// The roster entry of each benefit line that counts: the latest.
    pub(crate) entries: Vec<&'a RosterEntry>,
    /// Accepted passes, by certification date.
    pub(crate) passes: Vec<&'a Event>,
    /// Their dates.
    pub(crate) pass_days: Vec<Day>,
    pub(crate) cases: Vec<Case>,
    releases: Vec<Day>,
}

impl<'a> Person<'a> {
    pub(crate) fn new(scheme: &'a Scheme, log: &'a Log<'a>, person_ref: &Ref, story: &'a [&'a Event]) -> Self {
        let mut entries = BTreeMap::new();
        for event in story {
            if let Payload::RosterEntry(entry) = &event.payload
                && entry.person_ref == *person_ref
            {
                // The order of the story is that of the rule, so that the last one wins.
                entries.insert(&entry.entitlement, entry);
            }
        }
        let entries = entries.into_values().collect::<Vec<_>>();
        let passes = story.iter().copied().filter(|event| log.accepts(event, story)).collect::<Vec<_>>();
        let pass_days = passes.iter().map(|pass| pass.effective).collect();
        let cases = cases(scheme, log, story, &entries);
        let releases = cases.iter().filter_map(|case| case.stop(scheme)?.1).collect();
        Self { scheme, log, story, entries, passes, pass_days, cases, releases }
    }

    /// Statuses of the person's benefit lines.
    pub(crate) fn statuses(&self, today: Day) -> Vec<LineStatus> {
        self.entries.iter().map(|entry| line_status(self, entry, today)).collect()
    }

    /// Where the person lives on a day: the last change, else the roster's word, else the county.
    pub(crate) fn residence(&self, day: Day) -> Residence {
        let mut roster = Residence::County;
        let mut changed = None;
        for event in self.story {
            match &event.payload {
                Payload::ResidenceChanged(change) if event.effective <= day => changed = Some(change.residence),
                Payload::RosterEntry(entry) => roster = entry.residence.unwrap_or(roster),
                _ => {}
            }
        }
        changed.unwrap_or(roster)
    }

    /// Accepted passes that serve a benefit line, by certification date.
    pub(crate) fn passes_for(&self, entitlement: &Ref) -> impl Iterator<Item = &'a Event> {
        let (scheme, entitlement) = (self.scheme, entitlement.clone());
        self.passes.iter().copied().filter(move |pass| scheme.serves(pass, &entitlement))
    }

    /// Their dates.
    pub(crate) fn pass_days_for(&self, entitlement: &Ref) -> Vec<Day> {
        self.passes_for(entitlement).map(|pass| pass.effective).collect()
    }

    /// The due date of a benefit line from passes with these dates.
    pub(crate) fn due(&self, entry: &RosterEntry, passes: &[Day]) -> Due {
        let course = Course { entry, passes, releases: &self.releases };
        self.scheme.due(&course, |day| self.residence(day))
    }

    /// Last day of a benefit line's cycle before a pass of that date: from earlier passes alone.
    pub(crate) fn last_day_before(&self, entry: &RosterEntry, certified_on: Day) -> Day {
        let mut earlier = self.pass_days_for(&entry.entitlement);
        earlier.retain(|pass| *pass < certified_on);
        self.due(entry, &earlier).last
    }

    /// The day on which the latest confirmed stop is over.
    pub(crate) fn release(&self) -> Option<Day> {
        self.releases.iter().copied().max()
    }

    /// Whether a consent is in force on a day, given by whoever must give it.
    pub(crate) fn consents(&self, consent: Consent, day: Day, guardian: bool) -> bool {
        let mut given = false;
        for event in self.story.iter().filter(|event| event.effective <= day) {
            if let Payload::ConsentRecorded(record) = &event.payload
                && record.consent == consent
            {
                given = record.given && (!guardian || record.by == ConsentBy::Guardian);
            }
        }
        given
    }

    /// Birth date, of the latest entry that gives one.
    pub(crate) fn birth_date(&self) -> Option<Day> {
        self.entries.iter().find_map(|entry| entry.birth_date)
    }

    /// Whether the person is younger than `years` on a day: an age is reached on the day after the
    /// birthday.
    pub(crate) fn is_under(&self, years: i32, day: Day) -> bool {
        self.birth_date().is_some_and(|born| day <= born.add_months(12 * years))
    }
}
