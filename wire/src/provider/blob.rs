//! Attachments: what is carried inline is kept by hash and size, what lies elsewhere by address.
//!
//! It does not keep, decode or look at the picture, the sound or the file itself.

use aws_lc_rs::digest;
use base64::Engine;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use model::{Blob, Body, Modality};
use serde_json::{Value, json};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Base64 characters that are decoded at a time: a multiple of four.
const PIECE: usize = 16 * 1024;

/// An attachment that is being described.
pub(crate) struct Attachment {
    pub(crate) modality: Modality,
    pub(crate) mime_type: Option<String>,
}

impl Attachment {
    /// Bytes in base64. Text that is not base64 is kept by its own hash and size.
    pub(crate) fn inline(self, text: &str) -> Body {
        let (size, hash) = hash_base64(text).unwrap_or_else(|| hash_bytes(text.as_bytes()));
        Body::Blob(Blob { modality: self.modality, mime_type: self.mime_type, size, hash })
    }

    /// Bytes as they are.
    pub(crate) fn bytes(self, size: u64, digest: &[u8]) -> Body {
        let hash = hex::encode(digest);
        Body::Blob(Blob { modality: self.modality, mime_type: self.mime_type, size, hash })
    }

    /// A `data:` URL (RFC 2397), or the address of something that lies elsewhere.
    pub(crate) fn url(self, url: String) -> Body {
        let Some((mime, base64)) = data_url(&url) else {
            return self.elsewhere(url);
        };
        let mime_type = self.mime_type.or_else(|| (!mime.is_empty()).then(|| mime.to_owned()));
        Self { modality: self.modality, mime_type }.inline(base64)
    }

    /// The id or the address of something that lies elsewhere.
    pub(crate) fn elsewhere(self, uri: String) -> Body {
        Body::Reference { modality: self.modality, mime_type: self.mime_type, uri }
    }
}

/// Media type and data of a `data:` URL.
fn data_url(url: &str) -> Option<(&str, &str)> {
    let scheme = url.get(..5)?;
    let (header, data) = url.get(5..)?.split_once(',')?;
    scheme.eq_ignore_ascii_case("data:").then_some(())?;
    Some((header.split(';').next().unwrap_or_default(), data))
}

/// Size and SHA-256 of the bytes that `text` encodes, never holding all of them.
fn hash_base64(text: &str) -> Option<(u64, String)> {
    let text = text.trim_end_matches(['=', '\n', '\r', ' ']);
    hash_in(&STANDARD, text.as_bytes()).or_else(|| hash_in(&URL_SAFE, text.as_bytes())).or_else(
        || {
            let joined: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            (joined.len() < text.len()).then(|| hash_in(&STANDARD, &joined)).flatten()
        },
    )
}

fn hash_in(alphabet: &Alphabet, text: &[u8]) -> Option<(u64, String)> {
    let engine = GeneralPurpose::new(alphabet, LENIENT);
    let mut context = digest::Context::new(&digest::SHA256);
    let mut decoded = [0_u8; PIECE / 4 * 3];
    let mut size = 0;
    for piece in text.chunks(PIECE) {
        let length = engine.decode_slice(piece, &mut decoded).ok()?;
        context.update(decoded.get(..length)?);
        size += length as u64;
    }
    Some((size, hex::encode(context.finish())))
}

fn hash_bytes(bytes: &[u8]) -> (u64, String) {
    (bytes.len() as u64, hex::encode(digest::digest(&digest::SHA256, bytes)))
}

/// Fields whose text only their maker can read.
const OPAQUE: [&str; 9] = [
    "b64_json",
    "encrypted_content",
    "encrypted_index",
    "encrypted_stdout",
    "file_data",
    "image_data",
    "obfuscation",
    "partial_image_b64",
    "signature",
];

/// Texts up to this length stay, whatever they are.
const SHORT: usize = 128;

/// Replaces encoded bytes anywhere in a value by their hash and size, and leaves the rest.
/// The recursion is bounded by [`crate::json::MAX_DEPTH`].
pub(crate) fn outline(mut value: Value) -> Value {
    outline_in(&mut value);
    value
}

fn outline_in(value: &mut Value) {
    match value {
        Value::String(text) if data_url(text).is_some() => *value = outline_of(text),
        Value::Array(items) => items.iter_mut().for_each(outline_in),
        Value::Object(map) => {
            let is_base64 = map.get("type").is_some_and(|kind| kind == "base64");
            for (key, item) in map.iter_mut() {
                match item {
                    Value::String(text)
                        if text.len() > SHORT
                            && (is_base64 && key == "data" || OPAQUE.contains(&key.as_str())) =>
                    {
                        *item = outline_of(text);
                    }
                    _ => outline_in(item),
                }
            }
        }
        _ => {}
    }
}

fn outline_of(text: &str) -> Value {
    let (mime, base64) = data_url(text).unwrap_or(("", text));
    let (size, hash) = hash_base64(base64).unwrap_or_else(|| hash_bytes(text.as_bytes()));
    if mime.is_empty() {
        json!({ "size": size, "hash": hash })
    } else {
        json!({ "mime_type": mime, "size": size, "hash": hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    fn image() -> Attachment {
        Attachment { modality: Modality::Image, mime_type: None }
    }

    #[test]
    fn inline_bytes_become_hash_and_size() {
        for url in ["data:image/png;base64,aGVsbG8=", "DATA:image/png;base64,aGVs\nbG8"] {
            let Body::Blob(blob) = image().url(url.to_owned()) else { panic!("no blob") };
            assert_eq!((blob.size, blob.hash.as_str()), (5, HELLO));
            assert_eq!(blob.mime_type.as_deref(), Some("image/png"));
        }
    }

    #[test]
    fn long_and_short_are_hashed_alike() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| (number % 251) as u8).collect();
        let text = base64::prelude::BASE64_STANDARD.encode(&bytes);
        assert_eq!(hash_base64(&text), Some(hash_bytes(&bytes)));
        assert_eq!(hash_base64("!!"), None);
    }

    #[test]
    fn an_outline_has_no_bytes() {
        let long = "QUJD".repeat(100);
        let value = json!({"type": "base64", "data": long, "deep": [{"b64_json": long}], "a": "b"});
        let text = outline(value).to_string();
        assert!(
            !text.contains("QUJD") && text.contains("\"a\":\"b\"") && text.contains("\"size\":300")
        );
    }
}
