//! The search page: box, filters, histogram, facets and results; and what to say when there are none.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{RawQuery, State as Shared},
    response::Response,
};

use super::{
    article::{Name, search_for},
    facets::{self, Chip, FacetList},
    histogram::{self, Chart},
    paging::{Page, article_link},
    render,
    ways_out::{WayOut, way_out},
    words::{self, Spoken},
};
use crate::{
    article::Date,
    index::Engine,
    search::{
        self, Answer,
        answer::{HistogramView, HitView},
    },
    server::{
        State,
        error::Error,
        params::{Pairs, all_facets},
    },
};

/// People, and places, that a result names before it says how many more.
const NAMES: usize = 6;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    title: String,
    q: String,
    /// What the form sends along with the query.
    hidden: Vec<(String, String)>,
    /// Nothing was asked: the archive is shown as it stands.
    front: bool,
    /// Nothing is archived at all.
    empty: bool,
    nothing_found: bool,
    understood: String,
    /// `21–40 of 128 articles`.
    count: String,
    took: String,
    notices: Vec<Vec<Spoken>>,
    chips: Vec<Chip>,
    facets: Vec<FacetList>,
    charts: Vec<Chart>,
    dates: Dates,
    sorts: Vec<SortLink>,
    results: Vec<ResultLine>,
    previous: Option<String>,
    next: Option<String>,
    ways_out: Vec<WayOut>,
    /// The same search for programs.
    json: String,
}

