//! OTLP over HTTP (OTLP specification 1.7, "OTLP/HTTP"), also at the paths of Langfuse.
//!
//! Does not undo what was recorded when the sender goes away before the answer: it will send again,
//! and the recorder knows the records.

use axum::Router;
use axum::extract::{Request, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use wire::otlp::{Encoding, Signal};

use super::intake::{self, Refusal};
use super::{State, status};
use crate::metrics::Counted;
use crate::record::RecordError;
use crate::refusal::seconds;
use crate::request_body::{self, BodyError};

/// The paths of all signals, under `/v1` and where Langfuse has them.
pub fn router(state: State) -> Router {
    under("/v1", state.clone()).merge(langfuse(state))
}

/// The paths of Langfuse's own OTLP door, for its SDKs: they know one base URL for everything.
pub fn langfuse(state: State) -> Router {
    under("/api/public/otel/v1", state)
}

fn under(prefix: &str, state: State) -> Router {
    Router::new()
        .route(&format!("{prefix}/traces"), post(traces))
        .route(&format!("{prefix}/logs"), post(logs))
        .route(&format!("{prefix}/metrics"), post(metrics))
        .with_state(state)
}

async fn traces(Extract(state): Extract<State>, request: Request) -> Response {
    answer(&state, Signal::Traces, request).await
}

async fn logs(Extract(state): Extract<State>, request: Request) -> Response {
    answer(&state, Signal::Logs, request).await
}

async fn metrics(Extract(state): Extract<State>, request: Request) -> Response {
    answer(&state, Signal::Metrics, request).await
}

async fn answer(state: &State, signal: Signal, request: Request) -> Response {
    state.metrics.request(Counted::OtlpHttp);
    let Some(encoding) = encoding(request.headers()) else {
        state.metrics.refused(Counted::OtlpHttp);
        let expected = "send application/x-protobuf or application/json\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, expected).into_response();
    };
    match take(state, signal, encoding, request).await {
        Ok(body) => {
            (StatusCode::OK, [(CONTENT_TYPE, content_type(encoding))], body).into_response()
        }
        Err(refusal) => {
            state.metrics.refused(Counted::OtlpHttp);
            refused(&refusal, encoding)
        }
    }
}

async fn take(
    state: &State,
    signal: Signal,
    encoding: Encoding,
    request: Request,
) -> Result<Vec<u8>, Refusal> {
    let (parts, body) = request.into_parts();
    if !state.tokens.admits(&parts.headers) {
        return Err(Refusal::Unauthenticated);
    }
    let coding = request_body::coding(&parts.headers)?;
    let mut lease = state.bodies.lease();
    let body = request_body::read(body, state.max_body, &mut lease).await?;
    let door = Counted::OtlpHttp;
    intake::take(state, intake::Request { door, signal, encoding, coding, body, lease }).await
}

/// The encoding that the content type names; `None` when it is none of OTLP's.
fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = content_type.split(';').next()?.trim();
    match media_type.to_ascii_lowercase().as_str() {
        "application/x-protobuf" | "application/protobuf" => Some(Encoding::Protobuf),
        "application/json" => Some(Encoding::Json),
        _ => None,
    }
}

const fn content_type(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Protobuf => "application/x-protobuf",
        Encoding::Json => "application/json",
    }
}

fn refused(refusal: &Refusal, encoding: Encoding) -> Response {
    let body = match encoding {
        Encoding::Protobuf => status::protobuf(refusal),
        Encoding::Json => status::json(refusal),
    };
    let content_type = [(CONTENT_TYPE, content_type(encoding))];
    let mut response = (status_code(refusal), content_type, body).into_response();
    if let Some(delay) = refusal.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds(delay).into());
    }
    if matches!(refusal, Refusal::Unauthenticated) {
        let challenge = http::HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Only 429, 502, 503 and 504 make an exporter try again.
const fn status_code(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Body(BodyError::TooLarge(_)) => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Body(BodyError::UnknownCoding) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Refusal::Body(BodyError::Damaged | BodyError::BrokenOff) | Refusal::Malformed(_) => {
            StatusCode::BAD_REQUEST
        }
        Refusal::Body(BodyError::Crowded) | Refusal::NotRecorded(RecordError::Busy { .. }) => {
            StatusCode::TOO_MANY_REQUESTS
        }
        Refusal::NotRecorded(RecordError::Unavailable { .. }) => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::Unauthenticated => StatusCode::UNAUTHORIZED,
    }
}
