//! A JSON object or table row as an article: synonyms of field names, lists, dates, ids. What is not understood is kept.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Item, Origin, Rejected, date, markup};
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
        "subtitle" | "subheadline" | "standfirst" | "dek" | "abstract" | "summary" | "description" => "subtitle",
        "body" | "text" | "content" | "articlebody" | "maintext" | "fulltext" | "contenttext" | "article" | "story" => {
            "body"
        }
        "source" | "publisher" | "outlet" | "site" | "sitename" | "newspaper" | "publication" => "source",
        "section" | "category" | "desk" | "sectionname" | "articlesection" => "section",
        "language" | "lang" | "inlanguage" => "language",
        "authors" | "author" | "byline" | "creator" | "creators" | "writer" => "authors",
        "tags" | "tag" | "keywords" | "labels" => "tags",
        "published" | "date" | "pubdate" | "datepublished" | "publishedat" | "publicationdate" | "publishdate"
        | "publisheddate" | "createdat" | "webpublicationdate" => "published",
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

/// Turns the fields of an object into an article, or says why it is none. `origin` is the file and the record in it.
pub(super) fn item(origin: (&str, u64), fields: Vec<(String, Value)>, bytes: u64) -> Item {
    let origin = Origin { file: origin.0.to_owned(), record: origin.1 };
    let (article, given) = gathered(fields);
    match finish(article, &given) {
        Ok(article) => Item::Article { article: Box::new(article), origin, bytes },
        Err(reason) => {
            let id = Some(shown(&given)).filter(|id| !id.is_empty());
            Item::Rejected(Rejected { origin, id, reason })
        }
    }
}

/// Gathers the fields of an object into an article without id, and the id that was given, if any.
fn gathered(fields: Vec<(String, Value)>) -> (Article, String) {
    // The id is settled last; until then any valid one stands in.
    let mut article = Article::new(ArticleId::from_content(&[]));
    let mut given = String::new();
    let (mut values, spilled) = settled(fields);
    // In an export, the story is told anew like the extraction; elsewhere the word may stand for the text.
    if values.contains_key("extraction") {
        values.remove("story");
    }
    // Exact names go before their synonyms: `title` is the title, whatever `headline` says.
    let (exact, others): (Vec<_>, Vec<_>) = values
        .into_iter()
        .partition(|(name, _)| field(name).is_some_and(|known| known.eq_ignore_ascii_case(name.trim())));
    for (name, value) in exact.into_iter().chain(others) {
        let value = match (field(&name), value) {
            (Some("extra"), Value::Object(inner)) => {
                article.extra.extend(inner);
                continue;
            }
            (_, value) => value,
        };
        let taken = field(&name).is_some_and(|known| take(&mut article, &mut given, known, &value));
        // What is not understood, or said a second time and differently, is kept under its own name.
        if !taken {
            keep(&mut article.extra, name, value);
        }
    }
    for (name, value) in spilled {
        keep(&mut article.extra, name, value);
    }
    (article, given)
}

/// Keeps a value under its name, or under the name and a number where that is taken.
fn keep(extra: &mut Map<String, Value>, name: String, value: Value) {
    let numbered = |number: usize| if number == 1 { name.clone() } else { format!("{name}_{number}") };
    let free = (1..100).map(numbered).find(|name| extra.get(name).is_none_or(|there| *there == value));
    if let Some(free) = free {
        extra.insert(free, value);
    }
}

/// Returns the fields in order of their names, and apart from them what was said under the same name before.
///
/// As everywhere in JSON, the last word counts; an earlier one is not lost.
fn settled(fields: Vec<(String, Value)>) -> (Map<String, Value>, Vec<(String, Value)>) {
    let mut values = Map::new();
    let mut spilled = Vec::new();
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
        if let Some(earlier) = values.insert(name.clone(), value)
            && values.get(&name) != Some(&earlier)
        {
            spilled.push((name, earlier));
        }
    }
    (values, spilled)
}

