//! One suite of scenarios that every engine must answer alike.

use std::ops::ControlFlow;

use super::{Engine, Results};
use crate::{
    article::{Article, ArticleId},
    document::{Document, Facet},
    extract::Extraction,
    query::{DayRange, FacetRequest, Filter, Interval, Node, SearchRequest, Sort, parse},
};

fn document(id: &str, title: &str, body: &str, published: &str, source: &str, people: &[&str]) -> Document {
    let mut article = Article::new(ArticleId::given(id).unwrap());
    article.title = title.into();
    article.body = body.into();
    article.source = source.into();
    article.language = if title.contains('港') { "ja" } else { "en" }.into();
    article.published = published.parse().ok();
    article.people = people.iter().map(|it| (*it).into()).collect();
    Document::new(article, Extraction::default())
}

fn documents() -> Vec<Document> {
    vec![
        document(
            "a",
            "Harbour strike begins",
            "The dockers talked of peace. A red line was drawn.",
            "2024-03-05",
            "Courier",
            &["Jan Kos", "Ada Brandt"],
        ),
        document(
            "b",
            "Peace talks in the harbour",
            "Talks began on Monday at the Café Élan.",
            "2024-03-06T10:00:00Z",
            "Courier",
            &["Jan Kos"],
        ),
        document("c", "Election", "The mayor, O’Brien, lost. The line was red.", "2024-04", "Herald", &["Ada Brandt"]),
        document("d", "An old story", "Nothing is known of the day.", "1998", "Herald", &["JAN KOS"]),
        document("e", "Undated note", "A president and the presidency.", "", "", &[]),
        document("f", "港のストライキ", "東京都で会議が開かれた。", "2025-01-01", "Herald", &["Sato Kenji"]),
    ]
}

/// Runs every scenario on an empty engine.
pub(super) fn run(engine: &dyn Engine) {
    let mut writer = engine.writer().unwrap();
    for document in documents() {
        writer.put(&document).unwrap();
    }
    writer.commit().unwrap();
    words(engine);
    names_and_dates(engine);
    facets(engine);
    pages(engine);
    counts_equal_brute_force(engine);
    updates(engine, writer.as_mut());
}

fn ids(engine: &dyn Engine, query: &str) -> String {
    let mut request = SearchRequest::new(parse(query, false).node);
    request.limit = 100;
    listed(&engine.search(&request).unwrap())
}

fn listed(results: &Results) -> String {
    let mut ids: Vec<&str> = results.hits.iter().map(|hit| hit.document.article.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(results.total as usize, ids.len());
    ids.concat()
}

fn words(engine: &dyn Engine) {
    for (query, expected) in [
        ("", "abcdef"),
        ("talk", "ab"),
        ("\"talks\"", "b"),
        ("\"red line\"", "a"),
        ("red line", "ac"),
        ("cafe elan", "b"),
        ("title:peace", "b"),
        ("body:peace", "a"),
        ("peace -talks", ""),
        ("peace NOT title:talks", "a"),
        ("-harbour", "cdef"),
        ("strike OR election", "ac"),
        ("pres*", "e"),
        ("*dency", "e"),
        ("h?rbour", "ab"),
        ("presidant~", "e"),
        ("red NEAR/3 line", "ac"),
        ("mayor NEAR/2 red", ""),
        ("obrien", "c"),
        ("o'brien", "c"),
        ("東京", "f"),
        ("東京都", "f"),
        ("京東", ""),
    ] {
        assert_eq!(ids(engine, query), expected, "{query}");
    }
}

fn names_and_dates(engine: &dyn Engine) {
    for (query, expected) in [
        ("person:kos", "abd"),
        ("person:\"Jan Kos\"", "abd"),
        ("person:\"Jan Brandt\"", ""),
        ("source:courier", "ab"),
        ("published:2024-03", "ab"),
        ("published:2024-04-10", "c"),
        ("published:1998-03", "d"),
        ("published:..2000", "d"),
        ("published:2025..", "f"),
    ] {
        assert_eq!(ids(engine, query), expected, "{query}");
    }
}

fn filter(facet: Facet, value: &str, exclude: bool) -> Filter {
    Filter { facet, value: value.into(), exclude }
}

fn facets(engine: &dyn Engine) {
    let mut request = SearchRequest::new(Node::All);
    request.limit = 100;
    let all = |facet| FacetRequest { facet, limit: 10, prefix: String::new() };
    request.facets = vec![all(Facet::People), all(Facet::Sources), all(Facet::Years)];
    request.histogram = Some(Interval::Month);
    let results = engine.search(&request).unwrap();
    let people = &results.facets[&Facet::People];
    assert_eq!(people.values[0], ("Jan Kos".to_owned(), 3));
    assert_eq!(people.distinct, 3);
    let histogram = results.histogram.unwrap();
    let buckets: Vec<(&str, u64)> = histogram.buckets.iter().map(|(from, count)| (from.as_str(), *count)).collect();
    assert_eq!(buckets, [("1998", 1), ("2024-03", 2), ("2024-04", 1), ("2025-01", 1)]);
    assert_eq!(histogram.undated, 1);
    request.filters = vec![filter(Facet::People, "jan kos", false), filter(Facet::Sources, "courier", false)];
    let results = engine.search(&request).unwrap();
    assert_eq!(listed(&results), "ab");
    // Counts of a single-valued facet ignore its own filter, those of another do not.
    assert_eq!(results.facets[&Facet::Sources].values, [("Courier".to_owned(), 2), ("Herald".to_owned(), 1)]);
    assert_eq!(results.facets[&Facet::Years].values, [("2024".to_owned(), 2)]);
    request.filters = vec![filter(Facet::Sources, "Courier", false), filter(Facet::Sources, "Herald", false)];
    assert_eq!(listed(&engine.search(&request).unwrap()), "abcdf");
    request.filters = vec![filter(Facet::Sources, "Courier", true)];
    let results = engine.search(&request).unwrap();
    assert_eq!(listed(&results), "cdef");
    assert_eq!(results.facets[&Facet::Sources].values, [("Herald".to_owned(), 3)]);
    request.filters = Vec::new();
    request.range = parse("published:1998-03", false).node.into_range();
    assert_eq!(engine.search(&request).unwrap().facets[&Facet::Years].distinct, 3);
}

fn pages(engine: &dyn Engine) {
    for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
        let mut request = SearchRequest::new(Node::All);
        request.limit = 2;
        request.sort = sort;
        let mut seen = Vec::new();
        loop {
            let results = engine.search(&request).unwrap();
            assert_eq!(results.total, 6);
            seen.extend(results.hits.iter().map(|hit| hit.document.article.id.to_string()));
            request.cursor = results.next;
            if request.cursor.is_none() {
                break;
            }
        }
        match sort {
            Sort::Newest => assert_eq!(seen.concat(), "fcbade"),
            Sort::Oldest => assert_eq!(seen.concat(), "dabcfe"),
            Sort::Relevance => {
                seen.sort();
                assert_eq!(seen.concat(), "abcdef");
            }
        }
    }
}

