//! `morgue ingest`: files and folders into the archive, with a progress bar and a report.

use std::{
    fs::File,
    io::{self, BufWriter, IsTerminal, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::Context;
use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    Outcome,
    archive::{self, Archive, Reader},
    sources,
};
use crate::{
    cli,
    config::Config,
    ingest::{self, Destination, Line, Options, Summary, Watch},
    ledger::Counts,
    reader::Source,
};

/// What was typed beside the paths.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) format: Option<cli::Format>,
    pub(super) dry_run: bool,
    pub(super) thorough: bool,
    pub(super) report: Option<PathBuf>,
}

/// Takes what is at the paths into the archive, which is begun if there is none.
pub(super) fn run(config: &Config, paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Outcome> {
    // A slip of the finger must not leave an empty archive behind.
    sources::check(paths)?;
    let archive = if settings.dry_run { archive::open_for_dry_run(config)? } else { archive::open_or_create(config)? };
    let desk = Desk { config, archive: &archive, read: &archive.reader(settings.thorough)? };
    let summary = into(desk, paths, settings)?;
    Ok(if summary.counts.rejected > 0 { Outcome::SomeRejected } else { Outcome::Well })
}

/// What an ingestion works with.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) config: &'a Config,
    pub(super) archive: &'a Archive,
    pub(super) read: &'a Reader,
}

/// Ingests into an open archive and says what became of it.
pub(super) fn into(desk: Desk, paths: &[PathBuf], settings: &Settings) -> anyhow::Result<Summary> {
    let Desk { config, archive, read } = desk;
    let sources = sources::typed(paths);
    let mut watch = Progress::new(config, &sources, settings.report.as_deref())?;
    let options = Options { format: settings.format.map(sources::format), dry_run: settings.dry_run, threads: 0 };
    let begun = Instant::now();
    let into = Destination { engine: &archive.engine, ledger: &archive.ledger, extract: read };
    let result = ingest::ingest(into, &sources, &options, &mut watch);
    watch.bar.finish_and_clear();
    let reported = watch.end();
    let summary = result?;
    reported.context("the report cannot be written")?;
    let seconds = begun.elapsed().as_secs_f64();
    if config.json && !matches!(settings.report.as_deref(), Some(path) if path.as_os_str() == "-") {
        let seconds = (seconds * 1e3).round() / 1e3;
        super::say(format_args!(
            "{}",
            serde_json::json!({ "run": summary.run, "counts": summary.counts, "dry_run": settings.dry_run, "seconds": seconds })
        ))?;
    } else if !config.quiet {
        eprintln!("{}", said(&summary.counts, seconds, settings.dry_run));
    }
    Ok(summary)
}

/// Returns the counts as a sentence, with the pace.
fn said(counts: &Counts, seconds: f64, dry_run: bool) -> String {
    let parts = [
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.unchanged, "unchanged"),
        (counts.duplicate, "duplicate"),
        (counts.rejected, "rejected"),
    ];
    let named: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", HumanCount(*count)))
        .collect();
    let what = if named.is_empty() { "no article found".to_owned() } else { named.join(", ") };
    let pace = (counts.total() as f64 / seconds.max(0.001)).round() as u64;
    let took = format!("{what} in {seconds:.1} s ({}/s)", HumanCount(pace));
    if dry_run { format!("dry run, nothing was written: {took}") } else { took }
}

/// Shows how far a run is, and writes its report.
struct Progress {
    bar: ProgressBar,
    report: Option<Box<dyn Write>>,
    failure: io::Result<()>,
}

impl Progress {
    fn new(config: &Config, sources: &[Source], report: Option<&Path>) -> anyhow::Result<Self> {
        let report: Option<Box<dyn Write>> = match report {
            None => None,
            Some(path) if path.as_os_str() == "-" => Some(Box::new(io::stdout())),
            Some(path) => {
                let file =
                    File::create(path).with_context(|| format!("cannot write the report `{}`", path.display()))?;
                Some(Box::new(BufWriter::new(file)))
            }
        };
        let shown = !config.quiet && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        // Compressed files hold more than their size, so that the share is an estimate, and said to be one.
        let bar = ProgressBar::with_draw_target(Some(sources.iter().map(Source::bytes).sum()), target);
        let template = "{msg} {wide_bar} {bytes}, about {eta} left";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        if shown {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Ok(Self { bar, report, failure: Ok(()) })
    }

    fn end(self) -> io::Result<()> {
        self.failure?;
        self.report.map_or(Ok(()), |mut report| report.flush())
    }
}

impl Watch for Progress {
    fn advanced(&mut self, counts: &Counts, bytes: u64) {
        let position = self.bar.position() + bytes;
        if self.bar.length().is_some_and(|length| position > length) {
            self.bar.set_length(position);
        }
        self.bar.set_position(position);
        let seconds = self.bar.elapsed().as_secs_f64().max(0.001);
        let rate = (counts.total() as f64 / seconds) as u64;
        self.bar.set_message(format!("{} articles, {}/s", HumanCount(counts.total()), HumanCount(rate)));
    }

    fn settled(&mut self, line: &Line) {
        if let Some(reason) = &line.reason {
            let place = format!("{}:{}: {reason}", line.file, line.line);
            let clean: String = place.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            self.bar.suspend(|| eprintln!("rejected: {clean}"));
        }
        if let (Some(report), Ok(())) = (&mut self.report, &self.failure) {
            self.failure = serde_json::to_writer(&mut *report, line)
                .map_err(io::Error::from)
                .and_then(|()| report.write_all(b"\n"));
        }
    }

    fn committed(&mut self) {
        if let (Some(report), Ok(())) = (&mut self.report, &self.failure) {
            self.failure = report.flush();
        }
    }
}
