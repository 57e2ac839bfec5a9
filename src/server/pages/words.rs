//! Dates and numbers in words. Pure functions.

use crate::{
    article::{Date, Precision},
    document::{Facet, label},
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns a date in its own precision: `1987`, `March 1998`, `16 October 2025`.
pub(super) fn date(date: Date) -> String {
    let digits = date.to_string();
    let number = |range: std::ops::Range<usize>| -> usize {
        digits.get(range).and_then(|it| it.parse().ok()).unwrap_or_default()
    };
    let year = match number(0..4) {
        early @ 0..1000 => format!("AD {early}"),
        year => year.to_string(),
    };
    let month = MONTHS.get(number(5..7).saturating_sub(1)).copied().unwrap_or_default();
    match date.precision() {
        Precision::Year => year,
        Precision::Month => format!("{month} {year}"),
        Precision::Day | Precision::Instant => format!("{} {month} {year}", number(8..10)),
    }
}

/// Returns a date and, where it is known to the moment, the time of day: `16 October 2025, 10:11 UTC`.
pub(super) fn moment(moment: Date) -> String {
    let written = moment.to_string();
    let time = (moment.precision() == Precision::Instant).then(|| written.get(11..16)).flatten();
    let zone = match written.get(19..) {
        None | Some("" | "Z") => "UTC".to_owned(),
        Some(offset) => format!("UTC{offset}"),
    };
    match time {
        // Midnight sharp is what sources write that know only the day.
        None | Some("00:00") => date(moment),
        Some(time) => format!("{}, {time} {zone}", date(moment)),
    }
}

/// Returns a month (0 to 11) and its year, short: `Mar 1998`.
pub(super) fn month(month: usize, year: i32) -> String {
    format!("{} {year}", MONTHS.get(month).map_or("", |name| &name[..3]))
}

/// Returns a day without its year, short: `16 Oct`.
pub(super) fn day_of_year(day: Date) -> String {
    let said = date(day);
    let mut words = said.split(' ');
    let (number, month) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    format!("{number} {}", month.get(..3).unwrap_or(month))
}

/// Returns a message as a sentence: a capital at its beginning, a full stop at its end.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().map(|it| it.to_uppercase().collect()).unwrap_or_default();
    let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", letters.as_str())
}

/// A piece of a message: what is quoted from an address or a query is set as code.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) code: bool,
}

/// Returns a message as a sentence in pieces; what stands between backticks is code.
pub(super) fn spoken(message: &str) -> Vec<Spoken> {
    let said = sentence(message);
    let pieces = said.split('`').enumerate().filter(|(_, text)| !text.is_empty());
    pieces.map(|(at, text)| Spoken { text: text.to_owned(), code: at % 2 == 1 }).collect()
}

/// Returns the heading of a facet.
pub(super) fn heading(facet: Facet) -> &'static str {
    match facet {
        Facet::People => "People",
        Facet::Places => "Places",
        Facet::Organizations => "Organizations",
        Facet::Topics => "Topics",
        Facet::Sources => "Sources",
        Facet::Sections => "Sections",
        Facet::Authors => "Authors",
        Facet::Languages => "Languages",
        Facet::Countries => "Countries",
        Facet::Years => "Years",
    }
}

/// Returns what pages call a value of a facet: a country or a language by its name instead of its code.
pub(super) fn value(facet: Facet, value: &str) -> String {
    label(facet, value).unwrap_or(value).to_owned()
}

/// Returns `and`-joined names: `Ada Brandt, Jan Kos and Bo Lind`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns the time a search took, in the unit that a reader can take in.
pub(super) fn took(milliseconds: f64) -> String {
    if milliseconds < 1000.0 { format!("{milliseconds:.1} ms") } else { format!("{:.1} s", milliseconds / 1000.0) }
}

/// Returns the text of a date in words, or as it stands if it is none.
pub(super) fn date_text(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), date)
}

/// Returns a number with separators: `1,234,567`.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns `1 article`, `1,234 articles`.
pub(super) fn articles(count: u64) -> String {
    let noun = if count == 1 { "article" } else { "articles" };
    format!("{} {noun}", number(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_said_in_their_precision() {
        assert_eq!(date_text("1987"), "1987");
        assert_eq!(date_text("1998-03"), "March 1998");
        assert_eq!(date_text("0031-05"), "May AD 31");
        assert_eq!(date_text("2025-10-16T10:00:00Z"), "16 October 2025");
    }

    #[test]
    fn a_moment_has_its_time_and_zone() {
        let said = |text: &str| moment(text.parse().unwrap());
        assert_eq!(said("2025-10-16T10:11:00Z"), "16 October 2025, 10:11 UTC");
        assert_eq!(said("2025-10-16T10:11:00-04:00"), "16 October 2025, 10:11 UTC-04:00");
        assert_eq!(said("2025-10-16T00:00:00Z"), "16 October 2025");
        assert_eq!(said("1998-03"), "March 1998");
    }

    #[test]
    fn codes_are_called_by_name() {
        assert_eq!(value(Facet::Countries, "PL"), "Poland");
        assert_eq!(value(Facet::Languages, "ja"), "Japanese");
        assert_eq!(value(Facet::Countries, "??"), "??");
    }

    #[test]
    fn what_is_quoted_is_code() {
        let said = spoken("`!` was left out; write `-war`");
        let shown: Vec<(&str, bool)> = said.iter().map(|it| (it.text.as_str(), it.code)).collect();
        assert_eq!(shown, [("!", true), (" was left out; write ", false), ("-war", true), (".", false)]);
        assert_eq!(spoken("no date").len(), 1);
    }

    #[test]
    fn numbers_have_separators() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(999), "999");
    }
}
