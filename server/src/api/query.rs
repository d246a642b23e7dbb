//! `POST /api/v1/query`: one SELECT over the documented views.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Limits, Span, Table};

use super::caller::Caller;
use super::parameters::body;
use super::reading::Shared;
use super::whole::Whole;
use crate::refusal::Refusal;

/// Rows of an answer, where it is not said.
const ROWS: usize = 10_000;
/// The most rows that can be asked for. The size of the answer has a bound of its own.
const MOST: usize = 1_000_000;

/// The request's body.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    sql: String,
    /// The most rows. More are an error, not cut off.
    #[schemars(range(max = 1_000_000))]
    limit: Option<usize>,
}

pub(super) async fn query(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<Json<Table>, Refusal> {
    let question: Question = body(&bytes)?;
    let rows = question.limit.unwrap_or(ROWS);
    if rows > MOST {
        return Err(Refusal::parameter("limit", format!("is more than {MOST}")));
    }
    let limits = Limits { rows, ..Limits::default() };
    let scope = caller.scope();
    let table = shared
        .blocking(move |shared| {
            shared.ask(&scope, Span::default(), |reader| Ok(reader.query(&question.sql, &limits)?))
        })
        .await?;
    shared.note_access(&caller, "records.query", &["sql"], table.rows.len()).await;
    Ok(Json(table))
}
