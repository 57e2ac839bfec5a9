//! Paths and formats as they were typed, as sources to read.

use std::path::{Path, PathBuf};

use super::Usage;
use crate::{
    cli,
    reader::{Format, Source},
};

/// Checks that there is something at each path; `-` is standard input.
pub(super) fn check<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> anyhow::Result<()> {
    for path in paths {
        let path = path.as_ref();
        if path.as_os_str() != "-" && !path.exists() {
            let missing = path.display();
            let text = format!("there is nothing at `{missing}`; expected a file, a folder, or - for standard input");
            return Err(Usage(text).into());
        }
    }
    Ok(())
}

/// Returns the sources at the paths.
pub(super) fn typed(paths: &[PathBuf]) -> Vec<Source> {
    paths.iter().map(|path| Source::typed(path)).collect()
}

/// Returns the format of that name.
pub(super) fn format(format: cli::Format) -> Format {
    match format {
        cli::Format::Jsonl => Format::JsonLines,
        cli::Format::Json => Format::Json,
        cli::Format::Csv => Format::Csv,
        cli::Format::Tsv => Format::Tsv,
        cli::Format::Text => Format::Text,
        cli::Format::Html => Format::Html,
        cli::Format::NewsmlG2 => Format::NewsMl,
        cli::Format::Nitf => Format::Nitf,
    }
}
