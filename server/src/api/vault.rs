//! `POST /api/v1/vault/rotate`: new keys while the server runs.
//!
//! A root key that is kept elsewhere is not rotated here: no key travels, and the server would not
//! find the new one at its next start.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use vault::{NextRoot, RootSource};

use super::caller::Caller;
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::whole::Whole;
use crate::refusal::Refusal;
use crate::rotation::{self, Rotated, Rotation};

/// The request's body.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// Whether the root key is meant, and not the tenants' keys.
    root: bool,
}

pub(super) async fn rotate(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
    Whole(bytes): Whole,
) -> Result<Json<Value>, Refusal> {
    parameters.finish()?;
    let Question { root } = body(&bytes)?;
    let rotated = shared.blocking(move |shared| rotate_now(shared, root)).await?;
    rotation::note(&*shared.recorder, &caller.name, rotated, &*shared.clock).await?;
    Ok(Json(match rotated {
        Rotated::Tenants(tenants) => json!({"tenants": tenants}),
        Rotated::Root(epoch) => json!({"root_epoch": epoch}),
    }))
}

fn rotate_now(shared: &Shared, root: bool) -> Result<Rotated, Refusal> {
    if !root {
        return rotation::rotate(&shared.vault, Rotation::Tenants).map_err(Refusal::internal);
    }
    if shared.vault.root_source() == RootSource::Given {
        return Err(Refusal::RootElsewhere);
    }
    rotation::rotate(&shared.vault, Rotation::Root(NextRoot::File)).map_err(Refusal::internal)
}
