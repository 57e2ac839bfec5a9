//! What bytes are, by their beginning: a format that is read, or something else, which is said by its name.

use super::{fields, newsml, xml};

/// How much of a file is looked at, in bytes.
pub(super) const LOOK: usize = 1 << 16;

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line.
    JsonLines,
    /// A JSON array, or objects one after the other.
    Json,
    /// Values with a header, separated by whatever the header has most of: comma, semicolon, tab or bar.
    Csv,
    /// Values with a header, separated by tabs.
    Tsv,
    /// Plain text, one article per file.
    Text,
    /// A web page.
    Html,
    /// NewsML-G2 of IPTC: one item, or a message of many.
    NewsMl,
    /// NITF of IPTC.
    Nitf,
}

/// Tells the format by the content first, by the extension second.
pub(super) fn format(head: &str, name: &str) -> Format {
    let start = head.trim_start();
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
    if let Some(format) = xml::root(start).and_then(of_root) {
        return format;
    }
    let markup = ["<!doctype html", "<html", "<head", "<body", "<article", "<!-- "];
    let page = || start.to_ascii_lowercase().contains("<html");
    if markup.iter().any(|it| lower.starts_with(it)) || start.starts_with('<') && page() {
        return Format::Html;
    }
    match extension.as_str() {
        "jsonl" | "ndjson" => Format::JsonLines,
        "json" => Format::Json,
        "html" | "htm" | "xhtml" => Format::Html,
        "tsv" | "tab" => Format::Tsv,
        "csv" => Format::Csv,
        "txt" | "text" | "md" => Format::Text,
        _ if is_table(start) => Format::Csv,
        _ => Format::Text,
    }
}

/// Returns the format of XML by its root.
fn of_root(root: &str) -> Option<Format> {
    match root {
        "nitf" => Some(Format::Nitf),
        root => newsml::is_root(root).then_some(Format::NewsMl),
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
pub(super) fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    // Of equals the last is taken: the comma.
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|it| count(*it)).unwrap_or(b',')
}

/// How files begin that hold no articles as they are: the first bytes, what it is, and what to do.
const FOREIGN: [(&[u8], &str); 24] = [
    (b"PK\x03\x04", "this is a zip archive or an office document; unpack it, or save it as plain text or HTML"),
    (b"%PDF-", "this is a PDF; save its text as plain text or HTML"),
    (b"{\\rtf", "this is rich text (RTF); save it as plain text or HTML"),
    (b"\xd0\xcf\x11\xe0", "this is an office document; save it as plain text, CSV or HTML"),
    (b"WARC/", "this is a web archive (WARC); save its pages as HTML"),
    (b"BZh", "this is packed with bzip2; unpack it, or pack it with gzip or zstd"),
    (b"\xfd7zXZ\0", "this is packed with xz; unpack it, or pack it with gzip or zstd"),
    (b"\x04\x22\x4d\x18", "this is packed with lz4; unpack it, or pack it with gzip or zstd"),
    (b"7z\xbc\xaf\x27\x1c", "this is a 7z archive; unpack it and name the folder"),
    (b"Rar!\x1a\x07", "this is a rar archive; unpack it and name the folder"),
    (b"SQLite format 3\0", "this is an SQLite database; export its table as CSV"),
    (b"PAR1", "this is a Parquet file; export it as CSV or JSON Lines"),
    (b"Obj\x01", "this is an Avro file; export it as JSON Lines"),
    (b"ARROW1", "this is an Arrow file; export it as CSV or JSON Lines"),
    (b"\x1f\x8b", "this is packed more often than is seen through; unpack it"),
    (b"\x28\xb5\x2f\xfd", "this is packed more often than is seen through; unpack it"),
    (b"\x89PNG", "this is a picture (PNG), no text"),
    (b"\xff\xd8\xff", "this is a picture (JPEG), no text"),
    (b"GIF8", "this is a picture (GIF), no text"),
    (b"RIFF", "this is a picture, sound or film (RIFF), no text"),
    (b"ID3", "this is sound (MP3), no text"),
    (b"OggS", "this is sound or film (Ogg), no text"),
    (b"\x7fELF", "this is a program, no text"),
    (b"MZ\x90", "this is a program, no text"),
];

/// Returns what the bytes are and what to do, if they hold no articles in a format that is read.
///
/// With `typed`, a format was named: then what could be text is taken at that word.
pub(super) fn foreign(head: &[u8], typed: bool) -> Option<String> {
    let known = FOREIGN.iter().find(|(begin, _)| head.starts_with(begin)).map(|(_, reason)| *reason);
    if let Some(reason) = known {
        return Some(reason.to_owned());
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some("this is a tar archive; unpack it and name the folder".to_owned());
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some("this is sound, film or a picture (MP4), no text".to_owned());
    }
    if typed { None } else { other_xml(head) }
}

/// Names the root of what is XML and no web page.
fn other_xml(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    if xml::root(&text).and_then(of_root).is_some() {
        return None;
    }
    // The last are parts of NewsML-G2 items, and the format before it.
    let roots = [
        "<?xml",
        "<rss",
        "<feed",
        "<svg",
        "<urlset",
        "<contentSet",
        "<contentMeta",
        "<groupSet",
        "<itemSet",
        "<NewsML",
    ];
    if !roots.iter().any(|it| start.starts_with(it)) || start.to_ascii_lowercase().contains("<html") {
        return None;
    }
    let tags = start.match_indices('<').map(|(at, _)| &start[at + 1..]);
    let named = tags.filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic()));
    let root =
        named.map(|tag| tag.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next()).next().flatten();
    let root: String = root.unwrap_or("?").chars().take(40).collect();
    Some(format!(
        "this is XML (`{root}`), which is not read; expected JSON, CSV, TSV, HTML, plain text, NewsML-G2 or NITF"
    ))
}

#[cfg(test)]
mod tests {
    use crate::reader::tests::outcome;

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
    fn what_holds_no_articles_is_called_by_its_name() {
        let tar = [&[b'a'; 257][..], b"ustar\x0000", &[0; 300]].concat();
        for (data, said) in [
            (&b"%PDF-1.4\n1 0 obj\n"[..], "PDF"),
            (b"PK\x03\x04\x14\0\x06\0word", "zip archive"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", "JPEG"),
            (b"<?xml version='1.0'?>\n<!-- x --><rss version='2.0'><channel/></rss>", "XML (`rss`)"),
            (b"<contentSet><inlineXML/></contentSet>", "XML (`contentSet`)"),
            (b"SQLite format 3\0\x10\0", "SQLite"),
            (&tar, "tar archive"),
            (b"WARC/1.0\r\nWARC-Type: response\r\n", "WARC"),
            (b"\x01\x02\x03\x00\x00\x05", "no text"),
        ] {
            let (articles, reasons) = outcome("x", data);
            assert!(articles.is_empty() && reasons.len() == 1 && reasons[0].contains(said), "{said}: {reasons:?}");
        }
    }
}
