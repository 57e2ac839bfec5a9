//! The thorough reading: a small transformer is asked about the sentences of which the fast tagger is unsure, and the two
//! are multiplied. See `data/thorough.md`.
//!
//! Loaded only when asked for; the same text gives the same answer on any number of threads. Knows no articles, only words
//! in sentences.

mod dense;
mod network;
pub(crate) mod weights;
mod wordpiece;

use std::ops::Range;

pub use self::weights::Error;
use self::{
    network::{Network, Row},
    weights::{POSITIONS, Weights},
    wordpiece::{Pieces, case},
};
use super::{
    document::Words,
    model::{LABELS, Model, ROW, Sums, UNIT},
    tagger::Reading,
};

/// Sentences are packed together up to this many pieces: each sees the others, and long rows cost more a piece.
const PACKED: usize = 128;
/// What is read of one sentence, in pieces; two more stand around it.
const MAX_SENTENCE: usize = 250;
const _: () = assert!(MAX_SENTENCE + 2 <= POSITIONS);

/// How the two are put together; chosen on training articles that neither had seen.
#[derive(Debug, Clone, Copy)]
pub struct Weighing {
    /// Sentences are asked about where the fast tagger gives its own reading less than this probability.
    pub certain: f32,
    /// What the logarithm of the transformer's probability counts beside the fast tagger's score.
    pub share: f32,
    /// Taken off "none", in nats: either misses more names than it invents.
    pub none: f32,
}

impl Weighing {
    /// What the program does.
    pub const DEFAULT: Self = Self { certain: 0.9, share: 1.0, none: 0.2 };
}

/// The transformer, loaded.
#[derive(Debug)]
pub struct Transformer {
    pieces: Pieces,
    network: Network,
    weighing: Weighing,
}

/// What the transformer says of a word: its number in the document, and the logarithm of the probability of each label.
type Opinion = (usize, [f32; LABELS]);

impl Transformer {
    /// Loads the model that comes with the program.
    pub fn embedded() -> Result<Self, Error> {
        Self::from_bytes(include_bytes!("../../../data/thorough.model"))
    }

    /// Loads a model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let weights = Weights::from_bytes(bytes)?;
        let pieces = Pieces::new(&weights.vocabulary);
        Ok(Self { pieces, network: Network::new(weights), weighing: Weighing::DEFAULT })
    }

    /// Returns the transformer with another way of being put together with the fast tagger; for choosing one.
    #[must_use]
    pub fn with_weighing(self, weighing: Weighing) -> Self {
        Self { weighing, ..self }
    }

    /// Adds to the sums of one stage of the fast tagger's model what is thought here of the words that are looked at, in the
    /// sentences of which that stage is unsure.
    pub(crate) fn weigh_in(
        &self,
        (model, stage): (&Model, usize),
        words: &Words,
        reading: &Reading,
        sums: &mut [Sums],
    ) {
        let certain = reading.certainty(model, stage, sums);
        let least = self.weighing.certain.ln();
        let unsure = (0..words.sentences.len()).filter(|number| certain.get(number).is_some_and(|it| *it < least));
        let opinions = self.read(words, unsure);
        let mut opinions = opinions.iter().peekable();
        let places = reading.runs.iter().flat_map(|(_, run)| run.words.clone());
        for (at, sums) in places.zip(sums) {
            while opinions.next_if(|opinion| opinion.0 < at).is_some() {}
            if let Some((_, logarithms)) = opinions.next_if(|opinion| opinion.0 == at) {
                self.add(&mut sums[stage * ROW..][..LABELS], logarithms);
            }
        }
    }

    fn add(&self, sums: &mut [i16], logarithms: &[f32; LABELS]) {
        for (label, (sum, logarithm)) in sums.iter_mut().zip(logarithms).enumerate() {
            let none = if label == 0 { self.weighing.none } else { 0.0 };
            *sum = sum.saturating_add(((self.weighing.share * logarithm - none) / UNIT).round() as i16);
        }
    }

    /// Reads sentences of a document; what it says of their words, in the order of the text.
    fn read(&self, words: &Words, sentences: impl Iterator<Item = usize>) -> Vec<Opinion> {
        let mut opinions = Vec::new();
        let mut packed = Row::default();
        for number in sentences {
            let row = self.pieces_of(words, words.sentences[number].clone());
            if !packed.is_empty() && packed.len() + row.len() > PACKED {
                self.network.read(&packed, &mut opinions);
                packed = Row::default();
            }
            packed.append(row);
        }
        if !packed.is_empty() {
            self.network.read(&packed, &mut opinions);
        }
        opinions
    }

    fn pieces_of(&self, words: &Words, sentence: Range<usize>) -> Row {
        let mut row = Row::default();
        for at in sentence {
            let text = words.all[at].text;
            let pieces = self.pieces.of(text);
            if row.len() + pieces.len() > MAX_SENTENCE {
                break;
            }
            row.push(at, &pieces, case(text));
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::document::Lexicon;

    #[test]
    fn long_sentences_and_documents_are_read_in_bounded_rows() {
        let weights = weights::tests::small();
        let transformer = Transformer::from_bytes(&weights.to_bytes().unwrap()).unwrap();
        let lexicon = Lexicon::embedded().unwrap();
        let mut words = Words::default();
        let long = vec!["ada"; 3000];
        words.push(long.into_iter(), &lexicon);
        for _ in 0..200 {
            words.push(["ada", "saw", "oslo"].into_iter(), &lexicon);
        }
        let all = 0..words.sentences.len();
        let opinions = transformer.read(&words, all.clone());
        assert_eq!(opinions.len(), MAX_SENTENCE + 200 * 3);
        assert!(opinions.is_sorted_by_key(|opinion| opinion.0));
        for (_, logarithms) in &opinions {
            let sum: f32 = logarithms.iter().map(|it| it.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-3, "{logarithms:?}");
        }
        assert_eq!(opinions, transformer.read(&words, all));
    }
}
