//! `GET /api/v1/traces/{trace}`: the steps of a run; and `GET /api/v1/sessions/{session}`: the
//! conversation. What was said is in both, for those who may read it.

use axum::Json;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use store::{Of, Span};

use super::caller::Caller;
use super::items::{self, Item};
use super::parameters::Parameters;
use super::reading::Shared;
use crate::refusal::Refusal;

/// Records of a trace, and of a page of a session.
const MOST: usize = 1_000;

/// What belongs together, oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Together {
    /// The trace or session.
    id: String,
    /// Records, with `messages` and `findings`.
    items: Vec<Item>,
    /// Whether there are more than are told.
    is_cut: bool,
}

pub(super) async fn trace(
    caller: Caller,
    State(shared): State<Shared>,
    Path(trace): Path<String>,
    parameters: Parameters,
) -> Result<Json<Together>, Refusal> {
    let names = parameters.finish()?;
    let scope = caller.scope();
    let asked = trace.to_lowercase();
    let items = shared
        .blocking(move |shared| {
            shared.ask(&scope, Span::default(), |reader| {
                let table = reader.records_of(&Of::Trace(&asked), MOST + 1)?;
                let mut items = items::items(reader, table)?;
                items::add_content(reader, &mut items)?;
                Ok(items)
            })
        })
        .await?;
    shared.note_access(&caller, "traces.show", &names, items.len()).await;
    together(trace, items)
}

pub(super) async fn session(
    caller: Caller,
    State(shared): State<Shared>,
    Path(session): Path<String>,
    parameters: Parameters,
) -> Result<Json<Together>, Refusal> {
    let names = parameters.finish()?;
    let scope = caller.scope();
    let asked = session.clone();
    let items = shared
        .blocking(move |shared| {
            shared.ask(&scope, Span::default(), |reader| {
                let table = reader.records_of(&Of::Session(&asked), MOST + 1)?;
                let mut items = items::items(reader, table)?;
                items::add_content(reader, &mut items)?;
                Ok(items)
            })
        })
        .await?;
    shared.note_access(&caller, "sessions.show", &names, items.len()).await;
    together(session, items)
}

/// By time, since parts of one run may arrive in any order.
fn together(id: String, mut items: Vec<Item>) -> Result<Json<Together>, Refusal> {
    if items.is_empty() {
        return Err(Refusal::NotFound);
    }
    let is_cut = items.len() > MOST;
    items.truncate(MOST);
    let time = |item: &Item| item.get("time").and_then(|time| time.as_str().map(str::to_owned));
    items.sort_by_key(time);
    Ok(Json(Together { id, items, is_cut }))
}
