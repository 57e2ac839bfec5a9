//! Whether two names can be one person's, by the names alone: a score and its reason.
//!
//! Names never prove anything: even a full score says only that nothing in the names speaks against it. What the archive
//! knows beyond the names (company, time) is weighed in `likeness`.

use serde::Serialize;

use super::{
    name::{Name, is_initial, is_nickname},
    organization,
    sound::{self, Difference, Word, difference},
};
use crate::document::Facet;

/// What two names have in common or against each other, from the surest to the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// The same but for case, accents, dots and hyphens.
    Same,
    /// The same words, joined or in another order.
    Order,
    /// One spelling of a sound for another.
    Spelling,
    /// A short form of the given name.
    Nickname,
    /// One has middle names that the other leaves out.
    Fuller,
    /// One has an initial for a given name.
    Initial,
    /// One slip of the hand.
    Slip,
    /// One is a single word of the other.
    Bare,
    /// Something speaks against it.
    Conflict,
    /// Nothing speaks for it.
    Other,
}

/// The outcome of comparing two names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// How well the names fit one person, 0 to 1.
    pub score: f32,
    /// In what way.
    pub link: Link,
    /// The same in words.
    pub reason: String,
}

/// From this score on the names alone are taken to be one person's.
pub const SAME: f32 = 0.7;

impl Judgement {
    fn of(score: f32, link: Link, reason: impl Into<String>) -> Self {
        Self { score, link, reason: reason.into() }
    }

    fn conflict(reason: impl Into<String>) -> Self {
        Self::of(0.02, Link::Conflict, reason)
    }

    /// Says whether the two are taken to be one person, as far as names tell.
    pub fn is_same(&self) -> bool {
        self.score >= SAME
    }
}

/// Compares two names of a kind.
pub fn compare(facet: Facet, one: &str, other: &str) -> Judgement {
    match facet {
        Facet::People => people(one, other),
        Facet::Organizations => {
            let (a, b) = (super::key(one), super::key(other));
            if a == b && !a.is_empty() {
                return Judgement::of(1.0, Link::Same, "the same name");
            }
            organization::named(one, other)
        }
        _ => {
            let (a, b) = (super::key(one), super::key(other));
            if a == b && !a.is_empty() {
                return Judgement::of(1.0, Link::Same, "the same name");
            }
            let same = sound::spelled(&a.replace(' ', "")) == sound::spelled(&b.replace(' ', ""));
            let near = Judgement::of(0.75, Link::Spelling, "the same name, written otherwise");
            if same && !a.is_empty() { near } else { Judgement::of(0.0, Link::Other, "different names") }
        }
    }
}

/// Compares two names of people.
pub fn people(one: &str, other: &str) -> Judgement {
    if !super::key(one).is_empty() && super::key(one) == super::key(other) {
        return Judgement::of(1.0, Link::Same, "the same name");
    }
    names(&Name::of(one), &Name::of(other))
}

/// Compares two names that were taken apart.
pub(super) fn names(one: &Name, other: &Name) -> Judgement {
    if one.words.is_empty() || other.words.is_empty() {
        return Judgement::of(0.0, Link::Other, "no name");
    }
    let place = |name: &Name| (name.words.len(), name.words.clone(), name.generation);
    // In one order whichever is asked about first, so that the answer is the same.
    let (short, long) = if place(one) <= place(other) { (one, other) } else { (other, one) };
    let judged = match (short.is_bare(), long.is_bare()) {
        (true, true) => bare(short, long),
        (true, false) => part(short, long),
        _ => whole(short, long),
    };
    generations(short, long, judged)
}

/// Father and son bear one name, and news tells them apart by what follows it.
fn generations(one: &Name, other: &Name, judged: Judgement) -> Judgement {
    match (one.generation, other.generation) {
        (Some(a), Some(b)) if a != b => Judgement::conflict(format!("`{a}` is not `{b}`")),
        (None, Some(it)) | (Some(it), None) if judged.link < Link::Conflict => {
            let reason = format!("{}; only one is `{it}`", judged.reason);
            Judgement::of(judged.score.min(0.45), Link::Fuller, reason)
        }
        _ => judged,
    }
}

