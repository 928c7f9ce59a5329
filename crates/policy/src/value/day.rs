//! Civil dates and months, 1900-01-01 to 2199-12-31.
//!
//! A day never passes through an instant, so no time zone can move it.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::{Expected, string_value};

const FIRST_YEAR: i16 = 1900;
const LAST_YEAR: i16 = 2199;

/// A civil date. Arithmetic that would leave the calendar of `jiff` (year 9999) stops at its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// 1900-01-01.
    pub const FIRST: Self = Self(jiff::civil::date(FIRST_YEAR, 1, 1));

    const EXPECTED: Expected = Expected("a date YYYY-MM-DD from 1900-01-01 to 2199-12-31");

    /// The day of year, month (1-12) and day of month.
    ///
    /// # Errors
    /// If there is no such day or it lies outside 1900-01-01 to 2199-12-31.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, Expected> {
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(Self::EXPECTED);
        }
        Date::new(year, month, day).map(Self).map_err(|_| Self::EXPECTED)
    }

    pub(super) fn from_civil(date: Date) -> Self {
        Self(date)
    }

    /// `add(d, n)`: the same day `n` months later, or that month's last day if there is none
    /// (Civil Code, article 202).
    #[must_use]
    pub fn add_months(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.clamp(-40_000, 40_000).months()))
    }

    /// `n` days later; earlier if negative.
    #[must_use]
    pub fn add_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days.clamp(-1_000_000, 1_000_000).days()))
    }

    /// Days from `earlier` to this day; negative if it lies before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        (self.0 - earlier.0).get_days()
    }

    /// The month that holds this day.
    #[must_use]
    pub fn month(self) -> Month {
        Month(self.0.first_of_month())
    }

    /// The last day of this day's month.
    #[must_use]
    pub fn month_end(self) -> Self {
        Self(self.0.last_of_month())
    }

    /// Year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Month of the year, 1-12.
    #[must_use]
    pub fn month_of_year(self) -> i8 {
        self.0.month()
    }

    /// Day of the month, 1-31.
    #[must_use]
    pub fn day_of_month(self) -> i8 {
        self.0.day()
    }

    /// Saturday or Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Saturday | Weekday::Sunday)
    }
}

/// Two digits per part, hyphens between: the only written form.
fn digits(text: &str) -> Option<u16> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

impl FromStr for Day {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        let parts = text.split('-').map(|part| (part.len(), digits(part))).collect::<Vec<_>>();
        match parts[..] {
            [(4, Some(year)), (2, Some(month)), (2, Some(day))] => Self::new(year as i16, month as i8, day as i8),
            _ => Err(Self::EXPECTED),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

string_value!(Day, "a civil date, YYYY-MM-DD", r"^(19|2[01])\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$");

/// A calendar month, written `YYYY-MM`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    const EXPECTED: Expected = Expected("a month YYYY-MM from 1900-01 to 2199-12");

    /// First day of the month.
    #[must_use]
    pub fn first_day(self) -> Day {
        Day(self.0)
    }

    /// `n` months later; earlier if negative.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        Day(self.0).add_months(months).month()
    }

    /// The day of this month with that number, or its last day if it is shorter.
    #[must_use]
    pub fn day(self, day_of_month: i8) -> Day {
        let last = self.0.days_in_month();
        self.first_day().add_days(i32::from(day_of_month.clamp(1, last)) - 1)
    }
}

impl FromStr for Month {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        if text.len() != 7 {
            return Err(Self::EXPECTED);
        }
        format!("{text}-01").parse::<Day>().map(Day::month).map_err(|_| Self::EXPECTED)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

string_value!(Month, "a month, YYYY-MM", r"^(19|2[01])\d\d-(0[1-9]|1[0-2])$");

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().expect(text)
    }

    #[test]
    fn months_are_clamped_from_the_anchor() {
        assert_eq!(day("2025-08-31").add_months(6), day("2026-02-28"));
        assert_eq!(day("2025-08-31").add_months(12), day("2026-08-31"));
        assert_eq!(day("2027-02-28").add_months(12), day("2028-02-28"));
        assert_eq!(day("2028-02-29").add_months(12), day("2029-02-28"));
    }

    #[test]
    fn only_the_full_form_inside_the_range_is_read() {
        for wrong in ["1899-12-31", "2200-01-01", "2026-02-29", "2026-2-1", "20260201", "+026-02-01", ""] {
            assert!(wrong.parse::<Day>().is_err(), "{wrong}");
        }
        for wrong in ["2026-13", "2026-1", "2026", "2026-01-01"] {
            assert!(wrong.parse::<Month>().is_err(), "{wrong}");
        }
        assert_eq!(day("1949-05-01").to_string(), "1949-05-01");
        assert_eq!("2026-03".parse::<Month>().map(|m| m.plus_months(-3).to_string()), Ok("2025-12".to_owned()));
    }

    #[test]
    fn arithmetic_stops_at_the_end_of_the_calendar() {
        let last = day("2199-12-31");
        assert!(last.add_months(i32::MAX) > last);
        assert!(last.add_days(i32::MIN) < last);
        assert_eq!(day("2026-03-10").days_since(day("2026-02-08")), 30);
        assert_eq!(day("2026-02-08").month().day(31), day("2026-02-28"));
    }
}
