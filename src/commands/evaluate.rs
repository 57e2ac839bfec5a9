//! `morgue evaluate`: how good the models are, on labelled text.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::{Outcome, Usage, sources};
use crate::{
    cli::{Evaluate, MeasuredEntities},
    config::Config,
    extract::{Extractor, tagger::Tagger, thorough::Transformer},
    train,
};

/// Measures what was asked for and prints the scores.
pub(super) fn run(config: &Config, what: Evaluate) -> anyhow::Result<Outcome> {
    sources::check(inputs(&what))?;
    match what {
        Evaluate::Entities(on) => entities(config, on),
        Evaluate::Topics { files, reading, topic_model, seen } => {
            super::topics::evaluate(config, &files, reading, (topic_model, &seen))
        }
        Evaluate::Html { file, pages, errors } => html(config, &file, pages, errors),
        Evaluate::People { annotated, given, split, errors } => {
            people(config, &annotated, &split, train::people::Options { given, errors })
        }
        Evaluate::Places { files, with_demonyms, errors } => places(config, &files, (with_demonyms, errors)),
    }
}

/// Returns what is read.
fn inputs(what: &Evaluate) -> Vec<&PathBuf> {
    match what {
        Evaluate::Entities(on) => {
            let one = on.entities.iter().chain(&on.annotated).chain(&on.model);
            one.chain(&on.transformer).chain(&on.annotations).chain(&on.news).collect()
        }
        Evaluate::Topics { files, reading, topic_model, seen } => {
            files.iter().chain(&reading.labels).chain(topic_model).chain(seen).collect()
        }
        Evaluate::Html { file, pages, .. } => [file].into_iter().chain(pages).collect(),
        Evaluate::People { annotated, .. } => vec![annotated],
        Evaluate::Places { files, .. } => files.iter().collect(),
    }
}

/// Measures how well web pages are read, by halves: the errors of one were looked at, the other was left alone.
fn html(config: &Config, file: &Path, pages: Option<PathBuf>, errors: bool) -> anyhow::Result<Outcome> {
    let stem = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        path.with_file_name(name.split(".jsonl").next().unwrap_or_default().to_owned() + ".warc.gz")
    };
    let pages = pages.unwrap_or_else(|| stem(file));
    let measured = train::html::evaluate(file, &pages)?;
    if errors {
        for page in measured.iter().filter(|page| page.open) {
            for [what, wanted, read] in &page.errors {
                super::say(format_args!("{}\t{what}\t{wanted}\t{read}", page.id))?;
            }
        }
        return Ok(Outcome::Well);
    }
    let of = |open: &[bool]| train::html::scores(measured.iter().filter(|page| open.contains(&page.open)));
    let halves = [("looked at", of(&[true])), ("left alone", of(&[false])), ("all", of(&[true, false]))];
    if config.json {
        super::say(format_args!("{}", serde_json::json!(BTreeMap::from(halves))))?;
        return Ok(Outcome::Well);
    }
    super::say(format_args!(
        "{:<12} {:>6} {:>6} {:>6} {:>6} {:>7} {:>7} {:>7}",
        "half", "pages", "P", "R", "F1", "title", "authors", "date"
    ))?;
    for (name, scores) in halves {
        let [precision, recall, f1] = scores.body;
        let share = |(right, all): (usize, usize)| right as f64 / all.max(1) as f64;
        super::say(format_args!(
            "{name:<12} {:>6} {precision:>6.3} {recall:>6.3} {f1:>6.3} {:>7.3} {:>7.3} {:>7.3}",
            scores.pages,
            share(scores.titles),
            share(scores.authors),
            share(scores.dates)
        ))?;
    }
    Ok(Outcome::Well)
}

/// Measures whether each person, place and organization of an article is listed once and under its name.
fn people(config: &Config, file: &Path, split: &str, options: train::people::Options) -> anyhow::Result<Outcome> {
    let scores = train::people::evaluate(&Extractor::embedded()?, file, split, options)?;
    if config.json {
        super::say(format_args!("{}", serde_json::to_string(&scores)?))?;
        return Ok(Outcome::Well);
    }
    super::say(format_args!("{:<14} {:>7} {:>6} {:>6} {:>6} {:>8}", "entries", "there", "P", "R", "F1", "B-cubed"))?;
    for it in &scores {
        super::say(format_args!(
            "{:<14} {:>7} {:>6.1} {:>6.1} {:>6.1} {:>8.1}",
            it.kind, it.entries, it.precision, it.recall, it.f1, it.b_cubed
        ))?;
    }
    for (kind, line) in scores.iter().flat_map(|it| it.errors.iter().map(|line| (it.kind, line))) {
        super::say(format_args!("{kind} {line}"))?;
    }
    Ok(Outcome::Well)
}