fn counts_equal_brute_force(engine: &dyn Engine) {
    let mut all = Vec::new();
    engine
        .scan(&SearchRequest::new(Node::All), &mut |document| {
            all.push(document);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(all.len() as u64, engine.count().unwrap());
    for facet in Facet::ALL {
        let mut request = SearchRequest::new(Node::All);
        request.facets = vec![FacetRequest { facet, limit: 1_000, prefix: String::new() }];
        let counts = engine.search(&request).unwrap().facets.remove(&facet).unwrap();
        let filed: u64 = counts.values.iter().map(|(_, count)| count).sum();
        assert_eq!(filed as usize, all.iter().map(|document| document.values(facet).len()).sum::<usize>());
    }
}

fn updates(engine: &dyn Engine, writer: &mut dyn super::Writer) {
    let id = ArticleId::given("a").unwrap();
    let before = engine.known(&id).unwrap().unwrap();
    let changed = document("a", "Harbour strike ends", "All is well.", "2024-03-09", "Courier", &[]);
    writer.put(&changed).unwrap();
    writer.put(&changed).unwrap();
    writer.commit().unwrap();
    assert_eq!(engine.count().unwrap(), 6);
    assert_ne!(engine.known(&id).unwrap().unwrap(), before);
    assert_eq!(engine.get(&id).unwrap(), Some(changed.clone()));
    assert_eq!(engine.story_of_content(&changed.content_hash).unwrap().as_deref(), Some("a"));
    assert_eq!(ids(engine, "begins"), "");
    let mut copy = document("g", "Harbour strike ends", "All is well.", "2024-03-10", "Herald", &[]);
    copy.story = "a".into();
    writer.put(&copy).unwrap();
    writer.commit().unwrap();
    let mut request = SearchRequest::new(parse("harbour strike ends", false).node);
    request.collapse = true;
    let results = engine.search(&request).unwrap();
    assert_eq!((results.total, results.hits.len()), (2, 1));
    writer.delete(&id).unwrap();
    writer.commit().unwrap();
    assert_eq!(engine.get(&id).unwrap(), None);
    assert!(engine.suggest(Facet::People, "bra", 5).unwrap().contains(&("Ada Brandt".to_owned(), 1)));
}

impl Node {
    fn into_range(self) -> Option<DayRange> {
        match self {
            Self::Published(range) => Some(range),
            _ => None,
        }
    }
}
