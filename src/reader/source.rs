//! Where bytes come from: files, folders, standard input, memory; each handed to the reader of its format.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Cursor, Read},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use super::{
    Each, Item, MAX_RECORD_BYTES, Origin, encoding, json, newsml, nitf,
    recognise::{self, Format, LOOK},
    rejected, table, text, unpack, xml,
};

/// The longest web page, in bytes.
const MAX_PAGE: usize = 16 << 20;

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
        if entry.file_type().is_dir() && is_archive(entry.path()) {
            return false;
        }
        entry.depth() == 0 || !(name.starts_with('.') || name.to_ascii_uppercase().starts_with("README"))
    };
    let found = walk.filter_entry(wanted).map(|entry| entry.map(walkdir::DirEntry::into_path));
    Box::new(found.filter(|path| path.as_ref().map_or(true, |path| path.is_file())))
}

/// Says whether a folder is an archive: what it is made of are no articles, and the default archive lies where one works.
fn is_archive(folder: &Path) -> bool {
    folder.join("VERSION").is_file() && folder.join("tantivy").is_dir()
}

/// Reads one source.
pub(super) fn read(source: &Source, format: Option<Format>, each: &mut Each) -> ControlFlow<()> {
    match source {
        Source::Stdin => opened(&Stream::live("-"), Box::new(BufReader::new(io::stdin())), format, each),
        Source::Bytes { name, data } => opened(&Stream::whole(name), Box::new(Cursor::new(data)), format, each),
        Source::Path(path) => {
            let mut found = false;
            for file in files(path) {
                found = true;
                match file {
                    Ok(file) => of_file(&file, format, each)?,
                    Err(error) => {
                        let name = error.path().unwrap_or(path).display().to_string();
                        each(rejected(&name, 1, format!("the folder cannot be read: {error}")))?;
                    }
                }
            }
            if found { ControlFlow::Continue(()) } else { each(nothing(path)) }
        }
    }
}

fn nothing(folder: &Path) -> Item {
    rejected(
        &folder.display().to_string(),
        1,
        "the folder has no file to read; hidden files, READMEs and archives are left out",
    )
}

fn of_file(file: &Path, format: Option<Format>, each: &mut Each) -> ControlFlow<()> {
    let name = file.display().to_string();
    // A pipe may give one line now and the next one tomorrow.
    let live = fs::metadata(file).is_ok_and(|it| !it.is_file());
    match File::open(file) {
        Ok(open) => {
            opened(&Stream { name: &name, live }, Box::new(BufReader::with_capacity(1 << 16, open)), format, each)
        }
        Err(error) => each(rejected(&name, 1, format!("the file cannot be opened: {error}"))),
    }
}

/// Bytes with a name.
struct Stream<'a> {
    name: &'a str,
    /// Whether more may come late, so that nothing must wait for it.
    live: bool,
}

impl<'a> Stream<'a> {
    fn live(name: &'a str) -> Self {
        Self { name, live: true }
    }

    fn whole(name: &'a str) -> Self {
        Self { name, live: false }
    }
}

