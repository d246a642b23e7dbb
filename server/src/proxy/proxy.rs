//! The way of a call through the proxy.
//!
//! Decides where a call goes and what is told about it; forwards without waiting for the record,
//! unless the operator chose to have no call unrecorded.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::body::Body;
use http::header::EXPECT;
use http::request::Parts;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use model::Clock;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::call::CallStart;
use super::capture::Capture;
use super::config::{Config, Dialect, OnRecordFailure};
use super::hop;
use super::keep::Keep;
use super::losses::Losses;
use super::passage::{Failure, Passage};
use super::recorded_headers::RecordedHeaders;
use super::recording::{Context, Recording};
use super::refusal::Refusal;
use super::target::Target;
use super::trace::CallIds;
use super::upstream::{Upstream, UpstreamError};
use crate::budget::Budget;
use crate::identity::Resolver;
use crate::metrics::{Counted, Metrics};
use crate::record::Record;

/// The recording proxy.
pub struct Proxy {
    upstreams: BTreeMap<String, Arc<Upstream>>,
    on_record_failure: OnRecordFailure,
    budget: Budget,
    context: Arc<Context>,
    clock: Arc<dyn Clock>,
    recordings: TaskTracker,
    metrics: Arc<Metrics>,
}

impl Proxy {
    /// A proxy that records with `keeper`.
    ///
    /// # Errors
    /// When an upstream's URL or certificate file cannot be used.
    pub fn new(
        config: &Config,
        resolver: Arc<Resolver>,
        keeper: Arc<dyn Record>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, UpstreamError> {
        let mut upstreams = BTreeMap::new();
        for (name, upstream) in &config.upstreams {
            upstreams.insert(name.clone(), Arc::new(Upstream::new(name, upstream)?));
        }
        let keep = Keep { keeper, losses: Arc::default() };
        let headers = RecordedHeaders::new(&config.recorded_headers, resolver.header_names());
        Ok(Self {
            upstreams,
            on_record_failure: config.on_record_failure,
            budget: Budget::new(config.recording_memory),
            context: Arc::new(Context {
                keep,
                resolver,
                headers,
                max_recorded_body: config.max_recorded_body,
            }),
            clock,
            recordings: TaskTracker::new(),
            metrics: Arc::default(),
        })
    }

    /// The same, counting in `metrics`.
    #[must_use]
    pub fn with_metrics(self, metrics: Arc<Metrics>) -> Self {
        Self { metrics, ..self }
    }

    /// What could not be recorded.
    pub fn losses(&self) -> &Losses {
        &self.context.keep.losses
    }

    /// Calls whose recording is not finished.
    pub fn in_flight(&self) -> usize {
        self.recordings.len()
    }

    /// Waits until every call that has ended is recorded. To be called once no more calls come.
    pub async fn drain(&self) {
        self.recordings.close();
        self.recordings.wait().await;
    }

    /// Whether `path` belongs to the proxy: `/openai/…`, `/anthropic/…`, `/up/NAME/…`.
    pub fn claims(path: &str) -> bool {
        Target::parse(path).is_some()
    }

    /// Forwards a request and gives the answer, which streams as it comes. Dropping the future or
    /// the answer's body cancels the call upstream.
    pub async fn handle(&self, request: Request<Body>, peer: SocketAddr) -> Response<Body> {
        self.metrics.request(Counted::Proxy);
        let (parts, body) = request.into_parts();
        let target = Target::parse(parts.uri.path());
        let upstream = target.and_then(|target| self.upstreams.get(target.upstream));
        let (Some(target), Some(upstream)) = (target, upstream) else {
            return self.turn_away(&Refusal::unknown_upstream(), Dialect::OpenAi);
        };
        let Ok(url) = upstream.url(target.path, parts.uri.query()) else {
            return self.turn_away(&Refusal::bad_path(), upstream.dialect);
        };
        let call = self.start(upstream, &parts, target.path, peer);
        let passage = self.record(call);
        match self.pass(&passage, onward(parts, url), body).await {
            Ok(answer) => {
                passage.answer(answer, self.context.max_recorded_body, self.budget.lease())
            }
            Err(failure) => self.refuse(&passage, &failure),
        }
    }

    /// Answers a call that goes nowhere, and is not recorded.
    fn turn_away(&self, refusal: &Refusal, dialect: Dialect) -> Response<Body> {
        self.metrics.refused(Counted::Proxy);
        refusal.answer(dialect)
    }

    fn start(
        &self,
        upstream: &Arc<Upstream>,
        parts: &Parts,
        path: &str,
        peer: SocketAddr,
    ) -> CallStart {
        CallStart {
            upstream: Arc::clone(upstream),
            ids: CallIds::of(&parts.headers),
            time: self.clock.now(),
            started: Instant::now(),
            peer: peer.ip(),
            method: parts.method.clone(),
            path: path.to_owned(),
            query: parts.uri.query().map(str::to_owned),
            version: parts.version,
            headers: parts.headers.clone(),
        }
    }

    /// Starts the recording beside the forwarding.
    fn record(&self, call: CallStart) -> Passage {
        let (teller, inbox) = mpsc::unbounded_channel();
        let content_seen = Arc::new(AtomicBool::new(false));
        let (upstream, metrics) = (Arc::clone(&call.upstream), Arc::clone(&self.metrics));
        let passage = Passage::new(upstream, teller, Arc::clone(&content_seen), metrics);
        let recording = Recording::new(Arc::clone(&self.context), call, inbox, content_seen);
        self.recordings.spawn(recording.run());
        passage
    }

    async fn pass(
        &self,
        passage: &Passage,
        head: Request<()>,
        body: Body,
    ) -> Result<Response<Incoming>, Failure> {
        let capture = Capture::new(self.context.max_recorded_body, self.budget.lease());
        let body = match self.on_record_failure {
            OnRecordFailure::Open => {
                let asks = head.headers().contains_key(EXPECT);
                passage.recorded_beside(body, capture, asks)
            }
            OnRecordFailure::Closed => passage.recorded_before(body, capture).await?,
        };
        let (parts, ()) = head.into_parts();
        passage.send(Request::from_parts(parts, body)).await
    }

    fn refuse(&self, passage: &Passage, failure: &Failure) -> Response<Body> {
        self.metrics.refused(Counted::Proxy);
        if matches!(failure, Failure::Unrecorded(_)) {
            self.losses().refuse();
        }
        passage.refuse(failure)
    }
}

/// The request as it goes upstream, less its body.
fn onward(parts: Parts, url: Uri) -> Request<()> {
    let mut head = Request::new(());
    *head.method_mut() = parts.method;
    *head.uri_mut() = url;
    *head.headers_mut() = parts.headers;
    hop::strip_request(head.headers_mut());
    head
}
