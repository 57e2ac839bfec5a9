//! Dates as sources write them. What cannot be read for certain is no date: 03/04/2025 may be March or April.

use std::borrow::Cow;

use jiff::fmt::rfc2822::DateTimeParser;

use crate::article::Date;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const DAYS: [&str; 17] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
];

/// Reads RFC 3339, RFC 2822, `YYYY[-MM[-DD]]`, `2025/03/12`, `12 March 2025`, `March 12, 2025`, or seconds since 1970.
pub(super) fn read(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    zoned(text)
        .parse()
        .ok()
        .or_else(|| slashed(text))
        .or_else(|| compact(text))
        .or_else(|| dotted(text))
        .or_else(|| rfc2822(text))
        .or_else(|| written(text))
        .or_else(|| epoch(text))
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
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
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

/// Reads `16.10.2025`: where dots are written, the day goes first.
fn dotted(text: &str) -> Option<Date> {
    let mut parts = text.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = [day, month, year].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if parts.next().is_some() || !digits || year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return None;
    }
    Date::day(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn slashed(text: &str) -> Option<Date> {
    let dashed = text.replace('/', "-");
    let year_first = text.len() >= 7 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if year_first { dashed.parse().ok() } else { None }
}

fn rfc2822(text: &str) -> Option<Date> {
    let zoned = DateTimeParser::new().relaxed_weekday(true).parse_zoned_datetime(text).ok()?;
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().parse().ok()
}

fn written(text: &str) -> Option<Date> {
    let text = text.to_lowercase();
    let words: Vec<&str> =
        text.split([' ', ',', '.', '\u{a0}', '|']).filter(|word| !word.is_empty() && !DAYS.contains(word)).collect();
    let month = words.iter().position(|word| month(word).is_some())?;
    let number = month_of(words[month])?;
    // A time of day behind a written date names its zone in words, if at all; the day is what is certain.
    let time = words.iter().position(|word| word.contains(':')).unwrap_or(words.len());
    let dated = words[..time].strip_suffix(&["at"]).unwrap_or(&words[..time]);
    let numbers: Vec<i16> = dated.iter().filter_map(|word| numeral(word).parse().ok()).collect();
    match (numbers.as_slice(), dated.len()) {
        ([year], 2) if *year > 999 => Date::month(*year, number),
        ([day, year], 3) if *day <= 31 && *year > 999 => Date::day(*year, number, i8::try_from(*day).ok()?),
        _ => None,
    }
}

/// Returns `3` of `3rd`.
fn numeral(word: &str) -> &str {
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    ordinal.filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(word)
}

fn month(word: &str) -> Option<usize> {
    MONTHS.iter().position(|it| *it == word || word.len() >= 3 && it.starts_with(word))
}

fn month_of(word: &str) -> Option<i8> {
    month(word).map(|at| at as i8 + 1)
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
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
