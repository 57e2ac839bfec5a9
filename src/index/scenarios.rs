//! One suite of scenarios that every engine must answer alike; nothing but tests sees it.

#![cfg(test)]

use std::ops::ControlFlow;

use super::{Engine, Results};
use crate::{
    article::{Article, ArticleId},
    document::{Document, Facet},
    extract::Extraction,
    query::{DayRange, FacetRequest, Filter, Interval, Node, SearchRequest, Sort, Undated, parse},
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
    patterns(engine);
    nearness(engine);
    names_and_dates(engine);
    labels(engine);
    facets(engine);
    own_filters(engine);
    dates_of_lesser_precision(engine);
    pages(engine);
    counts_equal_brute_force(engine);
    updates(engine, writer.as_mut());
    endless_pages(engine, writer.as_mut());
    pages_while_articles_come(engine, writer.as_mut());
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
        ("-\"was red\"", "abdef"),
        ("red -\"was red\" -\"was lost\"", "a"),
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
        ("東", "f"),
        ("the-line", "c"),
        ("a-red-lines", "a"),
        ("\"a-red-lines\"", ""),
        ("*", "abcdef"),
        ("title:*", "abcdef"),
        ("-*", ""),
        ("the of", "ad"),
    ] {
        assert_eq!(ids(engine, query), expected, "{query}");
    }
}

/// What is filed by its code is found by its name, too.
fn labels(engine: &dyn Engine) {
    for (query, expected) in [
        ("language:japanese", "f"),
        ("language:ja", "f"),
        ("language:JAP*", "f"),
        ("language:german", ""),
        ("-language:english", "f"),
    ] {
        assert_eq!(ids(engine, query), expected, "{query}");
    }
    assert_eq!(engine.suggest(Facet::Languages, "jap", 5).unwrap(), [("ja".to_owned(), 1)]);
}

fn patterns(engine: &dyn Engine) {
    for (query, expected) in [
        ("o'bri*", "c"),
        ("O’Br?en", "c"),
        ("red-li*", "a"),
        ("re?-l*e", "a"),
        ("h*r*b*o*u*r", "ab"),
        ("*", "abcdef"),
        ("caf?", ""),
        ("caf* el?n", "b"),
        ("?afe", "b"),
        ("東京*", "f"),
        ("*京都", "f"),
        ("東?都", "f"),
        ("東?議", ""),
        ("東*議", "f"),
        ("title:pea*", "b"),
        ("body:pea*", "a"),
        ("\u{1}entalk*", ""),
        ("presadent~ -presidancy~", ""),
        ("strkie~", "a"),
        ("red~", "ac"),
        ("person:bran*", "ac"),
        ("person:brnadt~", "ac"),
        ("person:kenjo~", "f"),
    ] {
        assert_eq!(ids(engine, query), expected, "{query}");
    }
    // What is costly is bounded, not slow.
    for query in
        ["?*?*?*a?*?*?*?*", &"a* OR ".repeat(20_000), &format!("{}~", "presiden".repeat(5)), &"(".repeat(100_000)]
    {
        let started = std::time::Instant::now();
        let mut request = SearchRequest::new(parse(query, false).node);
        request.limit = 0;
        engine.search(&request).unwrap();
        assert!(started.elapsed().as_secs() < 5, "{query:.20}");
    }
}

fn nearness(engine: &dyn Engine) {
    for (query, expected) in [
        ("docker NEAR/1 talk", "a"),
        ("talks NEAR/1 dockers", "a"),
        ("docker NEAR/1 peace", ""),
        ("docker NEAR/2 peace", "a"),
        ("\"red line\" NEAR/2 drawn", "a"),
        ("\"red line\" NEAR/0 drawn", ""),
        ("\"lines\" NEAR/5 red", ""),
        ("red NEAR/1 red", ""),
        ("line NEAR/1 was NEAR/1 red", "ac"),
        ("title:(peace NEAR/3 harbour)", "b"),
        ("body:(peace NEAR/3 harbour)", ""),
        ("dock* NEAR/2 peace", "a"),
        ("talks -(docker NEAR/1 talk)", "b"),
    ] {
        assert_eq!(ids(engine, query), expected, "{query}");
    }
}

