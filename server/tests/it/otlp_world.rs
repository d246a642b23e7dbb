//! A recorder in memory, and requests to a router without a socket.

use std::io::Write as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use model::{Observation, Record, Sealed};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use server::Budget;
use server::access::Tokens;
use server::metrics::{Gauges, Metrics};
use server::otlp::State;
use server::record::{Receipt, RecordError, Recorded};
use tower::ServiceExt as _;

pub(crate) const ADMIN: &str = "token-of-the-administrator";
pub(crate) const INGEST: &str = "token-of-the-senders";

/// Keeps records in memory, or refuses them all.
#[derive(Default)]
pub(crate) struct Keeper {
    pub(crate) records: Mutex<Vec<Record>>,
    pub(crate) refusal: Mutex<Option<RecordError>>,
}

impl Keeper {
    pub(crate) fn refusing(refusal: RecordError) -> Arc<Self> {
        Arc::new(Self { refusal: Mutex::new(Some(refusal)), ..Self::default() })
    }

    pub(crate) fn len(&self) -> usize {
        self.records.lock().unwrap().len()
    }
}

impl server::record::Record for Keeper {
    fn record(&self, observations: Vec<Observation>) -> Recorded<'_> {
        Box::pin(async move {
            if let Some(refusal) = self.refusal.lock().unwrap().clone() {
                return Err(refusal);
            }
            let mut records = self.records.lock().unwrap();
            let first = records.len() as u64;
            let receipts = (first..).take(observations.len()).map(Receipt::New).collect();
            records.extend(observations.into_iter().map(Sealed::into_exposed));
            Ok(receipts)
        })
    }
}

pub(crate) fn tokens(ingest_required: bool) -> Arc<Tokens> {
    Arc::new(Tokens {
        admin: Sealed::new(ADMIN.to_owned()),
        ingest: Some(Sealed::new(INGEST.to_owned())),
        ingest_required,
    })
}

pub(crate) fn state(keeper: &Arc<Keeper>) -> State {
    State {
        recorder: Arc::<Keeper>::clone(keeper),
        max_body: 4 << 20,
        bodies: Budget::new(64 << 20),
        tokens: tokens(false),
        metrics: Arc::new(Metrics::default()),
    }
}

/// An export of so many spans.
pub(crate) fn export(spans: usize) -> ExportTraceServiceRequest {
    let span = |number: usize| Span {
        trace_id: vec![7; 16],
        span_id: (number as u64 + 1).to_be_bytes().to_vec(),
        name: format!("span {number}"),
        start_time_unix_nano: 1_767_225_600_000_000_000,
        end_time_unix_nano: 1_767_225_600_100_000_000,
        ..Span::default()
    };
    let scope = ScopeSpans { spans: (0..spans).map(span).collect(), ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource] }
}

/// The same, with one span whose name is a number.
pub(crate) fn export_with_a_broken_span(good: usize) -> Vec<u8> {
    // Field 1, a resource: its field 2, a scope: its field 2, a span: its field 5, the name.
    let broken = b"\x0a\x06\x12\x04\x12\x02\x28\x07";
    [&export(good).encode_to_vec()[..], broken].concat()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Sends a request. The body makes the method: GET without one.
pub(crate) async fn send(
    router: &Router,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Vec<u8>>,
) -> Answer {
    let method = if body.is_some() { "POST" } else { "GET" };
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer { status: parts.status, headers: parts.headers, body }
}

/// The value of a metric.
pub(crate) fn metric(metrics: &Metrics, name: &str) -> u64 {
    let text = metrics.render(&Gauges::default());
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap().parse().unwrap()
}
