//! `POST /v1/events` and `GET /v1/events/schema`.
//!
//! Does not know what an event says: `parse` does.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State as Extract};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use model::{Clock, Observation, Timestamp};

use super::answer::Answer;
use super::{EventError, parse, schema};
use crate::access::Tokens;
use crate::budget::{Budget, Lease};
use crate::compute::compute;
use crate::metrics::{Counted, Metrics};
use crate::record::Record;
use crate::refusal::Refusal;
use crate::request_body;

/// Bodies above this many bytes are parsed off the reactor; coded ones always.
const INLINE: usize = 64 * 1024;

/// What the door needs.
#[derive(Clone)]
pub struct State {
    /// Keeps the events.
    pub recorder: Arc<dyn Record>,
    /// The most bytes of a request, as it comes and decoded.
    pub max_body: usize,
    /// The memory of the bodies that all doors read.
    pub bodies: Budget,
    /// Who may send.
    pub tokens: Arc<Tokens>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// The time of events that have none.
    pub clock: Arc<dyn Clock>,
}

/// The paths of the door.
pub fn router(state: State) -> Router {
    Router::new()
        .route("/v1/events", post(take))
        .route("/v1/events/schema", get(show_schema))
        .with_state(state)
}

async fn show_schema() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], schema()).into_response()
}

async fn take(Extract(state): Extract<State>, request: Request) -> Response {
    state.metrics.request(Counted::Events);
    match record(&state, request).await {
        Ok(answer) => {
            state.metrics.records(Counted::Events, answer.kept() as u64, answer.rejected as u64);
            if answer.status() != StatusCode::OK {
                state.metrics.refused(Counted::Events);
            }
            (answer.status(), Json(answer)).into_response()
        }
        Err(refusal) => {
            state.metrics.refused(Counted::Events);
            refusal.into_response()
        }
    }
}

async fn record(state: &State, request: Request) -> Result<Answer, Refusal> {
    let (parts, body) = request.into_parts();
    state.tokens.caller(&parts.headers).ok_or(Refusal::Unauthenticated)?;
    let coding = request_body::coding(&parts.headers)?;
    let mut lease = state.bodies.lease();
    let body = request_body::read(body, state.max_body, &mut lease).await?;
    state.metrics.received(Counted::Events, body.len());
    let (max, now) = (state.max_body, state.clock.now());
    let (parsed, _lease) = read(coding, body, max, now, lease).await?;
    let mut observations = Vec::with_capacity(parsed.len());
    let results: Vec<_> = parsed
        .into_iter()
        .map(|result| result.map(|observation| observations.push(observation)))
        .collect();
    let receipts = if observations.is_empty() {
        Vec::new()
    } else {
        let recording = state.recorder.record(observations);
        state.metrics.timed(recording).await?
    };
    Ok(Answer::of(results, receipts))
}

type Parsed = Vec<Result<Observation, EventError>>;

async fn read(
    coding: &str,
    body: Bytes,
    max: usize,
    now: Timestamp,
    mut lease: Lease,
) -> Result<(Parsed, Lease), Refusal> {
    let is_coded = !matches!(coding, "" | "identity");
    if body.len() <= INLINE && !is_coded {
        return Ok((parse(&body, now), lease));
    }
    let coding = coding.to_owned();
    compute(move || {
        let body = request_body::decode(&coding, body, max, &mut lease)?;
        Ok((parse(&body, now), lease))
    })
    .await
    .map_err(|_| Refusal::Internal)?
}