/// Two single words.
fn bare(one: &Name, other: &Name) -> Judgement {
    if one.words == other.words {
        return Judgement::of(0.95, Link::Same, "the same name but for titles");
    }
    match difference(&one.family, &other.family) {
        Some(Difference::Sound) => Judgement::of(0.85, Link::Spelling, "spellings of one name"),
        Some(Difference::Vowels) => Judgement::of(0.75, Link::Spelling, "near spellings of one name"),
        Some(Difference::Slip) => Judgement::of(0.5, Link::Slip, "one letter differs"),
        None => Judgement::of(0.0, Link::Other, "different names"),
    }
}

/// A single word against a full name.
fn part(short: &Name, long: &Name) -> Judgement {
    let near = |word: &Word| matches!(difference(&short.family, word), Some(Difference::Sound | Difference::Vowels));
    if near(&long.family) {
        return Judgement::of(0.5, Link::Bare, "the family name alone, which others may bear");
    }
    if long.given.iter().chain(&long.second).any(near) {
        return Judgement::of(0.3, Link::Bare, "a given name alone, which others bear");
    }
    Judgement::of(0.0, Link::Other, "different names")
}

/// Two names of several words.
fn whole(short: &Name, long: &Name) -> Judgement {
    if let Some(judged) = same_words(short, long) {
        return judged;
    }
    let straight = in_order(short, long);
    if straight.link != Link::Other {
        return straight;
    }
    // Two full words in the other order: `Nagy Péter`, `Péter Nagy`.
    let turned = Name {
        given: [short.family.clone()].into_iter().chain(short.given.iter().skip(1).cloned()).collect(),
        family: short.given.first().cloned().unwrap_or_default(),
        ..short.clone()
    };
    let judged = in_order(&turned, long);
    if judged.link <= Link::Spelling && short.words.len() == long.words.len() {
        return Judgement::of(judged.score - 0.15, Link::Order, "the same words in another order");
    }
    straight
}

/// The same words but for titles, joined otherwise or in another order.
fn same_words(one: &Name, other: &Name) -> Option<Judgement> {
    if one.words == other.words {
        return Some(Judgement::of(0.98, Link::Same, "the same name but for titles"));
    }
    let plain = |name: &Name| -> Vec<String> {
        name.given.iter().chain(&name.second).chain([&name.family]).map(|it| it.text.clone()).collect()
    };
    let (a, b) = (plain(one), plain(other));
    if a == b && one.second == other.second {
        return Some(Judgement::of(0.97, Link::Same, "the same name but for small words"));
    }
    if one.words.concat() == other.words.concat() || a.concat() == b.concat() {
        return Some(Judgement::of(0.97, Link::Same, "the same name, written together or apart"));
    }
    let sorted = |mut words: Vec<String>| {
        words.sort();
        words
    };
    (sorted(a) == sorted(b)).then(|| Judgement::of(0.85, Link::Order, "the same words in another order"))
}

fn in_order(short: &Name, long: &Name) -> Judgement {
    let Some((family, family_link)) = families(short, long) else {
        return Judgement::of(0.0, Link::Other, "different family names");
    };
    match given_names(&short.given, &long.given) {
        Given::Fit(score, link, reason) => {
            let (link, reason) = match family_link {
                Link::Fuller if link < Link::Fuller => (family_link, "one leaves out half of the family name"),
                _ if family_link > link => (family_link, SPELLED),
                _ => (link, reason),
            };
            Judgement::of(score.min(family), link, reason)
        }
        Given::Conflict(reason) => Judgement::conflict(reason),
    }
}

const SPELLED: &str = "the family name spelled otherwise";

