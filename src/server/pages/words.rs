//! Dates and numbers in words. Pure functions.

use crate::article::{Date, Precision};

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
    let year = number(0..4);
    let month = MONTHS.get(number(5..7).saturating_sub(1)).copied().unwrap_or_default();
    match date.precision() {
        Precision::Year => year.to_string(),
        Precision::Month => format!("{month} {year}"),
        Precision::Day | Precision::Instant => format!("{} {month} {year}", number(8..10)),
    }
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
        assert_eq!(date_text("2025-10-16T10:00:00Z"), "16 October 2025");
    }

    #[test]
    fn numbers_have_separators() {
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(number(999), "999");
    }
}
