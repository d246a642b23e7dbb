//! Content blocks of Anthropic's messages.
//!
//! Kinds that share a form are read by their name's ending, so that a tool that Anthropic adds
//! tomorrow is a tool call all the same. It does not know where in a body a block stands.

use model::{Body, Modality, Origin, Place};
use serde_json::Value;

use crate::json;
use crate::provider::{Attachment, Collector, Fields, Voice, outline, split_texts};

/// Who speaks, and how deep inside other blocks.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) voice: Voice<'a>,
    depth: u8,
}

impl<'a> Context<'a> {
    pub(super) const fn of(voice: Voice<'a>) -> Self {
        Self { voice, depth: 0 }
    }

    /// Inside a block, where `voice` speaks.
    const fn inside(self, voice: Voice<'a>) -> Self {
        Self { voice, depth: self.depth + 1 }
    }
}

/// Blocks nest three deep in the API: a tool result has a document, a document has blocks.
const MAX_DEPTH: u8 = 4;

/// Reads the content of a message: a text, or a list of blocks.
pub(super) fn read_blocks(
    content: Value,
    context: Context<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    match content {
        Value::Null => {}
        Value::String(text) => out.text(context.voice, text),
        Value::Array(blocks) => {
            for (position, block) in blocks.into_iter().enumerate() {
                read_block(block, context, &place.item(position), out);
            }
        }
        block @ Value::Object(_) => read_block(block, context, place, out),
        other => out.odd(context.voice, place, "is neither a text nor a list", other),
    }
}

fn read_block(block: Value, context: Context<'_>, place: &Place<'_>, out: &mut Collector) {
    let voice = context.voice;
    let fields = match block {
        Value::Object(fields) if context.depth < MAX_DEPTH => fields,
        Value::String(text) => return out.text(voice, text),
        other => return out.odd(voice, place, "is not a content block", other),
    };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or("unknown").to_owned();
    match kind.as_str() {
        "text" => read_text(fields, voice, place, out),
        "thinking" => read_thinking(fields, voice, place, out),
        "image" => read_source(fields, Modality::Image, context, place, out),
        "document" => {
            let context = Context { voice: lookup(voice), ..context };
            read_source(fields, Modality::Document, context, place, out);
        }
        "search_result" => read_search_result(fields, lookup(voice), out),
        "container_upload" => read_upload(fields, voice, place, out),
        _ if kind == "tool_use" || kind.ends_with("_tool_use") => read_call(fields, voice, out),
        "tool_result" | "mcp_tool_result" => read_result(None, fields, context, place, out),
        _ => match kind.strip_suffix("_tool_result") {
            Some(tool) => read_result(Some(tool.to_owned()), fields, context, place, out),
            None => out.other(voice, kind, without_type(fields)),
        },
    }
}

