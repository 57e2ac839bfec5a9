//! What would have found something: the search without one of its parts or filters, with a word spelled nearly so, or with
//! any of its words.
//!
//! Asked only when nothing was found; bounded in number and in time.

use std::{
    cmp::Reverse,
    time::{Duration, Instant},
};

use super::{
    Parameters,
    answer::{Given, Suggestion},
};
use crate::{
    index::Engine,
    query::{Node, SearchRequest, understood},
    text::pattern::MAX_FUZZY_CHARACTERS,
};

/// The most parts of a query, and the most filters, that are tried.
const MAX_TRIED: usize = 8;
/// The most suggestions.
const MAX_SUGGESTIONS: usize = 5;
/// How long it may take; what has been found by then is suggested.
const BUDGET: Duration = Duration::from_secs(1);

/// A search that found nothing, and what is tried instead of it.
struct Tries<'a> {
    engine: &'a dyn Engine,
    pairs: &'a [(String, String)],
    request: SearchRequest,
    until: Instant,
}

/// Returns searches that find something, the nearest to what was asked first and then those that find most.
pub(super) fn suggestions(engine: &dyn Engine, pairs: &[(String, String)], request: &SearchRequest) -> Vec<Suggestion> {
    let tries = Tries { engine, pairs, request: counting(request.clone()), until: Instant::now() + BUDGET };
    let mut narrower = tries.without_parts();
    narrower.extend(tries.without_filters());
    narrower.sort_by_key(|it| Reverse(it.total));
    // What was only misspelled is nearest to what was meant, any of the words is farthest.
    let mut all = tries.respelled();
    all.extend(narrower);
    all.extend(tries.any());
    all.truncate(MAX_SUGGESTIONS);
    all
}

impl Tries<'_> {
    /// The parts of the query that must all be there.
    fn parts(&self) -> Vec<Node> {
        match &self.request.query {
            Node::And(nodes) => nodes.clone(),
            node => vec![node.clone()],
        }
    }

    fn respelled(&self) -> Vec<Suggestion> {
        let parts = self.parts();
        let each = wanted(&parts).filter_map(|(at, part)| {
            let query = joined(with(&parts, at, Some(near_spellings(part)?)));
            let found = self.found(SearchRequest { query, ..self.request.clone() })?;
            Some(Suggestion { respelled: Some(understood(part)), ..found })
        });
        each.collect()
    }

    fn without_parts(&self) -> Vec<Suggestion> {
        let parts = self.parts();
        let each = wanted(&parts).filter_map(|(at, part)| {
            let rest = with(&parts, at, None);
            if !rest.iter().any(Node::ranks) {
                return None;
            }
            let kept = rest.iter().map(understood).collect();
            let found = self.found(SearchRequest { query: joined(rest), ..self.request.clone() })?;
            Some(Suggestion { dropped: Some(understood(part)), kept, ..found })
        });
        each.collect()
    }

    fn without_filters(&self) -> Vec<Suggestion> {
        let mut tried: Vec<Vec<&(String, String)>> = Vec::new();
        let is_date = |pair: &&(String, String)| matches!(pair.0.as_str(), "from" | "to");
        let dates: Vec<_> = self.filters().filter(is_date).collect();
        tried.extend(self.filters().filter(|pair| !is_date(pair)).map(|pair| vec![pair]));
        tried.extend(Some(dates).filter(|dates| !dates.is_empty()));
        let each = tried.into_iter().take(MAX_TRIED).filter_map(|left_out| {
            let rest: Vec<_> = self.pairs.iter().filter(|pair| !left_out.contains(pair)).cloned().collect();
            let given = |pair: &(String, String)| Given { name: pair.0.clone(), value: pair.1.clone() };
            Some(Suggestion { without: left_out.into_iter().map(given).collect(), ..self.found(read(&rest)?)? })
        });
        each.collect()
    }

    /// The parameters that narrow the search.
    fn filters(&self) -> impl Iterator<Item = &(String, String)> {
        self.pairs.iter().filter(|(name, value)| super::parameters::narrows(name) && !value.trim().is_empty())
    }

    fn any(&self) -> Option<Suggestion> {
        if self.parts().len() < 2 {
            return None;
        }
        let mut pairs = self.pairs.to_vec();
        pairs.push(("match".to_owned(), "any".to_owned()));
        let request = read(&pairs).filter(|it| it.query != self.request.query)?;
        Some(Suggestion { matching: Some("any"), ..self.found(request)? })
    }

    /// Counts what a search finds; `None` if that is nothing, or the time is up.
    fn found(&self, request: SearchRequest) -> Option<Suggestion> {
        if Instant::now() > self.until {
            return None;
        }
        let query = if request.query == Node::All { String::new() } else { understood(&request.query) };
        let total = self.engine.search(&request).ok()?.total;
        (total > 0).then_some(Suggestion { query, total, ..Suggestion::default() })
    }
}

