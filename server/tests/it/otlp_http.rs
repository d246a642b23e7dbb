//! The OTLP door over HTTP, as exporters use and misuse it.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use proptest::prelude::*;
use prost::Message as _;
use server::otlp::{State, http};
use server::record::RecordError;

use super::otlp_world::{
    Answer, INGEST, Keeper, export, export_with_a_broken_span, gzip, metric, send, state, tokens,
};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");

type Headers<'a> = &'a [(&'a str, &'a str)];

async fn post(state: State, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
    send(&http::router(state), "/v1/traces", headers, Some(body)).await
}

fn busy() -> RecordError {
    RecordError::Busy { retry_after: Duration::from_millis(1200) }
}

#[tokio::test]
async fn every_coding_gives_the_same_records() {
    let plain = export(3).encode_to_vec();
    let mut deflate = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut deflate, &plain).unwrap();
    let bodies = [
        ("identity", plain.clone()),
        ("gzip", gzip(&plain)),
        ("deflate", deflate.finish().unwrap()),
        ("zstd", zstd::encode_all(&plain[..], 3).unwrap()),
    ];
    let mut seen = Vec::new();
    for (coding, body) in bodies {
        let keeper = Arc::<Keeper>::default();
        let answer = post(state(&keeper), &[PROTOBUF, ("content-encoding", coding)], body).await;
        assert_eq!(answer.status, 200, "{coding}");
        assert_eq!(answer.headers["content-type"], "application/x-protobuf");
        assert!(answer.body.is_empty(), "full success is the empty message");
        seen.push(keeper.records.lock().unwrap().clone());
    }
    assert_eq!(seen[0].len(), 3);
    assert!(seen.iter().all(|records| *records == seen[0]));
}

#[tokio::test]
async fn a_large_body_is_decoded_off_the_reactor_to_the_same_end() {
    let keeper = Arc::<Keeper>::default();
    let state = state(&keeper);
    let body = export(3_000).encode_to_vec();
    assert!(body.len() > 64 * 1024);
    let length = body.len() as u64;
    assert_eq!(post(state.clone(), &[PROTOBUF], body).await.status, 200);
    assert_eq!(keeper.len(), 3_000);
    assert_eq!(metric(&state.metrics, "plainsight_records_total{door=\"otlp_http\"}"), 3_000);
    assert_eq!(
        metric(&state.metrics, "plainsight_request_bytes_total{door=\"otlp_http\"}"),
        length
    );
}

#[tokio::test]
async fn one_broken_span_costs_only_itself() {
    let keeper = Arc::<Keeper>::default();
    let answer = post(state(&keeper), &[PROTOBUF], export_with_a_broken_span(2)).await;
    assert_eq!(answer.status, 200);
    let response = ExportTraceServiceResponse::decode(&answer.body[..]).unwrap();
    let partial = response.partial_success.unwrap();
    assert_eq!((partial.rejected_spans, keeper.len()), (1, 2));
    assert!(partial.error_message.contains("resourceSpans[1].scopeSpans[0].spans[0].name"));
}

#[tokio::test]
async fn json_is_answered_in_json() {
    let keeper = Arc::<Keeper>::default();
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"a"},
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203332","name":7}]}]}]}"#;
    let answer = post(state(&keeper), &[JSON], body.into()).await;
    assert_eq!((answer.status.as_u16(), keeper.len()), (200, 1));
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.json()["partialSuccess"]["rejectedSpans"], "1");
}

#[tokio::test]
async fn langfuse_paths_take_the_sdks_own_keys() {
    for signal in ["traces", "logs", "metrics"] {
        for prefix in ["/v1", "/api/public/otel/v1"] {
            let keeper = Arc::<Keeper>::default();
            let router = http::router(state(&keeper));
            let headers = [PROTOBUF, ("authorization", "Basic cGstbGY6c2stbGY=")];
            let answer = send(&router, &format!("{prefix}/{signal}"), &headers, Some(vec![])).await;
            assert_eq!(answer.status, 200, "{prefix}/{signal}");
        }
    }
}

