//! One upstream: where it is, what it speaks, and its pool of connections.
//!
//! Records nothing, and changes nothing in what it sends.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use deliver::sink::TlsError;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use model::Outcome;

use super::config::{Dialect, UpstreamConfig};
use super::connector::Connector;
use super::request_body::ForwardedBody;
use super::target::{Base, UrlError};
use crate::metrics::{Counted, Metrics};

/// How long an unused connection is kept. Below the idle limit of the usual load balancers (60 s),
/// so that a connection is seldom used in the moment in which the other side closes it.
const POOL_IDLE: Duration = Duration::from_secs(55);

/// Why an upstream cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// Its URL.
    #[error("upstream {name} cannot be used: {source}")]
    Url {
        /// Name of the upstream.
        name: String,
        /// What is wrong.
        source: UrlError,
    },
    /// Its TLS settings.
    #[error("upstream {name} cannot be used: {source}")]
    Connector {
        /// Name of the upstream.
        name: String,
        /// What is wrong.
        source: TlsError,
    },
}

/// An upstream, ready to be called.
pub(super) struct Upstream {
    pub(super) name: String,
    pub(super) dialect: Dialect,
    pub(super) idle_timeout: Duration,
    answer_timeout: Duration,
    base: Base,
    client: Client<Connector, ForwardedBody>,
}

impl Upstream {
    pub(super) fn new(name: &str, config: &UpstreamConfig) -> Result<Self, UpstreamError> {
        let base = Base::parse(&config.url)
            .map_err(|source| UpstreamError::Url { name: name.to_owned(), source })?;
        let connector = Connector::new(config.ca_file.as_deref(), config.connect_timeout)
            .map_err(|source| UpstreamError::Connector { name: name.to_owned(), source })?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(POOL_IDLE)
            .timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            name: name.to_owned(),
            dialect: config.dialect,
            idle_timeout: config.idle_timeout,
            answer_timeout: config.answer_timeout,
            base,
            client,
        })
    }

    /// The URL of `path` and `query` at this upstream.
    pub(super) fn url(&self, path: &str, query: Option<&str>) -> Result<Uri, http::Error> {
        self.base.join(path, query)
    }

    /// Host and port, as `Host` says it.
    pub(super) fn authority(&self) -> &str {
        self.base.authority()
    }

    /// Sends `request` and waits for the headers of the answer. The answer timeout runs only while
    /// the request makes no progress, so that a long upload is not cut.
    pub(super) async fn send(
        &self,
        request: Request<ForwardedBody>,
        progress: &Progress,
    ) -> Result<Response<Incoming>, SendError> {
        let mut answer = self.client.request(request);
        loop {
            let before = progress.forwarded();
            match tokio::time::timeout(self.answer_timeout, &mut answer).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(_)) if progress.is_broken() => return Err(SendError::ClientGone),
                Ok(Err(error)) => return Err(SendError::of(&error)),
                Err(_) if progress.forwarded() == before => return Err(SendError::Silent),
                Err(_) => {}
            }
        }
    }
}

/// How far a request body has got, shared between the body and whoever waits for the answer.
#[derive(Debug, Default)]
pub(super) struct Progress {
    metrics: Arc<Metrics>,
    forwarded: AtomicU64,
    broken: AtomicBool,
}

impl Progress {
    /// Nothing yet; what comes is also counted in `metrics`.
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..Self::default() }
    }

    pub(super) fn add(&self, bytes: usize) {
        self.metrics.received(Counted::Proxy, bytes);
        self.forwarded.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn forwarded(&self) -> u64 {
        self.forwarded.load(Ordering::Relaxed)
    }

    /// Notes that the client broke its request off.
    pub(super) fn break_off(&self) {
        self.broken.store(true, Ordering::Relaxed);
    }

    fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum SendError {
    #[error("the upstream could not be reached")]
    Unreachable,
    #[error("the upstream could not be reached in time")]
    ConnectTimeout,
    #[error("the upstream did not answer in time")]
    Silent,
    #[error("the upstream closed the connection without an answer")]
    Disconnected,
    #[error("the client broke its request off")]
    ClientGone,
}

impl SendError {
    fn of(error: &Error) -> Self {
        match (error.is_connect(), is_timeout(error)) {
            (true, true) => Self::ConnectTimeout,
            (true, false) => Self::Unreachable,
            (false, _) => Self::Disconnected,
        }
    }

    /// How the exchange ended, as it is recorded.
    pub(super) const fn outcome(self) -> Outcome {
        match self {
            Self::Unreachable => Outcome::UpstreamUnreachable,
            Self::ConnectTimeout | Self::Silent => Outcome::UpstreamTimeout,
            Self::Disconnected => Outcome::UpstreamDisconnected,
            Self::ClientGone => Outcome::ClientDisconnected,
        }
    }
}

fn is_timeout(error: &Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::TimedOut)
        {
            return true;
        }
        cause = error.source();
    }
    false
}
