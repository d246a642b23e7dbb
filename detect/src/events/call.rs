//! The events of a model call: its request, its answer, the tools that it offers.

use model::{Body, Direction, Part, Record, Segment};
use serde_json::Value as Json;

use super::seen::{Seen, position};
use super::segment::bounded;
use super::{Fields, Tell};
use crate::category::Category;
use crate::value::Value;

/// The most texts of a call that its own event shows. Each of them has an event as well.
const MOST_TEXTS: usize = 64;

/// Tells the request and the answer, where the record has them.
pub(super) fn tell<'a>(
    record: &'a Record,
    new: &[bool],
    wanted: &dyn Fn(Category) -> bool,
    tell: Tell<'_, 'a>,
) {
    let whole = record.part == Part::Whole;
    if (whole || record.part == Part::Request) && wanted(Category::LlmRequest) {
        let mut fields = side(record, new, Direction::Input);
        let offered = record.call.iter().flat_map(|call| &call.tool_definitions);
        let names: Vec<&str> = offered.map(|definition| tool(definition).0.unwrap_or("")).collect();
        fields.count("tool.count", Some(names.len() as u64));
        fields.texts("tool.offered", names.into_iter());
        tell(Category::LlmRequest, fields);
    }
    if (whole || record.part == Part::Response) && wanted(Category::LlmResponse) {
        let mut fields = side(record, new, Direction::Output);
        let called = record.content.iter().filter(|one| one.direction == Direction::Output);
        let names: Vec<&str> = called
            .filter_map(|segment| match &segment.body {
                Body::ToolCall { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        fields.count("tool.count", Some(names.len() as u64));
        fields.texts("gen_ai.tool.name", names.into_iter());
        tell(Category::LlmResponse, fields);
    }
}

/// What went into the model, or came out of it: the new texts, how long they are, what was seen in
/// them and outside of the content.
fn side<'a>(record: &'a Record, new: &[bool], direction: Direction) -> Fields<'a> {
    let is_new = |position: usize| {
        let segment = record.content.get(position);
        segment.is_some_and(|segment| segment.direction == direction)
            && new.get(position).is_some_and(|new| *new)
    };
    let mut fields = Fields::with_capacity(12);
    let mut texts = Vec::new();
    let mut length = 0;
    for (position, segment) in record.content.iter().enumerate() {
        if let Some(text) = text(segment).filter(|_| is_new(position)) {
            length += text.chars().count() as u64;
            if texts.len() < MOST_TEXTS {
                texts.push(bounded(Value::text(text)));
            }
        }
    }
    let texts = texts.iter().flat_map(|text| text.members().to_vec()).collect();
    if let Some(texts) = Value::several(texts) {
        fields.set("content", texts);
    }
    fields.set("content.length", Value::count(length));
    fields.count("message.count", Some(messages(record, direction)));
    let elsewhere = |place: &str| !place.starts_with("content/");
    let here = |place: &str| elsewhere(place) || position(place, "content").is_some_and(is_new);
    Seen::of(record, here).into_fields(&mut fields);
    fields
}

const fn text(segment: &Segment) -> Option<&str> {
    match &segment.body {
        Body::Text { content }
        | Body::Reasoning { content }
        | Body::Refusal { content }
        | Body::Document { content, .. } => Some(content.as_str()),
        _ => None,
    }
}

/// How many messages went in or came out. Segments of one message stand together.
fn messages(record: &Record, direction: Direction) -> u64 {
    let side = record.content.iter().filter(|segment| segment.direction == direction);
    let mut messages: Vec<u32> = side.map(|segment| segment.message).collect();
    messages.dedup();
    messages.len() as u64
}

/// Tells the tools that a call offers, where they are new to the session.
pub(super) fn tell_definitions<'a>(
    record: &'a Record,
    new: &[bool],
    wanted: &dyn Fn(Category) -> bool,
    tell: Tell<'_, 'a>,
) {
    let Some(call) = record.call.as_ref().filter(|call| !call.tool_definitions.is_empty()) else {
        return;
    };
    if !wanted(Category::ToolDefinition) {
        return;
    }
    let mut seen = Seen::in_each(record, "call/tool_definitions");
    for (position, definition) in call.tool_definitions.iter().enumerate() {
        if new.get(position).is_some_and(|new| *new) {
            let (name, description) = tool(definition);
            let text = definition.to_string();
            let mut fields = Fields::with_capacity(10);
            fields.text("gen_ai.tool.name", name);
            fields.text("gen_ai.tool.description", description);
            fields.set("content.length", Value::count(text.chars().count() as u64));
            fields.set("content", bounded(Value::owned(text)));
            seen.remove(&position).unwrap_or_default().into_fields(&mut fields);
            tell(Category::ToolDefinition, fields);
        }
    }
}

/// Name and description of a tool's definition: at its top, or under `function` as in OpenAI's
/// dialect.
fn tool(definition: &Json) -> (Option<&str>, Option<&str>) {
    let inner = definition.get("function").unwrap_or(definition);
    (inner.get("name").and_then(Json::as_str), inner.get("description").and_then(Json::as_str))
}
