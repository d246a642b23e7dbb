//! One part of a message: text, reasoning, a tool's call or result, a document, an attachment.
//!
//! A part of a type that is not known here is kept whole, under its type.

use model::{Body, Origin, Role};
use serde_json::{Map, Value};

use super::attachment::attachment;
use super::conversation::{Author, Conversation};
use super::reader::tool_value;

/// Reads one part into the message that is being read.
pub(crate) fn part(value: Value, author: &Author, out: &mut Conversation) {
    let mut map = match value {
        Value::String(content) => return out.say(author, Body::Text { content }),
        Value::Object(map) => map,
        Value::Null => return,
        value => {
            return out.say(author, Body::Other { name: "part".to_owned(), value });
        }
    };
    for wrapper in ["message_content", "tool_call"] {
        if map.get(wrapper).is_some_and(Value::is_object)
            && let Some(Value::Object(inner)) = map.remove(wrapper)
        {
            map = inner;
        }
    }
    let Some(Value::String(kind)) = map.remove("type") else {
        return out.say(author, untyped(map));
    };
    out.say(author, typed(kind, map));
}

/// A part that says its type.
fn typed(kind: String, mut map: Map<String, Value>) -> Body {
    match kind.as_str() {
        "text" | "input_text" | "output_text" => {
            text(&mut map).map_or_else(|| other(kind, map), |content| Body::Text { content })
        }
        "reasoning" | "thinking" | "summary_text" | "reasoning_text" => {
            text(&mut map).map_or_else(|| other(kind, map), |content| Body::Reasoning { content })
        }
        "refusal" => {
            text(&mut map).map_or_else(|| other(kind, map), |content| Body::Refusal { content })
        }
        "tool_call" | "tool-call" | "tool_use" | "toolCall" | "function_call" | "function"
        | "server_tool_call" | "server_tool_use" | "mcp_call" | "mcp_tool_use"
        | "custom_tool_call" => tool_call(map),
        "tool_call_response"
        | "tool-result"
        | "tool_result"
        | "function_call_output"
        | "server_tool_call_response"
        | "mcp_tool_result"
        | "custom_tool_call_output"
        | "web_search_tool_result" => tool_result(map),
        _ => attachment(&kind, &map).unwrap_or_else(|| other(kind, map)),
    }
}

/// A part of Google's or Bedrock's dialect, which names its type by its only member.
fn untyped(mut map: Map<String, Value>) -> Body {
    if let Some(Value::String(content)) = map.get_mut("text") {
        let content = std::mem::take(content);
        return match map.get("thought") {
            Some(Value::Bool(true)) => Body::Reasoning { content },
            _ => Body::Text { content },
        };
    }
    let call = ["function_call", "functionCall", "toolUse"];
    let result = ["function_response", "functionResponse", "toolResult"];
    if let Some(inner) = call.iter().find_map(|name| inner(&mut map, name)) {
        return tool_call(inner);
    }
    if let Some(inner) = result.iter().find_map(|name| inner(&mut map, name)) {
        return tool_result(inner);
    }
    if map.contains_key("function") || (map.contains_key("name") && map.contains_key("arguments")) {
        return tool_call(map);
    }
    attachment("", &map).unwrap_or_else(|| other("part".to_owned(), map))
}

fn other(name: String, map: Map<String, Value>) -> Body {
    Body::Other { name, value: Value::Object(map) }
}

fn inner(map: &mut Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match map.remove(name) {
        Some(Value::Object(inner)) => Some(inner),
        _ => None,
    }
}

/// The text of a part.
fn text(map: &mut Map<String, Value>) -> Option<String> {
    const NAMES: [&str; 6] = ["content", "text", "thinking", "reasoning", "refusal", "summary"];
    NAMES.iter().find_map(|name| text_of(map.remove(*name)?).ok())
}

/// The text of a value: a string, or a list of texts and text parts.
pub(crate) fn text_of(value: Value) -> Result<String, Value> {
    match value {
        Value::String(text) => Ok(text),
        Value::Array(items)
            if !items.is_empty() && items.iter().all(|item| inner_text(item).is_some()) =>
        {
            Ok(items.iter().filter_map(inner_text).collect())
        }
        Value::Array(items) if items.is_empty() => Ok(String::new()),
        value => Err(value),
    }
}

fn inner_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(map) => {
            let inner = map.get("message_content").and_then(Value::as_object).unwrap_or(map);
            let kind = inner.get("type").and_then(Value::as_str).unwrap_or("text");
            let is_text = kind.ends_with("text");
            let text = inner.get("text").or_else(|| inner.get("content"))?;
            text.as_str().filter(|_| is_text)
        }
        _ => None,
    }
}

