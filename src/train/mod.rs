//! Corpora to models, and their evaluation. The product runs without this room.
//!
//! Trains what `extract` runs; knows no index and no pipeline.

pub mod clusters;
pub mod corpus;
mod crf;
pub mod entities;
pub mod gazetteer;
pub mod html;
pub mod names;
pub mod people;
pub mod places;

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
}

fn failed(path: &std::path::Path, reason: impl std::fmt::Display) -> Error {
    Error::File { path: path.to_owned(), reason: reason.to_string() }
}
