//! `GET /api/v1/overview`: what is happening, from roll-ups.

use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::State;
use model::Timestamp;
use serde_json::{Map, Value, json};
use store::Reader;

use super::accesses::names_of;
use super::caller::Caller;
use super::cost;
use super::filters::Window;
use super::items::{Item, objects};
use super::parameters::Parameters;
use super::reading::Shared;
use super::rows::literal;
use super::time::Iso;
use crate::refusal::Refusal;

const MINUTE: i64 = 60_000_000_000;
const QUARTER: i64 = 15 * MINUTE;
/// Up to this length minutes are shown.
const BY_MINUTE: i64 = 6 * 60 * MINUTE;
/// Points of a series, about.
const POINTS: i64 = 96;

/// What Plainsight itself does is not traffic.
pub(super) const OWN_KINDS: [&str; 4] = ["access", "system", "alert", "configuration"];
/// The same, for SQL.
pub(super) const TRAFFIC: &str = "kind NOT IN ('access', 'system', 'alert', 'configuration')";

/// Counts of a roll-up's rows, and quantiles of their sketches.
pub(super) const MEASURES: &str = "
    sum(count) AS records,
    sum(iif(kind = 'interaction', count, 0)) AS calls,
    sum(iif(kind = 'tool_call', count, 0)) AS tool_calls,
    sum(errors) AS errors, sum(refusals) AS refusals, sum(findings) AS findings,
    sum(attacks) AS attacks, sum(input_tokens) AS input_tokens,
    sum(output_tokens) AS output_tokens,
    quantile(merge_sketches(iif(kind = 'interaction', sketch, NULL)), 0.5) AS latency_p50,
    quantile(merge_sketches(iif(kind = 'interaction', sketch, NULL)), 0.95) AS latency_p95,
    quantile(merge_sketches(iif(kind = 'interaction', sketch, NULL)), 0.99) AS latency_p99,
    quantile(merge_sketches(first_chunk), 0.5) AS ttft_p50,
    quantile(merge_sketches(first_chunk), 0.95) AS ttft_p95,
    quantile(merge_sketches(first_chunk), 0.99) AS ttft_p99";

pub(super) async fn overview(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let window = Window::of(&mut parameters, &shared)?;
    let names = parameters.finish()?;
    let scope = caller.scope();
    let overview = shared
        .blocking(move |shared| {
            let mut overview =
                shared.ask(&scope, window.span(), |reader| traffic(shared, reader, window))?;
            let before = window.before();
            let previous =
                shared.ask(&scope, before.span(), |reader| sums(shared, reader, before))?;
            overview.insert("previous".to_owned(), json!(previous));
            let alerts = shared.ask(&scope, store::Span::default(), |reader| {
                let now = shared.clock.now();
                Ok((open_alerts(reader)?, per_minute(reader, now)?, silent(reader, now)?))
            })?;
            overview.insert("alerts".to_owned(), json!(alerts.0));
            overview.insert("per_minute".to_owned(), json!(alerts.1));
            overview.insert("silent".to_owned(), json!(alerts.2));
            overview.insert("integrity".to_owned(), integrity(shared)?);
            Ok(overview)
        })
        .await?;
    let mut overview = overview;
    overview.insert("lag".to_owned(), lag(&shared));
    let sinks = shared.sinks.iter().map(|status| json!(*status.borrow())).collect::<Vec<_>>();
    overview.insert("sinks".to_owned(), json!(sinks));
    shared.note_access(&caller, "overview.show", &names, 0).await;
    Ok(Json(overview.into()))
}

