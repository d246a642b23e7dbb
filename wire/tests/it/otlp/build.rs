//! Builds requests in both encodings out of plain JSON values.

use model::Record;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use serde_json::{Value, json};
use wire::otlp::{Decoded, Signal, decode_json, decode_protobuf};

pub(crate) const START: u64 = 1_795_000_000_000_000_000;

/// A span, log record or event before it is encoded.
#[derive(Clone, Default)]
pub(crate) struct Item {
    pub(crate) name: &'static str,
    pub(crate) attributes: Vec<(&'static str, Value)>,
    pub(crate) events: Vec<(&'static str, Vec<(&'static str, Value)>)>,
    pub(crate) body: Option<Value>,
    pub(crate) status: i32,
}

pub(crate) fn item(name: &'static str, attributes: &[(&'static str, Value)]) -> Item {
    Item { name, attributes: attributes.to_vec(), ..Item::default() }
}

/// JSON text, as instrumentations put it into attributes.
#[expect(clippy::needless_pass_by_value, reason = "called with literals")]
pub(crate) fn text(value: Value) -> Value {
    Value::String(value.to_string())
}

fn any(value: &Value) -> AnyValue {
    let value = match value {
        Value::Null => return AnyValue::default(),
        Value::Bool(value) => Any::BoolValue(*value),
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| Any::DoubleValue(number.as_f64().unwrap()), Any::IntValue),
        Value::String(text) => Any::StringValue(text.clone()),
        Value::Array(items) => {
            Any::ArrayValue(ArrayValue { values: items.iter().map(any).collect() })
        }
        Value::Object(map) => {
            let values = map.iter().map(|(key, value)| pair(key, value)).collect();
            Any::KvlistValue(KeyValueList { values })
        }
    };
    AnyValue { value: Some(value) }
}

fn pair(key: &str, value: &Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any(value)), ..KeyValue::default() }
}

pub(crate) fn pairs(attributes: &[(&'static str, Value)]) -> Vec<KeyValue> {
    attributes.iter().map(|(key, value)| pair(key, value)).collect()
}

pub(crate) fn resource() -> Resource {
    Resource {
        attributes: pairs(&[
            ("service.name", json!("demo")),
            ("deployment.environment.name", json!("test")),
        ]),
        ..Resource::default()
    }
}

pub(crate) fn scope() -> InstrumentationScope {
    InstrumentationScope { name: "demo.scope".into(), version: "1.2".into(), ..Default::default() }
}

pub(crate) fn span(item: &Item, position: u8) -> Span {
    let events = item.events.iter().enumerate().map(|(nth, (name, attributes))| Event {
        name: (*name).to_owned(),
        time_unix_nano: START + 1_000_000 * (nth as u64 + 1),
        attributes: pairs(attributes),
        ..Event::default()
    });
    Span {
        trace_id: vec![0x11; 16],
        span_id: vec![0x20 + position; 8],
        parent_span_id: vec![0x10; 8],
        name: item.name.to_owned(),
        kind: 3,
        start_time_unix_nano: START,
        end_time_unix_nano: START + 250_000_000,
        attributes: pairs(&item.attributes),
        events: events.collect(),
        status: Some(Status { code: item.status, message: String::new() }),
        ..Span::default()
    }
}

pub(crate) fn traces(items: &[Item]) -> ExportTraceServiceRequest {
    let spans = (0_u8..).zip(items).map(|(position, item)| span(item, position)).collect();
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource()),
            scope_spans: vec![ScopeSpans { scope: Some(scope()), spans, ..Default::default() }],
            ..Default::default()
        }],
    }
}

pub(crate) fn logs(items: &[Item]) -> ExportLogsServiceRequest {
    let records = (0_u64..).zip(items).map(|(nth, item)| LogRecord {
        observed_time_unix_nano: START + nth,
        trace_id: vec![0x11; 16],
        span_id: vec![0x20; 8],
        event_name: item.name.to_owned(),
        body: item.body.as_ref().map(any),
        attributes: pairs(&item.attributes),
        ..LogRecord::default()
    });
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(resource()),
            scope_logs: vec![ScopeLogs {
                scope: Some(scope()),
                log_records: records.collect(),
                ..Default::default()
            }],
            ..Default::default()
        }],
    }
}