/// Returns the parts of a query that are wanted, with their places; not more than are tried.
fn wanted(parts: &[Node]) -> impl Iterator<Item = (usize, &Node)> {
    parts.iter().enumerate().filter(|(_, part)| !matches!(part, Node::Not(_))).take(MAX_TRIED)
}

fn read(pairs: &[(String, String)]) -> Option<SearchRequest> {
    let without_cursor: Vec<_> = pairs.iter().filter(|(name, _)| name != "cursor").cloned().collect();
    Parameters::from_pairs(&without_cursor).ok().map(|it| counting(it.request))
}

/// Returns the request for a count alone.
fn counting(request: SearchRequest) -> SearchRequest {
    SearchRequest { limit: 0, cursor: None, facets: Vec::new(), histogram: None, collapse: false, ..request }
}

fn joined(mut parts: Vec<Node>) -> Node {
    if parts.len() == 1 { parts.remove(0) } else { Node::And(parts) }
}

fn near_spellings(part: &Node) -> Option<Node> {
    match part {
        Node::Word { scope, word } if (4..=MAX_FUZZY_CHARACTERS).contains(&word.chars().count()) => {
            Some(Node::Fuzzy { scope: *scope, word: word.clone() })
        }
        _ => None,
    }
}

/// Returns the parts with another in place of the one at `at`, or without it.
fn with(parts: &[Node], at: usize, other: Option<Node>) -> Vec<Node> {
    let mut parts = parts.to_vec();
    parts.splice(at..=at, other);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::{Article, ArticleId},
        document::Document,
        extract::Extraction,
        index::tantivy::TantivyEngine,
    };

    #[test]
    fn what_stands_in_the_way_is_named() {
        let engine = TantivyEngine::in_memory().unwrap();
        let mut writer = engine.writer().unwrap();
        for (id, body) in [("1", "peace talks"), ("2", "peace talks in the harbour"), ("3", "a tomahawk")] {
            let mut article = Article::new(ArticleId::given(id).unwrap());
            article.body = body.into();
            writer.put(&Document::new(article, Extraction::default())).unwrap();
        }
        writer.commit().unwrap();
        let told = |query: &str| {
            let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            let request = Parameters::from_pairs(&pairs).unwrap().request;
            let said = |it: Suggestion| {
                let without: Vec<&str> = it.without.iter().map(|given| given.name.as_str()).collect();
                let without =
                    if without.is_empty() { String::new() } else { format!(" without {}", without.join(" ")) };
                format!("{}{without}{}: {}", it.query, it.matching.map_or("", |_| " any"), it.total)
            };
            suggestions(&engine, &pairs, &request).into_iter().map(said).collect::<Vec<_>>()
        };
        assert_eq!(told("q=peace talks tomahawk"), ["peace AND talks: 2", "peace OR talks OR tomahawk any: 3"]);
        assert_eq!(told("q=harbuor"), ["harbuor~: 1"]);
        assert_eq!(told("q=peace nowhere -talks"), Vec::<String>::new());
        assert_eq!(told("q=person:nobody"), Vec::<String>::new());
        assert_eq!(told("q=peace&person=Nobody&from=2024&to=2025"), Vec::<String>::new());
        assert_eq!(told("q=peace&from=2024&to=2025&facets=people"), ["peace without from to: 2"]);
        assert_eq!(told("person=Nobody"), [" without person: 3"]);
    }
}
