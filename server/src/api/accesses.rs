//! `GET /api/v1/access`: who read what, when, with which filters. Without the right `audit`, what one
//! read oneself.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use model::TenantId;
use serde_json::{Value, json};
use store::Scope;
use vault::Space;

use super::caller::{ADMIN, Caller};
use super::items::{Item, is, objects};
use super::parameters::Parameters;
use super::reading::Shared;
use crate::people::Right;
use crate::refusal::Refusal;

/// Entries of a page, where it is not said.
const PAGE: usize = 100;
/// Entries of the largest page.
const MOST: usize = 1_000;

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let limit = parameters.limit(PAGE, MOST)?;
    let span = parameters.span()?;
    let (who, action) = (parameters.text("who"), parameters.text("action"));
    let before = parameters.number("cursor")?;
    let names = parameters.finish()?;
    let (own, asking) = (!caller.rights.has(Right::Audit), caller.clone());
    let who = if own { Some(caller.name.to_string()) } else { who };
    let items = shared
        .blocking(move |shared| {
            let known = names_of(shared)?;
            let mut conditions = vec!["1".to_owned()];
            if let Some(who) = who {
                let pseudonym = shared.pseudonym(&TenantId::default(), who)?;
                conditions.push(is("user_id", &pseudonym));
            }
            conditions.extend(action.map(|action| is("action", &action)));
            conditions.extend(before.map(|before| format!("\"index\" < {before}")));
            let since = span.since.map(|since| format!("time_unix_nano >= {}", since.nanos()));
            let until = span.until.map(|until| format!("time_unix_nano <= {}", until.nanos()));
            conditions.extend(since.into_iter().chain(until));
            let sql = format!(
                "SELECT \"index\", time, tenant, user_id, action, target, outcome, reason,
                     client_address, attributes
                 FROM access WHERE {} ORDER BY \"index\" DESC LIMIT {limit}",
                conditions.join(" AND ")
            );
            // What Plainsight notes itself is of no tenant; one's own is one's own.
            let scope = if own { Scope::default() } else { asking.scope() };
            let rows = shared.ask(&scope, span, |reader| objects(reader, &sql))?;
            Ok(rows.into_iter().map(|row| entry(row, &known)).collect::<Vec<Item>>())
        })
        .await?;
    let next = items.last().filter(|_| items.len() == limit).and_then(|item| item.get("index"));
    let next = next.map(ToString::to_string);
    shared.note_access(&caller, "access.list", &names, items.len()).await;
    Ok(Json(json!({"items": items, "next": next})))
}

/// Who is behind a pseudonym, of those who may read here.
pub(super) fn names_of(shared: &Shared) -> Result<HashMap<String, String>, Refusal> {
    let tenant = TenantId::default();
    let accounts = shared.people.accounts().into_iter().map(|account| account.name);
    let names = accounts.chain([ADMIN.to_owned(), "nobody".to_owned(), "ingest".to_owned()]);
    let mut known = HashMap::new();
    for name in names {
        let pseudonym = shared.vault.known_pseudonym(&tenant, Space::User, &name);
        known.extend(pseudonym.map_err(Refusal::internal)?.map(|pseudonym| (pseudonym, name)));
    }
    Ok(known)
}

fn entry(mut row: Item, known: &HashMap<String, String>) -> Item {
    let user = row.remove("user_id").unwrap_or_default();
    let name = user.as_str().and_then(|user| known.get(user)).map(|name| json!(name));
    let attributes = row.remove("attributes").unwrap_or_default();
    let attributes: Value = attributes
        .as_str()
        .map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_default());
    row.insert("who".to_owned(), name.unwrap_or(user));
    row.insert("filters".to_owned(), attributes.get("filters").cloned().unwrap_or(json!([])));
    row.insert("rows".to_owned(), attributes.get("rows").cloned().unwrap_or_default());
    row
}
