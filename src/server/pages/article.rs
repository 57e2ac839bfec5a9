//! The article page: the text with every mention marked, and beside it who, where, which and what about.

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State as Shared},
    response::Response,
};

use super::{
    marks::{Mark, Piece, paragraphs},
    paging::Place,
    render, words,
};
use crate::{
    document::{Document, Facet, Topic, one_value},
    extract::{Mention, TextField, topics::vocabulary},
    index::Engine,
    search,
    server::{
        State,
        error::Error,
        params::{Pairs, Segment, segment},
    },
    text::{
        excerpt::{excerpt, excerpt_end},
        fold::fold,
    },
};

/// Names of one list in the margin that stand open.
const SHOWN: usize = 12;

/// Names of one list that are on the page at all.
const LISTED: usize = 500;
/// Authors that a byline and a citation name.
const AUTHORS: usize = 12;
/// Characters of a headline that large type can bear.
const LONG: usize = 160;
/// Characters of a headline or subtitle that are shown.
const HEADLINE: usize = 1_000;
/// Characters of the text that are shown; a browser bears no more, and no reader reads on here.
const TEXT: usize = 300_000;
/// The longest keyword that is shown, and the longest name that is marked in the text, in characters.
const NAME: usize = 200;
/// The longest address that is made a link, in bytes.
const ADDRESS: usize = 4_096;

/// A name and where it leads.
pub(super) struct Name {
    pub(super) text: String,
    pub(super) href: String,
}

/// One list in the margin.
struct Margin {
    heading: &'static str,
    class: &'static str,
    names: Vec<Noted>,
    /// The names under "more".
    rest: Vec<Noted>,
    /// How many are not on the page; empty if all are.
    unlisted: String,
}

/// A name in the margin.
struct Noted {
    link: Name,
    /// What tells it from others: the country of a place; who says so of a topic.
    note: String,
    /// The same in more words, for those who hear it.
    spoken: String,
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    title: String,
    q: String,
    back: String,
    /// Whether a search led here.
    searched: bool,
    place: Place,
    language: String,
    headline: Vec<Vec<Piece>>,
    /// Too long a headline for large type.
    long: bool,
    subtitle: Vec<Vec<Piece>>,
    byline: String,
    source: Option<Name>,
    section: String,
    date: String,
    datetime: String,
    updated: String,
    original: Option<Name>,
    paragraphs: Vec<Vec<Piece>>,
    /// How much of the text is shown, if it is not all of it: `300,000 of 5,000,000`.
    shown: String,
    margin: Vec<Margin>,
    /// Label and address of the other versions of the article.
    versions: Option<Name>,
    /// Set apart with full stops; each may run in its own direction.
    citation: Vec<String>,
    json: String,
}

/// Returns the page of an article; 404 if there is none of this id.
pub(in crate::server) async fn page(
    Shared(state): Shared<State>,
    Segment(id): Segment,
    RawQuery(raw): RawQuery,
) -> Result<Response, Error> {
    let pairs = Pairs::parse(raw.as_deref())?.without_blanks().filed();
    let engine = Arc::clone(&state.engine);
    let page = state.pool.run(move || found(&*engine, &id, &pairs)).await?;
    Ok(render(&page))
}

fn found(engine: &dyn Engine, id: &str, pairs: &Pairs) -> Result<ArticlePage, Error> {
    let document = search::article(engine, id)?
        .ok_or_else(|| Error::NotFound("the archive has no article under this id".to_owned()))?;
    let place = Place::find(engine, pairs, id)?;
    let story = Pairs::default().with("story", &document.story);
    let versions = search::search(engine, &story.with("limit", "0").0)?.total;
    let mut page = build(&document, pairs);
    page.place = place;
    page.versions = (versions > 1)
        .then(|| Name { text: format!("{} versions of this article", words::number(versions)), href: story.link() });
    Ok(page)
}

fn build(document: &Document, pairs: &Pairs) -> ArticlePage {
    let article = &document.article;
    let title = excerpt(article.title.trim(), LONG);
    let body = &article.body[..excerpt_end(&article.body, TEXT)];
    ArticlePage {
        title: if title.is_empty() { "No headline".to_owned() } else { title.into_owned() },
        q: pairs.get("q").unwrap_or_default().to_owned(),
        back: pairs.link(),
        searched: !pairs.0.is_empty(),
        place: Place::default(),
        language: document.language().filter(|it| is_language_tag(it)).unwrap_or_default().to_owned(),
        long: article.title.chars().nth(LONG).is_some(),
        headline: paragraphs(&excerpt(&article.title, HEADLINE), marks(document, TextField::Title, HEADLINE)),
        subtitle: paragraphs(&excerpt(&article.subtitle, HEADLINE), marks(document, TextField::Subtitle, HEADLINE)),
        byline: words::listed(&authors(document)),
        source: document.values(Facet::Sources).pop().map(|it| Name { href: search_for("source", &it), text: it }),
        section: document.values(Facet::Sections).pop().unwrap_or_default(),
        date: article.published.map_or_else(|| "undated".to_owned(), words::moment),
        datetime: article.published.map(|it| it.to_string()).unwrap_or_default(),
        updated: article.updated.map(words::moment).unwrap_or_default(),
        paragraphs: paragraphs(body, marks(document, TextField::Body, TEXT)),
        shown: part(body, &article.body),
        margin: margin(document),
        versions: None,
        citation: citation(document),
        original: original(&article.url),
        json: format!("/api/articles/{}", segment(article.id.as_str())),
    }
}

