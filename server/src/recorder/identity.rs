//! A part's identity: what makes a retry the same part (DESIGN, "Once").

use model::{Body, Door, Fingerprint, Keyed, Record, Segment};
use serde::Serialize;

/// The fields that make a part what it is. A span's attributes may differ between retries of
/// nothing; without a span, they are all there is, and an event's span is only what it is about.
#[derive(Serialize)]
struct Identity<'a> {
    source: &'a model::Source,
    trace: Option<model::TraceId>,
    span: Option<model::SpanId>,
    kind: model::Kind,
    part: model::Part,
    name: Option<&'a str>,
    time: model::Timestamp,
    content: Fingerprint,
    event: Option<&'a model::Event>,
    attributes: Option<&'a std::collections::BTreeMap<String, serde_json::Value>>,
}

/// What a raw part is recognised by.
pub(super) struct Identities {
    /// Equal for a retry, different for anything else.
    pub(super) part: Fingerprint,
    /// Equal for a second telling of the same content within the same span. `None` where there is
    /// no content or no span.
    pub(super) content: Option<Fingerprint>,
}

/// The keyed fingerprints of a raw part. Its content is hashed once, since it is most of it.
pub(super) fn of(record: &Record, keys: &dyn Keyed) -> Identities {
    let content = keys.fingerprint(&record.tenant, "content", &content_of(record));
    let part = of_part(record, content, keys);
    let is_told = record.span_id.is_some() && !record.content.is_empty();
    Identities { part, content: is_told.then_some(content) }
}

/// A record's content as bytes that no other content has. Text stands in it as it is, behind its
/// length, since escaping it would cost as much as hashing it.
fn content_of(record: &Record) -> Vec<u8> {
    let texts = record.content.iter().map(|segment| text_of(segment).map_or(128, str::len));
    let mut bytes = Vec::with_capacity(texts.map(|length| length + 64).sum::<usize>() + 128);
    write(&mut bytes, &(record.trace_id, record.span_id));
    for segment in &record.content {
        match text_of(segment) {
            Some(text) => {
                let Segment { direction, message, role, origin, name, .. } = segment;
                write(&mut bytes, &(text.len(), direction, message, role, origin, name));
                bytes.extend_from_slice(text.as_bytes());
            }
            None => write(&mut bytes, segment),
        }
    }
    bytes
}

fn text_of(segment: &Segment) -> Option<&str> {
    match &segment.body {
        Body::Text { content } => Some(content),
        _ => None,
    }
}

fn of_part(record: &Record, content: Fingerprint, keys: &dyn Keyed) -> Fingerprint {
    let is_event = record.source.door == Door::Events;
    if let Some(id) = record.attributes.get("event.id").filter(|_| is_event) {
        // The sender's own id of an event: it may be sent again without its time.
        return keyed(record, "event", &(record.kind, id), keys);
    }
    let identity = Identity {
        source: &record.source,
        trace: record.trace_id,
        span: record.span_id,
        kind: record.kind,
        part: record.part,
        name: record.name.as_deref(),
        time: record.time,
        content,
        event: record.event.as_ref(),
        attributes: (record.span_id.is_none() || is_event).then_some(&record.attributes),
    };
    keyed(record, "part", &identity, keys)
}

fn keyed(record: &Record, label: &str, value: &impl Serialize, keys: &dyn Keyed) -> Fingerprint {
    let mut bytes = Vec::with_capacity(1024);
    write(&mut bytes, value);
    keys.fingerprint(&record.tenant, label, &bytes)
}

fn write(bytes: &mut Vec<u8>, value: &impl Serialize) {
    // Every map key here is a string, so this serializer cannot fail.
    let _: Result<(), _> = serde_json::to_writer(bytes, value);
}
