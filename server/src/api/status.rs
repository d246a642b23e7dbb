//! `GET /api/v1/status`: how far everything is.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::reading::Shared;
use crate::refusal::Refusal;

pub(super) async fn status(State(shared): State<Shared>) -> Result<Json<Value>, Refusal> {
    let checkpoint = shared.blocking(Shared::checkpoint).await?;
    let gauges = shared.gauges();
    Ok(Json(json!({
        "ledger": {"size": gauges.ledger_size, "checkpoint": checkpoint},
        "reader": {"cursor": gauges.cursor, "lag": gauges.lag()},
        "queue": {"waiting": gauges.waiting},
    })))
}