/// Says how much of a text is shown; nothing if it is all of it.
fn part(shown: &str, whole: &str) -> String {
    if shown.len() == whole.len() {
        return String::new();
    }
    let count = |text: &str| words::number(text.chars().count() as u64);
    format!("{} of {}", count(shown), count(whole))
}

/// Returns those who wrote it, as far as a line has room for them.
fn authors(document: &Document) -> Vec<String> {
    let mut authors = document.values(Facet::Authors);
    let more = authors.len().saturating_sub(AUTHORS);
    if more > 1 {
        authors.truncate(AUTHORS);
        authors.push(format!("{} more", words::number(more as u64)));
    }
    authors
}

/// Says whether a text can stand as the `lang` of a page.
fn is_language_tag(text: &str) -> bool {
    text.len() <= 35 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn original(url: &str) -> Option<Name> {
    let href = web_address(url)?;
    let host = url::Url::parse(&href).ok()?.host_str()?.to_owned();
    Some(Name { text: host.strip_prefix("www.").map_or(host.clone(), str::to_owned), href })
}

/// Returns the article as a bibliography would cite it; without an address of its own, by its number in the archive.
fn citation(document: &Document) -> Vec<String> {
    let article = &document.article;
    let title = excerpt(&article.title, HEADLINE).split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if title.is_empty() { "[no headline]".to_owned() } else { format!("“{title}”") };
    let published = article.published.map_or_else(|| "undated".to_owned(), words::date);
    let mut parts = vec![words::listed(&authors(document)), title];
    parts.extend(document.values(Facet::Sources).pop());
    parts.push(published);
    parts.push(web_address(&article.url).unwrap_or_else(|| format!("Archive number {}", article.id)));
    parts.retain(|it| !it.is_empty());
    parts
}

/// Returns the address if it is one of the web; anything else, such as `javascript:`, is never made a link.
fn web_address(text: &str) -> Option<String> {
    let text = Some(text.trim()).filter(|it| it.len() <= ADDRESS)?;
    let url = url::Url::parse(text).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// Returns the mentions in the first characters of a text.
fn marks(document: &Document, field: TextField, most: usize) -> Vec<Mark> {
    let extraction = &document.extraction;
    let mut marks = Vec::new();
    let mut add = |class: &'static str, name: &str, mentions: &[Mention]| {
        if name.chars().nth(NAME).is_some() {
            return;
        }
        let name = one_value(name);
        let href = search_for(class, &name);
        for mention in mentions.iter().filter(|it| it.field == field && it.end as usize <= most) {
            marks.push(Mark {
                span: mention.start as usize..mention.end as usize,
                class,
                href: href.clone(),
                name: name.clone(),
            });
        }
    };
    for it in &extraction.people {
        add("person", &it.name, &it.mentions);
    }
    for it in &extraction.places {
        add("place", &it.name, &it.mentions);
    }
    for it in &extraction.organizations {
        add("organization", &it.name, &it.mentions);
    }
    marks
}

fn margin(document: &Document) -> Vec<Margin> {
    let lists = [
        (Facet::People, "Who", "person"),
        (Facet::Places, "Where", "place"),
        (Facet::Organizations, "Which organizations", "organization"),
        (Facet::Topics, "What about", "topic"),
    ];
    let mut margin: Vec<Margin> = lists
        .into_iter()
        .map(|(facet, heading, class)| {
            let noted = |text: String, (note, spoken): (String, String)| Noted {
                note,
                spoken,
                link: Name { href: format!("/{}/{}", facet.name(), segment(address(facet, &text))), text },
            };
            let names = match facet {
                Facet::Topics => document.topics().into_iter().map(|it| noted(it.name.clone(), said_by(&it))).collect(),
                Facet::Places => {
                    values(document, facet, |text| noted(text.clone(), (country(document, &text), String::new())))
                }
                _ => values(document, facet, |text| noted(text, Default::default())),
            };
            list(heading, class, names)
        })
        .collect();
    let mut seen = HashSet::new();
    let keywords = document.extraction.keywords.iter();
    let keywords = keywords.filter(|text| text.chars().nth(NAME).is_none() && seen.insert(fold(text)));
    let keywords = keywords.map(|text| Noted {
        note: String::new(),
        spoken: String::new(),
        link: Name { href: search_for("q", &format!("\"{}\"", text.replace('"', ""))), text: text.clone() },
    });
    margin.push(list("Keywords", "keyword", keywords.collect()));
    margin.retain(|list| !list.names.is_empty());
    margin
}

fn values(document: &Document, facet: Facet, noted: impl FnMut(String) -> Noted) -> Vec<Noted> {
    document.values(facet).into_iter().map(noted).collect()
}

/// Returns who says that an article is about a topic: its source, or the program and how sure it is; in short, and in words.
fn said_by(topic: &Topic) -> (String, String) {
    let given = topic.given.then(|| ("given".to_owned(), "given by the source".to_owned()));
    let assigned = topic.confidence.map(|sure| {
        (format!("assigned · {sure:.2}"), format!("assigned by the program with a probability of {sure:.2}"))
    });
    let (short, words): (Vec<_>, Vec<_>) = [given, assigned].into_iter().flatten().unzip();
    (short.join(", "), words.join(", "))
}

fn list(heading: &'static str, class: &'static str, mut names: Vec<Noted>) -> Margin {
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    // One more is shown sooner than a button for it.
    let rest = if names.len() > SHOWN + 1 { names.split_off(SHOWN) } else { Vec::new() };
    let unlisted = if more > 0 { words::number(more as u64) } else { String::new() };
    Margin { heading, class, names, rest, unlisted }
}

/// Returns what the address of a value's page calls it: a topic by its code, whatever becomes of its name.
fn address(facet: Facet, value: &str) -> &str {
    let concept = Some(value).filter(|_| facet == Facet::Topics).and_then(vocabulary::named);
    concept.filter(|it| it.name("en") == value).map_or(value, |it| it.code)
}

/// Returns the country of a place by name, unless the place is that country or it is not known.
fn country(document: &Document, name: &str) -> String {
    let place = document.extraction.places.iter().find(|it| it.name == name);
    let code = place.and_then(|it| it.country.as_deref()).unwrap_or_default();
    let country = words::value(Facet::Countries, code);
    if country == name || place.is_some_and(|it| it.kind.as_deref() == Some("country")) {
        String::new()
    } else {
        country
    }
}

/// Returns the address of the search with one parameter.
pub(super) fn search_for(name: &str, value: &str) -> String {
    Pairs::default().with(name, value).link()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        article::{Article, ArticleId},
        extract::{Entity, Extraction},
    };

    fn cited(article: &Article) -> String {
        citation(&Document::new(article.clone(), Extraction::default())).join(". ")
    }

    #[test]
    fn a_citation_says_what_is_known() {
        let mut article = Article::new(ArticleId::given("hd-1").unwrap());
        assert_eq!(cited(&article), "[no headline]. undated. Archive number hd-1");
        article.title = "Gates stay shut".into();
        article.authors = vec!["Ada Brandt".into(), "Jan Kos".into()];
        article.source = "Courier".into();
        article.published = Some("1998-03".parse().unwrap());
        article.url = "https://example.org/a".into();
        let expected = "Ada Brandt and Jan Kos. “Gates stay shut”. Courier. March 1998. https://example.org/a";
        assert_eq!(cited(&article), expected);
    }

    #[test]
    fn what_has_no_end_is_shown_in_part() {
        let mut article = Article::new(ArticleId::given("long").unwrap());
        for text in [&mut article.title, &mut article.subtitle, &mut article.source, &mut article.section] {
            *text = "word ".repeat(2_000_000);
        }
        article.language = "x".repeat(1_000_000);
        article.url = format!("https://example.org/{}", "a".repeat(10_000_000));
        article.body = "Sentence after sentence. ".repeat(2_000_000);
        article.authors = (0..1_000).map(|i| format!("{i}{}", "a".repeat(10_000))).collect();
        article.tags = vec!["tag".repeat(1_000_000)];
        article.people = (0..1_000).map(|i| format!("{i}{}", "b".repeat(10_000))).collect();
        let mention = |at: u32| Mention { field: TextField::Body, start: at, end: at + 8, text: "Sentence".into() };
        let mentions: Vec<Mention> = (0..2_000_000).map(|i| mention(i * 25)).collect();
        let people =
            [150, 1_000_000].map(|length| Entity { name: "n".repeat(length), mentions: mentions.clone() }).into();
        let document = Document::new(article, Extraction { people, ..Extraction::default() });
        let page = build(&document, &Pairs::default());
        assert_eq!(page.shown, "299,999 of 50,000,000");
        let html = page.render().unwrap();
        assert!(html.len() < 12 << 20, "{}", html.len());
        assert!(html.contains("299,999 of 50,000,000") && html.contains("/api/articles/long"));
    }

    #[test]
    fn a_topic_has_its_code_in_its_address() {
        assert_eq!(address(Facet::Topics, "health"), "medtop:07000000");
        assert_eq!(address(Facet::Topics, "tulips"), "tulips");
        assert_eq!(address(Facet::People, "health"), "health");
    }

    #[test]
    fn a_topic_says_who_says_so() {
        let said = |given, confidence| said_by(&Topic { name: "sport".into(), given, confidence });
        assert_eq!(said(true, None), ("given".to_owned(), "given by the source".to_owned()));
        assert_eq!(said(false, Some(0.9)).0, "assigned · 0.90");
        assert_eq!(said(true, Some(0.934)).0, "given, assigned · 0.93");
        assert!(said(true, Some(0.93)).1.ends_with("by the program with a probability of 0.93"));
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_address("javascript:alert(1)").is_none());
        assert!(web_address("https://example.org/a").is_some());
    }
}
