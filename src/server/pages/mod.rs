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

/// An error as a page.
pub(super) struct Failure(pub(super) Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    status: u16,
    detail: String,
    q: String,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (title, status) = (self.0.title(), self.0.status().as_u16());
        let page = ErrorPage { title, status, detail: words::sentence(&self.0.detail()), q: String::new() };
        self.0.dress(render(&page))
    }
}

/// Prints a page.
pub(super) fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(cause) => Error::Internal(cause.to_string()).into_response(),
    }
}
