//! The answer's body on its way to the client, copied for the record as it passes.
//!
//! Every frame is handed on in the poll in which it came. Nothing is decoded here.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use model::Outcome;
use tokio::time::{Instant, Sleep};

use super::answer_tee::AnswerTee;

/// How long a broken answer stays open after its last byte. The HTTP implementation drops what it
/// has not yet written when a body fails, and a client should see every byte that came before the
/// cut, as it would without the proxy.
const LINGER: Duration = Duration::from_millis(50);

/// Why an answer broke off.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    #[error("the upstream broke the answer off: {0}")]
    Broken(#[from] hyper::Error),
    #[error("the upstream was silent for too long")]
    Silent,
}

/// An answer that is copied while it is forwarded.
pub(super) struct AnswerBody {
    upstream: Incoming,
    tee: AnswerTee,
    idle_timeout: Duration,
    silence: Option<Pin<Box<Sleep>>>,
    failing: Option<(AnswerError, Pin<Box<Sleep>>)>,
}

impl AnswerBody {
    /// Forwards `upstream`, which may be silent for `idle_timeout` at most.
    pub(super) fn new(upstream: Incoming, tee: AnswerTee, idle_timeout: Duration) -> Self {
        let mut body = Self { upstream, tee, idle_timeout, silence: None, failing: None };
        // A body that is known to be empty (HEAD, 204, 304) may never be polled.
        body.end_if_over();
        body
    }

    fn end_if_over(&mut self) {
        if self.upstream.is_end_stream() {
            self.tee.end(Outcome::Complete);
        }
    }

    fn pass(&mut self, frame: &Frame<Bytes>) {
        self.silence = None;
        if let Some(chunk) = frame.data_ref() {
            self.tee.push(chunk);
        }
        self.end_if_over();
    }

    /// Begins to fail: the error itself is given out after the linger.
    fn fail(&mut self, error: AnswerError, outcome: Outcome) {
        self.tee.end(outcome);
        self.failing = Some((error, Box::pin(tokio::time::sleep(LINGER))));
    }

    /// Whether the upstream has been silent for too long. Counts only while somebody waits for it,
    /// so a slow reader is never taken for a silent upstream.
    fn is_silent(&mut self, cx: &mut Context<'_>) -> bool {
        let deadline = Instant::now() + self.idle_timeout;
        let silence =
            self.silence.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        silence.as_mut().poll(cx).is_ready()
    }

    fn poll_failure(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerError>>> {
        let Some((_, linger)) = &mut self.failing else {
            return Poll::Ready(None);
        };
        match linger.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(self.failing.take().map(|(error, _)| Err(error))),
        }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = AnswerError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnswerError>>> {
        if self.failing.is_some() {
            return self.poll_failure(cx);
        }
        match Pin::new(&mut self.upstream).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.pass(&frame);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(None) => {
                self.tee.end(Outcome::Complete);
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => {
                self.fail(error.into(), Outcome::UpstreamDisconnected);
                self.poll_failure(cx)
            }
            Poll::Pending if self.is_silent(cx) => {
                self.fail(AnswerError::Silent, Outcome::UpstreamTimeout);
                self.poll_failure(cx)
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.failing.is_none() && self.upstream.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.upstream.size_hint()
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.tee.end(Outcome::ClientDisconnected);
    }
}
