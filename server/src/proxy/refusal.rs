//! The answers that the proxy gives itself, in the error shape that the client's SDK expects.
//!
//! Says what went wrong with the call, and nothing of its content.

use std::time::Duration;

use axum::body::Body;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::config::Dialect;
use super::upstream::SendError;

/// An error answer of the proxy.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// `error.type`, beginning with `plainsight_`.
    pub(super) error_type: &'static str,
    message: String,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// There is no upstream of that name.
    pub(super) fn unknown_upstream() -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            error_type: "plainsight_unknown_upstream",
            message: "no upstream of that name is configured".to_owned(),
            retry_after: None,
        }
    }

    /// The path and query of the request do not make a URL.
    pub(super) fn bad_path() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error_type: "plainsight_bad_request",
            message: "the path does not make a valid url".to_owned(),
            retry_after: None,
        }
    }

    /// The request could not be recorded, and the operator wants none to pass unrecorded.
    pub(super) fn unrecorded(retry_after: Duration) -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            error_type: "plainsight_record_unavailable",
            message: "the request could not be recorded, so it was not sent".to_owned(),
            retry_after: Some(retry_after),
        }
    }

    /// The upstream gave no answer.
    pub(super) fn no_answer(error: SendError, upstream: &str) -> Self {
        let (status, error_type) = match error {
            SendError::Unreachable => (StatusCode::BAD_GATEWAY, "plainsight_upstream_unreachable"),
            SendError::ConnectTimeout | SendError::Silent => {
                (StatusCode::GATEWAY_TIMEOUT, "plainsight_upstream_timeout")
            }
            SendError::Disconnected => {
                (StatusCode::BAD_GATEWAY, "plainsight_upstream_disconnected")
            }
            SendError::ClientGone => (StatusCode::BAD_REQUEST, "plainsight_client_disconnected"),
        };
        let message = format!("{error} (upstream {upstream})");
        Self { status, error_type, message, retry_after: None }
    }

    /// The error as a JSON body.
    pub(super) fn body(&self, dialect: Dialect) -> Vec<u8> {
        self.json(dialect).to_string().into_bytes()
    }

    fn json(&self, dialect: Dialect) -> Value {
        let (error_type, message) = (self.error_type, &self.message);
        match dialect {
            Dialect::OpenAi => json!({
                "error": {"message": message, "type": error_type, "param": null, "code": null}
            }),
            Dialect::Anthropic => json!({
                "type": "error", "error": {"type": error_type, "message": message}
            }),
        }
    }

    /// The whole answer.
    pub(super) fn answer(&self, dialect: Dialect) -> Response<Body> {
        let mut answer = Response::new(Body::from(self.body(dialect)));
        *answer.status_mut() = self.status;
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(wait) = self.retry_after {
            // At least a second: `Retry-After` knows no fractions.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_has_its_own_shape() {
        let refusal = Refusal::no_answer(SendError::Unreachable, "local");
        assert_eq!(
            refusal.json(Dialect::OpenAi),
            json!({"error": {
                "message": "the upstream could not be reached (upstream local)",
                "type": "plainsight_upstream_unreachable", "param": null, "code": null,
            }})
        );
        assert_eq!(refusal.json(Dialect::Anthropic)["type"], "error");
        let busy = Refusal::unrecorded(Duration::from_millis(1200)).answer(Dialect::OpenAi);
        assert_eq!(busy.headers()["retry-after"], "2");
    }
}
