//! The OTLP door over gRPC, against a real client.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::logs::v1::logs_service_client::LogsServiceClient;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_client::TraceServiceClient;
use opentelemetry_proto::tonic::trace::v1::Span;
use server::otlp::{State, grpc};
use server::record::RecordError;
use tokio::net::TcpListener;
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;
use tonic::{Code, Request};

use super::otlp_world::{INGEST, Keeper, export, metric, state, tokens};

type Headers<'a> = &'a [(&'a str, &'a str)];

async fn serve(router: Router) -> Channel {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let endpoint = Channel::from_shared(format!("http://{address}")).unwrap();
    endpoint.connect().await.unwrap()
}

async fn traces(state: State) -> TraceServiceClient<Channel> {
    TraceServiceClient::new(serve(grpc::router(state)).await)
}

#[tokio::test]
async fn every_compression_brings_its_spans() {
    for compression in [None, Some(CompressionEncoding::Gzip), Some(CompressionEncoding::Zstd)] {
        let keeper = Arc::<Keeper>::default();
        let mut client = traces(state(&keeper)).await;
        if let Some(compression) = compression {
            client = client.send_compressed(compression).accept_compressed(compression);
        }
        let response = client.export(export(1_500)).await.unwrap().into_inner();
        assert!(response.partial_success.is_none());
        assert_eq!(keeper.len(), 1_500, "{compression:?}");
    }
}

#[tokio::test]
async fn logs_and_metrics_have_their_services() {
    let keeper = Arc::<Keeper>::default();
    let channel = serve(grpc::router(state(&keeper))).await;
    LogsServiceClient::new(channel.clone())
        .export(ExportLogsServiceRequest::default())
        .await
        .unwrap();
    MetricsServiceClient::new(channel)
        .export(ExportMetricsServiceRequest::default())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_rejected_span_is_a_partial_success() {
    let keeper = Arc::<Keeper>::default();
    let mut request = export(2);
    let invalid = Span { trace_id: vec![1, 2, 3], ..Span::default() };
    request.resource_spans[0].scope_spans[0].spans.push(invalid);
    let response = traces(state(&keeper)).await.export(request).await.unwrap().into_inner();
    let kept = i64::try_from(keeper.len()).unwrap();
    let rejected = response.partial_success.map_or(0, |partial| partial.rejected_spans);
    assert_eq!(kept + rejected, 3);
    assert!(kept >= 2);
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_again() {
    let busy = RecordError::Busy { retry_after: Duration::from_millis(250) };
    let status = traces(state(&Keeper::refusing(busy))).await.export(export(1)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    insta::assert_snapshot!(hex::encode(status.details()));
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_unavailable() {
    let keeper = Keeper::refusing(RecordError::Unavailable { reason: "disk full".to_owned() });
    let status = traces(state(&keeper)).await.export(export(1)).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(!status.details().is_empty());
}

#[tokio::test]
async fn a_message_above_the_limit_is_refused() {
    let keeper = Arc::<Keeper>::default();
    let small = State { max_body: 10_000, ..state(&keeper) };
    let mut client = traces(small.clone()).await;
    assert_eq!(client.export(export(1_000)).await.unwrap_err().code(), Code::OutOfRange);
    let mut client = client.send_compressed(CompressionEncoding::Zstd);
    let code = client.export(export(1_000)).await.unwrap_err().code();
    assert!(matches!(code, Code::OutOfRange | Code::ResourceExhausted), "{code:?}");
    let refused = metric(&small.metrics, "plainsight_requests_refused_total{door=\"otlp_grpc\"}");
    assert_eq!(refused, 2);
    assert_eq!(keeper.len(), 0);
}

#[tokio::test]
async fn bodies_of_all_doors_are_bounded_together() {
    let keeper = Arc::<Keeper>::default();
    let crowded = State { bodies: server::Budget::new(64 << 10), ..state(&keeper) };
    let begun =
        super::otlp_http::begin_a_body(&server::otlp::http::router(crowded.clone()), "/v1/traces")
            .await;
    let mut client = traces(crowded).await;
    let status = client.export(export(10)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(!status.details().is_empty(), "without RetryInfo an exporter gives up");
    begun.abort();
    let _ = begun.await;
    client.export(export(10)).await.unwrap();
    assert_eq!(keeper.len(), 10);
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let keeper = Arc::<Keeper>::default();
    let router = grpc::router(state(&keeper));
    let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    let grpc = ("content-type", "application/grpc");
    let send = async |headers: &[(&str, &str)], body: &[u8]| {
        super::otlp_world::send(&router, path, headers, Some(body.to_vec())).await
    };
    assert_eq!(send(&[("content-type", "text/plain")], b"\0\0\0\0\0").await.status, 415);
    let cases: [(Headers<'_>, &[u8], &str); 7] = [
        (&[grpc], b"\0\0\0\0\0", "0"),
        (&[grpc], b"", "3"),
        (&[grpc], b"\0\0\0\0\x09", "3"),
        (&[grpc], b"\0\0\0\0\0\0\0\0\0\0", "3"),
        (&[grpc], b"\x01\0\0\0\x01x", "3"),
        (&[grpc, ("grpc-encoding", "gzip")], b"\x01\0\0\0\x01x", "3"),
        (&[grpc, ("grpc-encoding", "snappy")], b"\x01\0\0\0\x01x", "12"),
    ];
    for (headers, body, status) in cases {
        let answer = send(headers, body).await;
        assert_eq!(answer.status, 200);
        let told = answer.headers.get("grpc-status").map_or("0", |value| value.to_str().unwrap());
        assert_eq!(told, status, "{headers:?} {body:?}");
        assert!(answer.headers["grpc-accept-encoding"].to_str().unwrap().contains("gzip"));
    }
}

#[tokio::test]
async fn a_required_token_is_checked_before_the_message() {
    let keeper = Arc::<Keeper>::default();
    let closed = State { tokens: tokens(true), ..state(&keeper) };
    let mut client = traces(closed.clone()).await;
    assert_eq!(client.export(export(1)).await.unwrap_err().code(), Code::Unauthenticated);
    let mut request = Request::new(export(1));
    request.metadata_mut().insert("authorization", format!("Bearer {INGEST}").parse().unwrap());
    client.export(request).await.unwrap();
    assert_eq!(keeper.len(), 1);
    assert_eq!(metric(&closed.metrics, "plainsight_requests_total{door=\"otlp_grpc\"}"), 2);
    assert_eq!(metric(&closed.metrics, "plainsight_requests_refused_total{door=\"otlp_grpc\"}"), 1);
}

#[tokio::test]
async fn other_methods_are_not_implemented() {
    let keeper = Arc::<Keeper>::default();
    let router = grpc::router(state(&keeper));
    let answer =
        super::otlp_world::send(&router, "/grpc.health.v1.Health/Check", &[], Some(vec![])).await;
    assert_eq!(answer.headers["grpc-status"], "12");
}
