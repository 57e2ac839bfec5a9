//! The article page: the text with every mention marked, and beside it who, where, which and what about.

use std::{collections::HashSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State as Shared},
    response::Response,
};

use super::{
    Failure,
    marks::{Mark, Piece, paragraphs},
    paging::Place,
    render, words,
};
use crate::{
    article::Article,
    document::{Document, Facet, Topic},
    extract::{Mention, TextField},
    index::Engine,
    search,
    server::{
        State,
        error::Error,
        params::{Pairs, segment},
    },
    text::fold::fold,
};

/// Names of one list in the margin that stand open.
const SHOWN: usize = 12;

/// Characters of a headline that large type can bear.
const LONG: usize = 160;

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
    margin: Vec<Margin>,
    /// Label and address of the other versions of the article.
    versions: Option<Name>,
    /// Set apart with full stops; each may run in its own direction.
    citation: Vec<String>,
    json: String,
}

pub(in crate::server) async fn page(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let pairs = Pairs::parse(raw.as_deref())?.without_blanks();
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
    ArticlePage {
        title: if article.title.trim().is_empty() { "No headline".to_owned() } else { article.title.clone() },
        q: pairs.get("q").unwrap_or_default().to_owned(),
        back: pairs.link(),
        searched: !pairs.0.is_empty(),
        place: Place::default(),
        language: document.language().unwrap_or_default().to_owned(),
        long: article.title.chars().count() > LONG,
        headline: paragraphs(&article.title, marks(document, TextField::Title)),
        subtitle: paragraphs(&article.subtitle, marks(document, TextField::Subtitle)),
        byline: words::listed(&article.authors),
        source: Some(&article.source)
            .filter(|it| !it.is_empty())
            .map(|source| Name { text: source.clone(), href: search_for("source", source) }),
        section: article.section.clone(),
        date: article.published.map_or_else(|| "undated".to_owned(), words::moment),
        datetime: article.published.map(|it| it.to_string()).unwrap_or_default(),
        updated: article.updated.map(words::moment).unwrap_or_default(),
        paragraphs: paragraphs(&article.body, marks(document, TextField::Body)),
        margin: margin(document),
        versions: None,
        citation: citation(article),
        original: original(&article.url),
        json: format!("/api/articles/{}", segment(article.id.as_str())),
    }
}

fn original(url: &str) -> Option<Name> {
    let href = web_address(url)?;
    let host = url::Url::parse(&href).ok()?.host_str()?.to_owned();
    Some(Name { text: host.strip_prefix("www.").map_or(host.clone(), str::to_owned), href })
}

/// Returns the article as a bibliography would cite it; without an address of its own, by its number in the archive.
fn citation(article: &Article) -> Vec<String> {
    let title = article.title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if title.is_empty() { "[no headline]".to_owned() } else { format!("“{title}”") };
    let published = article.published.map_or_else(|| "undated".to_owned(), words::date);
    let mut parts = vec![words::listed(&article.authors), title];
    parts.extend([article.source.clone(), published]);
    parts.push(web_address(&article.url).unwrap_or_else(|| format!("Archive number {}", article.id)));
    parts.retain(|it| !it.is_empty());
    parts
}

/// Returns the address if it is one of the web; anything else, such as `javascript:`, is never made a link.
fn web_address(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

fn marks(document: &Document, field: TextField) -> Vec<Mark> {
    let extraction = &document.extraction;
    let mut marks = Vec::new();
    let mut add = |class: &'static str, name: &str, mentions: &[Mention]| {
        let href = search_for(class, name);
        for mention in mentions.iter().filter(|it| it.field == field) {
            marks.push(Mark {
                span: mention.start as usize..mention.end as usize,
                class,
                href: href.clone(),
                name: name.to_owned(),
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
                link: Name { href: format!("/{}/{}", facet.name(), segment(&text)), text },
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
    let keywords = document.extraction.keywords.iter().filter(|text| seen.insert(fold(text))).map(|text| Noted {
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
    // One more is shown sooner than a button for it.
    let rest = if names.len() > SHOWN + 1 { names.split_off(SHOWN) } else { Vec::new() };
    Margin { heading, class, names, rest }
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
    use super::{Article, Topic, citation, said_by, web_address};
    use crate::article::ArticleId;

    #[test]
    fn a_citation_says_what_is_known() {
        let mut article = Article::new(ArticleId::given("hd-1").unwrap());
        assert_eq!(citation(&article).join(". "), "[no headline]. undated. Archive number hd-1");
        article.title = "Gates stay shut".into();
        article.authors = vec!["Ada Brandt".into(), "Jan Kos".into()];
        article.source = "Courier".into();
        article.published = Some("1998-03".parse().unwrap());
        article.url = "https://example.org/a".into();
        let expected = "Ada Brandt and Jan Kos. “Gates stay shut”. Courier. March 1998. https://example.org/a";
        assert_eq!(citation(&article).join(". "), expected);
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
