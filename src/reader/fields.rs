//! A JSON object or table row as an article: synonyms of field names, lists, dates, ids. What is not understood is kept.

use serde_json::{Map, Value};

use super::{Item, MAX_RECORD_BYTES, Origin, date, rejected};
use crate::article::{Article, ArticleId, MAX_BODY_BYTES};

/// The most values of one list.
const MAX_LIST: usize = 1_000;

/// Returns the field of an article that a name stands for.
fn field(name: &str) -> Option<&'static str> {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect();
    Some(match name.as_str() {
        "id" | "guid" | "uid" | "articleid" | "docid" => "id",
        "url" | "link" | "permalink" | "canonicalurl" | "uri" | "weburl" => "url",
        "title" | "headline" | "hed" | "webtitle" => "title",
        "subtitle" | "subheadline" | "standfirst" | "dek" | "abstract" => "subtitle",
        "body" | "text" | "content" | "articlebody" | "maintext" | "fulltext" | "contenttext" | "article" | "story" => {
            "body"
        }
        "source" | "publisher" | "outlet" | "site" | "sitename" | "newspaper" | "publication" => "source",
        "section" | "category" | "desk" | "sectionname" | "articlesection" => "section",
        "language" | "lang" | "inlanguage" => "language",
        "authors" | "author" | "byline" | "creator" | "creators" | "writer" => "authors",
        "tags" | "tag" | "keywords" | "labels" => "tags",
        "published" | "date" | "pubdate" | "datepublished" | "publishedat" | "publicationdate" | "publishdate"
        | "published_date" | "publisheddate" | "createdat" | "webpublicationdate" => "published",
        "updated" | "modified" | "datemodified" | "updatedat" | "lastmodified" | "modifiedat" => "updated",
        "people" | "persons" | "person" => "people",
        "places" | "locations" | "place" | "glocations" => "places",
        "organizations" | "organisations" | "orgs" | "organization" => "organizations",
        "topics" | "subjects" | "topic" | "subject" => "topics",
        "extra" => "extra",
        // What an export says was extracted is read out of the text again.
        "extraction" => "",
        _ => return None,
    })
}

/// Says whether a column of this name is a title or a body.
pub(super) fn names_text(name: &str) -> bool {
    matches!(field(name), Some("title" | "body"))
}

/// Turns an object into an article, or says why it is none.
pub(super) fn item(file: &str, record: u64, object: Map<String, Value>, bytes: u64) -> Item {
    let mut id = None;
    match article(object, &mut id) {
        Ok(article) => {
            Item::Article { article: Box::new(article), origin: Origin { file: file.to_owned(), record }, bytes }
        }
        Err(reason) => match rejected(file, record, reason) {
            Item::Rejected { origin, reason, .. } => Item::Rejected { origin, id, reason },
            item @ Item::Article { .. } => item,
        },
    }
}

fn article(object: Map<String, Value>, given: &mut Option<String>) -> Result<Article, String> {
    // The id is settled last; until then any valid one stands in.
    let mut article = Article::new(ArticleId::from_content(&[]));
    for (name, value) in object {
        if value.is_null() {
            continue;
        }
        let Some(known) = field(&name) else {
            article.extra.insert(name, value);
            continue;
        };
        // The exact name wins over its synonyms.
        let exact = name == known;
        match known {
            "id" => *given = scalar(&value).filter(|_| exact || given.is_none()).or(given.take()),
            "url" => put(&mut article.url, exact, &value),
            "title" => put(&mut article.title, exact, &value),
            "subtitle" => put(&mut article.subtitle, exact, &value),
            "body" => put(&mut article.body, exact, &value),
            "source" => put(&mut article.source, exact, &value),
            "section" => put(&mut article.section, exact, &value),
            "language" => put(&mut article.language, exact, &value),
            "authors" => article.authors = list(&value, true),
            "tags" => article.tags.extend(list(&value, false)),
            "people" => article.people.extend(list(&value, false)),
            "places" => article.places.extend(list(&value, false)),
            "organizations" => article.organizations.extend(list(&value, false)),
            "topics" => article.topics.extend(list(&value, false)),
            "published" | "updated" => set_date(&mut article, known, exact, value),
            "extra" => match value {
                Value::Object(inner) => article.extra.extend(inner),
                other => drop(article.extra.insert("extra".to_owned(), other)),
            },
            _ => {}
        }
    }
    finish(article, given.as_deref())
}