/// Series and totals of a window.
fn traffic(
    shared: &Shared,
    reader: &Reader,
    window: Window,
) -> Result<Map<String, Value>, Refusal> {
    let (table, unit) = if window.length() <= BY_MINUTE {
        ("rollup_minute", MINUTE)
    } else {
        ("rollup_quarter", QUARTER)
    };
    let bin = (window.length() / POINTS / unit + 1).saturating_mul(unit);
    let start = window.from.nanos() - window.from.nanos().rem_euclid(unit);
    let window = Window { from: Timestamp(start), ..window };
    let condition = format!("{} AND {TRAFFIC}", window.condition());
    let bins = objects(
        reader,
        &format!(
            "SELECT (time_unix_nano - {start}) / {bin} AS bin, {MEASURES} FROM {table}
             WHERE {condition} GROUP BY 1 ORDER BY 1"
        ),
    )?;
    let totals = objects(reader, &format!("SELECT {MEASURES} FROM {table} WHERE {condition}"))?;
    let by_model = objects(
        reader,
        &format!(
            "SELECT (time_unix_nano - {start}) / {bin} AS bin, model, sum(input_tokens) AS input,
                 sum(output_tokens) AS output FROM {table} WHERE {condition} GROUP BY 1, 2"
        ),
    )?;
    let found = objects(
        reader,
        &format!(
            "SELECT type AS value, sum(count) AS count FROM rollup_finding
             WHERE {} AND {TRAFFIC} GROUP BY 1 ORDER BY 2 DESC LIMIT 50",
            window.condition()
        ),
    )?;
    let prices = &shared.config.prices;
    let series = bins.into_iter().map(|row| {
        let number = row.get("bin").and_then(Value::as_i64).unwrap_or(0);
        let of_bin = by_model.iter().filter(|row| row.get("bin") == Some(&json!(number)));
        let mut point = measured(row);
        point.insert("cost".to_owned(), json!(cost::of_rows(prices, of_bin)));
        let time = start.saturating_add(bin.saturating_mul(number));
        point.insert("time".to_owned(), json!(Iso(Timestamp(time))));
        point
    });
    let series: Vec<Item> = series.collect();
    let mut totals = totals.into_iter().next().map(measured).unwrap_or_default();
    totals.insert("cost".to_owned(), json!(cost::of_rows(prices, by_model.iter())));
    totals.insert("users".to_owned(), json!(users(shared, reader, window)?));
    let mut overview = Map::new();
    overview.insert("from".to_owned(), json!(Iso(window.from)));
    overview.insert("to".to_owned(), json!(Iso(window.to)));
    overview.insert("bin_s".to_owned(), json!(bin as f64 / 1e9));
    overview.insert("series".to_owned(), json!(series));
    overview.insert("totals".to_owned(), json!(totals));
    overview.insert("findings".to_owned(), json!(found));
    Ok(overview)
}

/// A row of measures as it is told: nothing counted is 0, and quantiles stand together.
pub(super) fn measured(mut row: Item) -> Item {
    for name in ["latency", "ttft"] {
        let [p50, p95, p99] = ["p50", "p95", "p99"]
            .map(|share| row.remove(&format!("{name}_{share}")).unwrap_or_default());
        let quantiles =
            if p50.is_null() { Value::Null } else { json!({"p50": p50, "p95": p95, "p99": p99}) };
        row.insert(format!("{name}_ms"), quantiles);
    }
    row.remove("bin");
    for name in [
        "records",
        "calls",
        "tool_calls",
        "errors",
        "refusals",
        "findings",
        "attacks",
        "input_tokens",
        "output_tokens",
    ] {
        if row.get(name).is_some_and(Value::is_null) {
            row.insert(name.to_owned(), json!(0));
        }
    }
    row
}

/// Totals of a window, from quarters of an hour.
fn sums(shared: &Shared, reader: &Reader, window: Window) -> Result<Item, Refusal> {
    let condition = format!("{} AND {TRAFFIC}", window.condition());
    let sql = format!("SELECT {MEASURES} FROM rollup_quarter WHERE {condition}");
    let mut totals = objects(reader, &sql)?.into_iter().next().map(measured).unwrap_or_default();
    let by_model = objects(
        reader,
        &format!(
            "SELECT model, sum(input_tokens) AS input, sum(output_tokens) AS output
             FROM rollup_quarter WHERE {condition} GROUP BY 1"
        ),
    )?;
    let cost = cost::of_rows(&shared.config.prices, by_model.iter());
    totals.insert("cost".to_owned(), json!(cost));
    totals.insert("users".to_owned(), json!(users(shared, reader, window)?));
    Ok(totals)
}

/// Users that were seen within a window, without those who read here. Counted from the entities: a
/// roll-up by user has many times as many rows.
fn users(shared: &Shared, reader: &Reader, window: Window) -> Result<i64, Refusal> {
    let known = names_of(shared)?;
    let own: Vec<String> = known.into_keys().map(|pseudonym| literal(&pseudonym)).collect();
    let (from, to) = (Iso(window.from), Iso(window.to));
    let sql = format!(
        "SELECT count(DISTINCT value) AS users FROM entities WHERE type = 'user'
             AND last_seen >= '{from}' AND first_seen <= '{to}' AND value NOT IN ({})",
        own.join(", ")
    );
    Ok(number(&objects(reader, &sql)?, "users"))
}

