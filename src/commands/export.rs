//! `morgue export`: every article that matches, without a cap.

use std::{
    io::{self, BufWriter, Write},
    ops::ControlFlow,
};

use super::{Outcome, archive};
use crate::{
    cli::ExportFormat,
    config::Config,
    search::{self, export},
};

pub(super) fn run(config: &Config, pairs: &[(String, String)], format: ExportFormat) -> anyhow::Result<Outcome> {
    let archive = archive::open(config)?;
    let out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    match format {
        ExportFormat::Jsonl => jsonl(&archive, pairs, out),
        ExportFormat::Csv => csv(&archive, pairs, out),
    }
}

fn jsonl(archive: &archive::Archive, pairs: &[(String, String)], mut out: impl Write) -> anyhow::Result<Outcome> {
    let mut result = Ok(());
    search::export(&archive.engine, pairs, &mut |document| {
        result = serde_json::to_writer(&mut out, &export::object(document))
            .map_err(io::Error::from)
            .and_then(|()| out.write_all(b"\n"));
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result?;
    out.flush()?;
    Ok(Outcome::Well)
}

fn csv(archive: &archive::Archive, pairs: &[(String, String)], out: impl Write) -> anyhow::Result<Outcome> {
    let mut writer = csv::Writer::from_writer(out);
    let mut result = writer.write_record(export::COLUMNS);
    search::export(&archive.engine, pairs, &mut |document| {
        result = writer.write_record(export::row(document));
        if result.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    result.map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    })?;
    writer.flush()?;
    Ok(Outcome::Well)
}
