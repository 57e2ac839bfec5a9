//! Which address is answered by which handler, and the headers that every answer bears.

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{compression::CompressionLayer, trace::TraceLayer};

use super::{State, api, assets, error::Error, pages};

/// Nothing is loaded from elsewhere, nothing inline runs, and nobody frames the archive.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Returns the router over the state; pure, so that tests call it without a socket.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/", get(pages::search::page))
        .route("/articles/{id}", get(pages::article::page))
        .route("/people/{name}", get(pages::entity::person))
        .route("/places/{name}", get(pages::entity::place))
        .route("/organizations/{name}", get(pages::entity::organization))
        .route("/topics/{name}", get(pages::entity::topic))
        .route("/ingestions", get(pages::about::ingestions))
        .route("/about", get(pages::about::about))
        .route("/assets/{name}", get(assets::asset))
        .merge(api::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(secure))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

async fn nothing_here(request: Request) -> Response {
    let error = Error::NotFound("there is no page at this address".to_owned());
    if request.uri().path().starts_with("/api/") {
        error.into_response()
    } else {
        pages::Failure(error).into_response()
    }
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers: [(HeaderName, &'static str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
