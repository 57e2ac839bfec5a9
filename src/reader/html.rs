//! Web pages: what the page says of itself (JSON-LD, OpenGraph, meta) first, then a main-text extractor for the body.

use std::{collections::HashMap, ops::ControlFlow};

use serde_json::Value;

use super::{Each, Item, Origin, date, encoding::decode, fields::clean, markup::entities, rejected};
use crate::article::{Article, ArticleId};

/// The deepest nesting of elements; extractors follow the tree by recursion.
const MAX_DEPTH: usize = 400;
/// Memory for the stack of the extractor; only what is used is taken.
const STACK_BYTES: usize = 256 << 20;
/// Elements of drawings, which a slash closes.
const SHAPES: [&str; 10] = ["path", "circle", "rect", "use", "g", "line", "polygon", "polyline", "ellipse", "stop"];
/// Elements without an end tag, or whose end tag is often left out: they say nothing of depth.
const FLAT: [&str; 24] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "td", "tr", "th", "dt", "dd", "option", "thead", "tbody",
];

pub(super) fn read(file: &str, data: &[u8], each: &mut Each) -> ControlFlow<()> {
    let head = String::from_utf8_lossy(&data[..data.len().min(2_048)]).to_ascii_lowercase();
    let declared = head.split("charset=").nth(1).map(|rest| {
        rest.trim_start_matches(['"', '\''])
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
            .collect::<String>()
    });
    let html = decode(data, declared.as_deref());
    match article(&html) {
        Ok(article) => each(Item::Article {
            article: Box::new(article),
            origin: Origin { file: file.to_owned(), record: 1 },
            bytes: data.len() as u64,
        }),
        Err(reason) => each(rejected(file, 1, reason)),
    }
}

fn article(html: &str) -> Result<Article, String> {
    if depth(html) > MAX_DEPTH {
        return Err(format!("the page nests elements deeper than {MAX_DEPTH}"));
    }
    let extracted = extracted(html).map_err(|error| format!("the page has no article: {error}"))?;
    let own = linked_data(html).unwrap_or_default();
    let text = |name: &str| own.get(name).and_then(name_of).filter(|it| !it.trim().is_empty());
    let mut article = Article::new(ArticleId::from_content(&[]));
    let found = extracted.metadata;
    article.title = text("headline").or(meta(html, "og:title")).or(found.title).unwrap_or_default();
    article.body = paragraphs(&extracted.content_text);
    article.source = text("publisher").or(meta(html, "og:site_name")).or(found.sitename).unwrap_or_default();
    article.section = text("articleSection").or(meta(html, "article:section")).unwrap_or_default();
    article.language = language(html).or(found.language).unwrap_or_default();
    article.url = canonical(html).or(text("url")).or(meta(html, "og:url")).unwrap_or_default();
    article.authors = authors(&own);
    if article.authors.is_empty() {
        let named = meta(html, "author").or(meta(html, "article:author")).or(found.author).unwrap_or_default();
        let names = named.split([';', ',']).map(|name| name.trim().to_owned());
        article.authors = names.filter(|name| !name.is_empty() && !name.starts_with("http")).collect();
    }
    let dated = |names: [Option<String>; 2]| names.into_iter().flatten().find_map(|it| date::read(&it));
    article.published = dated([text("datePublished"), meta(html, "article:published_time")]).or_else(|| {
        let day = found.date.map(|date| date.format("%Y-%m-%d").to_string());
        day.and_then(|day| date::read(&day))
    });
    article.updated = dated([text("dateModified"), meta(html, "article:modified_time")]);
    finish(article)
}

fn finish(mut article: Article) -> Result<Article, String> {
    let texts =
        [&mut article.title, &mut article.source, &mut article.section, &mut article.language, &mut article.url];
    for text in texts {
        *text = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if article.body.is_empty() {
        return Err("the page has no article text".to_owned());
    }
    article.id = ArticleId::from_url(&article.url)
        .unwrap_or_else(|| ArticleId::from_content(&[&article.source, &article.title, &article.body]));
    Ok(article)
}

/// Counts how deep elements may nest, in one pass without building a tree: an end tag closes only what is open.
fn depth(html: &str) -> usize {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut deepest) = (0usize, 0usize);
    for part in html.split('<').skip(1) {
        let (closing, rest) = part.strip_prefix('/').map_or((false, part), |rest| (true, rest));
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).take(20).collect();
        let name = name.to_ascii_lowercase();
        if name.is_empty() || FLAT.contains(&name.as_str()) {
            continue;
        }
        let count = open.entry(name.clone()).or_default();
        if closing {
            depth -= usize::from(*count > 0);
            *count = count.saturating_sub(1);
        } else if !(SHAPES.contains(&name.as_str()) && rest.split('>').next().is_some_and(|tag| tag.ends_with('/'))) {
            // Parsers ignore the slash of `<div/>`; only shapes are closed by it.
            *count += 1;
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// Runs the extractor on a thread with room for any tree that passes [`MAX_DEPTH`] and the elements it does not count.
fn extracted(html: &str) -> Result<rs_trafilatura::ExtractResult, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let run = thread.spawn_scoped(scope, || rs_trafilatura::extract(html).map_err(|error| error.to_string()));
        run.map_err(|error| error.to_string())?.join().unwrap_or_else(|_| Err("the extractor failed on it".to_owned()))
    })
}

/// Makes paragraphs of the extractor's lines.
fn paragraphs(text: &str) -> String {
    let clean = clean(text);
    let lines = clean.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n\n")
}

