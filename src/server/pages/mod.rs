//! The pages people read: a struct of ready-to-print values and a template each. Must not know how anything is searched.

pub(super) mod about;
pub(super) mod article;
pub(super) mod entity;
mod facets;
mod histogram;
mod marks;
mod paging;
pub(super) mod search;
mod ways_out;
mod words;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::error::Error;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    status: u16,
    detail: Vec<words::Spoken>,
    q: String,
}

/// Returns an error as a page; `None` if not even that can be printed.
pub(super) fn failed(error: &Error) -> Option<String> {
    let detail = words::spoken(&error.detail());
    let page = ErrorPage { title: error.title(), status: error.status().as_u16(), detail, q: String::new() };
    page.render().inspect_err(|cause| tracing::error!(%cause, "an error page cannot be printed")).ok()
}

/// Prints a page.
pub(super) fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(cause) => Error::Internal(cause.to_string()).into_response(),
    }
}
