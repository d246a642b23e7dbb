//! A part's identity: what makes a retry the same part (DESIGN, "Once").

use model::{Door, Fingerprint, Keyed, Record};
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
    let content =
        keyed(record, "content", &(record.trace_id, record.span_id, &record.content), keys);
    let part = of_part(record, content, keys);
    let is_told = record.span_id.is_some() && !record.content.is_empty();
    Identities { part, content: is_told.then_some(content) }
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
    // Every map key here is a string, so this serializer cannot fail.
    let _: Result<(), _> = serde_json::to_writer(&mut bytes, value);
    keys.fingerprint(&record.tenant, label, &bytes)
}