/// A tool call in any shape: `function: {name, arguments}`, `toolName`/`args`, `name`/`input`, …
pub(crate) fn tool_call(map: Map<String, Value>) -> Body {
    let mut call = Call::default();
    call.sort(map);
    Body::ToolCall {
        id: call.answered_by.or(call.id).filter(|id| !id.is_empty()),
        name: call.name.unwrap_or_default(),
        arguments: call.arguments.map_or(Value::Null, tool_value),
    }
}

/// The members of a tool call, sorted in one pass.
#[derive(Default)]
struct Call {
    /// The item's own id; in the responses dialect it is not the call's.
    id: Option<String>,
    /// What the result will refer to.
    answered_by: Option<String>,
    name: Option<String>,
    arguments: Option<Value>,
}

impl Call {
    fn sort(&mut self, map: Map<String, Value>) {
        for (name, value) in map {
            match (name.as_str(), value) {
                ("function" | "tool_call", Value::Object(inner)) => self.sort(inner),
                ("id", Value::String(id)) => self.id = Some(id),
                ("call_id" | "tool_call_id" | "toolCallId" | "toolUseId", Value::String(id)) => {
                    self.answered_by = Some(id);
                }
                ("name" | "toolName" | "tool_name" | "function_name", Value::String(name)) => {
                    self.name = Some(name);
                }
                (
                    "arguments" | "args" | "input" | "parameters" | "server_tool_call"
                    | "function_arguments",
                    value,
                ) if !value.is_null() => self.arguments = Some(value),
                _ => {}
            }
        }
    }
}

/// A tool's result in any shape.
pub(crate) fn tool_result(mut map: Map<String, Value>) -> Body {
    let ids = ["tool_call_id", "toolCallId", "tool_use_id", "toolUseId", "call_id", "id"];
    let id = first_text(&mut map, &ids);
    let name = first_text(&mut map, &["name", "toolName", "tool_name"]);
    let flagged =
        ["is_error", "isError"].iter().any(|name| map.get(*name) == Some(&Value::Bool(true)));
    let failed = map.get("status").and_then(Value::as_str) == Some("error");
    let results = ["response", "result", "output", "content", "server_tool_call_response"];
    let result = results.iter().find_map(|name| map.remove(*name)).unwrap_or(Value::Null);
    let (result, error) = unwrap_output(result);
    let result = text_of(result).map_or_else(|result| result, Value::String);
    Body::ToolResult { id, name, result: tool_value(result), is_error: flagged || failed || error }
}

/// Vercel 5 wraps a result as `{type: "text" | "json" | "error-text" | …, value}`.
fn unwrap_output(result: Value) -> (Value, bool) {
    match result {
        Value::Object(mut map) if map.len() == 2 && map.contains_key("value") => {
            let error =
                map.get("type").and_then(Value::as_str).map(|kind| kind.starts_with("error"));
            match error {
                Some(error) => (map.remove("value").unwrap_or(Value::Null), error),
                None => (Value::Object(map), false),
            }
        }
        other => (other, false),
    }
}

/// Takes the first of `names` that is a text.
fn first_text(map: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    let name = names.iter().find(|name| map.get(**name).is_some_and(Value::is_string))?;
    match map.remove(*name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Reads documents that retrieval or memory gave: a list, or a single one.
pub(crate) fn documents(value: Value, origin: Origin, out: &mut Conversation) {
    let author = Author { role: Role::Tool, name: None };
    match value {
        Value::Array(items) => {
            for item in items {
                out.say_from(&author, origin, document(item));
            }
        }
        Value::Null => {}
        item => out.say_from(&author, origin, document(item)),
    }
    out.end_message();
}

fn document(value: Value) -> Body {
    let mut map = match value {
        Value::Object(map) => map,
        Value::String(content) => {
            return Body::Document { id: None, score: None, content, metadata: None };
        }
        value => {
            return Body::Other { name: "document".to_owned(), value };
        }
    };
    if let Some(wrapped) = inner(&mut map, "document") {
        map = wrapped;
    }
    let id = ["id", "document_id"].iter().find_map(|name| match map.remove(*name)? {
        Value::String(id) => Some(id),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    });
    let score = map.remove("score");
    let score = score.and_then(|score| score.as_f64().or_else(|| score.as_str()?.parse().ok()));
    let content =
        first_text(&mut map, &["content", "page_content", "pageContent", "text", "value"]);
    let metadata = match map.remove("metadata").map(tool_value) {
        Some(Value::Object(mut metadata)) => {
            metadata.extend(map);
            metadata
        }
        Some(metadata) => {
            map.insert("metadata".to_owned(), metadata);
            map
        }
        None => map,
    };
    Body::Document {
        id,
        score,
        content: content.unwrap_or_default(),
        metadata: (!metadata.is_empty()).then_some(Value::Object(metadata)),
    }
}
