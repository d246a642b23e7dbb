//! `POST /api/v1/import`: records of other tools' exports, beside a running server.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use bytes::Bytes;
use http::HeaderMap;
use model::Timestamp;
use tokio::runtime::Handle;
use wire::import::Format;

use super::parameters::Parameters;
use super::reading::Shared;
use crate::import::{self, Outcome};
use crate::metrics::{Counted, Measured};
use crate::refusal::Refusal;
use crate::request_body;

/// The largest body.
const MAX_BODY: usize = 64 << 20;
/// How much of a body is looked at to learn its format.
const BEGIN: usize = 64 * 1024;

pub(super) async fn import(
    State(shared): State<Shared>,
    mut parameters: Parameters,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Outcome>, Refusal> {
    let format = parameters.text("format").map(|name| named(&name)).transpose()?;
    let time = time(&mut parameters, &shared)?;
    parameters.finish()?;
    let coding = request_body::coding(&headers)?.to_owned();
    shared.metrics.request(Counted::Import);
    let mut lease = shared.bodies.lease();
    let body = request_body::read(body, MAX_BODY, &mut lease).await?;
    shared.metrics.received(Counted::Import, body.len());
    if body.is_empty() {
        return Err(Refusal::parameter("body", "is empty"));
    }
    let outcome = shared
        .blocking(move |shared| {
            let body = request_body::decode(&coding, body, MAX_BODY, &mut lease)?;
            let format = format.or_else(|| detect(&body)).ok_or_else(unknown_format)?;
            record(shared, format, &body, time)
        })
        .await?;
    let problems = outcome.problems.len() as u64;
    shared.metrics.records(Counted::Import, 0, problems);
    Ok(Json(outcome))
}

/// Parsing takes long, so it stays on this thread; recording is waited for.
fn record(
    shared: &Shared,
    format: Format,
    body: &Bytes,
    time: Timestamp,
) -> Result<Outcome, Refusal> {
    let (recorder, metrics) = (Arc::clone(&shared.recorder), Arc::clone(&shared.metrics));
    let recorder = Measured::new(recorder, metrics, Counted::Import);
    Ok(Handle::current().block_on(import::record(&recorder, format, body, time))?)
}

fn named(name: &str) -> Result<Format, Refusal> {
    Format::named(name).ok_or_else(unknown_format)
}

fn detect(body: &Bytes) -> Option<Format> {
    Format::detect(body.get(..BEGIN).unwrap_or(body))
}

fn unknown_format() -> Refusal {
    let names = Format::ALL.map(Format::as_str).join(", ");
    Refusal::parameter("format", format!("is not one of {names}"))
}

/// The time of records that have none, milliseconds since the epoch; now, where it is not said.
fn time(parameters: &mut Parameters, shared: &Shared) -> Result<Timestamp, Refusal> {
    let Some(millis) = parameters.number("time")? else {
        return Ok(shared.clock.now());
    };
    let millis = i64::try_from(millis);
    millis
        .map(Timestamp::from_millis)
        .map_err(|_| Refusal::parameter("time", "is not milliseconds since the epoch"))
}
