//! `morgue evaluate`: how good the models are, on labelled text.

use std::path::PathBuf;

use super::{Outcome, Usage};
use crate::{
    cli::Evaluate,
    config::Config,
    extract::{gazetteer::Gazetteer, tagger::Tagger},
    train,
};

pub(super) fn run(config: &Config, what: Evaluate) -> anyhow::Result<Outcome> {
    match what {
        Evaluate::Entities { entities, annotated, model } => entities_of(config, entities, annotated, model),
        Evaluate::Places { files } => places(&files),
    }
}

/// Measures how near the places are that are chosen for names that are given.
fn places(files: &[PathBuf]) -> anyhow::Result<Outcome> {
    let gazetteer = Gazetteer::embedded()?;
    for file in files {
        let scores = train::places::evaluate(&gazetteer, file)?;
        println!(
            "{}: {:.1} % within 161 km, {:.1} % of the names that are known",
            file.display(),
            100.0 * scores.accuracy(),
            100.0 * scores.accuracy_of_known()
        );
    }
    Ok(Outcome::Well)
}

fn entities_of(
    config: &Config,
    entities: Option<PathBuf>,
    annotated: Option<PathBuf>,
    model: Option<PathBuf>,
) -> anyhow::Result<Outcome> {
    if entities.is_none() && annotated.is_none() {
        return Err(Usage("name what to measure on: --entities DIR, --annotated FILE, or both".to_owned()).into());
    }
    let tagger = match model {
        Some(path) => Tagger::from_bytes(&std::fs::read(path)?)?,
        None => Tagger::embedded()?,
    };
    let mut scores = Vec::new();
    if let Some(folder) = entities {
        scores.extend(train::entities::evaluate_corpora(&tagger, &folder)?);
    }
    if let Some(file) = annotated {
        scores.push(train::entities::evaluate_annotated(&tagger, &file)?);
    }
    if config.json {
        println!("{}", serde_json::to_string(&scores)?);
        return Ok(Outcome::Well);
    }
    println!(
        "{:<20} {:>7} {:>6} {:>6} {:>6}  {:>6} {:>6} {:>6}",
        "corpus", "names", "P", "R", "F1", "people", "places", "organ."
    );
    for score in scores {
        let [people, places, organizations] = score.by_kind;
        println!(
            "{:<20} {:>7} {:>6.1} {:>6.1} {:>6.1}  {people:>6.1} {places:>6.1} {organizations:>6.1}",
            score.corpus, score.names, score.precision, score.recall, score.f1
        );
    }
    Ok(Outcome::Well)
}
