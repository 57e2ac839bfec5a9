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
    /// A bare word: matches its inflections. A "word" that analysis splits is matched as a row of them.
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
    /// Words with wildcards: `*` any characters, `?` one; `pres*` is the common case. `*` alone asks that there is a text.
    Wildcard {
        /// Where.
        scope: Scope,
        /// As typed.
        pattern: String,
    },
    /// A word and its near spellings: within 1 edit (4–7 characters) or 2 (8 and more).
    Fuzzy {
        /// Where.
        scope: Scope,
        /// As typed.
        word: String,
    },
    /// Two things with at most `distance` words between them, in either order.
    Near {
        /// A word, phrase, wildcard or near spelling, of the same scope as `right`.
        left: Box<Node>,
        /// The other.
        right: Box<Node>,
        /// 0 to 100.
        distance: u32,
    },
    /// Articles with one facet value in which all of these stand, such as `person:putin` or `person:(marco rubio)`.
    Named {
        /// Which.
        facet: Facet,
        /// Words, phrases, wildcards and near spellings; their scope says nothing. `*` alone: any value.
        parts: Vec<Node>,
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

impl Node {
    /// Says whether it is a word, phrase, wildcard or near spelling.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Word { .. } | Self::Phrase { .. } | Self::Wildcard { .. } | Self::Fuzzy { .. })
    }

    /// Returns where a word, phrase, wildcard or near spelling is looked for.
    pub fn scope(&self) -> Scope {
        match self {
            Self::Word { scope, .. }
            | Self::Phrase { scope, .. }
            | Self::Wildcard { scope, .. }
            | Self::Fuzzy { scope, .. } => *scope,
            Self::Near { left, .. } => left.scope(),
            _ => Scope::Anywhere,
        }
    }

    /// Says whether articles can be ranked by it: whether there is a word in it that is wanted.
    pub fn ranks(&self) -> bool {
        match self {
            Self::And(nodes) | Self::Or(nodes) => nodes.iter().any(Self::ranks),
            Self::Near { .. } => true,
            node => node.is_text(),
        }
    }
}