fn families(one: &Name, other: &Name) -> Option<(f32, Link)> {
    // `García Márquez` may stand without its second name, `Smith-Jones` without its first.
    let halves = |a: &Name, b: &Name| a.second.as_ref() == Some(&b.family) && b.second.is_none();
    if halves(one, other) || halves(other, one) {
        return Some((0.6, Link::Fuller));
    }
    if one.second.is_some() && other.second.is_some() && one.second != other.second {
        return None;
    }
    // `Hansen` and `Hanson` are sons of different languages.
    let son = |name: &Name| name.family.text.ends_with("son");
    let sen = |name: &Name| name.family.text.ends_with("sen");
    if son(one) && sen(other) || sen(one) && son(other) {
        return None;
    }
    match difference(&one.family, &other.family)? {
        Difference::Sound if one.family == other.family && one.second == other.second => Some((1.0, Link::Same)),
        Difference::Sound if one.second != other.second => Some((0.75, Link::Fuller)),
        Difference::Sound => Some((0.92, Link::Spelling)),
        Difference::Vowels => Some((0.85, Link::Spelling)),
        Difference::Slip => Some((0.55, Link::Slip)),
    }
}

enum Given {
    Fit(f32, Link, &'static str),
    Conflict(String),
}

/// Compares given names one by one: the first with the first, middle names as far as both have them.
fn given_names(one: &[Word], other: &[Word]) -> Given {
    let (Some(first), Some(second)) = (one.first(), other.first()) else {
        return Given::Conflict("no given name".to_owned());
    };
    let Some((mut score, mut link, mut reason)) = given(first, second) else {
        return by_middle_name(one, other);
    };
    for (a, b) in one[1..].iter().zip(&other[1..]) {
        match given(a, b) {
            Some((s, l, r)) if l > link => (score, link, reason) = (score.min(s.max(0.8)), l, r),
            Some(_) => {}
            None => return Given::Conflict(format!("`{}` is not `{}`", a.text, b.text)),
        }
    }
    if one.len() != other.len() && link < Link::Fuller {
        (score, link, reason) = (score.min(0.82), Link::Fuller, "one leaves middle names out");
    }
    Given::Fit(score, link, reason)
}

/// Whoever goes by a middle name: `J. Edgar Hoover` is `Edgar Hoover`, `Willard Mitt Romney` is `Mitt Romney`.
fn by_middle_name(one: &[Word], other: &[Word]) -> Given {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if !is_initial(&short[0].text) && long.len() > 1 && long[1..].contains(&short[0]) {
        return Given::Fit(0.72, Link::Fuller, "one leaves the first name out");
    }
    Given::Conflict(format!("`{}` is not `{}`", one[0].text, other[0].text))
}

/// Compares two given names; `None` if they are different ones.
fn given(first: &Word, second: &Word) -> Option<(f32, Link, &'static str)> {
    let (one, other) = (first.text.as_str(), second.text.as_str());
    if one == other {
        return Some((1.0, Link::Same, "the same given name"));
    }
    if is_initial(one) || is_initial(other) {
        let same = one.chars().next() == other.chars().next();
        return same.then_some((0.72, Link::Initial, "an initial for a given name"));
    }
    if is_nickname(one, other) {
        return Some((0.85, Link::Nickname, "a short form of the given name"));
    }
    if ends_otherwise(one, other) {
        return None;
    }
    match difference(first, second)? {
        Difference::Sound => Some((0.92, Link::Spelling, "the given name spelled otherwise")),
        Difference::Vowels => Some((0.8, Link::Spelling, "a near spelling of the given name")),
        Difference::Slip => Some((0.6, Link::Slip, "one letter of the given name differs")),
    }
}

/// `Maria`, `Marie` and `Mario`, `Ivan` and `Ivana`: what ends in another vowel is another name.
fn ends_otherwise(one: &str, other: &str) -> bool {
    let last = |word: &str| word.chars().next_back().filter(|c| matches!(c, 'a' | 'e' | 'o'));
    last(one) != last(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_bushes_stay_two() {
        for (a, b) in [
            ("George W. Bush", "George H. W. Bush"),
            ("George W. Bush", "George H.W. Bush"),
            ("Donald Trump", "Donald Trump Jr."),
            ("Martin Luther King Jr.", "Martin Luther King Sr."),
            ("Bush", "George W. Bush"),
            ("George Bush", "Jeb Bush"),
        ] {
            assert!(!people(a, b).is_same(), "{a} {b} {:?}", people(a, b));
            assert_eq!(people(a, b), people(b, a), "{a} {b}");
        }
    }
}
