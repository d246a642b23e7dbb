//! How long reading foreign bytes takes: requests, answers and OTLP, each beside the shortest read
//! of the same bytes that is any use.
//!
//! The ceiling of JSON is `serde_json` skipping every value, that of protobuf `prost` filling the
//! generated types. One thread, best of many rounds.

mod dialect;

use std::hint::black_box;
use std::time::Instant;

use anyhow::Result;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use serde::de::IgnoredAny;
use wire::otlp::{Signal, decode_json, decode_protobuf};
use wire::provider::{AnswerLimits, AnswerReader, Dialect, How, parse_request};

use crate::say;

/// Spans of each OTLP request.
const SPANS: usize = 100;
const ROUNDS: usize = 200;

macro_rules! fixture {
    ($file:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../wire/tests/it/fixtures/", $file))
    };
}

/// A body that a provider's client or server sends.
struct Body {
    name: &'static str,
    dialect: Dialect,
    path: &'static str,
    bytes: &'static [u8],
}

const fn body(
    name: &'static str,
    dialect: Dialect,
    path: &'static str,
    bytes: &'static [u8],
) -> Body {
    Body { name, dialect, path, bytes }
}

const REQUESTS: [Body; 4] = [
    body(
        "OpenAI chat",
        Dialect::OpenAi,
        "/v1/chat/completions",
        fixture!("request/openai_chat.json"),
    ),
    body(
        "OpenAI responses",
        Dialect::OpenAi,
        "/v1/responses",
        fixture!("request/openai_responses.json"),
    ),
    body(
        "Anthropic messages",
        Dialect::Anthropic,
        "/v1/messages",
        fixture!("request/anthropic_messages.json"),
    ),
    body(
        "OpenAI embeddings",
        Dialect::OpenAi,
        "/v1/embeddings",
        fixture!("request/openai_embeddings.json"),
    ),
];

const ANSWERS: [Body; 6] = [
    body(
        "OpenAI chat",
        Dialect::OpenAi,
        "/v1/chat/completions",
        fixture!("answer/openai_chat.json"),
    ),
    body(
        "OpenAI chat, streamed",
        Dialect::OpenAi,
        "/v1/chat/completions",
        fixture!("answer/openai_chat.sse"),
    ),
    body(
        "OpenAI responses",
        Dialect::OpenAi,
        "/v1/responses",
        fixture!("answer/openai_responses.json"),
    ),
    body(
        "OpenAI responses, streamed",
        Dialect::OpenAi,
        "/v1/responses",
        fixture!("answer/openai_responses.sse"),
    ),
    body(
        "Anthropic messages",
        Dialect::Anthropic,
        "/v1/messages",
        fixture!("answer/anthropic_messages.json"),
    ),
    body(
        "Anthropic messages, streamed",
        Dialect::Anthropic,
        "/v1/messages",
        fixture!("answer/anthropic_messages.sse"),
    ),
];

/// Measures, and prints a table.
pub(crate) fn run() -> Result<()> {
    say("| read | bytes | µs | ceiling µs | ratio |\n|---|---|---|---|---|");
    requests();
    answers();
    for (name, attributes) in dialect::all() {
        protobuf(name, &attributes)?;
        json(name, &attributes)?;
    }
    Ok(())
}

fn requests() {
    for body in &REQUESTS {
        let read = best(|| drop(black_box(parse_request(body.dialect, body.path, body.bytes))));
        row(&format!("request, {}", body.name), body.bytes.len(), read, best(|| skip(body.bytes)));
    }
}

fn answers() {
    for body in &ANSWERS {
        let streamed = body.bytes.starts_with(b"data:") || body.bytes.starts_with(b"event:");
        let kind = if streamed { "text/event-stream" } else { "application/json" };
        let read = best(|| {
            let limits = AnswerLimits::default();
            let mut reader = AnswerReader::new(body.dialect, body.path, Some(kind), limits);
            reader.push(body.bytes);
            drop(black_box(reader.finish(How::Complete)));
        });
        let ceiling = best(|| if streamed { skip_events(body.bytes) } else { skip(body.bytes) });
        row(&format!("answer, {}", body.name), body.bytes.len(), read, ceiling);
    }
}

fn protobuf(name: &str, attributes: &dialect::Attributes) -> Result<()> {
    let bytes = dialect::protobuf(attributes, SPANS).encode_to_vec();
    decode_protobuf(Signal::Traces, &bytes)?;
    let read = best(|| drop(black_box(decode_protobuf(Signal::Traces, &bytes))));
    let ceiling = best(|| drop(black_box(ExportTraceServiceRequest::decode(&*bytes))));
    row_of_a_span(&format!("span in protobuf, {name}"), bytes.len(), read, ceiling);
    Ok(())
}

fn json(name: &str, attributes: &dialect::Attributes) -> Result<()> {
    let text = dialect::json(attributes, SPANS).to_string();
    decode_json(Signal::Traces, text.as_bytes())?;
    let read = best(|| drop(black_box(decode_json(Signal::Traces, text.as_bytes()))));
    let ceiling = best(|| skip(text.as_bytes()));
    row_of_a_span(&format!("span in JSON, {name}"), text.len(), read, ceiling);
    Ok(())
}

/// Reads JSON and keeps nothing.
fn skip(bytes: &[u8]) {
    let _ = black_box(serde_json::from_slice::<IgnoredAny>(black_box(bytes)));
}

/// The same for each event of a stream.
fn skip_events(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        if let Some(data) = line.strip_prefix(b"data: ") {
            skip(data);
        }
    }
}

/// Microseconds of the best round.
fn best(mut read: impl FnMut()) -> f64 {
    let mut round = || {
        let begin = Instant::now();
        read();
        begin.elapsed().as_secs_f64() * 1e6
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

fn row_of_a_span(name: &str, bytes: usize, read: f64, ceiling: f64) {
    row(name, bytes / SPANS, read / SPANS as f64, ceiling / SPANS as f64);
}

fn row(name: &str, bytes: usize, read: f64, ceiling: f64) {
    say(&format!("| {name} | {bytes} | {read:.2} | {ceiling:.2} | {:.2} |", ceiling / read));
}
