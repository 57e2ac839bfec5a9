//! What can go wrong with a request, and its status. Causes are logged, never shown.
//!
//! A handler says what went wrong and no more; [`super::failures`] makes a document or a page of it, by the address.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::IntakeError;
use crate::{index, search};

/// What went wrong with a request.
#[derive(Debug, Clone, thiserror::Error)]
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
    #[error("the body is larger than 64 MiB; send it in parts")]
    TooLarge,
    /// Turned away before a handler had it.
    #[error("the request cannot be answered as it was sent")]
    Refused(StatusCode),
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
    /// Returns the error of an answer that no handler of ours gave.
    pub(super) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound("there is nothing at this address".to_owned()),
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::SERVICE_UNAVAILABLE => Self::Busy,
            status if status.is_server_error() => Self::Internal(format!("an answer with status {status}")),
            status => Self::Refused(status),
        }
    }

    /// Returns the status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Host(_) => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Refused(status) => *status,
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
            Self::Refused(_) => "refused",
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
            Self::Refused(_) => "That request cannot be answered",
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
}

/// Gives the status, the headers that go with it, and the error itself for [`super::failures`]; no body.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        if matches!(self, Self::Unauthorized) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"morgue\""));
        }
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
