//! Conversations of a given size as OTLP requests, with ids that are new in every request.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::json;

use crate::english::prose;
use crate::random::Random;

/// Where the number of an order goes, which makes each text one that was never seen before.
const ORDER: &str = "######";

/// When a span begins and ends, nanoseconds since the epoch.
const START: u64 = 1_795_476_561_529_282_090;
const END: u64 = 1_795_476_562_577_731_285;

/// A request of many spans. Its ids are written in place, so that sending costs no encoding.
pub(crate) struct Template {
    bytes: Vec<u8>,
    /// Where the trace ids and span ids lie.
    ids: Vec<(usize, usize)>,
    /// Where the numbers of orders lie.
    orders: Vec<usize>,
    /// Where the times lie.
    times: Vec<usize>,
    /// JSON bytes of one record's conversation.
    pub(crate) json_bytes: usize,
}

impl Template {
    /// A request of `spans` spans, each with about `size` bytes of conversation.
    pub(crate) fn new(spans: usize, size: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        Self::of((0..spans).map(|position| span(position, size, &mut random)).collect())
    }

    /// A request of one span, in which somebody asks `question` in a session of their own.
    pub(crate) fn asking(question: &str) -> Self {
        let (user, session) = (format!("user-{ORDER}"), format!("session-{ORDER}"));
        Self::of(vec![chat(0, question, "I cannot help with that.", &user, &session)])
    }

    fn of(spans: Vec<Span>) -> Self {
        let json_bytes = spans.last().map_or(0, conversation_bytes);
        let markers: Vec<([u8; 16], [u8; 8])> = (0..spans.len()).map(marker).collect();
        let bytes = ExportTraceServiceRequest {
            resource_spans: vec![ResourceSpans {
                resource: Some(Resource {
                    attributes: vec![text("service.name", "bench")],
                    ..Resource::default()
                }),
                scope_spans: vec![ScopeSpans { spans, ..ScopeSpans::default() }],
                ..ResourceSpans::default()
            }],
        }
        .encode_to_vec();
        let place = |needle: &[u8]| {
            bytes.windows(needle.len()).position(|window| window == needle).unwrap_or_default()
        };
        let ids = markers.iter().map(|(trace, span)| (place(trace), place(span))).collect();
        let orders = memchr::memmem::find_iter(&bytes, ORDER).collect();
        let times = [START, END];
        let times = times.iter().flat_map(|time| {
            memchr::memmem::find_iter(&bytes, &time.to_le_bytes()).collect::<Vec<_>>()
        });
        let times = times.collect();
        Self { bytes, ids, orders, times, json_bytes }
    }

    /// The same as [`Template::fill`], as something that happens at `nanos` since the epoch.
    pub(crate) fn fill_at(&self, number: u64, nanos: u64) -> Vec<u8> {
        let mut bytes = self.fill(number);
        for place in &self.times {
            bytes[*place..*place + 8].copy_from_slice(&nanos.to_le_bytes());
        }
        bytes
    }

    /// The request, with ids and orders that no other `number` has.
    pub(crate) fn fill(&self, number: u64) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        for (position, (trace, span)) in self.ids.iter().enumerate() {
            let id = (number << 16) | (position as u64 + 1);
            bytes[*trace..trace + 8].copy_from_slice(&mixed(id).to_be_bytes());
            bytes[trace + 8..trace + 16].copy_from_slice(&id.to_be_bytes());
            bytes[*span..span + 8].copy_from_slice(&mixed(id).to_be_bytes());
        }
        for (position, place) in (0..).zip(&self.orders) {
            let order = 100_000 + mixed((number << 16) | position) % 900_000;
            bytes[*place..place + ORDER.len()].copy_from_slice(order.to_string().as_bytes());
        }
        bytes
    }

    /// Spans in a request.
    pub(crate) fn spans(&self) -> usize {
        self.ids.len()
    }
}

fn marker(position: usize) -> ([u8; 16], [u8; 8]) {
    let position = position as u64 + 1;
    let mut trace = [0xEE; 16];
    trace[8..].copy_from_slice(&mixed(position).to_be_bytes());
    (trace, mixed(position + 1_000_000).to_be_bytes())
}

fn span(position: usize, size: usize, random: &mut Random) -> Span {
    let question = format!(
        "{} My order is {ORDER}, please write to person{}@example.com.",
        prose(random, size / 3),
        random.below(100_000)
    );
    let answer = format!("About order {ORDER}: {}", prose(random, size - size / 3 - 200));
    let user = format!("user-{}", random.below(5_000));
    let session = format!("session-{}", random.below(20_000));
    chat(position, &question, &answer, &user, &session)
}

fn chat(position: usize, question: &str, answer: &str, user: &str, session: &str) -> Span {
    let (trace, id) = marker(position);
    let input = json!([{"role": "system", "parts": [{"type": "text", "content": "You help customers of a shop."}]},
        {"role": "user", "parts": [{"type": "text", "content": question}]}]);
    let output = json!([{"role": "assistant", "parts": [{"type": "text", "content": answer}], "finish_reason": "stop"}]);
    Span {
        trace_id: trace.to_vec(),
        span_id: id.to_vec(),
        name: "chat gpt-4o-mini".to_owned(),
        kind: 3,
        start_time_unix_nano: START,
        end_time_unix_nano: END,
        attributes: vec![
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.provider.name", "openai"),
            text("gen_ai.request.model", "gpt-4o-mini"),
            text("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
            number("gen_ai.usage.input_tokens", 312),
            number("gen_ai.usage.output_tokens", 204),
            text("user.id", user),
            text("session.id", session),
            text("gen_ai.input.messages", &input.to_string()),
            text("gen_ai.output.messages", &output.to_string()),
        ],
        ..Span::default()
    }
}

fn conversation_bytes(span: &Span) -> usize {
    span.attributes.iter().map(Message::encoded_len).sum()
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// splitmix64's finaliser: neighbouring numbers look unrelated, as real ids do.
const fn mixed(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
