//! Training and measuring the tagger of people, places and organizations.

use std::{collections::HashSet, fs, path::Path};

use serde::Serialize;

use super::{
    Error,
    corpus::{self, Document, ranges},
    crf::{self, Example, Settings},
    failed,
};
use crate::extract::{
    features::{Context, Sentence, Words, candidates},
    lists::Lists,
    tagger::Tagger,
};

/// How much an annotated article counts beside a sentence of the open corpora.
const ANNOTATED_WEIGHT: f32 = 3.0;
const SETTINGS: Settings = Settings { bits: 19, epochs: 4, rate: 0.1, decay: 1e-6 };

/// What was trained on.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Documents.
    pub documents: usize,
    /// Words.
    pub words: usize,
    /// Size of the model, in bytes.
    pub bytes: usize,
}

/// Precision, recall and F1 of exact spans with their kind, 0 to 100.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// What was measured on.
    pub corpus: String,
    /// Names in it.
    pub names: usize,
    /// Share of the found that are right.
    pub precision: f64,
    /// Share of the names that are found.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// F1 of people, places and organizations.
    pub by_kind: [f64; 3],
}

/// Trains the tagger on every `*.bio` of a folder and the `train` part of the annotated articles, and writes the model.
pub fn train(corpora: &Path, annotated: &Path, output: &Path) -> Result<Report, Error> {
    let mut weighted: Vec<(Document, f32)> = Vec::new();
    for path in files(corpora)? {
        weighted.extend(corpus::bio(&path, true)?.into_iter().map(|document| (document, 1.0)));
    }
    let articles = corpus::annotated(annotated)?;
    let part = articles.iter().filter(|article| article.split == "train");
    weighted.extend(part.map(|article| (article.labelled(), ANNOTATED_WEIGHT)));
    let words = weighted.iter().flat_map(|(document, _)| document).map(|sentence| sentence.words.len()).sum();
    let lists = Lists::new();
    let examples: Vec<Example> =
        weighted.iter().flat_map(|(document, weight)| examples(document, *weight, &lists)).collect();
    let bytes = crf::train(&examples, &SETTINGS).to_bytes()?;
    fs::write(output, &bytes).map_err(|error| failed(output, error))?;
    Ok(Report { documents: weighted.len(), words, bytes: bytes.len() })
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, Error> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let mut files: Vec<_> = entries.filter_map(|it| it.ok().map(|it| it.path())).collect();
    files.retain(|path| path.extension().is_some_and(|it| it == "bio"));
    files.sort();
    if files.is_empty() {
        return Err(failed(folder, "there is no `*.bio` in it"));
    }
    Ok(files)
}

fn words_of(document: &Document, lists: &Lists) -> Words {
    let mut words = Words::default();
    for sentence in document {
        words.push(sentence.words.iter().map(String::as_str), lists);
    }
    words
}

/// Makes examples of a document: candidates with their features, all other tokens as "none" without any.
fn examples(document: &Document, weight: f32, lists: &Lists) -> Vec<Example> {
    let words = words_of(document, lists);
    let context = Context::of(&words);
    let mask = (1 << SETTINGS.bits) - 1;
    let mut examples = Vec::new();
    for (number, labelled) in document.iter().enumerate() {
        let sentence = Sentence::new(&words, &context, number, mask);
        let candidates = candidates(&words, number);
        let rows = candidates
            .iter()
            .enumerate()
            .map(|(at, candidate)| {
                let mut rows = Vec::new();
                if *candidate {
                    sentence.features(at, &mut rows);
                }
                rows
            })
            .collect();
        examples.push(Example { rows, labels: labelled.labels.clone(), weight });
    }
    examples
}

/// Measures the tagger on every `*.bio` of a folder.
pub fn evaluate_corpora(tagger: &Tagger, corpora: &Path) -> Result<Vec<Score>, Error> {
    let mut scores = Vec::new();
    for path in files(corpora)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        scores.push(score(&name, tagger, &corpus::bio(&path, false)?));
    }
    Ok(scores)
}

/// Measures the tagger on the `dev` part of annotated articles.
pub fn evaluate_annotated(tagger: &Tagger, path: &Path) -> Result<Score, Error> {
    let articles = corpus::annotated(path)?;
    let part = articles.iter().filter(|article| article.split == "dev");
    let documents: Vec<Document> = part.map(corpus::Annotated::labelled).collect();
    Ok(score("annotated (dev)", tagger, &documents))
}

fn score(name: &str, tagger: &Tagger, documents: &[Document]) -> Score {
    // By kind: right, found, there.
    let mut counts = [[0usize; 3]; 3];
    for document in documents {
        let words = words_of(document, tagger.lists());
        for (labels, sentence) in tagger.labels(&words).iter().zip(document) {
            let there: HashSet<_> = ranges(&sentence.labels).into_iter().collect();
            let kind = |base: u8| usize::from(base / 2);
            for found in ranges(labels) {
                counts[kind(found.2)][1] += 1;
                counts[kind(found.2)][0] += usize::from(there.contains(&found));
            }
            for name in &there {
                counts[kind(name.2)][2] += 1;
            }
        }
    }
    let f1 = |[right, found, there]: [usize; 3]| 200.0 * right as f64 / (found + there).max(1) as f64;
    let all = std::array::from_fn(|i| counts.iter().map(|it| it[i]).sum());
    let [right, found, there] = all;
    let share = |of: usize| (1000.0 * right as f64 / of.max(1) as f64).round() / 10.0;
    let rounded = |value: f64| (value * 10.0).round() / 10.0;
    Score {
        corpus: name.to_owned(),
        names: there,
        precision: share(found),
        recall: share(there),
        f1: rounded(f1(all)),
        by_kind: counts.map(|it| rounded(f1(it))),
    }
}
