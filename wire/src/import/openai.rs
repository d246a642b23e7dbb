//! Logs of OpenAI's API: `{request, response}`, lines of batch files, stored completions, or bare
//! bodies.
//!
//! It does not know gateways' own formats.

use serde_json::{Map, Value};

use super::exchange::{Exchange, body_of};
use super::line::{Imported, Line, LineError};
use super::lookup::Lookup;
use crate::provider::{Dialect, Endpoint};

/// Reads one record.
pub(super) fn read(line: &Line, value: Value) -> Result<Imported, LineError> {
    let mut around = Lookup::of(value)?;
    let url = around.take_text(&["url", "path", "endpoint"]);
    let is_batch_input = around.get(&["custom_id"]).is_some() && around.get(&["body"]).is_some();
    let request = if is_batch_input { around.take(&["body"]) } else { around.take(&["request"]) };
    let request = request.and_then(|request| body_of(request, &mut around));
    let answer = around.take(&["response"]).and_then(|answer| body_of(answer, &mut around));
    let (request, answer) = match (request, answer) {
        (None, None) if around.get(&["custom_id"]).is_some() => failed(&mut around),
        (None, None) => bare(&mut around),
        both => both,
    };
    let url = url.or_else(|| around.take_text(&["url", "path"]));
    let endpoint = match url.as_deref().map(Endpoint::of) {
        Some(endpoint) if !matches!(endpoint, Endpoint::Other("other")) => endpoint,
        _ => by_shape(request.as_ref(), answer.as_ref()),
    };
    let exchange = Exchange { dialect: Dialect::OpenAi, endpoint, request, answer, around };
    exchange.into_imported(line)
}

type Fields = Map<String, Value>;

/// A line of a batch's answers whose request was not even tried: it has an error instead.
fn failed(around: &mut Lookup) -> (Option<Fields>, Option<Fields>) {
    let error = around.take(&["error"]);
    (None, error.map(|error| Fields::from_iter([("error".to_owned(), error)])))
}

/// A line that is a body itself. A stored completion has the messages and the choices.
fn bare(around: &mut Lookup) -> (Option<Fields>, Option<Fields>) {
    let has = |names: &[&str]| names.iter().any(|name| around.0.contains_key(*name));
    let is_answer = has(&["choices", "output", "object"]);
    let is_request = has(&["messages", "input", "prompt"]);
    let mut fields = std::mem::take(&mut around.0);
    match (is_request, is_answer) {
        (true, false) => (Some(fields), None),
        (false, true) => (None, Some(fields)),
        (true, true) => {
            let mut answer = Fields::new();
            for name in [
                "id",
                "choices",
                "output",
                "object",
                "usage",
                "created",
                "created_at",
                "status",
                "error",
                "incomplete_details",
                "system_fingerprint",
                "service_tier",
            ] {
                answer.extend(fields.remove(name).map(|value| (name.to_owned(), value)));
            }
            answer.extend(fields.get("model").map(|model| ("model".to_owned(), model.clone())));
            (Some(fields), Some(answer))
        }
        (false, false) => {
            around.0 = fields;
            (None, None)
        }
    }
}

fn by_shape(request: Option<&Fields>, answer: Option<&Fields>) -> Endpoint {
    let asks = |name: &str| request.is_some_and(|request| request.contains_key(name));
    let object = answer.and_then(|answer| answer.get("object")?.as_str()).unwrap_or_default();
    let model = request.and_then(|request| request.get("model")?.as_str()).unwrap_or_default();
    match object {
        "chat.completion" => return Endpoint::Chat,
        "response" => return Endpoint::Responses,
        "text_completion" => return Endpoint::Completions,
        "list" => return Endpoint::Embeddings,
        _ => {}
    }
    if asks("messages") {
        Endpoint::Chat
    } else if asks("prompt") {
        Endpoint::Completions
    } else if asks("dimensions") || asks("encoding_format") || model.contains("embed") {
        Endpoint::Embeddings
    } else if asks("input") {
        Endpoint::Responses
    } else {
        Endpoint::Chat
    }
}
