//! `GET /api/v1/alerts`, `GET /api/v1/alerts/{alert}`: what was raised, why, and what people said of
//! it; `POST …/verdict`: whether it was right; `POST /api/v1/suppressions`: which to pass over.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use model::{TenantId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};
use store::{Reader, Scope, Span};

use super::accesses::names_of;
use super::caller::Caller;
use super::items::{Item, is, objects};
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::time::Iso;
use super::whole::Whole;
use crate::judgement::{self, JudgementError, Speaker, Suppression, Verdict};
use crate::refusal::Refusal;

/// Alerts of a page, where it is not said.
const PAGE: usize = 50;
/// Alerts of the largest page.
const MOST: usize = 500;
/// Similar alerts.
const SIMILAR: usize = 20;

/// Where it was recorded.
#[derive(Serialize, JsonSchema)]
pub(super) struct Told {
    index: u64,
}

/// A page of alerts, newest first.
#[derive(Serialize, JsonSchema)]
pub(super) struct Page {
    items: Vec<Item>,
    /// The `cursor` of the next page; null on the last.
    next: Option<String>,
}

/// An alert, and others of its rule or about the same user or session.
#[derive(Serialize, JsonSchema)]
pub(super) struct Shown {
    alert: Item,
    similar: Vec<Item>,
}

/// Verdicts are told of these alerts.
const JUDGED: &str = "SELECT coalesce(target, '') FROM events
    WHERE kind = 'feedback' AND action = 'alert.verdict'";

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Page>, Refusal> {
    let limit = parameters.limit(PAGE, MOST)?;
    let mut conditions = Vec::new();
    match parameters.text("state").as_deref() {
        Some("open") => conditions.push(format!("coalesce(id, '') NOT IN ({JUDGED})")),
        // They are not raised, so there is none to tell of.
        Some("suppressed") => conditions.push("0".to_owned()),
        Some("judged") => conditions.push(format!("id IN ({JUDGED})")),
        _ => {}
    }
    conditions.extend(parameters.text("severity").map(|severity| is("severity", &severity)));
    conditions.extend(parameters.text("rule").map(|rule| is("rule", &rule)));
    let user = parameters.text("user");
    let Span { since, until } = parameters.span()?;
    let time = |sign: &str, time: Timestamp| format!("time_unix_nano {sign} {}", time.nanos());
    conditions.extend(since.map(|since| time(">=", since)));
    conditions.extend(until.map(|until| time("<=", until)));
    let before = parameters.number("cursor")?;
    conditions.extend(before.map(|before| format!("\"index\" < {before}")));
    let names = parameters.finish()?;
    let (scope, tenant) = (caller.scope(), caller.tenant.clone().unwrap_or_default());
    let items = shared
        .blocking(move |shared| {
            if let Some(user) = user {
                conditions.push(is("user_id", &shared.pseudonym(&tenant, user)?));
            }
            conditions.push("1".to_owned());
            let known = names_of(shared)?;
            let condition = conditions.join(" AND ");
            let items =
                shared.ask(&scope, Span::default(), |reader| newest(reader, &condition, limit));
            Ok(named(items?, &known))
        })
        .await?;
    let next = items.last().filter(|_| items.len() == limit).and_then(|item| item.get("index"));
    let next = next.map(ToString::to_string);
    shared.note_access(&caller, "alerts.list", &names, items.len()).await;
    Ok(Json(Page { items, next }))
}

