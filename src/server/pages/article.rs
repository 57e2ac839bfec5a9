//! The article page: the text with every mention marked, and beside it who, where, which and what about.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State as Shared},
    response::Response,
};

use super::{
    Failure,
    marks::{Mark, Piece, paragraphs},
    render, words,
};
use crate::{
    document::{Document, Facet},
    extract::{Mention, TextField},
    search,
    server::{
        State,
        error::Error,
        params::{Pairs, address, segment},
    },
};

/// A name in the margin.
pub(super) struct Name {
    pub(super) text: String,
    pub(super) href: String,
}

/// One list in the margin.
pub(super) struct Margin {
    pub(super) heading: &'static str,
    pub(super) class: &'static str,
    pub(super) names: Vec<Name>,
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    title: String,
    back: String,
    language: String,
    headline: Vec<Vec<Piece>>,
    subtitle: Vec<Vec<Piece>>,
    byline: String,
    source: String,
    section: String,
    date: String,
    datetime: String,
    original: Option<String>,
    paragraphs: Vec<Vec<Piece>>,
    margin: Vec<Margin>,
    citation: String,
}

pub(in crate::server) async fn page(
    Shared(state): Shared<State>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let pairs = Pairs::parse(raw.as_deref())?;
    let engine = Arc::clone(&state.engine);
    let found = state.pool.run(move || Ok(search::article(&*engine, &id)?)).await?;
    let document = found.ok_or_else(|| Error::NotFound("the archive has no article under this id".to_owned()))?;
    Ok(render(&build(&document, &pairs)))
}

fn build(document: &Document, pairs: &Pairs) -> ArticlePage {
    let article = &document.article;
    let title = if article.title.trim().is_empty() { "Untitled".to_owned() } else { article.title.clone() };
    let date = article.published.map(words::date);
    let original = web_address(&article.url);
    let parts = [
        article.authors.join(", "),
        format!("“{title}”"),
        article.source.clone(),
        date.clone().unwrap_or_else(|| "undated".to_owned()),
        original.clone().unwrap_or_default(),
    ];
    let given: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    ArticlePage {
        back: address("/", &pairs.query()),
        language: document.language().unwrap_or_default().to_owned(),
        headline: paragraphs(&article.title, marks(document, TextField::Title)),
        subtitle: paragraphs(&article.subtitle, marks(document, TextField::Subtitle)),
        byline: article.authors.join(", "),
        source: article.source.clone(),
        section: article.section.clone(),
        date: date.unwrap_or_else(|| "undated".to_owned()),
        datetime: article.published.map(|it| it.to_string()).unwrap_or_default(),
        paragraphs: paragraphs(&article.body, marks(document, TextField::Body)),
        margin: margin(document),
        citation: given.join(". "),
        original,
        title,
    }
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
        (Facet::People, "People", "person"),
        (Facet::Places, "Places", "place"),
        (Facet::Organizations, "Organizations", "organization"),
        (Facet::Topics, "Topics", "topic"),
    ];
    let mut margin: Vec<Margin> = lists
        .into_iter()
        .map(|(facet, heading, class)| Margin {
            heading,
            class,
            names: document
                .values(facet)
                .into_iter()
                .map(|text| Name { href: format!("/{}/{}", facet.name(), segment(&text)), text })
                .collect(),
        })
        .collect();
    let keywords = document.extraction.keywords.iter();
    margin.push(Margin {
        heading: "Keywords",
        class: "keyword",
        names: keywords
            .map(|text| Name { href: search_for("q", &format!("\"{}\"", text.replace('"', ""))), text: text.clone() })
            .collect(),
    });
    margin.retain(|list| !list.names.is_empty());
    margin
}

/// Returns the address of the search with one parameter.
pub(super) fn search_for(name: &str, value: &str) -> String {
    Pairs::default().with(name, value).link()
}

#[cfg(test)]
mod tests {
    use super::web_address;

    #[test]
    fn only_web_addresses_become_links() {
        assert!(web_address("javascript:alert(1)").is_none());
        assert!(web_address("https://example.org/a").is_some());
    }
}
