//! `GET /api/v1/users` and `GET /api/v1/agents`: who or what acts, how much, and when.

use axum::Json;
use axum::extract::{Path, State};
use model::Timestamp;
use serde_json::{Value, json};
use store::{Acting, Question, Reader};

use super::alerts;
use super::caller::Caller;
use super::cost;
use super::filters::Window;
use super::items::{Item, is, objects};
use super::overview::OWN_KINDS;
use super::parameters::Parameters;
use super::reading::Shared;
use super::time::Iso;
use crate::refusal::Refusal;

/// Users of a page, where it is not said.
const PAGE: usize = 50;
/// Users of the largest page.
const MOST: usize = 500;
/// Sessions, networks and alerts of one.
const FEW: usize = 50;

/// Whether it is a person or an agent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Actor {
    User,
    Agent,
}

impl Actor {
    const fn column(self) -> &'static str {
        match self {
            Self::User => "user_id",
            Self::Agent => "agent",
        }
    }
}

pub(super) async fn users(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let limit = parameters.limit(PAGE, MOST)?;
    let skipped = parameters.number("cursor")?.unwrap_or(0).min(1_000_000);
    let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
    let wanted = parameters.text("name");
    let names = parameters.finish()?;
    let scope = caller.scope();
    let mut items = shared
        .blocking(move |shared| {
            let tenant = scope.tenant.clone();
            let of = tenant.clone().unwrap_or_default();
            let wanted = wanted.map(|name| shared.pseudonym(&of, name)).transpose()?;
            let question = Question {
                tenant: tenant.map(|tenant| tenant.0),
                user: wanted.into_iter().collect(),
                not_kind: OWN_KINDS.map(str::to_owned).into(),
                from: Some(window.from.nanos()),
                to: Some(window.to.nanos()),
                ..Question::default()
            };
            let acting = shared
                .columns(window.span(), |columns| columns.users(&question, skipped, limit + 1))?;
            let mut items: Vec<Item> = acting.into_iter().map(told).collect();
            shared.ask(&scope, store::Span::default(), |reader| add_alerts(reader, &mut items))?;
            Ok(items)
        })
        .await?;
    let is_full = items.len() > limit;
    items.truncate(limit);
    let next = is_full.then(|| (skipped + limit).to_string());
    shared.note_access(&caller, "users.list", &names, items.len()).await;
    Ok(Json(json!({"from": Iso(window.from), "to": Iso(window.to), "items": items, "next": next})))
}

