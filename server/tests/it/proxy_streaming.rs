//! What the proxy must not do: hold back, reorder, wait for the record.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use model::Outcome;
use tokio::sync::mpsc;

use crate::proxy_world::{PATIENCE, Plan, Protocol, channel, post, read, upstream};

/// An upstream whose answers stream what the test sends.
async fn streaming_upstream() -> (String, mpsc::UnboundedReceiver<mpsc::UnboundedSender<Bytes>>) {
    let (told, tell) = mpsc::unbounded_channel();
    let url = upstream(move |_| {
        let told = told.clone();
        Box::pin(async move {
            let (chunks, body) = channel();
            told.send(chunks).unwrap();
            Response::builder().header("content-type", "text/event-stream").body(body).unwrap()
        })
    });
    (url.await, tell)
}

#[tokio::test]
async fn the_first_chunk_arrives_before_the_second_is_sent() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let (url, mut answers) = streaming_upstream().await;
        let plan = Plan::before(&url);
        // Nothing can be recorded at all: forwarding does not wait for it.
        plan.memory.gate.forget_permits(usize::MAX);
        let world = plan.start().await;
        let mut client = world.connect(protocol).await;
        let mut answer = client.send(post("/openai/v1/x", "{}")).await.unwrap();
        let chunks = answers.recv().await.unwrap();
        for text in ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"] {
            chunks.send(Bytes::from_static(text.as_bytes())).unwrap();
            let frame = tokio::time::timeout(PATIENCE, answer.frame()).await.unwrap();
            assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), text);
        }
        drop(chunks);
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "");
        assert_eq!(world.memory.len(), 0);
    }
}

#[tokio::test]
async fn the_request_streams_too() {
    let (told, mut heard) = mpsc::unbounded_channel();
    let url = upstream(move |request: Request<_>| {
        let told = told.clone();
        Box::pin(async move {
            let mut body = request.into_body();
            while let Some(Ok(frame)) = body.frame().await {
                told.send(frame.into_data().unwrap()).unwrap();
            }
            Response::new(Body::from("done"))
        })
    })
    .await;
    let world = Plan::before(&url).start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let (chunks, body) = channel();
    let answer = tokio::spawn(async move { client.send(post("/up/local/x", body)).await.unwrap() });
    for text in ["one", "two"] {
        chunks.send(Bytes::from_static(text.as_bytes())).unwrap();
        assert_eq!(heard.recv().await.unwrap(), text);
    }
    drop(chunks);
    assert_eq!(read(answer.await.unwrap()).await, "done");
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_the_call_and_is_recorded() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let (url, mut answers) = streaming_upstream().await;
        let world = Plan::before(&url).start().await;
        let mut client = world.connect(protocol).await;
        let request = post("/openai/v1/chat/completions", r#"{"model":"m","messages":[]}"#);
        let mut answer = client.send(request).await.unwrap();
        let chunks = answers.recv().await.unwrap();
        chunks.send(Bytes::from_static(b"data: {}\n\n")).unwrap();
        answer.frame().await.unwrap().unwrap();
        client.crash();
        drop(answer);
        tokio::time::timeout(PATIENCE, chunks.closed()).await.expect("upstream is not cancelled");
        let records = world.records(2).await;
        let exchange = records[1].exchange.clone().unwrap();
        assert_eq!(exchange.outcome, Some(Outcome::ClientDisconnected));
        assert_eq!(exchange.response_bytes, Some(10));
        assert_eq!(records[1].status.ok, Some(false));
    }
}

#[tokio::test]
async fn a_client_that_goes_away_before_the_answer_is_recorded() {
    let (told, mut heard) = mpsc::unbounded_channel::<()>();
    let url = upstream(move |_| {
        let told = told.clone();
        Box::pin(async move {
            let _until_cancelled = told.clone();
            told.send(()).unwrap();
            std::future::pending().await
        })
    })
    .await;
    let world = Plan::before(&url).start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let sent = client.send(post("/openai/v1/chat/completions", r#"{"model":"m"}"#));
    tokio::select! {
        _ = sent => panic!("there is no answer"),
        _ = heard.recv() => {}
    }
    client.crash();
    let records = world.records(2).await;
    assert_eq!(records[0].call.as_ref().unwrap().request_model.as_deref(), Some("m"));
    let exchange = records[1].exchange.clone().unwrap();
    assert_eq!((exchange.outcome, exchange.status), (Some(Outcome::ClientDisconnected), None));
}

#[tokio::test]
async fn a_slow_reader_slows_the_upstream() {
    const CHUNK: usize = 64 << 10;
    const CHUNKS: usize = 2000;
    let sent = Arc::new(Mutex::new(0_usize));
    let counted = Arc::clone(&sent);
    let url = upstream(move |_| {
        let counted = Arc::clone(&counted);
        Box::pin(async move {
            let mut left = CHUNKS;
            let stream = futures_util::stream::poll_fn(move |_| {
                left -= 1;
                *counted.lock().unwrap() += CHUNK;
                let chunk = Bytes::from(vec![7_u8; CHUNK]);
                std::task::Poll::Ready((left > 0).then_some(Ok::<_, std::io::Error>(chunk)))
            });
            Response::new(Body::from_stream(stream))
        })
    })
    .await;
    let mut plan = Plan::before(&url);
    plan.config.max_recorded_body = 1000;
    let world = plan.start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let mut answer = client.send(post("/up/local/x", "")).await.unwrap();
    // Nothing is read: the upstream comes to a halt long before its end.
    let mut before = usize::MAX;
    while before != *sent.lock().unwrap() {
        before = *sent.lock().unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(before < CHUNK * CHUNKS / 2, "{before} bytes were taken from the upstream");
    let mut received = 0;
    while let Some(frame) = answer.frame().await {
        received += frame.unwrap().into_data().unwrap().len();
    }
    assert_eq!(received, CHUNK * (CHUNKS - 1));
    let exchange = world.records(2).await[1].exchange.clone().unwrap();
    assert!(exchange.truncated);
    assert_eq!(exchange.response_bytes, Some(received as u64));
}
