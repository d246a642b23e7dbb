//! `GET /api/v1/traces/{trace}`: the steps of a run; and `GET /api/v1/sessions/{session}`: the
//! conversation. What was said is in both, for those who may read it.

use axum::Json;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use store::{Of, Span};

use super::alerts;
use super::caller::Caller;
use super::items::{self, Item, index_of};
use super::parameters::Parameters;
use super::reading::Shared;
use super::records::read_for;
use crate::refusal::Refusal;

/// Records of a trace, and of a page of a session.
const MOST: usize = 1_000;

/// Records that are told whole.
const WHOLE: usize = 500;

/// What belongs together, oldest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Together {
    /// The trace or session.
    id: String,
    /// Records, with `messages` and `findings`.
    items: Vec<Item>,
    /// The same records whole, part by part, as they lie in the log.
    records: Vec<Value>,
    /// Alerts that have one of them as evidence.
    alerts: Vec<Item>,
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
    let (asking, asked) = (caller.clone(), trace.to_lowercase());
    let told = shared.blocking(move |shared| tell(shared, &asking, &trace, &Of::Trace(&asked)));
    let told = told.await?;
    shared.note_access(&caller, "traces.show", &names, told.items.len()).await;
    Ok(Json(told))
}

pub(super) async fn session(
    caller: Caller,
    State(shared): State<Shared>,
    Path(session): Path<String>,
    parameters: Parameters,
) -> Result<Json<Together>, Refusal> {
    let names = parameters.finish()?;
    let asking = caller.clone();
    let told =
        shared.blocking(move |shared| tell(shared, &asking, &session, &Of::Session(&session)));
    let told = told.await?;
    shared.note_access(&caller, "sessions.show", &names, told.items.len()).await;
    Ok(Json(told))
}

fn tell(shared: &Shared, caller: &Caller, id: &str, of: &Of<'_>) -> Result<Together, Refusal> {
    let scope = caller.scope();
    let (mut items, parts, alerts) = shared.ask(&scope, Span::default(), |reader| {
        let table = reader.records_of(of, MOST + 1)?;
        let mut items = items::items(reader, table)?;
        items::add_content(reader, &mut items)?;
        let indexes: Vec<i64> = items.iter().map(index_of).collect();
        let parts = reader.parts_of(&indexes)?;
        let alerts = alerts::about(reader, &parts)?;
        Ok((items, parts, alerts))
    })?;
    if items.is_empty() {
        return Err(Refusal::NotFound);
    }
    let is_cut = items.len() > MOST;
    items.truncate(MOST);
    // By time, since parts of one run may arrive in any order.
    items.sort_by_key(|item| item.get("time").and_then(|time| time.as_str().map(str::to_owned)));
    let indexes = parts.iter().filter_map(|index| u64::try_from(*index).ok());
    let whole = indexes.take(WHOLE).filter_map(|index| read_for(shared, caller, index).ok());
    let records = whole.map(|logged| serde_json::to_value(logged).unwrap_or_default());
    let records = records.collect();
    Ok(Together { id: id.to_owned(), items, records, alerts, is_cut })
}
