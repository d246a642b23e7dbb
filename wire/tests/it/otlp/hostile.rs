//! Random, mutated and absurdly nested input: bounded, and never a panic.

use proptest::prelude::*;
use prost::Message as _;
use wire::otlp::{Decoded, Encoding, Signal, decode_json, decode_protobuf, response};

use super::build::{logs, traces, traces_json};
use super::dialects as of;

const SIGNALS: [Signal; 3] = [Signal::Traces, Signal::Logs, Signal::Metrics];

/// What every record must hold: it can be encoded, and read back.
fn check(signal: Signal, decoded: Decoded) {
    let _ = response(signal, &decoded, Encoding::Json);
    for observation in decoded.observations {
        let record = observation.into_exposed();
        let bytes = model::encode(&record);
        model::decode(&bytes).unwrap();
    }
}

fn everything(bytes: &[u8]) {
    for signal in SIGNALS {
        if let Ok(decoded) = decode_protobuf(signal, bytes) {
            check(signal, decoded);
        }
        if let Ok(decoded) = decode_json(signal, bytes) {
            check(signal, decoded);
        }
    }
}

fn valid_traces() -> Vec<u8> {
    traces(&[of::otel(), of::openinference(), of::openllmetry(), of::vercel(), of::langfuse()])
        .encode_to_vec()
}

fn valid_json() -> Vec<u8> {
    traces_json(&traces(&[of::otel_structured(), of::openllmetry(), of::vercel()]))
        .to_string()
        .into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        everything(&bytes);
    }

    #[test]
    fn random_json(text in r#"\{("resource_?[Ss]pans"|"resourceLogs"|"resourceMetrics"): ?[\[\]{}":,a-zA-Z0-9\\.-]{0,80}\}?"#) {
        everything(text.as_bytes());
    }

    #[test]
    fn mutated_protobuf(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        for mut bytes in [valid_traces(), logs(&of::legacy_events()).encode_to_vec()] {
            for (index, byte) in &changes {
                let at = index.index(bytes.len());
                bytes[at] = *byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len()));
            }
            everything(&bytes);
        }
    }

    #[test]
    fn mutated_json(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = valid_json();
        for (index, byte) in &changes {
            let at = index.index(bytes.len());
            bytes[at] = *byte;
        }
        everything(&bytes);
    }
}

/// `AnyValue` around `AnyValue`, in protobuf.
fn nested_protobuf(levels: usize) -> Vec<u8> {
    fn wrap(tag: u8, inner: &[u8]) -> Vec<u8> {
        let mut out = vec![tag];
        prost::encoding::encode_varint(inner.len() as u64, &mut out);
        out.extend_from_slice(inner);
        out
    }
    let mut value = wrap(0x0a, b"x");
    for _ in 0..levels {
        value = wrap(0x2a, &wrap(0x0a, &value));
    }
    let attribute = [wrap(0x0a, b"deep"), wrap(0x12, &value)].concat();
    let span = [wrap(0x2a, b"span"), wrap(0x4a, &attribute)].concat();
    let good = wrap(0x12, &wrap(0x2a, b"good"));
    wrap(0x0a, &wrap(0x12, &[wrap(0x12, &span), good].concat()))
}

fn nested_json(levels: usize) -> String {
    let open = r#"{"arrayValue":{"values":["#.repeat(levels);
    let close = "]}}".repeat(levels);
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[
            {{"name":"span","attributes":[{{"key":"deep","value":{open}{{}}{close}}}]}},
            {{"name":"good"}}]}}]}}]}}"#
    )
}

#[test]
fn ten_thousand_levels_cost_one_span() {
    for levels in [40, 1_000, 10_000] {
        let decoded = decode_protobuf(Signal::Traces, &nested_protobuf(levels)).unwrap();
        assert_eq!((decoded.accepted, decoded.rejected_count), (1, 1), "{levels}");
        let decoded = decode_json(Signal::Traces, nested_json(levels).as_bytes()).unwrap();
        assert_eq!((decoded.accepted, decoded.rejected_count), (1, 1), "{levels}");
        assert!(decoded.rejected[0].reason.contains("level"), "{}", decoded.rejected[0]);
    }
    check(Signal::Traces, decode_protobuf(Signal::Traces, &nested_protobuf(20)).unwrap());
}

#[test]
fn deep_text_stays_text() {
    use serde_json::json;
    for levels in [63, 100, 100_000] {
        let deep = "[".repeat(levels) + &"]".repeat(levels);
        let messages = json!([{"role": "user", "parts": [
            {"type": "tool_call", "name": "f", "arguments": deep}]}]);
        let item = super::build::item(
            "chat",
            &[
                ("gen_ai.operation.name", json!("chat")),
                ("gen_ai.input.messages", json!(messages.to_string())),
                ("input.value", json!(deep)),
            ],
        );
        let bytes = traces(&[item]).encode_to_vec();
        check(Signal::Traces, decode_protobuf(Signal::Traces, &bytes).unwrap());
    }
}
