//! The tagger: finds names of people, places and organizations in the fields of an article.
//!
//! Title and body are read as one, so that each helps the other. Who is who is settled in [`super::who`].

use std::{collections::HashMap, sync::LazyLock};

use super::{
    demonym::is_demonym,
    document::{Context, Lexicon, Words, candidates},
    features::{self, FirstReading, Rows, Sentence, Votes},
    foreign::{self, Trust},
    lists::{Clusters, Lists, is_title},
    model::{Error, Model, ROW, Run, STAGES, Sums},
    names::Names,
    thorough::Transformer,
    word::{Hash, Word},
};
use crate::text::{
    sentence::sentences,
    token::{Token, tokens, without_elisions},
};

/// Returns the tokens of a text in a language, which is that of the model where none is given.
pub(crate) fn tokens_of(text: &str, language: Option<&str>) -> Vec<Token> {
    let found = tokens(text);
    if matches!(language, Some("fr" | "it" | "ca")) { without_elisions(text, found) } else { found }
}

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

    /// Returns the label with which a name of this kind begins.
    pub(crate) fn begin(self) -> u8 {
        match self {
            Self::Person => 1,
            Self::Place => 3,
            Self::Organization => 5,
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
    /// The model of French is the one that comes with the program, too.
    with_french: bool,
    lexicon: Lexicon,
    thorough: Option<Transformer>,
}

/// The model of French that comes with the program, loaded for the first article that is French.
static FRENCH: LazyLock<Option<Model>> =
    LazyLock::new(|| Model::from_bytes(include_bytes!("../../data/entities.fr.model")).ok());

impl Tagger {
    /// Loads the model that comes with the program.
    pub fn embedded() -> Result<Self, Error> {
        let english = Self::from_bytes(include_bytes!("../../data/entities.model"))?;
        Ok(Self { with_french: true, ..english })
    }

    /// Loads a model, for English and French; the names known beforehand are those that come with the program.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let model = Model::from_bytes(bytes)?;
        Ok(Self { model, with_french: false, lexicon: Lexicon::embedded()?, thorough: None })
    }

    /// Returns the tagger with a transformer that is asked where it is unsure.
    #[must_use]
    pub fn with_transformer(self, transformer: Transformer) -> Self {
        Self { thorough: Some(transformer), ..self }
    }

    /// Finds the names in the fields of one article, field by field, in the order of the text. The language is a two-letter
    /// code; an article without one is read as English.
    pub fn tag(&self, fields: &[&str], language: Option<&str>) -> Vec<Vec<RawMention>> {
        let mut words = Words::default();
        let mut places: Vec<(usize, Token)> = Vec::new();
        for (field, text) in fields.iter().enumerate() {
            let tokens = tokens_of(text, language);
            for range in sentences(text, &tokens) {
                words.push(tokens[range.clone()].iter().map(|token| token.text(text)), &self.lexicon);
            }
            places.extend(tokens.into_iter().map(|token| (field, token)));
        }
        let mut found = vec![Vec::new(); fields.len()];
        for (start, end, kind) in self.names_in(&words, language) {
            let (field, first, last) = (places[start].0, places[start].1, places[end - 1].1);
            found[field].push(RawMention { start: first.start, end: last.end, kind });
        }
        found
    }

    /// Returns the names of a document in a language, as far as the model may be trusted with it.
    pub(crate) fn names_in(&self, words: &Words, language: Option<&str>) -> Vec<(usize, usize, Kind)> {
        match Trust::of(language) {
            Trust::Model => self.names(words, self.model_of(language)),
            Trust::Supported => foreign::supported(
                words,
                &Context::of(words),
                language.unwrap_or_default(),
                self.names(words, &self.model),
            ),
            Trust::Known => foreign::known(words, &Context::of(words), language.unwrap_or_default()),
        }
    }

    fn model_of(&self, language: Option<&str>) -> &Model {
        let french = FRENCH.as_ref().filter(|_| self.with_french && language == Some("fr"));
        french.unwrap_or(&self.model)
    }

    /// Returns the names of a document: first word, one past the last, kind.
    fn names(&self, words: &Words, model: &Model) -> Vec<(usize, usize, Kind)> {
        // The transformer was trained on English alone.
        let thorough = self.thorough.as_ref().filter(|_| std::ptr::eq(model, &raw const self.model));
        let labels = labels(words, model, thorough);
        let mut names = Vec::new();
        for range in &words.sentences {
            let sentence = &words.all[range.clone()];
            let trimmed = spans(&labels[range.clone()]).into_iter().filter_map(|span| trimmed(sentence, span));
            names.extend(trimmed.map(|(start, end, kind)| (range.start + start, range.start + end, kind)));
        }
        names
    }

    /// Returns what is known beforehand, for whoever prepares words to be labelled.
    pub(crate) fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }
}

