//! Chat completions: requests and answers, and the legacy completions' answers, which share them.
//!
//! It does not reassemble streams.

use model::{Body, Modality, Place, Role};
use serde_json::Value;

use super::parts::{read_annotations, read_content, take};
use crate::json;
use crate::provider::{Attachment, Collector, Fields, Voice, take_items};

/// Moves the messages out of a request.
pub(crate) fn read_request(fields: &mut Fields, out: &mut Collector) {
    let messages = take_items(fields, "messages", &Place::root(""), &mut out.problems);
    let place = Place::root("messages");
    for (position, message) in messages.into_iter().enumerate() {
        match message {
            Value::Object(message) => read_message(position, message, &place.item(position), out),
            other => out.odd(
                Voice::of(position, Role::Other),
                &place.item(position),
                "is not a message",
                other,
            ),
        }
    }
}

fn read_message(position: usize, mut message: Fields, place: &Place<'_>, out: &mut Collector) {
    let role = message.get("role").and_then(Value::as_str).map_or(Role::Other, Role::parse);
    if role == Role::Other {
        out.problems.note(&place.field("role"), "is not a known role");
    }
    let name = take(&mut message, "name");
    let voice = Voice { name: name.as_deref(), ..Voice::of(position, role) };
    if role == Role::Tool {
        read_tool_answer(message, voice, place, out);
    } else {
        read_spoken(message, voice, place, out);
    }
}

/// A message of role `tool`, or of the deprecated role `function`.
fn read_tool_answer(mut message: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    let id = take(&mut message, "tool_call_id");
    let content = message.remove("content").unwrap_or_default();
    let tool = voice.name.map(str::to_owned);
    put_tool_result(id, tool, content, false, Voice { name: None, ..voice }, place, out);
}

/// A tool's result: its texts stay together, its attachments stand beside it.
pub(super) fn put_tool_result(
    id: Option<String>,
    name: Option<String>,
    content: Value,
    is_error: bool,
    voice: Voice<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    let (result, others) = crate::provider::split_texts(content);
    out.put(voice.of_tool(), Body::ToolResult { id, name, result, is_error });
    if !others.is_empty() {
        read_content(Value::Array(others), voice.of_tool(), &place.field("content"), out);
    }
}

/// What a person, the application or the model said.
pub(super) fn read_spoken(
    mut message: Fields,
    voice: Voice<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    for name in ["reasoning_content", "reasoning"] {
        if let Some(content) = take(&mut message, name).filter(|text| !text.is_empty()) {
            out.put(voice, Body::Reasoning { content });
        }
    }
    let content = message.remove("content").unwrap_or_default();
    read_content(content, voice, &place.field("content"), out);
    if let Some(content) = take(&mut message, "refusal").filter(|text| !text.is_empty()) {
        out.put(voice, Body::Refusal { content });
    }
    read_annotations(&mut message, voice, out);
    read_audio(&mut message, voice, out);
    read_calls(&mut message, voice, place, out);
}

/// Spoken words: the sound by hash and size, its transcript as text.
fn read_audio(message: &mut Fields, voice: Voice<'_>, out: &mut Collector) {
    let Some(Value::Object(mut audio)) = message.remove("audio") else {
        return;
    };
    if let Some(transcript) = take(&mut audio, "transcript") {
        out.text(voice, transcript);
    }
    let attachment = Attachment { modality: Modality::Audio, mime_type: None };
    if let Some(data) = take(&mut audio, "data").filter(|data| !data.is_empty()) {
        out.put(voice, attachment.inline(&data));
    } else if let Some(id) = take(&mut audio, "id") {
        out.put(voice, attachment.elsewhere(id));
    }
}

fn read_calls(message: &mut Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    if let Some(Value::Object(function)) = message.remove("function_call") {
        out.put(voice, function_call(None, function));
    }
    let calls = take_items(message, "tool_calls", place, &mut out.problems);
    for (position, call) in calls.into_iter().enumerate() {
        match tool_call(call) {
            Ok(body) => out.put(voice, body),
            Err(other) => {
                let place = place.field("tool_calls");
                out.odd(voice, &place.item(position), "is not a tool call", other);
            }
        }
    }
}

/// A call of a function or of a custom tool; gives back what is neither.
fn tool_call(value: Value) -> Result<Body, Value> {
    let Value::Object(mut call) = value else {
        return Err(value);
    };
    let id = take(&mut call, "id");
    for kind in ["function", "custom"] {
        if let Some(Value::Object(function)) = call.remove(kind) {
            return Ok(function_call(id, function));
        }
    }
    Err(Value::Object(call))
}

fn function_call(id: Option<String>, mut function: Fields) -> Body {
    let name = take(&mut function, "name").unwrap_or_default();
    let arguments = match function.remove("arguments").or_else(|| function.remove("input")) {
        Some(Value::String(text)) => json::arguments(text),
        Some(other) => other,
        None => Value::Null,
    };
    Body::ToolCall { id, name, arguments }
}

/// Moves the choices out of an answer; gives their finish reasons in order.
pub(crate) fn read_choices(fields: &mut Fields, out: &mut Collector) -> Vec<String> {
    let choices = take_items(fields, "choices", &Place::root(""), &mut out.problems);
    let place = Place::root("choices");
    let mut reasons = Vec::new();
    for (position, choice) in choices.into_iter().enumerate() {
        let voice = Voice::of(position, Role::Assistant);
        let place = place.item(position);
        match choice {
            Value::Object(mut choice) => {
                reasons.extend(take(&mut choice, "finish_reason"));
                read_choice(choice, voice, &place, out);
            }
            other => out.odd(voice, &place, "is not a choice", other),
        }
    }
    reasons
}

fn read_choice(mut choice: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    if let Some(text) = take(&mut choice, "text") {
        out.text(voice, text);
    }
    if let Some(Value::Object(message)) = choice.remove("message") {
        read_spoken(message, voice, &place.field("message"), out);
    }
}
