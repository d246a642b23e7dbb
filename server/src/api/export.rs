//! `GET /api/v1/export`: records as JSON lines or CSV, oldest first, as a stream.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::Value;
use store::{Question, Scope, Span};
use tokio::sync::OwnedSemaphorePermit;

use super::caller::Caller;
use super::filters::{Filters, Resolved};
use super::items::{self, Item};
use super::parameters::Parameters;
use super::reading::Shared;
use crate::people::Right;
use crate::refusal::Refusal;

/// Records that are read at once.
const CHUNK: usize = 500;

/// The columns of CSV.
const COLUMNS: &[&str] = &[
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
    "name",
    "status",
    "error_type",
    "http_status",
    "input_tokens",
    "output_tokens",
    "duration_ms",
    "time_to_first_token_ms",
    "finish_reason",
    "trace_id",
    "span_id",
    "finding_count",
    "attack_score",
    "refused",
    "event_action",
    "event_outcome",
    "event_target",
];

pub(super) async fn export(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
) -> Result<Response, Refusal> {
    let is_csv = parameters.text("format").as_deref() == Some("csv");
    let has_content = parameters.flag("content")?;
    if has_content && !caller.rights.has(Right::Content) {
        return Err(Refusal::Forbidden);
    }
    let filters = Filters::of(&mut parameters, &caller)?;
    let names = parameters.finish()?;
    let permit = std::sync::Arc::clone(&shared.tails).try_acquire_owned();
    let permit = permit.map_err(|_| Refusal::Crowded)?;
    let (scope, span) = (filters.scope.clone(), filters.span);
    let (question, count) = shared
        .blocking(move |shared| {
            let Resolved { question, .. } = filters.resolve(shared)?;
            let page = shared.columns(span, |columns| columns.page(&question, None, true, 0))?;
            Ok((question, page.count))
        })
        .await?;
    let rows = usize::try_from(count).unwrap_or(usize::MAX);
    shared.note_access(&caller, "records.export", &names, rows).await;
    let export = Export {
        shared,
        question,
        scope,
        span,
        past: None,
        is_csv,
        has_content,
        is_begun: false,
        _permit: permit,
    };
    let body = Body::from_stream(stream::unfold(export, Export::next));
    let (media, name) = if is_csv {
        ("text/csv; charset=utf-8", "attachment; filename=\"records.csv\"")
    } else {
        ("application/x-ndjson", "attachment; filename=\"records.jsonl\"")
    };
    Ok(([(CONTENT_TYPE, media), (CONTENT_DISPOSITION, name)], body).into_response())
}

struct Export {
    shared: Shared,
    question: Question,
    scope: Scope,
    span: Span,
    /// The last index that was given.
    past: Option<i64>,
    is_csv: bool,
    has_content: bool,
    is_begun: bool,
    _permit: OwnedSemaphorePermit,
}

impl Export {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.shared.closing.is_cancelled() {
            return None;
        }
        let (question, scope, span) = (self.question.clone(), self.scope.clone(), self.span);
        let (past, has_content) = (self.past, self.has_content);
        let read = self.shared.blocking(move |shared| {
            let page =
                shared.columns(span, |columns| columns.page(&question, past, true, CHUNK))?;
            let items = shared.ask(&scope, span, |reader| {
                let mut items = items::items_at(reader, &page.ids)?;
                if has_content {
                    items::add_content(reader, &mut items)?;
                }
                Ok(items)
            })?;
            Ok((page.ids.last().copied(), items))
        });
        let (last, items) = read.await.ok()?;
        let head = (self.is_csv && !self.is_begun).then(|| COLUMNS.join(",") + "\r\n");
        if last.is_none() && head.is_none() {
            return None;
        }
        let mut text = head.unwrap_or_default();
        for item in &items {
            text.push_str(&self.line(item));
        }
        self.is_begun = true;
        self.past = last.or(Some(i64::MAX));
        Some((Ok(text.into()), self))
    }

    fn line(&self, item: &Item) -> String {
        if !self.is_csv {
            return serde_json::to_string(item).unwrap_or_default() + "\n";
        }
        let cells: Vec<String> = COLUMNS.iter().map(|name| cell(item.get(*name))).collect();
        cells.join(",") + "\r\n"
    }
}

/// A cell of CSV (RFC 4180). What a spreadsheet would take for a formula gets a quote before it.
fn cell(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(number @ Value::Number(_)) => return number.to_string(),
        Some(other) => other.to_string(),
    };
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cell_is_quoted_and_no_formula() {
        for (value, expected) in [
            (json!("plain"), "plain"),
            (json!("a,\"b\""), "\"a,\"\"b\"\"\""),
            (json!("=cmd()"), "'=cmd()"),
            (json!(-1), "-1"),
            (Value::Null, ""),
        ] {
            assert_eq!(cell(Some(&value)), expected);
        }
    }
}
