//! Ingestion runs with their counts by outcome, and what they rejected.

use rusqlite::params;
use serde::Serialize;

use super::{Error, Ledger, now};

/// The failure of a run whose process ended before it did.
pub const INTERRUPTED: &str = "interrupted";

/// Number of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct RunId(pub i64);

/// How many articles came to which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New in the archive.
    pub created: u64,
    /// There already, changed since.
    pub updated: u64,
    /// There already, the same.
    pub unchanged: u64,
    /// Same content under another id; archived in the story of the first.
    pub duplicate: u64,
    /// Not archived, with a reason.
    pub rejected: u64,
}

impl Counts {
    /// Returns how many items there were.
    pub fn total(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.duplicate + self.rejected
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// When it began (UTC, RFC 3339).
    pub started: String,
    /// When it ended; `None` while it goes on, or if it was cut off.
    pub finished: Option<String>,
    /// Why it ended before its time: [`INTERRUPTED`], or what went wrong.
    pub failure: Option<String>,
    /// Where the articles came from.
    pub sources: String,
    /// What became of them.
    pub counts: Counts,
}

/// One item that was not archived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// File it stood in.
    pub file: String,
    /// Line or record number, from 1.
    pub record: u64,
    /// Its id, if it had one.
    pub id: Option<String>,
    /// Why.
    pub reason: String,
}

impl Ledger {
    /// Begins a run. Only whoever holds the one writer of the archive may do so.
    ///
    /// A run that is still open was cut off, since nobody else can be writing; it is marked as interrupted.
    pub fn begin_run(&self, sources: &[String]) -> Result<RunId, Error> {
        self.mark_interrupted()?;
        let connection = self.lock()?;
        connection
            .execute("INSERT INTO runs (started, sources) VALUES (?1, ?2)", params![now(), sources.join("\n")])?;
        Ok(RunId(connection.last_insert_rowid()))
    }

    /// Marks every open run as interrupted. Only whoever holds the one writer of the archive may do so.
    pub fn mark_interrupted(&self) -> Result<(), Error> {
        let update = "UPDATE runs SET failure = ?1 WHERE finished IS NULL AND failure IS NULL";
        self.lock()?.execute(update, [INTERRUPTED])?;
        Ok(())
    }

    /// Ends a run, well or with what went wrong.
    pub fn end_run(&self, run: RunId, failure: Option<&str>) -> Result<(), Error> {
        let update = "UPDATE runs SET finished = ?2, failure = ?3 WHERE id = ?1";
        self.lock()?.execute(update, params![run.0, now(), failure])?;
        Ok(())
    }

    /// Files the counts of a run and what it rejected since the last time, in one transaction.
    pub fn file_run(&self, run: RunId, counts: &Counts, rejections: &[Rejection]) -> Result<(), Error> {
        let mut connection = self.lock()?;
        let transaction = connection.transaction()?;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        transaction.execute(
            "UPDATE runs SET created = ?2, updated = ?3, unchanged = ?4, duplicate = ?5, rejected = ?6 WHERE id = ?1",
            params![
                run.0,
                count(counts.created),
                count(counts.updated),
                count(counts.unchanged),
                count(counts.duplicate),
                count(counts.rejected),
            ],
        )?;
        for it in rejections {
            transaction.execute(
                "INSERT INTO rejections (run, file, record, id, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![run.0, it.file, count(it.record), it.id, it.reason],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Returns the latest runs, the newest first.
    pub fn runs(&self, limit: usize) -> Result<Vec<Run>, Error> {
        let connection = self.lock()?;
        let mut statement = connection.prepare(
            "SELECT id, started, finished, sources, created, updated, unchanged, duplicate, rejected, failure
             FROM runs ORDER BY id DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit as i64], |row| {
            let count = |at: usize| row.get::<_, i64>(at).map(|number| number.max(0) as u64);
            Ok(Run {
                id: RunId(row.get(0)?),
                started: row.get(1)?,
                finished: row.get(2)?,
                sources: row.get(3)?,
                counts: Counts {
                    created: count(4)?,
                    updated: count(5)?,
                    unchanged: count(6)?,
                    duplicate: count(7)?,
                    rejected: count(8)?,
                },
                failure: row.get(9)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns what a run rejected, in the order in which it was read.
    pub fn rejections(&self, run: RunId, limit: usize) -> Result<Vec<Rejection>, Error> {
        let connection = self.lock()?;
        let mut statement = connection
            .prepare("SELECT file, record, id, reason FROM rejections WHERE run = ?1 ORDER BY rowid LIMIT ?2")?;
        let rows = statement.query_map([run.0, limit as i64], |row| {
            let record: i64 = row.get(1)?;
            Ok(Rejection { file: row.get(0)?, record: record.max(0) as u64, id: row.get(2)?, reason: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_and_its_rejections_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let counts = Counts { created: 3, rejected: 1, ..Counts::default() };
        let rejection =
            Rejection { file: "a.jsonl".into(), record: 4, id: None, reason: "neither body nor title".into() };
        let ledger = Ledger::open(folder.path()).unwrap();
        let run = ledger.begin_run(&["a.jsonl".into()]).unwrap();
        ledger.file_run(run, &counts, std::slice::from_ref(&rejection)).unwrap();
        ledger.end_run(run, None).unwrap();
        drop(ledger);
        let ledger = Ledger::open(folder.path()).unwrap();
        let filed = &ledger.runs(10).unwrap()[0];
        assert_eq!((filed.counts, filed.failure.as_deref(), filed.finished.is_some()), (counts, None, true));
        assert_eq!(ledger.rejections(run, 10).unwrap(), [rejection]);
        assert!(ledger.is_whole().unwrap());
    }

    #[test]
    fn a_run_that_was_cut_off_is_shown_as_interrupted() {
        let ledger = Ledger::in_memory().unwrap();
        let cut = ledger.begin_run(&["a.jsonl".into()]).unwrap();
        let counts = Counts { created: 3, ..Counts::default() };
        ledger.file_run(cut, &counts, &[]).unwrap();
        let open = &ledger.runs(10).unwrap()[0];
        assert_eq!((open.finished.as_deref(), open.failure.as_deref()), (None, None), "it may still go on");
        let next = ledger.begin_run(&["b.jsonl".into()]).unwrap();
        ledger.end_run(next, Some("the disk is full")).unwrap();
        let runs = ledger.runs(10).unwrap();
        assert_eq!(runs[0].failure.as_deref(), Some("the disk is full"));
        assert_eq!((runs[1].failure.as_deref(), runs[1].finished.as_deref()), (Some(INTERRUPTED), None));
        assert_eq!(runs[1].counts, counts);
    }
}
