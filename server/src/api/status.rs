//! `GET /api/v1/status`: how far everything is.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::reading::Shared;

pub(super) async fn status(State(shared): State<Shared>) -> Json<Value> {
    let gauges = shared.gauges();
    Json(json!({
        "ledger": {"size": gauges.ledger_size},
        "reader": {"cursor": gauges.cursor, "lag": gauges.lag()},
        "queue": {"waiting": gauges.waiting},
    }))
}
