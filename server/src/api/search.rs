//! `GET /api/v1/search`: words in what was said, newest first.

use axum::Json;
use axum::extract::State;
use model::TenantId;
use serde_json::{Value, json};
use store::{Filters, Span};

use super::caller::Caller;
use super::parameters::Parameters;
use super::reading::Shared;
use crate::refusal::Refusal;

/// Hits, where it is not said how many.
const HITS: usize = 20;
/// The most hits.
const MOST: usize = 1_000;

pub(super) async fn search(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let words = parameters.text("q").ok_or_else(|| Refusal::parameter("q", "is missing"))?;
    let limit = parameters.limit(HITS, MOST)?;
    let Span { since, until } = parameters.span()?;
    let mut filters = Filters {
        kind: parameters.kind()?,
        user: parameters.text("user"),
        session: parameters.text("session"),
        tenant: caller.narrow(parameters.text("tenant").map(TenantId)),
        since,
        until,
    };
    let names = parameters.finish()?;
    let scope = caller.scope();
    let hits = shared
        .blocking(move |shared| {
            let tenant = filters.tenant.clone().unwrap_or_default();
            filters.user = filters.user.map(|user| shared.pseudonym(&tenant, user)).transpose()?;
            shared.ask(&scope, Span { since, until }, |reader| {
                Ok(reader.search(&words, &filters, limit)?)
            })
        })
        .await?;
    shared.note_access(&caller, "records.search", &names, hits.len()).await;
    Ok(Json(json!({"hits": hits})))
}
