//! An article as it is exported: the same object that ingestion reads, with what was extracted beside it.

use serde_json::{Value, json};

use crate::document::{Document, Facet};

/// Columns of an exported table.
pub const COLUMNS: [&str; 14] = [
    "id",
    "url",
    "title",
    "subtitle",
    "body",
    "source",
    "section",
    "language",
    "published",
    "authors",
    "people",
    "places",
    "organizations",
    "topics",
];

/// Returns the article as one JSON object; what was extracted stands under `extraction` and is skipped when it is
/// ingested again, so that an export gives back the same archive.
pub fn object(document: &Document) -> Value {
    let mut object = serde_json::to_value(&document.article).unwrap_or(Value::Null);
    if let Value::Object(fields) = &mut object {
        fields.insert("extraction".to_owned(), json!(document.extraction));
    }
    object
}

/// Returns the cells of [`COLUMNS`]; lists are joined by `; `. A cell that a spreadsheet would run as a formula is
/// led by an apostrophe (OWASP, CSV injection).
pub fn row(document: &Document) -> Vec<String> {
    let article = &document.article;
    let list = |facet: Facet| document.values(facet).join("; ");
    let cells = [
        article.id.to_string(),
        article.url.clone(),
        article.title.clone(),
        article.subtitle.clone(),
        article.body.clone(),
        article.source.clone(),
        article.section.clone(),
        document.language().unwrap_or_default().to_owned(),
        article.published.map(|date| date.to_string()).unwrap_or_default(),
        article.authors.join("; "),
        list(Facet::People),
        list(Facet::Places),
        list(Facet::Organizations),
        list(Facet::Topics),
    ];
    cells.into_iter().map(guarded).collect()
}

fn guarded(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}
