//! Labelled corpora as documents of one scheme: `token<TAB>tag` files, and annotated articles as JSON Lines.
//!
//! Scheme: persons without titles, no leading article, no trailing `'s`; words divided at `-` and `/`; what has no capital
//! is no name; MISC is dropped. Fixes are made to training corpora only, never to what is measured on.

use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{Error, failed};
use crate::{
    extract::{demonym::is_demonym, language::normalise, tagger::tokens_of},
    text::{sentence::sentences, token::Token},
};

/// One sentence: words and their labels (0 none, 1–2 person, 3–4 place, 5–6 organization; begin and inside).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labelled {
    /// Words.
    pub words: Vec<String>,
    /// Labels, as many.
    pub labels: Vec<u8>,
}

/// One document.
pub type Document = Vec<Labelled>;

/// An annotated article.
#[derive(Debug, Clone, Deserialize)]
pub struct Annotated {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// `train` or `dev`.
    pub split: String,
    /// Two-letter code; empty for English.
    #[serde(default)]
    pub language: String,
    /// Headline.
    #[serde(default)]
    pub title: String,
    /// Text.
    #[serde(default)]
    pub body: String,
    /// Every name in it.
    pub mentions: Vec<AnnotatedMention>,
}

/// A name in an annotated article; offsets count code points.
#[derive(Debug, Clone, Deserialize)]
pub struct AnnotatedMention {
    /// `title` or `body`.
    pub field: String,
    /// First code point.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// `PER`, `LOC` or `ORG`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The full name that it belongs to.
    pub name: String,
}

fn base(kind: &str) -> Option<u8> {
    match kind {
        "PER" => Some(1),
        "LOC" => Some(3),
        "ORG" => Some(5),
        _ => None,
    }
}

/// Reads a `token<TAB>tag` file. With `fix`, labels are brought into the scheme (training only).
pub fn bio(path: &Path, fix: bool) -> Result<Vec<Document>, Error> {
    let text = fs::read_to_string(path).map_err(|error| failed(path, error))?;
    let tweets = path
        .file_name()
        .is_some_and(|it| it.to_string_lossy().starts_with("btc") || it.to_string_lossy().starts_with("wnut"));
    let (mut documents, mut document, mut sentence) = (Vec::new(), Document::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let begins = line.starts_with("-DOCSTART-");
        if begins || line.trim().is_empty() {
            if !sentence.is_empty() {
                document.push(prepared(&std::mem::take(&mut sentence), fix, tweets));
            }
            if begins && !document.is_empty() {
                documents.push(std::mem::take(&mut document));
            }
            continue;
        }
        let Some((word, tag)) = line.rsplit_once('\t') else {
            let reason = "expected a word, a tab and a tag".to_owned();
            return Err(Error::Corpus { path: path.to_owned(), line: number + 1, reason });
        };
        sentence.push((word.to_owned(), tag.to_owned()));
    }
    if !sentence.is_empty() {
        document.push(prepared(&sentence, fix, tweets));
    }
    if !document.is_empty() {
        documents.push(document);
    }
    if fix && documents.len() == 1 {
        // A corpus without documents: every sentence stands alone.
        documents = documents.remove(0).into_iter().map(|sentence| vec![sentence]).collect();
    }
    Ok(documents)
}

fn prepared(tagged: &[(String, String)], fix: bool, tweets: bool) -> Labelled {
    let mut sentence = Labelled::default();
    for (word, tag) in tagged {
        let label = tag.get(2..).and_then(base).map_or(0, |base| base + u8::from(tag.starts_with('I')));
        for (number, piece) in pieces(word).into_iter().enumerate() {
            sentence.words.push(piece);
            sentence.labels.push(if number > 0 && label > 0 { label + label % 2 } else { label });
        }
    }
    let mut sentence = with_initials(sentence);
    if fix {
        if tweets {
            sentence = without_addresses(&sentence);
        }
        repair(&mut sentence);
    }
    sentence
}

