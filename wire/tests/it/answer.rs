//! Answers of every dialect, whole and streamed, as they are recorded.

use model::{Body, Part, Record};
use proptest::prelude::*;
use wire::provider::{AnswerLimits, AnswerReader, Dialect, How, ParsedAnswer};

use crate::chunk::{cuts, pieces};

pub(crate) const JSON: &str = "application/json";
pub(crate) const EVENTS: &str = "text/event-stream; charset=utf-8";

pub(crate) struct Fixture {
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
    pub(crate) path: &'static str,
    pub(crate) whole: &'static [u8],
    pub(crate) stream: &'static [u8],
}

macro_rules! fixture {
    ($name:literal, $dialect:expr, $path:literal) => {
        Fixture {
            name: $name,
            dialect: $dialect,
            path: $path,
            whole: include_bytes!(concat!("fixtures/answer/", $name, ".json")),
            stream: include_bytes!(concat!("fixtures/answer/", $name, ".sse")),
        }
    };
}

pub(crate) const FIXTURES: [Fixture; 4] = [
    fixture!("openai_chat", Dialect::OpenAi, "/v1/chat/completions"),
    fixture!("openai_completions", Dialect::OpenAiCompatible, "/v1/completions"),
    fixture!("openai_responses", Dialect::OpenAi, "/v1/responses"),
    fixture!("anthropic_messages", Dialect::Anthropic, "/v1/messages"),
];

fn read(fixture: &Fixture, kind: &str, pieces: &[&[u8]], how: How) -> ParsedAnswer {
    let limits = AnswerLimits::default();
    let mut reader = AnswerReader::new(fixture.dialect, fixture.path, Some(kind), limits);
    for piece in pieces {
        reader.push(piece);
    }
    reader.finish(how)
}

fn simple(kind: &str, body: &str) -> ParsedAnswer {
    let fixture = Fixture { whole: b"", stream: b"", ..FIXTURES[0] };
    read(&fixture, kind, &[body.as_bytes()], How::Complete)
}

fn json(answer: &ParsedAnswer) -> String {
    serde_json::to_string(answer).unwrap()
}

#[test]
fn fixtures() {
    for fixture in &FIXTURES {
        let answer = read(fixture, JSON, &[fixture.whole], How::Complete);
        insta::assert_json_snapshot!(format!("answer_{}", fixture.name), answer);
    }
}

#[test]
fn a_stream_reads_as_if_it_had_come_whole() {
    for fixture in &FIXTURES {
        let whole = read(fixture, JSON, &[fixture.whole], How::Complete);
        let stream = read(fixture, EVENTS, &[fixture.stream], How::Complete);
        similar(&stream, &whole, fixture.name);
    }
}

fn similar(stream: &ParsedAnswer, whole: &ParsedAnswer, name: &str) {
    assert_eq!(stream.content, whole.content, "{name}");
    assert_eq!(stream.call, whole.call, "{name}");
    assert_eq!(stream.attributes, whole.attributes, "{name}");
    assert_eq!(stream.problems, whole.problems, "{name}");
    assert!(!stream.truncated && !whole.truncated, "{name}");
}

#[test]
fn a_response_without_its_end_is_put_together_from_its_items() {
    let fixture = &FIXTURES[2];
    let text = std::str::from_utf8(fixture.stream).unwrap();
    let whole = read(fixture, JSON, &[fixture.whole], How::Complete);
    let (items, _) = text.split_once("event: response.completed").unwrap();
    let answer = read(fixture, EVENTS, &[items.as_bytes()], How::Cut);
    assert_eq!(answer.content, whole.content);
    assert!(answer.truncated);

    // Without the items' ends too: what the fragments make. Only the tool's own answer is lost.
    let (fragments, _) = text.split_once("event: response.output_item.done").unwrap();
    let answer = read(fixture, EVENTS, &[fragments.as_bytes()], How::Cut);
    assert_eq!(answer.content[..], whole.content[..whole.content.len() - 1]);

    // Without their beginnings: what kind they were, and what they said.
    let deltas: String =
        fragments.split_inclusive("\n\n").filter(|event| event.contains(".delta\n")).collect();
    let answer = read(fixture, EVENTS, &[deltas.as_bytes()], How::Cut);
    assert_eq!(answer.content.len(), 6);
}

#[test]
fn a_cut_tool_call_keeps_its_arguments_as_text() {
    for (index, needle, kept) in
        [(0, "\"}}, {\"index\": 1", "{\"ci"), (3, "eer Gy", "{\"title\": ")]
    {
        let fixture = &FIXTURES[index];
        let text = std::str::from_utf8(fixture.stream).unwrap();
        let start = text.rfind(needle).unwrap();
        let end = start + text.get(start..).and_then(|rest| rest.find("\n\n")).unwrap() + 2;
        let answer = read(fixture, EVENTS, &[&fixture.stream[..end]], How::Cut);
        let has_text = answer.content.iter().any(|segment| match &segment.body {
            Body::ToolCall { arguments, .. } => {
                arguments.as_str().is_some_and(|text| text.starts_with(kept.trim_end()))
            }
            _ => false,
        });
        assert!(has_text && answer.truncated, "{}", json(&answer));
    }
}

