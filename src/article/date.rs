//! Dates of the years 1 to 9999 with the precision they were given in; never invented, never widened in silence.
//!
//! A date of lesser precision is an interval: `1998` lies in every range that touches 1998.

use std::{fmt, str::FromStr};

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// `1998`
    Year,
    /// `1998-03`
    Month,
    /// `1998-03-05`
    Day,
    /// `1998-03-05T10:11:00Z`
    Instant,
}

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no date; expected RFC 3339, YYYY-MM-DD, YYYY-MM or YYYY between the years 0001 and 9999")]
pub struct DateError(pub String);

/// A date with its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    precision: Precision,
    /// Local calendar day; the first of the interval when less is known.
    day: civil::Date,
    /// Seconds since the local midnight; zero unless `Instant`.
    second: u32,
    /// Offset from UTC in minutes; zero unless `Instant`.
    offset: i16,
}

impl Date {
    /// Returns the date of a year, or `None` outside 1..=9999.
    pub fn year(year: i16) -> Option<Self> {
        Self::civil(Precision::Year, year, 1, 1)
    }

    /// Returns the date of a month, or `None` if there is none such.
    pub fn month(year: i16, month: i8) -> Option<Self> {
        Self::civil(Precision::Month, year, month, 1)
    }

    /// Returns the date of a day, or `None` if there is none such.
    pub fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        Self::civil(Precision::Day, year, month, day)
    }

    /// Returns how much is known.
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// Returns the first and the last calendar day of the interval, as days since 0001-01-01 (day 0), in local time.
    pub fn days(self) -> (i32, i32) {
        let last = match self.precision {
            Precision::Year => civil::Date::new(self.day.year(), 12, 31).unwrap_or(self.day),
            Precision::Month => self.day.last_of_month(),
            Precision::Day | Precision::Instant => self.day,
        };
        (day_number(self.day), day_number(last))
    }

    /// Returns the key to sort by: seconds since 0001-01-01T00:00Z of the interval's first moment.
    pub fn sort_key(self) -> i64 {
        i64::from(day_number(self.day)) * 86_400 + i64::from(self.second) - i64::from(self.offset) * 60
    }

    /// Returns the year, 1 to 9999.
    pub fn year_number(self) -> i16 {
        self.day.year()
    }

    /// Returns the day of a day number as [`Date::days`] counts them; `None` outside the years 1 to 9999.
    pub fn from_day_number(number: i32) -> Option<Self> {
        let (year, month, day) = civil_of(number)?;
        Self::day(year, month, day)
    }

    fn civil(precision: Precision, year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1..=9999).contains(&year) {
            return None;
        }
        let day = civil::Date::new(year, month, day).ok()?;
        Some(Self { precision, day, second: 0, offset: 0 })
    }
}

/// Returns the number of days since 0001-01-01.
fn day_number(day: civil::Date) -> i32 {
    let since = |year: i32| 365 * year + year / 4 - year / 100 + year / 400;
    since(i32::from(day.year()) - 1) + i32::from(day.day_of_year()) - 1
}

/// Returns `(year, month, day)` of a day number as [`Date::days`] gives it; the inverse of its counting.
fn civil_of(number: i32) -> Option<(i16, i8, i8)> {
    let year = (i64::from(number) * 400 / 146_097 + 1).clamp(1, 9999) as i16;
    if number < 0 {
        return None;
    }
    // The estimate may be one year off around new year.
    for year in [year + 1, year, year - 1] {
        let Ok(first) = civil::Date::new(year, 1, 1) else {
            continue;
        };
        let start = day_number(first);
        if year >= 1 && start <= number && number - start < 366 {
            let day = first.checked_add(jiff::Span::new().days(i64::from(number - start))).ok()?;
            return Some((day.year(), day.month(), day.day()));
        }
    }
    None
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        parse(text.trim()).ok_or_else(|| DateError(text.chars().take(60).collect()))
    }
}

