//! What the proxy does when the upstream, the recorder or the limits get in the way.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use model::{Outcome, Part};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use server::proxy::Proxy;
use server::record::RecordError;
use tokio::net::TcpListener;

use crate::proxy_world::{PATIENCE, Plan, Protocol, post, read, serve, upstream};

const CHAT: &str = "/openai/v1/chat/completions";
const PROMPT: &str = r#"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#;

async fn echo() -> String {
    upstream(|request: Request<Incoming>| {
        Box::pin(async move { Response::new(Body::new(request.into_body())) })
    })
    .await
}

async fn error_of(answer: Response<Incoming>) -> Value {
    assert_eq!(answer.headers()["content-type"], "application/json");
    serde_json::from_slice(&read(answer).await).unwrap()
}

#[tokio::test]
async fn an_upstream_that_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let world = Plan::before(&url).start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let answer = client.send(post(CHAT, PROMPT)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let error = error_of(answer).await;
    assert_eq!(error["error"]["type"], "plainsight_upstream_unreachable");
    let answer = client.send(post("/anthropic/v1/messages", PROMPT)).await.unwrap();
    assert_eq!(error_of(answer).await["type"], "error");
    let records = world.records(2).await;
    // The prompt is recorded although the upstream never asked for it.
    assert_eq!(records[0].exchange.as_ref().unwrap().request_bytes, Some(PROMPT.len() as u64));
    assert_eq!(records[0].part, Part::Request);
    let exchange = records[1].exchange.as_ref().unwrap();
    assert_eq!(exchange.outcome, Some(Outcome::UpstreamUnreachable));
    assert_eq!(exchange.status, Some(502));
    assert_eq!(records[1].status.error_type.as_deref(), Some("upstream_unreachable"));
}

#[tokio::test]
async fn an_upstream_that_does_not_answer() {
    let url = upstream(|_| Box::pin(std::future::pending())).await;
    let mut plan = Plan::before(&url);
    plan.config.upstreams.get_mut("openai").unwrap().answer_timeout = Duration::from_millis(50);
    let world = plan.start().await;
    let answer = world.connect(Protocol::Http2).await.send(post(CHAT, PROMPT)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(error_of(answer).await["error"]["type"], "plainsight_upstream_timeout");
    let exchange = world.records(2).await[1].exchange.clone().unwrap();
    assert_eq!(exchange.outcome, Some(Outcome::UpstreamTimeout));
}

#[tokio::test]
async fn an_answer_that_falls_silent() {
    let url = upstream(|_| {
        Box::pin(async {
            let (chunks, body) = crate::proxy_world::channel();
            chunks.send("begin".into()).unwrap();
            tokio::spawn(async move { chunks.closed().await });
            Response::new(body)
        })
    })
    .await;
    let mut plan = Plan::before(&url);
    plan.config.upstreams.get_mut("openai").unwrap().idle_timeout = Duration::from_millis(50);
    let world = plan.start().await;
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, PROMPT)).await.unwrap();
    assert!(http_body_util::BodyExt::collect(answer.into_body()).await.is_err());
    let exchange = world.records(2).await[1].exchange.clone().unwrap();
    assert_eq!(exchange.outcome, Some(Outcome::UpstreamTimeout));
    assert_eq!(exchange.response_bytes, Some(5));
}

#[tokio::test]
async fn no_such_upstream() {
    let world = Plan::before("http://127.0.0.1:9").start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let answer = client.send(post("/up/nobody/v1/x", "")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(error_of(answer).await["error"]["type"], "plainsight_unknown_upstream");
    assert!(Proxy::claims("/up/nobody/") && !Proxy::claims("/v1/events"));
}

#[tokio::test]
async fn open_mode_forwards_and_counts_what_is_lost() {
    let mut plan = Plan::before(&echo().await);
    plan.memory.refusal = RecordError::Unavailable { reason: "disk full".to_owned() };
    plan.memory.refusals.store(1, Ordering::SeqCst);
    let world = plan.start().await;
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, PROMPT)).await.unwrap();
    assert_eq!(read(answer).await, PROMPT);
    assert_eq!(world.records(1).await[0].part, Part::Response);
    assert_eq!((world.proxy.losses().lost(), world.proxy.losses().take_untold()), (1, 1));
    assert_eq!(world.proxy.losses().take_untold(), 0);
}

#[tokio::test]
async fn open_mode_tries_a_full_queue_again() {
    let plan = Plan::before(&echo().await);
    plan.memory.refusals.store(3, Ordering::SeqCst);
    let world = plan.start().await;
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, PROMPT)).await.unwrap();
    assert_eq!(read(answer).await, PROMPT);
    assert_eq!(world.records(2).await[0].part, Part::Request);
    assert_eq!(world.proxy.losses().lost(), 0);
}

