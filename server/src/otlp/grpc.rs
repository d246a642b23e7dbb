//! OTLP over gRPC (OTLP specification 1.7, "OTLP/gRPC"): the three `Export` methods.
//!
//! The messages stay bytes, so that the tolerant decoder of `wire` sees them: one broken span does
//! not cost the request. Other methods are answered as unimplemented.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Extract};
use axum::response::Response;
use axum::routing::post;
use bytes::{Buf, BufMut, Bytes};
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Status};
use wire::otlp::{Encoding, Signal};

use super::intake::{self, Refusal};
use super::{State, status};
use crate::metrics::Counted;

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
    if !state.tokens.admits(request.headers()) {
        state.metrics.refused(Counted::OtlpGrpc);
        return to_status(&Refusal::Unauthenticated).into_http();
    }
    let mut grpc = tonic::server::Grpc::new(Raw)
        .accept_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Zstd)
        .send_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Zstd)
        .max_decoding_message_size(state.max_body);
    let metrics = Arc::clone(&state.metrics);
    let service = tower::service_fn(move |request: tonic::Request<Bytes>| {
        let state = state.clone();
        async move { take(&state, signal, request.into_inner()).await }
    });
    let response = grpc.unary(service, request).await;
    // Only an error has its status in the headers; success has it in the trailers.
    if response.headers().contains_key(Status::GRPC_STATUS) {
        metrics.refused(Counted::OtlpGrpc);
    }
    response.map(Body::new)
}

async fn take(
    state: &State,
    signal: Signal,
    body: Bytes,
) -> Result<tonic::Response<Bytes>, Status> {
    let (door, encoding) = (Counted::OtlpGrpc, Encoding::Protobuf);
    let request = intake::Request { door, signal, encoding, coding: "", body };
    let response = intake::take(state, request).await;
    let response = response.map_err(|refusal| to_status(&refusal))?;
    Ok(tonic::Response::new(response.into()))
}

/// A status with `RetryInfo` among its details, without which an exporter does not try again after
/// `RESOURCE_EXHAUSTED`.
fn to_status(refusal: &Refusal) -> Status {
    let code: Code = refusal.code();
    Status::with_details(code, refusal.to_string(), status::protobuf(refusal).into())
}

/// The codec that leaves messages as they are.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
