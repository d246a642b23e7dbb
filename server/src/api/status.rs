//! `GET /api/v1/status`: how far everything is.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::reading::Shared;
use crate::refusal::Refusal;

pub(super) async fn status(State(shared): State<Shared>) -> Result<Json<Value>, Refusal> {
    let checkpoint = shared.blocking(Shared::checkpoint).await?;
    let gauges = shared.gauges();
    let sinks: Vec<deliver::Status> =
        shared.sinks.iter().map(|status| status.borrow().clone()).collect();
    let detector = shared.detected.as_ref().map(|cursor| {
        let cursor = cursor.load(Ordering::Acquire);
        json!({"cursor": cursor, "lag": gauges.ledger_size.saturating_sub(cursor)})
    });
    Ok(Json(json!({
        "ledger": {"size": gauges.ledger_size, "checkpoint": checkpoint},
        "reader": {"cursor": gauges.cursor, "lag": gauges.lag()},
        "detector": detector,
        "queue": {"waiting": gauges.waiting},
        "sinks": sinks,
    })))
}
