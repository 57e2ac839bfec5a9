//! Opens an archive: its engine, its ledger and what reads its articles.

use std::sync::Arc;

use anyhow::Context;

use super::Usage;
use crate::{
    article::Article,
    config::Config,
    document::Headings,
    extract::{Extraction, Extractor},
    index::headed::Headed,
    index::{self, Engine, tantivy::TantivyEngine},
    ingest,
    ledger::{Current, Ledger},
};

/// An open archive.
pub(super) struct Archive {
    pub(super) engine: Headed<TantivyEngine>,
    pub(super) ledger: Arc<Ledger>,
    authority: Arc<Current>,
}

/// Reads articles as this archive does: with its models, and under its headings.
pub(super) struct Reader {
    extractor: Extractor,
    authority: Arc<Current>,
}

impl ingest::Read for Reader {
    fn extract(&self, article: &Article) -> Extraction {
        let mut extraction = self.extractor.extract(article);
        self.authority.get().locate(&mut extraction);
        extraction
    }

    fn headings(&self, article: &Article, extraction: &Extraction) -> Headings {
        self.authority.get().headings(article, extraction)
    }
}

impl Archive {
    fn of(engine: TantivyEngine, ledger: Ledger) -> Self {
        let ledger = Arc::new(ledger);
        let authority = Arc::new(Current::of(Arc::clone(&ledger)));
        let current = Arc::clone(&authority);
        Self { engine: Headed::new(engine, move || current.get()), ledger, authority }
    }

    /// Loads what reads the articles of this archive; whoever ingests, serves or reprocesses asks here, so that an article
    /// is read alike whichever way it came. What an archive keeps of its own models is put in here.
    pub(super) fn reader(&self, thorough: bool) -> anyhow::Result<Reader> {
        Ok(Reader { extractor: super::extractor(thorough)?, authority: Arc::clone(&self.authority) })
    }
}

/// Opens the archive, or begins a new one.
pub(super) fn open_or_create(config: &Config) -> anyhow::Result<Archive> {
    let folder = &config.archive;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the archive folder `{}`", folder.display()))?;
    let engine = TantivyEngine::open(folder)?;
    if !Ledger::is_there(folder) && engine.count()? > 0 {
        eprintln!(
            "note: the archive had lost its ledger (`ledger.sqlite`); a new one is begun, without the ingestions and keys of \
             the old one"
        );
    }
    Ok(Archive::of(engine, Ledger::open(folder)?))
}

/// Opens the archive as it is; where there is none, an empty one in memory, so that nothing is written.
pub(super) fn open_for_dry_run(config: &Config) -> anyhow::Result<Archive> {
    let engine = match TantivyEngine::open_existing(&config.archive) {
        Err(index::Error::Missing(_)) => TantivyEngine::in_memory()?,
        opened => opened?,
    };
    Ok(Archive::of(engine, Ledger::in_memory()?))
}

/// Opens an archive that must be there, for reading; writes nothing. Where the ledger cannot be read, every name stands
/// for itself.
pub(super) fn open_to_read(config: &Config) -> anyhow::Result<Archive> {
    let engine = match TantivyEngine::open_existing(&config.archive) {
        Err(error @ index::Error::Missing(_)) => return Err(Usage(error.to_string()).into()),
        opened => opened?,
    };
    let ledger = Ledger::open_to_read(&config.archive).unwrap_or_else(|error| {
        eprintln!("note: names are not looked for under their headings: {error}");
        None
    });
    let ledger = ledger.map_or_else(Ledger::in_memory, Ok)?;
    Ok(Archive::of(engine, ledger))
}

/// Opens an archive that must be there, with its ledger.
pub(super) fn open(config: &Config) -> anyhow::Result<Archive> {
    open_to_read(config)?;
    open_or_create(config)
}
