//! Opens an archive: its engine and its ledger.

use anyhow::Context;

use super::Usage;
use crate::{config::Config, index::tantivy::TantivyEngine, ledger::Ledger};

/// An open archive.
pub(super) struct Archive {
    pub(super) engine: TantivyEngine,
    pub(super) ledger: Ledger,
}

/// Opens the archive, or begins a new one.
pub(super) fn open_or_create(config: &Config) -> anyhow::Result<Archive> {
    let folder = &config.archive;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the archive folder `{}`", folder.display()))?;
    let engine = TantivyEngine::open(folder)?;
    let ledger = Ledger::open(folder)?;
    Ok(Archive { engine, ledger })
}

/// Opens the archive as it is; where there is none, an empty one in memory, so that nothing is written.
pub(super) fn open_for_dry_run(config: &Config) -> anyhow::Result<Archive> {
    if is_there(config) {
        return open_or_create(config);
    }
    Ok(Archive { engine: TantivyEngine::in_memory()?, ledger: Ledger::in_memory()? })
}

fn is_there(config: &Config) -> bool {
    config.archive.join("VERSION").is_file()
}

/// Opens an archive that must be there.
pub(super) fn open(config: &Config) -> anyhow::Result<Archive> {
    let folder = &config.archive;
    if !is_there(config) {
        let text = format!("there is no archive in `{}`; make one with `morgue ingest PATH`", folder.display());
        return Err(Usage(text).into());
    }
    open_or_create(config)
}
