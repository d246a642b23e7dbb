//! Spans in the JSON of OTLP (OTLP specification 1.7, "JSON Protobuf Encoding").

use model::Timestamp;
use serde_json::{Map, Value, json};

use super::messages::NAME;

/// How long a span lasts, nanoseconds.
const LASTS: i64 = 5_000_000;
/// `STATUS_CODE_OK`.
const OK: u8 = 1;
/// `STATUS_CODE_ERROR`.
const ERROR: u8 = 2;
/// `SPAN_KIND_CLIENT`.
const CLIENT: u8 = 3;

/// A span with these attributes. One with `error.type` failed.
pub(crate) fn span(attributes: &Map<String, Value>, trace: &str, time: Timestamp) -> Value {
    let operation = attributes.get("gen_ai.operation.name").and_then(Value::as_str);
    let code = if attributes.contains_key("error.type") { ERROR } else { OK };
    json!({
        "traceId": trace,
        "spanId": span_id(trace),
        "name": operation.unwrap_or(NAME),
        "kind": CLIENT,
        "startTimeUnixNano": time.nanos().to_string(),
        "endTimeUnixNano": (time.nanos() + LASTS).to_string(),
        "attributes": attributes.iter().map(attribute).collect::<Vec<_>>(),
        "status": {"code": code},
    })
}

/// The span of a trace that has only one: its last eight bytes.
pub(crate) fn span_id(trace: &str) -> &str {
    trace.get(16..).unwrap_or(trace)
}

/// An export request of spans.
pub(crate) fn export(spans: &[Value]) -> Value {
    let service = json!([{"key": "service.name", "value": {"stringValue": NAME}}]);
    json!({"resourceSpans": [{
        "resource": {"attributes": service},
        "scopeSpans": [{"scope": {"name": NAME}, "spans": spans}],
    }]})
}

fn attribute((name, value): (&String, &Value)) -> Value {
    json!({"key": name, "value": any_value(value)})
}

/// Messages and other structures travel as JSON text, as the conventions for spans say.
fn any_value(value: &Value) -> Value {
    match value {
        Value::String(text) => json!({"stringValue": text}),
        Value::Bool(flag) => json!({"boolValue": flag}),
        Value::Number(number) if number.is_f64() => json!({"doubleValue": number}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let values: Vec<Value> = items.iter().map(any_value).collect();
            json!({"arrayValue": {"values": values}})
        }
        structure => json!({"stringValue": structure.to_string()}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_types() {
        assert_eq!(any_value(&json!(7)), json!({"intValue": "7"}));
        assert_eq!(any_value(&json!(0.5)), json!({"doubleValue": 0.5}));
        assert_eq!(
            any_value(&json!(["a"])),
            json!({"arrayValue": {"values": [{"stringValue": "a"}]}})
        );
        assert_eq!(any_value(&json!([{"a": 1}])), json!({"stringValue": "[{\"a\":1}]"}));
    }

    #[test]
    fn a_span_with_an_error_failed() {
        let trace = "0a1b2c3d000000050000000000000001";
        let failed = Map::from_iter([("error.type".to_owned(), json!("timeout"))]);
        assert_eq!(span(&failed, trace, Timestamp(0))["status"]["code"], ERROR);
        let fine = span(&Map::new(), trace, Timestamp(0));
        assert_eq!(
            (&fine["status"]["code"], &fine["spanId"]),
            (&json!(OK), &json!("0000000000000001"))
        );
    }
}
