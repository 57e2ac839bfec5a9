//! What would have found something: the query without one of its parts, or with a word spelled nearly so.
//!
//! Asked only when nothing was found; bounded in number and in time.

use std::time::{Duration, Instant};

use super::answer::Suggestion;
use crate::{
    index::Engine,
    query::{Node, SearchRequest, understood},
    text::pattern::MAX_FUZZY_CHARACTERS,
};

/// The most parts of a query that are tried.
const MAX_TRIED: usize = 8;
/// The most suggestions.
const MAX_SUGGESTIONS: usize = 3;
/// How long it may take; what has been found by then is suggested.
const BUDGET: Duration = Duration::from_secs(1);

/// Returns queries that find something under the same filters, those that find most first.
pub(super) fn suggestions(engine: &dyn Engine, request: &SearchRequest) -> Vec<Suggestion> {
    let parts = match &request.query {
        Node::And(nodes) => nodes.clone(),
        node => vec![node.clone()],
    };
    let until = Instant::now() + BUDGET;
    let (mut dropped, mut respelled) = (Vec::new(), Vec::new());
    for (at, part) in parts.iter().enumerate().filter(|(_, part)| !matches!(part, Node::Not(_))).take(MAX_TRIED) {
        if let Some(near) = near_spellings(part)
            && let Some(found) = count(engine, request, &with(&parts, at, Some(near)), until)
        {
            respelled.push(Suggestion { dropped: None, respelled: Some(understood(part)), ..found });
        }
        let rest = with(&parts, at, None);
        if rest.iter().any(Node::ranks)
            && let Some(found) = count(engine, request, &rest, until)
        {
            dropped.push(Suggestion { dropped: Some(understood(part)), ..found });
        }
    }
    dropped.sort_by_key(|it| std::cmp::Reverse(it.total));
    // What was only misspelled is nearest to what was meant.
    respelled.extend(dropped);
    respelled.truncate(MAX_SUGGESTIONS);
    respelled
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

fn count(engine: &dyn Engine, request: &SearchRequest, parts: &[Node], until: Instant) -> Option<Suggestion> {
    if Instant::now() > until {
        return None;
    }
    let query = match parts {
        [one] => one.clone(),
        many => Node::And(many.to_vec()),
    };
    let written = understood(&query);
    let asked = SearchRequest {
        query,
        limit: 0,
        cursor: None,
        facets: Vec::new(),
        histogram: None,
        collapse: false,
        ..request.clone()
    };
    let total = engine.search(&asked).ok()?.total;
    (total > 0).then_some(Suggestion { query: written, total, dropped: None, respelled: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::{Article, ArticleId},
        document::Document,
        extract::Extraction,
        index::tantivy::TantivyEngine,
        query::parse,
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
            let found = suggestions(&engine, &SearchRequest::new(parse(query, false).node));
            found.into_iter().map(|it| format!("{}: {}", it.query, it.total)).collect::<Vec<_>>()
        };
        assert_eq!(told("peace talks tomahawk"), ["peace AND talks: 2"]);
        assert_eq!(told("harbuor"), ["harbuor~: 1"]);
        assert_eq!(told("peace nowhere -talks"), Vec::<String>::new());
        assert_eq!(told("person:nobody"), Vec::<String>::new());
    }
}
