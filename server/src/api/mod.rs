//! The API: reading the record with the administrator's token, imports, and what anybody may fetch:
//! checkpoint, tiles, health, metrics.
//!
//! Every reading is itself recorded, with the names of the filters and the number of rows, and never
//! with a value. Nothing here writes to the log but through the recorder.

mod alerts;
mod import;
mod log;
mod parameters;
mod public;
mod query;
mod reading;
mod records;
mod rows;
mod search;
mod status;
mod stores;
mod tail;
mod unseal;
mod vault;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

pub use reading::Reading;

use crate::access::Caller;
use crate::metrics::Counted;
use crate::refusal::Refusal;
use reading::Shared;

/// All paths of the API.
pub fn router(reading: Reading) -> Router {
    let shared = Shared::new(reading);
    let private = Router::new()
        .route("/api/v1/records", get(records::list))
        .route("/api/v1/records/{index}", get(records::one))
        .route("/api/v1/search", get(search::search))
        .route("/api/v1/query", post(query::query))
        .route("/api/v1/tail", get(tail::tail))
        .route("/api/v1/log", get(log::log))
        .route("/api/v1/status", get(status::status))
        .route("/api/v1/alerts/{id}/verdict", post(alerts::verdict))
        .route("/api/v1/suppressions", post(alerts::suppress))
        .route("/api/v1/import", post(import::import))
        .route("/api/v1/vault/rotate", post(vault::rotate))
        .route_layer(from_fn_with_state(shared.clone(), administrator));
    let public = Router::new()
        .route("/checkpoint", get(public::checkpoint))
        .route("/tile/{*path}", get(public::tile))
        .route("/healthz", get(public::healthz))
        .route("/readyz", get(public::readyz))
        .route("/metrics", get(public::metrics));
    let sealed = Router::new()
        .route("/api/v1/records/{index}/unseal", get(unseal::list).post(unseal::open))
        .route_layer(from_fn_with_state(shared.clone(), administrator))
        .route_layer(from_fn_with_state(shared.clone(), unseal::watch));
    private.merge(sealed).merge(public).with_state(shared)
}

/// Lets the administrator through, and counts.
async fn administrator(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let metrics = &shared.metrics;
    metrics.request(Counted::Api);
    let response = match shared.tokens.caller(request.headers()) {
        Some(Caller::Admin) => next.run(request).await,
        _ => Refusal::Unauthenticated.into_response(),
    };
    if !response.status().is_success() {
        metrics.refused(Counted::Api);
    }
    response
}
