//! Where bytes come from: files, folders, standard input, memory; compression and format by what the bytes are.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

use super::{Each, MAX_RECORD_BYTES, encoding::decode, fields, html, json, rejected, table, text};

/// How much of a file is looked at to tell its format, in bytes.
const LOOK: usize = 4_096;

/// The most bytes of a file that cannot be read piece by piece.
const MAX_WHOLE: usize = 1 << 30;

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
            Self::Path(path) => files(path).flatten().filter_map(|file| file.metadata().ok()).map(|it| it.len()).sum(),
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
    /// A JSON array, or objects one after the other.
    Json,
    /// Separated values with a header, and the separator.
    Table(u8),
    /// Plain text, one article per file.
    Text,
    /// A web page.
    Html,
}

/// Gives the files at a path. Links to files are read, links to folders are not followed.
fn files(path: &Path) -> Box<dyn Iterator<Item = Result<PathBuf, walkdir::Error>>> {
    if !path.is_dir() {
        // A link, a pipe or a device that was named is read like a file.
        return Box::new(std::iter::once(Ok(path.to_owned())));
    }
    let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
    // Hidden files and what explains a folder are no articles.
    let wanted = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !(name.starts_with('.') || name.to_ascii_uppercase().starts_with("README"))
    };
    let found = walk.filter_entry(wanted).map(|entry| entry.map(walkdir::DirEntry::into_path));
    Box::new(found.filter(|path| path.as_ref().map_or(true, |path| path.is_file())))
}

