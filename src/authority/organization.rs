//! Whether two names can be one organization's, by the names alone.

use std::{collections::HashMap, sync::LazyLock};

use super::compare::{Judgement, Link};
use crate::extract::who;

/// What says which kind of company it is: one kind a line, with its spellings.
const DESIGNATORS: &str = include_str!("../../data/lists/designator.tsv");
/// The shortest name without its kind of company that still means one company, in letters.
const MIN_CORE: usize = 4;

static KINDS: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let spellings = |(number, line): (usize, &'static str)| line.split('\t').map(move |it| (it, number as u8));
    DESIGNATORS.lines().enumerate().flat_map(spellings).collect()
});

/// An organization's name without the kind of company, and that kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Firm {
    /// Words before the kind of company; all words if there would be none.
    pub(super) core: Vec<String>,
    /// Kinds that follow, in order (`co`, `ltd`).
    kinds: Vec<u8>,
}

impl Firm {
    /// Takes a name apart that is a [`super::key`].
    pub(super) fn of(key: &str) -> Self {
        let words: Vec<String> = key.split(' ').map(str::to_owned).collect();
        let end = words.iter().rposition(|word| !KINDS.contains_key(word.as_str())).map_or(words.len(), |at| at + 1);
        let kinds = words[end..].iter().filter_map(|word| KINDS.get(word.as_str()).copied()).collect();
        let mut core = words;
        core.truncate(end);
        if core.last().is_some_and(|it| it == "&" || it == "and") {
            core.pop();
        }
        Self { core, kinds }
    }

    /// What both names must share to be compared.
    pub(super) fn block(&self) -> String {
        self.core.concat()
    }
}

/// Compares two names that were taken apart.
pub(super) fn firms(one: &Firm, other: &Firm) -> Judgement {
    let judged = |score: f32, link, reason: &str| Judgement { score, link, reason: reason.to_owned() };
    if one.block() != other.block() {
        return judged(0.0, Link::Other, "different names");
    }
    if one.kinds == other.kinds {
        return judged(0.97, Link::Same, "the same name, written otherwise");
    }
    let short = one.kinds.is_empty() || other.kinds.is_empty();
    if short && one.block().chars().count() >= MIN_CORE {
        return judged(0.85, Link::Fuller, "one leaves out what kind of company it is");
    }
    // `Ford Motor Co` and `Ford Motor Co Ltd`: one says more of the same.
    if !short && (one.kinds.starts_with(&other.kinds) || other.kinds.starts_with(&one.kinds)) {
        return judged(0.6, Link::Fuller, "one says more of what kind of company it is");
    }
    judged(0.05, Link::Conflict, "different kinds of company")
}

/// Compares two names as they are written: an abbreviation may be of the other's first letters.
pub(super) fn named(one: &str, other: &str) -> Judgement {
    let (first, second) = (Firm::of(&super::key(one)), Firm::of(&super::key(other)));
    let judged = firms(&first, &second);
    let short =
        is_abbreviation(one) && who::is_acronym(one, other) || is_abbreviation(other) && who::is_acronym(other, one);
    if judged.link == Link::Other && short {
        let reason = "the first letters of the other, which others may share".to_owned();
        return Judgement { score: 0.6, link: Link::Initial, reason };
    }
    judged
}

/// Says whether a mention is an abbreviation in capitals, such as `ECB` or `E.C.B.`
pub(super) fn is_abbreviation(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| !matches!(c, '.' | ' ' | '&')).collect();
    (2..=8).contains(&letters.len()) && letters.iter().all(|c| c.is_uppercase() || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_company_are_told_apart() {
        let judge = |a: &str, b: &str| firms(&Firm::of(&super::super::key(a)), &Firm::of(&super::super::key(b))).link;
        assert_eq!(judge("Ford Motor Co.", "Ford Motor Company"), Link::Same);
        assert_eq!(judge("Texaco Inc", "Texaco"), Link::Fuller);
        assert_eq!(judge("Allied Corp", "Allied Ltd"), Link::Conflict);
        assert_eq!(judge("You Tube", "YouTube"), Link::Same);
        assert_eq!(judge("Texaco Inc", "Texaco Canada Inc"), Link::Other);
        assert!(is_abbreviation("E.C.B.") && !is_abbreviation("Ford"));
    }
}
