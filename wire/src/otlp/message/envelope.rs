//! What is wrapped around messages: a list, a request body, a response body, or JSON text of one.
//!
//! A body's other members are facts of the call; those that are not known are handed back.

use model::{Body, Direction, Role};
use serde_json::{Map, Value};

use super::super::attribute::parse_json;
use super::conversation::{Author, Conversation};
use super::reader::message;

/// What a request or response body says beside its messages.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) request_model: Option<String>,
    pub(crate) response_model: Option<String>,
    pub(crate) response_id: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) stream: Option<bool>,
    pub(crate) finish_reasons: Vec<String>,
    pub(crate) usage: Option<Value>,
    pub(crate) tools: Option<Value>,
    /// Members without a meaning here. Of a request they are its parameters.
    pub(crate) rest: Map<String, Value>,
}

/// Reads messages from `value` into `out`. `Err` gives the value back when it holds none.
pub(crate) fn read(
    value: Value,
    role: Option<Role>,
    out: &mut Conversation,
) -> Result<Facts, Value> {
    let mut facts = Facts::default();
    match value {
        Value::String(text) => match parse_json(&text).map(|value| read(value, role, out)) {
            Some(Ok(facts)) => return Ok(facts),
            Some(Err(_)) => return Err(Value::String(text)),
            None => say(text, role, out),
        },
        Value::Array(items) if items.iter().all(is_message) => {
            list(items, role, out, &mut facts);
        }
        Value::Object(map) => return object(map, role, out),
        value => return Err(value),
    }
    Ok(facts)
}

/// Plain text is a message of its own.
fn say(content: String, role: Option<Role>, out: &mut Conversation) {
    let role = role.unwrap_or(match out.direction() {
        Direction::Input => Role::User,
        Direction::Output => Role::Assistant,
    });
    out.say(&Author { role, name: None }, Body::Text { content });
    out.end_message();
}

fn list(items: Vec<Value>, role: Option<Role>, out: &mut Conversation, facts: &mut Facts) {
    for item in items {
        match item {
            Value::String(text) => say(text, role, out),
            Value::Object(map) => one(map, role, out, facts),
            _ => {}
        }
    }
}

/// A message, or an item of the responses dialect that is a message by itself.
fn one(mut map: Map<String, Value>, role: Option<Role>, out: &mut Conversation, facts: &mut Facts) {
    let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
    let speaker = match kind {
        _ if map.contains_key("role") || kind == "message" || kind.is_empty() => None,
        "function_call" | "reasoning" | "tool_call" | "tool_use" | "mcp_call" => {
            Some(Role::Assistant)
        }
        "function_call_output" | "tool_result" | "tool_call_response" => Some(Role::Tool),
        _ => role,
    };
    let bare = speaker.is_some() || (is_part(&map) && !map.contains_key("role"));
    if bare {
        // The part's own author decides; the item becomes the only part of a message.
        let part = Value::Object(std::mem::take(&mut map));
        map.insert("parts".to_owned(), Value::Array(vec![part]));
    }
    message(map, speaker.or(role), out, &mut facts.finish_reasons);
}

fn is_part(map: &Map<String, Value>) -> bool {
    map.get("type").is_some_and(|kind| kind.is_string() && kind != "message")
}

/// Whether a list's item can be read as a message.
fn is_message(value: &Value) -> bool {
    const SIGNS: [&str; 8] =
        ["role", "parts", "content", "message", "tool_calls", "delta", "event.name", "type"];
    match value {
        Value::String(_) => true,
        Value::Object(map) => SIGNS.iter().any(|sign| map.contains_key(*sign)),
        _ => false,
    }
}

/// A message, a request or a response.
fn object(
    map: Map<String, Value>,
    role: Option<Role>,
    out: &mut Conversation,
) -> Result<Facts, Value> {
    let has = |names: &[&str]| names.iter().any(|name| map.contains_key(*name));
    let input = out.direction() == Direction::Input;
    let google = map.get("content").is_some_and(|content| content.get("parts").is_some());
    if has(&["choices", "candidates", "output", "usage", "usage_metadata"]) || google {
        return response(map, out);
    }
    if has(&["messages"]) || (input && has(&["contents", "prompt", "input"])) {
        return request(map, out);
    }
    if has(&["role", "parts", "tool_calls", "message"]) {
        let mut facts = Facts::default();
        one(map, role, out, &mut facts);
        return Ok(facts);
    }
    Err(Value::Object(map))
}

/// A request body: OpenAI, Anthropic, Google, Vercel's `ai.prompt`.
fn request(mut map: Map<String, Value>, out: &mut Conversation) -> Result<Facts, Value> {
    let mut facts = Facts::default();
    for name in ["system", "instructions", "system_instruction"] {
        if let Some(value) = map.remove(name).filter(|value| !value.is_null()) {
            instructions(value, out, &mut facts);
        }
    }
    if map.get("config").is_some_and(Value::is_object)
        && let Some(Value::Object(mut config)) = map.remove("config")
    {
        if let Some(value) = config.remove("system_instruction") {
            instructions(value, out, &mut facts);
        }
        facts.tools = config.remove("tools");
        map.extend(config);
    }
    for name in ["messages", "contents", "prompt", "input"] {
        let value = map.remove(name).filter(|value| !value.is_null());
        if let Some(left) = value.and_then(|value| asked(value, out, &mut facts)) {
            map.insert(name.to_owned(), left);
        }
    }
    if out.is_empty() {
        return Err(Value::Object(map));
    }
    facts.request_model = take_text(&mut map, &["model"]);
    facts.user =
        take_text(&mut map, &["user", "safety_identifier"]).or_else(|| metadata_user(&map));
    facts.stream = take_bool(&mut map, "stream");
    facts.tools = map.remove("tools").or(facts.tools);
    facts.rest = map;
    Ok(facts)
}

