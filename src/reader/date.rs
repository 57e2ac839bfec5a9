//! Dates as sources write them. What cannot be read for certain is no date: 03/04/2025 may be March or April.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use jiff::{civil, fmt::rfc2822::DateTimeParser};

use crate::{article::Date, text::fold::fold};

/// The number of a month by its name; 0 for words that say nothing, such as days of the week.
static WORDS: LazyLock<HashMap<&str, i8>> = LazyLock::new(|| {
    let lines = include_str!("../../data/months.tsv").lines().filter_map(|line| line.split_once('\t'));
    let numbered = lines.filter_map(|(number, names)| Some((number.parse::<i8>().ok()?, names)));
    numbered.flat_map(|(number, names)| names.split(' ').map(move |name| (name, number))).collect()
});

/// Reads RFC 3339, RFC 2822, ISO 8601 in all its forms, `12 March 2025` in a dozen languages, `16/10/2025` where day and
/// month cannot be mistaken, and seconds or milliseconds since 1970.
pub(super) fn read(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    zoned(text)
        .parse()
        .ok()
        .or_else(|| year_first(text))
        .or_else(|| compact(text))
        .or_else(|| counted(text))
        .or_else(|| dotted(text))
        .or_else(|| slashed(text))
        .or_else(|| rfc2822(text))
        .or_else(|| eastern(text))
        .or_else(|| written(text))
        .or_else(|| epoch(text))
}

/// Says whether a word is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    WORDS.get(fold(word).trim_end_matches('.')).is_some_and(|number| *number > 0)
}

/// Writes a zone that is named, or given in hours alone (as databases do), as an offset.
fn zoned(text: &str) -> Cow<'_, str> {
    let named = text.strip_suffix("UTC").or_else(|| text.strip_suffix("GMT"));
    if let Some(rest) = named.filter(|rest| rest.len() >= 16) {
        return format!("{}Z", rest.trim_end()).into();
    }
    let bytes = text.as_bytes();
    let hours = bytes.len() >= 19 && matches!(bytes[bytes.len() - 3], b'+' | b'-') && bytes.contains(&b':');
    if hours { format!("{text}:00").into() } else { text.into() }
}

/// Reads `20251016` and `20251016T101112Z`.
fn compact(text: &str) -> Option<Date> {
    let fourteen = text.len() == 14 && text.is_ascii();
    let (day, time) = if fourteen { text.split_at(8) } else { text.split_once('T').unwrap_or((text, "")) };
    if day.len() != 8 || !day.bytes().all(|byte| byte.is_ascii_digit()) || !time.is_ascii() {
        return None;
    }
    let day = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
    if time.is_empty() {
        return day.parse().ok();
    }
    let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..6)?);
    format!("{day}T{hour}:{minute}:{second}{}", &time[6..]).parse().ok()
}

/// Reads `2025-W42-4`, the fourth day of a week, and `2025-289`, a day of the year. A week alone is no day.
fn counted(text: &str) -> Option<Date> {
    let (year, rest) = (digits(text.get(..4)?)?, text.get(4..)?.strip_prefix('-')?);
    let day = match rest.strip_prefix('W') {
        Some(week) => {
            let (week, day) = week.split_once('-')?;
            let weekday = civil::Weekday::from_monday_one_offset(i8::try_from(digits(day)?).ok()?).ok()?;
            civil::ISOWeekDate::new(year, i8::try_from(digits(week)?).ok()?, weekday).ok()?.date()
        }
        None if rest.len() == 3 => {
            let first = civil::Date::new(year, 1, 1).ok()?;
            let day = digits(rest)?;
            first
                .checked_add(jiff::Span::new().days(i64::from(day) - 1))
                .ok()
                .filter(|it| it.year() == year && day > 0)?
        }
        None => return None,
    };
    Date::day(day.year(), day.month(), day.day())
}

