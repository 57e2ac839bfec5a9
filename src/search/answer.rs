//! The answer to a search, as `GET /api/search` prints it.

use std::collections::BTreeMap;

use serde::Serialize;

/// The answer to a search.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    /// Exact number of articles.
    pub total: u64,
    /// Exact number of stories, if hits are collapsed: how many hits all pages have together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stories: Option<u64>,
    /// Time taken, in milliseconds.
    pub took_ms: f64,
    /// How the query was understood.
    pub query: Understood,
    /// The page of hits.
    pub hits: Vec<HitView>,
    /// Facets by name.
    pub facets: BTreeMap<&'static str, FacetView>,
    /// Articles over time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub histogram: Option<HistogramView>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// How a query was understood.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct Understood {
    /// The query written out in full; empty for "everything".
    pub understood: String,
    /// What had to be repaired, sentence by sentence.
    pub notices: Vec<String>,
    /// If nothing was found: what would find something.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
}

/// Another search that finds something: the same but for what it says.
#[derive(Debug, Clone, Serialize, PartialEq, Eq, Default)]
pub struct Suggestion {
    /// The query.
    pub query: String,
    /// Exact number of articles.
    pub total: u64,
    /// What is left of the query, if a part was left out.
    #[serde(skip)]
    pub kept: Vec<String>,
    /// The part of the query that was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<String>,
    /// The word that was taken with its near spellings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respelled: Option<String>,
    /// The filter that was left out; both dates of a span together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Given>,
    /// `any`, if it is enough that any of the words is there.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<&'static str>,
}

/// A parameter as it was given.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Given {
    /// Such as `person`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One hit.
#[derive(Debug, Clone, Serialize)]
pub struct HitView {
    /// Id of the article.
    pub id: String,
    /// Headline; of a very long one the beginning, with an ellipsis.
    pub title: String,
    /// Address of the original.
    pub url: String,
    /// Who published it.
    pub source: String,
    /// When, in its precision.
    pub published: Option<String>,
    /// Relevance.
    pub score: f32,
    /// What matched.
    pub snippet: Snippet,
    /// Everyone in it.
    pub people: Vec<String>,
    /// Every place in it.
    pub places: Vec<String>,
    /// Every organization in it.
    pub organizations: Vec<String>,
    /// Its topics.
    pub topics: Vec<String>,
}

/// HTML-escaped text with `<mark>` around the words that matched; nothing else in it is markup.
#[derive(Debug, Clone, Serialize, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The headline, as long as the hit's.
    pub title: String,
    /// One to three passages of the body.
    pub body: Vec<String>,
}

/// A facet.
#[derive(Debug, Clone, Serialize)]
pub struct FacetView {
    /// The largest first.
    pub values: Vec<FacetValue>,
    /// How many different values there are.
    pub distinct: u64,
}

/// A value and its exact count.
#[derive(Debug, Clone, Serialize)]
pub struct FacetValue {
    /// The value.
    pub value: String,
    /// In how many articles.
    pub count: u64,
}

/// Articles over time.
#[derive(Debug, Clone, Serialize)]
pub struct HistogramView {
    /// `day`, `month` or `year`.
    pub interval: &'static str,
    /// In order of time, empty ones left out.
    pub buckets: Vec<Bucket>,
    /// Articles without a date.
    pub undated: u64,
}

/// One bucket.
#[derive(Debug, Clone, Serialize)]
pub struct Bucket {
    /// `2025-10`, in the precision of the interval, or coarser where no more is known.
    pub from: String,
    /// In how many articles.
    pub count: u64,
}