fn parse(text: &str) -> Option<Date> {
    if !text.is_ascii() || text.len() < 4 {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<i16> {
        let digits = text.get(range)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let year = number(0..4)?;
    let bytes = text.as_bytes();
    match text.len() {
        4 => Date::year(year),
        7 if bytes[4] == b'-' => Date::month(year, number(5..7)? as i8),
        10 if bytes[4] == b'-' && bytes[7] == b'-' => Date::day(year, number(5..7)? as i8, number(8..10)? as i8),
        16.. if bytes[4] == b'-' && bytes[7] == b'-' && matches!(bytes[10], b'T' | b't' | b' ') => {
            let mut date = Date::day(year, number(5..7)? as i8, number(8..10)? as i8)?;
            let (second, offset) = parse_time(text.get(11..)?)?;
            date.precision = Precision::Instant;
            date.second = second;
            date.offset = offset;
            Some(date)
        }
        _ => None,
    }
}

/// Reads `10:11[:12[.345]][Z|±hh[:]mm]`; a time without offset is taken as UTC.
fn parse_time(text: &str) -> Option<(u32, i16)> {
    let two = |at: usize| -> Option<u32> {
        let digits = text.get(at..at + 2)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let (hour, minute) = (two(0)?, two(3)?);
    if text.as_bytes()[2] != b':' {
        return None;
    }
    let mut rest = text.get(5..)?;
    let mut second = 0;
    if rest.starts_with(':') {
        second = two(6)?;
        rest = text.get(8..)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
    }
    // A leap second is counted as the second before it.
    let second = second.min(if second == 60 { 59 } else { second });
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let rest = rest.trim_start();
    let offset = match rest {
        "" | "Z" | "z" => 0,
        _ => {
            let sign: i16 = if rest.starts_with('-') { -1 } else { 1 };
            let digits: String = rest.strip_prefix(['+', '-'])?.chars().filter(|c| *c != ':').collect();
            if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let (hours, minutes): (i16, i16) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
            if hours > 23 || minutes > 59 {
                return None;
            }
            sign * (hours * 60 + minutes)
        }
    };
    Some((hour * 3600 + minute * 60 + second, offset))
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.day.year(), self.day.month(), self.day.day());
        write!(formatter, "{year:04}")?;
        if self.precision >= Precision::Month {
            write!(formatter, "-{month:02}")?;
        }
        if self.precision >= Precision::Day {
            write!(formatter, "-{day:02}")?;
        }
        if self.precision == Precision::Instant {
            let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
            write!(formatter, "T{hour:02}:{minute:02}:{second:02}")?;
            if self.offset == 0 {
                return formatter.write_str("Z");
            }
            let sign = if self.offset < 0 { '-' } else { '+' };
            write!(formatter, "{sign}{:02}:{:02}", self.offset.abs() / 60, self.offset.abs() % 60)?;
        }
        Ok(())
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        for text in ["0001", "9999", "1998-03", "2025-10-16", "2014-03-12T10:11:00-04:00", "2014-03-12T10:11:00Z"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "0000", "10000", "1998-13", "2025-02-30", "yesterday", "2025-10-16T25:00:00Z", "２０２５"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_is_an_interval() {
        let (first, last) = "1998".parse::<Date>().unwrap().days();
        assert_eq!(last - first, 364);
        let (march, _) = "1998-03".parse::<Date>().unwrap().days();
        assert!(first <= march && march <= last);
    }

    #[test]
    fn day_numbers_turn_back_into_days() {
        for text in ["0001-01-01", "0004-12-31", "1900-03-01", "2000-02-29", "2025-12-31", "9999-12-31"] {
            let (number, _) = text.parse::<Date>().unwrap().days();
            let (year, month, day) = civil_of(number).unwrap();
            assert_eq!(format!("{year:04}-{month:02}-{day:02}"), text);
        }
    }

    #[test]
    fn instants_sort_by_their_moment() {
        let early: Date = "2025-01-01T00:30:00+02:00".parse().unwrap();
        let late: Date = "2024-12-31T23:30:00Z".parse().unwrap();
        assert!(early.sort_key() < late.sort_key());
    }
}