fn names_and_dates(engine: &dyn Engine) {
    for (query, expected) in [
        ("person:kos", "abd"),
        ("person:\"Jan Kos\"", "abd"),
        ("person:\"Jan Brandt\"", ""),
        // In a row and in this order, and in one name: `a` has Jan Kos and Ada Brandt.
        ("person:\"Kos Jan\"", ""),
        ("person:(kos jan)", "abd"),
        ("person:(kos brandt)", ""),
        ("person:(kos OR brandt)", "abcd"),
        ("person:(ada -kos)", "c"),
        ("person:kos person:brandt", "a"),
        ("person:(j* kos)", "abd"),
        ("person:*", "abcdf"),
        ("-person:*", "e"),
        ("published:*", "abcdf"),
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

/// A facet's own filter is ignored by its counts if it has one value an article, and only then; exclusions never are.
fn own_filters(engine: &dyn Engine) {
    let all = |facet| FacetRequest { facet, limit: 10, prefix: String::new() };
    let mut request = SearchRequest::new(Node::All);
    request.facets = vec![all(Facet::People), all(Facet::Sources), all(Facet::Years), all(Facet::Languages)];
    request.filters = vec![filter(Facet::Sources, "Herald", false), filter(Facet::Sources, "Courier", true)];
    let results = engine.search(&request).unwrap();
    assert_eq!(results.total, 3);
    assert_eq!(results.facets[&Facet::Sources].values, [("Herald".to_owned(), 3)]);
    request.filters = vec![filter(Facet::People, "Ada Brandt", false), filter(Facet::Languages, "ja", false)];
    let results = engine.search(&request).unwrap();
    assert_eq!(results.total, 0);
    assert_eq!(results.facets[&Facet::People].distinct, 0);
    assert_eq!(results.facets[&Facet::Languages].values, [("en".to_owned(), 2)]);
    request.filters = vec![filter(Facet::Languages, "en", false), filter(Facet::Languages, "ja", false)];
    request.range = parse("published:2024", false).node.into_range();
    let results = engine.search(&request).unwrap();
    assert_eq!(results.total, 3);
    let years: Vec<_> = results.facets[&Facet::Years].values.iter().map(|it| (it.0.as_str(), it.1)).collect();
    assert_eq!(years, [("2024", 3), ("1998", 1), ("2025", 1)]);
    request.filters.clear();
    (request.stories, request.excluded_stories) = (vec!["a".into(), "b".into()], vec!["b".into()]);
    assert_eq!(listed(&engine.search(&request).unwrap()), "a");
    let mut request = SearchRequest::new(Node::All);
    request.facets = vec![FacetRequest { facet: Facet::People, limit: 10, prefix: "KO".into() }];
    let people = engine.search(&request).unwrap().facets.remove(&Facet::People).unwrap();
    // The spelling that is met most often stands for all.
    assert_eq!((people.values, people.distinct), (vec![("Jan Kos".to_owned(), 3)], 1));
}

/// A date of lesser precision is an interval: it lies in every range that it touches.
fn dates_of_lesser_precision(engine: &dyn Engine) {
    for (range, undated, expected) in [
        ("1998-03", Undated::Include, "d"),
        ("1997..1998-01-01", Undated::Include, "d"),
        ("2024-04-30", Undated::Include, "c"),
        ("2024-03-31..2024-04-01", Undated::Include, "c"),
        ("..1997", Undated::Include, ""),
        ("0001..9999", Undated::Include, "abcdf"),
        ("0001..9999", Undated::Only, ""),
    ] {
        let mut request = SearchRequest::new(Node::All);
        request.range = parse(&format!("published:{range}"), false).node.into_range();
        request.undated = undated;
        assert_eq!(listed(&engine.search(&request).unwrap()), expected, "{range}");
    }
    let mut request = SearchRequest::new(Node::All);
    for (interval, expected) in [
        (Interval::Day, "1998 2024-03-05 2024-03-06 2024-04 2025-01-01"),
        (Interval::Month, "1998 2024-03 2024-04 2025-01"),
        (Interval::Year, "1998 2024 2025"),
    ] {
        request.histogram = Some(interval);
        let histogram = engine.search(&request).unwrap().histogram.unwrap();
        let from: Vec<&str> = histogram.buckets.iter().map(|it| it.0.as_str()).collect();
        assert_eq!((from.join(" ").as_str(), histogram.undated), (expected, 1));
    }
    for (undated, expected) in [(Undated::Only, "e"), (Undated::Exclude, "abcdf")] {
        request.undated = undated;
        assert_eq!(listed(&engine.search(&request).unwrap()), expected);
    }
}

/// Files articles about tidewater, one like the other, of 700 stories.
pub(super) fn fill(engine: &dyn Engine, count: usize) {
    fill_with(engine.writer().unwrap().as_mut(), count);
}

fn fill_with(writer: &mut dyn super::Writer, count: usize) {
    for i in 0..count {
        let published = ["2020-01-01", "2020-01-02", "", "2020"][i % 4];
        let mut filler = document(&format!("z{i}"), "Tidewater", &"lock ".repeat(i % 3 + 1), published, "", &[]);
        filler.story = format!("s{}", i % 700);
        writer.put(&filler).unwrap();
        if i % 900 == 0 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
}

/// Articles that come and go between two pages neither repeat nor lose others.
fn pages_while_articles_come(engine: &dyn Engine, writer: &mut dyn super::Writer) {
    for sort in [Sort::Relevance, Sort::Newest] {
        let mut request = SearchRequest::new(parse("tidewater", false).node);
        (request.limit, request.sort) = (100, sort);
        let mut seen = Vec::new();
        for page in 0.. {
            let results = engine.search(&request).unwrap();
            seen.extend(results.hits.iter().map(|hit| hit.document.article.id.to_string()));
            request.cursor = results.next;
            if request.cursor.is_none() {
                break;
            }
            if page == 3 {
                let gone = ArticleId::given(if sort == Sort::Relevance { "z999" } else { "z998" }).unwrap();
                assert!(!seen.contains(&gone.to_string()));
                writer.delete(&gone).unwrap();
                let added = document(&format!("y{sort:?}"), "Tidewater", "A tidewater.", "2021", "", &[]);
                writer.put(&added).unwrap();
                writer.commit().unwrap();
            }
        }
        let old = seen.iter().filter(|id| id.starts_with('z')).count();
        seen.sort();
        seen.dedup();
        let expected = if sort == Sort::Relevance { 2_499 } else { 2_498 };
        assert_eq!((old, seen.iter().filter(|id| id.starts_with('z')).count()), (expected, expected), "{sort:?}");
    }
}

/// Pages to the very end give each match once, whatever the order, over several segments and many ties.
fn endless_pages(engine: &dyn Engine, writer: &mut dyn super::Writer) {
    const COUNT: usize = 2_500;
    fill_with(writer, COUNT);
    for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
        for collapse in [false, true] {
            let mut request = SearchRequest::new(parse("tidewater", false).node);
            (request.limit, request.sort, request.collapse) = (97, sort, collapse);
            let mut seen = Vec::new();
            loop {
                let results = engine.search(&request).unwrap();
                assert_eq!((results.total, results.stories), (COUNT as u64, collapse.then_some(700)));
                seen.extend(results.hits.iter().map(|hit| hit.document.article.id.to_string()));
                request.cursor = results.next;
                if request.cursor.is_none() {
                    break;
                }
            }
            let expected = if collapse { 700 } else { COUNT };
            assert_eq!(seen.len(), expected, "{sort:?} {collapse}");
            let mut scanned = Vec::new();
            engine
                .scan(&request, &mut |document| {
                    scanned.push(document.article.id.to_string());
                    ControlFlow::Continue(())
                })
                .unwrap();
            if sort == Sort::Relevance {
                scanned.sort();
                seen.sort();
            }
            assert_eq!(scanned, seen, "{sort:?} {collapse}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), expected, "{sort:?} {collapse}");
        }
    }
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
    assert_eq!((results.total, results.stories, results.hits.len()), (2, Some(1), 1));
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
