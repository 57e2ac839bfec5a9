//! Features of a token for the tagger: the word, its neighbours, the capitalised run it stands in, and what the rest of
//! the article says of the same word.
//!
//! Training and tagging call the same functions; a change here means training anew.

use std::collections::HashMap;

use super::{
    lists::Lists,
    word::{Case, Hash, Word, mix},
};

/// Stands for "nothing there".
const NONE: Hash = 1;
/// How many other places of the same word are looked at.
const MAX_OCCURRENCES: usize = 5;
/// Words that may stand inside a name.
const CONNECTORS: [&str; 16] =
    ["of", "de", "del", "la", "bin", "al", "&", "-", "van", "von", "der", "el", "ibn", "da", "dos", "'s"];

/// An article (or a document of a corpus) as words: title and body are one.
#[derive(Debug, Default)]
pub(crate) struct Words {
    spellings: Vec<Word>,
    bits: Vec<u8>,
    ids: HashMap<String, u32>,
    /// Sentences of numbers of spellings.
    pub(crate) sentences: Vec<Vec<u32>>,
}

impl Words {
    /// Adds a sentence.
    pub(crate) fn push<'a>(&mut self, words: impl Iterator<Item = &'a str>, lists: &Lists) {
        let mut sentence = Vec::new();
        for text in words {
            let id = match self.ids.get(text) {
                Some(id) => *id,
                None => {
                    let id = self.spellings.len() as u32;
                    let word = Word::new(text);
                    self.bits.push(lists.of(&word.text));
                    self.spellings.push(word);
                    self.ids.insert(text.to_owned(), id);
                    id
                }
            };
            sentence.push(id);
        }
        self.sentences.push(sentence);
    }

    fn word(&self, sentence: usize, at: usize) -> &Word {
        &self.spellings[self.sentences[sentence][at] as usize]
    }
}

/// What an article says of its words as a whole.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Where each capitalised word (in lower case) stands.
    places: HashMap<Hash, Vec<(usize, usize)>>,
    /// How often it stands in lower case.
    lower: HashMap<Hash, u32>,
    /// Abbreviations that the article explains, "Long Name (LN)": last and first word of the long name.
    acronyms: HashMap<Hash, (Hash, Hash)>,
}

impl Context {
    pub(crate) fn of(words: &Words) -> Self {
        let mut context = Self::default();
        for (number, sentence) in words.sentences.iter().enumerate() {
            for at in 0..sentence.len() {
                let word = words.word(number, at);
                if word.is_capital() {
                    context.places.entry(word.lower).or_default().push((number, at));
                } else if word.case == Case::Lower {
                    *context.lower.entry(word.lower).or_default() += 1;
                }
            }
            context.explain(words, number);
        }
        context
    }

    /// Finds abbreviations in brackets whose letters begin the words before.
    fn explain(&mut self, words: &Words, number: usize) {
        let sentence: Vec<&Word> = (0..words.sentences[number].len()).map(|at| words.word(number, at)).collect();
        for open in 2..sentence.len().saturating_sub(2) {
            let short = sentence[open + 1];
            let bracketed = sentence[open].text == "(" && sentence[open + 2].text == ")";
            if !bracketed || short.case < Case::Upper || !short.is_capital() || short.text.len() > 8 {
                continue;
            }
            let (mut hits, mut first) = (0, NONE);
            for word in sentence[..open].iter().rev().take(10) {
                let initial = word.text.chars().next().unwrap_or(' ');
                if word.is_capital() {
                    hits += usize::from(short.text.contains(initial));
                    first = word.lower;
                } else if !matches!(
                    word.text.as_str(),
                    "of" | "and" | "for" | "the" | "on" | "de" | "to" | "in" | "-" | "&"
                ) {
                    break;
                }
            }
            if hits >= 2 {
                self.acronyms.insert(short.lower, (sentence[open - 1].lower, first));
            }
        }
    }
}

/// Returns which tokens of a sentence may be part of a name: capitalised ones, short gaps between them, and the token
/// after a capital. All others are tagged as none without a look.
pub(crate) fn candidates(words: &Words, number: usize) -> Vec<bool> {
    let length = words.sentences[number].len();
    let capital: Vec<bool> = (0..length).map(|at| words.word(number, at).is_capital()).collect();
    let near = |range: std::ops::Range<usize>| capital[range].contains(&true);
    (0..length)
        .map(|at| {
            capital[at]
                || at > 0 && capital[at - 1]
                || near(at.saturating_sub(3)..at) && near((at + 1).min(length)..(at + 4).min(length))
                || at + 1 < length && capital[at + 1] && words.word(number, at).case >= Case::Number
        })
        .collect()
}

