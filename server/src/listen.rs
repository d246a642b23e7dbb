//! The sockets: bound before anything is served, and served until the end.
//!
//! Bounds what a peer can hold: connections, the size and the time of its headers.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::config::Config;
use crate::proxy::{Connection, Proxy};
use crate::tls::{self, TlsError};

/// Connections of one listener at once.
const CONNECTIONS: usize = 4096;
/// How long a peer may take for its headers, and for a TLS handshake.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// The largest head of a request; beyond it the answer is 431.
const HEADER_BYTES: usize = 128 << 10;
/// How long open requests may go on when the server ends.
const DRAIN: Duration = Duration::from_secs(10);

/// Why a door could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken, is not this machine's, or may not be used.
    #[error("could not listen on {address} for {door}: {source}; choose another with {option}")]
    Bind {
        /// The address.
        address: String,
        /// What it is for.
        door: &'static str,
        /// The option that moves it.
        option: &'static str,
        /// The reason.
        source: std::io::Error,
    },
    /// TLS could not be set up.
    #[error("tls: {0}")]
    Tls(#[from] TlsError),
    /// The address of a listener is not known.
    #[error("listener: {0}")]
    Io(#[from] std::io::Error),
}

/// Where the listeners are bound: the port is another than the configured one where that is 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    /// The main listener.
    pub(crate) main: SocketAddr,
    /// OTLP over HTTP.
    pub(crate) otlp_http: SocketAddr,
    /// OTLP over gRPC.
    pub(crate) otlp_grpc: SocketAddr,
}

/// The bound sockets.
pub(crate) struct Listeners {
    main: TcpListener,
    otlp_http: TcpListener,
    otlp_grpc: TcpListener,
    addresses: Addresses,
    tls: Option<TlsAcceptor>,
}

/// What is served on them.
pub(crate) struct Services {
    /// The proxy, on the main listener.
    pub(crate) proxy: Arc<Proxy>,
    /// Everything else on the main listener.
    pub(crate) main: Router,
    /// OTLP over HTTP.
    pub(crate) otlp_http: Router,
    /// OTLP over gRPC.
    pub(crate) otlp_grpc: Router,
}

impl Listeners {
    /// Binds all of them, or none.
    ///
    /// # Errors
    /// For the first that cannot be bound, with the option that moves it.
    pub(crate) async fn bind(config: &Config) -> Result<Self, ListenError> {
        let main = bind(&config.listen, "the proxy and the API", "--listen").await?;
        let otlp_http = bind(&config.otlp.http, "OTLP over HTTP", "--otlp-http").await?;
        let otlp_grpc = bind(&config.otlp.grpc, "OTLP over gRPC", "--otlp-grpc").await?;
        let addresses = Addresses {
            main: main.local_addr()?,
            otlp_http: otlp_http.local_addr()?,
            otlp_grpc: otlp_grpc.local_addr()?,
        };
        let tls = tls::acceptor(&config.tls, &config.data)?;
        Ok(Self { main, otlp_http, otlp_grpc, addresses, tls })
    }

    /// Base URL of the main listener.
    pub(crate) fn url(&self) -> String {
        self.url_of(self.addresses.main)
    }

    /// Base URL of a listener.
    pub(crate) fn url_of(&self, address: SocketAddr) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{address}")
    }

    /// Where they are bound.
    pub(crate) const fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Serves until `end` resolves, and then what is open for a while longer.
    pub(crate) async fn serve(self, services: Services, end: impl Future<Output = ()> + Send) {
        let (stop, stopped) = watch::channel(());
        let Services { proxy, main, otlp_http, otlp_grpc } = services;
        let tls = self.tls;
        let doors = tokio::spawn(async move {
            tokio::join!(
                accept(self.main, tls.clone(), stopped.clone(), move |peer| {
                    Connection::new(Arc::clone(&proxy), main.clone(), peer)
                }),
                accept(self.otlp_http, tls.clone(), stopped.clone(), router(otlp_http)),
                accept(self.otlp_grpc, tls, stopped, router(otlp_grpc)),
            );
        });
        end.await;
        drop(stop);
        // A panic in a door was reported when it happened.
        let _ = doors.await;
    }
}

async fn bind(
    address: &str,
    door: &'static str,
    option: &'static str,
) -> Result<TcpListener, ListenError> {
    let error = |source| ListenError::Bind { address: address.to_owned(), door, option, source };
    TcpListener::bind(address).await.map_err(error)
}

/// A service for each connection of a router.
fn router(router: Router) -> impl Fn(SocketAddr) -> BoxedService + Send + 'static {
    move |peer| {
        let router = router.clone();
        BoxedService(Box::new(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            Box::pin(router.clone().oneshot(request))
        }))
    }
}

type Answer = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// A router behind the name of one type.
struct BoxedService(Box<dyn Fn(Request<Incoming>) -> Answer + Send + Sync>);

impl Service<Request<Incoming>> for BoxedService {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        (self.0)(request)
    }
}

async fn accept<S>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    mut stopped: watch::Receiver<()>,
    service: impl Fn(SocketAddr) -> S,
) where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (stream, peer, place) = next(&listener, &places) => {
                let (service, tls, watcher) = (service(peer), tls.clone(), open.watcher());
                connections.spawn(async move {
                    let _place = place;
                    connection(stream, tls, service, watcher).await;
                });
            }
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN, open.shutdown()).await;
    // What goes on for ever, such as a tail, would keep the recorder from ending.
    connections.shutdown().await;
}

/// The next connection, when there is a place for it.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                // Out of file descriptors, mostly: others will close.
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection<S>(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    service: S,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return talk(stream, service, watcher).await;
    };
    if let Ok(Ok(stream)) = tokio::time::timeout(HEADER_TIME, tls.accept(stream)).await {
        talk(stream, service, watcher).await;
    }
}

async fn talk<S, T>(stream: T, service: S, watcher: hyper_util::server::graceful::Watcher)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .half_close(true);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(Duration::from_secs(30));
    let asked = Arc::new(AtomicBool::new(false));
    let service = service_fn({
        let asked = Arc::clone(&asked);
        move |request| {
            asked.store(true, Ordering::Relaxed);
            service.call(request)
        }
    });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::select! {
        // A peer that broke off is no error of ours.
        _ = watcher.watch(connection.into_owned()) => {}
        () = silence(&asked) => {}
    }
}

/// Resolves when a peer has asked nothing in its time, so that it holds no place for others. The
/// server's own timer begins only with the first bytes.
async fn silence(asked: &AtomicBool) {
    tokio::time::sleep(HEADER_TIME).await;
    if asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}
