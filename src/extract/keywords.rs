//! Keywords: the phrases of one to three words that say what an article is about and others are not.
//!
//! A phrase counts by how often it stands in the article and how rare its words are elsewhere (a table of the share of articles
//! that have a word, in the article's language). Names are left out, for they have facets of their own. Nothing is drawn by
//! lot and small edits change small sums only, so the same article gives the same keywords and an edited one nearly.

mod background;
mod candidates;

#[cfg(feature = "train")]
pub(crate) use background::key;
pub use background::{Background, Error};

use std::{collections::HashMap, ops::Range};

use candidates::{Phrase, phrases};

use crate::text::fold::fold;

/// The most keywords of one article.
const MAX_KEYWORDS: usize = 10;
/// How much a phrase of the title counts beside one of the text.
const TITLE: f32 = 1.6;
/// How much the second of two occurrences adds to the first, and how much rarity counts: powers, chosen on a part of the
/// articles of digital.gov and 18F that is not measured on.
const TIMES_POWER: f32 = 0.8;
const RARITY_POWER: f32 = 0.6;
/// What each further word of a phrase adds.
const LENGTH: f32 = 0.7;
/// Keywords that score below this share of the best are none.
const LEAST_SHARE: f32 = 0.3;
/// The shortest text, in words, that has keywords beside its title's.
const FEW_WORDS: usize = 8;

/// A text and the byte ranges of the names in it.
pub(super) type Field<'a> = (&'a str, &'a [Range<usize>]);

/// Finds the keywords of an article: title first, then the texts below it.
pub(super) fn keywords(fields: &[Field], language: Option<&str>, background: &Background) -> Vec<String> {
    let (phrases, words) = phrases(fields, language, background);
    if words < FEW_WORDS {
        return Vec::new();
    }
    let mut by_key: HashMap<&str, Vec<&Phrase>> = HashMap::new();
    for phrase in &phrases {
        by_key.entry(&phrase.key).or_default().push(phrase);
    }
    let mut scored: Vec<Scored> =
        by_key.into_values().filter_map(|same| Scored::of(&same, background, language)).collect();
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.first.cmp(&b.first)).then(a.key.cmp(b.key)));
    let best = scored.first().map_or(0.0, |it| it.score);
    let mut chosen: Vec<Scored> = Vec::new();
    for candidate in scored {
        if chosen.len() >= MAX_KEYWORDS || candidate.score < best * LEAST_SHARE {
            break;
        }
        if !chosen.iter().any(|it| it.covers(&candidate)) {
            chosen.push(candidate);
        }
    }
    chosen.into_iter().map(|it| it.surface).collect()
}

/// A phrase with what it counts.
struct Scored<'a> {
    key: &'a str,
    surface: String,
    times: usize,
    first: usize,
    score: f32,
}

