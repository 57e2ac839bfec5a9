//! Article and extraction joined into a document, and THE list of fields from which every engine derives its schema.
//!
//! Knows no engine: [`field::FIELDS`] says what there is, [`Document::values`] says what a document has of it.

pub mod field;
mod label;
mod topic;

pub use field::{FIELDS, Facet, Field, FieldKind};
pub use label::{filed, label};
pub use topic::Topic;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    article::Article,
    extract::{Entity, Extraction, Mention, PlaceEntity},
    text::fold,
};

/// For names of an article that stand under another one in the whole archive: that heading; empty for names that are
/// hidden. Names that are not here stand under themselves.
pub type Headings = BTreeMap<Facet, BTreeMap<String, String>>;

/// What the archive keeps of one article: all of it, so that it can be extracted again and exported from itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The article as the source gave it.
    pub article: Article,
    /// What was read out of it.
    pub extraction: Extraction,
    /// Under which headings its names stand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headings: Headings,
    /// [`Article::fingerprint`] at ingestion.
    pub fingerprint: String,
    /// [`Article::content_hash`] at ingestion.
    pub content_hash: String,
    /// Id of the first article of the same story; its own id if it is the first.
    pub story: String,
}

impl Document {
    /// Joins an article and its extraction; the document starts a story of its own.
    pub fn new(article: Article, extraction: Extraction) -> Self {
        let (fingerprint, content_hash) = (article.fingerprint(), article.content_hash());
        let story = article.id.as_str().to_owned();
        Self { article, extraction, headings: Headings::new(), fingerprint, content_hash, story }
    }

    /// Returns the heading that a name of the article stands under; empty for a hidden one.
    pub fn heading<'a>(&'a self, facet: Facet, name: &'a str) -> &'a str {
        let heading = self.headings.get(&facet).and_then(|names| names.get(name));
        heading.map_or(name, String::as_str)
    }

    /// Returns the document with what was read out of it under its headings: one entity for each, hidden ones left out.
    /// What the source gave stays as it was given.
    #[must_use]
    pub fn under_headings(mut self) -> Self {
        if self.headings.is_empty() {
            return self;
        }
        let people = self.gathered(Facet::People, &self.extraction.people);
        let organizations = self.gathered(Facet::Organizations, &self.extraction.organizations);
        let places = self.gathered(Facet::Places, &self.extraction.places);
        let mut topics = self.extraction.topics.clone();
        for topic in &mut topics {
            topic.name = self.heading(Facet::Topics, &topic.name).to_owned();
        }
        topics.retain(|it| !it.name.is_empty());
        self.extraction = Extraction { people, places, organizations, topics, ..self.extraction };
        self
    }

    fn gathered<T: Named>(&self, facet: Facet, entities: &[T]) -> Vec<T> {
        let mut gathered: Vec<T> = Vec::with_capacity(entities.len());
        for entity in entities {
            let heading = self.heading(facet, entity.name());
            if heading.is_empty() {
                continue;
            }
            let moved = heading != entity.name();
            // Two places of one name stay two, as the gazetteer tells them apart.
            let same = gathered.iter_mut().find(|it| it.name() == heading && (moved || it.moved_from(entity)));
            match same {
                Some(same) => same.take_in(entity.mentions()),
                None => gathered.push(entity.renamed(heading)),
            }
        }
        gathered
    }

    /// Returns the values of a facet, in order of weight, none twice (names that fold alike are one).
    pub fn values(&self, facet: Facet) -> Vec<String> {
        let (article, extraction) = (&self.article, &self.extraction);
        let mut values: Vec<&str> = Vec::new();
        match facet {
            Facet::People => {
                values.extend(extraction.people.iter().map(|it| it.name.as_str()));
                values.extend(article.people.iter().map(String::as_str));
            }
            Facet::Places => {
                values.extend(extraction.places.iter().map(|it| it.name.as_str()));
                values.extend(article.places.iter().map(String::as_str));
            }
            Facet::Organizations => {
                values.extend(extraction.organizations.iter().map(|it| it.name.as_str()));
                values.extend(article.organizations.iter().map(String::as_str));
            }
            Facet::Topics => return topic::own(self),
            Facet::Sources => values.push(&article.source),
            Facet::Sections => values.push(&article.section),
            Facet::Authors => values.extend(article.authors.iter().map(String::as_str)),
            Facet::Languages => values.extend(self.language()),
            Facet::Countries => values.extend(extraction.places.iter().filter_map(|it| it.country.as_deref())),
            Facet::Years => {
                return article.published.iter().map(|date| format!("{:04}", date.year_number())).collect();
            }
        }
        for name in &mut values {
            *name = self.heading(facet, name);
        }
        distinct(values)
    }

