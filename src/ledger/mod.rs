//! What must outlive an index: ingestion runs, rejected items, keys and the authority, in SQLite beside the index.
//!
//! The only room that names rusqlite. Knows no engine and no pipeline: it files what it is told.

mod authority;
mod current;
mod edits;
mod keys;
mod runs;

pub use authority::{EntryView, FormView, Origin};
pub use current::Current;
pub use edits::{Edit, Touched};
pub use keys::Key;
pub use runs::{Counts, INTERRUPTED, Rejection, Run, RunId};

use std::{path::Path, sync::Mutex, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

/// The layout of the tables; an older one is brought up to it, a newer one is not opened.
const VERSION: i64 = 3;
/// How long a call waits while another process writes.
const PATIENCE: Duration = Duration::from_secs(10);
/// The file, beside the index.
const FILE: &str = "ledger.sqlite";

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS runs (
        id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, sources TEXT NOT NULL,
        created INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
        duplicate INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0, failure TEXT);
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
    #[error("the ledger failed: {0}; `morgue check` says whether the archive is whole")]
    Database(rusqlite::Error),
    /// This user may not write to it.
    #[error(
        "the ledger can only be read; filing in it needs permission to write to the archive's folder and its files"
    )]
    ReadOnly,
    /// Another process wrote to it all the while.
    #[error("the ledger is held by another process; wait for it or stop it")]
    Locked,
    /// Made by another version.
    #[error(
        "the ledger has version {found}, this program reads {VERSION}; use the program that wrote to it last, or a newer one"
    )]
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

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            _ => Self::Database(error),
        }
    }
}

impl Error {
    /// Says whether it may be that this user may not write: SQLite then cannot open a file beside the ledger.
    fn may_be_for_want_of_permission(&self) -> bool {
        let code = if let Self::Database(error) = self { error.sqlite_error_code() } else { None };
        matches!(self, Self::ReadOnly) || matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied))
    }
}

/// The ledger of one archive; may be shared by threads.
pub struct Ledger {
    connection: Mutex<Connection>,
}

impl Ledger {
    /// Says whether the folder of an archive has a ledger; an empty file is none.
    pub fn is_there(folder: &Path) -> bool {
        folder.join(FILE).metadata().is_ok_and(|file| file.is_file() && file.len() > 0)
    }

    /// Opens `ledger.sqlite` in the folder of an archive, or begins it.
    ///
    /// One that this user may only read is opened for that: filing anything is then [`Error::ReadOnly`].
    pub fn open(folder: &Path) -> Result<Self, Error> {
        match Self::open_to_write(folder) {
            Err(error) if Self::is_there(folder) && error.may_be_for_want_of_permission() => {
                Self::open_to_read(folder)?.ok_or(error)
            }
            opened => opened,
        }
    }

    fn open_to_write(folder: &Path) -> Result<Self, Error> {
        let connection = Connection::open(folder.join(FILE))?;
        // Patience first: changing the journal already needs the lock.
        connection.busy_timeout(PATIENCE)?;
        // Readers and the one writer do not wait for one another.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        Self::over(connection)
    }

    /// Opens the ledger that is there without writing anything beside it; `None` if there is none.
    pub fn open_to_read(folder: &Path) -> Result<Option<Self>, Error> {
        if !Self::is_there(folder) {
            return Ok(None);
        }
        let file = folder.join(FILE);
        let open = |flags, file: &Path| -> Result<Connection, Error> {
            let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | flags)?;
            connection.busy_timeout(PATIENCE)?;
            version(&connection)?;
            Ok(connection)
        };
        let connection = open(OpenFlags::empty(), &file).or_else(|error| {
            // Even reading needs a file beside it, for who else reads; where none can be made, nobody of this user's writes.
            if !error.may_be_for_want_of_permission() {
                return Err(error);
            }
            let mut address =
                url::Url::from_file_path(std::path::absolute(&file).unwrap_or(file)).map_err(|()| error)?;
            address.set_query(Some("immutable=1"));
            open(OpenFlags::SQLITE_OPEN_URI, Path::new(address.as_str()))
        })?;
        match version(&connection)? {
            // An older one has less in it, and is brought up when it is written to.
            1..=VERSION => Ok(Some(Self { connection: Mutex::new(connection) })),
            found => Err(Error::Version { found }),
        }
    }

    /// Begins a ledger in memory.
    pub fn in_memory() -> Result<Self, Error> {
        Self::over(Connection::open_in_memory()?)
    }

    fn over(mut connection: Connection) -> Result<Self, Error> {
        if version(&connection)? != VERSION {
            bring_up(&mut connection)?;
        }
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

fn version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Makes the tables, or brings older ones up to [`VERSION`].
fn bring_up(connection: &mut Connection) -> Result<(), Error> {
    // Of two processes that open a new archive together, the second finds the work done.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    match version(&transaction)? {
        0 => transaction.execute_batch(TABLES)?,
        1 => transaction.execute_batch("ALTER TABLE runs ADD COLUMN failure TEXT")?,
        2 => {}
        VERSION => return Ok(()),
        found => return Err(Error::Version { found }),
    }
    transaction.execute_batch(authority::TABLES)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(transaction.commit()?)
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_open_a_new_ledger_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for name in 0..8 {
                let folder = folder.path();
                scope.spawn(move || {
                    let ledger = Ledger::open(folder).unwrap();
                    ledger.begin_run(&[name.to_string()]).unwrap();
                });
            }
        });
        assert_eq!(Ledger::open(folder.path()).unwrap().runs(10).unwrap().len(), 8);
    }

    #[test]
    fn an_older_ledger_is_brought_up_and_a_newer_one_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ledger.sqlite");
        let older = Connection::open(&file).unwrap();
        older.execute_batch(&TABLES.replace(", failure TEXT", "")).unwrap();
        older
            .execute_batch("INSERT INTO runs (started, sources) VALUES ('2025', 'a'); PRAGMA user_version = 1")
            .unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(
            (ledger.runs(1).unwrap()[0].sources.as_str(), ledger.runs(1).unwrap()[0].failure.clone()),
            ("a", None)
        );
        older.execute_batch("PRAGMA user_version = 7").unwrap();
        assert!(matches!(Ledger::open(folder.path()), Err(Error::Version { found: 7 })));
    }

    #[test]
    fn a_held_ledger_is_told_apart_from_a_broken_one() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let other = Connection::open(folder.path().join("ledger.sqlite")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        ledger.lock().unwrap().busy_timeout(Duration::from_millis(10)).unwrap();
        assert!(matches!(ledger.begin_run(&[]), Err(Error::Locked)));
        assert!(ledger.runs(1).unwrap().is_empty(), "reading goes on");
    }
}
