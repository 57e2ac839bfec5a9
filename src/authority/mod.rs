//! Who is meant across the archive: which names are one person's, place's, organization's or topic's, and under which
//! heading they stand.
//!
//! What is decided is kept by the ledger; here it is held ready for a look-up per name ([`Authority`]), worked out from what
//! the archive itself shows ([`Survey`], [`decide()`]), and read from and written to files ([`Record`]). Conservative by
//! rule: better two entries than a false one. Knows no engine and no database.

pub mod compare;
mod decide;
mod file;
mod likeness;
mod name;
mod organization;
mod sound;
mod survey;

use std::collections::{BTreeSet, HashMap};

pub use decide::{Candidates, Decided, Group, Likely, Member, Standing, decide};
pub use file::{MAX_LINE_BYTES, Record, RecordError};
pub use survey::{Company, Survey};

use crate::{
    article::Article,
    document::{Facet, Headings},
    extract::Extraction,
    text::fold,
};

/// The facets whose values have headings.
pub const KINDS: [Facet; 4] = [Facet::People, Facet::Places, Facet::Organizations, Facet::Topics];

/// Returns what all ways to write a name share: case, accents, dots, hyphens and a leading article do not matter.
pub fn key(name: &str) -> String {
    fold::name(name)
}

/// Returns the place of a facet among [`KINDS`].
pub(crate) fn kind_number(facet: Facet) -> Option<usize> {
    KINDS.iter().position(|it| *it == facet)
}

/// An entry: what stands as one heading.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The heading.
    pub name: Box<str>,
    /// It is no name at all, and not shown.
    pub hidden: bool,
    /// Degrees north and east, for a place that the gazetteer does not know.
    pub place: Option<(f64, f64)>,
}

/// The headings, ready to be looked up: one hash look-up per name, no database.
#[derive(Debug, Default)]
pub struct Authority {
    entries: Vec<Entry>,
    /// Entry by key of every name, by kind.
    forms: [HashMap<Box<str>, u32>; 4],
    /// Entries by word of the names that are not their headings, by kind.
    words: [HashMap<Box<str>, Vec<u32>>; 4],
}

/// The most headings that the words of one query are taken to mean.
const MAX_MEANT: usize = 32;

impl Authority {
    /// Adds an entry with its names; a key that is taken already stays with its first entry.
    pub fn add(&mut self, facet: Facet, entry: Entry, names: impl IntoIterator<Item = String>) {
        let Some(kind) = kind_number(facet) else { return };
        let number = self.entries.len() as u32;
        let heading = key(&entry.name);
        for name in names {
            let key = key(&name);
            if key.is_empty() || self.forms[kind].contains_key(key.as_str()) {
                continue;
            }
            if key != heading {
                for word in key.split(' ') {
                    self.words[kind].entry(word.into()).or_default().push(number);
                }
            }
            self.forms[kind].insert(key.into(), number);
        }
        self.entries.push(entry);
    }

    /// Returns how many names have an entry.
    pub fn len(&self) -> usize {
        self.forms.iter().map(HashMap::len).sum()
    }

    /// Says whether nothing was decided yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the entry that a name stands under, if one was made.
    pub fn entry(&self, facet: Facet, name: &str) -> Option<&Entry> {
        let forms = &self.forms[kind_number(facet)?];
        if forms.is_empty() {
            return None;
        }
        self.entries.get(*forms.get(key(name).as_str())? as usize)
    }

    /// Returns the heading of a name where that is another one; a hidden name has none.
    pub fn heading(&self, facet: Facet, name: &str) -> Option<&str> {
        let entry = self.entry(facet, name)?;
        (!entry.hidden && &*entry.name != name).then_some(&*entry.name)
    }

    /// Returns the headings one of whose other names has all these words, folded.
    pub fn meant(&self, facet: Facet, words: &[String]) -> BTreeSet<&str> {
        let Some(kind) = kind_number(facet) else { return BTreeSet::new() };
        let of = |word: &String| self.words[kind].get(word.as_str()).map_or(&[][..], Vec::as_slice);
        let Some(fewest) = words.iter().map(of).min_by_key(|it| it.len()) else { return BTreeSet::new() };
        let all = fewest.iter().filter(|number| words.iter().all(|word| of(word).contains(number)));
        let entries = all.take(MAX_MEANT).filter_map(|number| self.entries.get(*number as usize));
        entries.filter(|it| !it.hidden).map(|it| &*it.name).collect()
    }

    /// Returns the headings of all names of an article that stand under another one than themselves.
    pub fn headings(&self, article: &Article, extraction: &Extraction) -> Headings {
        let mut headings = Headings::new();
        if self.is_empty() {
            return headings;
        }
        for facet in KINDS {
            for name in names(article, extraction, facet) {
                let Some(entry) = self.entry(facet, name).filter(|it| it.hidden || &*it.name != name) else { continue };
                let heading = if entry.hidden { String::new() } else { entry.name.to_string() };
                headings.entry(facet).or_default().insert(name.to_owned(), heading);
            }
        }
        headings
    }

    /// Gives places that the gazetteer does not know the coordinates that were imported for them.
    pub fn locate(&self, extraction: &mut Extraction) {
        for place in extraction.places.iter_mut().filter(|it| it.lat.is_none()) {
            if let Some((lat, lon)) = self.entry(Facet::Places, &place.name).and_then(|it| it.place) {
                (place.lat, place.lon) = (Some(lat), Some(lon));
            }
        }
    }
}

/// Returns the names of one kind that an article has: read out of the text, then given by the source.
pub(crate) fn names<'a>(
    article: &'a Article,
    extraction: &'a Extraction,
    facet: Facet,
) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    let given = |list: &'a Vec<String>| list.iter().map(String::as_str);
    match facet {
        Facet::People => Box::new(extraction.people.iter().map(|it| it.name.as_str()).chain(given(&article.people))),
        Facet::Places => Box::new(extraction.places.iter().map(|it| it.name.as_str()).chain(given(&article.places))),
        Facet::Organizations => {
            Box::new(extraction.organizations.iter().map(|it| it.name.as_str()).chain(given(&article.organizations)))
        }
        Facet::Topics => Box::new(extraction.topics.iter().map(|it| it.name.as_str()).chain(given(&article.topics))),
        _ => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_under_their_heading() {
        let mut authority = Authority::default();
        let entry = |name: &str, hidden| Entry { name: name.into(), hidden, place: None };
        let names = ["Ada Brandt", "A. Brandt-Kos", "Ada B."].map(str::to_owned);
        authority.add(Facet::People, entry("Ada Brandt", false), names);
        authority.add(Facet::People, entry("he", true), ["he".to_owned()]);
        assert_eq!(authority.heading(Facet::People, "a brandt kos"), Some("Ada Brandt"));
        assert_eq!(authority.heading(Facet::People, "Ada Brandt"), None);
        assert_eq!(authority.heading(Facet::Places, "Ada B."), None);
        assert_eq!(authority.meant(Facet::People, &["kos".into(), "a".into()]), BTreeSet::from(["Ada Brandt"]));
        assert!(authority.meant(Facet::People, &["jan".into()]).is_empty());
        let mut article = Article::new(crate::article::ArticleId::given("1").unwrap());
        article.people = vec!["Ada B".into(), "He".into(), "Ada Brandt".into(), "Jan".into()];
        let headings = authority.headings(&article, &Extraction::default());
        let people = &headings[&Facet::People];
        assert_eq!((people["Ada B"].as_str(), people["He"].as_str(), people.len()), ("Ada Brandt", "", 2));
    }
}