#[test]
fn errors_of_both_providers() {
    let answer = simple(
        JSON,
        r#"{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#,
    );
    let error = answer.error.clone().unwrap();
    assert_eq!(error.code.as_deref(), Some("rate_limit_exceeded"));
    assert_eq!(error.message.as_deref(), Some("Rate limit reached"));
    let answer = simple(
        JSON,
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#,
    );
    assert_eq!(answer.error.unwrap().kind.as_deref(), Some("overloaded_error"));
    assert_eq!(answer.attributes["response.request_id"], "req_1");
    let answer = simple("text/html", "<html>502 Bad Gateway</html>");
    assert!(matches!(&answer.content[0].body, Body::Text { content } if content.contains("502")));
    let mut record = Record::default();
    simple(JSON, r#"{"error":"no such model"}"#).fill(&mut record);
    assert_eq!(record.status.message.as_deref(), Some("no such model"));
    assert_eq!((record.status.ok, record.part), (Some(false), Part::Response));
}

#[test]
fn errors_in_the_middle_of_a_stream() {
    let chat = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n\
                data: {\"error\":{\"message\":\"server error\",\"type\":\"server_error\"}}\n\n";
    let message = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"content\":[]}}\n\n\
                   event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Hel\"}}\n\n\
                   event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"server error\"}}\n\n";
    let response = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hel\"}\n\n\
                    event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"server error\",\"param\":null}\n\n";
    let failed = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hel\"}\n\n\
                  event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"id\":\"r\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"server error\"},\"output\":[]}}\n\n";
    for stream in [chat, message, response, failed] {
        let answer = simple(EVENTS, stream);
        assert_eq!(
            answer.error.clone().unwrap().message.as_deref(),
            Some("server error"),
            "{stream}"
        );
        assert_eq!(answer.content[0].body, Body::Text { content: "Hel".to_owned() }, "{stream}");
        assert!(answer.problems.is_empty(), "{stream} {:?}", answer.problems);
    }
}

#[test]
fn the_first_content_is_told_once() {
    for fixture in &FIXTURES {
        let mut reader =
            AnswerReader::new(fixture.dialect, fixture.path, Some(EVENTS), AnswerLimits::default());
        let told = fixture.stream.chunks(7).filter(|piece| reader.push(piece)).count();
        assert_eq!(told, 1, "{}", fixture.name);
        let mut reader =
            AnswerReader::new(fixture.dialect, fixture.path, Some(JSON), AnswerLimits::default());
        assert!(!reader.push(fixture.whole));
    }
    // A role alone is no content.
    let mut reader = AnswerReader::new(
        Dialect::OpenAi,
        "/v1/chat/completions",
        Some(EVENTS),
        AnswerLimits::default(),
    );
    assert!(!reader.push(b"data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n"));
    assert!(reader.push(b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n"));
}

#[test]
fn other_fields_of_compatible_servers_are_put_together() {
    let stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"Hm\"}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"reasoning_content\":\"m.\"}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\"\"}}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"function_call\":{\"arguments\":\":1}\"}}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{\"id\":\"audio_1\",\"transcript\":\"Hel\"}}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{\"transcript\":\"lo\",\"data\":\"aGVs\"}}}]}\n\n\
                  data: {\"choices\":[{\"index\":0,\"delta\":{\"audio\":{\"data\":\"bG8=\"}}}]}\n\n";
    insta::assert_json_snapshot!("answer_compatible_stream", simple(EVENTS, stream));
}

#[test]
fn vectors_are_counted_and_not_kept() {
    let fixture = Fixture { path: "/v1/embeddings", ..FIXTURES[0] };
    let body = br#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,-0.5,0.125]},{"object":"embedding","index":1,"embedding":[0,1,2]}],"model":"text-embedding-3-small","usage":{"prompt_tokens":4,"total_tokens":4}}"#;
    let answer = read(&fixture, JSON, &[body], How::Complete);
    assert_eq!(answer.attributes["gen_ai.embeddings.dimension.count"], 3);
    assert_eq!(answer.attributes["response.embeddings.count"], 2);
    assert_eq!(answer.call.usage.input_tokens, Some(4));
    let cut = read(&fixture, JSON, &[&body[..150]], How::Cut);
    assert!(!json(&cut).contains("0.25") && cut.truncated);
    let base64 = br#"{"data":[{"embedding":"AACAPgAAAL8AAAA+"}]}"#;
    let answer = read(&fixture, JSON, &[base64], How::Complete);
    assert_eq!(answer.attributes["gen_ai.embeddings.dimension.count"], 3);
}

#[test]
fn bytes_are_kept_by_hash() {
    let fixture = Fixture { path: "/v1/audio/speech", ..FIXTURES[0] };
    let answer = read(&fixture, "audio/mpeg", &[b"hel", b"lo"], How::Complete);
    let Body::Blob(blob) = &answer.content[0].body else { panic!("no blob") };
    assert_eq!((blob.size, blob.hash.get(..8)), (5, Some("2cf24dba")));
    assert_eq!(answer.call.operation, "text_to_speech");
}

#[test]
fn a_final_response_counts_instead_of_its_fragments() {
    let text = "x".repeat(6_000);
    let item = format!(
        r#"{{"type":"message","role":"assistant","content":[{{"type":"output_text","text":"{text}"}}]}}"#
    );
    let events = format!(
        "data: {{\"type\":\"response.output_text.delta\",\"delta\":\"{text}\"}}\n\n\
         data: {{\"type\":\"response.output_item.done\",\"item\":{item}}}\n\n\
         data: {{\"type\":\"response.completed\",\"response\":{{\"status\":\"completed\",\"output\":[{item}]}}}}\n\n"
    );
    let limits = AnswerLimits { max_bytes: 13_000 };
    let mut reader = AnswerReader::new(Dialect::OpenAi, "/v1/responses", Some(EVENTS), limits);
    reader.push(events.as_bytes());
    let answer = reader.finish(How::Complete);
    assert!(!answer.truncated);
    assert_eq!(answer.content[0].body, Body::Text { content: text });
}

#[test]
fn memory_is_bounded() {
    let limits = AnswerLimits { max_bytes: 10_000 };
    let text = "x".repeat(1_000);
    let events = [
        format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}}}}]}}\n\n"),
        format!("data: {{\"type\":\"response.output_text.delta\",\"delta\":\"{text}\"}}\n\n"),
        format!(
            "data: {{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{{\"type\":\"text_delta\",\"text\":\"{text}\"}}}}\n\n"
        ),
    ];
    for event in events {
        let mut reader = AnswerReader::new(Dialect::OpenAi, "/v1/x", Some(EVENTS), limits);
        for _ in 0..100 {
            reader.push(event.as_bytes());
        }
        let answer = reader.finish(How::Complete);
        assert!(answer.truncated);
        assert!((5_000..12_000).contains(&json(&answer).len()), "{}", json(&answer).len());
    }
    // Ever new choices, calls and blocks.
    for number in 0..3 {
        let mut reader = AnswerReader::new(Dialect::OpenAi, "/v1/x", Some(EVENTS), limits);
        for index in 0..10_000 {
            let event = match number {
                0 => format!(
                    "data: {{\"choices\":[{{\"index\":{index},\"delta\":{{\"content\":\"x\"}}}}]}}\n\n"
                ),
                1 => format!(
                    "data: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":\"text_delta\",\"text\":\"x\"}}}}\n\n"
                ),
                _ => format!(
                    "data: {{\"type\":\"response.output_text.delta\",\"output_index\":{index},\"delta\":\"x\"}}\n\n"
                ),
            };
            reader.push(event.as_bytes());
        }
        let answer = reader.finish(How::Complete);
        assert!(answer.truncated && answer.content.len() < 300, "{}", answer.content.len());
    }
    let mut reader = AnswerReader::new(Dialect::OpenAi, "/v1/x", Some(JSON), limits);
    reader.push(b"{\"choices\":[{\"message\":{\"content\":\"");
    for _ in 0..100 {
        reader.push(text.as_bytes());
    }
    let answer = reader.finish(How::Complete);
    assert!(answer.truncated && json(&answer).len() < 12_000 && answer.content.len() == 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_chunking_gives_the_same_answer(
        index in 0..FIXTURES.len(),
        streamed in any::<bool>(),
        end in any::<prop::sample::Index>(),
        cuts in cuts(),
    ) {
        let fixture = &FIXTURES[index];
        let (kind, bytes) = if streamed { (EVENTS, fixture.stream) } else { (JSON, fixture.whole) };
        let bytes = &bytes[..bytes.len().min(end.index(bytes.len() * 2))];
        let at_once = read(fixture, kind, &[bytes], How::Cut);
        let pieced = read(fixture, kind, &pieces(bytes, &cuts), How::Cut);
        prop_assert_eq!(json(&pieced), json(&at_once));
    }

    #[test]
    fn lost_doubled_and_shuffled_events_are_borne(
        index in 0..FIXTURES.len(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let fixture = &FIXTURES[index];
        let text = std::str::from_utf8(fixture.stream).unwrap().replace("\r\n", "\n");
        let events: Vec<_> = text.split_inclusive("\n\n").collect();
        let shuffled: String = order.iter().map(|place| events[place.index(events.len())]).collect();
        let answer = read(fixture, EVENTS, &[shuffled.as_bytes()], How::Complete);
        prop_assert!(json(&answer).len() < 3 * shuffled.len() + 2_000);
    }
}
