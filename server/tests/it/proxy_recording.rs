//! What is recorded of a call, and what never is.

use std::io::Write;

use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use model::{IdentifiedBy, Kind, Outcome, Part, Record};
use serde_json::json;

use crate::otlp_world::metric;
use crate::proxy_world::{Plan, Protocol, World, post, read, upstream};

const CHAT: &str = "/openai/v1/chat/completions";

/// A proxy whose upstream always gives the same answer.
async fn answering(
    status: u16,
    headers: &'static [(&'static str, &'static str)],
    body: Vec<u8>,
) -> World {
    let url = upstream(move |request: Request<Incoming>| {
        let body = body.clone();
        Box::pin(async move {
            let _ = http_body_util::BodyExt::collect(request.into_body()).await;
            let mut answer = Response::builder().status(status);
            for (name, value) in headers {
                answer = answer.header(*name, *value);
            }
            answer.body(Body::from(body)).unwrap()
        })
    })
    .await;
    Plan::before(&url).start().await
}

fn completion() -> serde_json::Value {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Good morning."}}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12},
    })
}

fn prompt() -> String {
    json!({
        "model": "gpt-4o", "user": "user-42",
        "messages": [{"role": "user", "content": "Hello?"}],
    })
    .to_string()
}

#[tokio::test]
async fn calls_are_counted_and_their_recording_is_timed() {
    let headers = &[("content-type", "application/json")];
    let world = answering(200, headers, completion().to_string().into_bytes()).await;
    let mut client = world.connect(Protocol::Http1).await;
    read(client.send(post(CHAT, prompt())).await.unwrap()).await;
    let unknown = client.send(post("/up/nowhere/v1/x", "{}")).await.unwrap();
    assert_eq!(unknown.status(), 404);
    world.records(2).await;
    world.proxy.drain().await;
    let count = |name: &str| metric(&world.metrics, name);
    assert_eq!(count("plainsight_requests_total{door=\"proxy\"}"), 2);
    assert_eq!(count("plainsight_requests_refused_total{door=\"proxy\"}"), 1);
    assert_eq!(count("plainsight_records_total{door=\"proxy\"}"), 2);
    assert_eq!(count("plainsight_request_bytes_total{door=\"proxy\"}"), prompt().len() as u64);
    assert_eq!(count("plainsight_append_duration_seconds_count"), 2);
}

fn said(record: &Record) -> String {
    serde_json::to_string(&record.content).unwrap()
}

