//! Trace and span ids for sources that have others or none.
//!
//! They are hashes of what the source calls a thing, so that the same thing always has the same
//! id. It does not hide what was hashed: ids of other tools are not secret.

use aws_lc_rs::digest;
use model::{SpanId, TraceId};

/// The trace that `format` calls `name`: its own id where it is one, else derived.
pub(super) fn trace_id(format: &str, name: &str) -> Option<TraceId> {
    let own = name.replace('-', "");
    let own = own.parse::<TraceId>().ok().filter(|id| id.0 != [0; 16]);
    own.or_else(|| TraceId::from_slice(hash(format, "trace", name.as_bytes()).get(..16)?))
}

/// The span that `format` calls `name`, likewise.
pub(super) fn span_id(format: &str, name: &str) -> Option<SpanId> {
    let own = name.parse::<SpanId>().ok().filter(|id| id.0 != [0; 8]);
    own.or_else(|| SpanId::from_slice(hash(format, "span", name.as_bytes()).get(..8)?))
}

/// A name for a record that has none: the hash of its bytes.
pub(super) fn name_of(bytes: &[u8]) -> String {
    hex::encode(hash("", "record", bytes))
}

fn hash(format: &str, what: &str, name: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [b"plainsight import", format.as_bytes(), what.as_bytes()] {
        context.update(part);
        context.update(b"\0");
    }
    context.update(name);
    let mut bytes = [0; 32];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_ids_stay_and_others_are_derived() {
        let own = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(trace_id("langfuse", own).unwrap().to_string(), own);
        let uuid = "0af76519-16cd-43dd-8448-eb211c80319c";
        assert_eq!(trace_id("langfuse", uuid).unwrap().to_string(), own);
        assert_eq!(trace_id("openai", "chatcmpl-1"), trace_id("openai", "chatcmpl-1"));
        assert_ne!(trace_id("openai", "chatcmpl-1"), trace_id("litellm", "chatcmpl-1"));
        assert_ne!(span_id("openai", "a"), span_id("openai", "b"));
    }
}