/// Returns the page's own description of its article (schema.org in JSON-LD).
fn linked_data(html: &str) -> Option<Value> {
    let lower = html.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = lower[from..].find("application/ld+json") {
        let begin = from + at + lower[from + at..].find('>')? + 1;
        let end = begin + lower[begin..].find("</script")?;
        let found = serde_json::from_str::<Value>(html[begin..end].trim()).ok();
        if let Some(article) = found.as_ref().and_then(|it| described(it, 0)) {
            return Some(article.clone());
        }
        from = end;
    }
    None
}

fn described(value: &Value, depth: usize) -> Option<&Value> {
    if depth > 4 {
        return None;
    }
    match value {
        Value::Array(values) => values.iter().take(200).find_map(|it| described(it, depth + 1)),
        Value::Object(object) => {
            let kinds = object.get("@type").map(std::string::ToString::to_string).unwrap_or_default();
            if kinds.contains("Article") || kinds.contains("BlogPosting") || kinds.contains("Report") {
                return Some(value);
            }
            ["@graph", "mainEntity"].iter().find_map(|name| described(object.get(*name)?, depth + 1))
        }
        _ => None,
    }
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(unescaped(text)),
        Value::Object(object) => {
            object.get("name").or_else(|| object.get("@id")).and_then(Value::as_str).map(unescaped)
        }
        Value::Array(values) => values.first().and_then(name_of),
        _ => None,
    }
}

fn authors(own: &Value) -> Vec<String> {
    let Some(author) = own.get("author") else { return Vec::new() };
    let list = author.as_array().map_or(std::slice::from_ref(author), Vec::as_slice);
    let names = list.iter().take(20).filter_map(name_of).map(|name| clean(&name).trim().to_owned());
    names.filter(|name| !name.is_empty() && !name.starts_with("http")).collect()
}

/// Returns the content of a meta element, by `name` or `property`.
fn meta(html: &str, name: &str) -> Option<String> {
    let head = head(html);
    let tag = tags(head, "<meta").find(|tag| {
        let named = attribute(tag, "property").or_else(|| attribute(tag, "name"));
        named.is_some_and(|it| it.eq_ignore_ascii_case(name))
    })?;
    attribute(tag, "content").map(unescaped).filter(|it| !it.trim().is_empty())
}

fn canonical(html: &str) -> Option<String> {
    let tag = tags(head(html), "<link").find(|tag| attribute(tag, "rel") == Some("canonical"))?;
    attribute(tag, "href").map(unescaped).filter(|it| it.starts_with("http"))
}

fn language(html: &str) -> Option<String> {
    attribute(tags(html, "<html").next()?, "lang").map(str::to_owned)
}

/// The first 256 kB hold whatever a page says of itself.
fn head(html: &str) -> &str {
    let mut end = html.len().min(256 << 10);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    &html[..end]
}

fn tags<'a>(html: &'a str, begin: &'static str) -> impl Iterator<Item = &'a str> {
    html.match_indices('<').filter_map(move |(at, _)| {
        let tag = &html[at..];
        let matches = tag.get(..begin.len()).is_some_and(|it| it.eq_ignore_ascii_case(begin));
        matches.then(|| tag.split('>').next().unwrap_or(tag))
    })
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let alone = rest[..at].ends_with(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
        rest = &rest[at + name.len()..];
        let Some(value) = rest.trim_start().strip_prefix('=').filter(|_| alone) else { continue };
        let value = value.trim_start();
        return match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].split(quote).next(),
            _ => value.split([' ', '/']).next(),
        };
    }
}

fn unescaped(text: impl AsRef<str>) -> String {
    entities(text.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_who_and_when() {
        let text =
            "The dockers of the eastern basin went back to work on Monday after a strike of nine days. ".repeat(4);
        let page = format!(
            "<!doctype html><html lang='en'><head><title>x | Courier</title><meta property='og:site_name' content='Harbour &amp; Courier'>\
             <link rel='canonical' href='https://example.org/a'><script type='application/ld+json'>{{\"@graph\":[{{\"@type\":\"NewsArticle\",\
             \"headline\":\"Strike ends\",\"datePublished\":\"2024-05-06T10:00:00Z\",\"author\":[{{\"name\":\"Ada Brandt\"}}]}}]}}</script></head>\
             <body><nav>Home News</nav><article><h1>Strike ends</h1><p>{text}</p><p>{text}</p></article></body></html>"
        );
        let article = article(&page).unwrap();
        assert_eq!(article.title, "Strike ends");
        assert_eq!(article.authors, ["Ada Brandt"]);
        assert_eq!(article.source, "Harbour & Courier");
        assert_eq!(article.published.unwrap().to_string(), "2024-05-06T10:00:00Z");
        assert_eq!(Some(article.id), ArticleId::from_url("https://example.org/a"));
        assert!(article.body.contains("nine days") && article.body.contains("\n\n"), "{}", article.body);
    }

    #[test]
    fn depth_is_bounded_before_a_tree_is_built() {
        assert!(article(&"<div>".repeat(100_000)).is_err());
        assert!(article(&"<div/>".repeat(100_000)).is_err());
        assert!(article(&"<div></span>".repeat(100_000)).is_err());
        let flat = format!(
            "<html><body><article>{}</article></body></html>",
            "<p>One paragraph of a long page.".repeat(5_000)
        );
        assert!(article(&flat).is_ok());
    }
}
