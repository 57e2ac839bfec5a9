//! What an article says about where it plays without naming a place: peoples, and where its source is at home.
//!
//! "Turkish troops" speaks for the Tripoli nearest to Turkey, `example.co.uk` for the Boston in Lincolnshire. None of it
//! is listed as a place. Knows an article's text, source and address, and the gazetteer's names.

use std::collections::BTreeMap;

use crate::extract::{
    demonym::demonyms,
    gazetteer::{Entry, Gazetteer, Kind},
};

/// Inhabitants from which a town in the name of a source is taken for its home: there is a village called Guardian.
const HOME_TOWN: u32 = 100_000;
/// Words of the longest place in the name of a source.
const LONGEST: usize = 3;
/// Bytes of a source's name that are read.
const LONGEST_SOURCE: usize = 200;
/// Domains of countries that are sold to everybody.
const SOLD: [&str; 12] = ["ai", "am", "cc", "co", "fm", "gg", "io", "ly", "me", "so", "tv", "ws"];

/// Places that an article has to do with, and how often it says so.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    pub(super) witnesses: Vec<(Entry, usize)>,
}

impl Surroundings {
    /// Gathers them from the texts of an article, the name of its source and its address; either may be empty.
    pub fn of(gazetteer: &Gazetteer, texts: &[&str], source: &str, url: &str) -> Self {
        let mut peoples: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, country) in texts.iter().flat_map(|text| demonyms(text)) {
            *peoples.entry(country).or_default() += 1;
        }
        let mut witnesses: Vec<(Entry, usize)> =
            peoples.into_iter().filter_map(|(code, mentions)| Some((gazetteer.country(code)?, mentions))).collect();
        let country = domain(url).and_then(|code| gazetteer.country(&code));
        let home = home(gazetteer, source).into_iter().chain(country);
        witnesses.extend(home.map(|entry| (entry, 1)));
        Self { witnesses }
    }
}

/// Returns the code of the country whose domain an address belongs to.
fn domain(url: &str) -> Option<String> {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', '#', ':']).next()?;
    let last = host.rsplit_once('.')?.1.to_ascii_lowercase();
    let is_code = last.len() == 2 && last.bytes().all(|byte| byte.is_ascii_lowercase()) && !SOLD.contains(&&*last);
    is_code.then(|| if last == "uk" { "GB".to_owned() } else { last.to_ascii_uppercase() })
}

/// Returns the places in the name of a source: Houston of the "Houston Chronicle", Ireland of the "Irish Times".
fn home(gazetteer: &Gazetteer, source: &str) -> Vec<Entry> {
    if source.len() > LONGEST_SOURCE {
        return Vec::new();
    }
    let mut found: Vec<Entry> =
        demonyms(source).into_iter().filter_map(|(_, country)| gazetteer.country(country)).collect();
    let words: Vec<&str> = source.split_whitespace().collect();
    let mut at = 0;
    while at < words.len() {
        let longest = LONGEST.min(words.len() - at);
        let known = (1..=longest).rev().find_map(|length| {
            let entries = gazetteer.entries(&words[at..at + length].join(" "));
            let best = entries.into_iter().filter(|it| !it.alias && is_home(it)).max_by_key(|it| it.population)?;
            Some((best, length))
        });
        match known {
            Some((entry, length)) => {
                found.push(entry);
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn is_home(entry: &Entry) -> bool {
    match entry.kind {
        Kind::Country => true,
        Kind::Region | Kind::City => entry.population >= HOME_TOWN,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(texts: &[&str], source: &str, url: &str) -> Vec<(String, usize)> {
        let gazetteer = Gazetteer::embedded().unwrap();
        let found = Surroundings::of(&gazetteer, texts, source, url);
        found.witnesses.iter().map(|(entry, mentions)| (gazetteer.candidate(entry).name, *mentions)).collect()
    }

    fn one(name: &str) -> Vec<(String, usize)> {
        vec![(name.to_owned(), 1)]
    }

    #[test]
    fn peoples_speak_for_their_country() {
        assert_eq!(names(&["Kenyan runners", "Kenyans won"], "", ""), [("Kenya".to_owned(), 2)]);
    }

    #[test]
    fn sources_are_at_home_somewhere() {
        assert_eq!(names(&[], "Houston Chronicle", ""), one("Houston"));
        assert_eq!(names(&[], "Irish Times", ""), one("Ireland"));
        assert_eq!(names(&[], "The Times of India", ""), one("India"));
        assert!(names(&[], "The Guardian", "").is_empty());
    }

    #[test]
    fn domains_of_countries_speak_for_them() {
        assert_eq!(names(&[], "", "https://www.example.co.uk/news/1"), one("United Kingdom"));
        assert_eq!(names(&[], "", "http://example.ca:80/?q=a.de"), one("Canada"));
        for url in ["https://example.io/a.html", "https://example.com/x.uk", "", "..", "https://zz"] {
            assert!(names(&[], "", url).is_empty(), "{url}");
        }
    }
}
