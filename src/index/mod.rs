//! The contract of an engine, and the engines. Only `tantivy/` names tantivy.
//!
//! Every engine answers alike; one suite of scenarios is run against each.

pub mod headed;
mod scenarios;
pub mod tantivy;

use std::{collections::HashMap, ops::ControlFlow, path::PathBuf};

use crate::{
    article::ArticleId,
    document::{Document, Facet},
    query::{Cursor, Interval, SearchRequest},
};

/// What went wrong in an engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive was built by another version of the index.
    #[error(
        "the archive in `{path}` has index version {found}, this program reads {expected}; export it with the program that made it, and ingest that into a new folder"
    )]
    Version {
        /// Where.
        path: PathBuf,
        /// The stamp that was found.
        found: String,
        /// The stamp that was expected.
        expected: String,
    },
    /// There is no archive.
    #[error("there is no archive in `{0}`; make one with `morgue ingest PATH`")]
    Missing(PathBuf),
    /// An index without the file that says of which version it is.
    #[error(
        "the folder `{path}` holds an index, but not the file VERSION that belongs to it; put that file back (this program \
         writes `{expected}`), or ingest the sources into a new folder"
    )]
    Unstamped {
        /// Where.
        path: PathBuf,
        /// The stamp that this program writes.
        expected: String,
    },
    /// This user may not write to the archive.
    #[error(
        "the archive in `{0}` can only be read; adding to it needs permission to write to the folder and its files"
    )]
    ReadOnly(PathBuf),
    /// Another process writes to the archive.
    #[error("another process is writing to the archive in `{0}`; wait for it or stop it")]
    Locked(PathBuf),
    /// A file could not be read or written.
    #[error("cannot use `{path}`: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The time for one search was up.
    #[error("the search took longer than {0} ms; narrow it down")]
    TimedOut(u64),
    /// A file of the index could not be read or written.
    #[error("the files of the index cannot be used: {0}; is there room on the disk, and are they this user's?")]
    Disk(String),
    /// The index is not as it was left.
    #[error("the index is damaged: {0}; put a copy of the archive back, or ingest the sources into a new folder")]
    Damaged(String),
    /// Whatever the engine says beyond that.
    #[error("the index failed: {0}; `morgue check` says whether the archive is whole")]
    Engine(String),
}

/// One hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The article with its extraction.
    pub document: Document,
    /// Relevance; 0 when hits are sorted by date.
    pub score: f32,
    /// The cursor that continues right after this hit.
    pub cursor: Cursor,
}

/// Counted values of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FacetCounts {
    /// Value and exact count, the largest first, ties by value.
    pub values: Vec<(String, u64)>,
    /// How many different values there are in all (after the prefix).
    pub distinct: u64,
}

/// Articles over time; an article of year precision stands in a month or day histogram under its year (`1998`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    /// Never `Auto`.
    pub interval: Interval,
    /// `2025-10` and its exact count, in order of time, empty ones left out.
    pub buckets: Vec<(String, u64)>,
    /// Articles without a date.
    pub undated: u64,
}

/// The answer to a search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    /// Exact number of articles, whether collapsed or not.
    pub total: u64,
    /// Exact number of stories, if hits are collapsed.
    pub stories: Option<u64>,
    /// The page.
    pub hits: Vec<Hit>,
    /// What was asked to be counted.
    pub facets: HashMap<Facet, FacetCounts>,
    /// If asked for.
    pub histogram: Option<Histogram>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// What ingestion must know of an article that is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Fingerprint under which it is filed.
    pub fingerprint: String,
    /// Its story.
    pub story: String,
}

/// Reads an archive. Sees what was committed.
pub trait Engine: Send + Sync {
    /// Answers a search.
    fn search(&self, request: &SearchRequest) -> Result<Results, Error>;
    /// Returns one document.
    fn get(&self, id: &ArticleId) -> Result<Option<Document>, Error>;
    /// Gives every match of the request, in its order for date sorts and in any stable order for relevance, without a cap
    /// (`limit` and `cursor` are ignored), until `each` breaks. With `collapse`, one article of each story: the one that a
    /// search shows.
    fn scan(&self, request: &SearchRequest, each: &mut dyn FnMut(Document) -> ControlFlow<()>) -> Result<(), Error>;
    /// Returns what is known of an id, committed.
    fn known(&self, id: &ArticleId) -> Result<Option<Known>, Error>;
    /// Returns the story of an article with this [`Document::content_hash`] under another id, if there is one.
    fn story_of_content(&self, content_hash: &str) -> Result<Option<String>, Error>;
    /// Returns the number of articles.
    fn count(&self) -> Result<u64, Error>;
    /// Opens the one writer; [`Error::Locked`] if there is another.
    fn writer(&self) -> Result<Box<dyn Writer>, Error>;
    /// Returns facet values that begin like `prefix` (folded, any word of the value), with counts, the most frequent first.
    fn suggest(&self, facet: Facet, prefix: &str, limit: usize) -> Result<Vec<(String, u64)>, Error>;
    /// Returns the heading that a name stands under, where that is another one; an engine alone knows of none.
    fn heading(&self, _facet: Facet, _name: &str) -> Option<String> {
        None
    }
}

/// Writes to an archive. Nothing is seen or safe before [`Writer::commit`].
pub trait Writer: Send {
    /// Adds the document, in place of an earlier one of the same id.
    fn put(&mut self, document: &Document) -> Result<(), Error>;
    /// Takes a document out.
    fn delete(&mut self, id: &ArticleId) -> Result<(), Error>;
    /// Makes everything so far durable and visible.
    fn commit(&mut self) -> Result<(), Error>;
}
