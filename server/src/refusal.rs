//! Why the events door or the API did not do what was asked, as an HTTP answer with a JSON body.
//!
//! OTLP has a form of its own.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::json;

use crate::record::RecordError;
use crate::request_body::BodyError;

/// When it is worth another try after something could not be had.
const UNAVAILABLE_DELAY: Duration = Duration::from_secs(5);

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
    #[error("it failed inside; the log of this server says more")]
    Internal,
}

impl Refusal {
    /// A parameter or field that is wrong.
    pub(crate) fn parameter(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Parameter { field, reason: reason.into() }
    }

    /// Something of our own that failed: told to the operator, not to the caller.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "could not answer");
        Self::Internal
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Body(BodyError::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyError::UnknownCoding) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Query(store::QueryError::Store(_)) | Self::Internal => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            Self::Body(BodyError::Crowded) | Self::NotRecorded(RecordError::Busy { .. }) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::Body(_) | Self::Parameter { .. } | Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::NotFound | Self::NoOriginal => StatusCode::NOT_FOUND,
            Self::RootElsewhere => StatusCode::CONFLICT,
            Self::Erased => StatusCode::GONE,
            Self::NotRecorded(RecordError::Unavailable { .. }) | Self::Crowded => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Body(error) => error.retry_after(),
            Self::NotRecorded(RecordError::Busy { retry_after }) => Some(*retry_after),
            Self::NotRecorded(RecordError::Unavailable { .. }) | Self::Crowded => {
                Some(UNAVAILABLE_DELAY)
            }
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({"error": {"message": self.to_string()}});
        let mut response = (self.status(), Json(body)).into_response();
        if let Some(delay) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, seconds(delay).into());
        }
        if matches!(self, Self::Unauthenticated) {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A delay as `Retry-After` has it: whole seconds, at least one.
pub(crate) fn seconds(delay: Duration) -> u64 {
    u64::try_from(delay.as_millis().div_ceil(1000).max(1)).unwrap_or(u64::MAX)
}
