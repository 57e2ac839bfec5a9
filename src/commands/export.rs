//! `morgue export`: every article that matches, without a cap.

use std::{
    io::{self, BufWriter, Write},
    ops::ControlFlow,
};

use super::{Outcome, archive};
use crate::{
    cli::ExportFormat,
    config::Config,
    search::{self, export::Format},
};

/// Writes every match of a search to standard output.
pub(super) fn run(config: &Config, pairs: &[(String, String)], format: ExportFormat) -> anyhow::Result<Outcome> {
    let engine = archive::open_to_read(config)?.engine;
    let format = match format {
        ExportFormat::Jsonl => Format::Jsonl,
        ExportFormat::Csv => Format::Csv,
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    out.write_all(&format.header())?;
    let mut written = Ok(());
    search::export(&engine, pairs, &mut |document| {
        written = out.write_all(&format.line(document));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    written?;
    out.flush()?;
    Ok(Outcome::Well)
}