fn digits(text: &str) -> Option<i16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Reads `16.10.2025`: where dots are written, the day goes first.
fn dotted(text: &str) -> Option<Date> {
    let [day, month, year] = parts(text, '.')?;
    Date::day(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// Reads `16/10/2025`, `10/16/2025` and the same with dashes: only where one of the two can be no month.
fn slashed(text: &str) -> Option<Date> {
    let [first, second, year] = parts(text, '/').or_else(|| parts(text, '-'))?;
    let (day, month) = match (first, second) {
        (13.., 1..=12) => (first, second),
        (1..=12, 13..) => (second, first),
        _ if first == second => (first, second),
        _ => return None,
    };
    Date::day(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// Returns three numbers, the last a year of four digits; a time of day behind them is left out.
fn parts(text: &str, separator: char) -> Option<[i16; 3]> {
    let (day, time) = text.split_once([' ', ',']).unwrap_or((text, ""));
    if !(time.is_empty() || time.contains(':')) {
        return None;
    }
    let mut parts = day.split(separator);
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || first.len() > 2 || second.len() > 2 {
        return None;
    }
    Some([digits(first)?, digits(second)?, digits(year)?])
}

/// Reads `2025/10/16`, with a time or without, and `2025/1/2`.
fn year_first(text: &str) -> Option<Date> {
    let begins = text.len() >= 7 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if !begins {
        return None;
    }
    text.replace('/', "-").parse().ok().or_else(|| {
        let mut parts = text.split(['/', '-']);
        let (year, month, day) = (digits(parts.next()?)?, digits(parts.next()?)?, digits(parts.next()?)?);
        let whole = parts.next().is_none() && text.len() <= 10;
        Date::day(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).filter(|_| whole)
    })
}

/// Reads `2025年10月16日` and `2025년 10월 16일`.
fn eastern(text: &str) -> Option<Date> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (year, rest) = text.split_once(['年', '년'])?;
    let year = digits(year).filter(|_| year.len() == 4)?;
    let Some((month, rest)) = rest.split_once(['月', '월']) else {
        return if rest.is_empty() { Date::year(year) } else { None };
    };
    let month = i8::try_from(digits(month)?).ok()?;
    match rest.split_once(['日', '일']) {
        Some((day, _)) => Date::day(year, month, i8::try_from(digits(day)?).ok()?),
        None if rest.is_empty() => Date::month(year, month),
        None => None,
    }
}

fn rfc2822(text: &str) -> Option<Date> {
    let zoned = DateTimeParser::new().relaxed_weekday(true).parse_zoned_datetime(text).ok()?;
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().parse().ok()
}

/// Reads a date with the month as a word: `16 October 2025`, `Oct. 16th, 2025 at 3:04 PM EDT`, `16-Oct-2025 12:01`.
fn written(text: &str) -> Option<Date> {
    let text = fold(text);
    let split = text.split([' ', ',', '.', '-', '|', '(', ')', '\u{a0}']);
    let words: Vec<&str> = split.filter(|word| !word.is_empty() && WORDS.get(word) != Some(&0)).collect();
    // A time of day behind a date names its zone in words, if at all; the day is what is certain.
    let time = words.iter().position(|word| word.contains(':')).unwrap_or(words.len());
    let mut dated: Vec<&str> = words[..time].strip_suffix(&["at"]).unwrap_or(&words[..time]).to_vec();
    // `Thu Oct 16 10:11:12 +0000 2025`
    if time < words.len() && dated.len() == 2 {
        dated.extend(words.last());
    }
    let mut months = dated.iter().filter_map(|word| WORDS.get(word));
    let (month, None) = (*months.next()?, months.next()) else { return None };
    let numbers: Vec<i16> = dated.iter().filter_map(|word| numeral(word).parse().ok()).collect();
    match (numbers.as_slice(), dated.len()) {
        ([year], 2) if *year > 999 => Date::month(*year, month),
        ([day, year] | [year, day], 3) if (1..=31).contains(day) && *year > 999 => {
            Date::day(*year, month, i8::try_from(*day).ok()?)
        }
        _ => None,
    }
}

/// Returns `3` of `3rd`.
fn numeral(word: &str) -> &str {
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    ordinal.filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(word)
}

/// Seconds or milliseconds between 1973 and 2286; shorter numbers are no dates.
fn epoch(text: &str) -> Option<Date> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let seconds = match (whole.len(), whole.parse::<i64>().ok()?) {
        (9..=10, seconds) => seconds,
        (12..=13, milliseconds) => milliseconds / 1_000,
        _ => return None,
    };
    jiff::Timestamp::from_second(seconds).ok()?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn common_forms_are_read_and_doubtful_ones_are_not() {
        for (text, expected) in [
            ("2025-03", "2025-03"),
            ("2025/03/12", "2025-03-12"),
            ("12 March 2025", "2025-03-12"),
            ("Mar. 3rd, 2025", "2025-03-03"),
            ("March 2025", "2025-03"),
            ("Thu, 16 Oct 2025 10:00:00 +0200", "2025-10-16T10:00:00+02:00"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000.25", "2023-11-14T22:13:20Z"),
            ("2025-10-16 10:11:00 UTC", "2025-10-16T10:11:00Z"),
            ("2025-10-16 10:11:12+02", "2025-10-16T10:11:12+02:00"),
            ("20251016", "2025-10-16"),
            ("20251016T101112Z", "2025-10-16T10:11:12Z"),
            ("16.10.2025", "2025-10-16"),
            ("Thursday, 16 October 2025", "2025-10-16"),
            ("Oct. 16, 2025, 10:00 a.m.", "2025-10-16"),
            ("October 16, 2025 at 10:00 AM EST", "2025-10-16"),
            ("21 August 1998", "1998-08-21"),
            ("2025-W42-4", "2025-10-16"),
            ("2025-289", "2025-10-16"),
            ("20251016101112", "2025-10-16T10:11:12Z"),
            ("1700000000000", "2023-11-14T22:13:20Z"),
            ("Oct. 16, 2025 3:04 PM EDT", "2025-10-16"),
            ("16-OCT-1987 12:01:23.45", "1987-10-16"),
            ("Thu Oct 16 10:11:12 +0000 2025", "2025-10-16"),
            ("16/10/2025", "2025-10-16"),
            ("10/16/2025 15:04", "2025-10-16"),
            ("16-10-2025", "2025-10-16"),
            ("03/03/2025", "2025-03-03"),
            ("16. Oktober 2025", "2025-10-16"),
            ("le 16 août 2025", "2025-08-16"),
            ("16 de octubre de 2025", "2025-10-16"),
            ("16 октября 2025", "2025-10-16"),
            ("2025年10月16日", "2025-10-16"),
            ("2025년 10월 16일", "2025-10-16"),
            ("2025-10-16T10:11:12.123456+0200", "2025-10-16T10:11:12+02:00"),
            ("9999-12-31", "9999-12-31"),
            ("0476-09-04", "0476-09-04"),
        ] {
            assert_eq!(read(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "03/04/2025",
            "soon",
            "12",
            "May",
            "31 February 2025",
            "",
            "20251399",
            "1.2.3",
            "é.1.2025",
            "May 12",
            "3 or 4 May 2025",
            "0000-00-00",
            "0000-00-00 00:00:00",
            "2025-W42",
            "2025-366",
            "2025-02-30",
            "32/13/2025",
            "16-Oct-25",
            "May or June 2025",
            "yesterday",
            "Spring 2025",
            "Q3 2025",
            "-1",
            "1e99",
            "99999-01-01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
