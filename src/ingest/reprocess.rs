//! Extraction again over what is archived: the archive keeps every article whole and reads it anew from itself.
//!
//! One reads in order, all cores extract, one writes, batch by batch; memory is bounded by one batch. Each batch is
//! committed whole, so that a run which was cut off leaves articles that are either as before or as after, and a second
//! run finishes the work. Articles, ids, stories and what the source gave are never touched.

use std::{
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Mutex,
    thread,
};

use serde::Serialize;

use super::{
    Destination, Error, Extract, Line, Outcome, Watch,
    resolve::{decide_names, headed},
};
use crate::{
    document::Document,
    extract::Extraction,
    index::{Engine, Writer},
    ledger::{Counts, Ledger, Rejection, RunId},
    query::{Node, SearchRequest},
};

/// Articles that are read before they are extracted together.
const BATCH_ARTICLES: usize = 512;
/// The same in bytes of text.
const BATCH_BYTES: usize = 16 << 20;
/// Changed articles that are committed together; a commit costs a fraction of a second.
const COMMIT_ARTICLES: u64 = if cfg!(test) { 3 } else { 20_000 };

/// Which parts of an extraction are made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts(u8);

impl Parts {
    /// Everything, the language too.
    pub const ALL: Self = Self(0xff);
    /// Nothing yet.
    pub const NONE: Self = Self(0);
    /// Names of the parts that can be asked for.
    pub const NAMES: [&'static str; 6] = ["people", "places", "organizations", "topics", "keywords", "entities"];

    const PEOPLE: Self = Self(1);
    const PLACES: Self = Self(2);
    const ORGANIZATIONS: Self = Self(4);
    const TOPICS: Self = Self(8);
    const KEYWORDS: Self = Self(16);
    const ENTITIES: Self = Self(7);

    /// Returns the part of that name; `entities` are people, places and organizations together.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "people" => Self::PEOPLE,
            "places" => Self::PLACES,
            "organizations" => Self::ORGANIZATIONS,
            "topics" => Self::TOPICS,
            "keywords" => Self::KEYWORDS,
            "entities" => Self::ENTITIES,
            _ => return None,
        })
    }

    /// Returns both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Says whether people, places or organizations are among them.
    pub fn names_anything(self) -> bool {
        self.has(Self::ENTITIES)
    }

    fn has(self, part: Self) -> bool {
        self.0 & part.0 != 0
    }

    /// Takes these parts from the new extraction, the others from the old one.
    fn join(self, old: &Extraction, new: Extraction) -> Extraction {
        if self == Self::ALL {
            return new;
        }
        let mut joined = old.clone();
        if self.has(Self::PEOPLE) {
            joined.people = new.people;
        }
        if self.has(Self::PLACES) {
            joined.places = new.places;
        }
        if self.has(Self::ORGANIZATIONS) {
            joined.organizations = new.organizations;
        }
        if self.has(Self::TOPICS) {
            joined.topics = new.topics;
        }
        if self.has(Self::KEYWORDS) {
            joined.keywords = new.keywords;
        }
        joined
    }
}

/// What is to be extracted again.
#[derive(Debug, Clone)]
pub struct Again {
    /// Which articles.
    pub request: SearchRequest,
    /// Which parts.
    pub parts: Parts,
    /// What the run is called in the ledger.
    pub name: String,
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Reprocessed {
    /// Articles that were read.
    pub articles: u64,
    /// Those of which something new was read out.
    pub changed: u64,
    /// Those that stay as they were.
    pub unchanged: u64,
    /// Those that the extraction failed on; they stay as they were.
    pub failed: u64,
    /// Articles of the whole archive whose names went under other headings afterwards.
    pub headed: u64,
}

/// Extracts again what is archived; where that concerns names, decides anew which of the whole archive are one.
///
/// The archive's one writer is held throughout ([`crate::index::Error::Locked`] if another has it). An error means that
/// the run could not go on; what was committed before it is safe.
pub fn reprocess(archive: Destination, again: &Again, watch: &mut dyn Watch) -> Result<Reprocessed, Error> {
    let Destination { engine, ledger, extract } = archive;
    let mut writer = engine.writer()?;
    let run = ledger.begin_run(std::slice::from_ref(&again.name))?;
    let mut rewriting = Rewriting::new(writer.as_mut(), watch);
    let renew = |old: &Document| renewed(old, extract, again.parts);
    let result = rewriting
        .run(engine, &again.request, &renew)
        .and_then(|()| if again.parts.names_anything() { rewriting.under_headings(engine, ledger) } else { Ok(()) });
    let closed = file(ledger, run, &rewriting, result.as_ref().err());
    let done = rewriting.done;
    result?;
    closed?;
    Ok(done)
}

fn renewed(old: &Document, read: &Extract, parts: Parts) -> Document {
    let extraction = parts.join(&old.extraction, read.extract(&old.article));
    let headings = read.headings(&old.article, &extraction);
    Document { extraction, headings, ..old.clone() }
}

fn file(ledger: &Ledger, run: RunId, rewriting: &Rewriting, failure: Option<&Error>) -> Result<(), Error> {
    ledger.file_run(run, &rewriting.counts(), &rewriting.rejections)?;
    ledger.end_run(run, failure.map(ToString::to_string).as_deref())?;
    Ok(())
}

/// Makes a document anew; shared by the threads.
pub(super) type Renew<'a> = dyn Fn(&Document) -> Document + Sync + 'a;

/// What became of one article: nothing, a change, or why nothing could.
enum Renewed {
    Same,
    Changed(Box<Document>),
    Failed(String),
}

/// The writing end: puts what changed, commits in batches.
pub(super) struct Rewriting<'a> {
    writer: &'a mut dyn Writer,
    watch: &'a mut dyn Watch,
    pub(super) done: Reprocessed,
    uncommitted: u64,
    rejections: Vec<Rejection>,
}

