//! morgue: a searchable archive of news articles.
//!
//! Rooms, in the order in which they may import one another (a room sees only what stands before it):
//! `article, text → reader | extract → train → document → authority → query → index, ledger → search | ingest → server → commands`.
//! `reader` and `extract` never see each other, nor do `search` and `ingest`; `tests/integration/layers.rs` checks it.

pub mod article;
pub mod text;

pub mod extract;
pub mod reader;
#[cfg(feature = "train")]
pub mod train;

pub mod authority;
pub mod document;
pub mod query;

pub mod index;
pub mod ledger;

pub mod ingest;
pub mod search;

pub mod cli;
pub mod commands;
pub mod config;
pub mod server;