/// Puts a value where it belongs; `false` if it must be kept elsewhere.
fn take(article: &mut Article, given: &mut String, known: &str, value: &Value) -> bool {
    match known {
        "id" => put(given, scalar(value)),
        "url" => put(&mut article.url, scalar(value)),
        "title" => put(&mut article.title, scalar(value)),
        "subtitle" => put(&mut article.subtitle, scalar(value)),
        "body" => put(&mut article.body, scalar(value).or_else(|| joined(value))),
        "source" => put(&mut article.source, scalar(value)),
        "section" => put(&mut article.section, scalar(value)),
        "language" => put(&mut article.language, scalar(value)),
        // A byline is a list of the same names in other words: two of them are not added up.
        "authors" if article.authors.is_empty() => add(&mut article.authors, list(value, true)),
        "authors" => list(value, true).is_some_and(|names| names == article.authors),
        "tags" => add(&mut article.tags, list(value, false)),
        "people" => add(&mut article.people, list(value, false)),
        "places" => add(&mut article.places, list(value, false)),
        "organizations" => add(&mut article.organizations, list(value, false)),
        "topics" => add(&mut article.topics, list(value, false)),
        "published" | "updated" => set_date(article, known, value),
        other => other.is_empty(),
    }
}

fn finish(mut article: Article, given: &str) -> Result<Article, String> {
    if markup::is_markup(&article.body) {
        article.body = markup::plain(&article.body);
    }
    for text in [&mut article.title, &mut article.subtitle] {
        *text = if markup::is_markup(text) { markup::plain(text) } else { markup::entities(text) };
    }
    let Article { url, title, subtitle, source, section, language, .. } = &mut article;
    for text in [url, title, subtitle, source, section, language] {
        *text = one_line(text);
    }
    article.body = clean(&article.body).trim().to_owned();
    if article.title.is_empty() && article.body.is_empty() {
        return Err("neither body nor title".to_owned());
    }
    if article.body.len() > MAX_BODY_BYTES {
        return Err(format!("the body has more than {} MiB", MAX_BODY_BYTES >> 20));
    }
    article.id = if given.is_empty() {
        ArticleId::from_url(&article.url).unwrap_or_else(|| content_id(&article))
    } else {
        ArticleId::given(given)
            .ok_or_else(|| format!("the id `{}` cannot be used; expected {}", shown(given), ArticleId::EXPECTED))?
    };
    Ok(article)
}

/// Returns an id that could not be used as it may be printed: its beginning, with control characters written out.
fn shown(id: &str) -> String {
    id.trim().chars().take(40).flat_map(char::escape_debug).collect()
}

fn content_id(article: &Article) -> ArticleId {
    let published = article.published.map(|date| date.to_string()).unwrap_or_default();
    ArticleId::from_content(&[&article.source, &article.title, &published, &article.body])
}

fn set_date(article: &mut Article, known: &str, value: &Value) -> bool {
    let text = scalar(value).unwrap_or_default();
    let slot = if known == "published" { &mut article.published } else { &mut article.updated };
    match (date::read(&text), &slot) {
        (Some(date), Some(first)) => date == *first,
        (Some(date), None) => {
            *slot = Some(date);
            true
        }
        // Never invented and never lost: what cannot be read stays as it was given.
        (None, _) if !text.trim().is_empty() => {
            let name = format!("{known}_as_given");
            let free = !article.extra.contains_key(&name);
            if free {
                article.extra.insert(name, value.clone());
            }
            free
        }
        (None, _) => matches!(value, Value::String(_)),
    }
}

/// Fills an empty field; `false` if the value is no text, or another than what stands there.
fn put(slot: &mut String, text: Option<String>) -> bool {
    match text {
        Some(text) if text.trim().is_empty() => true,
        Some(text) if slot.is_empty() => {
            *slot = text;
            true
        }
        Some(text) => text == *slot,
        None => false,
    }
}

/// Adds the values that are not there yet; `false` if there are none to add.
fn add(slot: &mut Vec<String>, values: Option<Vec<String>>) -> bool {
    let Some(values) = values else { return false };
    let mut seen: HashSet<String> = slot.iter().cloned().collect();
    slot.extend(values.into_iter().filter(|value| seen.insert(value.clone())));
    slot.truncate(MAX_LIST);
    true
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Null => None,
        // The last two are how MongoDB exports ids and dates.
        Value::Object(object) => {
            let names = ["name", "title", "$oid", "$date"];
            names.iter().find_map(|name| object.get(*name)).and_then(Value::as_str).map(str::to_owned)
        }
        Value::Array(values) if values.len() == 1 => scalar(&values[0]),
        Value::Array(_) => None,
    }
}