/// Measures which places are recognised, and how near the spots are that are chosen for them.
fn places(config: &Config, files: &[PathBuf], (with_demonyms, errors): (bool, bool)) -> anyhow::Result<Outcome> {
    let extractor = Extractor::embedded()?;
    let method = train::places::Method { extractor: &extractor, with_demonyms };
    let mut scores = BTreeMap::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        scores.insert(name, train::places::evaluate(method, file)?);
    }
    if config.json {
        super::say(format_args!("{}", serde_json::to_string(&scores)?))?;
        return Ok(Outcome::Well);
    }
    super::say(format_args!(
        "{:<12} {:>6}  {:>21}  {:>8} {:>8} {:>7}  {:>21}",
        "", "", "recognised", "≤ 161 km", "of known", "median", "end to end"
    ))?;
    super::say(format_args!(
        "{:<12} {:>6}  {:>6} {:>6} {:>6}   {:>8} {:>8} {:>7}  {:>6} {:>6} {:>6}",
        "corpus", "marked", "P", "R", "F1", "%", "%", "km", "P", "R", "F1"
    ))?;
    for (name, it) in &scores {
        let counts = |it: &train::places::Counts| [it.precision(), it.recall(), it.f1()].map(|it| 100.0 * it);
        let ([p, r, f1], [ends_p, ends_r, ends_f1]) = (counts(&it.recognition), counts(&it.end_to_end));
        let (all, known) = (100.0 * it.accuracy(), 100.0 * it.accuracy_of_known());
        super::say(format_args!(
            "{name:<12} {:>6}  {p:>6.1} {r:>6.1} {f1:>6.1}   {all:>8.1} {known:>8.1} {:>7.0}  {ends_p:>6.1} {ends_r:>6.1} {ends_f1:>6.1}",
            it.recognition.marked, it.median_km
        ))?;
    }
    for line in scores.values().filter(|_| errors).flat_map(|it| &it.errors) {
        super::say(format_args!("{line}"))?;
    }
    Ok(Outcome::Well)
}

/// Loads what is measured: models that come with the program, or others in their place.
fn tagger(model: Option<&Path>, thorough: bool, transformer: Option<&Path>) -> anyhow::Result<Tagger> {
    let fast = match model {
        Some(path) => Tagger::from_bytes(&std::fs::read(path)?)?,
        None => Tagger::embedded()?,
    };
    Ok(match transformer {
        Some(path) => fast.with_transformer(Transformer::from_bytes(&std::fs::read(path)?)?),
        None if thorough => fast.with_transformer(Transformer::embedded()?),
        None => fast,
    })
}

fn entities(config: &Config, on: MeasuredEntities) -> anyhow::Result<Outcome> {
    if on.entities.is_none() && on.annotated.is_none() && on.annotations.is_empty() {
        let advice = "name what to measure on: --entities DIR, --annotated FILE, --annotations FILE --news PATH";
        return Err(Usage(advice.to_owned()).into());
    }
    let tagger = tagger(on.model.as_deref(), on.thorough, on.transformer.as_deref())?;
    let mut scores = Vec::new();
    if let Some(folder) = on.entities {
        scores.extend(train::entities::evaluate_corpora(&tagger, &folder)?);
    }
    if let Some(file) = on.annotated {
        scores.extend(train::entities::evaluate_annotated(&tagger, &file)?);
    }
    for file in on.annotations {
        scores.extend(train::entities::evaluate_annotations(&tagger, &file, &on.news)?);
    }
    if config.json {
        super::say(format_args!("{}", serde_json::to_string(&scores)?))?;
        return Ok(Outcome::Well);
    }
    super::say(format_args!(
        "{:<16} {:>6}  {:>5} {:>5} {:>5}  {:>7}  {:>6} {:>6} {:>6}  {:>9}",
        "corpus", "names", "P", "R", "F1", "overlap", "people", "places", "organ.", "words/s"
    ))?;
    for score in scores {
        let [people, places, organizations] = score.by_kind.map(|it| it.f1);
        let exact = score.exact;
        super::say(format_args!(
            "{:<16} {:>6}  {:>5.1} {:>5.1} {:>5.1}  {:>7.1}  {people:>6.1} {places:>6.1} {organizations:>6.1}  {:>9}",
            score.corpus,
            score.names,
            exact.precision,
            exact.recall,
            exact.f1,
            score.overlap.f1,
            score.words_per_second
        ))?;
    }
    Ok(Outcome::Well)
}
