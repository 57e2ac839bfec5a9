//! An article as features of a linear model: its words, and the words of its title and of its lead apart.
//!
//! A feature is the hash of what it stands for; which of them a model knows is the model's business.

use crate::{extract::word::mix, text::fold::fold};

/// How much of a text is read, in bytes: what an article is about stands well before.
const MAX_BYTES: usize = 64 << 10;
/// Tells the words of the title from those of the text.
const TITLE: u64 = 0x7469_746C;
/// Tells the words of the lead from those of the text.
const LEAD: u64 = 0x6C65_6164;
/// A news article says in its first words what it is about.
const LEAD_WORDS: usize = 30;

/// The features of one article; each group is weighed by itself, so that none drowns the others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    /// Words of title and text, as often as they stand there.
    pub(crate) words: Vec<u32>,
    /// Words of the title.
    pub(crate) title: Vec<u32>,
    /// The first words of the text.
    pub(crate) lead: Vec<u32>,
}

/// Number of groups.
pub(crate) const GROUPS: usize = 3;

impl Features {
    /// Reads the features of a title and the texts below it.
    pub(crate) fn of(title: &str, texts: &[&str]) -> Self {
        let mut features = Self::default();
        let mut words = Vec::with_capacity(256);
        hashes(title, &mut words);
        features.title.extend(words.iter().map(|word| mix(*word, TITLE) as u32));
        features.add(&words);
        for text in texts {
            words.clear();
            hashes(text, &mut words);
            let lead = words.iter().take(LEAD_WORDS - features.lead.len());
            features.lead.extend(lead.map(|word| mix(*word, LEAD) as u32));
            features.add(&words);
        }
        features
    }

    fn add(&mut self, words: &[u64]) {
        self.words.extend(words.iter().map(|word| *word as u32));
    }

    /// Returns the groups, in the order of their weights in a model.
    pub(crate) fn groups(&self) -> [&[u32]; GROUPS] {
        [&self.words, &self.title, &self.lead]
    }
}

/// Hashes the words of a text. Digits are all alike; a script without spaces gives its pairs of neighbouring characters.
fn hashes(text: &str, words: &mut Vec<u64>) {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let folded = fold(&text[..end]);
    let mut hash = SEED;
    let mut length = 0usize;
    let mut whole: Option<u32> = None;
    let mut flush = |hash: &mut u64, length: &mut usize| {
        if *length > 1 {
            words.push(*hash);
        }
        (*hash, *length) = (SEED, 0);
    };
    for c in folded.chars() {
        let before = whole.take();
        if c.is_ascii_alphabetic() {
            hash = step(hash, u32::from(c));
            length += 1;
        } else if c.is_numeric() {
            // A number counts as one, however long.
            if length == 0 || hash != DIGITS {
                hash = if length == 0 { DIGITS } else { step(hash, 0x30) };
            }
            length += 2;
        } else if is_whole(c) {
            flush(&mut hash, &mut length);
            if let Some(before) = before {
                (hash, length) = (step(step(SEED, before), u32::from(c)), 2);
                flush(&mut hash, &mut length);
            }
            whole = Some(u32::from(c));
        } else if c.is_alphabetic() {
            hash = step(hash, u32::from(c));
            length += 1;
        } else if c != '\'' && c != '’' {
            flush(&mut hash, &mut length);
        }
    }
    flush(&mut hash, &mut length);
}

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const DIGITS: u64 = 0x6469_6769_7473;

fn step(hash: u64, c: u32) -> u64 {
    (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3)
}

/// Says whether the character is a word by itself: Han, kana.
fn is_whole(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_numbers_and_accents_do_not_matter_but_the_title_does() {
        let one = Features::of("Café strike", &["The café paid 1200 euros."]);
        let other = Features::of("CAFE STRIKE", &["the cafe paid 7 euros"]);
        assert_eq!(one.title, other.title);
        assert_eq!(one.title.len(), 2);
        assert_eq!(one.words.len(), other.words.len());
        assert!(one.words.iter().all(|it| other.words.contains(it)));
        assert!(one.title.iter().all(|it| !one.words.contains(it)));
    }

    #[test]
    fn what_is_long_or_empty_is_bounded() {
        assert!(Features::of("", &[""]).words.is_empty());
        let long = "word ".repeat(1_000_000);
        assert!(Features::of("", &[&long]).words.len() < 40_000);
        assert_eq!(Features::of("", &["港は閉鎖"]).words.len(), 3);
    }
}