/// The messages of a request. Gives back what holds none.
fn asked(value: Value, out: &mut Conversation, facts: &mut Facts) -> Option<Value> {
    match value {
        Value::Array(items) if items.iter().all(is_message) => list(items, None, out, facts),
        Value::String(text) => say(text, None, out),
        Value::Object(inner) => return object(inner, None, out).err(),
        left => return Some(left),
    }
    None
}

/// Anthropic's `metadata: {user_id}`.
fn metadata_user(map: &Map<String, Value>) -> Option<String> {
    map.get("metadata")?.get("user_id")?.as_str().map(str::to_owned)
}

/// System instructions: text, text parts, or Google's content.
fn instructions(value: Value, out: &mut Conversation, facts: &mut Facts) {
    let mut map = match value {
        Value::Object(map) => map,
        value => [("content".to_owned(), value)].into_iter().collect(),
    };
    map.insert("role".to_owned(), "system".into());
    message(map, Some(Role::System), out, &mut facts.finish_reasons);
}

/// A response body: OpenAI chat and responses, Anthropic, Google.
fn response(mut map: Map<String, Value>, out: &mut Conversation) -> Result<Facts, Value> {
    let mut facts = Facts::default();
    let lists = ["choices", "candidates", "output"];
    for name in lists {
        match map.remove(name) {
            Some(Value::Array(items)) if items.iter().all(Value::is_object) => {
                for item in items {
                    candidate(item, out, &mut facts);
                }
            }
            Some(Value::String(text)) => say(text, None, out),
            Some(Value::Object(inner)) => {
                if let Err(left) = object(inner, None, out) {
                    map.insert(name.to_owned(), left);
                }
            }
            Some(value) => {
                map.insert(name.to_owned(), value);
            }
            None => {}
        }
    }
    if map.contains_key("content") || map.contains_key("message") {
        let members = ["role", "content", "message", "finish_reason", "stop_reason"];
        let message = members.iter().filter_map(|name| map.remove_entry(*name)).collect();
        candidate(Value::Object(message), out, &mut facts);
    }
    if out.is_empty() && facts.finish_reasons.is_empty() {
        return Err(Value::Object(map));
    }
    facts.response_id = take_text(&mut map, &["id", "responseId"]);
    facts.response_model = take_text(&mut map, &["model", "modelVersion", "model_version"]);
    facts.usage =
        ["usage", "usage_metadata", "usageMetadata"].iter().find_map(|name| map.remove(*name));
    map.retain(|_, value| !value.is_null());
    facts.rest = map;
    Ok(facts)
}

/// A choice (OpenAI), a candidate (Google) or an output item (responses).
fn candidate(value: Value, out: &mut Conversation, facts: &mut Facts) {
    let Value::Object(mut map) = value else {
        return;
    };
    // Google wraps its message: `content: {role, parts}`.
    if map.get("content").is_some_and(Value::is_object)
        && let Some(Value::Object(inner)) = map.remove("content")
    {
        map.extend(inner);
    }
    // OpenAI's legacy completions: `text`.
    if !map.contains_key("message")
        && map.get("type").is_none()
        && let Some(text) = map.remove("text")
    {
        map.insert("content".to_owned(), text);
    }
    one(map, None, out, facts);
}

fn take_text(map: &mut Map<String, Value>, names: &[&str]) -> Option<String> {
    let name = names.iter().find(|name| map.get(**name).is_some_and(Value::is_string))?;
    match map.remove(*name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn take_bool(map: &mut Map<String, Value>, name: &str) -> Option<bool> {
    match map.get(name)? {
        Value::Bool(value) => {
            let value = *value;
            map.remove(name);
            Some(value)
        }
        _ => None,
    }
}

/// Tool definitions in one shape: `{type, name, description, parameters}`.
pub(crate) fn tool_definitions(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.into_iter().map(tool_definition).collect(),
        Value::Null => Vec::new(),
        value => vec![tool_definition(value)],
    }
}

/// One tool definition, out of OpenAI's `function`, Anthropic's `input_schema`, Vercel's
/// `inputSchema`, OpenInference's `tool.json_schema`.
fn tool_definition(value: Value) -> Value {
    let value = match value {
        Value::String(text) => match parse_json(&text) {
            Some(parsed) => parsed,
            None => return Value::String(text),
        },
        value => value,
    };
    let Value::Object(mut map) = value else {
        return value;
    };
    for wrapper in ["tool", "json_schema"] {
        if map.len() == 1
            && let Some(inner) = map.remove(wrapper)
        {
            return tool_definition(inner);
        }
    }
    if map.get("function").is_some_and(Value::is_object)
        && let Some(Value::Object(function)) = map.remove("function")
    {
        map.extend(function);
    }
    for schema in ["input_schema", "inputSchema"] {
        if let Some(parameters) = map.remove(schema) {
            map.insert("parameters".to_owned(), parameters);
        }
    }
    if let Some(Value::String(text)) = map.get("parameters")
        && let Some(parsed) = parse_json(text)
    {
        map.insert("parameters".to_owned(), parsed);
    }
    if map.contains_key("name") && !map.contains_key("type") {
        map.insert("type".to_owned(), "function".into());
    }
    Value::Object(map)
}