/// Sends a chat through a proxy and gives its two parts.
async fn chat() -> (Record, Record) {
    let headers = &[
        ("content-type", "application/json"),
        ("openai-processing-ms", "12"),
        ("x-ratelimit-remaining-tokens", "99"),
    ];
    let world = answering(200, headers, completion().to_string().into_bytes()).await;
    let mut request = post(&format!("{CHAT}?beta=secret"), prompt());
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    for (name, value) in [
        ("traceparent", trace),
        ("authorization", "Bearer sk-hunter2"),
        ("user-agent", "OpenAI/Python 2.0"),
        ("x-stainless-lang", "python"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let mut client = world.connect(Protocol::Http1).await;
    read(client.send(request).await.unwrap()).await;
    let mut records = world.records(2).await;
    (records.remove(0), records.remove(0))
}

#[tokio::test]
async fn a_call_is_two_parts_of_one_span() {
    let (request, answer) = chat().await;
    let kinds = [(request.kind, request.part), (answer.kind, answer.part)];
    let expected = [Part::Request, Part::Response].map(|part| (Kind::Interaction, part));
    assert_eq!(kinds, expected);
    let trace = request.trace_id.unwrap().to_string();
    assert_eq!(trace, "0af7651916cd43dd8448eb211c80319c");
    let parent = request.parent_span_id.unwrap().to_string();
    assert_eq!(parent, "b7ad6b7169203331");
    assert_eq!(request.trace_id, answer.trace_id);
    assert_eq!(request.span_id, answer.span_id);
    assert_eq!(request.name.as_deref(), Some("chat gpt-4o"));
    assert_eq!(request.source.service.as_deref(), Some("openai"));
    for part in [request, answer] {
        assert_eq!(part.actor.identified_by, IdentifiedBy::Request);
        assert_eq!(part.actor.user.as_deref(), Some("user-42"));
        assert_eq!(part.actor.api_key.as_deref(), Some("sk-hunter2"));
        assert_eq!(part.actor.user_agent.as_deref(), Some("OpenAI/Python 2.0"));
        assert_eq!(part.actor.client_address.as_deref(), Some("127.0.0.1"));
        let exchange = part.exchange.as_ref().unwrap();
        assert_eq!(exchange.path, "/v1/chat/completions?beta=REDACTED");
        assert_eq!(exchange.protocol.as_deref(), Some("1.1"));
        assert!(!exchange.truncated);
    }
}

#[tokio::test]
async fn what_was_said_and_what_it_cost() {
    let (request, answer) = chat().await;
    let lang = &request.attributes["http.request.header.x-stainless-lang"];
    assert_eq!(*lang, json!(["python"]));
    for (name, value) in [("openai-processing-ms", "12"), ("x-ratelimit-remaining-tokens", "99")] {
        let recorded = &answer.attributes[&format!("http.response.header.{name}")];
        assert_eq!(*recorded, json!([value]));
    }
    assert!(said(&request).contains("Hello?"), "{request:?}");
    assert!(said(&answer).contains("Good morning."), "{answer:?}");
    let exchange = answer.exchange.as_ref().unwrap();
    assert_eq!(exchange.status, Some(200));
    assert_eq!(exchange.outcome, Some(Outcome::Complete));
    assert_eq!(answer.status.ok, Some(true));
    assert!(answer.duration.unwrap() > 0);
    let call = answer.call.as_ref().unwrap();
    assert_eq!(call.request_model.as_deref(), Some("gpt-4o"));
    assert_eq!(call.response_model.as_deref(), Some("gpt-4o-2024-08-06"));
    assert_eq!(call.usage.input_tokens, Some(9));
    assert_eq!(call.usage.output_tokens, Some(3));
    assert_eq!(call.finish_reasons, ["stop"]);
}

#[tokio::test]
async fn no_credential_is_in_a_record_but_as_the_key_to_fingerprint() {
    let world = answering(200, &[], b"{}".to_vec()).await;
    let mut request = post(CHAT, prompt());
    for name in [
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-api-key",
        "api-key",
        "helicone-auth",
        "x-goog-api-key",
        "x-plainsight-jwt",
        "x-amz-security-token",
        "x-unknown",
    ] {
        request.headers_mut().insert(name, "CANARY".parse().unwrap());
    }
    read(world.connect(Protocol::Http1).await.send(request).await.unwrap()).await;
    for mut record in world.records(2).await {
        assert_eq!(record.actor.api_key.take().as_deref(), Some("CANARY"));
        let kept = String::from_utf8(model::encode(&record)).unwrap();
        assert!(!kept.contains("CANARY"), "{kept}");
    }
}

fn compressed(coding: &str, body: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 5, 20);
            encoder.write_all(body).unwrap();
            encoder.into_inner()
        }
        _ => zstd::encode_all(body, 3).unwrap(),
    }
}

#[tokio::test]
async fn compressed_answers_pass_as_they_are_and_are_read_in_the_copy() {
    let plain = completion().to_string().into_bytes();
    for (coding, headers) in [
        ("gzip", &[("content-type", "application/json"), ("content-encoding", "gzip")]),
        ("br", &[("content-type", "application/json"), ("content-encoding", "br")]),
        ("zstd", &[("content-type", "application/json"), ("content-encoding", "zstd")]),
    ] {
        let body = compressed(coding, &plain);
        let world = answering(200, headers, body.clone()).await;
        let answer = world.connect(Protocol::Http2).await.send(post(CHAT, prompt())).await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], coding);
        assert!(read(answer).await == body);
        let records = world.records(2).await;
        assert!(said(&records[1]).contains("Good morning."), "{coding}");
        let bytes = records[1].exchange.as_ref().unwrap().response_bytes;
        assert_eq!(bytes, Some(body.len() as u64));
    }
}

#[tokio::test]
async fn a_compressed_request_is_read_in_the_copy() {
    let world = answering(200, &[], b"{}".to_vec()).await;
    let mut request = post(CHAT, compressed("gzip", prompt().as_bytes()));
    request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    read(world.connect(Protocol::Http1).await.send(request).await.unwrap()).await;
    assert!(said(&world.records(2).await[0]).contains("Hello?"));
}

