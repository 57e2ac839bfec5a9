//! The smallest parts of a query: words, quotations, wildcards, near spellings and dates, in the field they are asked of.

use super::{
    DayRange, Node, Scope, forms,
    parser::{Parser, Target},
};
use crate::{article::Date, text::pattern::MAX_FUZZY_CHARACTERS};

/// The most wildcards and near spellings in one query: each is a walk through the dictionary.
pub(super) const MAX_PATTERNS: usize = 32;
/// The longest word with wildcards, in characters.
pub(super) const MAX_PATTERN_CHARACTERS: usize = 64;

impl Parser {
    /// Returns what is between quotation marks, looked for in the field that is being read; `None`, with a notice, if
    /// there is no word in it.
    pub(super) fn phrase(&mut self, text: &str) -> Option<Node> {
        let words: Vec<String> = text
            .split(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '„' | '«' | '»'))
            .filter_map(trimmed)
            .collect();
        if words.is_empty() {
            self.notice("a quotation with no word in it was left out");
            return None;
        }
        match self.target {
            Target::Text(scope) => Some(Node::Phrase { scope, words }),
            Target::Facet(facet) => {
                Some(Node::Named { facet, parts: vec![Node::Phrase { scope: Scope::Anywhere, words }] })
            }
            Target::Published => self.published(text),
        }
    }

    /// Returns one word, looked for in the field that is being read; `None` if nothing of it can be looked for.
    pub(super) fn word(&mut self, text: &str) -> Option<Node> {
        match self.target {
            Target::Text(scope) => self.text_word(text, scope),
            Target::Facet(facet) => {
                let part = self.text_word(text, Scope::Anywhere)?;
                let part = if part == Node::All {
                    Node::Wildcard { scope: Scope::Anywhere, pattern: "*".into() }
                } else {
                    part
                };
                Some(Node::Named { facet, parts: vec![part] })
            }
            Target::Published => self.published(text),
        }
    }

    /// Returns a word, wildcard or near spelling in a text.
    fn text_word(&mut self, text: &str, scope: Scope) -> Option<Node> {
        if !text.is_empty() && text.chars().all(|c| c == '*') {
            return Some(match scope {
                Scope::Anywhere => Node::All,
                _ => Node::Wildcard { scope, pattern: "*".to_owned() },
            });
        }
        if let Some((word, edits)) =
            text.rsplit_once('~').filter(|(_, it)| it.bytes().all(|byte| byte.is_ascii_digit()))
        {
            if !matches!(edits, "" | "1" | "2") {
                self.notice("near spellings are one letter off from four letters on, two from eight on");
            }
            return self.fuzzy(trimmed(word)?, scope);
        }
        // A question mark at the end is punctuation, inside a word it stands for one letter.
        let pattern = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '*' | '?'));
        let pattern = pattern.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '*');
        if pattern.contains(['*', '?']) && pattern.chars().any(char::is_alphanumeric) {
            return self.wildcard(pattern, scope);
        }
        // Some put a space before a question mark; more than one was meant to say something.
        if text.chars().count() > 1 && text.chars().all(|c| matches!(c, '*' | '?')) {
            let shown: String = text.chars().take(24).collect();
            self.notice(&format!("`{shown}` has no letter in it; it was left out"));
        }
        let word = trimmed(text)?;
        if let Some(name) = text.strip_suffix(':').filter(|it| Target::named(&it.to_ascii_lowercase()).is_some()) {
            self.notice(&format!("what is looked for stands right behind `{name}:`; it was searched as a word"));
        }
        Some(Node::Word { scope, word })
    }

    /// Returns a word with wildcards, if it is short enough and there are not too many.
    fn wildcard(&mut self, pattern: &str, scope: Scope) -> Option<Node> {
        if pattern.chars().count() > MAX_PATTERN_CHARACTERS || !forms::fits(pattern) {
            self.notice(&format!(
                "`{}…` is longer than the {MAX_PATTERN_CHARACTERS} characters that a word with wildcards may have; it was left out",
                pattern.chars().take(24).collect::<String>()
            ));
            return None;
        }
        self.one_more_pattern()?;
        Some(Node::Wildcard { scope, pattern: pattern.to_owned() })
    }

    /// Returns a near spelling, or the word itself if it is too long for that.
    fn fuzzy(&mut self, word: String, scope: Scope) -> Option<Node> {
        if word.chars().count() > MAX_FUZZY_CHARACTERS {
            self.notice(&format!("words of more than {MAX_FUZZY_CHARACTERS} characters are not compared by spelling"));
            return Some(Node::Word { scope, word });
        }
        self.one_more_pattern()?;
        Some(Node::Fuzzy { scope, word })
    }

    /// Counts one more walk through the dictionary; `None`, with a notice, if it is one too many.
    fn one_more_pattern(&mut self) -> Option<()> {
        self.patterns += 1;
        if self.patterns > MAX_PATTERNS {
            self.notice(&format!("only the first {MAX_PATTERNS} wildcards and near spellings were read"));
            return None;
        }
        Some(())
    }

    /// Returns a date or a range of dates; one that is the wrong way round is turned.
    fn published(&mut self, text: &str) -> Option<Node> {
        if !text.is_empty() && text.chars().all(|c| c == '*') {
            return Some(Node::Published(DayRange { from: i32::MIN, to: i32::MAX }));
        }
        let shown: String = text.chars().take(40).collect();
        let Some(mut range) = range(text) else {
            self.notice(&format!("`{shown}` is no date or range such as 2025-10..2025-11; it was left out"));
            return None;
        };
        if range.from > range.to {
            self.notice(&format!("the dates of `{shown}` were the wrong way round; they were turned"));
            range = turned(text).unwrap_or(range);
        }
        Some(Node::Published(range))
    }
}

/// Reads `2025`, `2025-10..2025-11`, `..2020`, `2020..`.
fn range(text: &str) -> Option<DayRange> {
    let text = text.trim();
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    if from.is_empty() && to.is_empty() {
        return None;
    }
    let day = |text: &str| text.parse::<Date>().ok().map(Date::days);
    let from = if from.is_empty() { i32::MIN } else { day(from)?.0 };
    let to = if to.is_empty() { i32::MAX } else { day(to)?.1 };
    Some(DayRange { from, to })
}

/// Reads a range whose later date stands first.
fn turned(text: &str) -> Option<DayRange> {
    let (later, earlier) = text.trim().split_once("..")?;
    range(&format!("{earlier}..{later}"))
}

/// Takes punctuation off both ends; `None` if nothing is left.
fn trimmed(text: &str) -> Option<String> {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric());
    (!word.is_empty()).then(|| word.to_owned())
}
