//! Requests of every dialect, as they are recorded.

use model::{Actor, Body, IdentifiedBy, Origin, Record};
use wire::provider::{Dialect, ParsedRequest, parse_request};

pub(crate) const FIXTURES: [(&str, Dialect, &str, &[u8]); 6] = [
    (
        "openai_chat",
        Dialect::OpenAi,
        "/openai/v1/chat/completions",
        include_bytes!("fixtures/request/openai_chat.json"),
    ),
    (
        "openai_responses",
        Dialect::OpenAi,
        "/v1/responses",
        include_bytes!("fixtures/request/openai_responses.json"),
    ),
    (
        "openai_completions",
        Dialect::OpenAiCompatible,
        "/up/local/v1/completions",
        include_bytes!("fixtures/request/openai_completions.json"),
    ),
    (
        "openai_embeddings",
        Dialect::OpenAi,
        "/v1/embeddings",
        include_bytes!("fixtures/request/openai_embeddings.json"),
    ),
    (
        "anthropic_messages",
        Dialect::Anthropic,
        "/anthropic/v1/messages",
        include_bytes!("fixtures/request/anthropic_messages.json"),
    ),
    (
        "odd_chat",
        Dialect::OpenAi,
        "/v1/chat/completions",
        include_bytes!("fixtures/request/odd_chat.json"),
    ),
];

fn parse(dialect: Dialect, path: &str, body: &str) -> ParsedRequest {
    parse_request(dialect, path, body.as_bytes()).unwrap()
}

#[test]
fn fixtures() {
    for (name, dialect, path, body) in FIXTURES {
        let request = parse_request(dialect, path, body).unwrap();
        insta::assert_json_snapshot!(format!("request_{name}"), request);
    }
}

#[test]
fn other_paths_are_read_by_their_shape() {
    let body = r#"{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"hi"}]}"#;
    let counted = parse(Dialect::Anthropic, "/v1/messages/count_tokens", body);
    assert_eq!(counted.kind, model::Kind::Exchange);
    assert_eq!(counted.call.operation, "count_tokens");
    assert_eq!(counted.content.len(), 1);
    let moderated = parse(Dialect::OpenAi, "/v1/moderations", r#"{"input":"hi"}"#);
    assert_eq!((moderated.content.len(), moderated.call.operation.as_str()), (1, "moderation"));
    let unknown = parse(Dialect::OpenAi, "/v1/files", r#"{"purpose":"x"}"#);
    assert_eq!(unknown.attributes["request.purpose"], "x");
}

#[test]
fn what_is_no_request_is_an_error() {
    for body in [&b""[..], b"--boundary\r\n", b"[1]", b"\"text\"", b"{\"a\":}"] {
        let error = parse_request(Dialect::OpenAi, "/v1/chat/completions", body).unwrap_err();
        assert_eq!(error.field, "body");
    }
}

#[test]
fn a_request_that_breaks_off_gives_what_had_arrived() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"first"},{"role":"user","content":"sec"#;
    let request = parse(Dialect::OpenAi, "/v1/chat/completions", body);
    assert!(request.truncated);
    assert_eq!(request.content.len(), 2);
    assert_eq!(request.content[1].body, Body::Text { content: "sec".to_owned() });
}

#[test]
fn large_unknown_fields_are_kept_by_size() {
    let body = format!(r#"{{"messages":[],"big":"{}","small":[1]}}"#, "x".repeat(10_000));
    let request = parse(Dialect::OpenAi, "/v1/chat/completions", &body);
    assert_eq!(request.attributes["request.big"], serde_json::json!({"size": 10_000}));
    assert_eq!(request.attributes["request.small"], serde_json::json!([1]));
}

#[test]
fn a_record_is_never_too_deep_to_be_read_again() {
    let deep = format!("{}1{}", "[".repeat(120), "]".repeat(120));
    let arguments = serde_json::to_string(&deep).unwrap();
    for body in [
        format!(r#"{{"messages":[],"x":{deep}}}"#),
        format!(r#"{{"messages":[{{"role":"user","content":[{{"type":"odd","v":{deep}}}]}}]}}"#),
        format!(
            r#"{{"messages":[{{"role":"assistant","tool_calls":[{{"id":"1","function":{{"name":"f","arguments":{arguments}}}}}]}}]}}"#
        ),
        format!(r#"{{"messages":[],"tools":[{{"function":{{"parameters":{deep}}}}}]}}"#),
    ] {
        let mut record = Record::default();
        parse(Dialect::OpenAi, "/v1/chat/completions", &body).fill(&mut record);
        let encoded = model::encode(&record);
        assert!(serde_json::from_slice::<serde_json::Value>(&encoded).is_ok(), "{body}");
    }
}

#[test]
fn no_bytes_of_attachments_are_kept() {
    let data = "QUJD".repeat(1_000);
    let body = format!(
        r#"{{"messages":[
          {{"role":"user","content":[
            {{"type":"image_url","image_url":{{"url":"data:image/png;base64,{data}"}}}},
            {{"type":"odd","odd":{{"url":"data:image/png;base64,{data}"}}}},
            {{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{data}"}}}}]}}],
          "input_image":"data:image/png;base64,{data}"}}"#
    );
    for (dialect, path) in
        [(Dialect::OpenAi, "/v1/chat/completions"), (Dialect::Anthropic, "/v1/messages")]
    {
        let request = parse(dialect, path, &body);
        assert!(!serde_json::to_string(&request).unwrap().contains("QUJDQUJD"));
    }
}

#[test]
fn a_known_user_stays_and_the_claim_stands_beside_it() {
    let body = r#"{"messages":[],"user":"user-42","metadata":{"session_id":"s-1"}}"#;
    let mut record = Record::default();
    parse(Dialect::OpenAi, "/v1/chat/completions", body).fill(&mut record);
    assert_eq!(record.actor.user.as_deref(), Some("user-42"));
    assert_eq!(record.actor.session.as_deref(), Some("s-1"));
    assert_eq!(record.actor.identified_by, IdentifiedBy::Request);

    let actor = Actor {
        identified_by: IdentifiedBy::Token,
        user: Some("user-7".to_owned()),
        ..Actor::default()
    };
    let mut record = Record { actor, ..Record::default() };
    parse(Dialect::OpenAi, "/v1/chat/completions", body).fill(&mut record);
    assert_eq!(record.actor.user.as_deref(), Some("user-7"));
    assert_eq!(record.actor.identified_by, IdentifiedBy::Token);
    assert_eq!(record.attributes["request.user"], "user-42");
}

#[test]
fn origins_tell_how_far_to_trust() {
    let (_, dialect, path, body) = FIXTURES[4];
    let request = parse_request(dialect, path, body).unwrap();
    let origin_of = |needle: &str| {
        let found = request
            .content
            .iter()
            .find(|segment| serde_json::to_string(&segment.body).unwrap().contains(needle));
        found.unwrap().origin
    };
    assert_eq!(origin_of("librarian"), Origin::System);
    assert_eq!(origin_of("And now?"), Origin::User);
    assert_eq!(origin_of("not found"), Origin::Tool);
    assert_eq!(origin_of("Peer, you lie!"), Origin::Retrieved);
    assert_eq!(origin_of("They greet me."), Origin::Assistant);
}

#[test]
fn debug_shows_no_content() {
    let request =
        parse(Dialect::OpenAi, "/v1/completions", r#"{"prompt":"hunter2","user":"hunter2"}"#);
    assert!(!format!("{request:?}").contains("hunter2"));
}
