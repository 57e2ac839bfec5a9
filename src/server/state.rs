//! What every handler shares: the archive, who may write to it, and how. Knows no key store and no pipeline.

use std::sync::Arc;

use serde::Serialize;

use super::{hosts::Hosts, pool::Pool};
use crate::index::Engine;

/// Says who may write.
pub trait Access: Send + Sync {
    /// Says whether the key is one that was issued and not revoked. May block.
    fn allows(&self, key: &str) -> bool;
}

/// What became of one article that was sent in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntakeLine {
    /// Line of the body, or place in the array, from 1.
    pub line: u64,
    /// Id of the article; `None` where it could not be read.
    pub id: Option<String>,
    /// `created`, `updated`, `unchanged`, `duplicate` or `rejected`.
    pub outcome: String,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One ingestion, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RunView {
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended; `None` while it runs or if it was cut off.
    pub finished: Option<String>,
    /// Why it ended before its time; `interrupted` if its process was cut off.
    pub failure: Option<String>,
    /// What was read: files, addresses, or the API.
    pub what: String,
    /// New articles.
    pub created: u64,
    /// Changed articles.
    pub updated: u64,
    /// Articles that were there already.
    pub unchanged: u64,
    /// Articles with the content of another.
    pub duplicate: u64,
    /// Articles that could not be taken in.
    pub rejected: u64,
    /// The first of those, with their reasons.
    pub rejections: Vec<RejectionView>,
}

/// One item that was not taken in, ready to print.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RejectionView {
    /// File and line: `wire.jsonl:12`.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeError {
    /// Another writes; the sender may come back.
    Busy,
    /// Nobody may write here.
    ReadOnly,
    /// The archive failed; for the log.
    Failed(String),
}

/// Writes to the archive and remembers what was written. Every call may block.
pub trait Intake: Send + Sync {
    /// Takes in JSON Lines or a JSON array, and answers item by item once all is committed.
    fn take_in(&self, body: Vec<u8>) -> Result<Vec<IntakeLine>, IntakeError>;
    /// Takes an article out; `false` if there was none.
    fn delete(&self, id: &str) -> Result<bool, IntakeError>;
    /// Returns the latest ingestions, the newest first.
    fn runs(&self) -> Vec<RunView>;
}

/// What every handler shares.
#[derive(Clone)]
pub struct State {
    pub(super) engine: Arc<dyn Engine>,
    pub(super) access: Arc<dyn Access>,
    pub(super) intake: Arc<dyn Intake>,
    pub(super) pool: Pool,
    pub(super) hosts: Hosts,
}

impl State {
    /// Returns the state over an archive, with a pool as wide as the machine allows.
    pub fn new(engine: Arc<dyn Engine>, access: Arc<dyn Access>, intake: Arc<dyn Intake>) -> Self {
        Self { engine, access, intake, pool: Pool::new(), hosts: Hosts::Any }
    }

    /// Restricts the names that the server answers to.
    #[must_use]
    pub fn with_hosts(self, hosts: Hosts) -> Self {
        Self { hosts, ..self }
    }
}