fn any_json(value: &AnyValue) -> Value {
    match &value.value {
        None | Some(Any::BytesValue(_) | Any::StringValueStrindex(_)) => json!({}),
        Some(Any::StringValue(text)) => json!({"stringValue": text}),
        Some(Any::BoolValue(value)) => json!({"boolValue": value}),
        Some(Any::IntValue(value)) => json!({"intValue": value.to_string()}),
        Some(Any::DoubleValue(value)) if value.is_finite() => json!({"doubleValue": value}),
        Some(Any::DoubleValue(_)) => json!({"doubleValue": "NaN"}),
        Some(Any::ArrayValue(list)) => {
            json!({"arrayValue": {"values": list.values.iter().map(any_json).collect::<Vec<_>>()}})
        }
        Some(Any::KvlistValue(list)) => {
            json!({"kvlistValue": {"values": pairs_json(&list.values)}})
        }
    }
}

fn pairs_json(pairs: &[KeyValue]) -> Value {
    pairs
        .iter()
        .map(|pair| json!({"key": pair.key, "value": any_json(pair.value.as_ref().unwrap())}))
        .collect()
}

/// A span in OTLP/JSON, ids in hexadecimal.
pub(crate) fn span_json(span: &Span) -> Value {
    let events: Vec<_> = span
        .events
        .iter()
        .map(|event| {
            json!({
                "name": event.name,
                "timeUnixNano": event.time_unix_nano.to_string(),
                "attributes": pairs_json(&event.attributes),
            })
        })
        .collect();
    json!({
        "traceId": hex::encode(&span.trace_id),
        "spanId": hex::encode(&span.span_id),
        "parentSpanId": hex::encode(&span.parent_span_id),
        "name": span.name,
        "kind": "SPAN_KIND_CLIENT",
        "startTimeUnixNano": span.start_time_unix_nano.to_string(),
        "endTimeUnixNano": span.end_time_unix_nano,
        "attributes": pairs_json(&span.attributes),
        "events": events,
        "status": {"code": span.status.as_ref().map_or(0, |status| status.code)},
        "unknownField": [1, 2],
    })
}

pub(crate) fn traces_json(request: &ExportTraceServiceRequest) -> Value {
    let resources = &request.resource_spans;
    let resources: Vec<_> = resources
        .iter()
        .map(|spans| {
            let scopes: Vec<_> = spans
                .scope_spans
                .iter()
                .map(|scope| {
                    let described = scope.scope.as_ref().unwrap();
                    json!({
                        "scope": {"name": described.name, "version": described.version},
                        "spans": scope.spans.iter().map(span_json).collect::<Vec<_>>(),
                    })
                })
                .collect();
            let described = spans.resource.as_ref().unwrap();
            json!({
                "resource": {"attributes": pairs_json(&described.attributes)},
                "scopeSpans": scopes,
            })
        })
        .collect();
    json!({"resourceSpans": resources})
}

pub(crate) fn records(decoded: Decoded) -> Vec<Record> {
    decoded.observations.into_iter().map(model::Sealed::into_exposed).collect()
}

/// Decodes spans from both encodings, which must agree.
pub(crate) fn spans_of(items: &[Item]) -> Vec<Record> {
    use prost::Message as _;
    let request = traces(items);
    let binary = decode_protobuf(Signal::Traces, &request.encode_to_vec()).unwrap();
    let json = traces_json(&request).to_string();
    let json = decode_json(Signal::Traces, json.as_bytes()).unwrap();
    assert_eq!(binary.rejected, []);
    assert_eq!(json.rejected, []);
    assert_eq!(binary.accepted, items.len() as u64);
    let (binary, json) = (records(binary), records(json));
    assert_eq!(binary, json, "the encodings differ");
    binary
}

/// Decodes one span from both encodings.
pub(crate) fn span_of(item: &Item) -> Record {
    spans_of(std::slice::from_ref(item)).remove(0)
}

pub(crate) fn logs_of(items: &[Item]) -> Vec<Record> {
    use prost::Message as _;
    let decoded = decode_protobuf(Signal::Logs, &logs(items).encode_to_vec()).unwrap();
    assert_eq!(decoded.rejected, []);
    records(decoded)
}
