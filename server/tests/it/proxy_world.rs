//! A proxy between a client and an upstream of the test's making, all in this process.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use model::{Observation, Record, SystemClock};
use server::identity::{self, Resolver};
use server::metrics::{Counted, Measured, Metrics};
use server::proxy::{Config, Connection, Dialect, OnRecordFailure, Proxy, UpstreamConfig};
use server::record::{Receipt, RecordError, Recorded};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A recorder that keeps records in memory, or refuses them.
pub(crate) struct Memory {
    records: Mutex<Vec<Record>>,
    came: Notify,
    /// One permit per call of `record` that may go on.
    pub(crate) gate: Semaphore,
    /// How many calls are refused first, and with what.
    pub(crate) refusals: AtomicUsize,
    pub(crate) refusal: RecordError,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            records: Mutex::default(),
            came: Notify::new(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            refusals: AtomicUsize::new(0),
            refusal: RecordError::Busy { retry_after: Duration::from_millis(5) },
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.records.lock().unwrap().len()
    }

    fn take_refusal(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
    }
}

impl server::record::Record for Memory {
    fn record(&self, observations: Vec<Observation>) -> Recorded<'_> {
        Box::pin(async move {
            self.gate.acquire().await.unwrap().forget();
            if self.take_refusal() {
                return Err(self.refusal.clone());
            }
            let mut records = self.records.lock().unwrap();
            let first = records.len() as u64;
            let receipts = (first..).take(observations.len()).map(Receipt::New).collect();
            records.extend(observations.into_iter().map(model::Sealed::into_exposed));
            self.came.notify_waiters();
            Ok(receipts)
        })
    }
}

/// The proxy, its recorder and its address.
pub(crate) struct World {
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) address: SocketAddr,
}

/// What a test may change before the world starts.
pub(crate) struct Plan {
    pub(crate) config: Config,
    pub(crate) identity: identity::Config,
    pub(crate) memory: Memory,
}

impl Plan {
    /// A proxy in front of `upstream`, under each of the three mounts.
    pub(crate) fn before(upstream: &str) -> Self {
        let mut config = Config::default();
        for (name, dialect) in [
            ("openai", Dialect::OpenAi),
            ("anthropic", Dialect::Anthropic),
            ("local", Dialect::OpenAi),
        ] {
            config.upstreams.insert(name.to_owned(), UpstreamConfig::new(upstream, dialect));
        }
        Self { config, identity: identity::Config::default(), memory: Memory::new() }
    }

    pub(crate) fn closed(mut self) -> Self {
        self.config.on_record_failure = OnRecordFailure::Closed;
        self
    }

    pub(crate) async fn start(self) -> World {
        let clock = Arc::new(SystemClock);
        let resolver = Resolver::open(self.identity, clock.clone()).await.unwrap();
        let memory = Arc::new(self.memory);
        let metrics = Arc::<Metrics>::default();
        let keeper = Measured::new(memory.clone(), Arc::clone(&metrics), Counted::Proxy);
        let proxy = Proxy::new(&self.config, Arc::new(resolver), Arc::new(keeper), clock).unwrap();
        let proxy = Arc::new(proxy.with_metrics(Arc::clone(&metrics)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(listen(listener, Arc::clone(&proxy)));
        World { proxy, memory, metrics, address }
    }
}

async fn listen(listener: TcpListener, proxy: Arc<Proxy>) {
    while let Ok((stream, peer)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        let service = Connection::new(Arc::clone(&proxy), axum::Router::new(), peer);
        tokio::spawn(async move {
            let builder = auto::Builder::new(TokioExecutor::new());
            // A client that goes away is part of the tests.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl World {
    /// Waits until `count` records are kept, and gives them in their order.
    pub(crate) async fn records(&self, count: usize) -> Vec<Record> {
        let enough = async {
            loop {
                let came = self.memory.came.notified();
                let records = self.memory.records.lock().unwrap().clone();
                if records.len() >= count {
                    return records;
                }
                came.await;
            }
        };
        let records = tokio::time::timeout(PATIENCE, enough).await;
        records.unwrap_or_else(|_| panic!("{count} records did not come"))
    }

    /// A connection to the proxy.
    pub(crate) async fn connect(&self, protocol: Protocol) -> Client {
        Client::connect(self.address, protocol).await
    }
}

/// The client's side of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

/// One connection of a client.
pub(crate) enum Client {
    Http1(hyper::client::conn::http1::SendRequest<Body>, tokio::task::JoinHandle<()>),
    Http2(hyper::client::conn::http2::SendRequest<Body>, tokio::task::JoinHandle<()>),
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr, protocol: Protocol) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let io = TokioIo::new(stream);
        match protocol {
            Protocol::Http1 => {
                let (send, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
                let task = tokio::spawn(async { drop(connection.await) });
                Self::Http1(send, task)
            }
            Protocol::Http2 => {
                let executor = TokioExecutor::new();
                let (send, connection) =
                    hyper::client::conn::http2::handshake(executor, io).await.unwrap();
                let task = tokio::spawn(async { drop(connection.await) });
                Self::Http2(send, task)
            }
        }
    }

    pub(crate) async fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> hyper::Result<Response<Incoming>> {
        match self {
            Self::Http1(send, _) => {
                request.headers_mut().entry("host").or_insert("proxy.example".parse().unwrap());
                send.ready().await?;
                send.send_request(request).await
            }
            Self::Http2(send, _) => {
                let path = request.uri().path_and_query().unwrap().as_str();
                let uri = format!("http://proxy.example{path}");
                *request.uri_mut() = uri.parse().unwrap();
                send.ready().await?;
                send.send_request(request).await
            }
        }
    }

    /// Tears the connection down, as a client that crashes does.
    pub(crate) fn crash(self) {
        match self {
            Self::Http1(_, task) | Self::Http2(_, task) => task.abort(),
        }
    }
}

/// The future of a scripted answer.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// Starts an upstream that answers as `script` says, and gives its base URL.
pub(crate) async fn upstream<F>(script: F) -> String
where
    F: Fn(Request<Incoming>) -> Answering + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let script = Arc::new(script);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            tokio::spawn(serve(stream, Arc::clone(&script)));
        }
    });
    url
}

/// Serves one connection of a scripted upstream.
pub(crate) async fn serve<I, F>(stream: I, script: Arc<F>)
where
    I: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    F: Fn(Request<Incoming>) -> Answering + Send + Sync + 'static,
{
    let service = service_fn(move |request| {
        let answering = script(request);
        async move { Ok::<_, std::convert::Infallible>(answering.await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

/// A POST of `body` to `path`.
pub(crate) fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(path).header("content-type", "application/json").body(body.into()).unwrap()
}

/// The whole body of an answer.
pub(crate) async fn read(answer: Response<Incoming>) -> Bytes {
    tokio::time::timeout(PATIENCE, answer.into_body().collect()).await.unwrap().unwrap().to_bytes()
}

/// A body that gives what is sent into the channel, and fails when it is told to.
pub(crate) fn channel() -> (tokio::sync::mpsc::UnboundedSender<Bytes>, Body) {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel::<Bytes>();
    let stream = futures_util::stream::poll_fn(move |cx| {
        receiver.poll_recv(cx).map(|chunk| chunk.map(Ok::<_, std::convert::Infallible>))
    });
    (sender, Body::from_stream(stream))
}