fn number(rows: &[Item], name: &str) -> i64 {
    rows.first().and_then(|row| row.get(name)).and_then(Value::as_i64).unwrap_or(0)
}

/// Alerts that nobody judged, by severity.
pub(super) fn open_alerts(reader: &Reader) -> Result<Value, Refusal> {
    let rows = objects(
        reader,
        "SELECT coalesce(severity, 'informational') AS severity, count(*) AS count FROM alerts
         WHERE \"index\" IN (SELECT max(\"index\") FROM alerts GROUP BY coalesce(id, \"index\"))
             AND coalesce(id, '') NOT IN (SELECT coalesce(target, '') FROM events
                 WHERE kind = 'feedback' AND action = 'alert.verdict')
         GROUP BY 1",
    )?;
    let count = |severity: &str| {
        let row = rows.iter().find(|row| row.get("severity") == Some(&json!(severity)));
        row.and_then(|row| row.get("count")).cloned().unwrap_or(json!(0))
    };
    Ok(json!({
        "critical": count("critical"),
        "high": count("high"),
        "medium": count("medium"),
        "low": count("low"),
        "informational": count("informational"),
    }))
}

/// Records of the last whole minute.
pub(super) fn per_minute(reader: &Reader, now: Timestamp) -> Result<i64, Refusal> {
    let this = now.nanos() - now.nanos().rem_euclid(MINUTE);
    let sql = format!(
        "SELECT sum(count) AS count FROM rollup_minute WHERE time_unix_nano = {} AND {TRAFFIC}",
        this - MINUTE
    );
    Ok(number(&objects(reader, &sql)?, "count"))
}

/// Services that told something within the last day and have been silent for much longer than they
/// usually are.
fn silent(reader: &Reader, now: Timestamp) -> Result<Vec<Item>, Refusal> {
    let day_ago = now.nanos().saturating_sub(96 * QUARTER);
    let sql = format!(
        "SELECT service, iso_time(max(time_unix_nano)) AS last_seen, sum(count) AS count
         FROM rollup_quarter
         WHERE time_unix_nano >= {day_ago} AND service NOT IN ('', 'plainsight') AND {TRAFFIC}
         GROUP BY service
         HAVING {now} - max(time_unix_nano) > max({least},
             4 * (max(time_unix_nano) - min(time_unix_nano)) / max(count(DISTINCT time_unix_nano) - 1, 1))
         ORDER BY 2 DESC LIMIT 50",
        now = now.nanos(),
        least = 3 * QUARTER,
    );
    objects(reader, &sql)
}

/// The log at a glance: green when it was found whole, red when it was not, amber when nobody looked.
pub(super) fn integrity(shared: &Shared) -> Result<Value, Refusal> {
    let ledger = shared.archive()?.ledger();
    let size = ledger.size().map_err(Refusal::internal)?;
    let last = size.checked_sub(1).and_then(|last| ledger.read(last).ok());
    let last = last.map(|stored| Iso(Timestamp::from_nanos(stored.log_time)));
    let verified = shared.runs.last();
    let light = match &verified {
        Some(run) if run.is_clean() => "green",
        Some(run) if run.has_ended() => "red",
        _ => "amber",
    };
    let verified = verified.filter(super::runs::Run::has_ended);
    let verified = verified.map(|run| json!({"time": run.ended(), "ok": run.is_clean()}));
    Ok(json!({
        "size": size,
        "checkpoint_time": last,
        "outside_age_s": null,
        "verified": verified,
        "light": light,
    }))
}

/// How far readers are behind the log, in records.
pub(super) fn lag(shared: &Shared) -> Value {
    let gauges = shared.gauges();
    let detector = shared
        .detected
        .as_ref()
        .map(|cursor| gauges.ledger_size.saturating_sub(cursor.load(Ordering::Acquire)));
    json!({"reader": gauges.lag(), "detector": detector, "queue": gauges.waiting})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_kinds_are_the_same_for_sql() {
        let each = OWN_KINDS.map(|kind| format!("'{kind}'")).join(", ");
        assert_eq!(TRAFFIC, format!("kind NOT IN ({each})"));
    }
}
