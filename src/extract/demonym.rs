//! Demonyms: words for the people of a country and what is theirs, such as "Turkish" or "Sri Lankans".
//!
//! They are no names of places, and yet they say which country a text is about. Knows the list alone.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

/// Demonym and the code of its country.
const DEMONYMS: &str = include_str!("../../data/demonyms.tsv");

/// Words of the longest demonym ("Papua New Guinean").
const LONGEST: usize = 3;

/// Every demonym, and its plural, as it is printed.
static COUNTRIES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let rows = DEMONYMS.lines().skip(1).filter_map(|line| line.split_once('\t'));
    let mut countries = HashMap::new();
    for (demonym, country) in rows {
        countries.entry(demonym.to_owned()).or_insert(country);
        // The Philippines are a country, not several Philippine ones.
        if !demonym.ends_with("ine") && !demonym.ends_with("ese") && !demonym.ends_with('s') {
            countries.entry(format!("{demonym}s")).or_insert(country);
        }
    }
    countries
});

/// The same in lower case, for headlines.
static SMALL: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| COUNTRIES.iter().map(|(word, country)| (word.to_lowercase(), *country)).collect());

/// Says whether a word is a demonym such as "Russian" or "Russians", in any case.
pub(crate) fn is_demonym(word: &str) -> bool {
    SMALL.contains_key(&word.to_lowercase())
}

/// Returns the demonyms of a text with the code of the country (ISO 3166, two letters), in its order; spans in bytes.
pub(crate) fn demonyms(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut found: Vec<(Range<usize>, &str)> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, c.is_alphabetic()) {
            (None, true) => start = Some(at),
            (Some(first), false) => {
                start = None;
                let is_free = found.last().is_none_or(|(span, _)| span.end <= first);
                if is_free && let Some(one) = demonym(text, first, at) {
                    found.push(one);
                }
            }
            _ => {}
        }
    }
    found
}

/// Returns the longest demonym whose first word stands at `first..end`.
fn demonym(text: &str, first: usize, end: usize) -> Option<(Range<usize>, &'static str)> {
    if !text[first..end].starts_with(char::is_uppercase) {
        return None;
    }
    let mut ends = vec![end];
    while let Some(last) = ends.last().copied().filter(|_| ends.len() < LONGEST) {
        let Some(rest) = text[last..].strip_prefix([' ', '-']) else { break };
        let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        if length == 0 || !rest.starts_with(char::is_uppercase) {
            break;
        }
        ends.push(last + 1 + length);
    }
    let known = |end: &usize| COUNTRIES.get(&text[first..*end]).map(|country| (first..*end, *country));
    ends.iter().rev().find_map(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        demonyms(text).into_iter().map(|(span, country)| (&text[span], country)).collect()
    }

    #[test]
    fn demonyms_are_found_with_their_country() {
        let text = "Turkish troops met Sri Lankans, South African-born Kenyans and turkish coffee.";
        assert_eq!(found(text), [("Turkish", "TR"), ("Sri Lankans", "LK"), ("South African", "ZA"), ("Kenyans", "KE")]);
        assert_eq!(found("North Korean and Korean"), [("North Korean", "KP")]);
        assert_eq!(found("Georgians"), [("Georgians", "GE")]);
    }

    #[test]
    fn names_of_countries_are_none() {
        assert!(found("The Philippines, Turkey and Austria. ÉTÉ").is_empty());
        assert!(is_demonym("RUSSIANS") && is_demonym("sri lankan") && !is_demonym("Philippines"));
    }
}
