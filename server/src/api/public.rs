//! What anybody may fetch: the checkpoint and the tiles (C2SP tlog-tiles), health, metrics.
//!
//! None of it holds content: leaves are commitments.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{StatusCode, Uri};
use ledger::TileId;

use super::reading::Shared;
use crate::refusal::Refusal;

const TEXT: &str = "text/plain; charset=utf-8";

pub(super) async fn checkpoint(State(shared): State<Shared>) -> Result<Response, Refusal> {
    let note = shared.blocking(Shared::checkpoint).await?;
    Ok(([(CONTENT_TYPE, TEXT), (CACHE_CONTROL, "no-cache")], note).into_response())
}

/// A full tile never changes. A partial one does not either, but gives way to a wider one.
pub(super) async fn tile(State(shared): State<Shared>, uri: Uri) -> Result<Response, Refusal> {
    let path = uri.path().trim_start_matches('/').to_owned();
    let id = TileId::parse(&path).ok_or(Refusal::NotFound)?;
    let bytes = shared
        .blocking(move |shared| shared.archive()?.ledger().tile(&path).map_err(Refusal::internal))
        .await?
        .ok_or(Refusal::NotFound)?;
    let caching =
        if id.is_full() { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
    let headers = [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, caching)];
    Ok((headers, bytes).into_response())
}

/// The process answers.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The recorder runs: what comes in can be kept.
pub(super) async fn readyz(State(shared): State<Shared>) -> (StatusCode, &'static str) {
    match shared.progress.size().has_changed() {
        Ok(_) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the recorder has stopped\n"),
    }
}

pub(super) async fn metrics(State(shared): State<Shared>) -> Response {
    let text = shared.metrics.render(&shared.gauges());
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