/// Reads one source.
pub(super) fn read(source: &Source, format: Option<Format>, each: &mut Each) -> ControlFlow<()> {
    match source {
        Source::Stdin => decoded("-", BufReader::new(io::stdin()), format, each),
        Source::Bytes { name, data } => decoded(name, Cursor::new(data), format, each),
        Source::Path(path) => {
            for file in files(path) {
                let file = match file {
                    Ok(file) => file,
                    Err(error) => {
                        let name = error.path().unwrap_or(path).display().to_string();
                        each(rejected(&name, 1, format!("the folder cannot be read: {error}")))?;
                        continue;
                    }
                };
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
    let wide = head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]);
    let whole = Cursor::new(head).chain(input);
    if wide {
        // UTF-16 has no lines that could be cut apart as bytes; it is made UTF-8 first.
        return match bounded(whole, MAX_WHOLE) {
            Ok(data) => {
                let text = decode(&data, None);
                let head = &text.as_bytes()[..text.len().min(LOOK)];
                let format = format.unwrap_or_else(|| recognise(head, name));
                by_format(file, text.as_bytes(), format, each)
            }
            Err(reason) => each(rejected(file, 1, reason)),
        };
    }
    let format = format.unwrap_or_else(|| recognise(whole.get_ref().0.get_ref(), name));
    by_format(file, BufReader::new(whole), format, each)
}

fn by_format(file: &str, input: impl BufRead, format: Format, each: &mut Each) -> ControlFlow<()> {
    match format {
        Format::JsonLines => return json::lines(file, input, each),
        Format::Json => return json::stream(file, input, each),
        Format::Table(_) | Format::Text | Format::Html => {}
    }
    let data = match bounded(input, limit(format)) {
        Ok(data) => data,
        Err(reason) => return each(rejected(file, 1, reason)),
    };
    match format {
        Format::Table(separator) => table::read(file, &data, separator, each),
        Format::Html => html::read(file, &data, each),
        _ => text::read(file, &data, each),
    }
}

/// Reads to the end, or says why not.
fn bounded(input: impl Read, limit: usize) -> Result<Vec<u8>, String> {
    let mut data = Vec::new();
    match input.take(limit as u64 + 1).read_to_end(&mut data) {
        Err(error) => Err(format!("the file cannot be read to its end: {error}")),
        Ok(_) if data.len() > limit => Err(format!("the file has more than {} MiB; use JSON Lines", limit >> 20)),
        Ok(_) => Ok(data),
    }
}

fn limit(format: Format) -> usize {
    match format {
        Format::Html => 16 << 20,
        Format::Text => MAX_RECORD_BYTES,
        _ => MAX_WHOLE,
    }
}

/// Tells the format by the content first, by the extension second.
fn recognise(head: &[u8], name: &str) -> Format {
    let text = String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    let start = text.trim_start();
    let lower = start.get(..start.len().min(512)).map_or_else(String::new, str::to_ascii_lowercase);
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let inside = start.get(1..).unwrap_or_default().trim_start();
    let lines = matches!(extension.as_str(), "jsonl" | "ndjson");
    // "[Reuters] The port …" is a text; and a line of brackets must not spoil the lines that follow it.
    let elements = inside.is_empty() || inside.starts_with(['{', ']']) || extension == "json";
    if start.starts_with('[') && elements {
        return Format::Json;
    }
    if start.starts_with('{') && (lines || extension == "json" || inside.is_empty() || inside.starts_with(['"', '}'])) {
        return if is_lines(start, lines) { Format::JsonLines } else { Format::Json };
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
        "txt" | "text" | "md" => Format::Text,
        _ if is_table(start) => Format::Table(separator(start)),
        _ => Format::Text,
    }
}

/// Says whether JSON that begins with an object has one object per line.
fn is_lines(start: &str, named_so: bool) -> bool {
    let mut lines = start.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().trim();
    let second = lines.next().map(str::trim_start);
    let goes_on = second.is_none() && start.len() >= LOOK - 4;
    let alone = first.len() > 1 && (named_so || first.ends_with('}') || goes_on);
    alone || second.is_some_and(|line| line.starts_with('{'))
}

/// Says whether the first line is the header of a table: several columns, and one of them is a title or a body.
fn is_table(text: &str) -> bool {
    let header = text.lines().next().unwrap_or_default();
    let mut columns = header.split(char::from(separator(text))).map(|it| it.trim().trim_matches('"'));
    columns.clone().nth(1).is_some() && columns.clone().all(|it| it.len() < 40) && columns.any(fields::names_text)
}

/// Returns the separator that the header line has most of.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    // Of equals the last is taken: the comma.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|it| count(*it)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::read, *};
    use crate::reader::{Item, tests::outcome};

    fn titles(path: &Path) -> Vec<String> {
        let mut found = Vec::new();
        read(&[Source::Path(path.to_owned())], None, &mut |item| {
            found.push(match item {
                Item::Article { article, .. } => article.title,
                Item::Rejected { reason, .. } => reason,
            });
            ControlFlow::Continue(())
        })
        .unwrap();
        found
    }

    #[test]
    fn folders_are_read_in_order_and_what_is_no_text_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, data: &[u8]| fs::write(folder.path().join(name), data).unwrap();
        put("b.jsonl", b"{\"title\":\"B\"}\n");
        put("a.json", b"{\"title\":\"A\"}");
        put("README.txt", b"What this is.");
        put(".hidden.json", b"{\"title\":\"H\"}");
        put("d.pdf", b"%PDF-1.4\n1 0 obj\n");
        put("e.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01");
        put("f.txt", b"\x01\x02\x03");
        let found = titles(folder.path());
        assert_eq!((found.len(), &found[0][..], &found[1][..]), (5, "A", "B"));
        assert!(found[2..].iter().all(|it| it.starts_with("this is no text")), "{found:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_a_file_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.jsonl"), folder.path().join("link.jsonl"));
        fs::write(&file, b"{\"title\":\"A\"}\n").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(titles(&link), ["A"]);
        assert_eq!(titles(folder.path()), ["A", "A"]);
    }

    #[test]
    fn content_goes_before_the_name() {
        let (articles, _) = outcome("-", b"title,body,date\nA,One,2025-01-02\nB,Two,2025-01-03\n");
        assert_eq!((articles.len(), articles[0].title.as_str()), (2, "A"));
        let (articles, _) = outcome("-", b"[Reuters] The port reopened.\n\nMore was not said.");
        assert_eq!(articles[0].body, "[Reuters] The port reopened.\n\nMore was not said.");
        let (articles, reasons) = outcome("-", b"{\"title\":\n{\"title\":\"B\"}\n");
        assert_eq!((articles.len(), reasons.len()), (1, 1));
        let brackets = format!("{}\n{{\"title\":\"B\"}}\n", "[".repeat(100_000));
        let (articles, reasons) = outcome("a.jsonl", brackets.as_bytes());
        assert_eq!((articles.len(), reasons.len()), (1, 1));
    }

    #[test]
    fn wide_characters_are_read() {
        let text = "\u{feff}{\"title\":\"Zürich\"}\r\n{\"title\":\"B\"}\r\n";
        let data: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (articles, reasons) = outcome("x.jsonl", &data);
        assert_eq!((articles.len(), articles[0].title.as_str(), reasons.len()), (2, "Zürich", 0));
    }
}
