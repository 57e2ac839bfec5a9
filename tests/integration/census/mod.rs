//! Random searches, each compared with a count over the archive's own export that shares no code with the index: words are
//! split, folded and compared here once more, and every article is looked at.

mod question;
mod record;

use std::collections::{BTreeMap, HashSet};

use morgue::{index::tantivy::TantivyEngine, search};
use serde_json::Value;

use crate::archive::TestArchive;
use question::{Question, Random};
use record::{FACETS, Record, fold};

/// How many questions are asked of each archive.
const QUESTIONS: usize = 200;
/// As many values of a facet as one answer can have.
const MOST_VALUES: usize = 1_000;

#[test]
fn the_samples_are_counted_as_a_reader_would() {
    let archive = TestArchive::of_samples();
    compare(&archive, &records(&archive));
}

/// Reuters is no part of the project: it is counted where it is there. Of its articles every ninth is taken, or as
/// `MORGUE_EVERY` says.
#[test]
fn reuters_is_counted_as_a_reader_would() {
    let shared = std::env::var("MORGUE_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let path = format!("{shared}/data/news/reuters21578.jsonl.zst");
    let Ok(packed) = std::fs::read(&path) else {
        eprintln!("not run: the Reuters articles are not there (`{path}`)");
        return;
    };
    let every: usize = std::env::var("MORGUE_EVERY").ok().and_then(|it| it.parse().ok()).unwrap_or(9);
    let text = String::from_utf8(zstd::stream::decode_all(packed.as_slice()).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().step_by(every.max(1)).collect();
    // One of the 21,578 has neither a title nor a text, and is no article.
    let (lines, empty): (Vec<&str>, Vec<&str>) = lines.into_iter().partition(|line| is_article(line));
    let archive = TestArchive::empty();
    let file = archive.file("reuters.jsonl", [lines.as_slice(), empty.as_slice()].concat().join("\n"));
    let first = archive.json(&["ingest", &file, "--json"]);
    let again = archive.json(&["ingest", &file, "--json"]);
    assert_eq!(again["counts"]["unchanged"], lines.len(), "{again}");
    assert_eq!(again["counts"]["rejected"], empty.len(), "{again}");
    eprintln!("{} articles: {}", lines.len(), first["counts"]);
    let records = records(&archive);
    assert_eq!(records.len(), lines.len());
    names_of_the_source_stand_on_their_articles(&lines, &records);
    compare(&archive, &records);
}

fn is_article(line: &str) -> bool {
    let source: Value = serde_json::from_str(line).unwrap();
    ["title", "body"].iter().any(|name| source[name].as_str().is_some_and(|text| !text.trim().is_empty()))
}

fn records(archive: &TestArchive) -> Vec<Record> {
    archive.export().iter().map(Record::of).collect()
}

fn names_of_the_source_stand_on_their_articles(lines: &[&str], records: &[Record]) {
    let by_id: BTreeMap<&str, &Record> = records.iter().map(|record| (record.id.as_str(), record)).collect();
    let mut names = 0;
    for line in lines {
        let source: Value = serde_json::from_str(line).unwrap();
        let record = by_id[source["id"].as_str().unwrap()];
        for (given, facet) in
            [("people", "people"), ("places", "places"), ("orgs", "organizations"), ("topics", "topics")]
        {
            for name in source[given].as_array().into_iter().flatten().filter_map(Value::as_str) {
                let name = fold(name);
                assert!(record.values[facet].iter().any(|value| fold(value) == name), "{} lacks {name}", record.id);
                names += 1;
            }
        }
    }
    eprintln!("{names} names of the source, each on its article");
}

/// Asks every question of the archive and of the records.
fn compare(archive: &TestArchive, records: &[Record]) {
    let engine = TantivyEngine::open(&archive.path()).unwrap();
    let mut random = Random::new(21_578);
    let (mut found, mut counted) = (0, 0);
    for number in 0..QUESTIONS {
        let question = Question::random(&mut random, records);
        let mut pairs = question.pairs();
        let counting =
            [("facets", FACETS.join(",")), ("facet_limit", MOST_VALUES.to_string()), ("limit", "100".into())];
        pairs.extend(counting.map(|(name, value)| (name.to_owned(), value)));
        let answer = search::search(&engine, &pairs).unwrap_or_else(|error| panic!("{pairs:?}: {error}"));
        let answer = serde_json::to_value(&answer).unwrap();
        let matching: Vec<&Record> = records.iter().filter(|record| question.matches(record, None)).collect();
        assert_eq!(answer["total"], matching.len(), "{number}: {pairs:?} {}", answer["query"]);
        for facet in FACETS {
            let counts = question.counts(facet, records);
            counted += counts.len();
            compare_facet(&answer["facets"][facet], &counts, &format!("{number}: {facet} of {pairs:?}"));
        }
        compare_histogram(&answer["histogram"], &matching, &format!("{number}: {pairs:?}"));
        compare_hits(&engine, &pairs, &answer, &matching);
        found += usize::from(!matching.is_empty());
    }
    eprintln!("{QUESTIONS} questions, {found} of them with answers, {counted} counts of values compared");
    assert!(found > QUESTIONS / 3, "too few of the questions find anything: {found}");
}

fn compare_facet(answered: &Value, counts: &BTreeMap<String, u64>, context: &str) {
    assert_eq!(answered["distinct"], counts.len(), "{context}");
    let values = answered["values"].as_array().unwrap();
    assert_eq!(values.len(), counts.len().min(MOST_VALUES), "{context}");
    let mut sorted: Vec<u64> = counts.values().copied().collect();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    for (value, expected) in values.iter().zip(sorted) {
        let name = value["value"].as_str().unwrap();
        assert_eq!(value["count"], expected, "{context}: {name}");
        assert_eq!(value["count"], counts[&fold(name)], "{context}: {name}");
    }
}

fn compare_histogram(answered: &Value, matching: &[&Record], context: &str) {
    let length = match answered["interval"].as_str().unwrap() {
        "day" => 10,
        "month" => 7,
        _ => 4,
    };
    let mut buckets: BTreeMap<&str, u64> = BTreeMap::new();
    for record in matching {
        if let Some(date) = &record.published {
            *buckets.entry(&date[..length.min(date.len())]).or_default() += 1;
        }
    }
    let answered_buckets = answered["buckets"].as_array().unwrap();
    let buckets_answered: BTreeMap<&str, u64> = answered_buckets
        .iter()
        .map(|bucket| (bucket["from"].as_str().unwrap(), bucket["count"].as_u64().unwrap()))
        .collect();
    assert_eq!(buckets_answered, buckets, "{context}");
    let undated = matching.iter().filter(|record| record.published.is_none()).count();
    assert_eq!(answered["undated"], undated, "{context}");
}

/// Follows the pages to the end: every match is there once.
fn compare_hits(engine: &TantivyEngine, pairs: &[(String, String)], first: &Value, matching: &[&Record]) {
    let (mut seen, mut pages) = (HashSet::new(), 0);
    let mut answer = first.clone();
    loop {
        for hit in answer["hits"].as_array().unwrap() {
            assert!(seen.insert(hit["id"].as_str().unwrap().to_owned()), "{} comes twice: {pairs:?}", hit["id"]);
        }
        pages += 1;
        let Some(cursor) = answer["next"].as_str().filter(|_| pages < 40) else { break };
        let asked = |(name, _): &&(String, String)| !name.starts_with("facet") && name != "histogram";
        let mut next: Vec<(String, String)> = pairs.iter().filter(asked).cloned().collect();
        next.push(("cursor".to_owned(), cursor.to_owned()));
        answer = serde_json::to_value(search::search(engine, &next).unwrap()).unwrap();
    }
    let known: HashSet<&str> = matching.iter().map(|record| record.id.as_str()).collect();
    assert!(seen.iter().all(|id| known.contains(id.as_str())), "{pairs:?}");
    if pages < 40 {
        assert_eq!(seen.len(), matching.len(), "{pairs:?}");
    }
}
