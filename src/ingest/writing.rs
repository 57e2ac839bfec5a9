//! The writing end of an ingestion: decides outcomes, commits in batches, reports what is safe.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::{
    Destination, Error, Line, Outcome, Summary, Watch,
    pipeline::{Ready, extracted},
};
use crate::{
    document::Document,
    index::Writer,
    ledger::{Counts, Rejection, RunId},
    reader::{Origin, Source},
};

/// A batch is committed after so many articles, bytes, or so much time, whichever comes first.
const BATCH_ARTICLES: usize = 20_000;
const BATCH_BYTES: u64 = 128 << 20;
const BATCH_TIME: Duration = Duration::from_secs(15);

/// What was put but is not yet visible in the engine.
#[derive(Default)]
struct Batch {
    /// Fingerprint and story by id.
    ids: HashMap<String, (String, String)>,
    /// Story by content.
    contents: HashMap<String, String>,
    lines: Vec<Line>,
    bytes: u64,
}

/// One run's writing, from its first item to its last.
pub(super) struct Writing<'a> {
    into: Destination<'a>,
    watch: &'a mut dyn Watch,
    /// `None` for a dry run.
    writer: Option<Box<dyn Writer>>,
    run: Option<RunId>,
    counts: Counts,
    batch: Batch,
    begun: Instant,
}

impl<'a> Writing<'a> {
    /// Takes the one writer of the archive, and files that a run of these sources has begun.
    ///
    /// Fails where another process writes, and where nobody may.
    pub(super) fn begin(into: Destination<'a>, sources: &[Source], watch: &'a mut dyn Watch) -> Result<Self, Error> {
        let writer = into.engine.writer()?;
        let names: Vec<String> = sources.iter().map(Source::name).collect();
        let run = into.ledger.begin_run(&names)?;
        Ok(Self { writer: Some(writer), run: Some(run), ..Self::dry(into, watch) })
    }

    /// Decides and reports as a run does, and writes nothing.
    pub(super) fn dry(into: Destination<'a>, watch: &'a mut dyn Watch) -> Self {
        let (counts, batch) = (Counts::default(), Batch::default());
        Self { into, watch, writer: None, run: None, counts, batch, begun: Instant::now() }
    }

    /// Decides what becomes of an item that took so many bytes, writes it, and commits if the batch is full.
    pub(super) fn write(&mut self, ready: Ready, bytes: u64) -> Result<(), Error> {
        let line = match ready {
            Ready::Rejected { origin, id, reason } => line(origin, id, Outcome::Rejected, Some(reason)),
            Ready::Unchanged { article, origin } if !self.batch.ids.contains_key(article.id.as_str()) => {
                line(origin, Some(article.id.to_string()), Outcome::Unchanged, None)
            }
            // As it is committed, but changed earlier in this very batch: now it changes back.
            Ready::Unchanged { article, origin } => {
                return self.write(extracted(self.into.extract, article, origin), bytes);
            }
            Ready::Article { article, extraction, headings, origin } => {
                let mut document = Document { headings, ..Document::new(*article, *extraction) };
                let outcome = self.outcome(&mut document)?;
                if outcome != Outcome::Unchanged {
                    self.put(&document)?;
                }
                line(origin, Some(document.article.id.to_string()), outcome, None)
            }
        };
        self.count(line.outcome);
        self.batch.lines.push(line);
        self.batch.bytes += bytes;
        self.watch.advanced(&self.counts, bytes);
        let full = self.batch.lines.len() >= BATCH_ARTICLES || self.batch.bytes >= BATCH_BYTES;
        if full || self.begun.elapsed() >= BATCH_TIME { self.commit() } else { Ok(()) }
    }

    /// Compares a document with what is archived and what this batch holds; sets its story.
    fn outcome(&self, document: &mut Document) -> Result<Outcome, Error> {
        let id = &document.article.id;
        let known = match self.batch.ids.get(id.as_str()) {
            Some(known) => Some(known.clone()),
            None => self.into.engine.known(id)?.map(|known| (known.fingerprint, known.story)),
        };
        if let Some((fingerprint, story)) = known {
            document.story = story;
            let same = fingerprint == document.fingerprint;
            return Ok(if same { Outcome::Unchanged } else { Outcome::Updated });
        }
        let story = match self.batch.contents.get(&document.content_hash) {
            Some(story) => Some(story.clone()),
            None => self.into.engine.story_of_content(&document.content_hash)?,
        };
        Ok(match story {
            Some(story) => {
                document.story = story;
                Outcome::Duplicate
            }
            None => Outcome::Created,
        })
    }

    fn put(&mut self, document: &Document) -> Result<(), Error> {
        if let Some(writer) = &mut self.writer {
            writer.put(document)?;
        }
        let id = document.article.id.to_string();
        self.batch.ids.insert(id, (document.fingerprint.clone(), document.story.clone()));
        self.batch.contents.entry(document.content_hash.clone()).or_insert_with(|| document.story.clone());
        Ok(())
    }

    fn count(&mut self, outcome: Outcome) {
        let counts = &mut self.counts;
        *match outcome {
            Outcome::Created => &mut counts.created,
            Outcome::Updated => &mut counts.updated,
            Outcome::Unchanged => &mut counts.unchanged,
            Outcome::Duplicate => &mut counts.duplicate,
            Outcome::Rejected => &mut counts.rejected,
        } += 1;
    }

    /// Makes the batch safe, then files and reports it: never the other way round. Does nothing for an empty one.
    pub(super) fn commit(&mut self) -> Result<(), Error> {
        self.begun = Instant::now();
        if self.batch.lines.is_empty() {
            return Ok(());
        }
        if let Some(writer) = &mut self.writer
            && !self.batch.ids.is_empty()
        {
            writer.commit()?;
        }
        let lines = if self.writer.is_some() {
            std::mem::take(&mut self.batch).lines
        } else {
            // A dry run commits nothing, so what it has seen stays in the batch.
            self.batch.bytes = 0;
            std::mem::take(&mut self.batch.lines)
        };
        // What is safe is said to be, also if it cannot be filed.
        let filed = self.run.map_or(Ok(()), |run| self.into.ledger.file_run(run, &self.counts, &rejections(&lines)));
        for line in &lines {
            self.watch.settled(line);
        }
        self.watch.committed();
        Ok(filed?)
    }

    /// Commits what is left, also after an error, so that what was written before it is safe and filed; closes the run.
    pub(super) fn end(mut self, result: Result<(), Error>) -> Result<Summary, Error> {
        let committed = self.commit();
        let result = result.and(committed);
        let failure = result.as_ref().err().map(ToString::to_string);
        let closed = self.run.map_or(Ok(()), |run| self.into.ledger.end_run(run, failure.as_deref()));
        result?;
        closed?;
        Ok(Summary { run: self.run, counts: self.counts })
    }
}

fn rejections(lines: &[Line]) -> Vec<Rejection> {
    let rejected = lines.iter().filter(|line| line.outcome == Outcome::Rejected);
    rejected
        .map(|line| Rejection {
            file: line.file.clone(),
            record: line.line,
            id: line.id.clone(),
            reason: line.reason.clone().unwrap_or_default(),
        })
        .collect()
}

fn line(origin: Origin, id: Option<String>, outcome: Outcome, reason: Option<String>) -> Line {
    Line { file: origin.file, line: origin.record, id, outcome, reason }
}
