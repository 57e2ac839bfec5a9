//! What words are worth: in how many articles of a language each stands, and which are stop words.

use std::collections::{HashMap, HashSet};

use crate::extract::word::{hash, mix};

/// The first bytes of the table.
const MAGIC: &[u8; 8] = b"MORGKEY1";
/// The largest table that is read, in bytes, unpacked.
const MAX_BYTES: usize = 64 << 20;
/// Steps of the table's shares: one is a factor of the square root of two.
const STEPS_PER_DOUBLING: f32 = 2.0;
/// What a word counts that stands in one article of so many, where the language has no table.
const UNKNOWN: f32 = 7.0;
/// Words that stand in more than this share of articles say nothing.
const COMMON: f32 = 0.2;

const STOPWORDS: &str = include_str!("../../../data/stopwords.tsv");

/// Why the table cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the table of words is damaged: {0}")]
pub struct Error(String);

/// The table and the stop words.
#[derive(Debug)]
pub struct Background {
    /// Share of articles, in steps below one, by hash of language and word (or pair of words).
    shares: HashMap<u32, u8>,
    /// Languages that the table has.
    languages: HashSet<String>,
    stop: HashMap<&'static str, HashSet<&'static str>>,
}

impl Background {
    /// Loads the table that comes with the program.
    pub fn embedded() -> Result<Self, Error> {
        Self::from_bytes(include_bytes!("../../../data/keywords.bin"))
    }

    /// Loads a table.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let packed = bytes.strip_prefix(MAGIC).ok_or_else(|| Error("it is none of this version".to_owned()))?;
        let plain = zstd::bulk::decompress(packed, MAX_BYTES).map_err(|error| Error(error.to_string()))?;
        let (head, rest) = plain.split_at_checked(4).ok_or_else(|| Error("it is cut off".to_owned()))?;
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let (names, rows) = rest.split_at_checked(length).ok_or_else(|| Error("it is cut off".to_owned()))?;
        let names = std::str::from_utf8(names).map_err(|error| Error(error.to_string()))?;
        // Hashes first, then steps: like stands beside like, which packs best.
        let count = rows.len() / 5;
        let (hashes, steps) = rows.split_at(count * 4);
        let hashes = hashes.chunks_exact(4).map(|it| u32::from_le_bytes([it[0], it[1], it[2], it[3]]));
        let shares = hashes.zip(steps.iter().copied()).collect();
        Ok(Self { shares, languages: names.split_whitespace().map(str::to_owned).collect(), stop: stopwords() })
    }

    /// Writes a table; `shares` are hashes as [`key`] makes them, with the share of articles that have each.
    pub(crate) fn to_bytes(languages: &[String], shares: &[(u32, f32)]) -> Result<Vec<u8>, Error> {
        let names = languages.join(" ");
        let mut plain = (names.len() as u32).to_le_bytes().to_vec();
        plain.extend(names.as_bytes());
        plain.extend(shares.iter().flat_map(|(hash, _)| hash.to_le_bytes()));
        let steps = |share: f32| (-share.max(1e-9).log2() * STEPS_PER_DOUBLING).round().clamp(0.0, 255.0) as u8;
        plain.extend(shares.iter().map(|(_, share)| steps(*share)));
        let packed = zstd::bulk::compress(&plain, 19).map_err(|error| Error(error.to_string()))?;
        Ok([MAGIC.as_slice(), &packed].concat())
    }

    /// Returns how rare a word is: the natural logarithm of how many articles there are for each that has it.
    pub(super) fn rarity(&self, word: &str, language: Option<&str>) -> f32 {
        let language = language.unwrap_or("en");
        match self.shares.get(&key(language, &[word])) {
            Some(steps) if share(*steps) > COMMON => 0.0,
            Some(steps) => -share(*steps).ln(),
            None if self.languages.contains(language) => UNKNOWN + 1.0,
            None => UNKNOWN,
        }
    }

    /// Says whether other articles have a phrase of several words, too.
    pub(super) fn is_term(&self, words: &[String], language: Option<&str>) -> bool {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.windows(2).all(|pair| self.shares.contains_key(&key(language.unwrap_or("en"), pair)))
    }

    /// Says whether a folded word is a stop word of the language.
    pub(super) fn is_stop(&self, word: &str, language: Option<&str>) -> bool {
        self.stop.get(language.unwrap_or("en")).is_some_and(|words| words.contains(word))
    }
}

fn share(steps: u8) -> f32 {
    (-f32::from(steps) / STEPS_PER_DOUBLING).exp2()
}

/// Returns the hash of words (folded) in a language.
pub(crate) fn key(language: &str, words: &[&str]) -> u32 {
    words.iter().fold(hash(language), |sum, word| mix(sum, hash(word))) as u32
}

fn stopwords() -> HashMap<&'static str, HashSet<&'static str>> {
    let rows = STOPWORDS.lines().skip(1).filter_map(|line| line.split_once('\t'));
    rows.map(|(language, words)| (language, words.split(' ').collect())).collect()
}