/// Returns the label of every word.
fn labels(words: &Words, model: &Model, thorough: Option<&Transformer>) -> Vec<u8> {
    let context = Context::of(words);
    let reading = Reading::new(words);
    let mut scorer = Scorer::new(model, words, &context);
    let mut sums = scorer.first(&reading);
    let mut labels = vec![0; words.all.len()];
    reading.decode(model, 0, &sums, &mut labels);
    scorer.second(&reading, &labels, &mut sums);
    if let Some(transformer) = thorough {
        transformer.weigh_in((model, 1), words, &reading, &mut sums);
    }
    reading.decode(model, 1, &sums, &mut labels);
    labels
}

impl Lexicon {
    /// Loads the lists and names that come with the program.
    pub(crate) fn embedded() -> Result<Self, Error> {
        Ok(Self {
            lists: Lists::new(),
            clusters: Clusters::new(),
            names: Names::from_bytes(include_bytes!("../../data/names.bin"))?,
        })
    }
}

/// Which words of a document are looked at: runs of candidates, by sentence.
pub(crate) struct Reading {
    /// The number of the sentence of each run, and the run.
    pub(crate) runs: Vec<(usize, Run)>,
}

impl Reading {
    pub(crate) fn new(words: &Words) -> Self {
        let (mut runs, mut wanted) = (Vec::new(), Vec::new());
        for (number, range) in words.sentences.iter().enumerate() {
            candidates(&words.all[range.clone()], &mut wanted);
            let mut at = 0;
            while at < wanted.len() {
                let end = at + wanted[at..].iter().take_while(|wanted| **wanted).count();
                if end > at {
                    let words = range.start + at..range.start + end;
                    runs.push((number, Run { words, first: at == 0, last: end == wanted.len() }));
                }
                at = end.max(at + 1);
            }
        }
        Self { runs }
    }

    /// Returns the logarithm of the probability of the best labels of each sentence that has runs, by its number.
    pub(crate) fn certainty(&self, model: &Model, stage: usize, sums: &[Sums]) -> HashMap<usize, f32> {
        let (mut certain, mut rest) = (HashMap::new(), sums);
        for (number, run) in &self.runs {
            let (own, after) = rest.split_at(run.words.len().min(rest.len()));
            *certain.entry(*number).or_default() += model.certainty(stage, run, own);
            rest = after;
        }
        certain
    }

    /// Puts the best labels of every run into `labels`, given the sums of the words looked at, in their order.
    pub(crate) fn decode(&self, model: &Model, stage: usize, sums: &[Sums], labels: &mut [u8]) {
        let mut rest = sums;
        for (_, run) in &self.runs {
            let (own, after) = rest.split_at(run.words.len().min(rest.len()));
            model.decode(stage, run, own, labels);
            rest = after;
        }
    }
}

/// Spellings whose sums are kept while an article is read; a power of two.
const KEPT_SPELLINGS: usize = 1 << 10;

/// Scores the tokens of one article; sums that stay the same are computed once.
struct Scorer<'a> {
    model: &'a Model,
    words: &'a Words<'a>,
    context: &'a Context,
    rows: Rows,
    spellings: Vec<(Hash, Sums)>,
    groups: Vec<Option<Sums>>,
}

impl<'a> Scorer<'a> {
    fn new(model: &'a Model, words: &'a Words<'a>, context: &'a Context) -> Self {
        let kept = KEPT_SPELLINGS.min(words.all.len().next_power_of_two());
        let groups = vec![None; context.groups.len()];
        Self { model, words, context, rows: Rows::new(model.mask()), spellings: vec![(0, EMPTY); kept], groups }
    }

    /// Returns the sums of every word that is looked at.
    fn first(&mut self, reading: &Reading) -> Vec<Sums> {
        let mut all = Vec::with_capacity(self.words.all.len() / 2);
        let mut sentence: Option<(usize, Sentence)> = None;
        for (number, run) in &reading.runs {
            let range = self.words.sentences[*number].clone();
            let kept = sentence.take().filter(|kept| kept.0 == *number);
            let looked_up = kept.unwrap_or_else(|| (*number, Sentence::new(self.words, self.context, range.clone())));
            for at in run.words.clone() {
                let mut sums = self.spelling(at);
                add(&mut sums, &self.group(at));
                add(&mut sums, &self.token(&looked_up.1, at - range.start));
                all.push(sums);
            }
            sentence = Some(looked_up);
        }
        all
    }