/// Unpacks, looks at the beginning, and hands on to the reader of the format.
fn opened<'a>(
    stream: &Stream,
    input: Box<dyn BufRead + 'a>,
    typed: Option<Format>,
    each: &mut Each,
) -> ControlFlow<()> {
    let file = stream.name;
    let unreadable = |error: io::Error| rejected(file, 1, format!("the file cannot be read: {error}"));
    let (inner, mut input) = match unpack::unpacked(file, input) {
        Ok(unpacked) => unpacked,
        Err(error) => return each(unreadable(error)),
    };
    let (head, broken) = look(&mut input, stream.live);
    let broken = match broken {
        Some(error) if head.is_empty() => return each(unreadable(error)),
        broken => Broken(broken),
    };
    if head.iter().all(u8::is_ascii_whitespace) {
        return each(rejected(file, 1, "the file is empty"));
    }
    if let Some(reason) = recognise::foreign(&head, typed.is_some()) {
        return each(rejected(file, 1, reason));
    }
    let other = encoding::of_head(&head);
    let text = match other {
        Some(other) => other.decode_with_bom_removal(&head).0,
        None => String::from_utf8_lossy(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head)),
    };
    let format = typed.unwrap_or_else(|| recognise::format(&text, inner));
    let separator = recognise::separator(&text);
    drop(text);
    let whole = Cursor::new(head).chain(broken).chain(input);
    match format {
        Format::JsonLines => json::lines(file, encoding::decoding(whole, other), each),
        Format::Json => json::stream(file, encoding::decoding(whole, other), each),
        Format::Csv => table::read(file, encoding::decoding(whole, other), separator, each),
        Format::Tsv => table::read(file, encoding::decoding(whole, other), b'\t', each),
        Format::Text => match bounded(whole, MAX_RECORD_BYTES) {
            Ok(data) => text::read(file, &data, each),
            Err(reason) => each(rejected(file, 1, reason)),
        },
        Format::Html => match bounded(whole, MAX_PAGE) {
            Ok(data) => each(Item::Page { data, origin: Origin { file: file.to_owned(), record: 1 } }),
            Err(reason) => each(rejected(file, 1, reason)),
        },
        Format::NewsMl => match bounded(whole, xml::MAX_BYTES) {
            Ok(data) => newsml::read(file, &data, each),
            Err(reason) => each(rejected(file, 1, reason)),
        },
        Format::Nitf => match bounded(whole, xml::MAX_BYTES) {
            Ok(data) => nitf::read(file, &data, each),
            Err(reason) => each(rejected(file, 1, reason)),
        },
    }
}

/// Takes the first bytes, and the error that ended them, if one did; of a live stream no more than its first line, which
/// may be all for now.
fn look(input: &mut dyn BufRead, live: bool) -> (Vec<u8>, Option<io::Error>) {
    let mut head = Vec::with_capacity(LOOK);
    loop {
        let chunk = match input.fill_buf() {
            Ok(chunk) => chunk,
            Err(error) => return (head, Some(error)),
        };
        let taken = chunk.len().min(LOOK - head.len());
        head.extend_from_slice(&chunk[..taken]);
        input.consume(taken);
        let line = live && head.trim_ascii_start().contains(&b'\n');
        if taken == 0 || head.len() == LOOK || line {
            return (head, None);
        }
    }
}

/// An error that came while the beginning was looked at, told again where it belongs: behind what could be read.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl BufRead for Broken {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.take().map_or(Ok(&[]), Err)
    }

    fn consume(&mut self, _: usize) {}
}

/// Reads to the end, or says why not.
fn bounded(input: impl Read, limit: usize) -> Result<Vec<u8>, String> {
    let mut data = Vec::new();
    match input.take(limit as u64 + 1).read_to_end(&mut data) {
        Err(error) => Err(format!("the file cannot be read to its end: {error}")),
        Ok(_) if data.len() > limit => Err(format!(
            "the file has more than {} MiB, too long for one article; for many use JSON Lines",
            limit >> 20
        )),
        Ok(_) => Ok(data),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::read, *};
    use crate::reader::tests::outcome;

    fn titles(path: &Path) -> Vec<String> {
        let mut found = Vec::new();
        read(&[Source::Path(path.to_owned())], None, &mut |item| {
            found.push(match item.finish() {
                Ok((article, _)) => article.title,
                Err(it) => it.reason,
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
        assert!(found[2..].iter().all(|it| it.starts_with("this is ")), "{found:?}");
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
    fn wide_characters_are_read() {
        let text = "\u{feff}{\"title\":\"Zürich\"}\r\n{\"title\":\"B\"}\r\n";
        let data: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (articles, reasons) = outcome("x.jsonl", &data);
        assert_eq!((articles.len(), articles[0].title.as_str(), reasons.len()), (2, "Zürich", 0));
    }
}
