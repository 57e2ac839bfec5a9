//! Names in languages that the model was not trained on. Precision first: rather no name than a wrong one.
//!
//! Where only names have capitals, what the model of English finds counts if the names known beforehand bear it out. Where
//! every noun has a capital, or letters have no case, only known names count, by rules.

use std::collections::HashSet;

use super::{
    document::{Context, Words},
    names::Mark,
    tagger::Kind,
    word::{Case, Hash},
};

/// Words that stand before places, by language.
const BEFORE_PLACES: &str = include_str!("../../data/lists/before_places.tsv");
/// The least telling class of place that is taken on sight: a region, where words have no case or every noun has one.
const SURE: u8 = 2;
/// The least telling class that is taken with a capital or a preposition before it: a city of 15,000, or what a larger one is
/// called elsewhere.
const LIKELY: u8 = 5;

/// How far the model may be trusted with a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// It was trained on it.
    Model,
    /// Only names have capitals, as in English: it is right where known names bear it out.
    Supported,
    /// Known names only.
    Known,
}

/// A name: first word, one past the last, kind.
pub(crate) type Name = (usize, usize, Kind);

impl Trust {
    /// Returns how far to trust the model with a text of this language; without a language it is taken for English.
    pub(crate) fn of(language: Option<&str>) -> Self {
        match language {
            None | Some("en" | "fr") => Self::Model,
            Some(
                "es" | "it" | "pt" | "nl" | "ca" | "sv" | "da" | "no" | "nb" | "nn" | "ro" | "pl" | "cs" | "sk" | "sl"
                | "hr" | "bs" | "hu" | "tr" | "id" | "ms" | "tl" | "sw" | "af" | "ga" | "cy" | "sq" | "et" | "lv"
                | "lt" | "so" | "zu" | "xh" | "sn" | "ha" | "yo" | "ig" | "eo" | "la",
            ) => Self::Supported,
            _ => Self::Known,
        }
    }
}

/// Returns the known names of an article, and of those that the model found beside them the ones that known names bear out.
pub(crate) fn supported(words: &Words, context: &Context, language: &str, found: Vec<Name>) -> Vec<Name> {
    let mut names = known(words, context, language);
    let apart = |names: &[Name], name: &Name| names.iter().all(|known| name.1 <= known.0 || known.1 <= name.0);
    for name in found {
        if apart(&names, &name) && borne_out(words, name) {
            names.push(name);
        }
    }
    names.sort_by_key(|name| name.0);
    names
}

/// Says whether the names known beforehand bear out what the model found.
fn borne_out(words: &Words, (start, end, kind): Name) -> bool {
    let marks = &words.marks[start..end];
    if !words.all[start].is_capital() {
        return false;
    }
    match kind {
        Kind::Person => marks.iter().any(|mark| mark.person != 0) && (end - start > 1 || marks[0].place == 0),
        Kind::Place => place(marks[0], LIKELY).is_some(),
        Kind::Organization => {
            let capitals = end - start == 1 && words.all[start].case == Case::Upper;
            capitals || marks.iter().any(|mark| mark.organization != 0 || place(*mark, LIKELY).is_some())
        }
    }
}

/// Returns the class of the place that begins at a token, if it is telling enough.
fn place(mark: Mark, least: u8) -> Option<u8> {
    let class = mark.place.checked_sub(1)? / 4;
    (mark.begins_place() && class <= least).then_some(class)
}

/// Finds known names by rules.
pub(crate) fn known(words: &Words, context: &Context, language: &str) -> Vec<Name> {
    let before: HashSet<&str> = BEFORE_PLACES
        .lines()
        .filter_map(|line| line.split_once('\t').filter(|(code, _)| *code == language).map(|(_, word)| word))
        .collect();
    // Where nouns have capitals like names, a place must be introduced once in the article.
    let nouns = matches!(language, "de" | "lb");
    let mut finder = Finder { words, context, introduced: HashSet::new(), surnames: HashSet::new() };
    for range in &words.sentences {
        for at in range.clone() {
            let introduced = at > range.start && before.contains(words.all[at - 1].text.to_lowercase().as_str());
            // A word that may also be a person's takes a preposition to be a place.
            let plain = !nouns && at > range.start && words.all[at].is_capital() && words.marks[at].person == 0;
            if introduced || plain {
                finder.introduced.insert(words.all[at].lower);
            }
            if let Some(end) = finder.full_name(at, range.end) {
                finder.surnames.insert(words.all[end - 1].lower);
            }
        }
    }
    let mut names = Vec::new();
    for range in &words.sentences {
        let mut at = range.start;
        while at < range.end {
            let found = finder.name(at, range.end);
            names.extend(found);
            at = found.map_or(at + 1, |name| name.1);
        }
    }
    names
}

/// What an article has said so far.
struct Finder<'a> {
    words: &'a Words<'a>,
    context: &'a Context,
    /// First words of places that stand behind a preposition, or have a capital where only names have.
    introduced: HashSet<Hash>,
    /// Family names of people who stand with their given name.
    surnames: HashSet<Hash>,
}