fn finish(mut article: Article, given: Option<&str>) -> Result<Article, String> {
    if looks_like_markup(&article.body) {
        article.body = super::html::plain(&article.body);
    }
    for text in [&mut article.title, &mut article.subtitle, &mut article.source, &mut article.section] {
        *text = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    article.body = clean(&article.body).trim().to_owned();
    article.url = article.url.trim().to_owned();
    article.language = article.language.trim().to_owned();
    if article.title.is_empty() && article.body.is_empty() {
        return Err("neither body nor title".to_owned());
    }
    if article.body.len() > MAX_BODY_BYTES {
        return Err(format!("the body has more than {} MiB", MAX_RECORD_BYTES >> 20));
    }
    article.id = match given {
        Some(id) => ArticleId::given(id).ok_or_else(|| {
            let shown: String = id.chars().take(40).collect();
            format!("the id `{shown}` cannot be used; expected 1 to {} bytes", ArticleId::MAX_BYTES)
        })?,
        None => ArticleId::from_url(&article.url).unwrap_or_else(|| content_id(&article)),
    };
    Ok(article)
}

fn content_id(article: &Article) -> ArticleId {
    let published = article.published.map(|date| date.to_string()).unwrap_or_default();
    ArticleId::from_content(&[&article.source, &article.title, &published, &article.body])
}

fn set_date(article: &mut Article, known: &str, exact: bool, value: Value) {
    let text = scalar(&value).unwrap_or_default();
    let read = date::read(&text);
    let slot = if known == "published" { &mut article.published } else { &mut article.updated };
    match read {
        Some(date) if exact || slot.is_none() => *slot = Some(date),
        Some(_) => {}
        // Never invented and never lost: what cannot be read stays as it was given.
        None if !text.trim().is_empty() => drop(article.extra.insert(format!("{known}_as_given"), value)),
        None => {}
    }
}

fn put(slot: &mut String, exact: bool, value: &Value) {
    if let Some(text) = scalar(value).filter(|text| !text.trim().is_empty())
        && (exact || slot.is_empty())
    {
        *slot = text;
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null => None,
        Value::Object(object) => {
            object.get("name").or_else(|| object.get("title")).and_then(Value::as_str).map(str::to_owned)
        }
        Value::Array(values) if values.len() == 1 => scalar(&values[0]),
        Value::Array(_) => None,
    }
}

/// Returns the values of a list: an array, or one text divided at `;` or `,` (names of authors also at "and").
fn list(value: &Value, authors: bool) -> Vec<String> {
    let values: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(scalar).collect(),
        Value::String(text) => divided(text, authors),
        other => scalar(other).into_iter().collect(),
    };
    let cleaned = values.into_iter().map(|it| clean(&it).split_whitespace().collect::<Vec<_>>().join(" "));
    cleaned.filter(|it| !it.is_empty()).take(MAX_LIST).collect()
}

fn divided(text: &str, authors: bool) -> Vec<String> {
    let text = text.trim();
    let text =
        if authors { text.strip_prefix("By ").or_else(|| text.strip_prefix("by ")).unwrap_or(text) } else { text };
    let separator = [';', '|', '\n'].into_iter().find(|it| text.contains(*it)).unwrap_or(',');
    let parts = text.split(separator);
    if authors {
        parts.flat_map(|it| it.split(" and ")).map(str::to_owned).collect()
    } else {
        parts.map(str::to_owned).collect()
    }
}

/// Takes out control characters and turns every line ending into `\n`.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                clean.push('\n');
            }
            '\n' | '\t' => clean.push(c),
            _ if c.is_control() => {}
            _ => clean.push(c),
        }
    }
    clean
}

/// A body is taken for markup if paragraphs or breaks stand in it, not for a single `<`.
fn looks_like_markup(text: &str) -> bool {
    ["</p>", "</P>", "<br", "</div>", "</h2>"].iter().any(|tag| text.contains(tag))
}
