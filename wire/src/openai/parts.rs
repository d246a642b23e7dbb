//! Content parts of OpenAI's messages, of the chat and of the Responses API alike.
//!
//! It does not know messages.

use model::{Blob, Body, Modality, Origin, Place};
use serde_json::Value;

use crate::provider::{Attachment, Collector, Fields, Voice};

/// Reads the content of a message: a text, or a list of parts.
pub(super) fn read_content(
    content: Value,
    voice: Voice<'_>,
    place: &Place<'_>,
    out: &mut Collector,
) {
    match content {
        Value::Null => {}
        Value::String(text) => out.text(voice, text),
        Value::Array(parts) => {
            for (position, part) in parts.into_iter().enumerate() {
                read_part(part, voice, &place.item(position), out);
            }
        }
        part @ Value::Object(_) => read_part(part, voice, place, out),
        other => out.odd(voice, place, "is neither a text nor a list", other),
    }
}

fn read_part(part: Value, voice: Voice<'_>, place: &Place<'_>, out: &mut Collector) {
    let mut fields = match part {
        Value::Object(fields) => fields,
        Value::String(text) => return out.text(voice, text),
        other => return out.odd(voice, place, "is not a content part", other),
    };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let body = match kind.as_str() {
        "text" | "input_text" | "output_text" => {
            take(&mut fields, "text").map(|content| Body::Text { content })
        }
        "refusal" => take(&mut fields, "refusal").map(|content| Body::Refusal { content }),
        "summary_text" | "reasoning_text" => {
            take(&mut fields, "text").map(|content| Body::Reasoning { content })
        }
        "image_url" | "input_image" => image(&mut fields),
        "input_audio" => audio(&mut fields),
        "file" | "input_file" => file(&mut fields),
        _ => return unknown(kind, fields, voice, out),
    };
    match body {
        Some(body) if is_document(&body) => {
            out.put(voice.quoting(document_origin(voice)), body);
        }
        Some(Body::Text { content }) => {
            out.text(voice, content);
            read_annotations(&mut fields, voice, out);
        }
        Some(body) => out.put(voice, body),
        None => out.odd(voice, place, "lacks its content", Value::Object(fields)),
    }
}

/// Keeps the sources that an answer cites.
pub(super) fn read_annotations(fields: &mut Fields, voice: Voice<'_>, out: &mut Collector) {
    match fields.remove("annotations") {
        Some(Value::Array(list)) if !list.is_empty() => {
            out.other(voice, "annotations", Value::Array(list));
        }
        _ => {}
    }
}

fn unknown(kind: String, fields: Fields, voice: Voice<'_>, out: &mut Collector) {
    let name = if kind.is_empty() { "unknown".to_owned() } else { kind };
    out.other(voice, name, Value::Object(fields));
}

/// A document in a person's message or in a tool's answer is something that was looked up.
fn document_origin(voice: Voice<'_>) -> Origin {
    match voice.origin {
        Origin::User | Origin::Tool => Origin::Retrieved,
        other => other,
    }
}

fn is_document(body: &Body) -> bool {
    matches!(
        body,
        Body::Blob(Blob { modality: Modality::Document, .. })
            | Body::Reference { modality: Modality::Document, .. }
    )
}

/// `{image_url: {url}}`, `{image_url: url}` or `{file_id}`.
fn image(fields: &mut Fields) -> Option<Body> {
    let attachment = Attachment { modality: Modality::Image, mime_type: None };
    let url = match fields.get_mut("image_url") {
        Some(Value::Object(image)) => take(image, "url"),
        _ => take(fields, "image_url"),
    };
    match url {
        Some(url) => Some(attachment.url(url)),
        None => take(fields, "file_id").map(|id| attachment.elsewhere(id)),
    }
}

/// `{input_audio: {data, format}}`.
fn audio(fields: &mut Fields) -> Option<Body> {
    let Some(Value::Object(audio)) = fields.get_mut("input_audio") else {
        return None;
    };
    let data = take(audio, "data")?;
    let mime_type = take(audio, "format").map(|format| format!("audio/{format}"));
    Some(Attachment { modality: Modality::Audio, mime_type }.inline(&data))
}

/// `{file: {file_data | file_id}}`, or the same fields in the part itself.
fn file(fields: &mut Fields) -> Option<Body> {
    let attachment = Attachment { modality: Modality::Document, mime_type: None };
    let file = match fields.get_mut("file") {
        Some(Value::Object(_)) => fields.get_mut("file")?.as_object_mut()?,
        _ => fields,
    };
    if let Some(data) = take(file, "file_data") {
        let is_url = data.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
        return Some(if is_url { attachment.url(data) } else { attachment.inline(&data) });
    }
    take(file, "file_id").or_else(|| take(file, "file_url")).map(|uri| attachment.elsewhere(uri))
}

/// Takes a text, if it is one.
pub(super) fn take(fields: &mut Fields, name: &str) -> Option<String> {
    if !fields.get(name)?.is_string() {
        return None;
    }
    match fields.remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
