//! The schema, derived from the one list of fields, and documents as tantivy takes them.

use std::collections::HashMap;

use tantivy::{
    TantivyDocument,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema as Inner, TextFieldIndexing, TextOptions,
    },
    tokenizer::{PreTokenizedString, Token},
};

use crate::{
    document::{Document, FIELDS, Facet, FieldKind, label},
    index::Error,
    text::{
        fold::fold,
        terms::{Term, exact, terms},
    },
};

/// What a stem begins with, so that it is never taken for an exact form.
pub(super) const STEM: char = '\u{1}';
/// How far apart two values of one facet begin. No value has as many words (see `MAX_VALUE_BYTES`), so that no phrase
/// reaches from one into the other and the position tells the value.
pub(super) const VALUE_GAP: usize = 256;

/// Fields of one facet.
#[derive(Debug, Clone, Copy)]
pub(super) struct FacetFields {
    /// Values as they are, in a column, counted.
    pub(super) values: Field,
    /// Whole values, folded.
    pub(super) key: Field,
    /// Words of the values, folded, with positions.
    pub(super) words: Field,
}

/// The schema with its fields looked up.
#[derive(Debug, Clone)]
pub(super) struct Schema {
    pub(super) inner: Inner,
    pub(super) id: Field,
    pub(super) fingerprint: Field,
    pub(super) content_hash: Field,
    pub(super) story: Field,
    pub(super) title: Field,
    pub(super) body: Field,
    pub(super) facets: HashMap<Facet, FacetFields>,
    pub(super) first_day: Field,
    pub(super) last_day: Field,
    pub(super) published: Field,
    pub(super) document: Field,
}

fn text_options(tokenizer: &str, record: IndexRecordOption, norms: bool) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record).set_fieldnorms(norms);
    TextOptions::default().set_indexing_options(indexing)
}

impl Schema {
    pub(super) fn new() -> Result<Self, Error> {
        let mut builder = Inner::builder();
        let mut fields = HashMap::new();
        let mut facets = HashMap::new();
        let positions = |norms| text_options("raw", IndexRecordOption::WithFreqsAndPositions, norms);
        for field in FIELDS {
            let name = field.name;
            match field.kind {
                FieldKind::Key => fields.insert(name, builder.add_text_field(name, STRING | FAST)),
                FieldKind::Text => fields.insert(name, builder.add_text_field(name, positions(true))),
                FieldKind::Number => fields.insert(name, builder.add_i64_field(name, INDEXED | FAST)),
                FieldKind::Stored => fields.insert(name, builder.add_bytes_field(name, STORED)),
                FieldKind::Facet(facet) => {
                    let column = TextOptions::default().set_fast("raw");
                    let values = builder.add_text_field(name, column);
                    let key = text_options("raw", IndexRecordOption::Basic, false);
                    let key = builder.add_text_field(&format!("{name}_key"), key);
                    let words = builder.add_text_field(&format!("{name}_words"), positions(false));
                    facets.insert(facet, FacetFields { values, key, words });
                    None
                }
            };
        }
        let get = |name: &str| {
            fields.get(name).copied().ok_or_else(|| Error::Engine(format!("the list of fields has no `{name}`")))
        };
        Ok(Self {
            id: get("id")?,
            fingerprint: get("fingerprint")?,
            content_hash: get("content_hash")?,
            story: get("story")?,
            title: get("title")?,
            body: get("body")?,
            first_day: get("first_day")?,
            last_day: get("last_day")?,
            published: get("published")?,
            document: get("document")?,
            facets,
            inner: builder.build(),
        })
    }

    /// Turns a document into what tantivy indexes. Everything is typed here, so that no value can break the writer.
    pub(super) fn document(&self, document: &Document) -> Result<TantivyDocument, Error> {
        let article = &document.article;
        let mut out = TantivyDocument::new();
        out.add_text(self.id, article.id.as_str());
        out.add_text(self.fingerprint, &document.fingerprint);
        out.add_text(self.content_hash, &document.content_hash);
        out.add_text(self.story, &document.story);
        let language = document.language();
        let headline = if article.subtitle.is_empty() {
            article.title.clone()
        } else {
            format!("{}\n\n{}", article.title, article.subtitle)
        };
        out.add_pre_tokenized_text(self.title, analysed(&terms(&headline, language)));
        out.add_pre_tokenized_text(self.body, analysed(&terms(&article.body, language)));
        for (facet, fields) in &self.facets {
            let values = document.values(*facet);
            out.add_pre_tokenized_text(fields.words, words(*facet, &values));
            for value in &values {
                out.add_text(fields.values, value);
                out.add_text(fields.key, fold(value));
            }
        }
        if let Some(date) = article.published {
            let (first, last) = date.days();
            out.add_i64(self.first_day, i64::from(first));
            out.add_i64(self.last_day, i64::from(last));
            out.add_i64(self.published, date.sort_key());
        }
        let json = serde_json::to_vec(document).map_err(|error| Error::Engine(error.to_string()))?;
        let packed = zstd::bulk::compress(&json, 3).map_err(|error| Error::Engine(error.to_string()))?;
        out.add_bytes(self.document, &packed);
        Ok(out)
    }
}

/// Reads a stored document.
pub(super) fn unpack(packed: &[u8]) -> Result<Document, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Engine(format!("a stored article cannot be read: {error}"));
    let json = zstd::stream::decode_all(packed).map_err(|error| failed(&error))?;
    serde_json::from_slice(&json).map_err(|error| failed(&error))
}

fn token(text: String, position: usize) -> Token {
    Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 }
}

/// The exact form and the stem at the same position: one field serves exact and inflected search.
fn analysed(terms: &[Term]) -> PreTokenizedString {
    let mut tokens = Vec::with_capacity(terms.len() * 2);
    for term in terms {
        tokens.push(token(term.text.clone(), term.position as usize));
        if let Some(stem) = &term.stem {
            tokens.push(token(format!("{STEM}{stem}"), term.position as usize));
        }
    }
    PreTokenizedString { text: String::new(), tokens }
}

/// The words of each value, those of its label behind them: a country is found by its code and by its name.
fn words(facet: Facet, values: &[String]) -> PreTokenizedString {
    let mut tokens = Vec::new();
    for (number, value) in values.iter().enumerate() {
        let label = label(facet, value).map(exact).unwrap_or_default();
        let exact = exact(value).into_iter().chain(label).take(VALUE_GAP - 1).enumerate();
        tokens.extend(exact.map(|(place, term)| token(term, number * VALUE_GAP + place)));
    }
    PreTokenizedString { text: String::new(), tokens }
}
