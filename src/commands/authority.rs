//! `morgue authority`: the authority as a file of JSON Lines, in and out.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use anyhow::Context;
use serde_json::json;

use super::{
    Outcome,
    archive::{self, Archive},
};
use crate::{
    authority::{MAX_LINE_BYTES, Record},
    cli::Authority,
    config::Config,
    document::Facet,
    index::Engine,
    ingest,
    query::{Node, SearchRequest},
};

/// Entries that are filed together.
const BATCH: usize = 10_000;

pub(super) fn run(config: &Config, what: Authority) -> anyhow::Result<Outcome> {
    match what {
        Authority::Import { file } => import(config, &file),
        Authority::Export { decided } => export(config, decided),
    }
}

fn export(config: &Config, decided: bool) -> anyhow::Result<Outcome> {
    let archive = archive::open_to_read(config)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    archive.ledger.export_authority(!decided, |record| {
        if written.is_ok() {
            written =
                serde_json::to_writer(&mut out, &record).map_err(io::Error::from).and_then(|()| out.write_all(b"\n"));
        }
    })?;
    written?;
    out.flush()?;
    Ok(Outcome::Well)
}

/// What an import did.
#[derive(Default)]
struct Imported {
    entries: usize,
    added: usize,
    rejected: usize,
}

fn import(config: &Config, file: &Path) -> anyhow::Result<Outcome> {
    let name = file.display().to_string();
    let mut input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).with_context(|| format!("cannot read `{name}`"))?))
    };
    let archive = archive::open_or_create(config)?;
    let mut writer = archive.engine.writer()?;
    let done = take_in(&archive, &mut input, &name)?;
    // Names that are archived already go under the new headings at once.
    let authority = archive.ledger.authority()?;
    let everything = [SearchRequest::new(Node::All)];
    let changed = ingest::resolve(archive.engine.inner(), writer.as_mut(), &authority, &everything, &mut ())?.changed;
    let Imported { entries, added, rejected } = done;
    if config.json {
        super::say(format_args!(
            "{}",
            json!({ "entries": entries, "added": added, "rejected": rejected, "articles": changed })
        ))?;
    } else if !config.quiet {
        eprintln!("{entries} entries, {added} of them new, {rejected} lines rejected; {changed} articles changed");
    }
    Ok(if rejected > 0 { Outcome::SomeRejected } else { Outcome::Well })
}

fn take_in(archive: &Archive, input: &mut dyn BufRead, name: &str) -> anyhow::Result<Imported> {
    let mut done = Imported::default();
    let mut batch: Vec<(Facet, Record)> = Vec::new();
    let mut number = 0u64;
    while let Some(line) = line(input).with_context(|| format!("cannot read `{name}`"))? {
        number += 1;
        let text = line.trim_ascii();
        let text = if number == 1 { text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text) } else { text };
        if text.is_empty() {
            continue;
        }
        let parsed = if text.len() > MAX_LINE_BYTES {
            Err(format!("longer than {MAX_LINE_BYTES} bytes"))
        } else {
            Record::parse(text).map_err(|error| error.to_string())
        };
        match parsed {
            Ok(entry) => batch.push(entry),
            Err(reason) => {
                done.rejected += 1;
                eprintln!("rejected: {name}:{number}: {}", reason.replace(char::is_control, " "));
            }
        }
        if batch.len() >= BATCH {
            done.added += archive.ledger.import_authority(&batch)?;
            done.entries += batch.len();
            batch.clear();
        }
    }
    done.added += archive.ledger.import_authority(&batch)?;
    done.entries += batch.len();
    Ok(done)
}

/// Reads a line; of one that is too long only so much that this is seen.
fn line(input: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let most = MAX_LINE_BYTES as u64 + 2;
    if Read::take(&mut *input, most).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let mut rest = Vec::new();
    while !line.ends_with(b"\n") && !rest.ends_with(b"\n") {
        rest.clear();
        if Read::take(&mut *input, most).read_until(b'\n', &mut rest)? == 0 {
            break;
        }
        line.resize(MAX_LINE_BYTES + 2, b'x');
    }
    Ok(Some(line))
}
