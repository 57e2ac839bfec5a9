//! Short lists of telling words: titles, jobs, words of organizations and places, verbs of speech, names of months.

use std::collections::HashMap;

use super::word::hash;

const LISTS: [&str; 7] = [
    include_str!("../../data/lists/job.txt"),
    include_str!("../../data/lists/lockw.txt"),
    include_str!("../../data/lists/month.txt"),
    include_str!("../../data/lists/orgkw.txt"),
    include_str!("../../data/lists/orgsuf.txt"),
    include_str!("../../data/lists/say.txt"),
    include_str!("../../data/lists/title.txt"),
];

/// Which lists a word stands in, as bits.
#[derive(Debug)]
pub(crate) struct Lists {
    bits: HashMap<u64, u8>,
}

impl Lists {
    pub(crate) fn new() -> Self {
        let mut bits: HashMap<u64, u8> = HashMap::new();
        for (number, list) in LISTS.iter().enumerate() {
            for word in list.lines().filter(|word| !word.is_empty()) {
                *bits.entry(hash(word)).or_default() |= 1 << number;
            }
        }
        Self { bits }
    }

    /// Returns the bits of a word; a word in capitals is looked up as a title, too, and a dot at its end is left out.
    pub(crate) fn of(&self, word: &str) -> u8 {
        let word = word.strip_suffix('.').unwrap_or(word);
        let found = self.bits.get(&hash(word)).copied().unwrap_or(0);
        if found != 0 || word.len() < 4 || !word.chars().all(char::is_uppercase) {
            return found;
        }
        let mut chars = word.chars();
        let title: String = chars.next().into_iter().chain(chars.flat_map(char::to_lowercase)).collect();
        self.bits.get(&hash(&title)).copied().unwrap_or(0)
    }
}

/// The list of titles alone, for what stands before a name.
pub(crate) const TITLES: &str = include_str!("../../data/lists/title.txt");

/// Words for people of a country and what is theirs, with the country's code: no names of places.
const DEMONYMS: &str = include_str!("../../data/demonyms.tsv");

/// Says whether a word is a demonym such as "Russian" or "Russians".
pub(crate) fn is_demonym(word: &str) -> bool {
    let is = |word: &str| {
        DEMONYMS.lines().skip(1).any(|line| line.split('\t').next().is_some_and(|it| it.eq_ignore_ascii_case(word)))
    };
    is(word) || word.strip_suffix('s').is_some_and(is)
}
