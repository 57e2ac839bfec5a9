//! The page of a person, a place, an organization or a topic: how often, since when, and who and what stands with it.
//!
//! Built on ordinary searches with the name as filter; knows nothing that the search page could not find out.

use std::sync::Arc;

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};

use super::{
    article::Name,
    facets::{self, FacetList},
    histogram::{self, Chart},
    paging::article_link,
    render, words,
};
use crate::{
    document::{self, Facet},
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
    q: String,
    kind: &'static str,
    count: String,
    span: String,
    all: String,
    charts: Vec<Chart>,
    /// The rest of the articles, if they are not all listed.
    more: bool,
    facets: Vec<FacetList>,
    latest: Vec<Latest>,
}

struct Latest {
    date: String,
    source: String,
    link: Name,
}

/// Returns the page of a value of a facet; 404 if no article has it.
pub(in crate::server) async fn page(facet: Facet, state: State, name: String) -> Result<Response, Error> {
    let engine = Arc::clone(&state.engine);
    let found = state.pool.run(move || {
        // A name that stands under another one leads there, so that there is one page for each.
        match engine.heading(facet, &name) {
            Some(heading) => Ok(Err(format!("/{}/{}", facet.name(), segment(&heading)))),
            None => build(&*engine, facet, &name).map(Ok),
        }
    });
    Ok(match found.await? {
        Ok(page) => render(&page),
        Err(address) => Redirect::to(&address).into_response(),
    })
}

fn build(engine: &dyn Engine, facet: Facet, name: &str) -> Result<EntityPage, Error> {
    let kind = facet.parameter().unwrap_or_default();
    // Topics have codes in addresses and names in the archive.
    let name = document::filed(facet, name);
    let filter = Pairs::default().with(kind, name);
    let facets = all_facets();
    let newest =
        [("sort", "newest"), ("limit", "10"), ("facets", facets.as_str()), ("facet_limit", "9"), ("histogram", "auto")];
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
    // As the archive writes it, not as the address does.
    let own = lists.iter().find(|list| list.name == facet.name());
    let title = own.and_then(|list| list.values.iter().find(|it| it.active)).map(|it| it.label.clone());
    for list in &mut lists {
        // Its own name is in every one of the articles and says nothing here.
        list.values.retain(|value| !value.active);
        // The lists of this page are short; the whole of them is in the search.
        list.rest.clear();
        list.all = None;
    }
    lists.retain(|list| !list.values.is_empty());
    Ok(EntityPage {
        title: title.unwrap_or_else(|| name.to_owned()),
        q: String::new(),
        more: answer.total > answer.hits.len() as u64,
        kind,
        count: words::articles(answer.total),
        span,
        all: filter.link(),
        charts: answer.histogram.map(|view| histogram::chart(&view, &filter, false)).into_iter().collect(),
        facets: lists,
        latest: answer.hits.into_iter().map(|hit| latest(hit, &filter)).collect(),
    })
}

fn latest(hit: HitView, filter: &Pairs) -> Latest {
    Latest {
        date: hit.published.as_deref().map_or_else(|| "undated".to_owned(), words::date_text),
        source: hit.source,
        link: Name { href: article_link(&hit.id, &filter.with("sort", "newest")), text: hit.title.trim().to_owned() },
    }
}