/// A sentence with its words and runs looked up.
pub(crate) struct Sentence<'a> {
    words: Vec<&'a Word>,
    bits: Vec<u8>,
    runs: Vec<(usize, usize)>,
    capitals: u64,
    number: usize,
    document: &'a Words,
    context: &'a Context,
    mask: u64,
}

impl<'a> Sentence<'a> {
    /// Looks a sentence up. `mask` is the number of rows of the model, less one.
    pub(crate) fn new(document: &'a Words, context: &'a Context, number: usize, mask: u64) -> Self {
        let ids = &document.sentences[number];
        let words: Vec<&Word> = ids.iter().map(|id| &document.spellings[*id as usize]).collect();
        let bits = ids.iter().map(|id| document.bits[*id as usize]).collect();
        let lower = words.iter().filter(|word| word.case == Case::Lower).count();
        let upper = words.iter().filter(|word| word.is_capital()).count();
        let capitals = match (lower, upper) {
            (0, 3..) => 2,
            _ if upper > 3 && upper * 10 > (upper + lower) * 7 => 1,
            _ => 0,
        };
        let runs = runs(&words);
        Self { words, bits, runs, capitals, number, document, context, mask }
    }

    /// Puts the features of a token into `rows`.
    pub(crate) fn features(&self, at: usize, rows: &mut Vec<u32>) {
        rows.clear();
        let mut add = |template: u64, a: Hash, b: Hash| rows.push((mix(mix(template, a), b) & self.mask) as u32);
        self.own(at, &mut add);
        self.around(at, &mut add);
        self.run(at, &mut add);
        self.listed(at, &mut add);
        if self.words[at].is_capital() {
            self.elsewhere(at, &mut add);
        }
    }

    fn word(&self, at: usize, offset: isize) -> Option<&Word> {
        self.words.get(at.checked_add_signed(offset)?).copied()
    }

    fn lower(&self, at: usize, offset: isize) -> Hash {
        self.word(at, offset).map_or(NONE, |word| word.lower)
    }

    fn shape(&self, at: usize, offset: isize) -> Hash {
        self.word(at, offset).map_or(NONE, |word| word.shape)
    }

    fn own(&self, at: usize, add: &mut impl FnMut(u64, Hash, Hash)) {
        let word = self.words[at];
        let case = word.case as u64;
        add(1, 0, 0);
        add(2, word.form, 0);
        add(3, word.lower, 0);
        add(4, word.shape, 0);
        add(5, word.short_shape, 0);
        add(6, case, self.capitals);
        for i in 0..4 {
            if word.prefixes[i] != 0 {
                add(10 + i as u64, word.prefixes[i], 0);
            }
            if word.suffixes[i] != 0 {
                add(20 + i as u64, word.suffixes[i], 0);
            }
        }
        add(25, word.suffixes[1], case);
        if at == 0 {
            add(50, case, 0);
        }
    }

    fn around(&self, at: usize, add: &mut impl FnMut(u64, Hash, Hash)) {
        let word = self.words[at];
        let (lower, shape) = (|offset| self.lower(at, offset), |offset| self.shape(at, offset));
        for (i, offset) in [-2, -1, 1, 2].into_iter().enumerate() {
            add(30 + i as u64, lower(offset), 0);
            add(35 + i as u64, shape(offset), 0);
        }
        add(40, lower(-1), word.lower);
        add(41, word.lower, lower(1));
        add(42, mix(shape(-1), word.shape), shape(1));
        add(43, shape(-1), word.shape);
        add(44, word.shape, shape(1));
        add(45, lower(-1), word.shape);
        add(46, word.shape, lower(1));
        add(47, lower(-1), lower(1));
        add(48, mix(lower(-2), lower(-1)), word.short_shape);
        add(49, mix(lower(1), lower(2)), word.short_shape);
        for (template, offset) in [(51, -1), (52, 1)] {
            if let Some(other) = self.word(at, offset) {
                add(template, other.suffixes[1], word.case as u64);
            }
        }
    }

