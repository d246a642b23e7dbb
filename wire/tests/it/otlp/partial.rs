//! What is broken costs only itself, and is named.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use serde_json::{Value, json};
use wire::otlp::{
    Encoding, Limits, Signal, decode_json, decode_json_within, decode_protobuf,
    decode_protobuf_within, response,
};

use super::build::{Item, item, records, traces, traces_json};

fn three() -> Vec<Item> {
    ["first", "MIDDLE", "last"].map(|name| item(name, &[("k", json!("v"))])).to_vec()
}

#[test]
fn a_broken_span_in_protobuf_costs_only_itself() {
    let mut bytes = traces(&three()).encode_to_vec();
    let at = bytes.windows(6).position(|window| window == b"MIDDLE").unwrap();
    // The name becomes a varint, and what it held other fields.
    bytes[at - 2] = 0x28;
    let decoded = decode_protobuf(Signal::Traces, &bytes).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (2, 1));
    let rejected = &decoded.rejected[0];
    assert_eq!(rejected.item, "resourceSpans[0].scopeSpans[0].spans[1]");
    assert_eq!(rejected.field, "name");
    let answer = response(Signal::Traces, &decoded, Encoding::Protobuf);
    let answer = ExportTraceServiceResponse::decode(&*answer).unwrap().partial_success.unwrap();
    assert_eq!(answer.rejected_spans, 1);
    assert!(answer.error_message.contains("spans[1].name"), "{}", answer.error_message);
    let names: Vec<_> = records(decoded).into_iter().map(|record| record.name.unwrap()).collect();
    assert_eq!(names, ["first", "last"]);
}

#[test]
fn a_text_that_is_not_utf_8_costs_its_broken_characters() {
    let mut bytes = traces(&three()).encode_to_vec();
    let at = bytes.windows(6).position(|window| window == b"MIDDLE").unwrap();
    bytes[at] = 0xff;
    let decoded = decode_protobuf(Signal::Traces, &bytes).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (3, 0));
    assert_eq!(response(Signal::Traces, &decoded, Encoding::Protobuf), b"");
    let records = records(decoded);
    assert_eq!(records[1].name.as_deref(), Some("\u{fffd}IDDLE"));
    assert_eq!(records[1].attributes["k"], "v");
    let notes = records[1].attributes["plainsight.notes"].as_array().unwrap();
    assert!(notes.len() == 1 && notes[0].as_str().unwrap().contains("UTF-8"), "{notes:?}");
    assert!(!records[0].attributes.contains_key("plainsight.notes"));
}

#[test]
fn a_resource_that_is_not_utf_8_is_kept_and_told() {
    let mut request = traces(&three());
    let service = KeyValue {
        key: "service.name".to_owned(),
        value: Some(AnyValue { value: Some(any_value::Value::StringValue("SERVICE".to_owned())) }),
        ..KeyValue::default()
    };
    let resource = Resource { attributes: vec![service], ..Resource::default() };
    request.resource_spans[0].resource = Some(resource);
    let mut bytes = request.encode_to_vec();
    let at = bytes.windows(7).position(|window| window == b"SERVICE").unwrap();
    bytes[at] = 0xff;
    let decoded = decode_protobuf(Signal::Traces, &bytes).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (3, 0));
    assert_eq!(decoded.rejected[0].item, "resourceSpans[0].resource");
    for record in records(decoded) {
        assert_eq!(record.source.service.as_deref(), Some("\u{fffd}ERVICE"));
    }
}

#[test]
fn a_broken_span_in_json_costs_only_itself() {
    let broken = [
        ("startTimeUnixNano", json!({"no": "time"})),
        ("traceId", json!("not an id")),
        ("attributes", json!([{"key": "a", "value": {"intValue": "x"}}])),
        ("events", json!("none")),
        ("name", json!(7)),
    ];
    for (field, value) in broken {
        let mut request = traces_json(&traces(&three()));
        request["resourceSpans"][0]["scopeSpans"][0]["spans"][1][field] = value;
        let decoded = decode_json(Signal::Traces, request.to_string().as_bytes()).unwrap();
        assert_eq!((decoded.accepted, decoded.rejected_count), (2, 1), "{field}");
        assert_eq!(decoded.rejected[0].item, "resourceSpans[0].scopeSpans[0].spans[1]");
        assert!(decoded.rejected[0].field.starts_with(field), "{}", decoded.rejected[0]);
        let answer = response(Signal::Traces, &decoded, Encoding::Json);
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["partialSuccess"]["rejectedSpans"], "1");
    }
    let mut request = traces_json(&traces(&three()));
    request["resourceSpans"][0]["scopeSpans"][0]["spans"][1] = json!("not a span");
    let decoded = decode_json(Signal::Traces, request.to_string().as_bytes()).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (2, 1));
}

