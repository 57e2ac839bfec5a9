//! `morgue check`: reads the whole archive back and says whether it is whole.

use std::ops::ControlFlow;

use super::{Outcome, archive};
use crate::{
    config::Config,
    index::Engine,
    ledger::Ledger,
    query::{Node, SearchRequest},
};

/// Reads every article and the ledger; fails unless all of it is whole. Writes nothing.
pub(super) fn run(config: &Config) -> anyhow::Result<Outcome> {
    let engine = archive::open_to_read(config)?.engine;
    let (mut articles, mut changed) = (0u64, Vec::new());
    engine.scan(&SearchRequest::new(Node::All), &mut |document| {
        articles += 1;
        if document.article.fingerprint() != document.fingerprint {
            changed.push(document.article.id.to_string());
        }
        ControlFlow::Continue(())
    })?;
    let counted = engine.count()?;
    let ledger = ledger(config);
    let whole = changed.is_empty() && counted == articles && ledger == "whole";
    if config.json {
        super::say(format_args!(
            "{}",
            serde_json::json!({ "whole": whole, "articles": articles, "changed": changed, "ledger": ledger })
        ))?;
    } else if whole {
        super::say(format_args!("the archive is whole: {articles} articles, every one as it was taken in"))?;
    }
    if whole {
        return Ok(Outcome::Well);
    }
    for id in changed.iter().take(20) {
        eprintln!("the article `{id}` is not as it was taken in");
    }
    if changed.is_empty() && counted == articles {
        anyhow::bail!(
            "the {articles} articles are as they were taken in, but the ledger (`ledger.sqlite`) is {ledger}: put a copy of it \
             back, or go on with a new one, which the next ingestion begins{}; earlier ingestions and keys are lost with it",
            if ledger == "missing" { "" } else { " once this one is moved away" }
        )
    }
    anyhow::bail!(
        "the archive is damaged: {counted} articles counted, {articles} read, {} changed, the ledger is {ledger}; put a copy of \
         it back, or ingest the sources into a new folder",
        changed.len(),
    )
}

/// Says how the ledger is: `whole`, `damaged` or `missing`.
fn ledger(config: &Config) -> &'static str {
    match Ledger::open_to_read(&config.archive).and_then(|ledger| ledger.map(|it| it.is_whole()).transpose()) {
        Ok(Some(true)) => "whole",
        Ok(None) => "missing",
        Ok(Some(false)) | Err(_) => "damaged",
    }
}
