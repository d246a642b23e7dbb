//! `GET /api/v1/models` and `GET /api/v1/tools`: how each does, this period against the last.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use store::Reader;

use super::caller::Caller;
use super::cost;
use super::evaluations::{Scores, Told};
use super::filters::Window;
use super::items::{Item, objects};
use super::overview::{MEASURES, TRAFFIC, measured};
use super::parameters::Parameters;
use super::reading::Shared;
use super::time::Iso;
use crate::refusal::Refusal;

/// Models or tools of an answer.
const MOST: usize = 200;

pub(super) async fn models(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    answer(caller, shared, parameters, "models.list", models_in).await
}

pub(super) async fn tools(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    answer(caller, shared, parameters, "tools.list", tools_in).await
}

type Listing = fn(&Shared, &Reader, Window) -> Result<Vec<Item>, Refusal>;

async fn answer(
    caller: Caller,
    shared: Shared,
    mut parameters: Parameters,
    action: &str,
    list: Listing,
) -> Result<Json<Value>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let names = parameters.finish()?;
    let scope = caller.scope();
    let (items, evaluations) = shared
        .blocking(move |shared| {
            let ask = |window: Window| {
                shared.ask(&scope, window.span(), |reader| list(shared, reader, window))
            };
            let before = window.before();
            let (mut items, mut previous) = (ask(window)?, ask(before)?);
            let scores = Scores::of(shared, &scope, window)?;
            let scores_before = Scores::of(shared, &scope, before)?;
            for item in &mut items {
                add_evaluations(item, &scores);
            }
            for item in &mut previous {
                add_evaluations(item, &scores_before);
            }
            for item in &mut items {
                let same = |name: &str, other: &Item| item.get(name) == other.get(name);
                let previous = previous.iter().find(|other| {
                    same("model", other) && same("tool", other) && same("service", other)
                });
                // What was not called then may have been evaluated all the same.
                let previous = previous.cloned().or_else(|| only_evaluations(item, &scores_before));
                item.insert("previous".to_owned(), json!(previous));
            }
            Ok((items, scores.overall(&scores_before)))
        })
        .await?;
    shared.note_access(&caller, action, &names, items.len()).await;
    Ok(Json(json!({
        "from": Iso(window.from),
        "to": Iso(window.to),
        "items": items,
        "evaluations": evaluations,
    })))
}

fn models_in(shared: &Shared, reader: &Reader, window: Window) -> Result<Vec<Item>, Refusal> {
    let condition = format!("{} AND {TRAFFIC} AND model <> ''", window.condition());
    let sql = format!(
        "SELECT model, service, {MEASURES},
             quantile(merge_sketches(output), 0.5) * 1e6 AS output_p50,
             quantile(merge_sketches(output), 0.95) * 1e6 AS output_p95,
             quantile(merge_sketches(output), 0.99) * 1e6 AS output_p99
         FROM rollup_quarter WHERE {condition} AND kind IN ('interaction', 'embedding')
         GROUP BY model, service ORDER BY records DESC LIMIT {MOST}"
    );
    let finishes = objects(
        reader,
        &format!(
            "SELECT model, service, finish_reason AS value, sum(count) AS count FROM rollup_finish
             WHERE {condition} GROUP BY 1, 2, 3 ORDER BY 4 DESC LIMIT 5000"
        ),
    )?;
    let told = objects(reader, &sql)?.into_iter().map(|row| {
        let mut item = measured(row);
        let output = ["p50", "p95", "p99"]
            .map(|share| item.remove(&format!("output_{share}")).unwrap_or_default());
        let [p50, p95, p99] = output;
        let output = json!({"p50": p50, "p95": p95, "p99": p99});
        item.insert("output_tokens_quantiles".to_owned(), output);
        let number = |name: &str| item.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let model = item.get("model").and_then(Value::as_str).unwrap_or_default();
        let (input, output) = (number("input_tokens"), number("output_tokens"));
        let cost = json!(cost::of(&shared.config.prices, model, input, output));
        let own = finishes.iter().filter(|finish| {
            finish.get("model") == item.get("model") && finish.get("service") == item.get("service")
        });
        let finish: Vec<Value> = own.map(counted).collect();
        item.insert("cost".to_owned(), cost);
        item.insert("finish".to_owned(), json!(finish));
        item
    });
    Ok(told.collect())
}

fn counted(row: &Item) -> Value {
    json!({"value": row.get("value"), "count": row.get("count")})
}

/// Tools: how often they were asked for or executed, how often they failed, how long they took.
fn tools_in(_: &Shared, reader: &Reader, window: Window) -> Result<Vec<Item>, Refusal> {
    let sql = format!(
        "SELECT tool, service, sum(count) AS calls,
             sum(iif(state = 'executed', count, 0)) AS executed, sum(errors) AS errors,
             quantile(merge_sketches(sketch), 0.5) AS latency_p50,
             quantile(merge_sketches(sketch), 0.95) AS latency_p95,
             quantile(merge_sketches(sketch), 0.99) AS latency_p99
         FROM rollup_tool WHERE {} AND tool <> ''
         GROUP BY tool, service ORDER BY calls DESC LIMIT {MOST}",
        window.condition()
    );
    let mut tools: Vec<Item> = objects(reader, &sql)?.into_iter().map(measured).collect();
    for tool in &mut tools {
        tool.remove("ttft_ms");
    }
    Ok(tools)
}

/// Adds what evaluators said of a model or tool.
fn add_evaluations(item: &mut Item, scores: &Scores) {
    let told = of_item(item, scores);
    item.insert("evaluations".to_owned(), json!(told));
}

fn only_evaluations(item: &Item, scores: &Scores) -> Option<Item> {
    let told = of_item(item, scores);
    (!told.is_empty()).then(|| Item::from_iter([("evaluations".to_owned(), json!(told))]))
}

fn of_item(item: &Item, scores: &Scores) -> Vec<Told> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    scores.by(text("model"), text("tool"), text("service"))
}