/// A document in a person's message or in a tool's answer is something that was looked up.
fn lookup(voice: Voice<'_>) -> Voice<'_> {
    match voice.origin {
        Origin::User | Origin::Tool => voice.quoting(Origin::Retrieved),
        _ => voice,
    }
}

fn read_text(mut fields: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    match take(&mut fields, "text") {
        Some(text) => out.text(voice, text),
        None => return out.odd(voice, place, "lacks its text", Value::Object(fields)),
    }
    match fields.remove("citations") {
        Some(Value::Array(list)) if !list.is_empty() => {
            out.other(voice, "citations", Value::Array(list));
        }
        _ => {}
    }
}

fn read_thinking(mut fields: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    match take(&mut fields, "thinking") {
        Some(content) if content.is_empty() => {}
        Some(content) => out.put(voice, Body::Reasoning { content }),
        None => out.odd(voice, place, "lacks its text", Value::Object(fields)),
    }
}

/// A tool the model asks for: the caller's, the provider's, or one of an MCP server.
fn read_call(mut fields: Fields, voice: Voice<'_>, out: &mut Collector) {
    let server = take(&mut fields, "server_name");
    let arguments = match fields.remove("input") {
        Some(Value::String(text)) => json::arguments(text),
        Some(input) => outline(input),
        None => Value::Null,
    };
    let id = take(&mut fields, "id");
    let name = take(&mut fields, "name").unwrap_or_default();
    let voice = Voice { name: server.as_deref(), ..voice };
    out.put(voice, Body::ToolCall { id, name, arguments });
}

/// What a tool answered: its texts stay together, its attachments stand beside it.
fn read_result(
    name: Option<String>,
    mut fields: Fields,
    context: Context<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    let id = take(&mut fields, "tool_use_id");
    let content = fields.remove("content").unwrap_or_default();
    let flagged = fields.get("is_error").and_then(Value::as_bool).unwrap_or(false);
    let kind = content.get("type").and_then(Value::as_str).unwrap_or_default();
    let is_error = flagged || kind.ends_with("_tool_result_error");
    let voice = context.voice.of_tool();
    let (result, others) = match &name {
        // The provider's own tools answer with lists of their own, which stay as they are.
        Some(_) => (outline(content), Vec::new()),
        None => split_texts(content),
    };
    out.put(voice, Body::ToolResult { id, name, result, is_error });
    if !others.is_empty() {
        let place = place.field("content");
        read_blocks(Value::Array(others), context.inside(voice), &place, out);
    }
}

/// `source` of an image or a document.
fn read_source(
    mut fields: Fields,
    modality: Modality,
    context: Context<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    let Some(Value::Object(source)) = fields.get_mut("source") else {
        return out.odd(context.voice, place, "lacks its source", Value::Object(fields));
    };
    let mime_type = take(source, "media_type");
    let attachment = Attachment { modality, mime_type };
    let kind = take(source, "type").unwrap_or_default();
    let body = match kind.as_str() {
        "base64" => take(source, "data").map(|data| attachment.inline(&data)),
        "url" => take(source, "url").map(|url| attachment.url(url)),
        "file" => take(source, "file_id").map(|id| attachment.elsewhere(id)),
        "text" => take(source, "data").map(|content| document(content, &mut fields)),
        "content" => {
            let content = source.remove("content").unwrap_or_default();
            let place = place.field("source");
            return read_blocks(content, context.inside(context.voice), &place, out);
        }
        _ => None,
    };
    match body {
        Some(body) => out.put(context.voice, body),
        None => out.odd(context.voice, place, "has a source of no known kind", fields.into()),
    }
}

/// A document that is given as text.
fn document(content: String, fields: &mut Fields) -> Body {
    fields.retain(|name, value| matches!(name.as_str(), "title" | "context") && !value.is_null());
    let metadata = (!fields.is_empty()).then(|| Value::Object(std::mem::take(fields)));
    Body::Document { id: None, score: None, content, metadata }
}

/// A hit of the caller's own search.
fn read_search_result(mut fields: Fields, voice: Voice<'_>, out: &mut Collector) {
    let id = take(&mut fields, "source");
    let (content, _) = split_texts(fields.remove("content").unwrap_or_default());
    let content = match content {
        Value::String(text) => text,
        Value::Array(texts) => {
            texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    };
    fields.retain(|name, value| name == "title" && !value.is_null());
    let metadata = (!fields.is_empty()).then_some(Value::Object(fields));
    out.put(voice, Body::Document { id, score: None, content, metadata });
}

fn read_upload(mut fields: Fields, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    let attachment = Attachment { modality: Modality::Document, mime_type: None };
    match take(&mut fields, "file_id") {
        Some(id) => out.put(voice, attachment.elsewhere(id)),
        None => out.odd(voice, place, "lacks its file", Value::Object(fields)),
    }
}

/// What is left of a block beside its name. The opaque text of `redacted_thinking` is kept by size.
fn without_type(mut fields: Fields) -> Value {
    let kind = fields.remove("type");
    if kind.is_some_and(|kind| kind == "redacted_thinking")
        && let Some(data) = take(&mut fields, "data")
    {
        fields.insert("size".to_owned(), data.len().into());
        fields.remove("data");
    }
    Value::Object(fields)
}

/// Takes a text, if it is one.
fn take(fields: &mut Fields, name: &str) -> Option<String> {
    if !fields.get(name)?.is_string() {
        return None;
    }
    match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
