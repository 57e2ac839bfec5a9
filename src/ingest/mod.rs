//! The pipeline: read → extract → write, with outcomes, batches and a report; and extraction again of what is archived.
//!
//! One thread reads, several extract, one writes in the order of reading; the bytes in flight are bounded. Nothing is
//! reported before it is committed. Knows neither HTTP nor search.

mod pipeline;
mod reprocess;
mod resolve;
#[cfg(test)]
mod tests;
mod writing;

pub use pipeline::ingest;
pub use reprocess::{Again, Parts, Reprocessed, reprocess};
pub use resolve::{Resolved, decide_names, resolve};

use serde::Serialize;

use crate::{
    article::Article,
    document::Headings,
    extract::Extraction,
    index::{self, Engine},
    ledger::{self, Counts, Ledger, RunId},
    reader,
};

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// New in the archive.
    Created,
    /// There already, changed since.
    Updated,
    /// There already, the same.
    Unchanged,
    /// Same content under another id; archived in the story of the first.
    Duplicate,
    /// Not archived.
    Rejected,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// File it stood in.
    pub file: String,
    /// The line of the file, or the element of an array, from 1.
    pub line: u64,
    /// Its id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How to ingest.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Read everything as this format.
    pub format: Option<reader::Format>,
    /// Read and extract, write nothing.
    pub dry_run: bool,
    /// Extracting threads; 0 for one per core.
    pub threads: usize,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its number in the ledger; `None` for a dry run.
    pub run: Option<RunId>,
    /// Outcomes.
    pub counts: Counts,
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A source is not there.
    #[error(transparent)]
    Read(#[from] reader::Error),
    /// The index failed.
    #[error(transparent)]
    Index(#[from] index::Error),
    /// The ledger failed.
    #[error(transparent)]
    Ledger(#[from] ledger::Error),
    /// A thread of the pipeline ended before its time.
    #[error("a thread of the ingestion ended before its time")]
    Thread,
}

/// Reads articles. A plain function that extracts will do, where no authority is kept.
pub trait Read: Sync {
    /// Reads out of an article what it is about.
    fn extract(&self, article: &Article) -> Extraction;

    /// Returns the headings under which the names of an article stand.
    fn headings(&self, _article: &Article, _extraction: &Extraction) -> Headings {
        Headings::new()
    }
}

impl<F: Fn(&Article) -> Extraction + Sync> Read for F {
    fn extract(&self, article: &Article) -> Extraction {
        self(article)
    }
}

/// How articles are read; shared by the threads.
pub type Extract<'a> = dyn Read + 'a;

/// What articles are taken into, and how they are read on the way.
#[derive(Clone, Copy)]
pub struct Destination<'a> {
    /// Where articles go.
    pub engine: &'a dyn Engine,
    /// Where the run is filed.
    pub ledger: &'a Ledger,
    /// How an article is extracted.
    pub extract: &'a Extract<'a>,
}

/// Who is told how a run goes: progress as items pass, report lines once they are safe.
pub trait Watch {
    /// So many items, of so many bytes, have been dealt with; they may not be safe yet.
    fn advanced(&mut self, counts: &Counts, bytes: u64);
    /// This item is safe (or rejected for good).
    fn settled(&mut self, line: &Line);
    /// Every line of a commit has been told.
    fn committed(&mut self) {}
}

/// Watches nothing.
impl Watch for () {
    fn advanced(&mut self, _: &Counts, _: u64) {}
    fn settled(&mut self, _: &Line) {}
}
