//! Measures how well web pages are read: the reader as it is shipped against pages whose article was marked by hand.
//!
//! Words are runs of letters and digits, folded. A body is compared as a bag of words, by F1 on each page, and the mean is
//! taken over pages; a page that is rejected counts as empty. A title is right if its words are, in their order; authors, if
//! they are the same set of names; a date, if it is the same day. These three are measured where the marks have one.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
    thread,
};

use flate2::bufread::MultiGzDecoder;
use serde::{Deserialize, Serialize};

use super::{Error, failed};
use crate::{
    article::Article,
    reader::{Item, Origin},
    text::fold::fold,
};

/// The longest page, in bytes; longer ones are read as empty.
const MAX_PAGE: u64 = 64 << 20;

/// What a page holds, marked by hand.
#[derive(Deserialize)]
struct Marked {
    id: String,
    url: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    authors: Vec<String>,
}

/// How one page was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page {
    /// Its id.
    pub id: String,
    /// Whether its errors may be looked at; the other half only says whether what was learned holds elsewhere.
    pub open: bool,
    /// Precision, recall and F1 of the body, 0 to 1; `None` where none is marked.
    pub body: Option<[f64; 3]>,
    /// Whether the title is right.
    pub title: Option<bool>,
    /// Whether the authors are right.
    pub authors: Option<bool>,
    /// Whether the day is right.
    pub date: Option<bool>,
    /// What is marked and what was read of title, authors and date, where it is wrong.
    pub errors: Vec<[String; 3]>,
}

/// What the pages of one half, or of both, come to.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Scores {
    /// Pages.
    pub pages: usize,
    /// Mean precision, recall and F1 of bodies, 0 to 1.
    pub body: [f64; 3],
    /// Right titles, and how many are marked.
    pub titles: (usize, usize),
    /// Right authors, and how many pages have some marked.
    pub authors: (usize, usize),
    /// Right days, and how many are marked.
    pub dates: (usize, usize),
}

/// Reads every marked page of `marks` (JSON Lines) that stands in `pages` (WARC) under the same address.
pub fn evaluate(marks: &Path, pages: &Path) -> Result<Vec<Page>, Error> {
    let mut pages = responses(pages)?;
    let mut jobs = Vec::new();
    for (number, line) in unpacked(marks)?.lines().enumerate() {
        let line = line.map_err(|error| failed(marks, error))?;
        let marked: Marked = serde_json::from_str(&line).map_err(|error| Error::Corpus {
            path: marks.to_owned(),
            line: number + 1,
            reason: error.to_string(),
        })?;
        if let Some(page) = marked.url.as_deref().and_then(|url| pages.remove(url)) {
            jobs.push((marked, page));
        }
    }
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = jobs.len().div_ceil(threads).max(1);
    let measured = thread::scope(|scope| {
        let parts: Vec<_> =
            jobs.chunks(part).map(|part| scope.spawn(|| part.iter().map(measure).collect::<Vec<_>>())).collect();
        parts.into_iter().filter_map(|it| it.join().ok()).flatten().collect()
    });
    Ok(measured)
}

/// Adds pages up.
pub fn scores<'a>(pages: impl Iterator<Item = &'a Page>) -> Scores {
    let mut scores = Scores::default();
    let mut bodies = 0.0;
    for page in pages {
        scores.pages += 1;
        if let Some(body) = page.body {
            bodies += 1.0;
            (0..3).for_each(|i| scores.body[i] += body[i]);
        }
        for (sum, right) in
            [(&mut scores.titles, page.title), (&mut scores.authors, page.authors), (&mut scores.dates, page.date)]
        {
            sum.0 += usize::from(right == Some(true));
            sum.1 += usize::from(right.is_some());
        }
    }
    scores.body = scores.body.map(|sum| sum / f64::max(bodies, 1.0));
    scores
}

fn measure((marked, page): &(Marked, Vec<u8>)) -> Page {
    let origin = Origin { file: marked.id.clone(), record: 1 };
    let article = Item::Page { data: page.clone(), origin }.finish().ok().map(|(article, _)| *article);
    let read = Read3::of(article.as_ref());
    let wanted = Read3 {
        title: marked.title.clone().unwrap_or_default(),
        authors: marked.authors.join("; "),
        date: marked.published.clone().unwrap_or_default(),
    };
    let right = |wanted: &str, right: bool| (!wanted.trim().is_empty()).then_some(right);
    let title = right(&wanted.title, words(&wanted.title) == words(&read.title));
    let authors = right(&wanted.authors, names(&wanted.authors) == names(&read.authors));
    let date = right(&wanted.date, wanted.date.get(..10) == read.date.get(..10));
    let body = marked.body.as_deref().filter(|body| !body.trim().is_empty());
    let mut errors = Vec::new();
    for (what, right, wanted, read) in [
        ("title", title, wanted.title, read.title),
        ("authors", authors, wanted.authors, read.authors),
        ("date", date, wanted.date, read.date),
    ] {
        if right != Some(true) && wanted.trim() != read.trim() {
            errors.push([what.to_owned(), wanted, read]);
        }
    }
    Page {
        id: marked.id.clone(),
        open: blake3::hash(marked.id.as_bytes()).as_bytes()[0].is_multiple_of(2),
        body: body.map(|body| overlap(&words(body), &words(article.as_ref().map_or("", |it| &it.body)))),
        title,
        authors,
        date,
        errors,
    }
}

/// Title, authors and date as text.
#[derive(Default)]
struct Read3 {
    title: String,
    authors: String,
    date: String,
}

impl Read3 {
    fn of(article: Option<&Article>) -> Self {
        let Some(article) = article else { return Self::default() };
        Self {
            title: article.title.clone(),
            authors: article.authors.join("; "),
            date: article.published.map(|date| date.to_string()).unwrap_or_default(),
        }
    }
}

fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Returns the names in a row of them, in order of the alphabet.
fn names(text: &str) -> Vec<String> {
    let text = text.replace(" and ", ";").replace(" & ", ";").replace(',', ";");
    let mut names: Vec<String> =
        text.split(';').map(|name| words(name).join(" ")).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

/// Returns precision, recall and F1 of a bag of words.
fn overlap(wanted: &[String], read: &[String]) -> [f64; 3] {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for word in wanted {
        *left.entry(word).or_default() += 1;
    }
    let mut common = 0;
    for word in read {
        if let Some(count) = left.get_mut(word.as_str()).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    if common == 0 {
        return [0.0; 3];
    }
    let (precision, recall) = (common as f64 / read.len() as f64, common as f64 / wanted.len() as f64);
    [precision, recall, 2.0 * precision * recall / (precision + recall)]
}

fn unpacked(path: &Path) -> Result<Box<dyn BufRead>, Error> {
    let file = BufReader::new(File::open(path).map_err(|error| failed(path, error))?);
    Ok(match path.extension().and_then(|it| it.to_str()) {
        Some("gz") => Box::new(BufReader::new(MultiGzDecoder::new(file))),
        Some("zst") => {
            Box::new(BufReader::new(zstd::stream::Decoder::with_buffer(file).map_err(|error| failed(path, error))?))
        }
        _ => Box::new(file),
    })
}

/// Returns the pages of a web archive by their address.
fn responses(path: &Path) -> Result<HashMap<String, Vec<u8>>, Error> {
    let mut input = unpacked(path)?;
    let mut pages = HashMap::new();
    while let Some(header) = header(&mut input).map_err(|error| failed(path, error))? {
        let value = |name: &str| {
            let of = |line: &String| line.split_once(':').map(|(key, value)| (key.to_owned(), value.trim().to_owned()));
            header.iter().filter_map(of).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
        };
        let length: u64 = value("content-length").and_then(|it| it.parse().ok()).unwrap_or_default();
        let mut block = Vec::new();
        let kept = input.by_ref().take(length.min(MAX_PAGE)).read_to_end(&mut block);
        kept.map_err(|error| failed(path, error))?;
        let rest = std::io::copy(&mut input.by_ref().take(length - block.len() as u64), &mut std::io::sink());
        rest.map_err(|error| failed(path, error))?;
        if let (Some("response"), Some(address)) = (value("warc-type").as_deref(), value("warc-target-uri")) {
            let body = block.windows(4).position(|it| it == b"\r\n\r\n").map_or(0, |at| at + 4);
            pages.insert(address, block.split_off(body));
        }
    }
    Ok(pages)
}

/// Reads the lines of a header up to the empty one; nothing at the end of the file.
fn header(input: &mut impl BufRead) -> std::io::Result<Option<Vec<String>>> {
    let mut lines = Vec::new();
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(1 << 16).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(line.trim_ascii()).into_owned();
        match (line.is_empty(), lines.is_empty()) {
            // Records are apart by empty lines.
            (true, true) => {}
            (true, false) => return Ok(Some(lines)),
            (false, _) => lines.push(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_page_is_measured_against_its_marks() {
        let folder = tempfile::tempdir().unwrap();
        let (marks, pages) = (folder.path().join("a.jsonl"), folder.path().join("a.warc"));
        let text = "The ferry was late again on Tuesday, and nobody on the quay could say why it was.";
        let page = format!(
            "<html><head><title>Ferry late</title><meta name='author' content='Ada Brandt'></head><body><article>\
             <h1>Ferry late</h1><p>{text}</p><p>{text}</p><p>{text}</p></article></body></html>"
        );
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
        let record = |kind: &str, block: &str| {
            let address = "https://example.org/a";
            format!(
                "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
                block.len()
            )
        };
        fs::write(&pages, record("warcinfo", "x: y") + &record("response", &http)).unwrap();
        let body = [text; 3].join("\n\n");
        let line = serde_json::json!({"id": "1", "url": "https://example.org/a", "title": "Ferry, late",
            "body": body, "authors": ["Jan Kos"], "published": "2025-01-02"});
        fs::write(&marks, format!("{line}\n")).unwrap();
        let measured = evaluate(&marks, &pages).unwrap();
        let page = &measured[0];
        assert!(page.body.unwrap()[2] > 0.9, "{page:?}");
        assert_eq!((page.title, page.authors, page.date), (Some(true), Some(false), Some(false)));
        let sum = scores(measured.iter());
        assert_eq!((sum.pages, sum.titles, sum.dates), (1, (1, 1), (0, 1)));
    }

    /// Runs where the marked pages are; they are no part of the project.
    #[test]
    fn pages_are_read_as_well_as_the_document_says() {
        let shared = std::env::var("MORGUE_SHARED").unwrap_or_else(|_| "../shared".to_owned());
        let folder = Path::new(&shared).join("data/html");
        let (marks, pages) = (folder.join("wcxb_dev_articles.jsonl.zst"), folder.join("wcxb_dev_articles.warc.gz"));
        if !marks.is_file() {
            eprintln!("not run: {} is not there", marks.display());
            return;
        }
        let measured = evaluate(&marks, &pages).unwrap();
        let sum = scores(measured.iter());
        let share = |(right, all): (usize, usize)| right as f64 / all as f64;
        assert!(sum.body[2] >= 0.92, "body F1 {}", sum.body[2]);
        let found = [share(sum.titles), share(sum.authors), share(sum.dates)];
        assert!(found.iter().zip([0.84, 0.75, 0.77]).all(|(found, floor)| *found >= floor), "{found:?}");
    }
}