    /// The capitalised run a token stands in: what is before and after it, its head, its length.
    fn run(&self, at: usize, add: &mut impl FnMut(u64, Hash, Hash)) {
        let (start, end) = self.runs[at];
        if start == end {
            return;
        }
        let lower = |at: Option<usize>| at.and_then(|at| self.words.get(at)).map_or(NONE, |word| word.lower);
        let (before, after) = (lower(start.checked_sub(1)), lower(Some(end)));
        let length = (end - start).min(5) as u64;
        let (from_start, to_end) = ((at - start).min(4) as u64, (end - 1 - at).min(4) as u64);
        let (first, last) = (self.words[start], self.words[end - 1]);
        add(60, before, 0);
        add(61, after, 0);
        add(62, last.lower, to_end);
        add(63, first.lower, from_start);
        add(64, length, from_start);
        add(65, before, mix(length, from_start));
        add(66, after, mix(length, to_end));
        add(67, last.suffixes[1], 0);
        add(68, lower(start.checked_sub(2)), before);
        add(69, after, lower(Some(end + 1)));
        add(58, before, after);
        add(59, last.lower, before);
        add(81, u64::from(self.bits[start]), from_start.min(3));
        add(82, u64::from(self.bits[end - 1]), to_end.min(3));
    }

    fn listed(&self, at: usize, add: &mut impl FnMut(u64, Hash, Hash)) {
        let word = self.words[at];
        let bits = |offset: isize| at.checked_add_signed(offset).and_then(|at| self.bits.get(at)).copied().unwrap_or(0);
        let (own, before, after) = (u64::from(bits(0)), u64::from(bits(-1)), u64::from(bits(1)));
        if own != 0 {
            add(70, own, 0);
            add(71, own, word.case as u64 * 8 + u64::from(at == 0));
        }
        add(73, before, word.short_shape);
        add(74, after, word.short_shape);
        add(75, mix(before, own), after);
        add(77, own, self.lower(at, -1));
        add(78, own, self.lower(at, 1));
        if before != 0 {
            add(79, before, word.case as u64);
        }
        if after != 0 {
            add(80, after, word.case as u64);
        }
    }

    /// The same word elsewhere in the article: its neighbours there, and whether it is also written small.
    fn elsewhere(&self, at: usize, add: &mut impl FnMut(u64, Hash, Hash)) {
        let word = self.words[at];
        let Some(places) = self.context.places.get(&word.lower) else { return };
        add(110, places.len().min(4) as u64, 0);
        let small = self.context.lower.get(&word.lower).copied().unwrap_or(0);
        add(111, u64::from(small.min(2)), u64::from(at == 0));
        if let Some((last, first)) = self.context.acronyms.get(&word.lower) {
            add(140, 1, 0);
            add(141, *last, 0);
            add(142, *first, 0);
        }
        let here = (self.number, at);
        let middle = places.iter().any(|place| place.1 > 0 && *place != here);
        add(112, u64::from(middle), u64::from(at == 0));
        for (number, at) in places.iter().copied().filter(|place| *place != here).take(MAX_OCCURRENCES) {
            let ids = &self.document.sentences[number];
            if at == 0 {
                continue;
            }
            let before = self.document.word(number, at - 1);
            add(113, before.lower, 0);
            add(115, before.case as u64, 0);
            add(117, u64::from(self.document.bits[ids[at - 1] as usize]), 0);
            if at + 1 < ids.len() {
                let after = self.document.word(number, at + 1);
                add(114, after.lower, 0);
                add(116, after.case as u64, 0);
                add(118, u64::from(self.document.bits[ids[at + 1] as usize]), 0);
            }
        }
    }
}

/// For each token the capitalised run it stands in, connectors inside; an empty range for none.
fn runs(words: &[&Word]) -> Vec<(usize, usize)> {
    let mut runs = vec![(0, 0); words.len()];
    let mut at = 0;
    while at < words.len() {
        if !words[at].is_capital() {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while end < words.len() {
            if words[end].is_capital() {
                end += 1;
            } else if end + 1 < words.len()
                && CONNECTORS.contains(&words[end].text.as_str())
                && words[end + 1].is_capital()
            {
                end += 2;
            } else {
                break;
            }
        }
        runs[at..end].fill((at, end));
        at = end;
    }
    runs
}
