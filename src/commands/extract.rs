//! `morgue extract`: what can be read out of articles, as JSON Lines; nothing is indexed.

use std::{
    io::{self, BufWriter, Write},
    ops::ControlFlow,
    path::PathBuf,
};

use anyhow::Context;
use serde_json::{Map, Value, json};

use super::{Outcome, sources};
use crate::{
    article::Article,
    cli::Format,
    extract::{Extraction, topics::Topics},
    reader::{self, Rejected},
};

/// What was typed beside the paths.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) format: Option<Format>,
    pub(super) topic_model: Option<PathBuf>,
    pub(super) include_text: bool,
    pub(super) thorough: bool,
}

/// Prints one line for each article at the paths, in their order; what is rejected is said on stderr.
pub(super) fn run(paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Outcome> {
    sources::check(paths)?;
    let mut extractor = super::extractor(settings.thorough)?;
    if let Some(path) = &settings.topic_model {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read the model `{}`", path.display()))?;
        extractor = extractor.with_topics(Topics::from_bytes(&bytes)?);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Well;
    let mut written = Ok(());
    reader::read(&sources::typed(paths), settings.format.map(sources::format), &mut |item| {
        match item.finish() {
            Ok((article, _)) => {
                let line = printed(&article, extractor.extract(&article), settings.include_text);
                written =
                    serde_json::to_writer(&mut out, &line).map_err(io::Error::from).and_then(|()| out.write_all(b"\n"));
            }
            Err(Rejected { origin, reason, .. }) => {
                outcome = Outcome::SomeRejected;
                let place = format!("{}:{}: {reason}", origin.file, origin.record);
                // What a file says must not steer the terminal.
                eprintln!("rejected: {}", place.replace(char::is_control, " "));
            }
        }
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    out.flush()?;
    Ok(outcome)
}

/// Returns the line of an article: id, title, language and date first, then what was extracted.
fn printed(article: &Article, extraction: Extraction, include_text: bool) -> Value {
    let mut line = match serde_json::to_value(article) {
        Ok(Value::Object(fields)) if include_text => fields,
        _ => Map::new(),
    };
    line.insert("id".to_owned(), json!(article.id));
    let language = extraction.language.clone();
    let known =
        [("title", json!(article.title)), ("language", json!(language)), ("published", json!(article.published))];
    for (name, value) in known {
        if !value.is_null() && value != json!("") {
            line.insert(name.to_owned(), value);
        }
    }
    // What was extracted has the same names: what the source gave stands apart from it.
    let lists = ["people", "places", "organizations", "topics"];
    let given: Map<String, Value> = lists.iter().filter_map(|name| line.remove_entry(*name)).collect();
    if !given.is_empty() {
        line.insert("given".to_owned(), Value::Object(given));
    }
    if let Ok(Value::Object(extracted)) = serde_json::to_value(extraction) {
        line.extend(extracted);
    }
    Value::Object(line)
}
