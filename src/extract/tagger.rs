//! The tagger: finds names of people, places and organizations in the fields of an article.
//!
//! Title and body are read as one, so that each helps the other. Who is who is settled in [`super::who`].

use super::{
    features::{Context, Sentence, Words, candidates},
    lists::{Lists, TITLES, is_demonym},
    model::{Error, Model},
};
use crate::text::{
    sentence::sentences,
    token::{Token, tokens},
};

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A person.
    Person,
    /// A place.
    Place,
    /// An organization.
    Organization,
}

impl Kind {
    /// Returns the kind of a label of the model.
    pub(crate) fn of_label(label: u8) -> Option<Self> {
        match label {
            1 | 2 => Some(Self::Person),
            3 | 4 => Some(Self::Place),
            5 | 6 => Some(Self::Organization),
            _ => None,
        }
    }
}

/// A name that was found: bytes of its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawMention {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What it names.
    pub kind: Kind,
}

/// The tagger, loaded.
#[derive(Debug)]
pub struct Tagger {
    model: Model,
    lists: Lists,
}

impl Tagger {
    /// Loads the model that comes with the program.
    pub fn embedded() -> Result<Self, Error> {
        Self::from_bytes(include_bytes!("../../data/entities.model"))
    }

    /// Loads a model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Ok(Self { model: Model::from_bytes(bytes)?, lists: Lists::new() })
    }

    /// Finds the names in the fields of one article, field by field, in the order of the text.
    pub fn tag(&self, fields: &[&str]) -> Vec<Vec<RawMention>> {
        let mut words = Words::default();
        let mut rows: Vec<(usize, Vec<Token>)> = Vec::new();
        for (field, text) in fields.iter().enumerate() {
            let tokens = tokens(text);
            for range in sentences(text, &tokens) {
                words.push(tokens[range.clone()].iter().map(|token| token.text(text)), &self.lists);
                rows.push((field, tokens[range].to_vec()));
            }
        }
        let labels = self.labels(&words);
        let mut found = vec![Vec::new(); fields.len()];
        for ((field, tokens), labels) in rows.iter().zip(labels) {
            let text = fields[*field];
            for (start, end, kind) in spans(&labels) {
                if let Some(mention) = trimmed(text, &tokens[start..end], kind) {
                    found[*field].push(mention);
                }
            }
        }
        found
    }

    /// Returns the labels of every sentence.
    pub(crate) fn labels(&self, words: &Words) -> Vec<Vec<u8>> {
        let context = Context::of(words);
        let mask = self.model.mask();
        (0..words.sentences.len())
            .map(|number| {
                let candidates = candidates(words, number);
                if !candidates.contains(&true) {
                    return vec![0; candidates.len()];
                }
                let sentence = Sentence::new(words, &context, number, mask);
                self.model.decode(candidates.len(), |at, rows| {
                    if candidates[at] {
                        sentence.features(at, rows);
                    }
                    candidates[at]
                })
            })
            .collect()
    }

    /// Returns the lists of telling words, for whoever prepares words to be labelled.
    pub(crate) fn lists(&self) -> &Lists {
        &self.lists
    }
}

/// Returns the spans of labels: first token, one past the last, kind.
pub(crate) fn spans(labels: &[u8]) -> Vec<(usize, usize, Kind)> {
    let mut spans = Vec::new();
    let mut at = 0;
    while at < labels.len() {
        let Some(kind) = Kind::of_label(labels[at]) else {
            at += 1;
            continue;
        };
        let inside = labels[at] + labels[at] % 2;
        let mut end = at + 1;
        while end < labels.len() && labels[end] == inside {
            end += 1;
        }
        spans.push((at, end, kind));
        at = end;
    }
    spans
}

/// Takes titles, articles and stray punctuation off the edges of a name.
fn trimmed(text: &str, tokens: &[Token], kind: Kind) -> Option<RawMention> {
    let word = |at: usize| tokens[at].text(text);
    let (mut start, mut end) = (0, tokens.len());
    while end - start > 1 && (is_edge(word(start)) || kind == Kind::Person && is_title(word(start))) {
        start += 1;
    }
    while end - start > 1 && is_tail(word(end - 1), &tokens[start..end], text) {
        end -= 1;
    }
    let mention = RawMention { start: tokens[start].start, end: tokens[end - 1].end, kind };
    let name = &text[mention.start as usize..mention.end as usize];
    if kind != Kind::Person && is_demonym(name) {
        return None;
    }
    name.chars().any(char::is_uppercase).then_some(mention).or_else(|| {
        // Scripts without capitals have none to ask for.
        (name.chars().any(char::is_alphabetic) && !name.chars().any(char::is_lowercase)).then_some(mention)
    })
}

fn is_edge(word: &str) -> bool {
    matches!(word, "the" | "The" | "a" | "an" | "." | "," | "'" | "\"" | "“" | "‘" | "(" | ")" | "-" | ":")
}

fn is_title(word: &str) -> bool {
    let word = word.strip_suffix('.').unwrap_or(word);
    TITLES.lines().any(|title| title.eq_ignore_ascii_case(word))
}

fn is_tail(word: &str, tokens: &[Token], text: &str) -> bool {
    match word {
        "'s" | "’s" | "," | "'" | "’" | "\"" | "”" | "-" | ":" | "(" | "." => true,
        ")" => !tokens.iter().any(|token| token.text(text) == "("),
        _ => false,
    }
}