/// Brings quotation marks and brackets into one form and divides a word as the tokenizer does.
fn pieces(word: &str) -> Vec<String> {
    let word = match word {
        "``" | "''" | "'\"'" | "“" | "”" => "\"",
        "‘" | "’" => "'",
        "-LRB-" => "(",
        "-RRB-" => ")",
        "-LSB-" => "[",
        "-RSB-" => "]",
        _ => word,
    };
    let word = word.replace('’', "'");
    let whole =
        word.starts_with("http") || word.starts_with("www") || word.starts_with(['@', '#']) || word.chars().count() < 3;
    let mut found = Vec::new();
    let (stem, tail) = match word.strip_suffix("'s") {
        Some(stem) if stem.starts_with(char::is_alphanumeric) => (stem, Some("'s".to_owned())),
        _ => (word.as_str(), None),
    };
    if whole || !stem.chars().any(char::is_alphabetic) {
        found.push(stem.to_owned());
    } else {
        let mut piece = String::new();
        for c in stem.chars() {
            if matches!(c, '-' | '–' | '‑' | '/') {
                found.extend((!piece.is_empty()).then(|| std::mem::take(&mut piece)));
                found.push(c.to_string());
            } else {
                piece.push(c);
            }
        }
        found.extend((!piece.is_empty()).then_some(piece));
    }
    found.extend(tail);
    if found.is_empty() { vec!["_".to_owned()] } else { found }
}

/// Joins `U . S .` to `U.S.` where that cuts no name.
fn with_initials(sentence: Labelled) -> Labelled {
    let Labelled { words, labels } = sentence;
    let mut joined = Labelled::default();
    let mut at = 0;
    while at < words.len() {
        let mut end = at;
        let letter = |at: usize| words[at].len() == 1 && words[at].starts_with(|c: char| c.is_ascii_uppercase());
        while end + 1 < words.len() && letter(end) && words[end + 1] == "." {
            end += 2;
        }
        let same = labels[at..end]
            .iter()
            .skip(1)
            .all(|label| if labels[at] == 0 { *label == 0 } else { *label == labels[at] + labels[at] % 2 });
        if end - at >= 4 && same {
            joined.words.push(words[at..end].concat());
            joined.labels.push(labels[at]);
            at = end;
        } else {
            joined.words.push(words[at].clone());
            joined.labels.push(labels[at]);
            at += 1;
        }
    }
    joined
}

fn without_addresses(sentence: &Labelled) -> Labelled {
    let mut kept = Labelled::default();
    let mut at = 0;
    while at < sentence.words.len() {
        let word = &sentence.words[at];
        if word == "@" {
            at += 2;
            continue;
        }
        if !(word.starts_with(['@']) || word.starts_with("http") || word.starts_with("www") || word == "RT") {
            kept.words.push(word.trim_start_matches('#').to_owned());
            kept.labels.push(sentence.labels[at]);
        }
        at += 1;
    }
    for at in 0..kept.labels.len() {
        let label = kept.labels[at];
        if label > 0 && label % 2 == 0 && (at == 0 || kept.labels[at - 1] == 0) {
            kept.labels[at] = label - 1;
        }
        if kept.words[at].is_empty() {
            kept.words[at] = "#".to_owned();
        }
    }
    kept
}

const TITLES: [&str; 40] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr",
    "sir",
    "lord",
    "lady",
    "president",
    "prime",
    "minister",
    "senator",
    "sen",
    "rep",
    "congressman",
    "governor",
    "gov",
    "mayor",
    "prof",
    "professor",
    "chancellor",
    "captain",
    "capt",
    "sgt",
    "judge",
    "justice",
    "gen",
    "general",
    "col",
    "colonel",
    "lt",
    "king",
    "queen",
    "prince",
    "princess",
    "pope",
    "secretary",
    "director",
    "sheikh",
    "rev",
];

/// Cuts titles, articles and stray marks off names, and drops names without a capital.
fn repair(sentence: &mut Labelled) {
    let words = &sentence.words;
    let mut labels = vec![0u8; words.len()];
    for (mut start, mut end, base) in ranges(&sentence.labels) {
        let lower = |at: usize| words[at].to_lowercase();
        while end - start > 1 && matches!(lower(start).as_str(), "the" | "a" | "an" | "\"" | "'" | "(") {
            start += 1;
        }
        while end - start > 1 && matches!(words[end - 1].as_str(), "'s" | "\"" | "'" | "," | ";" | ":") {
            end -= 1;
        }
        while base == 1 && end - start > 1 && TITLES.contains(&lower(start).trim_end_matches('.')) {
            start += 1;
        }
        let demonym = end - start == 1 && is_demonym(&words[start]);
        if !demonym && words[start..end].iter().any(|word| word.chars().any(char::is_uppercase)) {
            labels[start] = base;
            labels[start + 1..end].fill(base + 1);
        }
    }
    sentence.labels = labels;
}

/// Returns first, one past the last, and the label "begin" of each name.
pub fn ranges(labels: &[u8]) -> Vec<(usize, usize, u8)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < labels.len() {
        if labels[at] == 0 {
            at += 1;
            continue;
        }
        let base = labels[at] - u8::from(labels[at].is_multiple_of(2));
        let mut end = at + 1;
        while end < labels.len() && labels[end] == base + 1 {
            end += 1;
        }
        found.push((at, end, base));
        at = end;
    }
    found
}

