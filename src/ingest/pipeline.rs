//! The threads of an ingestion and the channels between them.
//!
//! Whoever ends early closes what the others wait on: a writer that fails must not leave the reader waiting for room.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Condvar, Mutex, PoisonError},
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::{Destination, Error, Extract, Options, Summary, Watch, writing::Writing};
use crate::{
    article::Article,
    document::Headings,
    extract::Extraction,
    reader::{self, Item, Origin, Rejected, Source},
};

/// How many bytes of articles may be on their way between reading and writing.
const MAX_BYTES_IN_FLIGHT: u64 = if cfg!(test) { 1 << 16 } else { 192 << 20 };
/// After so long a silence of the sources, what was read is committed.
const SILENCE: Duration = Duration::from_secs(1);

/// An item on its way, numbered in the order of reading.
struct Job {
    number: u64,
    item: Item,
    /// Counted against the bytes in flight.
    bytes: u64,
}

/// An item that is ready to be written.
pub(super) enum Ready {
    Article {
        article: Box<Article>,
        extraction: Box<Extraction>,
        headings: Headings,
        origin: Origin,
    },
    /// The archive has it as it is.
    Unchanged {
        article: Box<Article>,
        origin: Origin,
    },
    Rejected {
        origin: Origin,
        id: Option<String>,
        reason: String,
    },
}

/// Bounds the bytes in flight: reading waits while too many are.
#[derive(Default)]
struct Flight {
    aboard: Mutex<Aboard>,
    landed: Condvar,
}

#[derive(Default)]
struct Aboard {
    bytes: u64,
    /// Nothing lands any more.
    closed: bool,
}

impl Flight {
    /// Waits for room; `false` if there never will be any.
    fn board(&self, bytes: u64) -> bool {
        let full =
            |aboard: &mut Aboard| !aboard.closed && aboard.bytes > 0 && aboard.bytes + bytes > MAX_BYTES_IN_FLIGHT;
        let waiting = self.aboard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut aboard = self.landed.wait_while(waiting, full).unwrap_or_else(PoisonError::into_inner);
        aboard.bytes += bytes;
        !aboard.closed
    }

    fn land(&self, bytes: u64) {
        let mut aboard = self.aboard.lock().unwrap_or_else(PoisonError::into_inner);
        aboard.bytes = aboard.bytes.saturating_sub(bytes);
        self.landed.notify_all();
    }
}

/// Closes the flight when writing ends, however it ends.
struct Closing<'a>(&'a Flight);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.0.aboard.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.landed.notify_all();
    }
}

/// Takes the sources into the archive.
///
/// Bad items are rejected and counted; the run goes on. An error means that the run itself could not go on; what was
/// committed before it is safe.
pub fn ingest(
    into: Destination,
    sources: &[Source],
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Summary, Error> {
    let mut writing = if options.dry_run { Writing::dry(into, watch) } else { Writing::begin(into, sources, watch)? };
    let result = run(into, sources, options, &mut writing);
    writing.end(result)
}

fn run(into: Destination, sources: &[Source], options: &Options, writing: &mut Writing) -> Result<(), Error> {
    let threads =
        if options.threads > 0 { options.threads } else { thread::available_parallelism().map_or(1, usize::from) };
    let flight = &Flight::default();
    let (jobs_in, jobs) = bounded::<Job>(256);
    let (ready_in, ready) = bounded::<(u64, u64, Ready)>(256);
    thread::scope(|scope| {
        let reading = scope.spawn(move || read(sources, options, flight, &jobs_in));
        let start = |_| {
            let (jobs, ready_in) = (jobs.clone(), ready_in.clone());
            scope.spawn(move || work(into, &jobs, &ready_in))
        };
        let working: Vec<_> = (0..threads).map(start).collect();
        drop((jobs, ready_in));
        let written = in_order(ready, flight, writing);
        let read = reading.join().map_err(|_| Error::Thread);
        let worked = working.into_iter().all(|it| it.join().is_ok());
        let (written, read) = (written?, read??);
        // Nothing may fall out between the threads unnoticed.
        if worked && written == read { Ok(()) } else { Err(Error::Thread) }
    })
}

/// Reads; returns how many items there were.
fn read(sources: &[Source], options: &Options, flight: &Flight, jobs: &Sender<Job>) -> Result<u64, reader::Error> {
    let mut number = 0;
    reader::read(sources, options.format, &mut |item| {
        let bytes = item.bytes();
        if !flight.board(bytes) || jobs.send(Job { number, item, bytes }).is_err() {
            return ControlFlow::Break(());
        }
        number += 1;
        ControlFlow::Continue(())
    })?;
    Ok(number)
}

fn work(into: Destination, jobs: &Receiver<Job>, ready: &Sender<(u64, u64, Ready)>) {
    for Job { number, item, bytes } in jobs {
        let outcome = match item.finish() {
            Ok((article, origin)) => prepared(into, article, origin),
            Err(Rejected { origin, id, reason }) => Ready::Rejected { origin, id, reason },
        };
        if ready.send((number, bytes, outcome)).is_err() {
            break;
        }
    }
}

fn prepared(into: Destination, article: Box<Article>, origin: Origin) -> Ready {
    // Most of a second run is unchanged: it costs a look-up, not an extraction. The writer looks again.
    let known = into.engine.known(&article.id).ok().flatten();
    if known.is_some_and(|known| known.fingerprint == article.fingerprint()) {
        return Ready::Unchanged { article, origin };
    }
    extracted(into.extract, article, origin)
}

/// Extracts; one article that breaks the extraction must not end the run.
pub(super) fn extracted(extract: &Extract, article: Box<Article>, origin: Origin) -> Ready {
    let read = || {
        let extraction = extract.extract(&article);
        let headings = extract.headings(&article, &extraction);
        (extraction, headings)
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok((extraction, headings)) => Ready::Article { article, extraction: Box::new(extraction), headings, origin },
        Err(_) => {
            let reason = "the extraction failed on this article; please report it".to_owned();
            Ready::Rejected { origin, id: Some(article.id.to_string()), reason }
        }
    }
}

/// Writes items in the order in which they were read, whatever order they become ready in; returns how many.
fn in_order(ready: Receiver<(u64, u64, Ready)>, flight: &Flight, writing: &mut Writing) -> Result<u64, Error> {
    let _closing = Closing(flight);
    let mut waiting: BTreeMap<u64, (u64, Ready)> = BTreeMap::new();
    let mut next = 0;
    loop {
        match ready.recv_timeout(SILENCE) {
            Ok((number, bytes, outcome)) => waiting.insert(number, (bytes, outcome)),
            // Whoever follows a growing source wants to find what has come so far.
            Err(RecvTimeoutError::Timeout) => {
                writing.commit()?;
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(next),
        };
        while let Some((bytes, outcome)) = waiting.remove(&next) {
            writing.write(outcome, bytes)?;
            flight.land(bytes);
            next += 1;
        }
    }
}
