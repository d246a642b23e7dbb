//! OTLP over gRPC (OTLP specification 1.7, "OTLP/gRPC"): the three `Export` methods.
//!
//! The messages stay bytes, so that the tolerant decoder of `wire` sees them: one broken span does
//! not cost the request. Other methods are answered as unimplemented.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt as _, Full};
use tonic::{Code, Status};
use wire::otlp::{Encoding, Signal};

use super::intake::{self, Refusal};
use super::{State, frame, status};
use crate::metrics::Counted;
use crate::request_body::{self, BodyError};

const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
/// What a message may be compressed with.
const CODINGS: HeaderValue = HeaderValue::from_static("identity,gzip,deflate,zstd");

/// The services and their methods.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/opentelemetry.proto.collector.trace.v1.TraceService/Export", post(traces))
        .route("/opentelemetry.proto.collector.logs.v1.LogsService/Export", post(logs))
        .route("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", post(metrics))
        .fallback(unimplemented)
        .with_state(state)
}

async fn traces(Extract(state): Extract<State>, request: Request) -> Response {
    export(state, Signal::Traces, request).await
}

async fn logs(Extract(state): Extract<State>, request: Request) -> Response {
    export(state, Signal::Logs, request).await
}

async fn metrics(Extract(state): Extract<State>, request: Request) -> Response {
    export(state, Signal::Metrics, request).await
}

async fn unimplemented() -> Response {
    Status::unimplemented("the method is not one of OTLP's").into_http()
}

async fn export(state: State, signal: Signal, request: Request) -> Response {
    state.metrics.request(Counted::OtlpGrpc);
    if !is_grpc(request.headers()) {
        state.metrics.refused(Counted::OtlpGrpc);
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    match take(&state, signal, request).await {
        Ok(message) => answer(&message),
        Err(refusal) => {
            state.metrics.refused(Counted::OtlpGrpc);
            let mut response = to_status(&refusal).into_http();
            response.headers_mut().insert(ACCEPT_ENCODING, CODINGS);
            response
        }
    }
}

fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    content_type.starts_with(b"application/grpc")
}

async fn take(state: &State, signal: Signal, request: Request) -> Result<Vec<u8>, Refusal> {
    let (parts, body) = request.into_parts();
    if !state.tokens.admits(&parts.headers) {
        return Err(Refusal::Unauthenticated);
    }
    let mut lease = state.bodies.lease();
    let body = request_body::read(body, state.max_body + frame::HEAD, &mut lease).await?;
    let message = frame::message(body).ok_or(BodyError::Damaged)?;
    let coding = if message.is_compressed { coding(&parts.headers)? } else { "" };
    let (door, encoding, body) = (Counted::OtlpGrpc, Encoding::Protobuf, message.bytes);
    intake::take(state, intake::Request { door, signal, encoding, coding, body, lease }).await
}

/// How a message is compressed that says it is.
fn coding(headers: &HeaderMap) -> Result<&str, BodyError> {
    match headers.get(ENCODING).map(HeaderValue::to_str) {
        Some(Ok(name @ ("gzip" | "deflate" | "zstd"))) => Ok(name),
        None | Some(Ok("identity")) => Err(BodyError::Damaged),
        Some(_) => Err(BodyError::UnknownCoding),
    }
}

/// The message of a success, and its status after it.
fn answer(message: &[u8]) -> Response {
    let trailers = HeaderMap::from_iter([(GRPC_STATUS, HeaderValue::from_static("0"))]);
    let message = Full::new(frame::framed(message));
    let body = message.with_trailers(std::future::ready(Some(Ok(trailers))));
    let headers = [(CONTENT_TYPE, GRPC), (ACCEPT_ENCODING, CODINGS)];
    (headers, Body::new(body)).into_response()
}

/// A status with `RetryInfo` among its details, without which an exporter does not try again after
/// `RESOURCE_EXHAUSTED`.
fn to_status(refusal: &Refusal) -> Status {
    let code: Code = refusal.code();
    Status::with_details(code, refusal.to_string(), status::protobuf(refusal).into())
}
