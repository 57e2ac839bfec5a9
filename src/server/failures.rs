//! Errors as those who asked can read them: a problem document (RFC 9457) for programs, a page for people.
//!
//! Stands around the whole router, so that nothing that goes wrong leaves it bare: not what a handler reports, and not what
//! is turned away before a handler has it.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use serde_json::json;

use super::{error::Error, pages};

/// Gives every failed answer its body.
pub(super) async fn told(request: Request, next: Next) -> Response {
    let for_program = is_for_program(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let error = parts.extensions.remove::<Error>().unwrap_or_else(|| Error::of(status));
    let page = if for_program { None } else { pages::failed(&error) };
    let (kind, body) = match page {
        Some(html) => ("text/html; charset=utf-8", html),
        None => ("application/problem+json", problem(&error)),
    };
    for of_body in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING] {
        parts.headers.remove(of_body);
    }
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Response::from_parts(parts, Body::from(body))
}

fn problem(error: &Error) -> String {
    let problem = json!({
        "type": format!("urn:morgue:problem:{}", error.slug()),
        "title": error.title(),
        "status": error.status().as_u16(),
        "detail": error.detail(),
    });
    problem.to_string()
}

fn is_for_program(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/") || ["/openapi.json", "/healthz", "/readyz"].contains(&path)
}
