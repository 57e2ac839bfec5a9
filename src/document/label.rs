//! What readers call a value that is filed by its code, and the other way round: countries and languages.
//!
//! Whoever asks may use either; what is filed, counted and linked is one. Topics are filed by name and asked by code, too.

use std::{collections::HashMap, sync::OnceLock};

use super::Facet;
use crate::{extract::topics::vocabulary, text::fold::fold};

/// Codes with their English names.
struct Table {
    /// By folded code.
    by_code: HashMap<String, (&'static str, &'static str)>,
    /// By folded name.
    by_name: HashMap<String, &'static str>,
}

impl Table {
    fn read(text: &'static str) -> Self {
        let rows = || text.lines().skip(1).filter_map(|line| line.split_once('\t'));
        Self {
            by_code: rows().map(|(code, name)| (fold(code), (code, name))).collect(),
            by_name: rows().map(|(code, name)| (fold(name), code)).collect(),
        }
    }

    fn of(facet: Facet) -> Option<&'static Self> {
        static COUNTRIES: OnceLock<Table> = OnceLock::new();
        static LANGUAGES: OnceLock<Table> = OnceLock::new();
        match facet {
            Facet::Countries => {
                Some(COUNTRIES.get_or_init(|| Self::read(include_str!("../../data/country-names.tsv"))))
            }
            Facet::Languages => {
                Some(LANGUAGES.get_or_init(|| Self::read(include_str!("../../data/language-names.tsv"))))
            }
            _ => None,
        }
    }
}

/// Returns the English name of a country or language that is filed by its code; `None` for what is called as it is filed.
pub fn label(facet: Facet, value: &str) -> Option<&'static str> {
    Table::of(facet)?.by_code.get(&fold(value)).map(|(_, name)| *name)
}

/// Returns the value as it is filed: `KE` for `Kenya` and `ke`, `en` for `English` and `en-GB`, the name of a topic for its
/// code; anything else as it stands, without white space around it.
pub fn filed(facet: Facet, value: &str) -> &str {
    let value = value.trim();
    let known = match facet {
        // A bare number is a topic of its own that somebody called so.
        Facet::Topics => vocabulary::coded(value).map(|concept| concept.name("en")),
        Facet::Languages => code(facet, value).or_else(|| code(facet, value.split(['-', '_']).next()?)),
        _ => code(facet, value),
    };
    known.unwrap_or(value)
}

fn code(facet: Facet, value: &str) -> Option<&'static str> {
    let (table, folded) = (Table::of(facet)?, fold(value));
    table.by_code.get(&folded).map(|(code, _)| *code).or_else(|| table.by_name.get(&folded).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_codes_are_one() {
        for (facet, asked, expected) in [
            (Facet::Countries, "kenya", "KE"),
            (Facet::Countries, " ke ", "KE"),
            (Facet::Countries, "Atlantis", "Atlantis"),
            (Facet::Languages, "ENGLISH", "en"),
            (Facet::Languages, "en-GB", "en"),
            (Facet::Languages, "tlh", "tlh"),
            (Facet::Topics, "medtop:07000000", "health"),
            (Facet::Topics, "07000000", "07000000"),
            (Facet::Sources, "Kenya", "Kenya"),
        ] {
            assert_eq!(filed(facet, asked), expected, "{asked}");
        }
        assert_eq!(label(Facet::Countries, "KE"), Some("Kenya"));
        assert_eq!(label(Facet::Languages, "EN"), Some("English"));
        assert_eq!((label(Facet::Countries, "??"), label(Facet::People, "KE")), (None, None));
    }
}
