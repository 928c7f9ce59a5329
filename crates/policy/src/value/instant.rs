//! Instants with the offset at which they were read off a clock.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::{Day, Expected, string_value};

/// The scheme's zone: Asia/Shanghai as a fixed offset. Summer time of 1986-1991 and the offsets
/// before 1949 moved clocks, not civil dates.
const SCHEME_OFFSET_S: i32 = 8 * 3600;

/// An instant, RFC 3339 with seconds and offset. Ordered by time, then by offset.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant {
    unix_s: i64,
    offset_s: i32,
}

impl Instant {
    const EXPECTED: Expected = Expected("an instant YYYY-MM-DDThh:mm:ss with offset (+08:00 or Z), 1900 to 2199");

    /// Reads `--now`: an instant, or a bare date, which means the end of that day at +08:00.
    ///
    /// # Errors
    /// If the text is neither.
    pub fn parse_now(text: &str) -> Result<Self, Expected> {
        text.parse::<Day>().map_or_else(|_| text.parse(), |day| Ok(Self::end_of(day)))
    }

    /// The last second of a day at +08:00.
    #[must_use]
    pub fn end_of(day: Day) -> Self {
        let days = i64::from(day.days_since(Day::from_civil(jiff::civil::date(1970, 1, 1))));
        Self { unix_s: (days + 1) * 86_400 - 1 - i64::from(SCHEME_OFFSET_S), offset_s: SCHEME_OFFSET_S }
    }

    /// The civil date at +08:00: the only way from an instant to a date.
    #[must_use]
    pub fn day(self) -> Day {
        self.day_at(SCHEME_OFFSET_S)
    }

    /// The civil date at the instant's own offset.
    #[must_use]
    pub fn local_day(self) -> Day {
        self.day_at(self.offset_s)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix_s(self) -> i64 {
        self.unix_s
    }

    /// The instant so many seconds later, at the same offset.
    #[must_use]
    pub fn plus_s(self, seconds: i64) -> Self {
        Self { unix_s: self.unix_s.saturating_add(seconds), ..self }
    }

    fn day_at(self, offset_s: i32) -> Day {
        Day::from_civil(self.civil(offset_s).date())
    }

    fn civil(self, offset_s: i32) -> DateTime {
        let timestamp = Timestamp::from_second(self.unix_s).unwrap_or(Timestamp::UNIX_EPOCH);
        Offset::from_seconds(offset_s).unwrap_or(Offset::UTC).to_datetime(timestamp)
    }
}

impl FromStr for Instant {
    type Err = Expected;

    fn from_str(text: &str) -> Result<Self, Expected> {
        let (clock, offset) = match (text.strip_suffix('Z'), text.len()) {
            (Some(clock), 20) => (clock, "+00:00"),
            (None, 25) => text.split_at_checked(19).ok_or(Self::EXPECTED)?,
            _ => return Err(Self::EXPECTED),
        };
        let (date, time) = clock.split_once('T').ok_or(Self::EXPECTED)?;
        date.parse::<Day>().map_err(|_| Self::EXPECTED)?;
        two_digit_fields(time).filter(|fields| fields.len() == 3).ok_or(Self::EXPECTED)?;
        let offset_s = offset_seconds(offset).ok_or(Self::EXPECTED)?;
        let civil = clock.parse::<DateTime>().map_err(|_| Self::EXPECTED)?;
        let offset = Offset::from_seconds(offset_s).map_err(|_| Self::EXPECTED)?;
        let timestamp = offset.to_timestamp(civil).map_err(|_| Self::EXPECTED)?;
        Ok(Self { unix_s: timestamp.as_second(), offset_s })
    }
}

/// `hh:mm:ss` or `hh:mm` as numbers; nothing else.
fn two_digit_fields(text: &str) -> Option<Vec<i32>> {
    text.split(':')
        .map(|field| {
            let plain = field.len() == 2 && field.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| field.parse().ok()).flatten()
        })
        .collect()
}

fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, fields) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    match two_digit_fields(fields)?[..] {
        [hours @ 0..=23, minutes @ 0..=59] => Some(sign * (hours * 3600 + minutes * 60)),
        _ => None,
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset_s.abs() / 60;
        let sign = if self.offset_s < 0 { '-' } else { '+' };
        write!(
            f,
            "{}{sign}{:02}:{:02}",
            self.civil(self.offset_s).strftime("%Y-%m-%dT%H:%M:%S"),
            minutes / 60,
            minutes % 60
        )
    }
}

string_value!(
    Instant,
    "an instant, RFC 3339 with seconds and offset",
    r"^(19|2[01])\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$"
);

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        text.parse().expect(text)
    }

    #[test]
    fn a_day_is_read_once_in_the_scheme_zone() {
        let abroad = instant("2026-03-10T20:30:00-04:00");
        assert_eq!(abroad.day().to_string(), "2026-03-11");
        assert_eq!(abroad.local_day().to_string(), "2026-03-10");
        assert_eq!(abroad.to_string(), "2026-03-10T20:30:00-04:00");
    }

    #[test]
    fn a_bare_date_is_the_end_of_that_day() {
        let now = Instant::parse_now("2026-03-10").expect("a date");
        assert_eq!(now, instant("2026-03-10T23:59:59+08:00"));
        assert!(Instant::parse_now("2026-03-10T10:00:00Z").expect("an instant") < now);
        assert_eq!(Instant::parse_now("1949-05-01").expect("a date").day().to_string(), "1949-05-01");
    }

    #[test]
    fn other_forms_are_refused() {
        for wrong in [
            "2026-03-10T20:30-04:00",
            "2026-03-10T20:30:00",
            "2026-03-10 20:30:00Z",
            "2026-03-10T24:30:00Z",
            "2026-03-10T20:30:00.5Z",
            "2026-03-10T20:30:00+25:00",
            "１2026-03-10T20:30:00Z",
        ] {
            assert!(wrong.parse::<Instant>().is_err(), "{wrong}");
        }
    }
}
