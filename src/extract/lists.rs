//! Short lists of telling words: titles, jobs, words of organizations and places, verbs of speech, names of months and of
//! products; and
//! the words for peoples, which are no names.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use super::word::{Case, Hash, Word, hash};

const LISTS: [&str; 8] = [
    include_str!("../../data/lists/job.txt"),
    include_str!("../../data/lists/lockw.txt"),
    include_str!("../../data/lists/month.txt"),
    include_str!("../../data/lists/orgkw.txt"),
    include_str!("../../data/lists/orgsuf.txt"),
    include_str!("../../data/lists/product.txt"),
    include_str!("../../data/lists/say.txt"),
    TITLES,
];

/// What stands before a name and is no part of it.
pub(crate) const TITLES: &str = include_str!("../../data/lists/title.txt");

/// Words by use; see `data/clusters.md`.
const CLUSTERS: &str = include_str!("../../data/clusters.tsv");

/// Hands a hash through: the keys are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Through(u64);

impl Hasher for Through {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

type ByHash<T> = HashMap<Hash, T, BuildHasherDefault<Through>>;

/// Which lists a word stands in, as bits.
#[derive(Debug)]
pub(crate) struct Lists {
    bits: ByHash<u8>,
}

impl Lists {
    pub(crate) fn new() -> Self {
        let mut bits: ByHash<u8> = ByHash::default();
        for (number, list) in LISTS.iter().enumerate() {
            for word in list.lines().filter(|word| !word.is_empty()) {
                *bits.entry(hash(word)).or_default() |= 1 << number;
            }
        }
        Self { bits }
    }

    /// Returns the bits of a word; a word in capitals is looked up as a title, too, and a dot at its end is left out.
    pub(crate) fn of(&self, word: &Word) -> u8 {
        let bits = |hash: Hash| self.bits.get(&hash).copied().unwrap_or(0);
        let bare = word.text.strip_suffix('.');
        let found = bits(bare.map_or(word.form, hash));
        if found != 0 || word.case != Case::Upper || word.text.len() < 4 {
            return found;
        }
        let mut chars = bare.unwrap_or(word.text).chars();
        let title: String = chars.next().into_iter().chain(chars.flat_map(char::to_lowercase)).collect();
        bits(hash(&title))
    }
}

/// Which words are used alike: word, coarse cluster, fine cluster.
#[derive(Debug)]
pub(crate) struct Clusters {
    of: ByHash<(u8, u16)>,
}

impl Clusters {
    pub(crate) fn new() -> Self {
        let row = |line: &str| {
            let mut fields = line.split('\t');
            let word = fields.next()?;
            Some((hash(word), (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?)))
        };
        Self { of: CLUSTERS.lines().skip(1).filter_map(row).collect() }
    }

    /// Returns the coarse and the fine cluster of a word in lower case; 0 for none.
    pub(crate) fn of(&self, lower: Hash) -> (u8, u16) {
        self.of.get(&lower).copied().unwrap_or_default()
    }
}

/// Says whether a word is a title such as "Mr." or "Senator", in any case.
pub(crate) fn is_title(word: &str) -> bool {
    static SMALL: LazyLock<HashSet<String>> = LazyLock::new(|| TITLES.lines().map(str::to_lowercase).collect());
    let word = word.strip_suffix('.').unwrap_or(word);
    SMALL.contains(word.to_lowercase().as_str())
}
