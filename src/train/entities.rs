//! Training and measuring the tagger of people, places and organizations.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use serde::Serialize;

use super::{
    Error,
    corpus::{self, Document, ranges},
    crf::{self, Example, Settings},
    failed,
};
use crate::extract::{
    document::{Context, Lexicon, Words, candidates},
    features::{self, Rows, Sentence},
    tagger::Tagger,
};

/// How much an annotated article counts beside a sentence of the open corpora.
const ANNOTATED_WEIGHT: f32 = 3.0;
const SETTINGS: Settings = Settings { bits: 20, epochs: 4, rate: 0.1, decay: 1e-6 };

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

/// How well the names of a corpus are found, 0 to 100.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    /// What was measured on.
    pub corpus: String,
    /// Names in it.
    pub names: usize,
    /// Exact spans with their kind.
    pub exact: Figures,
    /// Spans that share a word with a name of the same kind.
    pub overlap: Figures,
    /// Exact: people, places and organizations.
    pub by_kind: [Figures; 3],
    /// Words tagged in a second, on one core.
    pub words_per_second: u64,
}

/// Shares in per cent, with one decimal.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Figures {
    /// Share of the found that are right.
    pub precision: f64,
    /// Share of the names that are found.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// What the tagger is trained on.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Folder of labelled corpora, `*.bio`.
    pub corpora: PathBuf,
    /// Annotated articles with their texts; those of the split `train` are used.
    pub annotated: PathBuf,
    /// Annotations whose texts stand in `news`.
    pub annotations: Option<PathBuf>,
    /// Files or folders of articles.
    pub news: Vec<PathBuf>,
}

/// Trains the tagger and writes the model.
pub fn train(sources: &Sources, output: &Path) -> Result<Report, Error> {
    let mut weighted: Vec<(Document, f32)> = Vec::new();
    for path in files(&sources.corpora)? {
        weighted.extend(corpus::bio(&path, true)?.into_iter().map(|document| (document, 1.0)));
    }
    let mut articles = corpus::annotated(&sources.annotated)?;
    if let Some(path) = &sources.annotations {
        articles.extend(corpus::joined(path, &sources.news)?);
    }
    let part = articles.iter().filter(|article| article.split == "train");
    weighted.extend(part.map(|article| (article.labelled(), ANNOTATED_WEIGHT)));
    let words = weighted.iter().flat_map(|(document, _)| document).map(|sentence| sentence.words.len()).sum();
    let lexicon = Lexicon::embedded()?;
    let examples: Vec<Example> =
        weighted.iter().flat_map(|(document, weight)| examples(document, *weight, &lexicon)).collect();
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

fn words_of<'a>(document: &'a Document, lexicon: &Lexicon) -> Words<'a> {
    let mut words = Words::default();
    for sentence in document {
        words.push(sentence.words.iter().map(String::as_str), lexicon);
    }
    words
}

/// Makes examples of a document: candidates with their features, all other tokens as "none" without any.
fn examples(document: &Document, weight: f32, lexicon: &Lexicon) -> Vec<Example> {
    let words = words_of(document, lexicon);
    let context = Context::of(&words);
    let mut rows = Rows::new((1 << SETTINGS.bits) - 1);
    let mut wanted = Vec::new();
    let mut examples = Vec::new();
    for (range, labelled) in words.sentences.iter().zip(document) {
        let sentence = Sentence::new(&words, &context, range.clone());
        candidates(&words.all[range.clone()], &mut wanted);
        let features = wanted.iter().enumerate().map(|(at, wanted)| {
            rows.rows.clear();
            if *wanted {
                features::spelling(&words.all[range.start + at], &mut rows);
                if let Some(group) = context.group(range.start + at) {
                    features::group(&words, &context.groups[group], &mut rows);
                }
                sentence.token(at, &mut rows);
            }
            rows.rows.clone()
        });
        examples.push(Example { rows: features.collect(), labels: labelled.labels.clone(), weight });
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

/// Names that are right, found, and there.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    right: usize,
    right_names: usize,
    found: usize,
    there: usize,
}

impl Counts {
    fn figures(self) -> Figures {
        let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
        let (precision, recall) = (share(self.right, self.found), share(self.right_names, self.there));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        let rounded = |value: f64| (value * 1000.0).round() / 10.0;
        Figures { precision: rounded(precision), recall: rounded(recall), f1: rounded(f1) }
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.right_names += other.right_names;
        self.found += other.found;
        self.there += other.there;
    }
}

type Span = (usize, usize, u8);

/// Counts the names of a sentence for which `same` holds between found and there.
fn count(found: &[Span], there: &[Span], same: impl Fn(&Span, &Span) -> bool) -> Counts {
    Counts {
        right: found.iter().filter(|it| there.iter().any(|name| same(it, name))).count(),
        right_names: there.iter().filter(|name| found.iter().any(|it| same(it, name))).count(),
        found: found.len(),
        there: there.len(),
    }
}

fn score(name: &str, tagger: &Tagger, documents: &[Document]) -> Score {
    let (mut by_kind, mut overlap, mut words_seen) = ([Counts::default(); 3], Counts::default(), 0);
    let mut seconds = 0.0;
    for document in documents {
        let clock = Instant::now();
        let words = words_of(document, tagger.lexicon());
        let names = tagger.names(&words);
        seconds += clock.elapsed().as_secs_f64();
        words_seen += words.all.len();
        for (range, sentence) in words.sentences.iter().zip(document) {
            let within = names.iter().filter(|name| range.contains(&name.0));
            let found: Vec<Span> =
                within.map(|name| (name.0 - range.start, name.1 - range.start, name.2.begin())).collect();
            let there = ranges(&sentence.labels);
            for (kind, counts) in by_kind.iter_mut().enumerate() {
                let of_kind = |spans: &[Span]| -> Vec<Span> {
                    spans.iter().copied().filter(|span| usize::from(span.2 / 2) == kind).collect()
                };
                counts.add(count(&of_kind(&found), &of_kind(&there), |a, b| a == b));
            }
            overlap.add(count(&found, &there, |a, b| a.2 == b.2 && a.0 < b.1 && b.0 < a.1));
        }
    }
    let mut exact = Counts::default();
    for counts in by_kind {
        exact.add(counts);
    }
    Score {
        corpus: name.to_owned(),
        names: exact.there,
        exact: exact.figures(),
        overlap: overlap.figures(),
        by_kind: by_kind.map(Counts::figures),
        words_per_second: (words_seen as f64 / f64::max(seconds, 1e-9)) as u64,
    }
}
