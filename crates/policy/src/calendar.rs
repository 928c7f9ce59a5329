//! Working days and payroll cut-offs.

use crate::reason::Reason;
use crate::scheme::{Roll, Scheme};
use crate::value::{Day, Month};

/// Longest walk to a working day: no calendar has a month without one.
const LONGEST_WALK_DAYS: i32 = 31;

impl Scheme {
    /// A due date moved to a working day, and why. Where no calendar covers the walk it stays.
    pub(crate) fn rolled(&self, raw: Day) -> (Day, Option<Reason>) {
        if self.cycle_rule.roll == Roll::None {
            return (raw, None);
        }
        for days in 0..=LONGEST_WALK_DAYS {
            let day = raw.add_days(days);
            match self.calendar.is_working_day(day) {
                None => break,
                Some(true) => return (day, (days > 0).then_some(Reason::DUE_ROLLED)),
                Some(false) => {}
            }
        }
        (raw, Some(Reason::CALENDAR_MISSING))
    }

    /// The `n`-th working day strictly after a day, the day itself for 0. In a year without a
    /// calendar Monday to Friday count, which the reason says.
    #[must_use]
    pub fn working_days_after(&self, day: Day, n: i32) -> (Day, Option<Reason>) {
        let (mut day, mut left, mut missing) = (day, n, None);
        while left > 0 {
            day = day.add_days(1);
            if self.calendar.is_working_day(day).is_none() {
                missing = Some(Reason::CALENDAR_MISSING);
            }
            left -= i32::from(self.counts_as_working(day));
        }
        (day, missing)
    }

    /// The `n`-th working day strictly before a day, the day itself for 0.
    #[must_use]
    pub fn working_days_before(&self, day: Day, n: i32) -> Day {
        let (mut day, mut left) = (day, n);
        while left > 0 {
            day = day.add_days(-1);
            left -= i32::from(self.counts_as_working(day));
        }
        day
    }

    /// Working days after `from` up to `to`.
    #[must_use]
    pub fn working_days_between(&self, from: Day, to: Day) -> i32 {
        let days = to.days_since(from).max(0);
        (1..=days).map(|n| i32::from(self.counts_as_working(from.add_days(n)))).sum()
    }

    /// The day on which the payroll of a month closes.
    #[must_use]
    pub fn cutoff(&self, month: Month) -> Day {
        let day = month.plus_months(self.suspension.cutoff_month_offset).day(self.suspension.cutoff_day);
        let walk = if self.suspension.cutoff_roll == Roll::None { 0 } else { LONGEST_WALK_DAYS };
        let mut earlier = (0..=walk).map(|days| day.add_days(-days));
        earlier.find(|day| self.counts_as_working(*day)).unwrap_or(day)
    }

    /// The latest month whose payroll has closed by a day.
    #[must_use]
    pub fn latest_closed_month(&self, day: Day) -> Month {
        let mut month = day.month().plus_months(1 - self.suspension.cutoff_month_offset);
        while self.cutoff(month) > day {
            month = month.plus_months(-1);
        }
        month
    }

    fn counts_as_working(&self, day: Day) -> bool {
        self.calendar.is_working_day(day).unwrap_or(!day.is_weekend())
    }
}
