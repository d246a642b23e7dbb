//! Random bytes and damaged bodies: no panic, no endless loop, and a record that decodes.

use model::{Record, Timestamp};
use proptest::prelude::*;
use wire::import::{Format, parse_line};
use wire::json;
use wire::provider::{AnswerLimits, AnswerReader, Dialect, How, parse_request};

use crate::chunk::{cuts, mutate, mutations, pieces};
use crate::{answer, import, request};

const PATHS: [&str; 6] = [
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/messages",
    "/v1/other",
];

/// Names that some body has.
const NAMES: [&str; 34] = [
    "messages",
    "content",
    "role",
    "type",
    "text",
    "input",
    "output",
    "tool_calls",
    "function",
    "arguments",
    "choices",
    "delta",
    "index",
    "error",
    "data",
    "source",
    "system",
    "model",
    "usage",
    "metadata",
    "item",
    "response",
    "message",
    "content_block",
    "id",
    "request",
    "user",
    "tools",
    "image_url",
    "traceId",
    "call_type",
    "result",
    "params",
    "observations",
];

/// Texts that mean something to some reader.
const TEXTS: [&str; 25] = [
    "",
    "user",
    "assistant",
    "tool",
    "text",
    "image",
    "document",
    "tool_use",
    "tool_result",
    "message",
    "function_call",
    "reasoning",
    "mcp_call",
    "message_start",
    "content_block_delta",
    "response.output_text.delta",
    "response.output_item.done",
    "error",
    "{\"a\":[1",
    "base64",
    "data:image/png;base64,AAAA",
    "GENERATION",
    "acompletion",
    "x_tool_result",
    "y_call_output",
];

fn record_of_request(dialect: Dialect, path: &str, body: &[u8]) {
    if let Ok(request) = parse_request(dialect, path, body) {
        let mut record = Record::default();
        request.fill(&mut record);
        decodes(&record);
    }
}

fn record_of_answer(dialect: Dialect, path: &str, kind: Option<&str>, pieces: &[&[u8]]) {
    let mut reader = AnswerReader::new(dialect, path, kind, AnswerLimits { max_bytes: 1 << 16 });
    for piece in pieces {
        reader.push(piece);
    }
    let mut record = Record::default();
    reader.finish(How::Cut).fill(&mut record);
    decodes(&record);
}

/// A record comes back as it was, also from a parser that stops at 128 levels.
fn decodes(record: &Record) {
    assert_eq!(&model::decode(&model::encode(record)).unwrap(), record);
}

/// JSON that is valid, and no body of anybody.
fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let names = prop::sample::select(&NAMES[..]);
    let texts = prop::sample::select(&TEXTS[..]);
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(|number| serde_json::json!(number)),
        any::<u64>().prop_map(Into::into),
        texts.prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map(names.clone(), inner, 0..6).prop_map(|fields| {
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
                serde_json::Value::Object(fields.collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn random_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        path in prop::sample::select(&PATHS[..]),
        cuts in cuts(),
    ) {
        record_of_request(Dialect::OpenAi, path, &bytes);
        for kind in [None, Some(answer::EVENTS), Some(answer::JSON), Some("image/png")] {
            record_of_answer(Dialect::Anthropic, path, kind, &pieces(&bytes, &cuts));
        }
        for format in Format::ALL {
            let _ = parse_line(format, &bytes, Timestamp::default());
        }
        let _ = Format::detect(&bytes);
        let _ = json::parse(&bytes);
    }

    #[test]
    fn random_values(value in any_json(), path in prop::sample::select(&PATHS[..])) {
        let text = value.to_string();
        for dialect in [Dialect::OpenAi, Dialect::Anthropic] {
            record_of_request(dialect, path, text.as_bytes());
            record_of_answer(dialect, path, None, &[text.as_bytes()]);
            let events = format!("data: {text}\n\ndata: {text}\n\n");
            record_of_answer(dialect, path, None, &[events.as_bytes()]);
        }
        for format in Format::ALL {
            if let Ok(imported) = parse_line(format, text.as_bytes(), Timestamp::default()) {
                imported.observations.iter().for_each(|record| decodes(record.expose()));
            }
        }
    }

    #[test]
    fn random_value_streams(values in prop::collection::vec(any_json(), 0..12)) {
        let events = values.iter().map(|value| format!("data: {value}\n\n")).collect::<Vec<_>>().concat();
        record_of_answer(Dialect::OpenAi, "/v1/responses", Some(answer::EVENTS), &[events.as_bytes()]);
    }

    #[test]
    fn damaged_requests(index in 0..request::FIXTURES.len(), changes in mutations()) {
        let (_, dialect, path, body) = request::FIXTURES[index];
        record_of_request(dialect, path, &mutate(body, &changes));
    }

    #[test]
    fn damaged_answers(index in 0..answer::FIXTURES.len(), changes in mutations(), cuts in cuts()) {
        let fixture = &answer::FIXTURES[index];
        for (kind, bytes) in [(answer::JSON, fixture.whole), (answer::EVENTS, fixture.stream)] {
            let bytes = mutate(bytes, &changes);
            record_of_answer(fixture.dialect, fixture.path, Some(kind), &pieces(&bytes, &cuts));
        }
    }

    #[test]
    fn damaged_exports(index in 0..import::FIXTURES.len(), changes in mutations()) {
        let (_, format, bytes) = import::FIXTURES[index];
        for line in bytes.split(|byte| *byte == b'\n') {
            let _ = parse_line(format, &mutate(line, &changes), Timestamp::default());
        }
    }

    #[test]
    fn the_tolerant_parser_agrees_with_the_usual_one(value in any_json()) {
        let text = value.to_string();
        // A lone surrogate at the end makes the usual parser give up.
        let odd = format!("[{text},\"\\ud800\"]");
        let parsed = json::parse(odd.as_bytes()).unwrap();
        prop_assert_eq!(&parsed.value[0], &serde_json::from_str::<serde_json::Value>(&text).unwrap());
    }
}
