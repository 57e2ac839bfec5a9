//! What can go wrong with a request, as a status and a problem document (RFC 9457). Causes are logged, never shown.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::IntakeError;
use crate::{index, search};

/// What went wrong with a request.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("{0}")]
    BadRequest(String),
    #[error("this call needs a key, sent as `Authorization: Bearer KEY`")]
    Unauthorized,
    #[error("{0}")]
    NotFound(String),
    #[error("this archive does not answer to the name `{0}`; `morgue serve --host NAME` adds one")]
    Host(String),
    #[error("this address does not answer that method")]
    Method,
    #[error("the body is larger than 64 MB; send it in parts")]
    TooLarge,
    #[error("the search took too long; narrow it down")]
    TimedOut,
    #[error("the archive has as much to do as it can bear; try again in a moment")]
    Busy,
    #[error(
        "another process is adding to the archive; send this again in a few seconds, or once that ingestion has ended"
    )]
    Locked,
    #[error(
        "this archive is served from files that can only be read; send articles to a server that may write to them"
    )]
    ReadOnly,
    #[error("{0}")]
    Internal(String),
}

impl From<search::Error> for Error {
    fn from(error: search::Error) -> Self {
        match error {
            search::Error::Parameter { name, value, expected } => Self::BadRequest(format!(
                "parameter `{name}` has the value `{}`; expected {expected}",
                value.chars().take(80).collect::<String>()
            )),
            search::Error::Index(cause) => cause.into(),
        }
    }
}

impl From<index::Error> for Error {
    fn from(error: index::Error) -> Self {
        match error {
            index::Error::TimedOut(_) => Self::TimedOut,
            index::Error::Locked(_) => Self::Locked,
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<IntakeError> for Error {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Busy => Self::Locked,
            IntakeError::ReadOnly => Self::ReadOnly,
            IntakeError::Failed(cause) => Self::Internal(cause),
        }
    }
}

impl Error {
    /// Returns the status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Host(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut | Self::Busy | Self::Locked => StatusCode::SERVICE_UNAVAILABLE,
            Self::ReadOnly => StatusCode::FORBIDDEN,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the problem's own name, the last part of its type.
    pub(super) fn slug(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad-parameter",
            Self::Unauthorized => "key-required",
            Self::NotFound(_) => "not-found",
            Self::Host(_) => "unknown-host",
            Self::Method => "method-not-allowed",
            Self::TooLarge => "too-large",
            Self::TimedOut => "timed-out",
            Self::Busy => "busy",
            Self::Locked => "being-written",
            Self::ReadOnly => "read-only",
            Self::Internal(_) => "internal",
        }
    }

    /// Returns what the problem is, for people.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "That request cannot be understood",
            Self::Unauthorized => "A key is required",
            Self::NotFound(_) => "Nothing is here",
            Self::Host(_) => "Not known by this name",
            Self::Method => "Method not allowed",
            Self::TooLarge => "Too large",
            Self::TimedOut => "The search took too long",
            Self::Busy => "Too much to do right now",
            Self::Locked => "Somebody else is writing",
            Self::ReadOnly => "Only for reading",
            Self::Internal(_) => "Something went wrong in the archive",
        }
    }

    /// Returns the occurrence in a sentence that may be shown; an internal cause goes to the log instead.
    pub(super) fn detail(&self) -> String {
        match self {
            Self::Internal(cause) => {
                tracing::error!(%cause, "request failed");
                "the cause is in the log of the server".to_owned()
            }
            other => other.to_string(),
        }
    }

    /// Adds the headers that go with the status, whatever the body.
    pub(super) fn dress(&self, mut response: Response) -> Response {
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        if matches!(self, Self::Unauthorized) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"morgue\""));
        }
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// Prints the error as a problem document.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = json!({
            "type": format!("urn:morgue:problem:{}", self.slug()),
            "title": self.title(),
            "status": self.status().as_u16(),
            "detail": self.detail(),
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        self.dress((kind, problem.to_string()).into_response())
    }
}
