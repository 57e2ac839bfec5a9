//! Where bytes come from: files, folders, standard input, memory; compression and format by what the bytes are.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

use super::{Each, MAX_RECORD_BYTES, html, json, rejected, table, text};

/// How much of a file is looked at to tell its format, in bytes.
const LOOK: usize = 4_096;

/// Where articles come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A file or folder.
    Path(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes in memory.
    Bytes {
        /// What to call them in messages.
        name: String,
        /// The bytes.
        data: Vec<u8>,
    },
}

impl Source {
    /// Returns the source of a path as typed: `-` is standard input.
    pub fn typed(path: &Path) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::Path(path.to_owned()) }
    }

    /// Returns what to call it.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
            Self::Bytes { name, .. } => name.clone(),
        }
    }

    /// Returns the number of bytes on disk, folders included, as far as it is known.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::Path(path) => files(path).filter_map(|file| file.metadata().ok()).map(|it| it.len()).sum(),
            Self::Stdin => 0,
            Self::Bytes { data, .. } => data.len() as u64,
        }
    }
}

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    JsonLines,
    /// A JSON array or object.
    Json,
    /// Separated values with a header, and the separator.
    Table(u8),
    /// Plain text, one article per file.
    Text,
    /// A web page.
    Html,
}

fn files(path: &Path) -> impl Iterator<Item = PathBuf> {
    let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    // Hidden files and what explains a folder are no articles; a file that was named itself is read whatever its name.
    let wanted = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name.to_ascii_uppercase().starts_with("README"))
    };
    walk.filter_entry(wanted)
        .filter_map(Result::ok)
        .filter(|it| it.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
}

/// Reads one source.
pub(super) fn read(source: &Source, format: Option<Format>, each: &mut Each) -> ControlFlow<()> {
    match source {
        Source::Stdin => decoded("-", BufReader::new(io::stdin()), format, each),
        Source::Bytes { name, data } => decoded(name, Cursor::new(data), format, each),
        Source::Path(path) => {
            for file in files(path) {
                let name = file.display().to_string();
                match File::open(&file) {
                    Ok(open) => decoded(&name, BufReader::with_capacity(1 << 16, open), format, each)?,
                    Err(error) => each(rejected(&name, 1, format!("the file cannot be opened: {error}")))?,
                }
            }
            ControlFlow::Continue(())
        }
    }
}

/// Sees through one layer of compression.
fn decoded(name: &str, mut input: impl BufRead, format: Option<Format>, each: &mut Each) -> ControlFlow<()> {
    let head = match input.fill_buf() {
        Ok(head) => head,
        Err(error) => return each(rejected(name, 1, format!("the file cannot be read: {error}"))),
    };
    if head.starts_with(&[0x1f, 0x8b]) {
        let inner = name.strip_suffix(".gz").unwrap_or(name);
        return formatted(name, inner, BufReader::with_capacity(1 << 16, MultiGzDecoder::new(input)), format, each);
    }
    if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        let inner = name.strip_suffix(".zst").unwrap_or(name);
        return match zstd::stream::Decoder::with_buffer(input) {
            Ok(decoder) => formatted(name, inner, BufReader::with_capacity(1 << 16, decoder), format, each),
            Err(error) => each(rejected(name, 1, format!("the compressed file cannot be read: {error}"))),
        };
    }
    formatted(name, name, input, format, each)
}

fn formatted(
    file: &str,
    name: &str,
    mut input: impl BufRead,
    format: Option<Format>,
    each: &mut Each,
) -> ControlFlow<()> {
    let mut head = Vec::with_capacity(LOOK);
    if let Err(error) = input.by_ref().take(LOOK as u64).read_to_end(&mut head) {
        return each(rejected(file, 1, format!("the file cannot be read: {error}")));
    }
    if head.iter().all(u8::is_ascii_whitespace) {
        return each(rejected(file, 1, "the file is empty"));
    }
    let format = format.unwrap_or_else(|| recognise(&head, name));
    let whole = Cursor::new(head).chain(input);
    match format {
        Format::JsonLines => json::lines(file, BufReader::new(whole), each),
        Format::Json | Format::Table(_) | Format::Text | Format::Html => {
            let mut data = Vec::new();
            if let Err(error) = whole.take(limit(format) as u64 + 1).read_to_end(&mut data) {
                return each(rejected(file, 1, format!("the file cannot be read to its end: {error}")));
            }
            if data.len() > limit(format) {
                let most = limit(format) >> 20;
                return each(rejected(
                    file,
                    1,
                    format!("the file has more than {most} MiB; use JSON Lines for so much"),
                ));
            }
            match format {
                Format::Json => json::document(file, &data, each),
                Format::Table(separator) => table::read(file, &data, separator, each),
                Format::Html => html::read(file, &data, each),
                _ => text::read(file, &data, each),
            }
        }
    }
}

fn limit(format: Format) -> usize {
    match format {
        Format::Html => 16 << 20,
        Format::Text => MAX_RECORD_BYTES,
        _ => 1 << 30,
    }
}

/// Tells the format by the content first, by the extension second.
fn recognise(head: &[u8], name: &str) -> Format {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let start = text.trim_start();
    let lower = start.get(..start.len().min(512)).map_or_else(String::new, str::to_ascii_lowercase);
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if start.starts_with('[') && !matches!(extension.as_str(), "txt" | "md") {
        return Format::Json;
    }
    if start.starts_with('{') {
        let first = start.lines().next().unwrap_or_default().trim_end();
        let lines = first.ends_with('}') && first.len() > 2 || matches!(extension.as_str(), "jsonl" | "ndjson");
        return if lines || start.len() >= LOOK - 4 && !start.contains('\n') {
            Format::JsonLines
        } else {
            Format::Json
        };
    }
    let markup = ["<!doctype html", "<html", "<head", "<body", "<article", "<!-- "];
    if markup.iter().any(|it| lower.starts_with(it)) || start.starts_with('<') && lower.contains("<html") {
        return Format::Html;
    }
    match extension.as_str() {
        "jsonl" | "ndjson" => Format::JsonLines,
        "json" => Format::Json,
        "html" | "htm" | "xhtml" => Format::Html,
        "tsv" | "tab" => Format::Table(b'\t'),
        "csv" => Format::Table(separator(start)),
        _ => Format::Text,
    }
}

/// Returns the separator that the header line has most of.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: char| header.matches(separator).count();
    if count('\t') > count(',') && count('\t') > count(';') {
        b'\t'
    } else if count(';') > count(',') {
        b';'
    } else {
        b','
    }
}
