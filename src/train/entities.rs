//! Training and measuring the tagger of people, places and organizations.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use serde::Serialize;

use super::{
    Error,
    corpus::{self, Document, Labelled, ranges},
    crf::{self, Example, Settings},
    failed,
};
use crate::extract::{
    document::{Context, Lexicon, Words},
    features::{self, FirstReading, Rows, Sentence, Votes},
    model::Model,
    tagger::{Reading, Tagger},
};

/// How much an annotated article counts beside a sentence of the open corpora.
const ANNOTATED_WEIGHT: f32 = 3.0;
const SETTINGS: Settings = Settings { bits: 20, epochs: 4, rate: 0.1, decay: 1e-6 };

/// The number of rows of the model, less one.
const MASK: u64 = (1 << SETTINGS.bits) - 1;
/// Parts of the articles that are read, each by a model of the others, to train the second stage.
const FOLDS: usize = 3;

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
    /// Annotations whose texts stand in `news`; those of the split `train` are used.
    pub annotations: Vec<PathBuf>,
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
    for path in &sources.annotations {
        articles.extend(corpus::joined(path, &sources.news)?);
    }
    for article in articles.iter().filter(|article| article.split == "train") {
        let document = article.labelled();
        weighted.extend(in_capitals(&document, &article.title).map(|headline| (headline, 1.0)));
        weighted.push((document, ANNOTATED_WEIGHT));
    }
    let words = weighted.iter().flat_map(|(document, _)| document).map(|sentence| sentence.words.len()).sum();
    let lexicon = Lexicon::embedded()?;
    let prepared: Vec<Prepared> = weighted.iter().map(|(document, _)| Prepared::new(document, &lexicon)).collect();
    let examples: Vec<Vec<Example>> = prepared
        .iter()
        .zip(&weighted)
        .map(|(prepared, (document, weight))| prepared.examples(document, *weight))
        .collect();
    let bytes = both_stages(&prepared, examples).to_bytes()?;
    fs::write(output, &bytes).map_err(|error| failed(output, error))?;
    Ok(Report { documents: weighted.len(), words, bytes: bytes.len() })
}

/// Returns the headline of an article in capitals, as a document of its own; `None` where it is written so, or missing.
fn in_capitals(document: &Document, title: &str) -> Option<Document> {
    let first = document.first().filter(|_| title.chars().any(char::is_lowercase))?;
    let words = first.words.iter().map(|word| word.to_uppercase()).collect();
    Some(vec![Labelled { words, labels: first.labels.clone() }])
}

/// Trains the first stage on everything, and the second on what the first finds in articles that it was not trained on:
/// every fold is read by a model of the others.
fn both_stages(prepared: &[Prepared], mut examples: Vec<Vec<Example>>) -> Model {
    let mut found: Vec<Vec<u8>> = vec![Vec::new(); prepared.len()];
    for fold in 0..FOLDS {
        let others = examples.iter().enumerate().filter(|(at, _)| at % FOLDS != fold);
        let others: Vec<&Example> = others.flat_map(|(_, examples)| examples).collect();
        let model = Model::new(&crf::train(&others, &Settings { epochs: SETTINGS.epochs - 1, ..SETTINGS }), None);
        for at in (fold..prepared.len()).step_by(FOLDS) {
            found[at] = prepared[at].labels(&model, &examples[at]);
        }
    }
    let all: Vec<&Example> = examples.iter().flatten().collect();
    let first = crf::train(&all, &SETTINGS);
    for ((prepared, examples), labels) in prepared.iter().zip(&mut examples).zip(&found) {
        prepared.read_again(labels, examples);
    }
    let all: Vec<&Example> = examples.iter().flatten().collect();
    Model::new(&first, Some(&crf::train(&all, &SETTINGS)))
}

pub(super) fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>, Error> {
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

/// A document looked up.
struct Prepared<'a> {
    words: Words<'a>,
    context: Context,
    reading: Reading,
}

impl<'a> Prepared<'a> {
    fn new(document: &'a Document, lexicon: &Lexicon) -> Self {
        let words = words_of(document, lexicon);
        Self { context: Context::of(&words), reading: Reading::new(&words), words }
    }

