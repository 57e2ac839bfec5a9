//! What an article is: its id, texts, dates with their precision, and provenance.
//!
//! Everything else in the project passes [`Article`] along. This room knows no file format, no index and no model.

mod date;
mod id;

pub use date::{Date, DateError, Precision};
pub use id::ArticleId;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest body that is accepted, in bytes: 64 MiB.
pub const MAX_BODY_BYTES: usize = 64 << 20;

/// One news article, as the source gave it.
///
/// Texts are plain text; `body` has its paragraphs separated by a blank line. An empty string means "not given".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// Identifies the article for good; see [`ArticleId`].
    pub id: ArticleId,
    /// Where the article was published, as given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Headline.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Second headline, standfirst.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subtitle: String,
    /// The text itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// Newspaper, agency or site.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Section or desk of the source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub section: String,
    /// ISO 639-1 code as given by the source, if it gave one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Free tags of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// When it was published, with its precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Date>,
    /// When it was last changed by its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<Date>,
    /// People named by the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<String>,
    /// Places named by the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Organizations named by the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<String>,
    /// Topics given by the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// Whatever else the source said; kept and returned.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

impl Article {
    /// Returns an article of the given id with nothing else in it.
    pub fn new(id: ArticleId) -> Self {
        Self {
            id,
            url: String::new(),
            title: String::new(),
            subtitle: String::new(),
            body: String::new(),
            source: String::new(),
            section: String::new(),
            language: String::new(),
            authors: Vec::new(),
            tags: Vec::new(),
            published: None,
            updated: None,
            people: Vec::new(),
            places: Vec::new(),
            organizations: Vec::new(),
            topics: Vec::new(),
            extra: Map::new(),
        }
    }

    /// Returns the hash of everything the article says, its id included: 32 hexadecimal digits.
    ///
    /// Two articles with the same fingerprint are the same; the same id with another fingerprint is an update.
    pub fn fingerprint(&self) -> String {
        // Struct fields serialise in declaration order and `Map` is sorted, so the bytes are canonical.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        blake3::hash(&bytes).to_hex()[..32].to_owned()
    }

    /// Returns the hash of title and body alone, folded for white space: equal for the same text under another id.
    pub fn content_hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for text in [&self.title, &self.body] {
            for word in text.split_whitespace() {
                hasher.update(word.as_bytes());
                hasher.update(b" ");
            }
            hasher.update(b"\n");
        }
        hasher.finalize().to_hex()[..32].to_owned()
    }
}
