//! Reading, sending in and taking out single articles.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::to_bytes,
    extract::{Request, State as Shared},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use serde::Serialize;

use super::authorize;
use crate::{
    search::{self, export::ArticleView},
    server::{IntakeLine, State, error::Error, params::Segment},
};

/// The largest body that is taken in: 64 MiB.
const MAX_BODY: usize = 64 << 20;

#[derive(Serialize)]
struct Taken {
    items: Vec<IntakeLine>,
    counts: BTreeMap<String, u64>,
}

/// Answers with one article as its source gave it, and what was read out of it; 404 if there is none.
pub(super) async fn read(Shared(state): Shared<State>, Segment(id): Segment) -> Result<impl IntoResponse, Error> {
    let engine = Arc::clone(&state.engine);
    let wanted = id.clone();
    let found = state.pool.run(move || Ok(search::article(&*engine, &wanted)?)).await?;
    let document = found.ok_or_else(|| missing(&id))?;
    Ok(Json(ArticleView::from(&document)).into_response())
}

/// Takes an article out: 204, or 404 if there was none. Needs a key.
pub(super) async fn delete(
    Shared(state): Shared<State>,
    Segment(id): Segment,
    headers: HeaderMap,
) -> Result<StatusCode, Error> {
    authorize(&state, &headers).await?;
    let intake = Arc::clone(&state.intake);
    let wanted = id.clone();
    let deleted = state.pool.run(move || Ok(intake.delete(&wanted)?)).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(missing(&id)) }
}

/// Takes in articles and answers item by item once all of it is committed. Needs a key.
pub(super) async fn take_in(Shared(state): Shared<State>, request: Request) -> Result<impl IntoResponse, Error> {
    // The key is asked for before a byte of the body is read.
    authorize(&state, request.headers()).await?;
    let body = to_bytes(request.into_body(), MAX_BODY).await.map_err(|error| broken_body(&error))?;
    let intake = Arc::clone(&state.intake);
    let items = state.pool.run(move || Ok(intake.take_in(body.into())?)).await?;
    let mut counts = BTreeMap::new();
    for item in &items {
        *counts.entry(item.outcome.clone()).or_insert(0) += 1;
    }
    Ok(Json(Taken { items, counts }))
}

/// Says why a body could not be read to its end.
fn broken_body(error: &axum::Error) -> Error {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(it) = cause {
        if it.to_string().contains("length limit") {
            return Error::TooLarge;
        }
        cause = it.source();
    }
    Error::BadRequest("the body broke off, or paused for too long".to_owned())
}

fn missing(id: &str) -> Error {
    let id: String = id.chars().take(80).collect();
    Error::NotFound(format!("no article has the id `{id}`"))
}
