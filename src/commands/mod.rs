//! One file per verb of the command line; glue only: opens what is needed, calls a room, prints.

mod archive;
mod authority;
mod check;
mod compare;
#[cfg(feature = "train")]
mod evaluate;
mod export;
mod extract;
mod ingest;
mod key;
mod names;
mod reprocess;
mod search;
mod serve;
mod show;
mod sources;
#[cfg(feature = "train")]
mod topics;
#[cfg(feature = "train")]
mod train;

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use crate::{
    cli::{Args, Command},
    config::{Config, Typed},
    document::Facet,
    extract::Extractor,
};

/// How a command ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All well.
    Well,
    /// Some items were rejected; the rest is done.
    SomeRejected,
}

/// A mistake in what was typed: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Loads what reads articles: the fast level, or the thorough one.
fn extractor(thorough: bool) -> anyhow::Result<Extractor> {
    let fast = Extractor::embedded()?;
    Ok(if thorough { fast.thorough()? } else { fast })
}

/// Runs the command that was typed, and says how it ended.
///
/// An error of the type [`Usage`], or a search parameter that cannot be, is a mistake in what was typed; any other means that
/// the command could not be carried out.
pub fn run(args: Args) -> anyhow::Result<Outcome> {
    let common = &args.common;
    let (listen, hosts) = match &args.command {
        Command::Serve { listen, hosts, .. } => (listen.as_deref(), hosts.as_slice()),
        _ => (None, &[][..]),
    };
    let environment = std::env::var("MORGUE_ARCHIVE").ok();
    let config = Config::resolve(&Typed {
        archive: common.archive.as_deref(),
        environment: environment.as_deref(),
        listen,
        hosts,
        file: common.config.as_deref(),
        quiet: common.quiet,
        json: common.json,
    })
    .map_err(|error| Usage(error.to_string()))?;
    match args.command {
        Command::Serve { paths, thorough, .. } => serve::run(&config, &paths, thorough),
        Command::Ingest { paths, format, dry_run, thorough, report } => {
            ingest::run(&config, &paths, &ingest::Settings { format, dry_run, thorough, report })
        }
        Command::Search(typed) => search::run(&config, &typed.pairs()),
        Command::Show { id } => show::run(&config, &id),
        Command::Export { query, filters, format } => export::run(&config, &filters.pairs(&query), format),
        Command::Extract { paths, format, topic_model, include_text, thorough } => {
            let settings = extract::Settings { format, topic_model, include_text, thorough };
            extract::run(&paths, &settings)
        }
        Command::Reprocess { query, filters, only, thorough } => {
            reprocess::run(&config, &filters.pairs(&query), (&only, thorough))
        }
        Command::People { what } => names::run(&config, Facet::People, what),
        Command::Places { what } => names::run(&config, Facet::Places, what),
        Command::Organizations { what } => names::run(&config, Facet::Organizations, what),
        Command::Topics { what } => names::run(&config, Facet::Topics, what),
        Command::Authority { what } => authority::run(&config, what),
        #[cfg(feature = "train")]
        Command::Train { what } => train::run(&config, what),
        #[cfg(feature = "train")]
        Command::Evaluate { what } => evaluate::run(&config, what),
        Command::Check => check::run(&config),
        Command::Key { what } => key::run(&config, what),
        Command::Completions { shell } => {
            io::stdout().lock().write_all(&Args::completions(shell))?;
            Ok(Outcome::Well)
        }
    }
}

/// Prints a line on standard output; a reader that is gone is an error to return, not to panic at.
fn say(line: fmt::Arguments) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{line}")
}

/// Turns the result of a command into the exit code, and says what went wrong.
pub fn exit_code(result: anyhow::Result<Outcome>) -> ExitCode {
    match result {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::SomeRejected) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Where even that cannot be written, the exit code alone tells.
            let _told = writeln!(io::stderr().lock(), "morgue: {}", told(&error));
            let parameter = matches!(error.downcast_ref(), Some(crate::search::Error::Parameter { .. }));
            ExitCode::from(if parameter || error.is::<Usage>() { 2 } else { 3 })
        }
    }
}

/// Returns an error with its causes, none said twice: some errors already say what caused them.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.is_empty() {
            told = cause;
        } else if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    // What a file is called, or says, must not steer the terminal.
    told.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

/// A reader that has seen enough (`| head`) is no failure.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
