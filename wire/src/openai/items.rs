//! Items of the Responses API: messages, reasoning, and what tools were asked and answered.
//!
//! Kinds that share a form are read by their name's ending, so that a tool that OpenAI adds
//! tomorrow is a tool call all the same. It does not know where in a body an item stands.

use model::{Body, Modality, Origin, Place, Role};
use serde_json::Value;

use super::chat::put_tool_result;
use super::parts::{read_content, take};
use crate::json;
use crate::provider::{Attachment, Collector, Fields, Voice, take_items};

/// Where an item stands.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    /// Ordinal of its message.
    pub(super) message: usize,
    /// Who speaks when the item does not say.
    pub(super) role: Role,
}

/// Reads one item of input or output.
pub(super) fn read_item(item: Value, turn: Turn, place: &Place<'_>, out: &mut Collector) {
    let mut item = match item {
        Value::Object(item) => item,
        Value::String(text) => return out.text(Voice::of(turn.message, turn.role), text),
        other => {
            return out.odd(Voice::of(turn.message, turn.role), place, "is not an item", other);
        }
    };
    let kind = take(&mut item, "type").unwrap_or_default();
    let model = Voice::of(turn.message, Role::Assistant);
    match kind.as_str() {
        "message" | "" => read_message(item, turn, place, out),
        "reasoning" => read_reasoning(item, model, place, out),
        "image_generation_call" => read_image(item, model, out),
        "file_search_call" => read_file_search(item, model, place, out),
        _ => match kind.strip_suffix("_output").map(|name| name.trim_end_matches("_call")) {
            Some(tool) => read_answer(tool, item, model, place, out),
            None => match kind.strip_suffix("_call") {
                Some(tool) => read_call(tool, item, model, place, out),
                None => out.other(Voice::of(turn.message, turn.role), kind, Value::Object(item)),
            },
        },
    }
}

fn read_message(mut item: Fields, turn: Turn, place: &Place<'_>, out: &mut Collector) {
    let role = item.get("role").and_then(Value::as_str).map_or(turn.role, Role::parse);
    let voice = Voice::of(turn.message, role);
    match item.remove("content") {
        Some(content) => read_content(content, voice, &place.field("content"), out),
        None => out.odd(voice, place, "lacks its content", Value::Object(item)),
    }
}

/// The summary and the text of reasoning. What is encrypted is kept by size.
fn read_reasoning(mut item: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    let before = out.len();
    for part in ["summary", "content"] {
        let parts = take_items(&mut item, part, place, &mut out.problems);
        read_content(Value::Array(parts), voice, &place.field(part), out);
    }
    if out.len() == before && item.get("encrypted_content").is_some_and(Value::is_string) {
        out.other(voice, "reasoning", Value::Object(item));
    }
}

/// A call of a tool, whoever runs it. Tools that OpenAI runs have call and answer in one item.
fn read_call(
    tool: &str,
    mut item: Fields,
    voice: Voice<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    let id = take(&mut item, "call_id").or_else(|| take(&mut item, "id"));
    let name = take(&mut item, "name").unwrap_or_else(|| tool.to_owned());
    let server = take(&mut item, "server_label").or_else(|| take(&mut item, "namespace"));
    let arguments = ["arguments", "input", "action", "operation", "code", "queries"]
        .into_iter()
        .find_map(|field| item.remove(field))
        .filter(|arguments| !arguments.is_null());
    let arguments = match arguments {
        Some(Value::String(text)) => json::arguments(text),
        Some(other) => crate::provider::outline(other),
        None => Value::Null,
    };
    let caller = Voice { name: server.as_deref(), ..voice };
    out.put(caller, Body::ToolCall { id: id.clone(), name: name.clone(), arguments });
    read_own_answer(id, name, item, voice, place, out);
}

/// The answer that stands in the call's own item, if there is one.
fn read_own_answer(
    id: Option<String>,
    name: String,
    mut item: Fields,
    voice: Voice<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    let error = item.remove("error").filter(|error| !error.is_null());
    let is_error = error.is_some();
    let answer = error.or_else(|| {
        ["output", "outputs", "result"].into_iter().find_map(|field| item.remove(field))
    });
    if let Some(answer) = answer.filter(|answer| !answer.is_null()) {
        put_tool_result(id, Some(name), answer, is_error, voice, place, out);
    }
}

/// What a tool that the caller runs answered.
fn read_answer(
    tool: &str,
    mut item: Fields,
    voice: Voice<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    let id = take(&mut item, "call_id").or_else(|| take(&mut item, "id"));
    // The ids link a function's answer to its call; only other tools are named by their kind.
    let own = !matches!(tool, "function" | "custom_tool");
    let name = take(&mut item, "name").or_else(|| own.then(|| tool.to_owned()));
    let is_error = item.get("status").is_some_and(|status| status == "failed");
    let output = item.remove("output").or_else(|| item.remove("result")).unwrap_or_default();
    put_tool_result(id, name, output, is_error, voice, place, out);
}

/// A picture that the model made.
fn read_image(mut item: Fields, voice: Voice<'_>, out: &mut Collector) {
    let id = take(&mut item, "id");
    let format = take(&mut item, "output_format");
    let arguments = item.remove("revised_prompt").unwrap_or_default();
    out.put(voice, Body::ToolCall { id, name: "image_generation".to_owned(), arguments });
    if let Some(data) = take(&mut item, "result").filter(|data| !data.is_empty()) {
        let mime_type = format.map(|format| format!("image/{format}"));
        out.put(voice, Attachment { modality: Modality::Image, mime_type }.inline(&data));
    }
}

/// A search in the caller's files: each hit is a retrieved document.
fn read_file_search(mut item: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    let results = take_items(&mut item, "results", place, &mut out.problems);
    let id = take(&mut item, "id");
    let arguments = item.remove("queries").unwrap_or_default();
    out.put(voice, Body::ToolCall { id, name: "file_search".to_owned(), arguments });
    for (position, hit) in results.into_iter().enumerate() {
        let voice = voice.of_tool().quoting(Origin::Retrieved);
        match hit {
            Value::Object(hit) => out.put(voice, document(hit)),
            other => {
                let place = place.field("results");
                out.odd(voice, &place.item(position), "is not a search result", other);
            }
        }
    }
}

fn document(mut hit: Fields) -> Body {
    let id = take(&mut hit, "file_id");
    let content = take(&mut hit, "text").unwrap_or_default();
    let score = hit.remove("score").and_then(|score| score.as_f64());
    hit.retain(|_, value| !value.is_null() && value != "");
    let metadata = (!hit.is_empty()).then(|| crate::provider::outline(Value::Object(hit)));
    Body::Document { id, score, content, metadata }
}
