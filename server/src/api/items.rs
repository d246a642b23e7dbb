//! Records as items of a list: what a table shows of each, as an object.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use store::{Cell, Limits, Of, Reader, Table};

use super::rows::literal;
use crate::refusal::Refusal;

/// The columns of an item.
const ITEM: &[&str] = &[
    "index",
    "time",
    "kind",
    "tenant",
    "user_id",
    "session_id",
    "agent",
    "model",
    "service",
    "door",
    "dialect",
    "name",
    "operation",
    "provider",
    "status",
    "error_type",
    "http_status",
    "outcome",
    "input_tokens",
    "output_tokens",
    "duration_ms",
    "time_to_first_token_ms",
    "finish_reason",
    "trace_id",
    "span_id",
    "parent_span_id",
    "finding_count",
    "attack_score",
    "refused",
    "parts",
    "client_address",
    "api_key",
    "inspection",
];

/// A row as an object.
pub(super) type Item = Map<String, Value>;

/// The rows of a SELECT of our own as objects. Blocks.
pub(super) fn objects(reader: &Reader, sql: &str) -> Result<Vec<Item>, Refusal> {
    let table = reader.query(sql, &Limits::default()).map_err(Refusal::internal)?;
    Ok(to_objects(table))
}

fn to_objects(Table { columns, rows }: Table) -> Vec<Item> {
    let object = |row: Vec<Cell>| {
        let cells = columns.iter().zip(row);
        cells.map(|(column, cell)| (column.clone(), serde_json::to_value(cell).unwrap_or_default()))
    };
    rows.into_iter().map(|row| object(row).collect()).collect()
}

/// The items of rows of `records`.
pub(super) fn items(reader: &Reader, table: Table) -> Result<Vec<Item>, Refusal> {
    let mut items = to_objects(table);
    for item in &mut items {
        item.retain(|column, _| ITEM.contains(&column.as_str()));
        let refused = item.get("refused").and_then(Value::as_i64).unwrap_or(0);
        item.insert("refused".to_owned(), json!(refused != 0));
    }
    add_events(reader, &mut items)?;
    Ok(items)
}

/// The items at these ledger indexes, in their order.
pub(super) fn items_at(reader: &Reader, indexes: &[i64]) -> Result<Vec<Item>, Refusal> {
    if indexes.is_empty() {
        return Ok(Vec::new());
    }
    let table = reader.records_of(&Of::Indexes(indexes), indexes.len())?;
    let order: HashMap<i64, usize> = indexes.iter().copied().zip(0..).collect();
    let mut items = items(reader, table)?;
    items.sort_by_key(|item| order.get(&index_of(item)).copied());
    Ok(items)
}

/// The ledger index of an item.
pub(super) fn index_of(item: &Item) -> i64 {
    item.get("index").and_then(Value::as_i64).unwrap_or(-1)
}

/// What events say beside what every record does.
fn add_events(reader: &Reader, items: &mut [Item]) -> Result<(), Refusal> {
    const SPOKEN: &[&str] =
        &["interaction", "tool_call", "retrieval", "embedding", "span", "metric"];
    let is_event = |item: &&Item| {
        let kind = item.get("kind").and_then(Value::as_str).unwrap_or_default();
        !SPOKEN.contains(&kind)
    };
    let events: Vec<i64> = items.iter().filter(is_event).map(index_of).collect();
    let said = by_index(
        reader,
        "SELECT \"index\", action AS event_action, outcome AS event_outcome,
        target AS event_target, reason AS event_reason FROM events",
        "\"index\"",
        &events,
    )?;
    for item in items {
        let event = said.get(&index_of(item)).and_then(|rows| rows.first());
        for name in ["event_action", "event_outcome", "event_target", "event_reason"] {
            let value = event.and_then(|event| event.get(name)).cloned();
            item.insert(name.to_owned(), value.unwrap_or_default());
        }
    }
    Ok(())
}

/// The rows of a SELECT whose `column` is one of `indexes`, by that column.
pub(super) fn by_index(
    reader: &Reader,
    select: &str,
    column: &str,
    indexes: &[i64],
) -> Result<HashMap<i64, Vec<Item>>, Refusal> {
    let mut rows: HashMap<i64, Vec<Item>> = HashMap::new();
    if indexes.is_empty() {
        return Ok(rows);
    }
    let list: Vec<String> = indexes.iter().map(i64::to_string).collect();
    let sql = format!("{select} WHERE {column} IN ({})", list.join(", "));
    let name = column.trim_matches('"');
    for row in objects(reader, &sql)? {
        let index = row.get(name).and_then(Value::as_i64).unwrap_or(-1);
        rows.entry(index).or_default().push(row);
    }
    Ok(rows)
}

/// Adds what was said in each item, and what was found in it.
pub(super) fn add_content(reader: &Reader, items: &mut [Item]) -> Result<(), Refusal> {
    let indexes: Vec<i64> = items.iter().map(index_of).collect();
    let mut messages = by_index(
        reader,
        "SELECT record_index, direction, position, role, origin,
        name, type, text, tool_call_id, tool_name, mime_type, size FROM messages",
        "record_index",
        &indexes,
    )?;
    let mut findings = by_index(
        reader,
        "SELECT \"index\", type, subtype, place, start, end,
        confidence, action FROM findings",
        "\"index\"",
        &indexes,
    )?;
    for item in items {
        for (name, rows) in [("messages", &mut messages), ("findings", &mut findings)] {
            let mut rows = rows.remove(&index_of(item)).unwrap_or_default();
            for row in &mut rows {
                row.retain(|name, _| name != "record_index" && name != "index");
            }
            item.insert(name.to_owned(), json!(rows));
        }
    }
    Ok(())
}

/// `column = 'text'`.
pub(super) fn is(column: &str, text: &str) -> String {
    format!("{column} = {}", literal(text))
}
