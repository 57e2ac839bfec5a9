//! `morgue check`: reads the whole archive back and says whether it is whole.

use std::ops::ControlFlow;

use super::{Outcome, archive};
use crate::{
    config::Config,
    index::Engine,
    query::{Node, SearchRequest},
};

pub(super) fn run(config: &Config) -> anyhow::Result<Outcome> {
    let archive = archive::open(config)?;
    let (mut articles, mut changed) = (0u64, Vec::new());
    archive.engine.scan(&SearchRequest::new(Node::All), &mut |document| {
        articles += 1;
        if document.article.fingerprint() != document.fingerprint {
            changed.push(document.article.id.to_string());
        }
        ControlFlow::Continue(())
    })?;
    let counted = archive.engine.count()?;
    let ledger = archive.ledger.is_whole()?;
    let whole = changed.is_empty() && counted == articles && ledger;
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
    anyhow::bail!(
        "the archive is damaged: {counted} articles counted, {articles} read, {} changed, ledger {}; ingest the sources \
         again into a new folder",
        changed.len(),
        if ledger { "whole" } else { "damaged" }
    )
}
