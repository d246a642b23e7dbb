//! Logs of Anthropic's API: `{request, response}`, lines of batch files, or bare bodies.
//!
//! It does not know gateways' own formats.

use serde_json::Value;

use super::exchange::{Exchange, body_of};
use super::line::{Imported, Line, LineError};
use super::lookup::Lookup;
use crate::provider::{Dialect, Endpoint};

/// Reads one record.
pub(super) fn read(line: &Line, value: Value) -> Result<Imported, LineError> {
    let mut around = Lookup::of(value)?;
    let url = around.take_text(&["url", "path", "endpoint"]);
    let request = around.take(&["request", "params"]);
    let request = request.and_then(|request| body_of(request, &mut around));
    let answer = match around.take(&["response"]) {
        Some(answer) => body_of(answer, &mut around),
        None => batch_result(&mut around),
    };
    let (request, answer) = match (request, answer) {
        (None, None) => {
            let fields = std::mem::take(&mut around.0);
            let is_answer =
                fields.get("type").is_some_and(|kind| kind == "message" || kind == "error");
            let is_request = fields.contains_key("messages");
            match (is_request, is_answer) {
                (true, _) => (Some(fields), None),
                (false, true) => (None, Some(fields)),
                (false, false) => (None, None),
            }
        }
        both => both,
    };
    let endpoint = match url.as_deref().map(Endpoint::of) {
        Some(endpoint) if !matches!(endpoint, Endpoint::Other("other")) => endpoint,
        _ => Endpoint::Messages,
    };
    let exchange = Exchange { dialect: Dialect::Anthropic, endpoint, request, answer, around };
    exchange.into_imported(line)
}

/// `{result: {type, message | error}}` of a batch. One that expired or was canceled has neither.
fn batch_result(around: &mut Lookup) -> Option<serde_json::Map<String, Value>> {
    let Some(Value::Object(mut result)) = around.take(&["result"]) else {
        return None;
    };
    if let Some(Value::Object(body)) = result.remove("message").or_else(|| result.remove("error")) {
        return Some(body);
    }
    let kind = result.remove("type").unwrap_or_default();
    let mut body = serde_json::Map::new();
    body.insert("error".to_owned(), serde_json::json!({ "type": kind }));
    Some(body)
}
