//! The query tree. Depth and size are bounded by whoever builds it; see the parser.

use crate::{document::Facet, query::DayRange};

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Title (with subtitle) and body as one text.
    Anywhere,
    /// Title and subtitle.
    Title,
    /// Body.
    Body,
}

/// A query, engine-neutral. Words are as typed; the engine analyses them as it analysed the text.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Every article.
    All,
    /// No article.
    Nothing,
    /// A bare word: matches its inflections. A "word" that analysis splits is matched as a phrase of exact forms.
    Word {
        /// Where.
        scope: Scope,
        /// As typed.
        word: String,
    },
    /// Exact words in a row, no inflections; one word is an exact word.
    Phrase {
        /// Where.
        scope: Scope,
        /// As typed.
        words: Vec<String>,
    },
    /// Words with wildcards: `*` any characters, `?` one; `pres*` is the common case.
    Wildcard {
        /// Where.
        scope: Scope,
        /// At least one character that is no wildcard.
        pattern: String,
    },
    /// A word and its near spellings: within 1 edit (4–7 characters) or 2 (8 and more).
    Fuzzy {
        /// Where.
        scope: Scope,
        /// As typed.
        word: String,
    },
    /// Two words at most `distance` words apart, in either order.
    Near {
        /// Where.
        scope: Scope,
        /// As typed.
        left: String,
        /// As typed.
        right: String,
        /// 1 to 100.
        distance: u32,
    },
    /// Articles with a facet value that has all these words (folded), such as `person:putin`.
    Named {
        /// Which.
        facet: Facet,
        /// As typed.
        words: Vec<String>,
    },
    /// Articles whose publication interval overlaps the range.
    Published(DayRange),
    /// All of these. Negated children only narrow the others.
    And(Vec<Node>),
    /// Any of these.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
}