    /// Adds to the sums what the first reading found.
    fn second(&mut self, reading: &Reading, labels: &[u8], sums: &mut [Sums]) {
        let votes = &Votes::of(self.words, self.context, labels);
        let first = FirstReading { votes, labels };
        let places = reading.runs.iter().flat_map(|(number, run)| run.words.clone().map(|at| (*number, at)));
        for (sums, (number, at)) in sums.iter_mut().zip(places) {
            self.rows.rows.clear();
            features::second(self.context, first, (&self.words.sentences[number], at), &mut self.rows);
            add(sums, &self.model.sum(&self.rows.rows));
        }
    }

    fn token(&mut self, sentence: &Sentence, at: usize) -> Sums {
        self.rows.rows.clear();
        sentence.token(at, &mut self.rows);
        self.model.sum(&self.rows.rows)
    }

    fn spelling(&mut self, at: usize) -> Sums {
        let word: &Word = &self.words.all[at];
        let slot = word.form as usize & (self.spellings.len() - 1);
        if self.spellings[slot].0 != word.form {
            self.rows.rows.clear();
            features::spelling(word, &mut self.rows);
            self.spellings[slot] = (word.form, self.model.sum(&self.rows.rows));
        }
        self.spellings[slot].1
    }

    fn group(&mut self, at: usize) -> Sums {
        let Some(group) = self.context.group(at) else { return EMPTY };
        if let Some(sums) = self.groups[group] {
            return sums;
        }
        self.rows.rows.clear();
        features::group(self.words, &self.context.groups[group], &mut self.rows);
        let sums = self.model.sum(&self.rows.rows);
        self.groups[group] = Some(sums);
        sums
    }
}

/// The sums of nothing.
const EMPTY: Sums = [0; ROW * STAGES];

fn add(sums: &mut Sums, other: &Sums) {
    for (sum, other) in sums.iter_mut().zip(other) {
        *sum = sum.wrapping_add(*other);
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

/// Takes titles, articles and stray punctuation off the edges of a name; `None` where no name is left.
fn trimmed(sentence: &[Word], (mut start, mut end, kind): (usize, usize, Kind)) -> Option<(usize, usize, Kind)> {
    let word = |at: usize| sentence[at].text;
    let titled = |at: usize| kind == Kind::Person && is_title(word(at)) && sentence[at + 1].is_capital();
    while end - start > 1 && (is_edge(word(start)) || titled(start)) {
        start += 1;
    }
    while end - start > 1 && is_tail(&sentence[start..end], kind) {
        end -= 1;
    }
    let name = &sentence[start..end];
    let people = match name {
        [one] => is_demonym(one.text),
        [one, two] => is_demonym(&format!("{} {}", one.text, two.text)),
        _ => false,
    };
    let currency = sentence.get(end).is_some_and(|next| next.text == "$") && end - start == 1;
    if kind != Kind::Person && people || currency {
        return None;
    }
    let capital = name.iter().any(Word::is_capital);
    // Scripts without capitals have none to ask for.
    let no_case = || {
        let mut letters = name.iter().flat_map(|word| word.text.chars()).filter(|c| c.is_alphabetic()).peekable();
        letters.peek().is_some() && !letters.any(char::is_lowercase)
    };
    (capital || no_case()).then_some((start, end, kind))
}

fn is_edge(word: &str) -> bool {
    matches!(word, "the" | "The" | "a" | "an" | "." | "," | "'" | "\"" | "“" | "‘" | "(" | ")" | "-" | ":")
}

fn is_tail(name: &[Word], kind: Kind) -> bool {
    let before = name[name.len() - 2].text;
    match name[name.len() - 1].text {
        "," | "'" | "’" | "\"" | "”" | "-" | ":" | "(" => true,
        // "McDonald's" is a name as it stands.
        "'s" | "’s" => kind == Kind::Person,
        // After a short word the full stop may belong to it: "Tenn.".
        "." => before.len() > 4,
        ")" => !name.iter().any(|word| word.text == "("),
        _ => false,
    }
}
