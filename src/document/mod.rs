//! Article and extraction joined into a document, and THE list of fields from which every engine derives its schema.
//!
//! Knows no engine: [`field::FIELDS`] says what there is, [`Document::values`] says what a document has of it.

pub mod field;
mod label;
mod topic;

pub use field::{FIELDS, Facet, Field, FieldKind};
pub use label::{filed, label};
pub use topic::Topic;

use serde::{Deserialize, Serialize};

use crate::{article::Article, extract::Extraction, text::fold};

/// What the archive keeps of one article: all of it, so that it can be extracted again and exported from itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The article as the source gave it.
    pub article: Article,
    /// What was read out of it.
    pub extraction: Extraction,
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
        Self { article, extraction, fingerprint, content_hash, story }
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
}
