//! Why the events door or the API did not do what was asked, as an HTTP answer with a JSON body.
//!
//! OTLP has a form of its own.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::people::PeopleError;
use crate::record::RecordError;
use crate::request_body::BodyError;

/// When it is worth another try after something could not be had.
const UNAVAILABLE_DELAY: Duration = Duration::from_secs(5);

/// The media type of a refusal's body (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// A refusal. Messages never quote what was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("token is missing or wrong")]
    Unauthenticated,
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error("{field} {reason}")]
    Parameter {
        /// The parameter or field.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    #[error(transparent)]
    Query(#[from] store::QueryError),
    #[error("there is no such record")]
    NotFound,
    #[error("method is not one of {0}")]
    Method(String),
    #[error("record was erased: the key of its subject was destroyed")]
    Erased,
    #[error("finding has no sealed original in this record")]
    NoOriginal,
    #[error(
        "root key is kept elsewhere: stop the server, and run `plainsight vault rotate --root`"
    )]
    RootElsewhere,
    #[error(transparent)]
    NotRecorded(#[from] RecordError),
    #[error("too many readers")]
    Crowded,
    #[error("role or scopes do not allow this")]
    Forbidden,
    #[error("a second factor has to be enrolled first")]
    MustEnrol,
    #[error("that many originals need a second person's word: ask for an approval")]
    SecondPerson,
    #[error("x-csrf-token is missing or wrong, or another site asks")]
    ForeignSite,
    #[error("body is not application/json")]
    MediaType,
    #[error("too many requests")]
    TooFast(Duration),
    #[error("idempotency-key was used for another request, or that one has not ended")]
    KeyUsed,
    #[error("{0}")]
    People(PeopleError),
    #[error("it failed inside; the log of this server says more")]
    Internal,
}

impl Refusal {
    /// A parameter or field that is wrong.
    pub(crate) fn parameter(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Parameter { field, reason: reason.into() }
    }

    /// What it is called in the `type` of the answer (RFC 9457 §3.1.1); `None` where the status says
    /// it all.
    const fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::MustEnrol => "must-enrol",
            Self::SecondPerson => "second-person",
            Self::ForeignSite => "foreign-site",
            Self::Erased => "erased",
            Self::People(PeopleError::Credentials) => "credentials",
            Self::People(PeopleError::SecondFactor) => "second-factor",
            Self::People(PeopleError::Link) => "link",
            Self::NotRecorded(_) => "not-recorded",
            _ => return None,
        })
    }

    /// Something of our own that failed: told to the operator, not to the caller.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "could not answer");
        Self::Internal
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated
            | Self::People(PeopleError::Credentials | PeopleError::SecondFactor) => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden
            | Self::MustEnrol
            | Self::SecondPerson
            | Self::ForeignSite
            | Self::People(PeopleError::Exceeds | PeopleError::Link) => StatusCode::FORBIDDEN,
            Self::TooFast(_)
            | Self::People(PeopleError::Wait(_))
            | Self::Body(BodyError::Crowded)
            | Self::NotRecorded(RecordError::Busy { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound
            | Self::NoOriginal
            | Self::People(PeopleError::NoSuchPerson | PeopleError::NoSuchToken) => {
                StatusCode::NOT_FOUND
            }
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::KeyUsed
            | Self::RootElsewhere
            | Self::People(
                PeopleError::Exists | PeopleError::LastAdministrator | PeopleError::TooMany,
            ) => StatusCode::CONFLICT,
            Self::Query(store::QueryError::Store(_))
            | Self::Internal
            | Self::People(PeopleError::Io(_) | PeopleError::Randomness(_)) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::MediaType | Self::Body(BodyError::UnknownCoding) => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::Body(BodyError::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(_) | Self::Parameter { .. } | Self::Query(_) | Self::People(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::Erased => StatusCode::GONE,
            Self::NotRecorded(RecordError::Unavailable { .. }) | Self::Crowded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Body(error) => error.retry_after(),
            Self::TooFast(delay) | Self::People(PeopleError::Wait(delay)) => Some(*delay),
            Self::NotRecorded(RecordError::Busy { retry_after }) => Some(*retry_after),
            Self::NotRecorded(RecordError::Unavailable { .. }) | Self::Crowded => {
                Some(UNAVAILABLE_DELAY)
            }
            _ => None,
        }
    }
}

impl From<PeopleError> for Refusal {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Io(_) | PeopleError::Randomness(_) => Self::internal(error),
            error => Self::People(error),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let message = self.to_string();
        let name = self.name().map(|name| format!("urn:plainsight:problem/{name}"));
        // `error` is what the first version of the API had; its clients still read it.
        let body = json!({
            "type": name.as_deref().unwrap_or("about:blank"),
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": message,
            "error": {"message": message},
        });
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
        if let Some(delay) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, seconds(delay).into());
        }
        if let Self::Method(methods) = &self
            && let Ok(methods) = HeaderValue::from_str(methods)
        {
            response.headers_mut().insert(ALLOW, methods);
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A delay as `Retry-After` has it: whole seconds, at least one.
pub(crate) fn seconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis().div_ceil(1000).max(1)).unwrap_or(u64::MAX)
}
