//! One call on its way to the upstream and back, and what is told of it to the recording side.
//!
//! Knows no other call, and reads no content.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use hyper::body::Incoming;
use model::Outcome;

use super::ahead;
use super::answer_body::AnswerBody;
use super::answer_tee::AnswerTee;
use super::capture::Capture;
use super::happening::{AnswerEnd, AnswerHead, Happening, Teller};
use super::hop;
use super::refusal::Refusal;
use super::request_body::ForwardedBody;
use super::upstream::{Progress, SendError, Upstream};
use crate::budget::Lease;
use crate::metrics::Metrics;
use crate::record::RecordError;

/// A call on its way.
pub(super) struct Passage {
    upstream: Arc<Upstream>,
    teller: Teller,
    progress: Arc<Progress>,
    content_seen: Arc<AtomicBool>,
}

/// Why a call has no answer from its upstream.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was sent, or tried to.
    NoAnswer(SendError),
    /// It was not sent, since it could not be recorded.
    Unrecorded(RecordError),
}

impl Passage {
    pub(super) fn new(
        upstream: Arc<Upstream>,
        teller: Teller,
        content_seen: Arc<AtomicBool>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { upstream, teller, progress: Arc::new(Progress::new(metrics)), content_seen }
    }

    /// The body that is recorded while it is forwarded.
    pub(super) fn recorded_beside(
        &self,
        body: Body,
        capture: Capture,
        asks: bool,
    ) -> ForwardedBody {
        let progress = Arc::clone(&self.progress);
        ForwardedBody::recorded(body, capture, self.teller.clone(), progress, asks)
    }

    /// The body that is forwarded once it is recorded.
    pub(super) async fn recorded_before(
        &self,
        body: Body,
        capture: Capture,
    ) -> Result<ForwardedBody, Failure> {
        let (frames, rest) = ahead::read_and_record(body, capture, &self.teller).await?;
        Ok(ForwardedBody::after(frames, rest, Arc::clone(&self.progress)))
    }

    /// Sends the request and waits for the headers of the answer.
    pub(super) async fn send(
        &self,
        request: Request<ForwardedBody>,
    ) -> Result<Response<Incoming>, Failure> {
        self.upstream.send(request, &self.progress).await.map_err(Failure::NoAnswer)
    }

    /// The upstream's answer, on its way to the client.
    pub(super) fn answer(
        self,
        answer: Response<Incoming>,
        limit: usize,
        lease: Lease,
    ) -> Response<Body> {
        let (mut parts, body) = answer.into_parts();
        // Only a stream has a first chunk worth measuring.
        self.content_seen.store(!is_event_stream(&parts.headers), Ordering::Relaxed);
        self.tell_head(parts.status, parts.headers.clone());
        hop::strip_answer(&mut parts.headers);
        parts.version = Version::HTTP_11;
        let tee = AnswerTee::new(self.teller, limit, lease, self.content_seen);
        let body = AnswerBody::new(body, tee, self.upstream.idle_timeout);
        Response::from_parts(parts, Body::new(body))
    }

    /// The proxy's own answer.
    pub(super) fn refuse(&self, failure: &Failure) -> Response<Body> {
        let (refusal, outcome) = match failure {
            Failure::NoAnswer(error) => {
                (Refusal::no_answer(*error, &self.upstream.name), error.outcome())
            }
            Failure::Unrecorded(error) => {
                (Refusal::unrecorded(retry_after(error)), Outcome::Refused)
            }
        };
        let size = refusal.body(self.upstream.dialect).len() as u64;
        self.tell_head(refusal.status, HeaderMap::new());
        self.tell(Happening::End(AnswerEnd::own(outcome, size)));
        refusal.answer(self.upstream.dialect)
    }

    fn tell_head(&self, status: StatusCode, headers: HeaderMap) {
        self.tell(Happening::Answer(Box::new(AnswerHead { status, headers })));
    }

    fn tell(&self, happening: Happening) {
        // Nobody listens any more only when the recording side has failed, which it counts.
        let _ = self.teller.send(happening);
    }
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let name = b"text/event-stream";
    media_type.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

/// When it is worth another try.
const fn retry_after(error: &RecordError) -> Duration {
    match error {
        RecordError::Busy { retry_after } => *retry_after,
        RecordError::Unavailable { .. } => Duration::from_secs(5),
    }
}
