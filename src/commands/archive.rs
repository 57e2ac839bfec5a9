//! Opens an archive: its engine and its ledger.

use anyhow::Context;

use super::Usage;
use crate::{
    config::Config,
    extract::Extractor,
    index::{self, Engine, tantivy::TantivyEngine},
    ledger::Ledger,
};

/// An open archive.
pub(super) struct Archive {
    pub(super) engine: TantivyEngine,
    pub(super) ledger: Ledger,
}

impl Archive {
    /// Loads the models that read the articles of this archive; whoever ingests, serves or reprocesses asks here, so that
    /// an article is read alike whichever way it came. What an archive keeps of its own models is put in here.
    pub(super) fn extractor(&self) -> anyhow::Result<Extractor> {
        Ok(Extractor::embedded()?)
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
    Ok(Archive { engine, ledger: Ledger::open(folder)? })
}

/// Opens the archive as it is; where there is none, an empty one in memory, so that nothing is written.
pub(super) fn open_for_dry_run(config: &Config) -> anyhow::Result<Archive> {
    let engine = match TantivyEngine::open_existing(&config.archive) {
        Err(index::Error::Missing(_)) => TantivyEngine::in_memory()?,
        opened => opened?,
    };
    Ok(Archive { engine, ledger: Ledger::in_memory()? })
}

/// Opens an archive that must be there, for reading; writes nothing.
pub(super) fn open_to_read(config: &Config) -> anyhow::Result<TantivyEngine> {
    match TantivyEngine::open_existing(&config.archive) {
        Err(error @ index::Error::Missing(_)) => Err(Usage(error.to_string()).into()),
        opened => Ok(opened?),
    }
}

/// Opens an archive that must be there, with its ledger.
pub(super) fn open(config: &Config) -> anyhow::Result<Archive> {
    open_to_read(config)?;
    open_or_create(config)
}
