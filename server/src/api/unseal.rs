//! `GET /api/v1/records/{index}/unseal`: which originals of a record are sealed; and `POST`, which
//! opens one.
//!
//! A refusal for want of the right token is recorded too, once a second at the most, so that whoever
//! tries cannot fill the log.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use model::{EventOutcome, Finding};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::runtime::Handle;

use super::caller::{By, Caller};
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::records::{self, parse_index};
use super::whole::Whole;
use crate::refusal::Refusal;
use crate::unseal::{self, UnsealError, Unsealed, Unsealing};
use crate::wording::SAYS_SOMETHING;

/// Nanoseconds between two records of refusals.
const APART: i64 = 1_000_000_000;

/// What is to be read, and why.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used: it is `unseal::Request`")]
#[schemars(deny_unknown_fields)]
pub(super) struct Wanted {
    /// The position of the finding in the record's list.
    #[schemars(range(max = 4_294_967_295_u64))]
    finding: u32,
    /// Why it must be read. It is recorded.
    #[schemars(length(min = 1, max = 1000), regex(pattern = SAYS_SOMETHING))]
    reason: String,
}

/// A finding whose original is sealed.
#[derive(Serialize)]
struct Openable {
    finding: u32,
    #[serde(flatten)]
    found: Finding,
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    Path(index): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    parameters.finish()?;
    let index = parse_index(&index)?;
    let asking = caller.clone();
    let logged = shared.blocking(move |shared| records::read_for(shared, &asking, index)).await?;
    let findings = logged.record.findings;
    let sealed = logged.record.sealed.iter().filter_map(|original| {
        let found = findings.get(usize::try_from(original.finding).ok()?)?.clone();
        Some(Openable { finding: original.finding, found })
    });
    let sealed: Vec<Openable> = sealed.collect();
    shared.note_access(&caller, "originals.list", &["index"], sealed.len()).await;
    Ok(Json(json!({"index": index, "sealed": sealed})))
}

pub(super) async fn open(
    caller: Caller,
    State(shared): State<Shared>,
    Path(index): Path<String>,
    parameters: Parameters,
    Whole(bytes): Whole,
) -> Result<Response, Refusal> {
    parameters.finish()?;
    let index = parse_index(&index)?;
    let request: unseal::Request = body(&bytes)?;
    let few = shared.people.config().unseal_alone;
    let is_person = !matches!(caller.by, By::Admin);
    if is_person && !shared.people.approvals().take(&caller.name, few, shared.clock.now()) {
        return Err(Refusal::SecondPerson);
    }
    let unsealed = shared
        .blocking(move |shared| {
            if caller.tenant.is_some() {
                records::read_for(shared, &caller, index)?;
            }
            let (vault, clock) = (&shared.vault, &*shared.clock);
            let (archive, recorder) = (shared.archive()?, &*shared.recorder);
            let unsealing = Unsealing { archive, vault, recorder, clock };
            // The log is read on this thread; that it is recorded is waited for.
            let unsealed = unsealing.unseal(&caller.name, index, &request);
            Handle::current().block_on(unsealed).map_err(refusal)
        })
        .await?;
    let Unsealed { finding, value, access } = unsealed;
    let answer = json!({
        "index": index,
        "type": finding.kind,
        "subtype": finding.subtype,
        "place": finding.place,
        "value": value.expose(),
        "access": access,
    });
    Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn refusal(error: UnsealError) -> Refusal {
    match error {
        UnsealError::Reason => Refusal::parameter(
            "reason",
            format!("has no word, or more than {} characters", unseal::LONGEST_REASON),
        ),
        UnsealError::NoRecord => Refusal::NotFound,
        UnsealError::NoOriginal => Refusal::NoOriginal,
        UnsealError::Erased => Refusal::Erased,
        UnsealError::NotRecorded(error) => Refusal::NotRecorded(error),
        error @ (UnsealError::Archive(_) | UnsealError::Open(_)) => Refusal::internal(error),
    }
}

/// When a refusal was recorded last, and how many were not since.
#[derive(Debug, Default)]
pub(super) struct Refused {
    recorded: AtomicI64,
    omitted: AtomicU64,
}

impl Refused {
    /// How many went before without a record of their own; `None` when this one does, too.
    fn turn(&self, now: i64) -> Option<u64> {
        let next = |last: i64| (now.saturating_sub(last) >= APART || now < last).then_some(now);
        let turn = self.recorded.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        if turn.is_err() {
            self.omitted.fetch_add(1, Ordering::AcqRel);
            return None;
        }
        Some(self.omitted.swap(0, Ordering::AcqRel))
    }
}

/// Records that somebody asked who may not.
pub(super) async fn watch(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let caller = Caller::of(&request, &shared.tokens, &shared.people, shared.is_secure);
    let index = request.uri().path().split('/').nth(4).and_then(|index| index.parse().ok());
    let response = next.run(request).await;
    let now = shared.clock.now();
    if !matches!(response.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
        return response;
    }
    let Some(omitted) = shared.refused.turn(now.nanos()) else { return response };
    let mut attempt = unseal::attempt(&caller.name, index, None, EventOutcome::Denied, now);
    attempt.expose_mut().attributes.insert("omitted".to_owned(), json!(omitted));
    if let Err(error) = shared.recorder.record(vec![attempt]).await {
        tracing::warn!(%error, "could not record a refused unsealing");
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_recorded_once_a_second_and_counted() {
        let refused = Refused::default();
        assert_eq!(refused.turn(5 * APART), Some(0));
        assert_eq!(refused.turn(5 * APART + 1), None);
        assert_eq!(refused.turn(6 * APART - 1), None);
        assert_eq!(refused.turn(6 * APART), Some(2));
        assert_eq!(refused.turn(APART), Some(0), "a clock that jumps back silences nothing");
    }
}
