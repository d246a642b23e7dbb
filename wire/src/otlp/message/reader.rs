//! One message, in any of the shapes.
//!
//! Lists of messages, and what is wrapped around them, are read by [`super::envelope`].

use model::{Body, Direction, Role};
use serde_json::{Map, Value};

use super::super::attribute::parse_json;
use super::conversation::{Author, Conversation};
use super::part::{part, text_of, tool_call};

/// The members of a message, sorted in one pass.
#[derive(Default)]
struct Members {
    role: Option<String>,
    name: Option<String>,
    /// The name of Pydantic AI's older events, which says the role: `gen_ai.user.message`.
    event: Option<Value>,
    parts: Option<Value>,
    content: Option<Value>,
    contents: Option<Value>,
    /// Name and value of what dialects call the model's reasoning.
    reasoning: Vec<(String, Value)>,
    refusal: Option<String>,
    calls: Vec<Value>,
    /// The call that a tool's message answers.
    answers: Option<Value>,
    id: Option<Value>,
    finish: Option<String>,
    /// What nobody knows.
    rest: Map<String, Value>,
}

impl Members {
    /// Sorts the members. Those of `message`, which choices and OpenInference's names wrap around
    /// it, count as its own. How deep that goes is bounded by the parser.
    fn sort(&mut self, map: Map<String, Value>) {
        for (name, value) in map {
            match (name.as_str(), value) {
                (_, Value::Null) => {}
                ("message" | "delta", Value::Object(inner)) => self.sort(inner),
                ("role", Value::String(role)) => self.role = Some(role),
                ("name", Value::String(name)) => self.name = Some(name),
                ("event.name", value) => self.event = Some(value),
                ("parts", value) => self.parts = Some(value),
                ("content", value) => self.content = Some(value),
                ("contents", value) => self.contents = Some(value),
                ("reasoning_content" | "reasoning" | "thinking", value) => {
                    self.reasoning.push((name, value));
                }
                ("refusal", Value::String(text)) => self.refusal = Some(text),
                ("tool_calls" | "toolCalls" | "function_call", value) => self.calls.push(value),
                ("tool_call_id" | "toolCallId", value) => self.answers = Some(value),
                ("id", value) => self.id = Some(value),
                ("finish_reason" | "finishReason" | "stop_reason", Value::String(reason)) => {
                    self.finish = Some(reason);
                }
                (known, _) if BOOKKEEPING.contains(&known) => {}
                (_, value) if !says_something(&value) => {}
                (_, value) => {
                    self.rest.insert(name, value);
                }
            }
        }
    }

    fn author(&mut self, role: Option<Role>, direction: Direction) -> Author {
        let said = self.role.take().map(|role| Role::parse(&role.to_ascii_lowercase()));
        let event = self.event.take();
        let event = event.as_ref().and_then(Value::as_str);
        let event = event.and_then(|name| name.strip_prefix("gen_ai.")?.strip_suffix(".message"));
        let fallback = match direction {
            Direction::Input => Role::User,
            Direction::Output => Role::Assistant,
        };
        let role = said.or(event.map(Role::parse)).or(role).unwrap_or(fallback);
        Author { role, name: self.name.take().filter(|name| !name.is_empty()) }
    }
}

/// Members of a message that say nothing about its content.
const BOOKKEEPING: [&str; 10] = [
    "type",
    "status",
    "index",
    "phase",
    "created_at",
    "gen_ai.message.index",
    "providerOptions",
    "providerMetadata",
    "cache_control",
    "logprobs",
];

/// Reads one message into `out`. Its finish reason, if it has one, goes to `finish`.
pub(crate) fn message(
    map: Map<String, Value>,
    role: Option<Role>,
    out: &mut Conversation,
    finish: &mut Vec<String>,
) {
    let mut members = Members::default();
    members.sort(map);
    let author = members.author(role, out.direction());
    finish.extend(members.finish.take());
    reasoning(std::mem::take(&mut members.reasoning), &author, out);
    if !answer(&mut members, &author, out) {
        let all = [members.parts.take(), members.content.take(), members.contents.take()];
        all.into_iter().flatten().for_each(|said| content(said, &author, out));
    }
    if let Some(content) = members.refusal.take() {
        out.say(&author, Body::Refusal { content });
    }
    members.calls.drain(..).for_each(|said| calls(said, &author, out));
    if !members.rest.is_empty() {
        let value = Value::Object(members.rest);
        out.say(&author, Body::Other { name: "message".to_owned(), value });
    }
    out.end_message();
}

fn reasoning(said: Vec<(String, Value)>, author: &Author, out: &mut Conversation) {
    for (name, value) in said {
        match text_of(value) {
            Ok(content) => out.say(author, Body::Reasoning { content }),
            Err(value) => out.say(author, Body::Other { name, value }),
        }
    }
}

/// The content of a tool's message (`role: tool`, `tool_call_id`), if it is one.
fn answer(members: &mut Members, author: &Author, out: &mut Conversation) -> bool {
    if author.role != Role::Tool || members.parts.is_some() {
        return false;
    }
    let said = match members.content.take().or_else(|| members.contents.take()) {
        Some(Value::Array(parts)) if parts.iter().any(is_result) => {
            members.content = Some(Value::Array(parts));
            return false;
        }
        None => return false,
        Some(said) => said,
    };
    let id = members.answers.take().or_else(|| members.id.take());
    let result = text_of(said).map_or_else(|said| said, Value::String);
    let body = Body::ToolResult {
        id: id.and_then(|id| text_of(id).ok()),
        name: author.name.clone(),
        result: tool_value(result),
        is_error: false,
    };
    out.say(&Author { role: Role::Tool, name: None }, body);
    true
}

fn is_result(part: &Value) -> bool {
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    matches!(kind, "tool_call_response" | "tool-result" | "tool_result" | "function_call_output")
}

fn content(said: Value, author: &Author, out: &mut Conversation) {
    match said {
        Value::String(text) => match typed_parts(&text) {
            Some(typed) => parts(typed, author, out),
            None => out.say(author, Body::Text { content: text }),
        },
        Value::Array(items) => parts(items, author, out),
        value => part(value, author, out),
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

/// Tool calls: a list, one by itself, or a list as JSON text (Vercel).
fn calls(said: Value, author: &Author, out: &mut Conversation) {
    match tool_value(said) {
        Value::Array(calls) => calls.into_iter().for_each(|call| one_call(call, author, out)),
        call => one_call(call, author, out),
    }
}

fn one_call(call: Value, author: &Author, out: &mut Conversation) {
    match call {
        Value::Object(map) => out.say(author, tool_call(map)),
        value => out.say(author, Body::Other { name: "tool_call".to_owned(), value }),
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
