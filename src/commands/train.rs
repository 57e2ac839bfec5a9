//! `morgue train`: models anew from corpora.

use std::path::PathBuf;

use super::{Outcome, sources};
use crate::{
    cli::{Thorough, Train},
    config::Config,
    extract::gazetteer::Gazetteer,
    train,
};

/// Makes a model or table anew and says how large it became.
pub(super) fn run(config: &Config, what: Train) -> anyhow::Result<Outcome> {
    sources::check(inputs(&what))?;
    match what {
        Train::Entities { entities, annotated, annotations, news, output } => {
            let sources = train::entities::Sources { corpora: entities, annotated, annotations, news };
            let report = train::entities::train(&sources, &output)?;
            if config.json {
                super::say(format_args!("{}", serde_json::to_string(&report)?))?;
            } else {
                super::say(format_args!(
                    "{} documents, {} words, {} bytes in `{}`; now `morgue evaluate entities`, and its scores into the card",
                    report.documents,
                    report.words,
                    report.bytes,
                    output.display()
                ))?;
            }
        }
        Train::Thorough { what } => thorough(what)?,
        Train::Topics(typed) => return super::topics::train(config, typed),
        Train::Keywords { files, output } => super::say(format_args!("{}", train::keywords::build(&files, &output)?))?,
        Train::Vocabulary { file, output } => {
            let concepts = train::topics::vocabulary::build(&file, &output)?;
            super::say(format_args!("{concepts} concepts in `{}`", output.display()))?;
        }
        Train::Clusters { encoder, output } => {
            super::say(format_args!("{}", train::clusters::build(&encoder, &output)?))?;
        }
        Train::Names { sources, output } => {
            super::say(format_args!("{}", train::names::build(&sources, &Gazetteer::embedded()?, &output)?))?;
        }
        Train::Gazetteer { sources, output } => {
            super::say(format_args!("{}", train::gazetteer::build(&sources, &output)?))?;
        }
    }
    Ok(Outcome::Well)
}

/// Does one of the two ends of training the transformer.
fn thorough(what: Thorough) -> anyhow::Result<()> {
    match what {
        Thorough::Export { entities, annotated, annotations, news, output } => {
            let sources = train::entities::Sources { corpora: entities, annotated, annotations, news };
            let documents = train::thorough::export(&sources, &output)?;
            super::say(format_args!("{documents} documents in `{}`", output.display()))?;
        }
        Thorough::Pack { checkpoint, vocabulary, output } => {
            let bytes = train::thorough::pack(&checkpoint, &vocabulary, &output)?;
            super::say(format_args!("{bytes} bytes in `{}`", output.display()))?;
        }
    }
    Ok(())
}

/// Returns what is read, so that a slip is told before an hour is spent.
fn inputs(what: &Train) -> Vec<&PathBuf> {
    match what {
        Train::Entities { entities, annotated, annotations, news, .. }
        | Train::Thorough { what: Thorough::Export { entities, annotated, annotations, news, .. } } => {
            [entities, annotated].into_iter().chain(annotations).chain(news).collect()
        }
        Train::Thorough { what: Thorough::Pack { checkpoint, vocabulary, .. } } => vec![checkpoint, vocabulary],
        Train::Topics(typed) => {
            typed.files.iter().chain(&typed.map).chain(&typed.reading.labels).chain(&typed.apart_from).collect()
        }
        Train::Keywords { files, .. } => files.iter().collect(),
        Train::Clusters { encoder: path, .. }
        | Train::Vocabulary { file: path, .. }
        | Train::Names { sources: path, .. }
        | Train::Gazetteer { sources: path, .. } => vec![path],
    }
}
