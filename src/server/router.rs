//! Which address is answered by which handler, and the headers that every answer bears.

use std::time::Duration;

use axum::{
    Router,
    extract::{Request, State as Shared},
    http::{HeaderName, HeaderValue, header, uri::Authority},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use tower_http::{compression::CompressionLayer, timeout::RequestBodyTimeoutLayer, trace::TraceLayer};

use super::{State, api, assets, error::Error, failures, hosts::Hosts, pages, params::Segment};
use crate::document::Facet;

/// How long a client may pause while it sends a body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Nothing is loaded from elsewhere, nothing inline runs, and nobody frames the archive.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Returns the router over the state; pure, so that tests call it without a socket.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/", get(pages::search::page))
        .route("/articles/{id}", get(pages::article::page))
        .merge(names())
        .route("/ingestions", get(pages::about::ingestions))
        .route("/about", get(pages::about::about))
        .route("/assets/{name}", get(assets::asset))
        .merge(api::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(async || Error::Method)
        .layer(RequestBodyTimeoutLayer::new(BODY_TIME))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.hosts.clone(), known_host))
        .layer(middleware::from_fn(failures::told))
        .layer(middleware::from_fn(secure))
        .layer(TraceLayer::new_for_http())
        .with_state(state)
}

/// The pages of people, places, organizations and topics.
fn names() -> Router<State> {
    let kinds = [Facet::People, Facet::Places, Facet::Organizations, Facet::Topics];
    kinds.into_iter().fold(Router::new(), |router, facet| {
        let page = move |Shared(state): Shared<State>, Segment(name): Segment| pages::entity::page(facet, state, name);
        router.route(&format!("/{}/{{name}}", facet.name()), get(page))
    })
}

async fn nothing_here() -> Error {
    Error::NotFound("there is nothing at this address".to_owned())
}

/// Turns away whoever calls the server by a name it does not have.
async fn known_host(Shared(hosts): Shared<Hosts>, request: Request, next: Next) -> Response {
    let header = request.headers().get(header::HOST).and_then(|it| it.to_str().ok());
    let host = header.or_else(|| request.uri().authority().map(Authority::as_str));
    if hosts.admit(host) {
        return next.run(request).await;
    }
    let name = host.unwrap_or_default().chars().take(80).collect();
    Error::Host(name).into_response()
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
