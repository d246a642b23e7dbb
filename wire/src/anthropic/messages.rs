//! Anthropic's messages: requests and answers.
//!
//! It does not reassemble streams, and it does not know the blocks one by one.

use model::{Place, Role};
use serde_json::Value;

use super::blocks::{Context, read_blocks};
use crate::provider::{Collector, Fields, Voice, take_items};

/// Moves the system prompt and the messages out of a request. The system prompt is message 0.
pub(crate) fn read_request(fields: &mut Fields, out: &mut Collector) {
    let mut first = 0;
    if let Some(system) = fields.remove("system").filter(|system| !system.is_null()) {
        let context = Context::of(Voice::of(0, Role::System));
        read_blocks(system, context, &Place::root("system"), out);
        first = 1;
    }
    let messages = take_items(fields, "messages", &Place::root(""), &mut out.problems);
    let place = Place::root("messages");
    for (position, message) in messages.into_iter().enumerate() {
        let place = place.item(position);
        match message {
            Value::Object(message) => read_message(first + position, message, &place, out),
            other => {
                let voice = Voice::of(first + position, Role::Other);
                out.odd(voice, &place, "is not a message", other);
            }
        }
    }
}

fn read_message(ordinal: usize, mut message: Fields, place: &Place<'_>, out: &mut Collector) {
    let role = message.get("role").and_then(Value::as_str).map_or(Role::Other, Role::parse);
    if role == Role::Other {
        out.problems.note(&place.field("role"), "is not a known role");
    }
    let context = Context::of(Voice::of(ordinal, role));
    match message.remove("content") {
        Some(content) => read_blocks(content, context, &place.field("content"), out),
        None => out.odd(context.voice, place, "lacks its content", Value::Object(message)),
    }
}

/// Moves the blocks out of an answer. They are one message of the model.
pub(crate) fn read_answer(fields: &mut Fields, out: &mut Collector) {
    let content = fields.remove("content").unwrap_or_default();
    let context = Context::of(Voice::of(0, Role::Assistant));
    read_blocks(content, context, &Place::root("content"), out);
}
