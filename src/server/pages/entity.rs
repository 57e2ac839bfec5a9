//! The page of a person, a place, an organization or a topic: how often, since when, and who and what stands with it.
//!
//! Built on ordinary searches with the name as filter; knows nothing that the search page could not find out.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State as Shared},
    response::Response,
};

use super::{
    Failure,
    article::Name,
    facets::{self, FacetList},
    histogram::{self, Chart},
    render, words,
};
use crate::{
    document::Facet,
    index::Engine,
    search::{self, answer::HitView},
    server::{
        State,
        error::Error,
        params::{Pairs, all_facets, segment},
    },
};

#[derive(Template)]
#[template(path = "entity.html")]
struct EntityPage {
    title: String,
    kind: &'static str,
    count: String,
    span: String,
    all: String,
    chart: Option<Chart>,
    facets: Vec<FacetList>,
    latest: Vec<Latest>,
}

struct Latest {
    date: String,
    link: Name,
}

pub(in crate::server) async fn person(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    page(state, Facet::People, name).await
}

pub(in crate::server) async fn place(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    page(state, Facet::Places, name).await
}

pub(in crate::server) async fn organization(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    page(state, Facet::Organizations, name).await
}

pub(in crate::server) async fn topic(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    page(state, Facet::Topics, name).await
}

async fn page(state: State, facet: Facet, name: String) -> Result<Response, Failure> {
    let engine = Arc::clone(&state.engine);
    let page = state.pool.run(move || build(&*engine, facet, &name)).await?;
    Ok(render(&page))
}

fn build(engine: &dyn Engine, facet: Facet, name: &str) -> Result<EntityPage, Error> {
    let kind = facet.parameter().unwrap_or_default();
    let filter = Pairs::default().with(kind, name);
    let facets = all_facets();
    let newest =
        [("sort", "newest"), ("limit", "10"), ("facets", facets.as_str()), ("facet_limit", "8"), ("histogram", "auto")];
    let answer = search::search(engine, &filter.with_defaults(&newest))?;
    if answer.total == 0 {
        let name: String = name.chars().take(80).collect();
        return Err(Error::NotFound(format!("no article has the {kind} `{name}`")));
    }
    let oldest = [("sort", "oldest"), ("limit", "1")];
    let oldest = search::search(engine, &filter.with_defaults(&oldest))?;
    let date = |hit: Option<&HitView>| hit.and_then(|it| it.published.as_deref()).map(words::date_text);
    let span = match (date(oldest.hits.first()), date(answer.hits.first())) {
        (Some(first), Some(last)) if first == last => first,
        (Some(first), Some(last)) => format!("{first} to {last}"),
        _ => "undated".to_owned(),
    };
    let mut lists = facets::lists(&answer.facets, &filter, answer.total);
    for list in &mut lists {
        // Its own name is in every one of the articles and says nothing here.
        list.values.retain(|value| !value.active);
    }
    lists.retain(|list| !list.values.is_empty());
    Ok(EntityPage {
        title: name.to_owned(),
        kind,
        count: words::articles(answer.total),
        span,
        all: filter.link(),
        chart: answer.histogram.map(|view| histogram::chart(&view, &filter)),
        facets: lists,
        latest: answer.hits.into_iter().map(latest).collect(),
    })
}

fn latest(hit: HitView) -> Latest {
    let untitled = hit.title.trim().is_empty();
    Latest {
        date: hit.published.as_deref().map_or_else(|| "undated".to_owned(), words::date_text),
        link: Name {
            href: format!("/articles/{}", segment(&hit.id)),
            text: if untitled { "Untitled".to_owned() } else { hit.title },
        },
    }
}
