//! What had to be repaired in a query, in sentences for the reader.

/// The most notices on one query; what is repaired beyond is repaired in silence.
pub(super) const MAX_NOTICES: usize = 12;

/// Notices in the order in which they came up, each once.
#[derive(Default)]
pub(super) struct Notices(Vec<String>);

impl Notices {
    /// Adds a sentence, unless it has been said.
    pub(super) fn add(&mut self, sentence: &str) {
        if self.0.len() < MAX_NOTICES && !self.0.iter().any(|it| it == sentence) {
            self.0.push(sentence.to_owned());
        }
    }

    /// Returns how many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// Returns them all.
    pub(super) fn into_sentences(self) -> Vec<String> {
        self.0
    }
}
