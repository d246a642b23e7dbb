//! Images, recordings and files: inline bytes become a hash and a size, the rest a reference.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use model::{Blob, Body, Modality};
use serde_json::{Map, Value};

/// Part types whose own members are the attachment's.
const KINDS: [&str; 14] = [
    "blob",
    "file",
    "uri",
    "image",
    "audio",
    "video",
    "document",
    "media",
    "image_url",
    "input_image",
    "input_audio",
    "input_file",
    "image-url",
    "file-url",
];

/// Reads an attachment of a part of type `kind`; `None` when it is none.
pub(crate) fn attachment(kind: &str, map: &Map<String, Value>) -> Option<Body> {
    let hint = ["mime_type", "mimeType", "mediaType", "media_type"];
    let mime = hint.iter().find_map(|name| map.get(*name)?.as_str()).map(str::to_owned);
    let modality = modality(kind, map, mime.as_deref());
    let source = wrapped(map).or_else(|| direct(map).filter(|_| KINDS.contains(&kind)))?;
    match source {
        Source::Text(content) => {
            Some(Body::Document { id: None, score: None, content, metadata: None })
        }
        Source::Inline(data, inner) => Some(blob(&data, modality, inner.or(mime))),
        Source::Elsewhere(uri) => match uri.strip_prefix("data:") {
            Some(data) => Some(data_uri(data, modality)),
            None => Some(Body::Reference { modality, mime_type: mime, uri }),
        },
    }
}

/// Where the content of an attachment is.
enum Source {
    /// Base64, with its media type where that stands beside it.
    Inline(String, Option<String>),
    /// A URI or a file's id.
    Elsewhere(String),
    /// Plain text (Anthropic's `source: {type: text}`).
    Text(String),
}

/// Finds the source under a wrapper.
fn wrapped(map: &Map<String, Value>) -> Option<Source> {
    const WRAPPERS: [&str; 10] = [
        "image_url",
        "input_audio",
        "source",
        "image",
        "inline_data",
        "inlineData",
        "file_data",
        "fileData",
        "file",
        "document",
    ];
    for name in WRAPPERS {
        match map.get(name) {
            Some(Value::String(uri)) => return Some(of_text(uri)),
            Some(Value::Object(inner)) => {
                let inner = inner.get("image").and_then(Value::as_object).unwrap_or(inner);
                if let Some(source) = direct(inner) {
                    return Some(source);
                }
            }
            _ => {}
        }
    }
    None
}

fn direct(map: &Map<String, Value>) -> Option<Source> {
    let text =
        |names: &[&str]| names.iter().find_map(|name| map.get(*name)?.as_str()).map(str::to_owned);
    let mime = || text(&["media_type", "mime_type", "mimeType", "mediaType"]);
    if let Some(uri) = text(&["uri", "url", "file_uri", "fileUri", "file_id", "fileId"]) {
        return Some(Source::Elsewhere(uri));
    }
    let data = text(&["data", "content", "file_data", "bytes"])?;
    if map.get("type").and_then(Value::as_str) == Some("text") {
        return Some(Source::Text(data));
    }
    match of_text(&data) {
        Source::Inline(data, _) => Some(Source::Inline(data, mime())),
        other => Some(other),
    }
}

fn of_text(text: &str) -> Source {
    if text.starts_with("data:") || text.contains("://") {
        return Source::Elsewhere(text.to_owned());
    }
    Source::Inline(text.to_owned(), None)
}

/// A `data:` URI (RFC 2397), less its scheme.
fn data_uri(data: &str, modality: Modality) -> Body {
    let (head, data) = data.split_once(',').unwrap_or(("", data));
    let mime = head.split(';').next().filter(|mime| !mime.is_empty());
    let modality = mime.and_then(of_mime).unwrap_or(modality);
    blob(data, modality, mime.map(str::to_owned))
}

/// Bytes by hash and size. Text that is not base64 is taken as the bytes themselves.
fn blob(data: &str, modality: Modality, mime_type: Option<String>) -> Body {
    let engines = [STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD];
    let bytes = engines.iter().find_map(|engine| engine.decode(data).ok());
    let bytes = bytes.unwrap_or_else(|| data.as_bytes().to_vec());
    Body::Blob(Blob {
        modality,
        mime_type,
        size: bytes.len() as u64,
        hash: hex::encode(digest(&SHA256, &bytes)),
    })
}

fn modality(kind: &str, map: &Map<String, Value>, mime: Option<&str>) -> Modality {
    let said = map.get("modality").and_then(Value::as_str).unwrap_or_default();
    let by_name =
        [("image", Modality::Image), ("audio", Modality::Audio), ("video", Modality::Video)];
    let named = by_name.iter().find(|(name, _)| said == *name || kind.contains(name));
    let of_member = || by_name.iter().find(|(name, _)| map.contains_key(*name));
    match named.or_else(of_member) {
        Some((_, modality)) => *modality,
        None => mime.and_then(of_mime).unwrap_or(Modality::Document),
    }
}

fn of_mime(mime: &str) -> Option<Modality> {
    match mime.split('/').next()? {
        "image" => Some(Modality::Image),
        "audio" => Some(Modality::Audio),
        "video" => Some(Modality::Video),
        _ => None,
    }
}