    /// Makes an example of each sentence: candidates with their features, all other tokens as "none" without any.
    fn examples(&self, document: &Document, weight: f32) -> Vec<Example> {
        let empty = |sentence: &Labelled| Example {
            rows: vec![Vec::new(); sentence.words.len()],
            labels: sentence.labels.clone(),
            weight,
        };
        let mut examples: Vec<Example> = document.iter().map(empty).collect();
        let mut rows = Rows::new(MASK);
        for (number, run) in &self.reading.runs {
            let range = self.words.sentences[*number].clone();
            let sentence = Sentence::new(&self.words, &self.context, range.clone());
            for at in run.words.clone() {
                rows.rows.clear();
                features::spelling(&self.words.all[at], &mut rows);
                if let Some(group) = self.context.group(at) {
                    features::group(&self.words, &self.context.groups[group], &mut rows);
                }
                sentence.token(at - range.start, &mut rows);
                examples[*number].rows[at - range.start].clone_from(&rows.rows);
            }
        }
        examples
    }

    /// Returns the labels that the first stage finds.
    fn labels(&self, model: &Model, examples: &[Example]) -> Vec<u8> {
        let mut sums = Vec::new();
        for (number, run) in &self.reading.runs {
            let start = self.words.sentences[*number].start;
            sums.extend(run.words.clone().map(|at| model.sum(&examples[*number].rows[at - start])));
        }
        let mut labels = vec![0; self.words.all.len()];
        self.reading.decode(model, 0, &sums, &mut labels);
        labels
    }

    /// Adds the features of the second reading to the examples.
    fn read_again(&self, labels: &[u8], examples: &mut [Example]) {
        let votes = &Votes::of(&self.words, &self.context, labels);
        let first = FirstReading { votes, labels };
        let mut rows = Rows::new(MASK);
        for (number, run) in &self.reading.runs {
            let range = &self.words.sentences[*number];
            for at in run.words.clone() {
                rows.rows.clear();
                features::second(&self.context, first, (range, at), &mut rows);
                examples[*number].rows[at - range.start].extend_from_slice(&rows.rows);
            }
        }
    }
}

/// Measures the tagger on every `*.bio` of a folder.
pub fn evaluate_corpora(tagger: &Tagger, corpora: &Path) -> Result<Vec<Score>, Error> {
    let mut scores = Vec::new();
    for path in files(corpora)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        scores.push(score(&name, (tagger, None), &corpus::bio(&path, false)?));
    }
    Ok(scores)
}

/// Measures the tagger on the `dev` part of annotated articles, by language.
pub fn evaluate_annotated(tagger: &Tagger, path: &Path) -> Result<Vec<Score>, Error> {
    Ok(by_language(tagger, &corpus::annotated(path)?))
}

/// Measures the tagger on the `dev` part of annotations whose texts stand in `news`, by language.
pub fn evaluate_annotations(tagger: &Tagger, path: &Path, news: &[PathBuf]) -> Result<Vec<Score>, Error> {
    Ok(by_language(tagger, &corpus::joined(path, news)?))
}

fn by_language(tagger: &Tagger, articles: &[corpus::Annotated]) -> Vec<Score> {
    let mut languages: BTreeMap<Option<&str>, Vec<Document>> = BTreeMap::new();
    for article in articles.iter().filter(|article| article.split == "dev") {
        let code = article.language().filter(|code| *code != "en");
        languages.entry(code).or_default().push(article.labelled());
    }
    let name = |code: Option<&str>| code.map_or("annotated (dev)".to_owned(), |code| format!("annotated {code}"));
    languages.into_iter().map(|(code, documents)| score(&name(code), (tagger, code), &documents)).collect()
}

/// Returns the seconds that this thread has run on a core, where the system tells (Linux), or else 0: what other programs do
/// at the same time must not count.
fn seconds_on_core() -> f64 {
    let on_core = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = on_core.and_then(|line| line.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or(0.0, |it| it / 1e9)
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

fn score(name: &str, (tagger, language): (&Tagger, Option<&str>), documents: &[Document]) -> Score {
    let (mut by_kind, mut overlap) = ([Counts::default(); 3], Counts::default());
    let clocks = (seconds_on_core(), Instant::now());
    let read = |document: &'_ Document| {
        let words = words_of(document, tagger.lexicon());
        let names = tagger.names_in(&words, language);
        (words.sentences, names)
    };
    let read: Vec<_> = documents.iter().map(read).collect();
    let seconds = [seconds_on_core() - clocks.0, clocks.1.elapsed().as_secs_f64()];
    let words: usize = read.iter().filter_map(|(sentences, _)| sentences.last()).map(|last| last.end).sum();
    for (document, (sentences, names)) in documents.iter().zip(&read) {
        for (range, sentence) in sentences.iter().zip(document) {
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
        // The system counts time on a core in steps of some milliseconds.
        words_per_second: (words as f64 / if seconds[0] > 0.1 { seconds[0] } else { seconds[1].max(1e-9) }) as u64,
    }
}
