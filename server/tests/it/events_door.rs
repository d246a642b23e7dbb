//! `POST /v1/events`: tokens, results for each event, a full queue.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use model::{ManualClock, Timestamp};
use serde_json::{Value, json};
use server::events::{State, router};
use server::metrics::Metrics;
use server::record::RecordError;

use super::otlp_world::{ADMIN, Answer, INGEST, Keeper, gzip, metric, send, tokens};

fn door(keeper: &Arc<Keeper>) -> (Router, Arc<Metrics>) {
    let metrics = Arc::new(Metrics::default());
    let state = State {
        recorder: Arc::<Keeper>::clone(keeper),
        max_body: 1 << 20,
        bodies: server::Budget::new(16 << 20),
        tokens: tokens(false),
        metrics: Arc::clone(&metrics),
        clock: Arc::new(ManualClock::new(Timestamp::from_secs(1_767_225_600))),
    };
    (router(state), metrics)
}

async fn post(keeper: &Arc<Keeper>, token: &str, body: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    send(&door(keeper).0, "/v1/events", &headers, Some(body.into())).await
}

#[tokio::test]
async fn both_tokens_open_the_door_and_nothing_else_does() {
    let event = json!({"type": "sign_in", "user": "user-42"}).to_string();
    for (token, status) in [(ADMIN, 200), (INGEST, 200), ("guess", 401), ("", 401)] {
        let keeper = Arc::<Keeper>::default();
        let answer = post(&keeper, token, &event).await;
        assert_eq!(answer.status, status, "{token}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
        assert_eq!(keeper.len(), usize::from(status == 200));
    }
}

#[tokio::test]
async fn each_event_has_its_result() {
    let keeper = Arc::<Keeper>::default();
    let events = json!([
        {"type": "sign_in", "user": "user-42", "outcome": "success"},
        {"type": "sign_in", "outcome": "maybe"},
        {"type": "feedback", "score": 1},
    ]);
    let answer = post(&keeper, ADMIN, &events.to_string()).await;
    assert_eq!((answer.status.as_u16(), keeper.len()), (200, 2));
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test]
async fn nothing_but_bad_events_is_a_bad_request() {
    let keeper = Arc::<Keeper>::default();
    let answer = post(&keeper, ADMIN, "{\"type\":\"sign_in\",\"score\":\"x\"}\nnot json\n").await;
    assert_eq!((answer.status.as_u16(), keeper.len()), (400, 0));
    assert_eq!(answer.json()["rejected"], 2);
    assert_eq!(post(&keeper, ADMIN, "").await.status, 400);
}

#[tokio::test]
async fn a_full_queue_and_a_broken_log_are_worth_another_try() {
    let busy = RecordError::Busy { retry_after: Duration::from_millis(300) };
    let broken = RecordError::Unavailable { reason: "disk full".to_owned() };
    for (refusal, status, delay) in [(busy, 429, "1"), (broken, 503, "5")] {
        let answer = post(&Keeper::refusing(refusal), ADMIN, "{\"type\":\"sign_in\"}").await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.headers["retry-after"], delay);
    }
}

#[tokio::test]
async fn a_coded_body_is_decoded_within_the_bound() {
    let keeper = Arc::<Keeper>::default();
    let (router, metrics) = door(&keeper);
    let headers = [("x-plainsight-token", INGEST), ("content-encoding", "gzip")];
    let lines = "{\"type\":\"resource\",\"name\":\"tokens\",\"score\":12}\n".repeat(50);
    let answer = send(&router, "/v1/events", &headers, Some(gzip(lines.as_bytes()))).await;
    assert_eq!((answer.status.as_u16(), keeper.len()), (200, 50));
    assert_eq!(metric(&metrics, "plainsight_records_total{door=\"events\"}"), 50);
    let bomb = gzip(&vec![b'\n'; 8 << 20]);
    assert_eq!(send(&router, "/v1/events", &headers, Some(bomb)).await.status, 413);
    let large = vec![b' '; (1 << 20) + 1];
    assert_eq!(send(&router, "/v1/events", &headers[..1], Some(large)).await.status, 413);
}

#[tokio::test]
async fn the_schema_is_served_to_anybody() {
    let (router, _) = door(&Arc::default());
    let answer = send(&router, "/v1/events/schema", &[], None).await;
    assert_eq!(answer.headers["content-type"], "application/schema+json");
    let schema: Value = answer.json();
    assert_eq!(schema["$defs"]["event"]["required"], json!(["type"]));
}