/// What a user did, as an item of the list.
fn told(acting: Acting) -> Item {
    let Acting { user, count, calls, errors, refusals, findings, attacks, .. } = acting;
    let seen = |nanos: i64| json!(Iso(Timestamp(nanos)));
    let told = [
        ("user_id", json!(user)),
        ("count", json!(count)),
        ("calls", json!(calls)),
        ("errors", json!(errors)),
        ("refusals", json!(refusals)),
        ("findings", json!(findings)),
        ("attacks", json!(attacks)),
        ("input_tokens", json!(acting.input_tokens)),
        ("output_tokens", json!(acting.output_tokens)),
        ("first_seen", seen(acting.first)),
        ("last_seen", seen(acting.last)),
    ];
    told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// How many alerts there were about each user.
fn add_alerts(reader: &Reader, users: &mut [Item]) -> Result<(), Refusal> {
    let sql = "SELECT user_id, count(DISTINCT id) AS alerts FROM alerts WHERE user_id IS NOT NULL
        GROUP BY 1";
    let counts = objects(reader, sql)?;
    for user in users {
        let count = counts.iter().find(|row| row.get("user_id") == user.get("user_id"));
        let count = count.and_then(|row| row.get("alerts")).cloned();
        user.insert("alerts".to_owned(), count.unwrap_or(json!(0)));
    }
    Ok(())
}

pub(super) async fn agents(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let names = parameters.finish()?;
    let scope = caller.scope();
    let items = shared
        .blocking(move |shared| {
            let from = Iso(window.from).to_string();
            let sql = format!(
                "SELECT value AS agent, sum(count) AS count, min(first_seen) AS first_seen,
                     max(last_seen) AS last_seen
                 FROM entities WHERE type = 'agent' AND last_seen >= '{from}'
                 GROUP BY value ORDER BY count DESC LIMIT {MOST}"
            );
            shared.ask(&scope, window.span(), |reader| objects(reader, &sql))
        })
        .await?;
    shared.note_access(&caller, "agents.list", &names, items.len()).await;
    let next = Value::Null;
    Ok(Json(json!({"from": Iso(window.from), "to": Iso(window.to), "items": items, "next": next})))
}

pub(super) async fn user(
    caller: Caller,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    one(caller, shared, Actor::User, name, parameters).await
}

pub(super) async fn agent(
    caller: Caller,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    one(caller, shared, Actor::Agent, name, parameters).await
}

async fn one(
    caller: Caller,
    shared: Shared,
    actor: Actor,
    name: String,
    mut parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let names = parameters.finish()?;
    let asking = caller.clone();
    let told = shared.blocking(move |shared| tell(shared, &asking, actor, name, window)).await?;
    let action = if actor == Actor::User { "users.show" } else { "agents.show" };
    shared.note_access(&caller, action, &names, 1).await;
    Ok(Json(told))
}

fn tell(
    shared: &Shared,
    caller: &Caller,
    actor: Actor,
    name: String,
    window: Window,
) -> Result<Value, Refusal> {
    let tenant = caller.tenant.clone();
    let name = match actor {
        Actor::User => shared.pseudonym(&tenant.clone().unwrap_or_default(), name)?,
        Actor::Agent => name,
    };
    let mut question = Question {
        tenant: tenant.map(|tenant| tenant.0),
        from: Some(window.from.nanos()),
        to: Some(window.to.nanos()),
        ..Question::default()
    };
    match actor {
        Actor::User => question.user = vec![name.clone()],
        Actor::Agent => question.agent = vec![name.clone()],
    }
    let (facets, count, hours, ids) = shared.columns(window.span(), |columns| {
        let (facets, count) = columns.facets(&question);
        let newest = columns.page(&question, None, false, NEWEST);
        (facets, count, columns.hours(&question), newest.ids)
    })?;
    if count == 0 {
        return Err(Refusal::NotFound);
    }
    let scope = caller.scope();
    let mut told = shared.ask(&scope, window.span(), |reader| sums(shared, reader, &ids))?;
    let condition = is(actor.column(), &name);
    let calls = facets.kind.iter().find(|kind| kind.value == "interaction");
    let calls = calls.map_or(0, |kind| kind.count);
    let alerts = shared.ask(&scope, store::Span::default(), |reader| match actor {
        Actor::User => alerts::newest(reader, &condition, FEW),
        Actor::Agent => Ok(Vec::new()),
    })?;
    told.extend([
        (actor.column().to_owned(), json!(name)),
        ("count".to_owned(), json!(count)),
        ("calls".to_owned(), json!(calls)),
        ("hours".to_owned(), json!(hours)),
        ("tools".to_owned(), json!(facets.tool)),
        ("models".to_owned(), json!(facets.model)),
        ("agents".to_owned(), json!(facets.agent)),
        ("users".to_owned(), json!(facets.user)),
        ("services".to_owned(), json!(facets.service)),
        ("kinds".to_owned(), json!(facets.kind)),
        ("findings".to_owned(), json!(facets.finding)),
        ("status".to_owned(), json!(facets.status)),
        ("alerts".to_owned(), json!(alerts)),
        ("from".to_owned(), json!(Iso(window.from))),
        ("to".to_owned(), json!(Iso(window.to))),
    ]);
    Ok(told.into())
}

/// Records that sums, networks and sessions are told of: the newest.
const NEWEST: usize = 20_000;

/// What the records at these indexes sum up to.
fn sums(shared: &Shared, reader: &Reader, ids: &[i64]) -> Result<Item, Refusal> {
    let list: Vec<String> = ids.iter().map(i64::to_string).collect();
    let records = format!("records WHERE \"index\" IN ({}) AND door IS NOT NULL", list.join(", "));
    let mut sums = objects(
        reader,
        &format!(
            "SELECT sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
                 sum(status = 'error') AS errors, sum(refused) AS refusals,
                 min(time) AS first_seen, max(time) AS last_seen FROM {records}"
        ),
    )?;
    let by_model = objects(
        reader,
        &format!(
            "SELECT model, sum(input_tokens) AS input, sum(output_tokens) AS output
             FROM {records} GROUP BY model"
        ),
    )?;
    let networks = objects(
        reader,
        &format!(
            "SELECT client_address AS value, count(*) AS count FROM {records}
                 AND client_address IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT {FEW}"
        ),
    )?;
    let sessions = objects(
        reader,
        &format!(
            "SELECT session_id, min(time) AS first, max(time) AS last, count(*) AS count
             FROM {records} AND session_id IS NOT NULL GROUP BY 1 ORDER BY 3 DESC LIMIT {FEW}"
        ),
    )?;
    let mut sums = sums.pop().unwrap_or_default();
    let cost = cost::of_rows(&shared.config.prices, by_model.iter());
    sums.insert("cost".to_owned(), json!(cost));
    sums.insert("networks".to_owned(), json!(networks));
    sums.insert("sessions".to_owned(), json!(sessions));
    sums.insert("told_of".to_owned(), json!(ids.len()));
    Ok(sums)
}