impl<'a> Scored<'a> {
    /// Weighs a phrase that stands in the article in these places; `None` for what is no keyword.
    fn of(same: &[&'a Phrase], background: &Background, language: Option<&str>) -> Option<Self> {
        let first = same.iter().min_by_key(|it| it.at)?;
        let times = same.len();
        let in_title = same.iter().any(|it| it.in_title);
        let length = first.words.len();
        // A phrase that stands there once is mostly an accident; one that other articles have, too, is a term.
        if length > 1 && times < 2 && !in_title && !background.is_term(&first.words, language) {
            return None;
        }
        if length == 1 && times < 2 && !in_title || is_name(same, language) {
            return None;
        }
        let rarity: f32 = first.words.iter().map(|word| background.rarity(word, language)).sum::<f32>() / length as f32;
        let title = if in_title { TITLE } else { 1.0 };
        let weight = (times as f32).powf(TIMES_POWER) * rarity.powf(RARITY_POWER);
        let score = weight * title * (1.0 + LENGTH * (length as f32 - 1.0));
        (score > 0.0).then(|| Self { key: &first.key, surface: surface(same), times, first: first.at, score })
    }

    /// Says whether another phrase adds nothing to this one: the one is part of the other, and hardly ever stands alone.
    fn covers(&self, other: &Self) -> bool {
        let inside = |whole: &str, part: &str| format!(" {whole} ").contains(&format!(" {part} "));
        inside(self.key, other.key) && other.times < self.times * 2 || inside(other.key, self.key)
    }
}

/// Says whether a phrase is written with capitals wherever the text has it: a name that the tagger missed, except where every
/// noun has one.
fn is_name(same: &[&Phrase], language: Option<&str>) -> bool {
    let capital = |word: &str| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
    let mut in_text = same.iter().filter(|it| !it.in_title).peekable();
    !matches!(language, Some("de" | "lb"))
        && in_text.peek().is_some()
        && in_text.all(|it| it.surface.split([' ', '-']).all(capital))
}

/// Returns the spelling that is most frequent, the first of several.
fn surface(same: &[&Phrase]) -> String {
    let mut spellings: Vec<(&str, usize)> = Vec::new();
    for phrase in same {
        // A headline in capitals says nothing about how the phrase is written.
        let spelling = phrase.surface.as_str();
        match spellings.iter_mut().find(|(known, _)| *known == spelling) {
            Some((_, count)) => *count += 1,
            None => spellings.push((spelling, 1)),
        }
    }
    let lower = |text: &str| text.chars().filter(|c| c.is_lowercase()).count();
    let best = spellings.iter().enumerate().max_by_key(|(at, (text, count))| (*count, lower(text), usize::MAX - at));
    let text = best.map(|(_, (text, _))| *text).unwrap_or_default();
    if lower(text) == 0 && text.chars().count() > 5 { fold(text) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(title: &str, body: &str, language: &str) -> Vec<String> {
        let background = Background::embedded().unwrap();
        keywords(&[(title, &[]), (body, &[])], Some(language), &background)
    }

    const STRIKE: &str = "Dock workers ended a strike over night shifts on Monday. The night shifts had been cut in spring, \
        and the dock workers asked for a pay rise of five percent. The employers offered three percent. The strike cost the \
        container terminal nine days of trade.";

    #[test]
    fn phrases_that_say_what_it_is_about_come_first() {
        let keywords = found("Strike over night shifts ends", STRIKE, "en");
        assert!(keywords.iter().any(|it| it == "night shifts"), "{keywords:?}");
        assert!(keywords.iter().any(|it| it.to_lowercase() == "dock workers"), "{keywords:?}");
        assert!(!keywords.iter().any(|it| it == "shifts" || it == "Monday"), "{keywords:?}");
    }

    #[test]
    fn a_small_edit_changes_little() {
        let before = found("Strike over night shifts ends", STRIKE, "en");
        let after = found("Strike over night shifts ends", &STRIKE.replace("nine days", "ten days"), "en");
        let same = before.iter().filter(|it| after.contains(it)).count();
        assert!(same + 1 >= before.len(), "{before:?} {after:?}");
    }

    #[test]
    fn names_are_no_keywords() {
        let background = Background::embedded().unwrap();
        let body = "Brandt spoke about tariffs. Tariffs hurt, Brandt said, and tariffs must fall before the winter.";
        let names = [0..6, 49..55];
        let keywords = keywords(&[("", &[]), (body, &names)], Some("en"), &background);
        assert_eq!(keywords, ["tariffs"]);
    }

    #[test]
    fn scripts_without_spaces_have_keywords_too() {
        let body = "港湾局は閉鎖を延長した。港湾局によると、防波堤の修理が終わるまで閉鎖は続く。防波堤は嵐で壊れた。";
        let keywords = found("", body, "ja");
        assert!(keywords.iter().any(|it| it == "防波堤") && keywords.iter().any(|it| it == "港湾局"), "{keywords:?}");
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(found("", "", "en").is_empty());
        assert!(found("", "Fire", "en").is_empty());
        let repeated = "word ".repeat(1_000_000);
        assert!(found("", &repeated, "en").len() <= 1);
    }
}
