//! An article as the tagger reads it: words in sentences, the names known beforehand, and what the article as a whole says
//! of each capitalised word.

use std::ops::Range;

use super::{
    lists::{Clusters, Lists},
    names::{Mark, Names},
    word::{Case, Hash, Word},
};

/// How many places of one word are looked at.
const MAX_PLACES: usize = 5;
/// Stands for a word that belongs to no group.
const NO_GROUP: u32 = u32::MAX;
/// What may stand inside the long form of an abbreviation.
const SMALL_WORDS: [&str; 10] = ["of", "and", "for", "the", "on", "de", "to", "in", "-", "&"];

/// What is known beforehand: short lists of telling words, and names.
#[derive(Debug)]
pub(crate) struct Lexicon {
    pub(crate) lists: Lists,
    pub(crate) clusters: Clusters,
    pub(crate) names: Names,
}

/// An article (or a document of a corpus) as words: title and body are one.
#[derive(Debug, Default)]
pub(crate) struct Words<'a> {
    pub(crate) all: Vec<Word<'a>>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) sentences: Vec<Range<usize>>,
}

impl<'a> Words<'a> {
    /// Adds a sentence.
    pub(crate) fn push(&mut self, words: impl Iterator<Item = &'a str>, lexicon: &Lexicon) {
        let start = self.all.len();
        let known = |text| {
            let mut word = Word::new(text);
            word.lists = lexicon.lists.of(&word);
            word.clusters = lexicon.clusters.of(word.lower);
            word
        };
        self.all.extend(words.map(known));
        self.marks.resize(self.all.len(), Mark::default());
        lexicon.names.mark(&self.all[start..], &mut self.marks[start..]);
        self.sentences.push(start..self.all.len());
    }
}

/// A capitalised word, in all its spellings, over the whole article.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) lower: Hash,
    /// Where it stands: the first few places, as numbers of words.
    pub(crate) places: [u32; MAX_PLACES],
    /// How many places there are in all.
    pub(crate) count: u32,
    /// How many of them are not at the beginning of a sentence.
    pub(crate) middle: u32,
    /// How often it is written small.
    pub(crate) small: u32,
    /// The last and the first word of the name that it abbreviates, where the article says so: "Long Name (LN)".
    pub(crate) long_form: Option<(Hash, Hash)>,
}

impl Group {
    /// Returns the first few places of the word.
    pub(crate) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().take(self.count as usize).map(|at| *at as usize)
    }
}

/// What an article says of its words as a whole.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) groups: Vec<Group>,
    /// The group of each word.
    of_word: Vec<u32>,
    /// An open table of groups, a power of two long.
    table: Vec<u32>,
}

impl Context {
    pub(crate) fn of(words: &Words) -> Self {
        let capitals = words.all.iter().filter(|word| word.is_capital()).count();
        let mut context = Self {
            groups: Vec::with_capacity(capitals / 2 + 1),
            of_word: vec![NO_GROUP; words.all.len()],
            table: vec![NO_GROUP; (capitals * 2).next_power_of_two().max(16)],
        };
        for sentence in &words.sentences {
            for at in sentence.clone() {
                if words.all[at].is_capital() {
                    context.add(words.all[at].lower, at, at > sentence.start);
                }
            }
        }
        for word in words.all.iter().filter(|word| word.case == Case::Lower) {
            if let Some(group) = context.find(word.lower) {
                context.groups[group].small += 1;
            }
        }
        for sentence in &words.sentences {
            context.explain(&words.all[sentence.clone()]);
        }
        context
    }

    /// Returns the number of the group of a word; `None` for words without a capital.
    pub(crate) fn group(&self, at: usize) -> Option<usize> {
        Some(self.of_word[at]).filter(|group| *group != NO_GROUP).map(|group| group as usize)
    }

    fn slot(&self, lower: Hash) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = lower as usize & mask;
        while self.table[slot] != NO_GROUP && self.groups[self.table[slot] as usize].lower != lower {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn find(&self, lower: Hash) -> Option<usize> {
        Some(self.table[self.slot(lower)]).filter(|group| *group != NO_GROUP).map(|group| group as usize)
    }

    fn add(&mut self, lower: Hash, at: usize, middle: bool) {
        let slot = self.slot(lower);
        if self.table[slot] == NO_GROUP {
            self.table[slot] = self.groups.len() as u32;
            let places = [0; MAX_PLACES];
            self.groups.push(Group { lower, places, count: 0, middle: 0, small: 0, long_form: None });
        }
        self.of_word[at] = self.table[slot];
        let group = &mut self.groups[self.table[slot] as usize];
        if let Some(place) = group.places.get_mut(group.count as usize) {
            *place = at as u32;
        }
        group.count += 1;
        group.middle += u32::from(middle);
    }

    /// Finds abbreviations in brackets whose letters begin the words before.
    fn explain(&mut self, sentence: &[Word]) {
        for open in 2..sentence.len().saturating_sub(2) {
            if sentence[open].text != "(" || sentence[open + 2].text != ")" {
                continue;
            }
            let short = &sentence[open + 1];
            if short.case < Case::Upper || !short.is_capital() || short.text.len() > 8 {
                continue;
            }
            let (mut hits, mut first) = (0, 0);
            for word in sentence[..open].iter().rev().take(10) {
                if word.is_capital() {
                    hits += usize::from(word.text.chars().next().is_some_and(|initial| short.text.contains(initial)));
                    first = word.lower;
                } else if !SMALL_WORDS.contains(&word.text) {
                    break;
                }
            }
            if hits >= 2
                && let Some(group) = self.find(short.lower)
            {
                self.groups[group].long_form = Some((sentence[open - 1].lower, first));
            }
        }
    }
}

/// Puts into `found` which tokens of a sentence may be part of a name: capitalised ones, short gaps between them, and the
/// token after a capital. All others are no names without a look.
pub(crate) fn candidates(words: &[Word], found: &mut Vec<bool>) {
    found.clear();
    found.resize(words.len(), false);
    let mut last: Option<usize> = None;
    for (at, word) in words.iter().enumerate() {
        if word.is_capital() {
            // A gap of up to five words: each of them is within three of a capital on either side.
            let near = last.filter(|last| at - last <= 6).map_or(at, |last| last + 1);
            for between in near..at {
                let (before, after) = (between - last.unwrap_or(0), at - between);
                found[between] |= before <= 3 && after <= 3;
            }
            if at > 0 && words[at - 1].case >= Case::Number {
                found[at - 1] = true;
            }
            found[at] = true;
            if let Some(next) = found.get_mut(at + 1) {
                *next = true;
            }
            last = Some(at);
        }
    }
}