impl<'a> Rewriting<'a> {
    pub(super) fn new(writer: &'a mut dyn Writer, watch: &'a mut dyn Watch) -> Self {
        Self { writer, watch, done: Reprocessed::default(), uncommitted: 0, rejections: Vec::new() }
    }

    pub(super) fn counts(&self) -> Counts {
        let Reprocessed { changed, unchanged, failed, .. } = self.done;
        Counts { updated: changed, unchanged, rejected: failed, ..Counts::default() }
    }

    /// Decides which names are one, and puts those of the whole archive under their headings.
    fn under_headings(&mut self, engine: &dyn Engine, ledger: &Ledger) -> Result<(), Error> {
        decide_names(engine, ledger)?;
        let authority = ledger.authority()?;
        let before = self.done;
        let renew = |old: &Document| headed(old, &authority);
        let result = self.run(engine, &SearchRequest::new(Node::All), &renew);
        let headed = self.done.changed - before.changed;
        self.done = Reprocessed { headed, ..before };
        result
    }

    /// Renews every match and commits what is left at the end, also after an error.
    pub(super) fn run(&mut self, engine: &dyn Engine, request: &SearchRequest, renew: &Renew) -> Result<(), Error> {
        let mut batch = Vec::new();
        let mut bytes = 0;
        let mut result = Ok(());
        let scanned = engine.scan(request, &mut |document| {
            bytes += document.article.body.len();
            batch.push(document);
            if batch.len() >= BATCH_ARTICLES || bytes >= BATCH_BYTES {
                bytes = 0;
                result = self.write(&std::mem::take(&mut batch), renew);
            }
            if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let result = result.and_then(|()| self.write(&batch, renew));
        let committed = self.commit();
        result.and(scanned.map_err(Error::from)).and(committed)
    }

    fn write(&mut self, batch: &[Document], renew: &Renew) -> Result<(), Error> {
        for (old, renewed) in batch.iter().zip(in_parallel(batch, renew)?) {
            self.done.articles += 1;
            match renewed {
                Renewed::Same => self.done.unchanged += 1,
                Renewed::Changed(document) => {
                    self.writer.put(&document)?;
                    self.done.changed += 1;
                    self.uncommitted += 1;
                }
                Renewed::Failed(reason) => self.failed(old, reason),
            }
            self.watch.advanced(&self.counts(), old.article.body.len() as u64);
        }
        if self.uncommitted >= COMMIT_ARTICLES { self.commit() } else { Ok(()) }
    }

    fn failed(&mut self, old: &Document, reason: String) {
        self.done.failed += 1;
        let (file, id) = ("archive".to_owned(), old.article.id.to_string());
        let line = Line {
            file: file.clone(),
            line: self.done.articles,
            id: Some(id.clone()),
            outcome: Outcome::Rejected,
            reason: Some(reason.clone()),
        };
        self.watch.settled(&line);
        self.rejections.push(Rejection { file, record: line.line, id: Some(id), reason });
    }

    fn commit(&mut self) -> Result<(), Error> {
        if self.uncommitted > 0 {
            self.writer.commit()?;
            self.uncommitted = 0;
        }
        Ok(())
    }
}

/// Renews a batch on all cores; the answers stand in the order of the batch.
fn in_parallel(batch: &[Document], renew: &Renew) -> Result<Vec<Renewed>, Error> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(batch.len());
    let next = Mutex::new(batch.iter().enumerate());
    let work = || {
        let mut own = Vec::new();
        loop {
            let taken = next.lock().ok().and_then(|mut rest| rest.next());
            let Some((at, old)) = taken else { return own };
            own.push((at, one(old, renew)));
        }
    };
    let mut answers: Vec<(usize, Renewed)> = thread::scope(|scope| {
        let working: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        working.into_iter().map(|it| it.join().map_err(|_| Error::Thread)).collect::<Result<Vec<_>, _>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    answers.sort_by_key(|(at, _)| *at);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

/// Renews one document; one that breaks the extraction must not end the run.
fn one(old: &Document, renew: &Renew) -> Renewed {
    match catch_unwind(AssertUnwindSafe(|| renew(old))) {
        Err(_) => Renewed::Failed("the extraction failed on this article; please report it".to_owned()),
        // As they are stored: a share that was read back is rounded, a fresh one is not.
        Ok(new) if stored(&new) == stored(old) => Renewed::Same,
        Ok(new) => Renewed::Changed(Box::new(new)),
    }
}

fn stored(document: &Document) -> Vec<u8> {
    serde_json::to_vec(document).unwrap_or_default()
}
