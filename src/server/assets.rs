//! Style sheet and script, inside the binary, with validators so that a browser asks only once.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::{error::Error, params::Segment};

#[derive(RustEmbed)]
#[folder = "web/assets/"]
struct Assets;

/// Answers one asset, or 304 if the browser has it.
pub(super) async fn asset(Segment(name): Segment, headers: HeaderMap) -> Response {
    let Some(file) = Assets::get(&name) else {
        return Error::NotFound("there is no such file".to_owned()).into_response();
    };
    let hash = blake3::hash(&file.data).to_hex()[..24].to_owned();
    let tag = format!("\"{hash}\"");
    let fresh = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains(&hash));
    let caching = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "public, max-age=300, must-revalidate".to_owned()),
        (header::CONTENT_TYPE, kind_of(&name).to_owned()),
    ];
    if fresh {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, file.data.into_owned()).into_response()
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
