//! What the client sends arrives, and what the upstream sends arrives: byte for byte, whatever the
//! chunking, the protocol, the cut, the reader.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::proxy_world::{Plan, Protocol, World, channel, post, read, upstream};

/// One message body as it is sent.
#[derive(Clone, Debug)]
struct Message {
    chunks: Vec<Vec<u8>>,
    /// Sent with `Content-Length` instead of chunked.
    sized: bool,
    trailer: bool,
}

impl Message {
    fn bytes(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    fn trailer(&self) -> Option<HeaderMap> {
        let trailer =
            [(http::HeaderName::from_static("x-checksum"), HeaderValue::from_static("c"))];
        (self.trailer && !self.sized).then(|| trailer.into_iter().collect())
    }

    fn body(&self) -> Body {
        let data = self.chunks.clone().into_iter().map(|chunk| Frame::data(Bytes::from(chunk)));
        let frames = data.chain(self.trailer().map(Frame::trailers)).map(Ok::<_, std::io::Error>);
        let mut frames = frames.collect::<std::collections::VecDeque<_>>();
        // Between any two frames the other tasks get their turn, so that chunks stay chunks.
        let mut turn = false;
        let stream = futures_util::stream::poll_fn(move |cx| {
            turn = !turn;
            if turn {
                cx.waker().wake_by_ref();
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(frames.pop_front())
        });
        Body::new(StreamBody::new(stream))
    }

    fn describe(&self, headers: &mut HeaderMap) {
        if self.sized {
            headers.insert("content-length", HeaderValue::from(self.bytes().len()));
        } else if self.trailer {
            headers.insert("trailer", HeaderValue::from_static("x-checksum"));
        }
    }
}

fn message() -> impl Strategy<Value = Message> {
    let chunk = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..20),
        proptest::collection::vec(any::<u8>(), 0..5000),
        (1_usize..100_000, any::<u8>()).prop_map(|(size, byte)| vec![byte; size]),
    ];
    (proptest::collection::vec(chunk, 0..8), any::<bool>(), any::<bool>())
        .prop_map(|(chunks, sized, trailer)| Message { chunks, sized, trailer })
}

fn protocol() -> impl Strategy<Value = Protocol> {
    prop_oneof![Just(Protocol::Http1), Just(Protocol::Http2)]
}

/// What the upstream received.
#[derive(Debug, Default)]
struct Received {
    body: Vec<u8>,
    trailers: Option<HeaderMap>,
}

async fn drain(body: Incoming, slow: bool) -> Received {
    let mut received = Received::default();
    let mut body = body;
    while let Some(frame) = body.frame().await {
        match frame.unwrap().into_data() {
            Ok(chunk) => received.body.extend_from_slice(&chunk),
            Err(frame) => received.trailers = frame.into_trailers().ok(),
        }
        if slow {
            tokio::task::yield_now().await;
            tokio::time::sleep(std::time::Duration::from_micros(200)).await;
        }
    }
    received
}

/// Sends both messages through a proxy and compares.
async fn pass(request: Message, answer: Message, protocol: Protocol, slow: bool, closed: bool) {
    let received = Arc::new(Mutex::new(Received::default()));
    let (keep, reply) = (Arc::clone(&received), answer.clone());
    let url = upstream(move |request: Request<Incoming>| {
        let (keep, reply) = (Arc::clone(&keep), reply.clone());
        Box::pin(async move {
            let all = drain(request.into_body(), slow).await;
            *keep.lock().unwrap() = all;
            let mut response = Response::new(reply.body());
            reply.describe(response.headers_mut());
            response
        })
    })
    .await;
    let plan = Plan::before(&url);
    let plan = if closed { plan.closed() } else { plan };
    let world = plan.start().await;
    let mut client = world.connect(protocol).await;
    let mut sent = Request::post("/openai/v1/files").body(request.body()).unwrap();
    sent.headers_mut().insert("te", HeaderValue::from_static("trailers"));
    request.describe(sent.headers_mut());
    let response = client.send(sent).await.unwrap();
    let seen = drain(response.into_body(), slow).await;
    let received = std::mem::take(&mut *received.lock().unwrap());
    assert!(received.body == request.bytes(), "request changed");
    assert!(seen.body == answer.bytes(), "answer changed");
    assert_eq!(received.trailers, request.trailer(), "request trailers");
    assert_eq!(seen.trailers, answer.trailer(), "answer trailers");
    let exchange = world.records(2).await[1].exchange.clone().unwrap();
    assert_eq!(exchange.request_bytes, Some(request.bytes().len() as u64));
    assert_eq!(exchange.response_bytes, Some(answer.bytes().len() as u64));
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn both_directions_are_byte_identical(
        request in message(),
        answer in message(),
        protocol in protocol(),
        slow in any::<bool>(),
        closed in any::<bool>(),
    ) {
        block_on(pass(request, answer, protocol, slow, closed));
    }

    #[test]
    fn a_cut_answer_is_the_same_cut_at_the_client(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..20_000), 0..6),
        protocol in protocol(),
        sized in any::<bool>(),
    ) {
        block_on(cut_answer(&chunks, protocol, sized));
    }

    #[test]
    fn a_cut_request_is_a_cut_at_the_upstream(
        chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..3000), 1..6),
        sized in any::<bool>(),
    ) {
        block_on(cut_request(&chunks, sized));
    }
}

