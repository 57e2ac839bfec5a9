//! `morgue reprocess`: extraction again over what is archived, with a progress bar.

use std::{
    io::{self, IsTerminal},
    time::Instant,
};

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::{
    Outcome, Usage,
    archive::{self, Archive, Reader},
};
use crate::{
    config::Config,
    index::Engine,
    ingest::{self, Again, Destination, Line, Parts, Reprocessed, Watch},
    ledger::Counts,
    query::SearchRequest,
    search,
};

/// Reads anew what `pairs` find, the parts that are named (none: all), at the fast level or the thorough one.
pub(super) fn run(
    config: &Config,
    pairs: &[(String, String)],
    (only, thorough): (&[String], bool),
) -> anyhow::Result<Outcome> {
    let parts = parts(only)?;
    let search::Parameters { request, notices } = search::Parameters::from_pairs(pairs)?;
    // A query that was understood otherwise than it was meant must not rewrite other articles in silence.
    for notice in notices.iter().filter(|_| !config.quiet) {
        eprintln!("note: {notice}");
    }
    let archive = archive::open(config)?;
    let again = Again { name: called(pairs, only), request, parts };
    let reader = archive.reader(thorough)?;
    let begun = Instant::now();
    let done = again_over(config, (&archive, &reader), &again)?;
    said(config, &done, begun.elapsed().as_secs_f64())?;
    Ok(if done.failed > 0 { Outcome::SomeRejected } else { Outcome::Well })
}

fn again_over(config: &Config, (archive, reader): (&Archive, &Reader), again: &Again) -> anyhow::Result<Reprocessed> {
    let wanted = SearchRequest { limit: 0, cursor: None, ..again.request.clone() };
    let mut watch = Progress::new(config, archive.engine.search(&wanted)?.total);
    let into = Destination { engine: &archive.engine, ledger: &archive.ledger, extract: reader };
    let done = ingest::reprocess(into, again, &mut watch);
    watch.0.finish_and_clear();
    Ok(done?)
}

fn parts(only: &[String]) -> Result<Parts, Usage> {
    if only.is_empty() {
        return Ok(Parts::ALL);
    }
    only.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).try_fold(Parts::NONE, |parts, name| {
        let part = Parts::named(name).ok_or_else(|| {
            Usage(format!("`{name}` is no part of an extraction; expected some of {}", Parts::NAMES.join(",")))
        })?;
        Ok(parts.and(part))
    })
}

/// Returns what the run is called in the ledger.
fn called(pairs: &[(String, String)], only: &[String]) -> String {
    let filters = pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}"));
    let only = (!only.is_empty()).then(|| format!("only {}", only.join(",")));
    ["reprocess".to_owned()].into_iter().chain(filters).chain(only).collect::<Vec<_>>().join(" ")
}

fn said(config: &Config, done: &Reprocessed, seconds: f64) -> io::Result<()> {
    if config.json {
        let Reprocessed { articles, changed, unchanged, failed, headed } = done;
        let seconds = (seconds * 1e3).round() / 1e3;
        return super::say(format_args!(
            "{}",
            json!({ "articles": articles, "changed": changed, "unchanged": unchanged, "failed": failed, "headed": headed, "seconds": seconds })
        ));
    }
    if !config.quiet {
        let pace = (done.articles as f64 / seconds.max(0.001)).round() as u64;
        let headed = if done.headed > 0 {
            format!("; names of {} articles stand under other headings now", HumanCount(done.headed))
        } else {
            String::new()
        };
        let failed = if done.failed > 0 { format!(", {} failed", HumanCount(done.failed)) } else { String::new() };
        eprintln!(
            "{} changed, {} unchanged{failed} in {seconds:.1} s ({}/s){headed}",
            HumanCount(done.changed),
            HumanCount(done.unchanged),
            HumanCount(pace)
        );
    }
    Ok(())
}

/// Shows how far a run is.
struct Progress(ProgressBar);

impl Progress {
    fn new(config: &Config, articles: u64) -> Self {
        let shown = !config.quiet && io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(articles), target);
        let template = "{human_pos} of {human_len} articles {wide_bar} {per_sec}, {eta} left";
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }
}

impl Watch for Progress {
    fn advanced(&mut self, counts: &Counts, _: u64) {
        self.0.set_position(counts.total());
    }

    fn settled(&mut self, line: &Line) {
        let id: String = line.id.as_deref().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
        let reason = line.reason.as_deref().unwrap_or_default();
        self.0.suspend(|| eprintln!("left as it was: `{id}`: {reason}"));
    }
}
