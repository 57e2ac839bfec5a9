//! The JSON side: search, articles, suggestions, export, health and the description of it all.
//!
//! Answers are what `search` and the intake return, printed; errors are problem documents.

mod articles;
mod export;
mod openapi;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{RawQuery, State as Shared},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use super::{State, error::Error, params::Pairs};
use crate::search;

/// The most suggestions in one answer.
const MAX_SUGGESTIONS: usize = 50;

/// Returns the routes of the API.
pub(super) fn routes() -> Router<State> {
    Router::new()
        .route("/api/search", get(find))
        .route("/api/suggest", get(suggest))
        .route("/api/export", get(export::export))
        .route("/api/articles", post(articles::take_in))
        .route("/api/articles/{id}", get(articles::read).delete(articles::delete))
        .route("/openapi.json", get(openapi::describe))
        .route("/healthz", get(async || Json(json!({"status": "ok"}))))
        .route("/readyz", get(ready))
}

/// Answers a search.
async fn find(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<impl IntoResponse, Error> {
    let pairs = Pairs::parse(raw.as_deref())?;
    let engine = Arc::clone(&state.engine);
    let answer = state.pool.run(move || Ok(search::search(&*engine, &pairs.0)?)).await?;
    Ok(Json(answer))
}

/// Answers with the values of a facet that begin so.
async fn suggest(Shared(state): Shared<State>, RawQuery(raw): RawQuery) -> Result<impl IntoResponse, Error> {
    let pairs = Pairs::parse(raw.as_deref())?;
    if let Some((name, _)) = pairs.0.iter().find(|(name, _)| !["field", "prefix", "limit"].contains(&name.as_str())) {
        let name: String = name.chars().take(60).collect();
        return Err(Error::BadRequest(format!(
            "there is no parameter `{name}`; expected `field`, `prefix` or `limit`"
        )));
    }
    let field = pairs.get("field").unwrap_or("people").to_owned();
    let prefix: String = pairs.get("prefix").unwrap_or_default().chars().take(200).collect();
    let limit = match pairs.get("limit") {
        None => 10,
        Some(text) => text.parse().ok().filter(|it| (1..=MAX_SUGGESTIONS).contains(it)).ok_or_else(|| {
            Error::BadRequest(format!("parameter `limit` has the value `{text}`; expected 1 to {MAX_SUGGESTIONS}"))
        })?,
    };
    let engine = Arc::clone(&state.engine);
    let (of, like) = (field.clone(), prefix.clone());
    let values = state.pool.run(move || Ok(search::suggest(&*engine, &of, &like, limit)?)).await?;
    Ok(Json(json!({"field": field, "prefix": prefix, "values": values})))
}

/// Says whether the archive can be searched, and how much is in it.
async fn ready(Shared(state): Shared<State>) -> Result<Response, Error> {
    let engine = Arc::clone(&state.engine);
    let count = state.pool.run(move || Ok(engine.count()?)).await;
    let count = count.map_err(|error| {
        tracing::warn!(%error, "not ready");
        Error::Busy
    })?;
    Ok(Json(json!({"status": "ready", "articles": count})).into_response())
}

/// Passes if the request bears a key that may write.
async fn authorize(state: &State, headers: &HeaderMap) -> Result<(), Error> {
    let key = headers
        .get(axum::http::header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim().to_owned())
        .filter(|key| !key.is_empty() && key.len() <= 512)
        .ok_or(Error::Unauthorized)?;
    let access = Arc::clone(&state.access);
    let allowed = state.pool.run(move || Ok(access.allows(&key))).await?;
    if allowed { Ok(()) } else { Err(Error::Unauthorized) }
}