/// Returns the paragraphs of an array of texts as one text.
fn joined(value: &Value) -> Option<String> {
    let paragraphs: Vec<&str> = value.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
    Some(paragraphs.join("\n\n"))
}

/// Returns the values of a list: an array, or one text divided at `;` or `,` (names of authors also at "and").
///
/// `None` if something in it is no text, or if there is too much of it.
fn list(value: &Value, authors: bool) -> Option<Vec<String>> {
    let values: Vec<String> = match value {
        Value::Array(values) => values.iter().map(scalar).collect::<Option<_>>()?,
        Value::String(text) => divided(text, authors),
        other => vec![scalar(other)?],
    };
    let cleaned: Vec<String> = values.iter().map(|it| one_line(it)).filter(|it| !it.is_empty()).collect();
    (cleaned.len() <= MAX_LIST).then_some(cleaned)
}

fn divided(text: &str, authors: bool) -> Vec<String> {
    let text = text.trim();
    let by = authors && text.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("by "));
    let text = if by { &text[3..] } else { text };
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

/// Makes one clean line of a text.
fn one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(json: &str) -> Article {
        let Ok(Value::Object(object)) = serde_json::from_str(json) else { panic!("an object") };
        let (article, given) = gathered(object.into_iter().collect());
        finish(article, &given).unwrap()
    }

    #[test]
    fn exact_names_win_and_what_loses_is_kept() {
        let it = article(
            r#"{"headline":"Other","title":"Strike ends","authors":["Jan Kos","Ada Brandt"],"byline":"By Jan Kos in Lome",
                "text":"First.","content":"Second.","published":"2025-01-02","created_at":"2024-12-31","extra":{"desk_note":1}}"#,
        );
        assert_eq!((it.title.as_str(), it.body.as_str()), ("Strike ends", "Second."));
        assert_eq!(it.authors, ["Jan Kos", "Ada Brandt"]);
        assert_eq!(it.published.unwrap().to_string(), "2025-01-02");
        let kept: Vec<&str> = it.extra.keys().map(String::as_str).collect();
        assert_eq!(kept, ["byline", "created_at", "desk_note", "headline", "text"]);
    }

    #[test]
    fn an_id_that_cannot_be_used_is_printed_safely() {
        for (id, printed) in [("a\u{1b}[2Jb", "`a\\u{1b}[2Jb`"), ("..", "`..`"), (&"x".repeat(600), &"x".repeat(40))] {
            let fields = vec![("id".to_owned(), Value::from(id)), ("title".to_owned(), Value::from("A"))];
            let Item::Rejected(rejected) = item(("a", 1), fields, 0) else { panic!("`{id}` was taken") };
            assert!(rejected.reason.contains(printed), "{}", rejected.reason);
            assert!(!rejected.id.unwrap().contains(char::is_control));
        }
    }

    #[test]
    fn the_story_of_an_export_is_no_text() {
        let it = article(r#"{"title":"A","story":"77","extraction":{}}"#);
        assert_eq!((it.body.as_str(), it.extra.len()), ("", 0));
        assert_eq!(article(r#"{"title":"A","story":"The text."}"#).body, "The text.");
    }

    #[test]
    fn what_is_no_text_is_never_lost() {
        let it = article(r#"{"title":"A","body":["One.","Two."],"tags":[{"k":1}],"section":true,"date":"some day"}"#);
        assert_eq!(it.body, "One.\n\nTwo.");
        assert_eq!((it.published, it.tags.len()), (None, 0));
        let kept: Vec<&str> = it.extra.keys().map(String::as_str).collect();
        assert_eq!(kept, ["published_as_given", "section", "tags"]);
    }

    #[test]
    fn markup_becomes_text_and_control_characters_go() {
        let it = article(r#"{"title":"R&amp;D\u0007","content":"<p>One.</p>\r\n<p>Two.</p>"}"#);
        assert_eq!((it.title.as_str(), it.body.as_str()), ("R&D", "One.\n\nTwo."));
    }

    #[test]
    fn an_article_reads_back_as_itself() {
        let first =
            article(r#"{"headline":"A","title":"B","text":"T","date":"2 May","tags":"x, y","_id":{"$oid":"77"}}"#);
        assert_eq!(first.id.as_str(), "77");
        let again = article(&serde_json::to_string(&first).unwrap());
        assert_eq!(first.fingerprint(), again.fingerprint());
    }
}
