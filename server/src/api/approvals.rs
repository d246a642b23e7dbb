//! `/api/v1/approvals`: a second person's word for reading many sealed originals.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use model::{EventOutcome, Kind, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::caller::Caller;
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::records::parse_index;
use super::time::Iso;
use super::whole::Whole;
use crate::people::{Approval, ApprovalError};
use crate::recorder;
use crate::refusal::Refusal;
use crate::wording::{SAYS_SOMETHING, says_something};

/// What is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// How many originals.
    #[schemars(range(min = 1, max = 1000))]
    count: u32,
    /// Why they must be read. It is recorded.
    #[schemars(length(min = 1, max = 1000), regex(pattern = SAYS_SOMETHING))]
    reason: String,
}

/// A request.
#[derive(Serialize, JsonSchema)]
pub(super) struct Shown {
    approval: u64,
    by: String,
    reason: String,
    count: u32,
    /// How many of them are left to read.
    left: u32,
    asked: Iso,
    /// Who gave their word; null until somebody does.
    approved_by: Option<String>,
}

/// Several, newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Requests {
    items: Vec<Shown>,
    /// Always null: there is one page.
    next: Option<String>,
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Requests>, Refusal> {
    let names = parameters.finish()?;
    let tenant = caller.tenant.as_ref().map(TenantId::as_str);
    let all = shared.people.approvals().all(tenant, shared.clock.now());
    let items: Vec<Shown> = all.into_iter().map(shown).collect();
    shared.note_access(&caller, "approvals.list", &names, items.len()).await;
    Ok(Json(Requests { items, next: None }))
}

pub(super) async fn ask(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<(StatusCode, Json<Shown>), Refusal> {
    let Wanted { count, reason } = body(&bytes)?;
    if !says_something(&reason, crate::unseal::LONGEST_REASON) {
        return Err(Refusal::parameter("reason", "has no word, or more than 1,000 characters"));
    }
    let reason = reason.trim();
    if !(1..=1000).contains(&count) {
        return Err(Refusal::parameter("count", "is not between 1 and 1,000"));
    }
    let tenant = caller.tenant.as_ref().map(TenantId::as_str);
    let asked =
        shared.people.approvals().ask(&caller.name, tenant, reason, count, shared.clock.now());
    let asked = asked.map_err(refusal)?;
    keep(&shared, &caller, "unseal.ask", &asked).await?;
    Ok((StatusCode::CREATED, Json(shown(asked))))
}

pub(super) async fn approve(
    caller: Caller,
    State(shared): State<Shared>,
    Path(number): Path<String>,
    parameters: Parameters,
) -> Result<Json<Shown>, Refusal> {
    parameters.finish()?;
    let number = parse_index(&number)?;
    let tenant = caller.tenant.as_ref().map(TenantId::as_str);
    let now = shared.clock.now();
    let approved = shared.people.approvals().approve(number, &caller.name, tenant, now);
    let approved = approved.map_err(refusal)?;
    keep(&shared, &caller, "unseal.approve", &approved).await?;
    Ok(Json(shown(approved)))
}

/// Records it; what cannot be recorded does not count.
async fn keep(
    shared: &Shared,
    caller: &Caller,
    action: &str,
    approval: &Approval,
) -> Result<(), Refusal> {
    let (done, now) = (EventOutcome::Success, shared.clock.now());
    let about = Some(format!("approval {}", approval.number));
    let mut note = recorder::person(Kind::Authorization, action, &caller.name, about, done, now);
    let record = note.expose_mut();
    record.attributes = [("count".to_owned(), json!(approval.count))].into();
    if let Some(event) = &mut record.event {
        event.reason = Some(approval.reason.clone());
    }
    if let Err(error) = shared.recorder.record(vec![note]).await {
        shared.people.approvals().withdraw(approval.number);
        return Err(error.into());
    }
    Ok(())
}

fn shown(approval: Approval) -> Shown {
    Shown {
        approval: approval.number,
        by: approval.by,
        reason: approval.reason,
        count: approval.count,
        left: approval.left,
        asked: Iso(approval.asked),
        approved_by: approval.approved_by,
    }
}

fn refusal(error: ApprovalError) -> Refusal {
    match error {
        ApprovalError::Unknown => Refusal::NotFound,
        ApprovalError::Own => Refusal::Forbidden,
        ApprovalError::Answered | ApprovalError::TooMany => Refusal::KeyUsed,
    }
}
