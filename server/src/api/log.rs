//! `GET /api/v1/log`: the newest records whole, as they lie in the log, as JSON lines; and, with
//! `follow`, those that come.
//!
//! Does not fold parts: `tail` gives what a user would count.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use serde_json::json;
use store::Entry;
use tokio::sync::{OwnedSemaphorePermit, watch};

use super::caller::Caller;
use super::parameters::Parameters;
use super::reading::Shared;
use crate::refusal::Refusal;

/// Records to begin with, where it is not said.
const LAST: u64 = 10;
/// Bytes after which lines are given.
const CHUNK: usize = 256 << 10;
/// Records that are read at once.
const RECORDS: usize = 500;
/// How long the signed log is waited for when it is behind what is durable.
const PAUSE: Duration = Duration::from_millis(100);
/// How often a silent stream gives an empty line, so that a client that went away is noticed.
const ALIVE: Duration = Duration::from_secs(15);

pub(super) async fn log(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Response, Refusal> {
    let last = parameters.number("last")?.unwrap_or(LAST);
    let follow = parameters.flag("follow")?;
    let names = parameters.finish()?;
    let permit = std::sync::Arc::clone(&shared.tails).try_acquire_owned();
    let permit = permit.map_err(|_| Refusal::Crowded)?;
    let size = shared.progress.size();
    let end = *size.borrow();
    let next = end.saturating_sub(last);
    let rows = usize::try_from(end - next).unwrap_or(usize::MAX);
    shared.note_access(&caller, "records.tail", &names, rows).await;
    let end = (!follow).then_some(end);
    let follower = Follower { shared, next, end, size, _permit: permit };
    let lines = Body::from_stream(stream::unfold(follower, Follower::next));
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

struct Follower {
    shared: Shared,
    /// The index of the next record.
    next: u64,
    /// Where it ends, unless it follows.
    end: Option<u64>,
    size: watch::Receiver<u64>,
    _permit: OwnedSemaphorePermit,
}

impl Follower {
    /// Waits for lines, and gives them. Ends when the log cannot be read, or the server ends.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        loop {
            if self.end.is_some_and(|end| self.next >= end) || self.shared.closing.is_cancelled() {
                return None;
            }
            let size = *self.size.borrow_and_update();
            if self.next >= size {
                if self.wait().await? {
                    continue;
                }
                return Some((Ok(Bytes::from_static(b"\n")), self));
            }
            let lines = self.read().await.ok()?;
            if lines.is_empty() {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            return Some((Ok(lines), self));
        }
    }

    /// Waits for more records: `false` when none came for a while, `None` when none will.
    async fn wait(&mut self) -> Option<bool> {
        let closing = self.shared.closing.clone();
        tokio::select! {
            changed = self.size.changed() => changed.ok().map(|()| true),
            () = closing.cancelled() => None,
            () = tokio::time::sleep(ALIVE) => Some(false),
        }
    }

    async fn read(&mut self) -> Result<Bytes, Refusal> {
        let (from, end) = (self.next, self.end.unwrap_or(u64::MAX));
        let (next, lines) = self.shared.blocking(move |shared| read(shared, from, end)).await?;
        self.next = next;
        Ok(lines)
    }
}

/// Some lines from the index `from` on, and the index after them.
fn read(shared: &Shared, from: u64, end: u64) -> Result<(u64, Bytes), Refusal> {
    let mut lines = Vec::new();
    let mut next = from;
    for entry in shared.archive()?.iter(from).take(RECORDS) {
        if next >= end || lines.len() >= CHUNK {
            break;
        }
        let line = match entry.map_err(Refusal::internal)? {
            Entry::Readable(logged) => serde_json::to_vec(&logged).map_err(Refusal::internal)?,
            Entry::Erased { index } => json!({"index": index, "erased": true}).to_string().into(),
        };
        lines.extend_from_slice(&line);
        lines.push(b'\n');
        next += 1;
    }
    Ok((next, lines.into()))
}