/// The form for a span of time.
struct Dates {
    from: String,
    to: String,
    hidden: Vec<(String, String)>,
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
    /// Escaped, with marks; empty if the article has none.
    headline: String,
    /// Escaped, with marks.
    passages: Vec<String>,
    names: Vec<(&'static str, Name)>,
    more: String,
}

/// What the archive answered to the address.
struct Found {
    answer: Answer,
    page: Page,
    /// The histogram without the dates of the address, if it has any.
    overview: Option<HistogramView>,
    empty: bool,
}

/// Returns the page of a search, or the front page where nothing is asked.
pub(in crate::server) async fn page(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<Response, Error> {
    let (pairs, notices) = with_dates(Pairs::parse(raw.as_deref())?.without_blanks().filed());
    let engine = Arc::clone(&state.engine);
    let mut page = state.pool.run(move || answer(&*engine, &pairs)).await?;
    page.notices.splice(0..0, notices.iter().map(|it| words::spoken(it)));
    Ok(render(&page))
}

/// Leaves out what was typed as a date and is none, and turns dates that are the wrong way round; says so.
fn with_dates(mut pairs: Pairs) -> (Pairs, Vec<String>) {
    let mut notices = Vec::new();
    pairs.0.retain(|(name, value)| {
        let good = !["from", "to"].contains(&name.as_str()) || value.parse::<Date>().is_ok();
        if !good {
            let value: String = value.chars().take(60).collect();
            notices.push(format!("“{value}” is no date and was left out; write 2025, 2025-10 or 2025-10-16"));
        }
        good
    });
    let date = |name: &str| pairs.get(name).and_then(|it| it.parse::<Date>().ok());
    if let (Some(from), Some(to)) = (date("from"), date("to"))
        && from.days().0 > to.days().1
    {
        notices.push("the dates were the wrong way round; they were turned".to_owned());
        pairs = pairs.without("from").without("to").with("from", &to.to_string()).with("to", &from.to_string());
    }
    (pairs, notices)
}

/// Answers the address; with the first page, if it names another that was of another search or another time.
fn answer(engine: &dyn Engine, pairs: &Pairs) -> Result<SearchPage, Error> {
    match ask(engine, pairs) {
        Err(search::Error::Parameter { name, .. }) if name == "cursor" => {
            let pairs = pairs.first_page();
            let mut page = build(ask(engine, &pairs)?, &pairs);
            page.notices.push(words::spoken("the page of that address is not there any more; this is the first"));
            Ok(page)
        }
        found => Ok(build(found?, pairs)),
    }
}

fn ask(engine: &dyn Engine, pairs: &Pairs) -> Result<Found, search::Error> {
    let page = Page::find(engine, pairs)?;
    let all = all_facets();
    let defaults = [("facets", all.as_str()), ("facet_limit", facets::FETCHED), ("histogram", "auto")];
    let mut answer = search::search(engine, &page.pairs(pairs).with_defaults(&defaults))?;
    if let Some(facet) = facets::in_full(pairs) {
        let wanted = pairs.of_search().without("cursor").set("facets", facet.name());
        let wanted = wanted.set("facet_limit", facets::IN_FULL).set("limit", "0").set("histogram", "none");
        answer.facets.extend(search::search(engine, &wanted.0)?.facets);
    }
    let dated = ["from", "to", "undated"].iter().any(|name| pairs.get(name).is_some());
    let overview = if dated {
        let wanted = pairs.without_dates().without_counts().set("limit", "0").set("histogram", "auto");
        search::search(engine, &wanted.0)?.histogram
    } else {
        None
    };
    let empty = answer.total == 0 && engine.count()? == 0;
    Ok(Found { answer, page, overview, empty })
}

fn build(found: Found, pairs: &Pairs) -> SearchPage {
    let Found { answer, page, overview, empty } = found;
    let chips = facets::chips(pairs);
    let q = pairs.get("q").unwrap_or_default().to_owned();
    let asked = pairs.first_page();
    SearchPage {
        title: title(&q, &chips),
        hidden: asked.without("q").0,
        front: q.is_empty() && chips.is_empty() && page.number == 1,
        empty,
        nothing_found: answer.total == 0,
        understood: answer.query.understood.clone(),
        count: counted(&answer, &page),
        took: words::took(answer.took_ms),
        notices: answer.query.notices.iter().map(|it| words::spoken(it)).collect(),
        facets: facets::lists(&answer.facets, pairs, answer.total),
        charts: charts(answer.histogram.as_ref(), overview.as_ref(), pairs),
        dates: Dates {
            from: pairs.get("from").unwrap_or_default().to_owned(),
            to: pairs.get("to").unwrap_or_default().to_owned(),
            hidden: pairs.without_dates().0,
        },
        sorts: sorts(pairs),
        previous: page.previous(pairs).map(|it| it.link()),
        next: page.next(&answer, pairs).map(|it| it.link()),
        results: answer.hits.into_iter().map(|hit| result(hit, pairs, &page)).collect(),
        json: crate::server::params::address("/api/search", &asked.query()),
        ways_out: answer.query.suggestions.iter().map(|it| way_out(it, pairs)).collect(),
        chips,
        q,
    }
}

fn title(q: &str, chips: &[Chip]) -> String {
    let values: Vec<&str> = Some(q).into_iter().chain(chips.iter().map(|it| it.value.as_str())).collect();
    let title = values.join(" ").chars().take(120).collect::<String>().trim().to_owned();
    if title.is_empty() { "Search".to_owned() } else { title }
}

fn counted(answer: &Answer, page: &Page) -> String {
    let all = words::articles(answer.total);
    if page.number == 1 || answer.hits.is_empty() {
        return all;
    }
    let before = page.before() as u64;
    format!("{}–{} of {all}", words::number(before + 1), words::number(before + answer.hits.len() as u64))
}

/// Returns the histogram; with dates chosen, the whole time with the span shaded, and the span itself if it shows more.
fn charts(view: Option<&HistogramView>, overview: Option<&HistogramView>, pairs: &Pairs) -> Vec<Chart> {
    let shown = |view: &HistogramView| !view.buckets.is_empty() || view.undated > 0;
    let closer = view
        .zip(overview)
        .is_some_and(|(view, whole)| view.buckets.len() > 1 && histogram::finer(view.interval, whole.interval));
    let mut charts = Vec::new();
    if let Some(whole) = overview.filter(|it| shown(it)) {
        charts.push(histogram::chart(whole, pairs, closer));
    }
    if let Some(view) = view.filter(|it| shown(it) && (closer || overview.is_none())) {
        // All of it is chosen, so that shading would say nothing.
        let chart = histogram::chart(view, pairs, false);
        charts.push(Chart { band: None, ..chart });
    }
    charts
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

fn result(hit: HitView, pairs: &Pairs, page: &Page) -> ResultLine {
    let more = hit.people.len().saturating_sub(NAMES) + hit.places.len().saturating_sub(NAMES);
    let mut names = Vec::new();
    for (kind, values) in [("person", &hit.people), ("place", &hit.places)] {
        let shown = values.iter().take(NAMES);
        names.extend(shown.map(|value| (kind, Name { text: value.clone(), href: search_for(kind, value) })));
    }
    ResultLine {
        href: article_link(&hit.id, &page.here(pairs)),
        date: hit.published.as_deref().map_or_else(|| "undated".to_owned(), words::date_text),
        source: hit.source,
        headline: if hit.snippet.title.is_empty() { escaped(&hit.title) } else { hit.snippet.title },
        passages: hit.snippet.body,
        names,
        more: if more > 0 { format!("and {} more", words::number(more as u64)) } else { String::new() },
    }
}

fn escaped(text: &str) -> String {
    text.trim().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_none_are_left_out_and_said() {
        let (pairs, notices) = with_dates(Pairs::parse(Some("q=x&from=soon&to=1999")).unwrap());
        assert_eq!(pairs.link(), "/?q=x&to=1999");
        assert!(notices[0].contains("“soon” is no date"), "{notices:?}");
    }

    #[test]
    fn dates_the_wrong_way_round_are_turned() {
        let (pairs, notices) = with_dates(Pairs::parse(Some("from=2025-10&to=1999")).unwrap());
        assert_eq!(pairs.link(), "/?from=1999&to=2025-10");
        assert_eq!(notices.len(), 1);
        let (same, notices) = with_dates(Pairs::parse(Some("from=1998-03&to=1998")).unwrap());
        assert!(notices.is_empty() && same.get("from") == Some("1998-03"));
    }
}
