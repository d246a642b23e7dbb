//! `GET /api/v1/tail`: new rows of the operational copy as server-sent events, one a row, whose id
//! is the record's index.
//!
//! A stream that breaks goes on after `Last-Event-ID`, or after the parameter `after`.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use http::HeaderMap;
use serde_json::{Map, Value};
use store::{Cell, Scope, Span, Table};
use tokio::sync::OwnedSemaphorePermit;

use super::caller::Caller;
use super::parameters::Parameters;
use super::reading::Shared;
use crate::refusal::Refusal;

/// How often the operational copy is looked at; it moves every 50 ms at most.
const PAUSE: Duration = Duration::from_millis(100);
/// Rows of one look.
const ROWS: usize = 500;

pub(super) async fn tail(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let after = parameters.number("after")?;
    parameters.finish()?;
    let permit = std::sync::Arc::clone(&shared.tails).try_acquire_owned();
    let permit = permit.map_err(|_| Refusal::Crowded)?;
    let after = last_event_id(&headers).or(after);
    let new = shared.cursor.load(Ordering::Acquire);
    let next = after.map_or(new, |after| after.saturating_add(1));
    shared.note_access(&caller, "records.tail", &[], 0).await;
    let scope = caller.scope();
    let follower = Follower { shared, scope, next, seen: 0, _permit: permit };
    let events = stream::unfold(follower, Follower::next).flat_map(stream::iter);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

pub(super) fn last_event_id(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.parse().ok()
}

struct Follower {
    shared: Shared,
    /// What the caller sees.
    scope: Scope,
    /// The index after that of the last row that was given.
    next: u64,
    /// Where the operational copy was when it had no more.
    seen: u64,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    /// Waits for rows, and gives them. Ends when the store cannot be read or the recorder has
    /// stopped: the client comes again.
    async fn next(mut self) -> Option<(Vec<Result<Event, Infallible>>, Self)> {
        loop {
            if self.shared.closing.is_cancelled() {
                return None;
            }
            let cursor = self.shared.cursor.load(Ordering::Acquire);
            if cursor == self.seen {
                self.shared.progress.size().has_changed().ok()?;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            let table = self.look().await.ok()?;
            if table.rows.len() < ROWS {
                self.seen = cursor;
            }
            if !table.rows.is_empty() {
                return Some((self.give(&table), self));
            }
        }
    }

    async fn look(&self) -> Result<Table, Refusal> {
        let (from, scope) = (self.next, self.scope.clone());
        self.shared
            .blocking(move |shared| {
                shared.ask(&scope, Span::default(), |reader| Ok(reader.records_from(from, ROWS)?))
            })
            .await
    }

    fn give(&mut self, table: &Table) -> Vec<Result<Event, Infallible>> {
        let mut events = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let Some(Cell::Integer(index)) = row.first() else { continue };
            self.next = index.unsigned_abs() + 1;
            let event = Event::default().id(index.to_string());
            events.push(Ok(event.data(object(&table.columns, row).to_string())));
        }
        events
    }
}

/// A row as an object, without the columns that have no value.
fn object(columns: &[String], row: &[Cell]) -> Value {
    let cells = columns.iter().zip(row).filter(|(_, cell)| **cell != Cell::Null);
    let object: Map<String, Value> = cells
        .map(|(column, cell)| (column.clone(), serde_json::to_value(cell).unwrap_or_default()))
        .collect();
    object.into()
}
