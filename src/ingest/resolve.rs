//! Names of the whole archive under their headings: what the archive itself shows is surveyed and decided, and articles whose
//! names stand under other headings now are written anew. Nothing is extracted here.

use std::ops::ControlFlow;

use super::{Error, Reprocessed, Watch, reprocess::Rewriting};
use crate::{
    authority::{Authority, Candidates, Survey, decide},
    document::Document,
    index::{Engine, Writer},
    ledger::Ledger,
    query::{Node, SearchRequest},
};

/// What was decided about the names of an archive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resolved {
    /// Names surveyed, of every kind.
    pub names: usize,
    /// Pairs of names that were compared further because they are alike.
    pub alike: usize,
    /// Headings that several names were put under.
    pub groups: usize,
    /// Names that went under another heading.
    pub merged: usize,
    /// Pairs that are left to an editor.
    pub likely: usize,
}

/// Decides which names of the archive are one and files it in the ledger.
///
/// Reads every article twice, from what is committed; memory grows with the number of different names, within bounds.
pub fn decide_names(engine: &dyn Engine, ledger: &Ledger) -> Result<Resolved, Error> {
    let mut survey = Survey::default();
    each(engine, &mut |document| survey.add(&document))?;
    let candidates = Candidates::of(&survey);
    let mut company = candidates.company();
    if !candidates.is_empty() {
        each(engine, &mut |document| company.add(&survey, &document))?;
    }
    let standing = ledger.standing()?;
    let decided = decide(&survey, &candidates, &company, &|facet, key| standing.get(&(facet, key.to_owned())).copied());
    ledger.file_decided(&decided)?;
    let several = decided.groups.iter().filter(|it| it.members.len() > 1);
    Ok(Resolved {
        names: survey.names(),
        alike: candidates.len(),
        groups: several.clone().count(),
        merged: several.map(|it| it.members.len() - 1).sum(),
        likely: decided.likely.len(),
    })
}

fn each(engine: &dyn Engine, with: &mut dyn FnMut(Document)) -> Result<(), Error> {
    engine.scan(&SearchRequest::new(Node::All), &mut |document| {
        with(document);
        ControlFlow::Continue(())
    })?;
    Ok(())
}

/// Puts the names of all matching articles under the headings that the authority has for them now; the writer is held
/// already, so that nobody decided otherwise meanwhile.
pub fn resolve(
    engine: &dyn Engine,
    writer: &mut dyn Writer,
    authority: &Authority,
    requests: &[SearchRequest],
    watch: &mut dyn Watch,
) -> Result<Reprocessed, Error> {
    let mut rewriting = Rewriting::new(writer, watch);
    let renew = |old: &Document| headed(old, authority);
    for request in requests {
        rewriting.run(engine, request, &renew)?;
    }
    Ok(rewriting.done)
}

/// Returns the document with its names under the headings that the authority has for them.
pub(super) fn headed(old: &Document, authority: &Authority) -> Document {
    let headings = authority.headings(&old.article, &old.extraction);
    Document { headings, ..old.clone() }
}
