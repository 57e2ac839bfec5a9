//! The threads of an ingestion and the channels between them.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Condvar, Mutex},
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Error, Extract, Options, Summary, Watch, writing::Writing};
use crate::{
    article::Article,
    extract::Extraction,
    index::Engine,
    ledger::Ledger,
    reader::{self, Item, Origin, Source},
};

/// How many bytes of articles may be on their way between reading and writing.
const MAX_BYTES_IN_FLIGHT: u64 = 192 << 20;

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
struct Flight {
    bytes: Mutex<u64>,
    landed: Condvar,
}

impl Flight {
    fn board(&self, bytes: u64) {
        let Ok(mut aboard) = self.bytes.lock() else { return };
        while *aboard > 0 && *aboard + bytes > MAX_BYTES_IN_FLIGHT {
            match self.landed.wait(aboard) {
                Ok(guard) => aboard = guard,
                Err(_) => return,
            }
        }
        *aboard += bytes;
    }

    fn land(&self, bytes: u64) {
        if let Ok(mut aboard) = self.bytes.lock() {
            *aboard = aboard.saturating_sub(bytes);
        }
        self.landed.notify_all();
    }
}

/// Takes the sources into the archive.
///
/// Bad items are rejected and counted; the run goes on. An error means that the run itself could not go on; what was
/// committed before it is safe.
pub fn ingest(
    engine: &dyn Engine,
    ledger: &Ledger,
    extract: &Extract,
    sources: &[Source],
    options: &Options,
    watch: &mut dyn Watch,
) -> Result<Summary, Error> {
    let threads =
        if options.threads > 0 { options.threads } else { thread::available_parallelism().map_or(1, usize::from) };
    let mut writing = Writing::begin(engine, ledger, extract, (sources, options.dry_run), watch)?;
    let flight = Flight { bytes: Mutex::new(0), landed: Condvar::new() };
    let (jobs_in, jobs) = bounded::<Job>(256);
    let (ready_in, ready) = bounded::<(u64, u64, Ready)>(256);
    let result = thread::scope(|scope| {
        let flight = &flight;
        let reading = scope.spawn(move || read(sources, options, flight, &jobs_in));
        for _ in 0..threads {
            let (jobs, ready_in) = (jobs.clone(), ready_in.clone());
            scope.spawn(move || work(engine, extract, &jobs, &ready_in));
        }
        drop((jobs, ready_in));
        let written = in_order(&ready, flight, &mut writing);
        if written.is_err() {
            // Whoever waits for room must not wait for ever.
            drop(ready);
            flight.land(u64::MAX);
        }
        let read = reading.join().map_err(|_| Error::Thread)?;
        written?;
        Ok(read?)
    });
    writing.end(result)
}

fn read(sources: &[Source], options: &Options, flight: &Flight, jobs: &Sender<Job>) -> Result<(), reader::Error> {
    let mut number = 0;
    reader::read(sources, options.format, &mut |item| {
        let bytes = match &item {
            Item::Article { bytes, .. } => *bytes,
            Item::Rejected { .. } => 0,
        };
        flight.board(bytes);
        let sent = jobs.send(Job { number, item, bytes });
        number += 1;
        if sent.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })
}

fn work(engine: &dyn Engine, extract: &Extract, jobs: &Receiver<Job>, ready: &Sender<(u64, u64, Ready)>) {
    for Job { number, item, bytes } in jobs {
        let outcome = match item {
            Item::Rejected { origin, id, reason } => Ready::Rejected { origin, id, reason },
            Item::Article { article, origin, .. } => prepared(engine, extract, article, origin),
        };
        if ready.send((number, bytes, outcome)).is_err() {
            break;
        }
    }
}