#[test]
fn what_python_and_cut_emojis_break_is_mended() {
    let text = traces_json(&traces(&three())).to_string();
    let text = text.replacen("\"MIDDLE\"", "\"cut \\ud83d\",\"flags\":NaN", 1);
    let decoded = decode_json(Signal::Traces, text.as_bytes()).unwrap();
    assert_eq!(decoded.accepted, 2);
    let text = text.replace(",\"flags\":NaN", "");
    let decoded = decode_json(Signal::Traces, text.as_bytes()).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (3, 0));
    assert_eq!(records(decoded)[1].name.as_deref(), Some("cut \u{fffd}"));
}

#[test]
fn a_broken_resource_costs_no_span() {
    let mut request = traces_json(&traces(&three()));
    request["resourceSpans"][0]["resource"] = json!({"attributes": 5});
    let decoded = decode_json(Signal::Traces, request.to_string().as_bytes()).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (3, 0));
    assert_eq!(decoded.rejected[0].field, "resource.attributes");
}

#[test]
fn a_body_of_another_kind_is_an_error() {
    let json = traces_json(&traces(&three())).to_string();
    for (bytes, encoding) in [(json.as_bytes(), "protobuf"), (b"\xff\xff\xff", "protobuf")] {
        let error = decode_protobuf(Signal::Traces, bytes).unwrap_err();
        assert_eq!(error.encoding, encoding);
    }
    for bytes in
        [&b""[..], b"hello", b"[1]", b"{\"resourceLogs\":[]}", b"{\"resourceSpans\":[", b"7"]
    {
        let error = decode_json(Signal::Traces, bytes).unwrap_err();
        assert_eq!(error.encoding, "JSON", "{error}");
    }
    let error = decode_json(Signal::Traces, b"{\"resourceSpans\":\n [}").unwrap_err();
    assert_eq!(error.byte, 20);
}

#[test]
fn nothing_sent_is_full_success() {
    for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
        let decoded = decode_protobuf(signal, b"").unwrap();
        assert_eq!(decoded.accepted, 0);
        assert_eq!(response(signal, &decoded, Encoding::Protobuf), b"");
        assert_eq!(response(signal, &decode_json(signal, b"{}").unwrap(), Encoding::Json), b"{}");
    }
}

#[test]
fn limits_say_so() {
    let items: Vec<_> = (0..5).map(|_| item("x", &[("a", json!(1)), ("b", json!(2))])).collect();
    let bytes = traces(&items).encode_to_vec();
    let limits = Limits { items: 3, ..Limits::default() };
    let decoded = decode_protobuf_within(&limits, Signal::Traces, &bytes).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (3, 2));
    assert_eq!(decoded.rejected[0].reason, "more than 3 items in one request");
    let limits = Limits { attributes: 1, ..Limits::default() };
    let json = traces_json(&traces(&items)).to_string();
    let decoded = decode_json_within(&limits, Signal::Traces, json.as_bytes()).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (0, 5));
    assert_eq!(decoded.rejected[0].reason, "more than 1 attributes");
    let limits = Limits { depth: 2, ..Limits::default() };
    let deep = traces(&[item("x", &[("a", json!([[1]]))])]).encode_to_vec();
    let decoded = decode_protobuf_within(&limits, Signal::Traces, &deep).unwrap();
    assert_eq!(decoded.rejected[0].field, "attributes[0].value");
}

#[test]
fn the_answer_is_bounded() {
    let spans = vec![json!({"name": 1}); 5_000];
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).to_string();
    let decoded = decode_json(Signal::Traces, request.as_bytes()).unwrap();
    assert_eq!(decoded.rejected_count, 5_000);
    let answer = response(Signal::Traces, &decoded, Encoding::Json);
    assert!(answer.len() < 4_096, "{}", answer.len());
    assert!(String::from_utf8(answer).unwrap().contains("\"5000\""));
}

#[test]
fn odd_times_and_ids_are_kept_and_noted() {
    let mut request = traces_json(&traces(&three()));
    let span = &mut request["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    span["startTimeUnixNano"] = json!("18446744073709551615");
    span["traceId"] = json!(null);
    span["spanId"] = json!("q6urq6s=");
    let record = records(decode_json(Signal::Traces, request.to_string().as_bytes()).unwrap());
    assert_eq!(record[0].time.nanos(), i64::MAX);
    assert_eq!((record[0].trace_id, record[0].span_id), (None, None));
    let notes = record[0].attributes["plainsight.notes"].as_array().unwrap();
    assert_eq!(notes.len(), 3, "{notes:?}");
}