#[tokio::test]
async fn a_stream_is_put_together() {
    let events = concat!(
        "data: {\"id\":\"c\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n",
        "data: {\"id\":\"c\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Good \"}}]}\n\n",
        "data: {\"id\":\"c\",\"model\":\"m-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"morning.\"},\"finish_reason\":\"stop\"}]}\n\n",
        "data: [DONE]\n\n",
    );
    let world = answering(200, &[("content-type", "text/event-stream")], events.into()).await;
    let body =
        json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, body.to_string())).await;
    assert_eq!(read(answer.unwrap()).await, events);
    let records = world.records(2).await;
    assert!(said(&records[1]).contains("Good morning."), "{:?}", records[1]);
    let call = records[1].call.as_ref().unwrap();
    assert_eq!(call.stream, Some(true));
    let first = call.time_to_first_chunk.expect("the first chunk's time");
    assert!(first > 0 && first <= records[1].duration.unwrap());
}

#[tokio::test]
async fn an_unknown_path_is_recorded_by_its_shape() {
    let answer = json!({"data": [{"id": "CANARY"}], "has_more": false}).to_string().into_bytes();
    let world = answering(200, &[("content-type", "application/json")], answer).await;
    let body = json!({"name": "CANARY", "size": 42}).to_string();
    let request = post("/openai/v1/vector_stores?after=CANARY", body);
    read(world.connect(Protocol::Http1).await.send(request).await.unwrap()).await;
    let records = world.records(2).await;
    let shape = json!({"name": "string", "size": "number"});
    assert_eq!(records[0].attributes["http.request.body.shape"], shape);
    let shape = json!({"data": [{"id": "string"}], "has_more": "boolean"});
    assert_eq!(records[1].attributes["http.response.body.shape"], shape);
    for record in &records {
        assert_eq!(record.kind, Kind::Exchange);
        let kept = String::from_utf8(model::encode(record)).unwrap();
        assert!(!kept.contains("CANARY"), "{kept}");
    }
}

#[tokio::test]
async fn a_request_that_does_not_parse_is_forwarded_and_recorded_with_the_problem() {
    let body = r#"{"error":{"message":"bad json","type":"invalid_request_error"}}"#;
    let world = answering(400, &[("content-type", "application/json")], body.into()).await;
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, "not json")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let records = world.records(2).await;
    assert_eq!(records[0].kind, Kind::Interaction);
    assert!(records[0].attributes.contains_key("plainsight.problems"), "{:?}", records[0]);
    assert_eq!(records[0].exchange.as_ref().unwrap().request_bytes, Some(8));
    let status = &records[1].status;
    assert_eq!(
        (status.ok, status.error_type.as_deref()),
        (Some(false), Some("invalid_request_error"))
    );
    assert_eq!(records[1].exchange.as_ref().unwrap().status, Some(400));
}

#[tokio::test]
async fn whom_the_headers_name_and_nobody() {
    let world = answering(200, &[], b"{}".to_vec()).await;
    let mut client = world.connect(Protocol::Http1).await;
    let mut request = post(CHAT, r#"{"model":"m"}"#);
    for (name, value) in [
        ("x-plainsight-user", "user-7"),
        ("x-plainsight-session", "session-1"),
        ("x-plainsight-tenant", "tenant-a"),
        ("x-plainsight-roles", "admin, auditor"),
        ("x-plainsight-agent", "helper"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    read(client.send(request).await.unwrap()).await;
    let named = world.records(2).await.remove(0);
    assert_eq!(named.tenant.as_str(), "tenant-a");
    assert_eq!(named.actor.identified_by, IdentifiedBy::Header);
    assert_eq!(named.actor.user.as_deref(), Some("user-7"));
    assert_eq!(named.actor.session.as_deref(), Some("session-1"));
    assert_eq!(named.actor.roles, ["admin", "auditor"]);
    assert_eq!(named.actor.agent.as_deref(), Some("helper"));
    read(client.send(post(CHAT, r#"{"model":"m"}"#)).await.unwrap()).await;
    let nobody = world.records(4).await.remove(2);
    assert_eq!((nobody.actor.identified_by, nobody.actor.user), (IdentifiedBy::Nobody, None));
}
