//! `POST /api/v1/alerts/{id}/verdict`: whether an alert was right; and
//! `POST /api/v1/suppressions`: which alerts to pass over for a while.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::Caller;
use super::parameters::Parameters;
use super::reading::Shared;
use crate::judgement::{self, JudgementError};
use crate::refusal::Refusal;

/// Where it was recorded.
#[derive(Serialize, JsonSchema)]
pub(super) struct Told {
    index: u64,
}

pub(super) async fn verdict(
    caller: Caller,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    parameters: Parameters,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    parameters.finish()?;
    let verdict = serde_json::from_slice(&body).map_err(|_| {
        let form = "{\"verdict\": \"true_positive\" or \"false_positive\", \"reason\": text}";
        Refusal::parameter("body", format!("is not {form}"))
    })?;
    let (recorder, clock) = (&*shared.recorder, &*shared.clock);
    let index = judgement::judge(recorder, &caller.name, &id, &verdict, clock).await;
    Ok(Json(Told { index: index.map_err(refusal)? }))
}

pub(super) async fn suppress(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
    body: Bytes,
) -> Result<Json<Told>, Refusal> {
    parameters.finish()?;
    let suppression = serde_json::from_slice(&body).map_err(|_| {
        let form =
            "{\"rule\": id, \"entities\": {name: value}, \"until\": RFC 3339, \"reason\": text}";
        Refusal::parameter("body", format!("is not {form}"))
    })?;
    let (recorder, clock) = (&*shared.recorder, &*shared.clock);
    let index = judgement::suppress(recorder, &caller.name, &suppression, clock).await;
    Ok(Json(Told { index: index.map_err(refusal)? }))
}

fn refusal(error: JudgementError) -> Refusal {
    match error {
        JudgementError::Field(name, what) => Refusal::parameter(name, what),
        JudgementError::Record(error) => error.into(),
    }
}