#[tokio::test]
async fn closed_mode_records_before_the_first_byte_goes_upstream() {
    let asked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&asked);
    let url = upstream(move |_| {
        noted.store(true, Ordering::SeqCst);
        Box::pin(async { Response::new(Body::from("ok")) })
    })
    .await;
    let plan = Plan::before(&url).closed();
    plan.memory.gate.forget_permits(usize::MAX);
    let world = plan.start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let answer = tokio::spawn(async move { client.send(post(CHAT, PROMPT)).await.unwrap() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!asked.load(Ordering::SeqCst), "sent before it was recorded");
    world.memory.gate.add_permits(2);
    let answer = tokio::time::timeout(PATIENCE, answer).await.unwrap().unwrap();
    assert_eq!(read(answer).await, "ok");
    assert_eq!(world.records(2).await[0].part, Part::Request);
}

#[tokio::test]
async fn closed_mode_refuses_what_cannot_be_recorded() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let url = upstream(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Response::default() })
    })
    .await;
    let mut plan = Plan::before(&url).closed();
    plan.memory.refusal = RecordError::Unavailable { reason: "disk full".to_owned() };
    plan.memory.refusals.store(1, Ordering::SeqCst);
    let world = plan.start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let answer = client.send(post("/anthropic/v1/messages", PROMPT)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.headers()["retry-after"], "5");
    let error = error_of(answer).await;
    assert_eq!(error["error"]["type"], "plainsight_record_unavailable");
    assert_eq!((calls.load(Ordering::SeqCst), world.proxy.losses().refused()), (0, 1));
    let refused = world.records(1).await[0].exchange.clone().unwrap();
    assert_eq!(refused.outcome, Some(Outcome::Refused));
    // The next call can be recorded, so it passes.
    assert_eq!(client.send(post(CHAT, PROMPT)).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn bodies_over_the_limit_pass_whole_and_are_recorded_in_part() {
    for closed in [false, true] {
        let mut plan = Plan::before(&echo().await);
        plan.config.max_recorded_body = 1000;
        let plan = if closed { plan.closed() } else { plan };
        let world = plan.start().await;
        let body = json!({"model": "m", "input": "x".repeat(300_000)}).to_string();
        let mut client = world.connect(Protocol::Http1).await;
        let answer = client.send(post("/openai/v1/responses", body.clone())).await.unwrap();
        assert!(read(answer).await == body);
        for record in world.records(2).await {
            assert!(record.exchange.unwrap().truncated, "closed: {closed}");
        }
    }
}

#[tokio::test]
async fn no_memory_for_recording_truncates_the_record_alone() {
    let mut plan = Plan::before(&echo().await);
    plan.config.recording_memory = 0;
    let world = plan.start().await;
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, PROMPT)).await.unwrap();
    assert_eq!(read(answer).await, PROMPT);
    let records = world.records(2).await;
    assert!(records.iter().all(|record| record.exchange.as_ref().unwrap().truncated));
}

#[tokio::test]
async fn draining_waits_for_the_last_record() {
    let plan = Plan::before(&echo().await);
    plan.memory.gate.forget_permits(usize::MAX);
    let world = plan.start().await;
    let answer = world.connect(Protocol::Http1).await.send(post(CHAT, PROMPT)).await.unwrap();
    read(answer).await;
    assert!(world.proxy.in_flight() > 0);
    world.memory.gate.add_permits(2);
    tokio::time::timeout(PATIENCE, world.proxy.drain()).await.unwrap();
    assert_eq!((world.memory.len(), world.proxy.in_flight()), (2, 0));
}

#[tokio::test]
async fn tls_and_http2_upstream_with_an_authority_of_ones_own() {
    let signed = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let mut ca_file = tempfile::NamedTempFile::new().unwrap();
    ca_file.write_all(signed.cert.pem().as_bytes()).unwrap();
    let key = PrivateKeyDer::try_from(signed.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![signed.cert.der().clone()], key)
        .unwrap();
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else {
                    return;
                };
                let script = |request: Request<Incoming>| -> crate::proxy_world::Answering {
                    Box::pin(async move {
                        assert_eq!(request.version(), http::Version::HTTP_2);
                        Response::new(Body::new(request.into_body()))
                    })
                };
                serve(stream, Arc::new(script)).await;
            });
        }
    });
    let mut plan = Plan::before(&url);
    plan.config.upstreams.get_mut("openai").unwrap().ca_file = Some(ca_file.path().to_owned());
    let world = plan.start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let answer = client.send(post(CHAT, PROMPT)).await.unwrap();
    assert_eq!((answer.status(), read(answer).await.as_ref()), (StatusCode::OK, PROMPT.as_bytes()));
    // Without the authority the certificate is not believed.
    let answer = client.send(post("/up/local/x", PROMPT)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
}
