//! What must outlive an index: ingestion runs, rejected items and keys, in SQLite beside the index.
//!
//! The only room that names rusqlite. Knows no engine and no pipeline: it files what it is told.

mod keys;
mod runs;

pub use keys::Key;
pub use runs::{Counts, Rejection, Run, RunId};

use std::{path::Path, sync::Mutex, time::Duration};

use rusqlite::Connection;

/// The layout of the tables; a ledger of another one is not opened.
const VERSION: i64 = 1;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS runs (
        id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, sources TEXT NOT NULL,
        created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
        duplicate INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS rejections (
        run INTEGER NOT NULL REFERENCES runs(id), file TEXT NOT NULL, record INTEGER NOT NULL, id TEXT, reason TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS rejections_of_run ON rejections(run);
    CREATE TABLE IF NOT EXISTS keys (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, created TEXT NOT NULL, revoked TEXT);
";

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite failed.
    #[error("ledger: {0}")]
    Database(#[from] rusqlite::Error),
    /// Made by another version.
    #[error("the ledger has version {found}, this program reads {VERSION}; run `morgue migrate`")]
    Version {
        /// What was found.
        found: i64,
    },
    /// No randomness for a key.
    #[error("no key could be made: {0}")]
    Random(String),
    /// A thread failed while it held the ledger.
    #[error("the ledger was left in the middle of a change")]
    Poisoned,
}

/// The ledger of one archive; may be shared by threads.
pub struct Ledger {
    connection: Mutex<Connection>,
}

impl Ledger {
    /// Opens `ledger.sqlite` in the folder of an archive, or begins it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let connection = Connection::open(folder.join("ledger.sqlite"))?;
        // Readers and the one writer do not wait for one another.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::over(connection)
    }

    /// Begins a ledger in memory.
    pub fn in_memory() -> Result<Self, Error> {
        Self::over(Connection::open_in_memory()?)
    }

    fn over(connection: Connection) -> Result<Self, Error> {
        connection.busy_timeout(Duration::from_secs(10))?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found != 0 && found != VERSION {
            return Err(Error::Version { found });
        }
        connection.execute_batch(TABLES)?;
        connection.pragma_update(None, "user_version", VERSION)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    /// Asks SQLite whether the file is whole.
    pub fn is_whole(&self) -> Result<bool, Error> {
        let answer: String = self.lock()?.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
        Ok(answer == "ok")
    }

    fn lock(&self) -> Result<std::sync::MutexGuard<'_, Connection>, Error> {
        self.connection.lock().map_err(|_| Error::Poisoned)
    }
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
