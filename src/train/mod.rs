//! Corpora to models, and their evaluation. The product runs without this room.
//!
//! Trains what `extract` runs; knows no index and no pipeline.

pub mod clusters;
pub mod corpus;
mod crf;
pub mod entities;
pub mod gazetteer;
pub mod html;
pub mod keywords;
pub mod names;
pub mod people;
pub mod places;
mod safetensors;
pub mod thorough;
pub mod topics;

/// Why training or measuring stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read or written.
    #[error("cannot use `{path}`: {reason}")]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        reason: String,
    },
    /// A corpus is not what it should be.
    #[error("`{path}`, line {line}: {reason}")]
    Corpus {
        /// Which file.
        path: std::path::PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The model.
    #[error(transparent)]
    Model(#[from] crate::extract::model::Error),
    /// The model of topics.
    #[error(transparent)]
    Topics(#[from] crate::extract::topics::Error),
    /// Nothing to learn from.
    #[error("no two headings in the field `{field}` of {articles} articles: nothing to tell apart")]
    Untagged {
        /// The field that was looked at.
        field: String,
        /// How many articles were.
        articles: usize,
    },
    /// Nothing to measure on.
    #[error("none of the {articles} articles has a heading in the field `{field}`: nothing to measure on")]
    Unmeasured {
        /// The field that was looked at.
        field: String,
        /// How many articles were.
        articles: usize,
    },
    /// More headings than a model can have.
    #[error("{0} headings are more than a model can have; expected at most 65000")]
    Headings(usize),
    /// A thread ended before its time.
    #[error("a thread of the training ended before its time")]
    Thread,
}

fn failed(path: &std::path::Path, reason: impl std::fmt::Display) -> Error {
    Error::File { path: path.to_owned(), reason: reason.to_string() }
}