fn prepared(engine: &dyn Engine, extract: &Extract, article: Box<Article>, origin: Origin) -> Ready {
    // Most of a second run is unchanged: it costs a look-up, not an extraction. The writer looks again.
    let known = engine.known(&article.id).ok().flatten();
    if known.is_some_and(|known| known.fingerprint == article.fingerprint()) {
        return Ready::Unchanged { article, origin };
    }
    // One article that breaks the extraction must not end the run.
    match catch_unwind(AssertUnwindSafe(|| extract(&article))) {
        Ok(extraction) => Ready::Article { article, extraction: Box::new(extraction), origin },
        Err(_) => {
            let reason = "the extraction failed on this article; please report it".to_owned();
            Ready::Rejected { origin, id: Some(article.id.to_string()), reason }
        }
    }
}

/// Writes items in the order in which they were read, whatever order they become ready in.
fn in_order(ready: &Receiver<(u64, u64, Ready)>, flight: &Flight, writing: &mut Writing) -> Result<(), Error> {
    let mut waiting: BTreeMap<u64, (u64, Ready)> = BTreeMap::new();
    let mut next = 0;
    for (number, bytes, outcome) in ready {
        waiting.insert(number, (bytes, outcome));
        while let Some((bytes, outcome)) = waiting.remove(&next) {
            writing.write(outcome, bytes)?;
            flight.land(bytes);
            next += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::ArticleId,
        index::tantivy::TantivyEngine,
        ingest::{Line, Outcome},
        ledger::Counts,
    };

    #[derive(Default)]
    struct Lines(Vec<Line>);

    impl Watch for Lines {
        fn advanced(&mut self, _: &Counts, _: u64) {}
        fn settled(&mut self, line: &Line) {
            self.0.push(line.clone());
        }
    }

    fn outcomes(engine: &dyn Engine, ledger: &Ledger, lines: &str) -> Vec<Outcome> {
        let source = Source::Bytes { name: "x.jsonl".into(), data: lines.as_bytes().to_vec() };
        let extract = |article: &Article| {
            assert!(article.title != "panic", "as asked");
            Extraction::default()
        };
        let mut watch = Lines::default();
        ingest(engine, ledger, &extract, &[source], &Options::default(), &mut watch).unwrap();
        assert!(watch.0.iter().zip(1..).all(|(line, number)| line.line == number));
        watch.0.iter().map(|line| line.outcome).collect()
    }

    #[test]
    fn outcomes_say_what_became_of_each_article() {
        use Outcome::{Created, Duplicate, Rejected, Unchanged, Updated};
        let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
        let lines = "{\"id\":\"1\",\"title\":\"A\"}\n{\"id\":\"2\",\"title\":\"B\"}\n{\"id\":\"1\",\"title\":\"A\"}\n\
                     {\"id\":\"1\",\"title\":\"C\"}\n{\"id\":\"3\",\"title\":\"B\"}\n{oops\n{\"id\":\"4\",\"title\":\"panic\"}";
        let first = outcomes(&engine, &ledger, lines);
        assert_eq!(first, [Created, Created, Unchanged, Updated, Duplicate, Rejected, Rejected]);
        assert_eq!(engine.count().unwrap(), 3);
        let third = engine.get(&ArticleId::given("3").unwrap()).unwrap().unwrap();
        assert_eq!(third.story, "2");
        let again = "{\"id\":\"1\",\"title\":\"C\"}\n{\"id\":\"2\",\"title\":\"B\"}\n{\"id\":\"3\",\"title\":\"B\"}";
        assert_eq!(outcomes(&engine, &ledger, again), [Unchanged; 3]);
        let runs = ledger.runs(10).unwrap();
        assert_eq!((runs[0].counts.unchanged, runs[1].counts.rejected), (3, 2));
        assert!(runs.iter().all(|run| run.finished.is_some()));
        assert_eq!(ledger.rejections(runs[1].id, 10).unwrap()[0].record, 6);
    }

    #[test]
    fn a_missing_source_is_said_before_anything_is_written() {
        let (engine, ledger) = (TantivyEngine::in_memory().unwrap(), Ledger::in_memory().unwrap());
        let source = Source::Path("nowhere.jsonl".into());
        let extract = |_: &Article| Extraction::default();
        let result = ingest(&engine, &ledger, &extract, &[source], &Options::default(), &mut ());
        assert!(matches!(result, Err(Error::Read(_))));
    }
}
