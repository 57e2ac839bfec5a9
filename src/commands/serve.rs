//! `morgue serve`: ingests the paths first, then serves the archive as pages and API.

use std::{
    net::TcpListener,
    path::PathBuf,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use super::{
    Outcome,
    archive::{self, Archive, Reader},
    ingest as ingesting, sources,
};
use crate::{
    article::ArticleId,
    config::Config,
    index::{self, Engine},
    ingest::{self, Destination, Line, Options, Watch},
    ledger::{self, Counts, Rejection, RunId},
    reader::{self, Source},
    server::{self, Access, Hosts, Intake, IntakeError, IntakeLine, RejectionView, RunView, State},
};

/// Ingests the paths, then serves until it is told to stop.
pub(super) fn run(config: &Config, paths: &[PathBuf], thorough: bool) -> anyhow::Result<Outcome> {
    let filter = EnvFilter::try_from_env("MORGUE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    // A log that nobody reads any more must not end the server.
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    log.log_internal_errors(false).init();
    sources::check(paths)?;
    // The address first: whoever cannot listen should not ingest for an hour before it is said.
    let listener = TcpListener::bind(config.listen)
        .with_context(|| format!("cannot listen on {}; is it in use? choose another with --listen", config.listen))?;
    let archive = archive::open_or_create(config)?;
    let reader = archive.reader(thorough)?;
    let mut outcome = Outcome::Well;
    if !paths.is_empty() {
        let desk = ingesting::Desk { config, archive: &archive, read: &reader };
        let summary = ingesting::into(desk, paths, &ingesting::Settings::default())?;
        if summary.counts.rejected > 0 {
            outcome = Outcome::SomeRejected;
        }
    } else if let Ok(_writer) = archive.engine.writer() {
        // Nobody else is writing, so that a run which is still open was cut off.
        archive.ledger.mark_interrupted()?;
    }
    let address = listener.local_addr()?;
    if !config.quiet {
        eprintln!("{} articles at http://{address}/ (stop with Ctrl-C)", archive.engine.count()?);
    }
    let Archive { engine, ledger, .. } = archive;
    let desk = Arc::new(Desk { engine: Arc::new(engine), ledger, reader });
    let state = State::new(desk.engine.clone(), desk.clone(), desk).with_hosts(Hosts::of(address.ip(), &config.hosts));
    server::serve(listener, state)?;
    Ok(outcome)
}

/// How long a writer waits for its turn before it is told to come back.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the server needs of the archive beyond searching: who may write, and writing.
struct Desk {
    engine: Arc<dyn Engine>,
    ledger: Arc<ledger::Ledger>,
    reader: Reader,
}

/// Rejected items of one run that a page lists.
const REJECTIONS: usize = 100;

impl Desk {
    fn rejections(&self, run: RunId) -> Vec<RejectionView> {
        let rejections = self.ledger.rejections(run, REJECTIONS).unwrap_or_else(|error| {
            tracing::error!(%error, "rejected items could not be read");
            Vec::new()
        });
        let view = |it: Rejection| RejectionView { place: format!("{}:{}", it.file, it.record), reason: it.reason };
        rejections.into_iter().map(view).collect()
    }
}

impl Access for Desk {
    fn allows(&self, key: &str) -> bool {
        self.ledger.check_key(key).unwrap_or_else(|error| {
            tracing::error!(%error, "a key could not be checked");
            false
        })
    }
}

/// Collects the lines of a run.
#[derive(Default)]
struct Lines(Vec<IntakeLine>);

impl Watch for Lines {
    fn advanced(&mut self, _: &Counts, _: u64) {}

    fn settled(&mut self, line: &Line) {
        let outcome = serde_json::to_value(line.outcome).ok().and_then(|it| it.as_str().map(str::to_owned));
        self.0.push(IntakeLine {
            line: line.line,
            id: line.id.clone(),
            outcome: outcome.unwrap_or_default(),
            reason: line.reason.clone(),
        });
    }
}

impl Desk {
    /// Tries again while another writes; one at a time may.
    fn in_turn<T>(&self, write: impl Fn() -> Result<T, ingest::Error>) -> Result<T, IntakeError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match write() {
                Ok(done) => return Ok(done),
                Err(ingest::Error::Index(index::Error::Locked(_)) | ingest::Error::Ledger(ledger::Error::Locked)) => {
                    if Instant::now() >= deadline {
                        return Err(IntakeError::Busy);
                    }
                    thread::sleep(Duration::from_millis(50));
                }
                Err(
                    ingest::Error::Index(index::Error::ReadOnly(_)) | ingest::Error::Ledger(ledger::Error::ReadOnly),
                ) => return Err(IntakeError::ReadOnly),
                Err(error) => return Err(IntakeError::Failed(error.to_string())),
            }
        }
    }
}

impl Intake for Desk {
    fn take_in(&self, body: Vec<u8>) -> Result<Vec<IntakeLine>, IntakeError> {
        let body_start = body.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        let source = [Source::Bytes { name: "api".to_owned(), data: body }];
        // JSON Lines or an array, as is written in the contract; a form or a text that was sent by mistake is no article.
        let array = body_start == Some(b'[');
        let format = Some(if array { reader::Format::Json } else { reader::Format::JsonLines });
        let options = Options { format, ..Options::default() };
        self.in_turn(|| {
            let mut lines = Lines::default();
            let into = Destination { engine: &*self.engine, ledger: &self.ledger, extract: &self.reader };
            ingest::ingest(into, &source, &options, &mut lines)?;
            Ok(lines.0)
        })
    }

    fn delete(&self, id: &str) -> Result<bool, IntakeError> {
        let Some(id) = ArticleId::given(id) else { return Ok(false) };
        self.in_turn(|| {
            if self.engine.known(&id)?.is_none() {
                return Ok(false);
            }
            let mut writer = self.engine.writer()?;
            writer.delete(&id)?;
            writer.commit()?;
            Ok(true)
        })
    }

    fn runs(&self) -> Vec<RunView> {
        let runs = self.ledger.runs(100).unwrap_or_else(|error| {
            tracing::error!(%error, "the runs could not be read");
            Vec::new()
        });
        let view = |run: ledger::Run| RunView {
            rejections: if run.counts.rejected > 0 { self.rejections(run.id) } else { Vec::new() },
            started: run.started,
            finished: run.finished,
            failure: run.failure,
            what: run.sources,
            created: run.counts.created,
            updated: run.counts.updated,
            unchanged: run.counts.unchanged,
            duplicate: run.counts.duplicate,
            rejected: run.counts.rejected,
        };
        runs.into_iter().map(view).collect()
    }
}