pub(super) async fn show(
    caller: Caller,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Json<Shown>, Refusal> {
    let names = parameters.finish()?;
    let scope = caller.scope();
    let shown = shared
        .blocking(move |shared| {
            let known = names_of(shared)?;
            let (alert, others) =
                shared.ask(&scope, Span::default(), |reader| similar(reader, &id))?;
            let alert = named(vec![alert], &known).pop().ok_or(Refusal::NotFound)?;
            Ok(Shown { alert, similar: named(others, &known) })
        })
        .await?;
    shared.note_access(&caller, "alerts.show", &names, 1).await;
    Ok(Json(shown))
}

/// The newest telling of each alert that fits `condition`, newest first.
pub(super) fn newest(reader: &Reader, condition: &str, limit: usize) -> Result<Vec<Item>, Refusal> {
    let sql = format!(
        "SELECT \"index\", time, tenant, id, name, severity, reason, score, count, user_id,
             session_id, attributes
         FROM alerts
         WHERE \"index\" IN (SELECT max(\"index\") FROM alerts GROUP BY coalesce(id, \"index\"))
             AND {condition}
         ORDER BY \"index\" DESC LIMIT {limit}"
    );
    let alerts: Vec<Item> = objects(reader, &sql)?.into_iter().map(alert).collect();
    with_verdicts(reader, alerts)
}

/// The alerts that have one of these records as evidence.
pub(super) fn about(reader: &Reader, records: &[i64]) -> Result<Vec<Item>, Refusal> {
    let list: Vec<String> = records.iter().map(i64::to_string).collect();
    let condition = format!(
        "EXISTS (SELECT 1 FROM json_each(evidence) e WHERE e.value IN ({}))",
        list.join(", ")
    );
    newest(reader, &condition, SIMILAR)
}

/// An alert, and others of its rule, its user or its session.
fn similar(reader: &Reader, id: &str) -> Result<(Item, Vec<Item>), Refusal> {
    let alert = newest(reader, &is("id", id), 1)?.pop().ok_or(Refusal::NotFound)?;
    let text = |name: &str| alert.get(name).and_then(Value::as_str);
    let rule = alert.get("rule").and_then(|rule| rule.get("id")).and_then(Value::as_str);
    let same = [("rule", rule), ("user_id", text("user_id")), ("session_id", text("session_id"))];
    let same = same.into_iter().filter_map(|(column, value)| Some(is(column, value?)));
    let same: Vec<String> = same.collect();
    if same.is_empty() {
        return Ok((alert, Vec::new()));
    }
    let condition = format!("({}) AND id <> {}", same.join(" OR "), super::rows::literal(id));
    let others = newest(reader, &condition, SIMILAR)?;
    Ok((alert, others))
}

/// A row as an alert: what its rule said stands in its attributes.
fn alert(mut row: Item) -> Item {
    let attributes = row.remove("attributes").unwrap_or_default();
    let attributes: Item =
        attributes.as_str().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    for name in ["rule", "action", "tags", "entities", "evidence"] {
        row.insert(name.to_owned(), attributes.get(name).cloned().unwrap_or_default());
    }
    for name in ["first_seen", "last_seen"] {
        let nanos = attributes.get(name).and_then(Value::as_i64);
        let time = nanos.map(|nanos| json!(Iso(Timestamp(nanos))));
        row.insert(name.to_owned(), time.or_else(|| row.get("time").cloned()).unwrap_or_default());
    }
    for name in ["tags", "evidence"] {
        if row.get(name).is_none_or(Value::is_null) {
            row.insert(name.to_owned(), json!([]));
        }
    }
    row
}

fn with_verdicts(reader: &Reader, mut alerts: Vec<Item>) -> Result<Vec<Item>, Refusal> {
    let ids = alerts.iter().filter_map(|alert| alert.get("id")?.as_str());
    let ids: Vec<String> = ids.map(super::rows::literal).collect();
    let mut verdicts: HashMap<String, Value> = HashMap::new();
    if !ids.is_empty() {
        let sql = format!(
            "SELECT target, json_extract(attributes, '$.verdict') AS verdict, reason, user_id AS by, time
             FROM events WHERE kind = 'feedback' AND action = 'alert.verdict' AND target IN ({})
             ORDER BY \"index\"",
            ids.join(", ")
        );
        for mut row in objects(reader, &sql)? {
            let target = row.remove("target").unwrap_or_default();
            verdicts.insert(target.as_str().unwrap_or_default().to_owned(), row.into());
        }
    }
    for alert in &mut alerts {
        let id = alert.get("id").and_then(Value::as_str).unwrap_or_default();
        let verdict = verdicts.get(id).cloned();
        let state = if verdict.is_some() { "judged" } else { "open" };
        alert.insert("state".to_owned(), json!(state));
        alert.insert("verdict".to_owned(), verdict.unwrap_or_default());
    }
    Ok(alerts)
}

/// With the names of those who judged, and not their pseudonyms.
fn named(mut alerts: Vec<Item>, known: &HashMap<String, String>) -> Vec<Item> {
    for verdict in alerts.iter_mut().filter_map(|alert| alert.get_mut("verdict")) {
        let by = verdict.get("by").and_then(Value::as_str).and_then(|by| known.get(by)).cloned();
        if let (Some(by), Some(verdict)) = (by, verdict.as_object_mut()) {
            verdict.insert("by".to_owned(), json!(by));
        }
    }
    alerts
}

pub(super) async fn verdict(
    caller: Caller,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    parameters: Parameters,
    Whole(bytes): Whole,
) -> Result<Json<Told>, Refusal> {
    parameters.finish()?;
    let verdict: Verdict = body(&bytes)?;
    let (scope, asked) = (caller.scope(), id.clone());
    let tenant = shared.blocking(move |shared| tenant_of(shared, &scope, &asked)).await?;
    let tenant = match (tenant, &caller.tenant) {
        (Some(tenant), _) => tenant,
        (None, Some(_)) => return Err(Refusal::NotFound),
        // It may have been raised just now, and not be in the operational copy yet.
        (None, None) => TenantId::default(),
    };
    let speaker = Speaker { name: caller.name.to_string(), tenant };
    let (recorder, clock) = (&*shared.recorder, &*shared.clock);
    let index = judgement::judge(recorder, &speaker, &id, &verdict, clock).await;
    Ok(Json(Told { index: index.map_err(refusal)? }))
}

fn tenant_of(shared: &Shared, scope: &Scope, id: &str) -> Result<Option<TenantId>, Refusal> {
    let sql = format!("SELECT tenant FROM alerts WHERE {} LIMIT 1", is("id", id));
    let rows = shared.ask(scope, Span::default(), |reader| objects(reader, &sql))?;
    let tenant = rows.first().and_then(|row| row.get("tenant")?.as_str().map(str::to_owned));
    Ok(tenant.map(TenantId))
}

pub(super) async fn suppress(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
    Whole(bytes): Whole,
) -> Result<Json<Told>, Refusal> {
    parameters.finish()?;
    let suppression: Suppression = body(&bytes)?;
    let tenant = caller.tenant.clone().unwrap_or_default();
    let speaker = Speaker { name: caller.name.to_string(), tenant };
    let (recorder, clock) = (&*shared.recorder, &*shared.clock);
    let index = judgement::suppress(recorder, &speaker, &suppression, clock).await;
    Ok(Json(Told { index: index.map_err(refusal)? }))
}

fn refusal(error: JudgementError) -> Refusal {
    match error {
        JudgementError::Field(name, what) => Refusal::parameter(name, what),
        JudgementError::Record(error) => error.into(),
    }
}
