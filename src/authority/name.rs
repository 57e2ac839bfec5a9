//! A person's name taken apart: given names, particles, family name, generation.
//!
//! Knows how names are written, not whom they mean.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::{
    key,
    sound::{self, Word},
};
use crate::extract::lists::is_title;

/// Formal given names and their short forms.
const NICKNAMES: &str = include_str!("../../data/nicknames.tsv");
/// Small words before a family name.
const PARTICLES: &str = include_str!("../../data/lists/particle.txt");
/// What follows a family name and tells father from son.
const GENERATIONS: [&str; 6] = ["jr", "sr", "ii", "iii", "iv", "v"];
/// Words of a name that are looked at.
const MAX_WORDS: usize = 8;

/// For each given name the numbers of the formal names that it may stand for.
static GROUPS: LazyLock<HashMap<&'static str, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: HashMap<&str, Vec<u16>> = HashMap::new();
    for (number, line) in NICKNAMES.lines().filter(|line| !line.starts_with('#')).enumerate() {
        line.split('\t').for_each(|name| groups.entry(name).or_default().push(number as u16));
    }
    groups
});
static FORMAL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = NICKNAMES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').next()).collect()
});
static SMALL: LazyLock<HashSet<&'static str>> = LazyLock::new(|| PARTICLES.lines().collect());

/// A person's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Name {
    /// Given names and initials, in their order; folded.
    pub(super) given: Vec<Word>,
    /// Family name without particles; empty for none. A name of one word is a family name.
    pub(super) family: Word,
    /// A second word of the family name, where a hyphen joins two.
    pub(super) second: Option<Word>,
    /// `jr`, `sr`, `ii` …
    pub(super) generation: Option<&'static str>,
    /// Every word but titles and generations, particles too, in order.
    pub(super) words: Vec<String>,
}

impl Name {
    /// Takes a name apart.
    pub(super) fn of(text: &str) -> Self {
        let turned = turned(text);
        let mut words = words(turned.as_deref().unwrap_or(text));
        let titles = words.iter().take_while(|word| is_title(word)).count();
        if titles + 1 < words.len() {
            words.drain(..titles);
        }
        let mut name = Self::default();
        while words.len() > 1
            && let Some(generation) = GENERATIONS.iter().find(|it| words.last().is_some_and(|word| word == **it))
        {
            name.generation = Some(generation);
            words.pop();
        }
        let plain: Vec<&String> = words.iter().filter(|word| !SMALL.contains(word.as_str())).collect();
        // A name of nothing but small words ("Al Ben") is taken as it is.
        let plain = if plain.is_empty() { words.iter().collect() } else { plain };
        if let Some((family, given)) = plain.split_last() {
            name.family = Word::of(family);
            name.given = given.iter().map(|it| Word::of(it)).collect();
        }
        if let Some((first, last)) = hyphened(text)
            && last == name.family.text
            && name.given.last().is_some_and(|it| it.text == first)
            && name.given.len() > 1
        {
            name.second = name.given.pop();
        }
        name.words = words;
        name
    }

    /// Says whether it is a single word: who is meant cannot be told from it.
    pub(super) fn is_bare(&self) -> bool {
        self.given.is_empty()
    }

    /// Says whether the first given name is written out.
    pub(super) fn is_full(&self) -> bool {
        self.given.first().is_some_and(|it| !is_initial(&it.text))
    }
}

/// `Last, First` is turned to `First Last`, unless what follows is a generation.
fn turned(text: &str) -> Option<String> {
    let (last, first) = text.split_once(',')?;
    let first = first.trim();
    if first.is_empty() || first.contains(',') || GENERATIONS.contains(&key(first).as_str()) {
        return None;
    }
    Some(format!("{first} {last}"))
}

fn words(text: &str) -> Vec<String> {
    let shouted = !text.chars().any(char::is_lowercase);
    let mut words = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '"' | '“' | '”' | '(' | ')'))
    {
        let folded = key(word);
        let letters = folded.chars().count();
        let dotted = word.matches('.').count() > 1;
        // `J.K.` and `JK` are two initials each; `WILLIAM` in a headline is not seven.
        let initials = letters > 1
            && letters <= 4
            && (dotted || !shouted && letters <= 2 && word.chars().all(char::is_uppercase))
            && !GENERATIONS.contains(&folded.as_str());
        if initials {
            words.extend(folded.chars().map(String::from));
        } else if !folded.is_empty() {
            words.push(folded);
        }
        if words.len() >= MAX_WORDS {
            break;
        }
    }
    words
}

