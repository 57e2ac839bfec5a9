//! Dates as sources write them. What cannot be read for certain is no date: 03/04/2025 may be March or April.

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

/// Reads RFC 3339, RFC 2822, `YYYY[-MM[-DD]]`, `2025/03/12`, `12 March 2025`, `March 12, 2025`, or seconds since 1970.
pub(super) fn read(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    text.parse()
        .ok()
        .or_else(|| slashed(text))
        .or_else(|| rfc2822(text))
        .or_else(|| written(text))
        .or_else(|| epoch(text))
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
    let words: Vec<String> = text
        .split([' ', ',', '.', '\u{a0}'])
        .filter(|word| !word.is_empty())
        .map(|word| word.trim_end_matches(['t', 'h', 's', 'n', 'r', 'd']).to_lowercase())
        .collect();
    let full: Vec<String> =
        text.split([' ', ',', '.', '\u{a0}']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let month = full.iter().position(|word| month(word).is_some())?;
    let number = month_of(&full[month])?;
    let numbers: Vec<i16> = words.iter().filter_map(|word| word.parse().ok()).collect();
    match (numbers.as_slice(), full.len()) {
        ([year], 2) if *year > 999 => Date::month(*year, number),
        ([day, year], 3..=4) if *day <= 31 && *year > 999 => Date::day(*year, number, i8::try_from(*day).ok()?),
        _ => None,
    }
}

fn month(word: &str) -> Option<usize> {
    MONTHS.iter().position(|it| *it == word || word.len() >= 3 && it.starts_with(word))
}

fn month_of(word: &str) -> Option<i8> {
    month(word).map(|at| at as i8 + 1)
}

/// Seconds or milliseconds between 1973 and 2286; shorter numbers are no dates.
fn epoch(text: &str) -> Option<Date> {
    let seconds = match (text.len(), text.parse::<i64>().ok()?) {
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
        ] {
            assert_eq!(read(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["03/04/2025", "soon", "12", "May", "31 February 2025", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
