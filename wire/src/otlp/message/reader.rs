//! One message, in any of the shapes.
//!
//! Lists of messages, and what is wrapped around them, are read by [`super::envelope`].

use model::{Body, Direction, Role};
use serde_json::{Map, Value};

use super::super::attribute::parse_json;
use super::conversation::{Author, Conversation};
use super::part::{part, text_of, tool_call};

/// Members of a message that say nothing about its content.
const BOOKKEEPING: [&str; 12] = [
    "id",
    "type",
    "status",
    "index",
    "phase",
    "created_at",
    "event.name",
    "gen_ai.message.index",
    "providerOptions",
    "providerMetadata",
    "cache_control",
    "logprobs",
];

/// Reads one message into `out`. Its finish reason, if it has one, goes to `finish`.
pub(crate) fn message(
    mut map: Map<String, Value>,
    role: Option<Role>,
    out: &mut Conversation,
    finish: &mut Vec<String>,
) {
    unwrap(&mut map);
    let author = author(&mut map, role, out.direction());
    for name in ["finish_reason", "finishReason", "stop_reason"] {
        if let Some(Value::String(reason)) = map.remove(name) {
            finish.push(reason);
        }
    }
    reasoning(&mut map, &author, out);
    if !answer(&mut map, &author, out) {
        content(&mut map, &author, out);
    }
    refusal(&mut map, &author, out);
    calls(&mut map, &author, out);
    map.retain(|name, value| !BOOKKEEPING.contains(&name.as_str()) && says_something(value));
    if !map.is_empty() {
        let value = Value::Object(map);
        out.say(
            &author,
            Body::Other {
                name: "message".to_owned(),
                value,
            },
        );
    }
    out.end_message();
}

/// Lifts the members of `message`, which choices and OpenInference's names wrap around it.
fn unwrap(map: &mut Map<String, Value>) {
    for wrapper in ["message", "delta"] {
        if let Some(Value::Object(_)) = map.get(wrapper)
            && let Some(Value::Object(inner)) = map.remove(wrapper)
        {
            map.extend(inner);
        }
    }
}

fn author(map: &mut Map<String, Value>, role: Option<Role>, direction: Direction) -> Author {
    let said = match map.remove("role") {
        Some(Value::String(role)) => Some(Role::parse(&role.to_ascii_lowercase())),
        _ => None,
    };
    // Pydantic AI's older events say the role in their name: `gen_ai.user.message`.
    let event = map.get("event.name").and_then(Value::as_str);
    let event = event.and_then(|name| name.strip_prefix("gen_ai.")?.strip_suffix(".message"));
    let event = event.map(Role::parse);
    let fallback = match direction {
        Direction::Input => Role::User,
        Direction::Output => Role::Assistant,
    };
    let name = match map.get("name") {
        Some(Value::String(name)) if !name.is_empty() => Some(name.clone()),
        _ => None,
    };
    map.remove("name");
    let role = said.or(event).or(role).unwrap_or(fallback);
    Author { role, name }
}

fn reasoning(map: &mut Map<String, Value>, author: &Author, out: &mut Conversation) {
    for name in ["reasoning_content", "reasoning", "thinking"] {
        match map.remove(name) {
            Some(Value::Null) | None => {}
            Some(value) => match text_of(value) {
                Ok(content) => out.say(author, Body::Reasoning { content }),
                Err(value) => out.say(
                    author,
                    Body::Other {
                        name: name.to_owned(),
                        value,
                    },
                ),
            },
        }
    }
}

/// The content of a tool's message (`role: tool`, `tool_call_id`), if it is one.
fn answer(map: &mut Map<String, Value>, author: &Author, out: &mut Conversation) -> bool {
    let id = ["tool_call_id", "toolCallId"]
        .iter()
        .find_map(|name| map.remove(*name));
    let id = id.or_else(|| (author.role == Role::Tool).then(|| map.remove("id"))?);
    if author.role != Role::Tool || map.contains_key("parts") {
        return false;
    }
    let content = match map.remove("content").or_else(|| map.remove("contents")) {
        Some(Value::Array(parts)) if parts.iter().any(is_result) => {
            map.insert("content".to_owned(), Value::Array(parts));
            return false;
        }
        Some(Value::Null) | None => return false,
        Some(content) => content,
    };
    let id = id.and_then(|id| text_of(id).ok());
    let result = text_of(content).map_or_else(|content| content, Value::String);
    let body = Body::ToolResult {
        id,
        name: author.name.clone(),
        result: tool_value(result),
        is_error: false,
    };
    out.say(
        &Author {
            role: Role::Tool,
            name: None,
        },
        body,
    );
    true
}

fn is_result(part: &Value) -> bool {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    matches!(
        kind,
        "tool_call_response" | "tool-result" | "tool_result" | "function_call_output"
    )
}

fn content(map: &mut Map<String, Value>, author: &Author, out: &mut Conversation) {
    for name in ["parts", "content", "contents"] {
        match map.remove(name) {
            Some(Value::Null) | None => {}
            Some(Value::String(text)) => match typed_parts(&text) {
                Some(typed) => parts(typed, author, out),
                None => out.say(author, Body::Text { content: text }),
            },
            Some(Value::Array(items)) => parts(items, author, out),
            Some(value) => part(value, author, out),
        }
    }
}

fn parts(items: Vec<Value>, author: &Author, out: &mut Conversation) {
    for item in items {
        part(item, author, out);
    }
}

/// OpenLLMetry and Laminar put a list of parts into the content as JSON text.
fn typed_parts(text: &str) -> Option<Vec<Value>> {
    if !text.starts_with("[{") {
        return None;
    }
    match parse_json(text)? {
        Value::Array(parts) if parts.iter().all(|part| part["type"].is_string()) => Some(parts),
        _ => None,
    }
}

fn refusal(map: &mut Map<String, Value>, author: &Author, out: &mut Conversation) {
    if let Some(Value::String(content)) = map.remove("refusal") {
        out.say(author, Body::Refusal { content });
    }
}

fn calls(map: &mut Map<String, Value>, author: &Author, out: &mut Conversation) {
    for name in ["tool_calls", "toolCalls", "function_call"] {
        // Vercel gives the list as JSON text.
        match map.remove(name).map(tool_value) {
            Some(Value::Array(calls)) => {
                for call in calls {
                    one_call(call, author, out);
                }
            }
            Some(Value::Null) | None => {}
            Some(call) => one_call(call, author, out),
        }
    }
}

fn one_call(call: Value, author: &Author, out: &mut Conversation) {
    match call {
        Value::Object(map) => out.say(author, tool_call(map)),
        value => out.say(
            author,
            Body::Other {
                name: "tool_call".to_owned(),
                value,
            },
        ),
    }
}

/// Whether a member that nobody read is worth keeping.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    }
}

/// Arguments or a result of a tool: JSON text is parsed, so that its keys can be inspected.
pub(crate) fn tool_value(value: Value) -> Value {
    match value {
        Value::String(text) => match parse_json(&text) {
            Some(parsed) => parsed,
            None => Value::String(text),
        },
        other => other,
    }
}