/// Returns the two halves of a last word with a hyphen in it.
fn hyphened(text: &str) -> Option<(String, String)> {
    let last = text.split_whitespace().rev().find(|word| !GENERATIONS.contains(&key(word).as_str()))?;
    let (first, last) = last.split_once(['-', '‐', '‑'])?;
    let (first, last) = (key(first), key(last));
    // `Al-Sisi` has a particle, no second name.
    (!SMALL.contains(first.as_str()) && !first.is_empty() && !last.is_empty()).then_some((first, last))
}

pub(super) fn is_initial(given: &str) -> bool {
    given.chars().count() == 1
}

/// Says whether one given name is a short form of the other, or both are of a third.
pub(super) fn is_nickname(one: &str, other: &str) -> bool {
    match (GROUPS.get(one), GROUPS.get(other)) {
        (Some(ones), Some(others)) => ones.iter().any(|it| others.contains(it)),
        _ => false,
    }
}

/// Returns the letters that a given name, or the formal name behind it, may begin with, as they sound.
pub(super) fn beginnings(given: &str) -> Vec<char> {
    let formal = GROUPS.get(given).into_iter().flatten().filter_map(|at| FORMAL.get(usize::from(*at)).copied());
    let mut letters: Vec<char> = [given].into_iter().chain(formal).filter_map(beginning).collect();
    letters.sort_unstable();
    letters.dedup();
    letters
}

/// Returns how a given name, or the formal names behind it, sound.
pub(super) fn formal_sounds(given: &Word) -> Vec<String> {
    let formal = GROUPS.get(given.text.as_str()).into_iter().flatten();
    let formal = formal.filter_map(|at| FORMAL.get(usize::from(*at))).map(|it| sound::skeleton(&sound::spelled(it)));
    formal.chain([sound::skeleton(&given.sound)]).collect()
}

fn beginning(name: &str) -> Option<char> {
    let first = sound::spelled(name).chars().next()?;
    Some(match first {
        // An initial `J` may be read as `Y`, `G` as `J`; vowels are written for one another.
        'j' | 'g' | 'k' | 'c' | 'x' | 'h' => 'k',
        'a' | 'e' | 'i' | 'o' | 'u' => 'a',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> String {
        let name = Name::of(text);
        let given: Vec<&str> = name.given.iter().map(|it| it.text.as_str()).collect();
        format!("{}/{}/{}", given.join(" "), name.family.text, name.generation.unwrap_or_default())
    }

    #[test]
    fn names_are_taken_apart() {
        for (text, expected) in [
            ("George H. W. Bush", "george h w/bush/"),
            ("George H.W. Bush", "george h w/bush/"),
            ("Donald Trump Jr.", "donald/trump/jr"),
            ("Trump, Donald", "donald/trump/"),
            ("Willem van der Meer", "willem/meer/"),
            ("Abdel Fattah el-Sisi", "abdel fattah/sisi/"),
            ("President Ada Brandt", "ada/brandt/"),
            ("JK Rowling", "j k/rowling/"),
            ("Kim Jong-un", "kim/un/"),
            ("james-baker", "james/baker/"),
            ("Zelensky", "/zelensky/"),
            ("Al", "/al/"),
            ("Mary Smith-Jones", "mary/jones/"),
        ] {
            assert_eq!(parts(text), expected, "{text}");
        }
        assert_eq!(Name::of("Mary Smith-Jones").second.map(|it| it.text).as_deref(), Some("smith"));
    }

    #[test]
    fn short_forms_are_known() {
        assert!(is_nickname("bill", "william") && is_nickname("bob", "rob") && is_nickname("jim", "james"));
        assert!(!is_nickname("bill", "robert") && !is_nickname("willem", "wolfgang"));
        assert!(beginnings("bill").contains(&'v') && beginnings("william") == ['v']);
    }
}
