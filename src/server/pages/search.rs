//! The search page: box, filters, histogram, facets and results; and what to say when there are none.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{RawQuery, State as Shared},
    response::Response,
};

use super::{
    Failure,
    article::{Name, search_for},
    facets::{self, Chip, FacetList},
    histogram::{self, Chart},
    render, words,
};
use crate::{
    index::Engine,
    search::{self, Answer, answer::HitView},
    server::{
        State,
        error::Error,
        params::{Pairs, address, all_facets, segment},
    },
};

/// People, and places, that a result names before it says how many more.
const NAMES: usize = 6;
/// Ways out that are offered when nothing is found.
const ALTERNATIVES: usize = 6;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    title: String,
    q: String,
    hidden: Vec<(String, String)>,
    /// Nothing is archived at all.
    empty: bool,
    nothing_found: bool,
    understood: String,
    count: String,
    took: String,
    notices: Vec<String>,
    chips: Vec<Chip>,
    active: usize,
    facets: Vec<FacetList>,
    chart: Option<Chart>,
    sorts: Vec<SortLink>,
    results: Vec<ResultLine>,
    next: Option<String>,
    ways_out: Vec<Name>,
}

struct SortLink {
    label: &'static str,
    href: String,
    active: bool,
}

struct ResultLine {
    href: String,
    date: String,
    source: String,
    /// Escaped, with marks.
    headline: String,
    /// Escaped, with marks.
    passages: Vec<String>,
    people: Vec<Name>,
    places: Vec<Name>,
    more: String,
}

pub(in crate::server) async fn page(
    Shared(state): Shared<State>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let pairs = Pairs::parse(raw.as_deref())?.without_blanks();
    let engine = Arc::clone(&state.engine);
    let page = state.pool.run(move || answer(&*engine, &pairs)).await?;
    Ok(render(&page))
}

fn answer(engine: &dyn Engine, pairs: &Pairs) -> Result<SearchPage, Error> {
    let facets = all_facets();
    let mut defaults = vec![("facets", facets.as_str()), ("facet_limit", "8"), ("histogram", "auto")];
    if pairs.get("q").is_none() {
        defaults.push(("sort", "newest"));
    }
    let answer = search::search(engine, &pairs.with_defaults(&defaults))?;
    let nothing_found = answer.total == 0;
    let empty = nothing_found && engine.count()? == 0;
    let chips = facets::chips(pairs);
    let ways_out = if nothing_found && !empty { ways_out(engine, pairs, &chips)? } else { Vec::new() };
    Ok(build(answer, pairs, chips, ways_out, empty))
}

fn build(answer: Answer, pairs: &Pairs, chips: Vec<Chip>, ways_out: Vec<Name>, empty: bool) -> SearchPage {
    let q = pairs.get("q").unwrap_or_default().to_owned();
    let hidden = pairs.without("q").without("cursor").0;
    SearchPage {
        title: if q.is_empty() { "Search".to_owned() } else { q.clone() },
        hidden,
        empty,
        nothing_found: answer.total == 0,
        understood: answer.query.understood,
        count: words::articles(answer.total),
        took: format!("{:.1} ms", answer.took_ms),
        notices: answer.query.notices,
        active: chips.len(),
        chips,
        facets: facets::lists(&answer.facets, pairs, answer.total),
        chart: answer
            .histogram
            .filter(|it| !it.buckets.is_empty() || it.undated > 0)
            .map(|view| histogram::chart(&view, pairs)),
        sorts: sorts(pairs),
        results: answer.hits.into_iter().map(|hit| result(hit, pairs)).collect(),
        next: answer.next.map(|next| pairs.set("cursor", &next).link()),
        ways_out,
        q,
    }
}

fn sorts(pairs: &Pairs) -> Vec<SortLink> {
    let usual = if pairs.get("q").is_some() { "relevance" } else { "newest" };
    let current = pairs.get("sort").unwrap_or(usual);
    let orders = [("relevance", "Best match"), ("newest", "Newest"), ("oldest", "Oldest")];
    orders
        .into_iter()
        .filter(|(order, _)| pairs.get("q").is_some() || *order != "relevance")
        .map(|(order, label)| SortLink { label, href: pairs.set("sort", order).link(), active: order == current })
        .collect()
}

fn result(hit: HitView, pairs: &Pairs) -> ResultLine {
    let path = format!("/articles/{}", segment(&hit.id));
    let more = hit.people.len().saturating_sub(NAMES) + hit.places.len().saturating_sub(NAMES);
    let links = |name: &str, values: &[String]| {
        let shown = values.iter().take(NAMES);
        shown.map(|value| Name { text: value.clone(), href: search_for(name, value) }).collect()
    };
    ResultLine {
        href: address(&path, &pairs.without("cursor").query()),
        date: hit.published.as_deref().map_or_else(|| "undated".to_owned(), words::date_text),
        source: hit.source,
        headline: if hit.title.trim().is_empty() {
            "Untitled".to_owned()
        } else if hit.snippet.title.is_empty() {
            escaped(&hit.title)
        } else {
            hit.snippet.title
        },
        passages: hit.snippet.body,
        people: links("person", &hit.people),
        places: links("place", &hit.places),
        more: if more > 0 { format!("and {more} more") } else { String::new() },
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns what would be found without one filter, or with any of the words.
fn ways_out(engine: &dyn Engine, pairs: &Pairs, chips: &[Chip]) -> Result<Vec<Name>, Error> {
    let mut tries: Vec<(String, Pairs)> =
        chips.iter().map(|chip| (format!("without “{}”", chip.label), chip.without.clone())).collect();
    let words: Vec<&str> = pairs.get("q").unwrap_or_default().split_whitespace().collect();
    if words.len() > 1 {
        tries.push(("have any of the words".to_owned(), pairs.set("match", "any")));
        for word in &words {
            let rest: Vec<&str> = words.iter().filter(|it| *it != word).copied().collect();
            tries.push((format!("without “{word}”"), pairs.set("q", &rest.join(" "))));
        }
    }
    let mut ways = Vec::new();
    for (label, other) in tries.into_iter().take(ALTERNATIVES) {
        let count = search::search(engine, &other.set("limit", "0").0)?.total;
        if count > 0 {
            ways.push(Name { text: format!("{} {label}", words::articles(count)), href: other.link() });
        }
    }
    Ok(ways)
}
