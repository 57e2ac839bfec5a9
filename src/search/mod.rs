//! Request to results: parameters, facets, histogram, snippets, suggestions, export.
//!
//! Works over any [`Engine`]; knows neither HTTP nor ingestion.

pub mod answer;
pub mod export;
mod highlight;
mod parameters;
mod snippet;
mod suggestions;

use std::{collections::BTreeMap, ops::ControlFlow, time::Instant};

pub use answer::Answer;
pub use parameters::Parameters;
pub use snippet::Highlighter;

use answer::{Bucket, FacetValue, FacetView, HistogramView, HitView, Understood};

use crate::{
    article::ArticleId,
    document::{Document, Facet},
    index::{self, Engine, Histogram, Hit},
    query::{Interval, Node, understood},
    text::excerpt::excerpt,
};

/// Why a search was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A parameter is unknown or its value impossible.
    #[error("the parameter `{name}` cannot be `{value}`; expected {expected}")]
    Parameter {
        /// Which.
        name: String,
        /// As given, shortened.
        value: String,
        /// What would do.
        expected: String,
    },
    /// The engine failed.
    #[error(transparent)]
    Index(#[from] index::Error),
}

/// Answers a search whose parameters are those of `GET /api/search`.
pub fn search(engine: &dyn Engine, pairs: &[(String, String)]) -> Result<Answer, Error> {
    let started = Instant::now();
    let Parameters { request, notices } = Parameters::from_pairs(pairs)?;
    let results = engine.search(&request)?;
    let highlighter = Highlighter::new(&request.query);
    let understood = if request.query == Node::All { String::new() } else { understood(&request.query) };
    let facets: BTreeMap<&'static str, FacetView> = results
        .facets
        .into_iter()
        .map(|(facet, counts)| {
            let values = counts.values.into_iter().map(|(value, count)| FacetValue { value, count }).collect();
            (facet.name(), FacetView { values, distinct: counts.distinct })
        })
        .collect();
    // Who wants no hits wants a count alone.
    let suggested = results.total == 0 && request.limit > 0;
    let suggestions = if suggested { suggestions::suggestions(engine, pairs, &request) } else { Vec::new() };
    Ok(Answer {
        total: results.total,
        stories: results.stories,
        hits: results.hits.iter().map(|hit| view(hit, &highlighter)).collect(),
        facets,
        histogram: results.histogram.map(histogram),
        next: results.next.map(|cursor| parameters::write_cursor(&cursor, &request)),
        query: Understood { understood, notices, suggestions },
        took_ms: (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0,
    })
}

/// Gives every article that matches, without a cap; `limit` and `cursor` are ignored.
pub fn export(
    engine: &dyn Engine,
    pairs: &[(String, String)],
    each: &mut dyn FnMut(&Document) -> ControlFlow<()>,
) -> Result<(), Error> {
    let Parameters { request, .. } = Parameters::from_pairs(pairs)?;
    engine.scan(&request, &mut |document| each(&document.under_headings()))?;
    Ok(())
}

/// Returns one article with its extraction, names under their headings; `None` also for what cannot be an id.
pub fn article(engine: &dyn Engine, id: &str) -> Result<Option<Document>, Error> {
    match ArticleId::given(id) {
        Some(id) => Ok(engine.get(&id)?.map(Document::under_headings)),
        None => Ok(None),
    }
}

/// Returns facet values one of whose words begins like `prefix`, the most frequent first, at most 50.
pub fn suggest(engine: &dyn Engine, field: &str, prefix: &str, limit: usize) -> Result<Vec<FacetValue>, Error> {
    let facet = Facet::named(field).ok_or_else(|| Error::Parameter {
        name: "field".to_owned(),
        value: field.chars().take(60).collect(),
        expected: "people, places, organizations, topics, sources, sections, authors, languages, countries or years"
            .to_owned(),
    })?;
    let prefix: String = prefix.chars().take(200).collect();
    let values = engine.suggest(facet, &prefix, limit.min(50))?;
    Ok(values.into_iter().map(|(value, count)| FacetValue { value, count }).collect())
}

/// The most characters of a headline in a list of hits; the article itself has all of it.
pub const MAX_HEADLINE: usize = 500;
/// The longest address in a list of hits, in bytes; a part of one would lead elsewhere, so a longer one is left out.
const MAX_URL_BYTES: usize = 4_096;

fn view(hit: &Hit, highlighter: &Highlighter) -> HitView {
    let document = &hit.document;
    let article = &document.article;
    HitView {
        id: article.id.to_string(),
        title: excerpt(&article.title, MAX_HEADLINE).into_owned(),
        url: Some(&article.url).filter(|url| url.len() <= MAX_URL_BYTES).cloned().unwrap_or_default(),
        source: document.values(Facet::Sources).pop().unwrap_or_default(),
        published: article.published.map(|date| date.to_string()),
        score: hit.score,
        snippet: highlighter.snippet(document),
        people: document.values(Facet::People),
        places: document.values(Facet::Places),
        organizations: document.values(Facet::Organizations),
        topics: document.values(Facet::Topics),
    }
}

fn histogram(histogram: Histogram) -> HistogramView {
    let interval = match histogram.interval {
        Interval::Day => "day",
        Interval::Month | Interval::Auto => "month",
        Interval::Year => "year",
    };
    let buckets = histogram.buckets.into_iter().map(|(from, count)| Bucket { from, count }).collect();
    HistogramView { interval, buckets, undated: histogram.undated }
}
