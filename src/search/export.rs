//! An article as it is exported, by the program and over HTTP alike: the same object that ingestion reads, with what was
//! extracted beside it, or a row of a table.

use serde::Serialize;

use crate::{
    article::{Article, Date},
    document::{Document, Facet},
    extract::Extraction,
};

/// Columns of an exported table, as its first row has them.
pub const COLUMNS: [&str; 16] = [
    "id",
    "title",
    "subtitle",
    "source",
    "section",
    "language",
    "authors",
    "published",
    "updated",
    "url",
    "people",
    "places",
    "organizations",
    "topics",
    "keywords",
    "body",
];

/// How articles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// A table with a header.
    Csv,
}

impl Format {
    /// Returns the format of that name: `jsonl` or `csv`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "jsonl" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// Returns what stands before the first article.
    pub fn header(self) -> Vec<u8> {
        match self {
            Self::Jsonl => Vec::new(),
            Self::Csv => csv_line(COLUMNS.map(str::to_owned)),
        }
    }

    /// Returns one article as bytes, its line end included.
    pub fn line(self, document: &Document) -> Vec<u8> {
        match self {
            Self::Jsonl => {
                // Writing to memory cannot fail.
                let mut line = serde_json::to_vec(&ArticleView::from(document)).unwrap_or_default();
                line.push(b'\n');
                line
            }
            Self::Csv => csv_line(row(document)),
        }
    }
}

fn csv_line(cells: [String; 16]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _written = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// An article as the API and the export print it: what the source gave, and beside it its story and what was read out of it.
///
/// Where there is an `extraction`, both are skipped when it is ingested again, so that an export gives back the same archive.
#[derive(Debug, Serialize)]
pub struct ArticleView<'a> {
    #[serde(flatten)]
    article: &'a Article,
    story: &'a str,
    extraction: &'a Extraction,
}

impl<'a> From<&'a Document> for ArticleView<'a> {
    fn from(document: &'a Document) -> Self {
        Self { article: &document.article, story: &document.story, extraction: &document.extraction }
    }
}

/// Returns the cells of [`COLUMNS`]; lists are joined by `; `. A cell that a spreadsheet would run as a formula is
/// led by an apostrophe (OWASP, CSV injection).
fn row(document: &Document) -> [String; 16] {
    let article = &document.article;
    let list = |facet: Facet| document.values(facet).join("; ");
    let date = |date: Option<Date>| date.map(|it| it.to_string()).unwrap_or_default();
    let cells = [
        article.id.to_string(),
        article.title.clone(),
        article.subtitle.clone(),
        article.source.clone(),
        article.section.clone(),
        document.language().unwrap_or_default().to_owned(),
        article.authors.join("; "),
        date(article.published),
        date(article.updated),
        article.url.clone(),
        list(Facet::People),
        list(Facet::Places),
        list(Facet::Organizations),
        list(Facet::Topics),
        document.extraction.keywords.join("; "),
        article.body.clone(),
    ];
    cells.map(guarded)
}

fn guarded(cell: String) -> String {
    let begins = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']);
    let runs = begins.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if runs { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::{Article, ArticleId},
        extract::Extraction,
    };

    #[test]
    fn formulas_are_disarmed() {
        for cell in ["=cmd|'/c calc'!A1", " =1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(guarded(cell.to_owned()), format!("'{cell}"));
        }
        assert_eq!(guarded("Peace, talks".to_owned()), "Peace, talks");
    }

    #[test]
    fn both_formats_end_their_lines() {
        let mut article = Article::new(ArticleId::given("1").unwrap());
        (article.title, article.body) = ("Quay, \"north\"".into(), "One.\n\nTwo.".into());
        let document = Document::new(article, Extraction::default());
        let csv = String::from_utf8(Format::Csv.line(&document)).unwrap();
        assert_eq!(csv, "1,\"Quay, \"\"north\"\"\",,,,,,,,,,,,,,\"One.\n\nTwo.\"\n");
        assert!(Format::Csv.header().starts_with(b"id,title,"));
        assert!(Format::Jsonl.line(&document).ends_with(b"}\n") && Format::Jsonl.header().is_empty());
    }
}