    /// Returns its topics, the given ones first, each with how it came there; none twice.
    pub fn topics(&self) -> Vec<Topic> {
        topic::told(self)
    }

    /// Returns the language: the article's own word, as a code where there is one, or else what was detected.
    pub fn language(&self) -> Option<&str> {
        let own = self.article.language.as_str();
        if own.is_empty() { self.extraction.language.as_deref() } else { Some(filed(Facet::Languages, own)) }
    }
}

/// What has a name and mentions.
trait Named: Sized {
    fn name(&self) -> &str;
    fn mentions(&self) -> &[Mention];
    /// Says whether another of the same name is the same.
    fn moved_from(&self, other: &Self) -> bool;
    fn renamed(&self, name: &str) -> Self;
    fn mentions_mut(&mut self) -> &mut Vec<Mention>;

    fn take_in(&mut self, mentions: &[Mention]) {
        let own = self.mentions_mut();
        own.extend_from_slice(mentions);
        own.sort_by_key(|it| (it.field, it.start));
    }
}

impl Named for Entity {
    fn name(&self) -> &str {
        &self.name
    }

    fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    fn moved_from(&self, _: &Self) -> bool {
        true
    }

    fn renamed(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    fn mentions_mut(&mut self) -> &mut Vec<Mention> {
        &mut self.mentions
    }
}

impl Named for PlaceEntity {
    fn name(&self) -> &str {
        &self.name
    }

    fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    fn moved_from(&self, other: &Self) -> bool {
        self.geonameid == other.geonameid
    }

    fn renamed(&self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self.clone() }
    }

    fn mentions_mut(&mut self) -> &mut Vec<Mention> {
        &mut self.mentions
    }
}

/// The longest facet value that is filed, in bytes; longer ones are cut at a character.
pub const MAX_VALUE_BYTES: usize = 500;

/// Returns a value as it is filed: its white space settled, cut where it is too long.
pub fn one_value(value: &str) -> String {
    let mut end = value.len().min(MAX_VALUE_BYTES);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

fn distinct<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut kept = Vec::new();
    for value in values {
        let value = one_value(value);
        if !value.is_empty() && seen.insert(fold::fold(&value)) {
            kept.push(value);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::ArticleId;

    #[test]
    fn given_and_extracted_names_are_one_list() {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.people = vec!["ADA  Brandt".into(), "José Luz".into(), "Jose Luz".into()];
        let document = Document::new(article, Extraction::default());
        assert_eq!(document.values(Facet::People), ["ADA Brandt", "José Luz"]);
    }

    #[test]
    fn what_has_a_code_is_filed_alike_however_it_was_given() {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.language = "English".into();
        article.topics = vec!["medtop:07000000".into(), "Health".into(), "flood".into()];
        let document = Document::new(article, Extraction::default());
        assert_eq!(document.values(Facet::Languages), ["en"]);
        assert_eq!(document.values(Facet::Topics), ["health", "flood"]);
    }

    #[test]
    fn names_stand_under_their_headings_once() {
        let mention =
            |start| Mention { field: crate::extract::TextField::Body, start, end: start + 3, text: "Ada".into() };
        let entity = |name: &str, start| Entity { name: name.into(), mentions: vec![mention(start)] };
        let mut article = Article::new(ArticleId::given("1").unwrap());
        article.people = vec!["A. Brandt".into(), "he".into()];
        let people = vec![entity("Ada Brand", 9), entity("he", 7), entity("Ada Brandt", 0)];
        let mut document = Document::new(article, Extraction { people, ..Extraction::default() });
        let to = |heading: &str| heading.to_owned();
        let names = [("Ada Brand", "Ada Brandt"), ("A. Brandt", "Ada Brandt"), ("he", "")];
        document.headings.insert(Facet::People, names.map(|(name, heading)| (to(name), to(heading))).into());
        assert_eq!(document.values(Facet::People), ["Ada Brandt"]);
        let shown = document.clone().under_headings();
        assert_eq!(
            shown.extraction.people,
            [Entity { name: "Ada Brandt".into(), mentions: vec![mention(0), mention(9)] }]
        );
        assert_eq!(shown.values(Facet::People), document.values(Facet::People));
        assert_eq!(shown.article, document.article);
        let stored = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&stored).unwrap(), document);
    }
}
