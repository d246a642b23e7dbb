//! `GET /api/v1/live`: what comes, as server-sent events: `record`, `alert`, and every two seconds
//! `overview`. A stream that breaks goes on after `Last-Event-ID`.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use http::HeaderMap;
use serde_json::{Value, json};
use store::{Reader, Scope, Span};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::alerts;
use super::caller::Caller;
use super::items::{self, Item, index_of};
use super::overview;
use super::parameters::Parameters;
use super::reading::Shared;
use super::tail::last_event_id;
use crate::refusal::Refusal;

/// How often the operational copy is looked at.
const PAUSE: Duration = Duration::from_millis(200);
/// How often the overview is told.
const OVERVIEW: Duration = Duration::from_secs(2);
/// Rows of one look. Where more came, the newest are given: nobody reads hundreds a second.
const ROWS: usize = 200;

type Events = Vec<Result<Event, Infallible>>;

pub(super) async fn live(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    parameters.finish()?;
    let permit = std::sync::Arc::clone(&shared.tails).try_acquire_owned();
    let permit = permit.map_err(|_| Refusal::Crowded)?;
    let new = shared.cursor.load(Ordering::Acquire);
    let next = last_event_id(&headers).map_or(new, |last| last.saturating_add(1));
    shared.note_access(&caller, "records.live", &[], 0).await;
    let scope = caller.scope();
    let follower = Follower { shared, scope, next, told: None, caller, _permit: permit };
    let events = stream::unfold(follower, Follower::next).flat_map(stream::iter);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Follower {
    shared: Shared,
    scope: Scope,
    /// The index after that of the last row that was given.
    next: u64,
    /// When the overview was told last.
    told: Option<Instant>,
    caller: Caller,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    async fn next(mut self) -> Option<(Events, Self)> {
        loop {
            if self.shared.closing.is_cancelled() || !self.is_still_admitted() {
                return None;
            }
            let mut events = self.look().await.ok()?;
            if self.told.is_none_or(|told| told.elapsed() >= OVERVIEW) {
                events.push(Ok(self.overview().await.ok()?));
                self.told = Some(Instant::now());
            }
            if !events.is_empty() {
                return Some((events, self));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A stream outlives the request that began it: whoever was signed out or changed meanwhile has
    /// to ask again.
    fn is_still_admitted(&self) -> bool {
        self.caller.is_current(&self.shared.people)
    }

    async fn look(&mut self) -> Result<Events, Refusal> {
        let end = self.shared.cursor.load(Ordering::Acquire);
        if self.next >= end {
            return Ok(Vec::new());
        }
        let (from, scope) = (self.next, self.scope.clone());
        let told = self.shared.blocking(move |shared| {
            shared.ask(&scope, Span::default(), |reader| read(reader, from))
        });
        let rows = told.await?;
        self.next = rows.iter().map(|(index, ..)| index + 1).max().unwrap_or(end).max(end);
        let event = |(index, name, value): (u64, &str, Value)| {
            Ok(Event::default().event(name).id(index.to_string()).data(value.to_string()))
        };
        Ok(rows.into_iter().map(event).collect())
    }

    async fn overview(&self) -> Result<Event, Refusal> {
        let scope = self.scope.clone();
        let (minute, alerts, integrity) = self
            .shared
            .blocking(move |shared| {
                let integrity = overview::integrity(shared)?;
                shared.ask(&scope, Span::default(), |reader| {
                    let minute = overview::per_minute(reader, shared.clock.now())?;
                    Ok((minute, overview::open_alerts(reader)?, integrity))
                })
            })
            .await?;
        let lag = overview::lag(&self.shared);
        let told = json!({"per_minute": minute, "open_alerts": alerts, "lag": lag, "integrity": integrity});
        Ok(Event::default().event("overview").data(told.to_string()))
    }
}

/// The newest rows from the index `from` on, oldest first, with the names of their events.
fn read(reader: &Reader, from: u64) -> Result<Vec<(u64, &'static str, Value)>, Refusal> {
    let table = reader.records_before(u64::MAX, ROWS)?;
    let is_new = |item: &Item| u64::try_from(index_of(item)).is_ok_and(|index| index >= from);
    let mut rows: Vec<Item> = items::items(reader, table)?;
    rows.retain(is_new);
    rows.reverse();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let index = u64::try_from(index_of(&row)).unwrap_or(0);
        if row.get("kind") == Some(&json!("alert")) {
            let condition = format!("\"index\" = {index}");
            let alert = alerts::newest(reader, &condition, 1)?.pop();
            told.extend(alert.map(|alert| (index, "alert", Value::from(alert))));
        }
        told.push((index, "record", row.into()));
    }
    Ok(told)
}
