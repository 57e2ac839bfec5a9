//! The pages on the archive itself: what was taken in, and what this is.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State as Shared, response::Response};

use super::{Failure, render, words};
use crate::server::{RunView, State};

#[derive(Template)]
#[template(path = "ingestions.html")]
struct IngestionsPage {
    title: &'static str,
    runs: Vec<Run>,
}

struct Run {
    view: RunView,
    finished: String,
    counts: [String; 5],
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    title: &'static str,
    count: String,
    version: &'static str,
}

pub(in crate::server) async fn ingestions(Shared(state): Shared<State>) -> Result<Response, Failure> {
    let intake = Arc::clone(&state.intake);
    let runs = state.pool.run(move || Ok(intake.runs())).await?;
    Ok(render(&IngestionsPage { title: "Ingestions", runs: runs.into_iter().map(run).collect() }))
}

fn run(view: RunView) -> Run {
    let counts = [view.created, view.updated, view.unchanged, view.duplicate, view.rejected];
    Run {
        finished: view.finished.clone().unwrap_or_else(|| "not finished".to_owned()),
        counts: counts.map(words::number),
        view,
    }
}

pub(in crate::server) async fn about(Shared(state): Shared<State>) -> Result<Response, Failure> {
    let engine = Arc::clone(&state.engine);
    let count = state.pool.run(move || Ok(engine.count()?)).await?;
    Ok(render(&AboutPage { title: "About", count: words::articles(count), version: env!("CARGO_PKG_VERSION") }))
}
