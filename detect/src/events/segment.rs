//! The events of what was said: messages, tool calls, answers of tools, documents, attachments.

use model::{Blob, Body, Direction, Kind, Modality, Record, Segment};
use serde_json::Value as Json;

use super::json::Leaves;
use super::seen::Seen;
use super::{Fields, Tell};
use crate::category::Category;
use crate::value::Value;

/// A text longer than twice this is shown as its beginning and its end, so that a hostile one costs
/// every rule no more than these. Inspection has read all of it.
const LONGEST_END: usize = 512 << 10;

/// Tells every new segment, and that a retrieval gave nothing.
pub(super) fn tell<'a>(
    record: &'a Record,
    new: &[bool],
    wanted: &dyn Fn(Category) -> bool,
    tell: Tell<'_, 'a>,
) {
    let mut seen = Seen::in_each(record, "content");
    let documents =
        record.content.iter().filter(|segment| matches!(segment.body, Body::Document { .. }));
    let documents = documents.count() as u64;
    for (position, segment) in record.content.iter().enumerate() {
        let category = category(segment);
        if new.get(position).is_some_and(|new| *new) && wanted(category) {
            let mut fields = fields(record, segment);
            if category == Category::Retrieval {
                fields.count("document.count", Some(documents));
            }
            seen.remove(&position).unwrap_or_default().into_fields(&mut fields);
            tell(category, fields);
        }
    }
    if record.kind == Kind::Retrieval && documents == 0 && wanted(Category::Retrieval) {
        let mut fields = Fields::default();
        fields.count("document.count", Some(0));
        Seen::of(record, |_| true).into_fields(&mut fields);
        tell(Category::Retrieval, fields);
    }
}

const fn category(segment: &Segment) -> Category {
    match segment.body {
        Body::Text { .. } | Body::Reasoning { .. } | Body::Refusal { .. } | Body::Other { .. } => {
            Category::Message
        }
        Body::ToolCall { .. } => Category::ToolCall,
        Body::ToolResult { .. } => Category::ToolResult,
        Body::Document { .. } => Category::Retrieval,
        Body::Blob(_) | Body::Reference { .. } => Category::Attachment,
    }
}

fn fields<'a>(record: &'a Record, segment: &'a Segment) -> Fields<'a> {
    let mut fields = Fields::with_capacity(20);
    fields.text("message.role", Some(segment.role.as_str()));
    fields.text("message.origin", Some(segment.origin.as_str()));
    fields.text("message.direction", Some(direction(segment.direction)));
    fields.count("message.index", Some(u64::from(segment.message)));
    fields.text("message.author", segment.name.as_deref());
    match &segment.body {
        Body::Text { content } => message("text", content, &mut fields),
        Body::Reasoning { content } => message("reasoning", content, &mut fields),
        Body::Refusal { content } => message("refusal", content, &mut fields),
        Body::Other { value, .. } => {
            fields.text("message.type", Some("other"));
            text_of(value, &mut fields);
        }
        Body::ToolCall { id, name, arguments } => {
            fields.text("gen_ai.tool.name", Some(name));
            fields.text("gen_ai.tool.call.id", id.as_deref());
            fields.flag("tool.executed", Some(record.kind == Kind::ToolCall));
            self::arguments(arguments, &mut fields);
        }
        Body::ToolResult { id, name, result, is_error } => {
            fields
                .text("gen_ai.tool.name", name.as_deref().or_else(|| tool_of(record, id.as_ref())));
            fields.text("gen_ai.tool.call.id", id.as_deref());
            fields.flag("tool.is_error", Some(*is_error));
            text_of(result, &mut fields);
        }
        Body::Document { id, score, content, metadata } => {
            fields.text("document.id", id.as_deref());
            fields.score("document.score", *score);
            said(content, &mut fields);
            if let Some(metadata) = metadata {
                Leaves::of("document.metadata.", metadata).into_fields(&mut fields);
            }
        }
        Body::Blob(blob) => self::blob(blob, &mut fields),
        Body::Reference { modality, mime_type, uri } => {
            fields.text("attachment.modality", Some(self::modality(*modality)));
            fields.text("attachment.mime_type", mime_type.as_deref());
            fields.text("attachment.uri", Some(uri));
        }
    }
    fields
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "input",
        Direction::Output => "output",
    }
}

fn message<'a>(kind: &'a str, content: &'a str, fields: &mut Fields<'a>) {
    fields.text("message.type", Some(kind));
    said(content, fields);
}

/// The tool that was called with an id, where the record has the call.
fn tool_of<'a>(record: &'a Record, id: Option<&String>) -> Option<&'a str> {
    let id = id?;
    record.content.iter().find_map(|segment| match &segment.body {
        Body::ToolCall { id: Some(called), name, .. } if called == id => Some(name.as_str()),
        _ => None,
    })
}

fn arguments<'a>(arguments: &'a Json, fields: &mut Fields<'a>) {
    let leaves = Leaves::of("tool.argument.", arguments);
    if let Some(values) = Value::several(as_texts(leaves.values())) {
        fields.set("tool.argument.value", values);
    }
    leaves.into_fields(fields);
    let text = bounded(json_text(arguments));
    fields.set("content.length", Value::count(length_of(&text)));
    fields.set("gen_ai.tool.call.arguments", text.clone());
    fields.set("content", text);
}

fn as_texts(values: Vec<Value<'_>>) -> Vec<Value<'_>> {
    values
        .into_iter()
        .map(|value| match value {
            Value::Text(_) => value,
            other => Value::owned(other.as_text().into_owned()),
        })
        .collect()
}

fn length_of(value: &Value<'_>) -> u64 {
    value.members().iter().map(|member| member.as_text().chars().count() as u64).sum()
}

/// A JSON value as text: a string is itself, other values as they are written.
fn json_text(json: &Json) -> Value<'_> {
    match json {
        Json::String(text) => Value::text(text),
        other => Value::owned(other.to_string()),
    }
}

fn text_of<'a>(json: &'a Json, fields: &mut Fields<'a>) {
    let text = json_text(json);
    fields.set("content.length", Value::count(length_of(&text)));
    fields.set("content", bounded(text));
}

fn said<'a>(content: &'a str, fields: &mut Fields<'a>) {
    fields.set("content.length", Value::count(content.chars().count() as u64));
    fields.set("content", bounded(Value::text(content)));
}

/// A text as rules see it.
pub(super) fn bounded(value: Value<'_>) -> Value<'_> {
    let Value::Text(text) = &value else { return value };
    if text.len() <= 2 * LONGEST_END {
        return value;
    }
    let start = text.get(..text.floor_char_boundary(LONGEST_END)).unwrap_or_default();
    let end = text.get(text.ceil_char_boundary(text.len() - LONGEST_END)..).unwrap_or_default();
    Value::List(vec![Value::owned(start.to_owned()), Value::owned(end.to_owned())])
}

fn blob<'a>(blob: &'a Blob, fields: &mut Fields<'a>) {
    fields.text("attachment.modality", Some(modality(blob.modality)));
    fields.text("attachment.mime_type", blob.mime_type.as_deref());
    fields.count("attachment.size", Some(blob.size));
    fields.text("attachment.hash", Some(&blob.hash));
}

const fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::Image => "image",
        Modality::Audio => "audio",
        Modality::Video => "video",
        Modality::Document => "document",
    }
}
