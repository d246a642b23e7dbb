//! What was said, where an export does not say in which API's words.
//!
//! Lists of messages are read as OpenAI's, or as Anthropic's where their parts are; a text is a
//! text; anything else is kept as it came.

use model::{Body, Direction, Kind, Origin, Role, Segment};
use serde_json::{Map, Value, json};

use super::lookup::unwrapped;
use crate::provider::{Collector, Fields, Voice, outline};
use crate::{anthropic, openai};

/// Reads the input or output of a step of `kind`, called `name`.
pub(super) fn read_conversation(
    value: Value,
    direction: Direction,
    kind: Kind,
    name: Option<&str>,
) -> Vec<Segment> {
    let mut out = Collector::new(direction);
    let value = unwrapped(value);
    match (kind, direction) {
        (_, _) if value.is_null() => {}
        (Kind::ToolCall, _) => read_tool(value, direction, name, &mut out),
        (Kind::Retrieval, Direction::Output) => read_documents(value, &mut out),
        _ => read_said(value, direction, &mut out),
    }
    out.segments
}

fn read_said(value: Value, direction: Direction, out: &mut Collector) {
    let role = match direction {
        Direction::Input => Role::User,
        Direction::Output => Role::Assistant,
    };
    let voice = Voice::of(0, role);
    match value {
        Value::String(text) => out.text(voice, text),
        Value::Array(items) if !items.is_empty() && items.iter().all(is_message) => {
            read_messages(Map::new(), items, out);
        }
        Value::Object(mut fields) if is_list_of_messages(fields.get("messages")) => {
            if let Some(Value::Array(items)) = fields.remove("messages") {
                read_messages(fields, items, out);
            }
        }
        Value::Object(mut fields) if fields.contains_key("choices") => {
            openai::chat::read_choices(&mut fields, out);
        }
        Value::Object(mut fields) if is_message(&Value::Object(fields.clone())) => {
            fields.entry("role").or_insert_with(|| json!(role.as_str()));
            read_messages(Map::new(), vec![Value::Object(fields)], out);
        }
        other => out.other(voice, "json", other),
    }
}

/// Reads messages, and a system prompt beside them, in the words that their parts are in.
fn read_messages(mut around: Fields, messages: Vec<Value>, out: &mut Collector) {
    let is_anthropic = messages.iter().any(has_blocks) || around.contains_key("system");
    around.retain(|name, _| name == "system");
    around.insert("messages".to_owned(), Value::Array(messages));
    if is_anthropic {
        anthropic::messages::read_request(&mut around, out);
    } else {
        openai::chat::read_request(&mut around, out);
    }
}

fn is_message(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    has("role") && (has("content") || has("tool_calls") || has("function_call"))
}

fn is_list_of_messages(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Array(items)) if items.iter().all(is_message))
}

/// Whether a message's parts are of kinds that only Anthropic has.
fn has_blocks(message: &Value) -> bool {
    let is_block = |part: &Value| {
        let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
        matches!(kind, "tool_use" | "tool_result" | "thinking" | "image" | "document")
    };
    message.get("content").and_then(Value::as_array).is_some_and(|parts| parts.iter().any(is_block))
}

fn read_tool(value: Value, direction: Direction, name: Option<&str>, out: &mut Collector) {
    let value = outline(value);
    match direction {
        Direction::Input => {
            let name = name.unwrap_or_default().to_owned();
            let voice = Voice::of(0, Role::Assistant);
            out.put(voice, Body::ToolCall { id: None, name, arguments: value });
        }
        Direction::Output => {
            let name = name.map(str::to_owned);
            let body = Body::ToolResult { id: None, name, result: value, is_error: false };
            out.put(Voice::of(0, Role::Tool), body);
        }
    }
}

/// What a retrieval found: a list of documents, or an object that has one.
fn read_documents(value: Value, out: &mut Collector) {
    let voice = Voice::of(0, Role::Tool).quoting(Origin::Retrieved);
    let items = match value {
        Value::Array(items) => items,
        Value::Object(mut fields) => match fields.remove("documents") {
            Some(Value::Array(items)) => items,
            _ => return out.other(voice, "json", Value::Object(fields)),
        },
        Value::String(content) => {
            return out.put(voice, document(None, None, content, Map::new()));
        }
        other => return out.other(voice, "json", other),
    };
    for item in items {
        match item {
            Value::String(content) => out.put(voice, document(None, None, content, Map::new())),
            Value::Object(fields) => read_document(fields, voice, out),
            other => out.other(voice, "json", other),
        }
    }
}

fn read_document(mut fields: Fields, voice: Voice<'_>, out: &mut Collector) {
    let content = ["page_content", "pageContent", "content", "text"]
        .into_iter()
        .find(|name| fields.get(*name).is_some_and(Value::is_string))
        .and_then(|name| fields.remove(name));
    let Some(Value::String(content)) = content else {
        return out.other(voice, "json", Value::Object(fields));
    };
    let id = fields.get("id").and_then(Value::as_str).map(str::to_owned);
    let score = fields.get("score").and_then(Value::as_f64);
    if id.is_some() {
        fields.remove("id");
    }
    if score.is_some() {
        fields.remove("score");
    }
    out.put(voice, document(id, score, content, fields));
}

fn document(id: Option<String>, score: Option<f64>, content: String, rest: Fields) -> Body {
    let metadata = (!rest.is_empty()).then(|| outline(Value::Object(rest)));
    Body::Document { id, score, content, metadata }
}
