//! How long decoding takes; run by hand: `cargo test -p wire speed -- --ignored --nocapture`.

use std::time::Instant;

use prost::Message as _;
use serde_json::json;
use wire::otlp::{Decoded, Signal, decode_json, decode_protobuf};

use super::build::{Item, traces, traces_json};
use super::dialects as of;

/// Plain talk of 2 KB: much text and little structure.
fn talk() -> Item {
    let text = "The museum opens at nine and closes at five. ".repeat(20);
    let mut item = of::legacy_span();
    let said = |role| json!([{"role": role, "parts": [{"type": "text", "content": text}]}]);
    item.attributes.push(("gen_ai.input.messages", said("user").to_string().into()));
    item.attributes.push(("gen_ai.output.messages", said("assistant").to_string().into()));
    item
}

fn dialects() -> [(&'static str, Item); 6] {
    [
        ("talk", talk()),
        ("otel", of::otel()),
        ("openllmetry", of::openllmetry()),
        ("openinference", of::openinference()),
        ("vercel", of::vercel()),
        ("langfuse", of::langfuse()),
    ]
}

/// The best of many rounds, since the machine is not ours alone.
fn measure(name: &str, bytes: usize, decode: impl Fn() -> Decoded) {
    let round = || {
        let start = Instant::now();
        let spans = decode().observations.len();
        start.elapsed().as_secs_f64() * 1e6 / spans as f64
    };
    let best = (0..200).map(|_| round()).fold(f64::INFINITY, f64::min);
    println!("{name}: {best:.1} µs for {} B", bytes / 100);
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn microseconds_per_span_in_protobuf() {
    for (name, item) in dialects() {
        let bytes = traces(&vec![item; 100]).encode_to_vec();
        measure(name, bytes.len(), || decode_protobuf(Signal::Traces, &bytes).unwrap());
    }
}

#[test]
#[ignore = "measures, and asserts nothing"]
fn microseconds_per_span_in_json() {
    for (name, item) in dialects() {
        let text = traces_json(&traces(&vec![item; 100])).to_string();
        measure(name, text.len(), || decode_json(Signal::Traces, text.as_bytes()).unwrap());
    }
}
