//! Hard cases of finding names, by kind of trouble, and the shipped model against its floors.

use std::{collections::BTreeMap, path::PathBuf};

use morgue::{
    extract::{
        Extractor,
        tagger::{Kind, Tagger},
        thorough::Transformer,
    },
    train::{
        entities::{evaluate_annotated, evaluate_annotations, evaluate_corpora},
        places,
    },
};

const HARD: &str = include_str!("../fixtures/names.txt");
/// F1 over all hard cases below which the model must not fall, in per cent.
const HARD_FLOOR: f64 = 85.0;
/// Exact F1 by corpus below which the shipped model must not fall; the card gives what it reaches.
const FLOORS: [(&str, f64); 5] = [
    ("annotated fr", 80.0),
    ("annotated (dev)", 90.5),
    ("worldwide.dev", 81.0),
    ("finer-ord.val", 80.0),
    ("conll03.testb", 75.0),
];

/// F1 of recognition, share within 161 km, F1 from text to map, with demonyms: floors by corpus, in per cent.
const PLACE_FLOORS: [(&str, [f32; 3]); 2] = [("lgl", [81.5, 84.5, 69.5]), ("trnews", [89.5, 90.0, 83.5])];

/// The same at the thorough level.
const THOROUGH_HARD_FLOOR: f64 = 86.0;
const THOROUGH_FLOORS: [(&str, f64); 4] =
    [("annotated (dev)", 93.0), ("worldwide.dev", 83.0), ("finer-ord.val", 83.0), ("conll03.testb", 77.0)];

type Name = (usize, usize, Kind);

/// Takes the marks out of a paragraph: `[P:…]`, `[L:…]`, `[O:…]`.
fn unmarked(paragraph: &str) -> (String, Vec<Name>) {
    let (mut text, mut names, mut rest) = (String::new(), Vec::new(), paragraph);
    while let Some(open) = rest.find('[') {
        let close = open + rest[open..].find(']').unwrap();
        let kind = match &rest[open + 1..open + 3] {
            "P:" => Kind::Person,
            "L:" => Kind::Place,
            _ => Kind::Organization,
        };
        text.push_str(&rest[..open]);
        names.push((text.len(), text.len() + close - open - 3, kind));
        text.push_str(&rest[open + 3..close]);
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    (text, names)
}

fn thorough() -> Tagger {
    Tagger::embedded().unwrap().with_transformer(Transformer::embedded().unwrap())
}

#[test]
fn hard_cases_are_found_as_a_reader_finds_them() {
    let f1 = hard_cases(&Tagger::embedded().unwrap());
    assert!(f1 >= HARD_FLOOR, "{f1:.1} over all hard cases");
}

#[test]
fn the_thorough_level_finds_hard_cases_no_worse() {
    let f1 = hard_cases(&thorough());
    assert!(f1 >= THOROUGH_HARD_FLOOR, "{f1:.1} over all hard cases");
}

/// Returns F1 over all hard cases, in per cent.
fn hard_cases(tagger: &Tagger) -> f64 {
    // By kind of trouble: right, found, there.
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut trouble = "";
    for line in HARD.lines().filter(|line| !line.is_empty()) {
        if let Some(title) = line.strip_prefix("# ") {
            trouble = title;
            continue;
        }
        let (text, there) = unmarked(line);
        let found = tagger.tag(&[&text], Some("en")).remove(0);
        let found: Vec<Name> = found.iter().map(|it| (it.start as usize, it.end as usize, it.kind)).collect();
        let right = found.iter().filter(|name| there.contains(name)).count();
        for name in found.iter().filter(|name| !there.contains(name)) {
            println!("{trouble}: too much: {:?} `{}`", name.2, &text[name.0..name.1]);
        }
        for name in there.iter().filter(|name| !found.contains(name)) {
            println!("{trouble}: missed: {:?} `{}`", name.2, &text[name.0..name.1]);
        }
        let count = counts.entry(trouble).or_default();
        *count = [count[0] + right, count[1] + found.len(), count[2] + there.len()];
    }
    let f1 = |[right, found, there]: [usize; 3]| 200.0 * right as f64 / (found + there).max(1) as f64;
    let mut all = [0; 3];
    for (trouble, count) in &counts {
        println!("{trouble}: {:.0}", f1(*count));
        all = std::array::from_fn(|at| all[at] + count[at]);
    }
    assert!(counts.len() >= 15 && all[2] >= 100, "the cases were not read");
    f1(all)
}

fn shared() -> PathBuf {
    std::env::var_os("MORGUE_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from)
}

#[test]
fn places_keep_their_floors() {
    let folder = shared().join("data/places");
    if !folder.is_dir() {
        println!("not measured: `{}` is not there", folder.display());
        return;
    }
    let extractor = Extractor::embedded().unwrap();
    let method = places::Method { extractor: &extractor, with_demonyms: true };
    for (corpus, floors) in PLACE_FLOORS {
        let scores = places::evaluate(method, &folder.join(format!("{corpus}.jsonl"))).unwrap();
        let reached = [scores.recognition.f1(), scores.accuracy(), scores.end_to_end.f1()].map(|share| 100.0 * share);
        println!("{corpus}: {reached:.1?}");
        assert!(reached.iter().zip(floors).all(|(reached, floor)| *reached >= floor), "{corpus}: {reached:.1?}");
    }
}

#[test]
fn the_shipped_model_keeps_its_floors() {
    above(&Tagger::embedded().unwrap(), &FLOORS);
}

#[test]
fn the_thorough_level_keeps_its_floors() {
    if cfg!(debug_assertions) {
        println!("not measured: it takes minutes without optimisation; `cargo test --release` measures it");
    } else {
        above(&thorough(), &THOROUGH_FLOORS);
    }
}

fn above(tagger: &Tagger, floors: &[(&str, f64)]) {
    let shared = shared();
    let (corpora, annotated) = (shared.join("data/entities/dev"), shared.join("data/annotated/news.jsonl"));
    if !corpora.is_dir() || !annotated.is_file() {
        println!("not measured: `{}` is not there", corpora.display());
        return;
    }
    let mut scores = evaluate_corpora(tagger, &corpora).unwrap();
    scores.extend(evaluate_annotated(tagger, &annotated).unwrap());
    let french = PathBuf::from("data/annotations/french.jsonl");
    scores.extend(evaluate_annotations(tagger, &french, &[shared.join("data/news/masakhanews.jsonl.zst")]).unwrap());
    for (corpus, floor) in floors {
        let score = scores.iter().find(|score| score.corpus == *corpus).unwrap();
        assert!(score.exact.f1 >= *floor, "{corpus}: {} is below {floor}", score.exact.f1);
    }
}
