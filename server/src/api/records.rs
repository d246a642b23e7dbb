//! `GET /api/v1/records`, a page at a time, and `GET /api/v1/records/{index}`, whole.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::{Logged, TenantId};
use serde::Serialize;
use store::{ArchiveError, Cell, Entry, Limits, Table};
use vault::Space;

use super::caller::Caller;
use super::facets;
use super::parameters::Parameters;
use super::reading::Shared;
use super::routes::FURTHER;
use super::rows::Filters;
use crate::people::Right;
use crate::refusal::Refusal;

/// Rows of a page, where it is not said.
const PAGE: usize = 100;
/// Rows of the largest page.
const MOST: usize = 1_000;

/// What only a page from the columns in memory has, beside the further filters.
const OF_COLUMNS: &[&str] = &["cursor", "order"];

/// A page of records, newest first.
#[derive(Serialize)]
struct Page {
    #[serde(flatten)]
    table: Table,
    /// The value of `before` for the next page; null on the last.
    next: Option<i64>,
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Response, Refusal> {
    if parameters.text("view").as_deref() == Some("items") {
        return Ok(facets::list(caller, shared, parameters).await?.into_response());
    }
    let has_several = ["kind", "user"].iter().any(|name| parameters.has_several(name));
    let further = FURTHER.iter().map(|parameter| parameter.name);
    if has_several || further.chain(OF_COLUMNS.iter().copied()).any(|name| parameters.has(name)) {
        let (table, next) = facets::table(caller, shared, parameters).await?;
        return Ok(Json(Page { table, next }).into_response());
    }
    let limit = parameters.limit(PAGE, MOST)?;
    let mut filters = Filters {
        kind: parameters.kind()?,
        user: parameters.several("user").pop(),
        session: parameters.text("session"),
        tenant: caller.narrow(parameters.text("tenant").map(TenantId)),
        span: parameters.span()?,
        before: parameters.number("before")?,
    };
    let names = parameters.finish()?;
    let scope = caller.scope();
    let page = shared
        .blocking(move |shared| {
            let tenant = filters.tenant.clone().unwrap_or_default();
            filters.user = filters.user.map(|user| shared.pseudonym(&tenant, user)).transpose()?;
            shared.ask(&scope, filters.span, |reader| {
                Ok(Page::of(reader.query(&filters.select(limit), &Limits::default())?, limit))
            })
        })
        .await?;
    shared.note_access(&caller, "records.list", &names, page.table.rows.len()).await;
    Ok(Json(page).into_response())
}

pub(super) async fn one(
    caller: Caller,
    State(shared): State<Shared>,
    Path(index): Path<String>,
    parameters: Parameters,
) -> Result<Json<Logged>, Refusal> {
    parameters.finish()?;
    let index = parse_index(&index)?;
    let asking = caller.clone();
    let logged = shared.blocking(move |shared| read_for(shared, &asking, index)).await?;
    shared.note_access(&caller, "records.show", &["index"], 1).await;
    Ok(Json(logged))
}

pub(super) fn parse_index(index: &str) -> Result<u64, Refusal> {
    index.parse().map_err(|_| Refusal::parameter("index", "is not a whole number"))
}

/// The record at `index`, as far as the caller sees it: another tenant's is as if there were none,
/// and what was said is only for those who may read it.
pub(super) fn read_for(shared: &Shared, caller: &Caller, index: u64) -> Result<Logged, Refusal> {
    let mut logged = read(shared, index)?;
    if !caller.sees(&logged.record.tenant) {
        return Err(Refusal::NotFound);
    }
    if !caller.rights.has(Right::Content) {
        hide(&mut logged.record);
    }
    Ok(logged)
}

/// Takes out what was said, and what senders may have put of it elsewhere.
fn hide(record: &mut model::Record) {
    record.content.clear();
    record.sealed.clear();
    record.status.message = None;
    if let Some(call) = &mut record.call {
        call.parameters.clear();
        call.tool_definitions.clear();
    }
    if record.source.door != model::Door::Plainsight {
        record.attributes.clear();
        if let Some(event) = &mut record.event {
            event.reason = None;
        }
    }
}

fn read(shared: &Shared, index: u64) -> Result<Logged, Refusal> {
    match shared.archive()?.read(index) {
        Ok(Entry::Readable(logged)) => Ok(*logged),
        Ok(Entry::Erased { .. }) => Err(Refusal::Erased),
        Err(ArchiveError::Ledger(ledger::ReadError::NoSuchRecord { .. })) => Err(Refusal::NotFound),
        Err(error) => Err(Refusal::internal(error)),
    }
}

impl Page {
    fn of(table: Table, limit: usize) -> Self {
        let full = table.rows.len() >= limit;
        let last = table.rows.last().filter(|_| full).and_then(|row| row.first());
        let next = match last {
            Some(Cell::Integer(index)) => Some(*index),
            _ => None,
        };
        Self { table, next }
    }
}

impl Shared {
    /// The pseudonym of a clear name; any other text is taken for a pseudonym. Blocks.
    pub(super) fn pseudonym(&self, tenant: &TenantId, user: String) -> Result<String, Refusal> {
        let known = self.vault.known_pseudonym(tenant, Space::User, &user);
        Ok(known.map_err(Refusal::internal)?.unwrap_or(user))
    }
}