/// An upstream that writes its answer by hand and breaks off.
async fn cut_answer(chunks: &[Vec<u8>], protocol: Protocol, sized: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let whole = chunks.concat();
    let written = chunks.to_vec();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        let length = written.iter().map(Vec::len).sum::<usize>() + 1;
        let framing = if sized {
            format!("content-length: {length}")
        } else {
            "transfer-encoding: chunked".to_owned()
        };
        let head = format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for chunk in written {
            if !sized {
                stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).await.unwrap();
            }
            stream.write_all(&chunk).await.unwrap();
            if !sized {
                stream.write_all(b"\r\n").await.unwrap();
            }
        }
        stream.shutdown().await.unwrap();
    });
    let world = Plan::before(&url).start().await;
    let mut client = world.connect(protocol).await;
    let mut answer = client.send(post("/up/local/x", "")).await.unwrap().into_body();
    let mut seen = Vec::new();
    let cut = loop {
        match answer.frame().await {
            Some(Ok(frame)) => seen.extend_from_slice(frame.data_ref().unwrap()),
            Some(Err(_)) => break true,
            None => break false,
        }
    };
    assert!(cut, "a cut answer ended cleanly");
    assert!(seen == whole, "{} of {} bytes arrived", seen.len(), whole.len());
    let exchange = world.records(2).await[1].exchange.clone().unwrap();
    assert_eq!(exchange.outcome, Some(model::Outcome::UpstreamDisconnected));
    assert_eq!(exchange.response_bytes, Some(whole.len() as u64));
}

/// A client that breaks off in the middle of its request.
async fn cut_request(chunks: &[Vec<u8>], sized: bool) {
    let (told, heard) = tokio::sync::oneshot::channel();
    let told = Mutex::new(Some(told));
    let url = upstream(move |request: Request<Incoming>| {
        let told = told.lock().unwrap().take().unwrap();
        Box::pin(async move {
            let mut body = request.into_body();
            let mut seen = Vec::new();
            let clean = loop {
                match body.frame().await {
                    Some(Ok(frame)) => seen.extend_from_slice(frame.data_ref().unwrap()),
                    Some(Err(_)) => break false,
                    None => break true,
                }
            };
            told.send((seen, clean)).unwrap();
            Response::default()
        })
    })
    .await;
    let world = Plan::before(&url).start().await;
    let mut client = world.connect(Protocol::Http1).await;
    let (sender, body) = channel();
    let mut request = post("/up/local/x", body);
    if sized {
        let length = chunks.iter().map(Vec::len).sum::<usize>() + 1;
        request.headers_mut().insert("content-length", HeaderValue::from(length));
    }
    let whole = chunks.concat();
    for chunk in chunks {
        sender.send(Bytes::copy_from_slice(chunk)).unwrap();
    }
    {
        let mut sent = std::pin::pin!(client.send(request));
        let wait = tokio::time::sleep(std::time::Duration::from_millis(10));
        tokio::select! { _ = &mut sent => panic!("there is no answer yet"), () = wait => {} }
    }
    client.crash();
    let (seen, clean) = heard.await.unwrap();
    assert!(!clean, "a cut request ended cleanly");
    assert!(whole.starts_with(&seen), "the upstream saw other bytes");
    let exchange = world.records(2).await[0].exchange.clone().unwrap();
    assert_eq!(exchange.outcome, Some(model::Outcome::ClientDisconnected));
}

/// Sends `request` to an upstream that echoes what it received as text, and gives its answer.
async fn echoed(request: Request<Body>, protocol: Protocol) -> String {
    let url = upstream(|request: Request<Incoming>| {
        Box::pin(async move {
            let mut echo = format!("{} {}\n", request.method(), request.uri());
            for (name, value) in request.headers() {
                writeln!(echo, "{name}: {}", value.to_str().unwrap()).unwrap();
            }
            Response::new(Body::from(echo))
        })
    })
    .await;
    let host = url.trim_start_matches("http://").to_owned();
    let world = Plan::before(&url).start().await;
    let answer = world.connect(protocol).await.send(request).await.unwrap();
    let echo = String::from_utf8(read(answer).await.to_vec()).unwrap();
    echo.replace(&host, "UPSTREAM")
}