#[tokio::test]
async fn a_bomb_and_a_large_body_are_too_large() {
    let zeros = vec![0; 16 << 20];
    let large = vec![0; (4 << 20) + 1];
    for (coding, body) in [
        ("gzip", gzip(&zeros)),
        ("zstd", zstd::encode_all(&zeros[..], 3).unwrap()),
        ("gzip, gzip", gzip(&gzip(&zeros))),
        ("identity", large),
    ] {
        let keeper = Arc::<Keeper>::default();
        let answer = post(state(&keeper), &[PROTOBUF, ("content-encoding", coding)], body).await;
        assert_eq!(answer.status, 413, "{coding}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_to_be_sent_again() {
    let cases: [(Headers<'_>, &[u8], u16); 8] = [
        (&[PROTOBUF], b"\x0a\xff", 400),
        (&[JSON], b"{\"resourceSpans\":[", 400),
        (&[PROTOBUF, ("content-encoding", "gzip")], b"no gzip", 400),
        (&[PROTOBUF, ("content-encoding", "zstd")], b"\x28\xb5\x2f\xfd", 400),
        (&[PROTOBUF, ("content-encoding", "snappy")], b"", 415),
        (&[("content-type", "text/plain")], b"", 415),
        (&[("content-type", "application/xml")], b"", 415),
        (&[], b"", 415),
    ];
    for (headers, body, expected) in cases {
        let keeper = Arc::<Keeper>::default();
        let answer = post(state(&keeper), headers, body.to_vec()).await;
        assert_eq!(answer.status, expected, "{headers:?}");
        assert!(!answer.headers.contains_key("retry-after"));
        assert_eq!(keeper.len(), 0);
    }
}

#[tokio::test]
async fn a_full_queue_is_told_in_the_encoding_of_the_request() {
    let keeper = Keeper::refusing(busy());
    let answer = post(state(&keeper), &[PROTOBUF], export(1).encode_to_vec()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.headers["retry-after"].to_str().unwrap()),
        (429, "2")
    );
    insta::assert_snapshot!(hex::encode(&answer.body));
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
        {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"a"}]}]}]}"#;
    let answer = post(state(&keeper), &[JSON], body.into()).await;
    assert_eq!(answer.status, 429);
    insta::assert_json_snapshot!(answer.json());
}

/// A request whose body has begun and does not end, at the router of `state`.
pub(crate) async fn begin_a_body(router: &axum::Router, path: &str) -> tokio::task::JoinHandle<()> {
    use tower::ServiceExt as _;
    let (chunks, body) = super::proxy_world::channel();
    let request = ::http::Request::post(path)
        .header("content-type", "application/x-protobuf")
        .body(body)
        .unwrap();
    chunks.send(vec![0; 4 << 10].into()).unwrap();
    let router = router.clone();
    let task = tokio::spawn(async move {
        let _chunks = chunks;
        let _ = router.oneshot(request).await;
    });
    tokio::time::sleep(Duration::from_millis(100)).await;
    task
}

#[tokio::test]
async fn bodies_are_bounded_together() {
    let keeper = Arc::<Keeper>::default();
    let crowded = State { bodies: server::Budget::new(64 << 10), ..state(&keeper) };
    let router = http::router(crowded.clone());
    let send = async |headers: &[(&str, &str)], body: Vec<u8>| {
        send(&router, "/v1/traces", headers, Some(body)).await
    };
    // Alone, a body may be larger than the bound.
    let large = export(3_000).encode_to_vec();
    assert_eq!(send(&[PROTOBUF], large.clone()).await.status, 200);
    let coded = gzip(&large);
    let gzipped = [PROTOBUF, ("content-encoding", "gzip")];
    assert_eq!(send(&gzipped, coded.clone()).await.status, 200);
    let begun = begin_a_body(&router, "/v1/traces").await;
    for (headers, body) in [(&[PROTOBUF][..], &large), (&gzipped, &coded)] {
        let answer = send(headers, body.clone()).await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.headers["retry-after"], "1");
    }
    assert_eq!(
        metric(&crowded.metrics, "plainsight_requests_refused_total{door=\"otlp_http\"}"),
        2
    );
    begun.abort();
    let _ = begun.await;
    assert_eq!(send(&[PROTOBUF], large).await.status, 200);
    assert_eq!(keeper.len(), 9_000);
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_worth_another_try() {
    let keeper = Keeper::refusing(RecordError::Unavailable { reason: "disk full".to_owned() });
    let state = state(&keeper);
    let answer = post(state.clone(), &[PROTOBUF], export(1).encode_to_vec()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.headers["retry-after"].to_str().unwrap()),
        (503, "5")
    );
    assert_eq!(metric(&state.metrics, "plainsight_requests_refused_total{door=\"otlp_http\"}"), 1);
    assert_eq!(metric(&state.metrics, "plainsight_records_total{door=\"otlp_http\"}"), 0);
}

#[tokio::test]
async fn a_token_is_asked_for_only_where_one_is_required() {
    let keeper = Arc::<Keeper>::default();
    let closed = State { tokens: tokens(true), ..state(&keeper) };
    let body = || export(1).encode_to_vec();
    let answer = post(closed.clone(), &[PROTOBUF], body()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    let wrong = [PROTOBUF, ("authorization", "Bearer guess")];
    assert_eq!(post(closed.clone(), &wrong, body()).await.status, 401);
    assert_eq!(keeper.len(), 0);
    let right = [PROTOBUF, ("x-plainsight-token", INGEST)];
    assert_eq!(post(closed, &right, body()).await.status, 200);
    assert_eq!(post(state(&keeper), &wrong, body()).await.status, 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_break_the_door(
        body in proptest::collection::vec(any::<u8>(), 0..512),
        coding in prop_oneof![Just("identity"), Just("gzip"), Just("zstd"), Just("deflate"), Just("br")],
        json in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let keeper = Arc::<Keeper>::default();
            let content_type = if json { JSON } else { PROTOBUF };
            let answer =
                post(state(&keeper), &[content_type, ("content-encoding", coding)], body).await;
            assert!([200, 400, 413].contains(&answer.status.as_u16()), "{}", answer.status);
        });
    }
}
