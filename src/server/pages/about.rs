//! The pages on the archive itself: what was taken in, and what this is.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State as Shared, response::Response};

use super::{article::Name, render, words};
use crate::{
    document::Facet,
    index::Engine,
    search,
    server::{RunView, State, error::Error, params::Pairs},
};

#[derive(Template)]
#[template(path = "ingestions.html")]
struct IngestionsPage {
    title: &'static str,
    q: String,
    runs: Vec<Run>,
}

/// Rejected items that are shown without being asked for.
const FEW: usize = 10;

struct Run {
    began: String,
    /// How long it took, or that it is not finished.
    took: String,
    whats: Vec<String>,
    /// Outcomes that occurred: how often, and which.
    counts: Vec<(String, &'static str)>,
    rejected: Vec<Rejected>,
    /// Whether the rejected items are shown at once: those of the latest run, if they are few.
    open: bool,
    /// Rejected items that are not listed.
    unlisted: String,
}

struct Rejected {
    place: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    title: &'static str,
    q: String,
    count: String,
    span: String,
    holdings: Vec<(String, &'static str)>,
    sources: Vec<(Name, String)>,
    version: &'static str,
}

/// Returns the page of what was taken in, and what was not.
pub(in crate::server) async fn ingestions(Shared(state): Shared<State>) -> Result<Response, Error> {
    let intake = Arc::clone(&state.intake);
    let runs = state.pool.run(move || Ok(intake.runs())).await?;
    let mut runs: Vec<Run> = runs.into_iter().map(run).collect();
    if let Some(latest) = runs.first_mut() {
        latest.open = latest.rejected.len() <= FEW;
    }
    Ok(render(&IngestionsPage { title: "Ingestions", q: String::new(), runs }))
}

fn run(view: RunView) -> Run {
    let counts = [
        (view.created, "created"),
        (view.updated, "updated"),
        (view.unchanged, "unchanged"),
        (view.duplicate, "duplicate"),
        (view.rejected, "rejected"),
    ];
    let occurred = counts.into_iter().filter(|(count, _)| *count > 0);
    let unlisted = view.rejected.saturating_sub(view.rejections.len() as u64);
    Run {
        began: view.started.parse().map_or_else(|_| view.started.clone(), words::moment),
        took: took(&view),
        whats: view.what.lines().map(str::to_owned).collect(),
        counts: occurred.map(|(count, outcome)| (words::number(count), outcome)).collect(),
        rejected: view
            .rejections
            .into_iter()
            .map(|it| Rejected { place: it.place, reason: words::sentence(&it.reason) })
            .collect(),
        open: false,
        unlisted: if unlisted > 0 { words::number(unlisted) } else { String::new() },
    }
}

/// Returns how long a run took, or why it did not come to its end.
fn took(view: &RunView) -> String {
    match (view.finished.as_deref(), view.failure.as_deref()) {
        (Some(finished), None) => duration(&view.started, finished),
        // The cause may name folders of this machine; it is in the ledger, and on stderr of whoever ran it.
        (Some(finished), Some(_)) => format!("failed after {}", duration(&view.started, finished)),
        (None, Some(failure)) => failure.to_owned(),
        (None, None) => "still running, or cut off".to_owned(),
    }
}

/// Returns how long a run took: `12 s`, `1 h 05 min`.
fn duration(started: &str, finished: &str) -> String {
    let moment = |text: &str| text.parse::<crate::article::Date>().map(crate::article::Date::sort_key);
    let (Ok(started), Ok(finished)) = (moment(started), moment(finished)) else {
        return String::new();
    };
    match finished.saturating_sub(started).max(0) {
        0 => "under a second".to_owned(),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// Returns the page on the archive and on how it is searched.
pub(in crate::server) async fn about(Shared(state): Shared<State>) -> Result<Response, Error> {
    let engine = Arc::clone(&state.engine);
    let page = state.pool.run(move || holdings(&*engine)).await?;
    Ok(render(&page))
}

fn holdings(engine: &dyn Engine) -> Result<AboutPage, Error> {
    let counted = [Facet::People, Facet::Places, Facet::Organizations, Facet::Topics, Facet::Sources, Facet::Languages];
    let names = counted.map(Facet::name).join(",");
    let wanted = Pairs::default().with("limit", "0").with("facets", &names).with("facet_limit", "12");
    let answer = search::search(engine, &wanted.with("histogram", "year").0)?;
    let distinct = |facet: Facet| answer.facets.get(facet.name()).map_or(0, |it| it.distinct);
    let years = answer.histogram.as_ref().map(|it| &it.buckets);
    let span = match years.and_then(|it| it.first().zip(it.last())) {
        Some((first, last)) if first.from == last.from => format!("of {}", words::date_text(&first.from)),
        Some((first, last)) => format!("of {} to {}", words::date_text(&first.from), words::date_text(&last.from)),
        None => String::new(),
    };
    let sources = answer.facets.get(Facet::Sources.name()).map(|it| it.values.as_slice()).unwrap_or_default();
    Ok(AboutPage {
        title: "About",
        q: String::new(),
        count: words::articles(answer.total),
        span,
        holdings: counted.map(|facet| (words::number(distinct(facet)), facet.name())).to_vec(),
        sources: sources
            .iter()
            .map(|it| {
                let href = super::article::search_for("source", &it.value);
                (Name { text: it.value.clone(), href }, words::number(it.count))
            })
            .collect(),
        version: env!("CARGO_PKG_VERSION"),
    })
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_said_in_their_size() {
        let after = |finished: &str| duration("2025-10-16T10:00:00Z", finished);
        assert_eq!(after("2025-10-16T10:00:00Z"), "under a second");
        assert_eq!(after("2025-10-16T10:02:05Z"), "2 min 05 s");
        assert_eq!(after("2025-10-16T11:05:00Z"), "1 h 05 min");
        assert_eq!(after("never"), "");
    }
}