#[tokio::test]
async fn path_query_and_headers_pass_as_they_are() {
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let mut request = Request::get("/openai/v1/a%2Fb//..%2e/c;d=%C3%A9?q=%20+&&x=1?y")
            .header("authorization", "Bearer key")
            .header("accept-encoding", "br, gzip")
            .header("x-plainsight-user", "user-42")
            .header("x-twice", "a")
            .header("x-twice", "b");
        if protocol == Protocol::Http1 {
            request = request
                .header("connection", "x-private, keep-alive")
                .header("x-private", "1")
                .header("proxy-authorization", "Basic eA==");
        }
        let echo = echoed(request.body(Body::empty()).unwrap(), protocol).await;
        let mut lines = echo.lines().collect::<Vec<_>>();
        let first = lines.remove(0);
        lines.sort_unstable();
        assert_eq!(first, "GET /v1/a%2Fb//..%2e/c;d=%C3%A9?q=%20+&&x=1?y", "{protocol:?}");
        let expected = [
            "accept-encoding: br, gzip",
            "authorization: Bearer key",
            "host: UPSTREAM",
            "x-twice: a",
            "x-twice: b",
        ];
        assert_eq!(lines, expected, "{protocol:?}");
    }
}

/// One call to an upstream that answers with these bytes, as the client reads them off the wire.
async fn raw(request: &str, answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        stream.write_all(answer.as_bytes()).await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
    });
    let world: World = Plan::before(&url).start().await;
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    stream.read_to_end(&mut seen).await.unwrap();
    String::from_utf8(seen).unwrap()
}

#[tokio::test]
async fn answers_without_a_body_stay_as_they_are() {
    let date = "date: Tue, 24 Nov 2026 09:00:00 GMT";
    let head = "HEAD /up/local/x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    let get = "GET /up/local/x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n";
    let cases = [
        (head, "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\nDATE\r\n\r\n"),
        (head, "HTTP/1.1 200 OK\r\nx-a: b\r\nDATE\r\n\r\n"),
        (get, "HTTP/1.1 204 No Content\r\nx-a: b\r\nDATE\r\n\r\n"),
        (get, "HTTP/1.1 304 Not Modified\r\netag: \"e\"\r\nDATE\r\n\r\n"),
        (get, "HTTP/1.1 299 Strange But True\r\ncontent-length: 0\r\nDATE\r\n\r\n"),
    ];
    for (request, answer) in cases {
        let answer = answer.replace("DATE", date);
        let seen = raw(request, Box::leak(answer.clone().into_boxed_str())).await;
        let seen = seen.replace("connection: close\r\n", "");
        let mut seen = seen.lines().collect::<Vec<_>>();
        let mut expected = answer.lines().collect::<Vec<_>>();
        seen.sort_unstable();
        expected.sort_unstable();
        assert_eq!(seen, expected, "{request}");
    }
}

#[tokio::test]
async fn a_length_beside_chunks_cannot_smuggle_a_second_request() {
    let url = upstream(|request: Request<Incoming>| {
        Box::pin(async move {
            assert!(!request.headers().contains_key("content-length"));
            assert_eq!(request.uri().path(), "/first");
            Response::new(Body::new(request.into_body()))
        })
    })
    .await;
    let world = Plan::before(&url).start().await;
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let request = "POST /up/local/first HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\
                   content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n\
                   1c\r\nGET /second HTTP/1.1\r\nhost: \r\n0\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).await.unwrap();
    let refused = seen.starts_with("HTTP/1.1 400");
    assert!(refused || seen.contains("GET /second HTTP/1.1\r\nhost: "), "{seen}");
}

#[tokio::test]
async fn expect_continue_works() {
    let url = upstream(|request: Request<Incoming>| {
        Box::pin(async move { Response::new(Body::new(request.into_body())) })
    })
    .await;
    let world = Plan::before(&url).start().await;
    let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
    let head = "POST /up/local/x HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\
                expect: 100-continue\r\ncontent-length: 5\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").await.unwrap();
    let mut seen = String::new();
    stream.read_to_string(&mut seen).await.unwrap();
    assert!(seen.starts_with("HTTP/1.1 200 OK") && seen.ends_with("hello"), "{seen}");
}

#[tokio::test]
async fn many_calls_on_one_connection() {
    let url = upstream(|request: Request<Incoming>| {
        Box::pin(async move {
            let mut answer = Response::new(Body::new(request.into_body()));
            *answer.status_mut() = StatusCode::CREATED;
            answer
        })
    })
    .await;
    let world = Plan::before(&url).start().await;
    for protocol in [Protocol::Http1, Protocol::Http2] {
        let mut client = world.connect(protocol).await;
        for call in 0..50 {
            let text = format!("call {call}");
            let answer = client.send(post("/up/local/x", text.clone())).await.unwrap();
            assert_eq!(answer.status(), StatusCode::CREATED);
            assert_eq!(read(answer).await, text);
        }
    }
    assert_eq!(world.records(200).await.len(), 200);
}
