//! Hard cases: paragraphs written for this project, a dozen for each kind of trouble, against what they say.
//!
//! `tests/fixtures/hard-cases.jsonl` holds the paragraphs, `tests/fixtures/hard-cases-floors.tsv` the F1 below which a kind of trouble may
//! not fall: of mentions (exact span and kind), and of the places whose country or position is told.

use std::{collections::BTreeMap, fs};

use morgue::{
    article::{Article, ArticleId},
    extract::{Extraction, Extractor, Mention, TextField, place::distance},
};
use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hard-cases.jsonl");
const FLOORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hard-cases-floors.tsv");
/// Kilometres within which a place is found.
const NEAR: f32 = 161.0;

/// Kind, headline or not, first and last code point.
type Span = (&'static str, bool, usize, usize);

#[derive(Default)]
struct Tally {
    right: usize,
    found: usize,
    there: usize,
    placed: usize,
    places: usize,
    wrong: Vec<String>,
}

#[test]
fn no_kind_of_trouble_falls_below_its_floor() {
    let extractor = Extractor::embedded().unwrap();
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for line in fs::read_to_string(CASES).unwrap().lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let tally = tallies.entry(case["trouble"].as_str().unwrap().to_owned()).or_default();
        measure(tally, &case, &extractor);
    }
    let floors = fs::read_to_string(FLOORS).unwrap();
    let mut fallen = Vec::new();
    for (trouble, tally) in &tallies {
        let f1 = 200.0 * tally.right as f64 / (tally.found + tally.there).max(1) as f64;
        let placed = 100.0 * tally.placed as f64 / tally.places.max(1) as f64;
        println!("{trouble}\t{f1:.1}\t{}", if tally.places == 0 { "-".to_owned() } else { format!("{placed:.1}") });
        let row = floors.lines().find(|line| line.split('\t').next() == Some(trouble.as_str()));
        let mut row = row.unwrap_or_else(|| panic!("no floor for `{trouble}`")).split('\t').skip(1);
        let floor = |text: Option<&str>| text.and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0);
        if f1 < floor(row.next()) || placed < floor(row.next()) {
            fallen.push(format!("{trouble}: {f1:.1} {placed:.1}\n  {}", tally.wrong.join("\n  ")));
        }
    }
    assert!(fallen.is_empty(), "below their floors:\n{}", fallen.join("\n"));
}

fn measure(tally: &mut Tally, case: &Value, extractor: &Extractor) {
    let mut article = Article::new(ArticleId::given("1").unwrap());
    article.title = case["title"].as_str().unwrap_or_default().to_owned();
    article.body = case["text"].as_str().unwrap().to_owned();
    article.language = case["language"].as_str().unwrap_or("en").to_owned();
    let extraction = extractor.extract(&article);
    let (found, there) = (found(&extraction), there(case, &article));
    for span in &found {
        if !there.contains(span) {
            tally.wrong.push(format!("+ {} {}", span.0, shown(&article, *span)));
        }
    }
    for span in there.iter().filter(|span| !found.contains(span)) {
        tally.wrong.push(format!("- {} {}", span.0, shown(&article, *span)));
    }
    tally.right += found.iter().filter(|span| there.contains(span)).count();
    tally.found += found.len();
    tally.there += there.len();
    for (name, places) in case["where"].as_object().into_iter().flatten() {
        // Two places of one name are a list.
        for place in places.as_array().map_or(std::slice::from_ref(places), Vec::as_slice) {
            tally.places += 1;
            if is_there(&extraction, name, place) {
                tally.placed += 1;
            } else {
                tally.wrong.push(format!("? {name} {place}"));
            }
        }
    }
}

fn found(extraction: &Extraction) -> Vec<Span> {
    let spans = |kind, mentions: &[Mention]| -> Vec<Span> {
        let span = |it: &Mention| (kind, it.field == TextField::Title, it.start as usize, it.end as usize);
        mentions.iter().map(span).collect()
    };
    let people = extraction.people.iter().flat_map(|it| spans("people", &it.mentions));
    let places = extraction.places.iter().flat_map(|it| spans("places", &it.mentions));
    let organizations = extraction.organizations.iter().flat_map(|it| spans("organizations", &it.mentions));
    people.chain(places).chain(organizations).collect()
}

/// Marks every form of the case, whole words only, the longest first.
fn there(case: &Value, article: &Article) -> Vec<Span> {
    let mut forms: Vec<(&'static str, Vec<char>)> = Vec::new();
    for kind in ["people", "places", "organizations"] {
        for written in case[kind].as_object().into_iter().flatten().flat_map(|(_, forms)| forms.as_array().unwrap()) {
            forms.push((kind, written.as_str().unwrap().chars().collect()));
        }
    }
    forms.sort_by_key(|(_, form)| std::cmp::Reverse(form.len()));
    let mut spans = Vec::new();
    for (text, title) in [(&article.title, true), (&article.body, false)] {
        let text: Vec<char> = text.chars().collect();
        let mut taken = vec![false; text.len()];
        for (kind, form) in &forms {
            for start in 0..(text.len() + 1).saturating_sub(form.len()) {
                let end = start + form.len();
                let apart = |at: Option<&char>| at.is_none_or(|c| !c.is_alphanumeric());
                let whole = apart(start.checked_sub(1).and_then(|at| text.get(at))) && apart(text.get(end));
                if text[start..end] == form[..] && whole && !taken[start..end].contains(&true) {
                    taken[start..end].fill(true);
                    spans.push((*kind, title, start, end));
                }
            }
        }
    }
    spans
}

fn shown(article: &Article, (_, title, start, end): Span) -> String {
    let text = if title { &article.title } else { &article.body };
    text.chars().skip(start).take(end - start).collect()
}

/// Says whether the place that the text calls so lies in the country, and near the position if one is given.
fn is_there(extraction: &Extraction, name: &str, place: &Value) -> bool {
    let called = extraction.places.iter().filter(|it| it.mentions.iter().any(|mention| mention.text == name));
    let country = place.as_str().or_else(|| place["country"].as_str());
    let position = place["lat"].as_f64().zip(place["lon"].as_f64());
    let mut there = called.filter(|it| it.country.as_deref() == country);
    there.any(|it| {
        position.is_none_or(|wanted| it.lat.zip(it.lon).is_some_and(|at| distance(single(wanted), single(at)) <= NEAR))
    })
}

fn single((lat, lon): (f64, f64)) -> (f32, f32) {
    (lat as f32, lon as f32)
}