/// Reads annotated articles.
pub fn annotated(path: &Path) -> Result<Vec<Annotated>, Error> {
    let text = fs::read_to_string(path).map_err(|error| failed(path, error))?;
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).map_err(|error| Error::Corpus {
            path: path.to_owned(),
            line: number + 1,
            reason: error.to_string(),
        })
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

/// The text of an article, to be joined with its annotations.
#[derive(Deserialize)]
struct Text {
    id: String,
    title: Option<String>,
    body: Option<String>,
    #[serde(alias = "lang")]
    language: Option<String>,
}

/// Reads annotations whose texts stand elsewhere: files of articles (JSON Lines, compressed or not), or folders of them.
/// Annotations without a text are an error, so that no model is trained on less than its card says.
pub fn joined(annotations: &Path, news: &[PathBuf]) -> Result<Vec<Annotated>, Error> {
    let mut articles = annotated(annotations)?;
    let mut places: HashMap<String, usize> =
        articles.iter().enumerate().map(|(at, article)| (article.id.clone(), at)).collect();
    for path in news_files(news)? {
        let file = fs::File::open(&path).map_err(|error| failed(&path, error))?;
        let reader: Box<dyn BufRead> = if path.extension().is_some_and(|it| it == "zst") {
            Box::new(BufReader::new(zstd::Decoder::new(file).map_err(|error| failed(&path, error))?))
        } else {
            Box::new(BufReader::new(file))
        };
        for line in reader.lines() {
            let line = line.map_err(|error| failed(&path, error))?;
            let Ok(text) = serde_json::from_str::<Text>(&line) else { continue };
            if let Some(at) = places.remove(&text.id) {
                articles[at].title = text.title.unwrap_or_default();
                articles[at].body = text.body.unwrap_or_default();
                articles[at].language = text.language.as_deref().and_then(normalise).unwrap_or_default();
            }
        }
    }
    if places.is_empty() {
        Ok(articles)
    } else {
        Err(failed(annotations, format!("{} texts are missing", places.len())))
    }
}

fn news_files(news: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in news {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).map_err(|error| failed(path, error))?;
        let names = entries.filter_map(|it| it.ok().map(|it| it.path()));
        files.extend(names.filter(|it| it.extension().is_some_and(|it| it == "zst" || it == "jsonl")));
    }
    files.sort();
    Ok(files)
}

impl Annotated {
    /// Returns the code of its language.
    pub fn language(&self) -> Option<&str> {
        Some(self.language.as_str()).filter(|code| !code.is_empty())
    }

    /// Returns the article as sentences with labels, by the product's own tokenizer.
    pub fn labelled(&self) -> Document {
        let mut document = Document::new();
        for (field, text) in [("title", &self.title), ("body", &self.body)] {
            let tokens = tokens_of(text, self.language());
            let labels = self.labels(field, text, &tokens);
            for range in sentences(text, &tokens) {
                document.push(Labelled {
                    words: tokens[range.clone()].iter().map(|token| token.text(text).to_owned()).collect(),
                    labels: labels[range].to_vec(),
                });
            }
        }
        document
    }

    fn labels(&self, field: &str, text: &str, tokens: &[Token]) -> Vec<u8> {
        let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut labels = vec![0; tokens.len()];
        for mention in self.mentions.iter().filter(|mention| mention.field == field) {
            let (Some(base), Some(start), Some(end)) =
                (base(&mention.kind), offsets.get(mention.start), offsets.get(mention.end))
            else {
                continue;
            };
            let first = tokens.partition_point(|token| token.end as usize <= *start);
            let last = tokens.partition_point(|token| (token.start as usize) < *end);
            if first < last {
                labels[first] = base;
                labels[first + 1..last].fill(base + 1);
            }
        }
        labels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corpora_come_into_one_scheme() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.bio");
        fs::write(&path, "President\tB-PER\nAda\tI-PER\nBrandt-Kos\tI-PER\nof\tO\nthe\tB-LOC\nU\tI-LOC\n.\tI-LOC\nS\tI-LOC\n.\tI-LOC\n\nsun\tB-ORG\n").unwrap();
        let documents = bio(&path, true).unwrap();
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0][0].words, ["President", "Ada", "Brandt", "-", "Kos", "of", "the", "U.S."]);
        assert_eq!(documents[0][0].labels, [0, 1, 2, 2, 2, 0, 0, 3]);
        assert_eq!(documents[1][0].labels, [0]);
    }
}