impl Finder<'_> {
    fn name(&self, at: usize, limit: usize) -> Option<Name> {
        if let Some(end) = self.full_name(at, limit) {
            return Some((at, end, Kind::Person));
        }
        let (word, mark) = (&self.words.all[at], self.words.marks[at]);
        if let Some(end) = self.organization(at, limit) {
            return Some((at, end, Kind::Organization));
        }
        let least = if self.introduced.contains(&word.lower) { LIKELY } else { SURE };
        // "La" is no Louisiana: what is as short as an abbreviation must be written as one.
        let written = word.case == Case::Upper || word.text.chars().count() > 2;
        if written && place(mark, least).is_some() && !self.also_small(at) {
            let end = (at + 1..limit).find(|end| !self.words.marks[*end].continues_place()).unwrap_or(limit);
            return Some((at, end, Kind::Place));
        }
        (word.is_capital() && self.surnames.contains(&word.lower)).then_some((at, at + 1, Kind::Person))
    }

    /// A given name with a family name behind it, both known; initials and particles may stand between.
    fn full_name(&self, at: usize, limit: usize) -> Option<usize> {
        let given = self.words.marks[at].person & 3;
        if !(1..=2).contains(&given) || self.also_small(at) {
            return None;
        }
        let mut end = at + 1;
        while end < limit.min(at + 4) {
            let (word, mark) = (&self.words.all[end], self.words.marks[end]);
            if word.is_capital() && mark.person >> 2 != 0 && word.text.chars().count() > 2 {
                return (!self.also_small(end)).then_some(end + 1);
            }
            let particle =
                matches!(word.text, "von" | "van" | "de" | "der" | "zu" | "di" | "da" | "del" | "bin" | "al");
            let between = particle || word.text.ends_with('.') && word.is_capital() || mark.person & 3 != 0;
            if !between {
                return None;
            }
            end += 1;
        }
        None
    }

    /// A known organization of several words, or in capitals.
    fn organization(&self, at: usize, limit: usize) -> Option<usize> {
        let mark = self.words.marks[at];
        if mark.organization == 0 || !mark.begins_organization() {
            return None;
        }
        let end = (at + 1..limit).find(|end| !self.words.marks[*end].continues_organization()).unwrap_or(limit);
        let capitals = self.words.all[at].case == Case::Upper && self.words.all[at].text.len() > 1;
        (end - at > 1 || capitals).then_some(end)
    }

    /// Says whether the article writes the word small, too: then it is a common one.
    fn also_small(&self, at: usize) -> bool {
        self.context.group(at).is_some_and(|group| self.context.groups[group].small > 0)
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::tagger::{Kind, Tagger};

    fn names(language: &str, text: &str) -> Vec<(Kind, String)> {
        let tagger = Tagger::embedded().unwrap();
        let found = tagger.tag(&[text], Some(language)).remove(0);
        found.iter().map(|it| (it.kind, text[it.start as usize..it.end as usize].to_owned())).collect()
    }

    fn name(kind: Kind, text: &str) -> (Kind, String) {
        (kind, text.to_owned())
    }

    #[test]
    fn german_nouns_are_no_names() {
        let found = names(
            "de",
            "Der Hafen in Hamburg blieb nach dem Sturm geschlossen. Peter Schneider, der Leiter der Behörde, sprach von \
             einem Schaden in Millionenhöhe. Schneider will nun in Deutschland um Hilfe bitten. Hamburg wartet.",
        );
        let (people, places): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| it.0 == Kind::Person);
        assert_eq!(people, [name(Kind::Person, "Peter Schneider"), name(Kind::Person, "Schneider")]);
        assert_eq!(places, ["Hamburg", "Deutschland", "Hamburg"].map(|text| name(Kind::Place, text)));
    }

    #[test]
    fn languages_that_write_names_alone_with_capitals_are_read() {
        let found = names(
            "fr",
            "Le maire de Marseille, Jean Martin, a rencontré hier des pêcheurs. Martin veut rouvrir le port.",
        );
        assert!(found.contains(&name(Kind::Place, "Marseille")), "{found:?}");
        assert!(found.contains(&name(Kind::Person, "Jean Martin")), "{found:?}");
        let found = names("es", "La alcaldesa Carmen Ortega viajó de Madrid a Buenos Aires para hablar del puerto.");
        assert!(found.contains(&name(Kind::Person, "Carmen Ortega")), "{found:?}");
        assert!(found.contains(&name(Kind::Place, "Buenos Aires")), "{found:?}");
    }

    #[test]
    fn places_are_found_in_other_scripts() {
        let found = names("ru", "Вчера Москва объявила о закрытии порта. Корабли ждут у берега.");
        assert_eq!(found, [name(Kind::Place, "Москва")]);
        assert!(names("ja", "港は嵐の後、九日間閉鎖された。").is_empty());
    }
}
