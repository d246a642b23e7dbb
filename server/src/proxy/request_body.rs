//! The request body on its way to the upstream, copied for the record as it passes.
//!
//! Every frame is handed on in the poll in which it came; nothing is held, merged or split.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::capture::Capture;
use super::happening::{Happening, RequestEnd, RequestEnding, Teller};
use super::upstream::Progress;

/// A request body that is copied while it is forwarded.
pub(super) struct ForwardedBody {
    /// Frames that were read ahead, to be recorded before anything is forwarded.
    ahead: VecDeque<Frame<Bytes>>,
    rest: Body,
    tee: Option<Tee>,
    progress: Arc<Progress>,
}

/// The copy, until the body has ended.
struct Tee {
    capture: Capture,
    teller: Teller,
    /// The client sends nothing before it is asked to (`Expect: 100-continue`), and asking for the
    /// record's sake alone would change what it sees.
    waits_to_be_asked: bool,
}

impl ForwardedBody {
    /// A body that tells `teller` once when it ends.
    pub(super) fn recorded(
        body: Body,
        capture: Capture,
        teller: Teller,
        progress: Arc<Progress>,
        waits_to_be_asked: bool,
    ) -> Self {
        let mut forwarded = Self {
            ahead: VecDeque::new(),
            rest: body,
            tee: Some(Tee { capture, teller, waits_to_be_asked }),
            progress,
        };
        // A body that is known to be empty may never be polled.
        forwarded.end_if_over();
        forwarded
    }

    /// A body whose beginning was read and recorded before.
    pub(super) fn after(
        ahead: VecDeque<Frame<Bytes>>,
        rest: Body,
        progress: Arc<Progress>,
    ) -> Self {
        Self { ahead, rest, tee: None, progress }
    }

    fn pass(&mut self, frame: &Frame<Bytes>) {
        if let Some(chunk) = frame.data_ref() {
            self.progress.add(chunk.len());
            if let Some(tee) = &mut self.tee {
                tee.waits_to_be_asked = false;
                tee.capture.push(chunk);
            }
        }
    }

    fn end_if_over(&mut self) {
        if self.rest.is_end_stream() {
            self.end(RequestEnding::Complete);
        }
    }

    fn end(&mut self, how: RequestEnding) {
        if let Some(tee) = self.tee.take() {
            let end = RequestEnd { capture: tee.capture, how, durable: None };
            // Nobody listens any more only when the recording side has failed, which it counts.
            let _ = tee.teller.send(Happening::Request(Box::new(end)));
        }
    }
}

impl HttpBody for ForwardedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(frame) = self.ahead.pop_front() {
            self.pass(&frame);
            return Poll::Ready(Some(Ok(frame)));
        }
        let polled = ready!(Pin::new(&mut self.rest).poll_frame(cx));
        match &polled {
            Some(Ok(frame)) => {
                self.pass(frame);
                self.end_if_over();
            }
            Some(Err(_)) => {
                self.progress.break_off();
                self.end(RequestEnding::Broken);
            }
            None => self.end(RequestEnding::Complete),
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.ahead.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.ahead.is_empty() { self.rest.size_hint() } else { SizeHint::default() }
    }
}

impl Drop for ForwardedBody {
    fn drop(&mut self) {
        match &self.tee {
            None => {}
            Some(tee) if tee.waits_to_be_asked => self.end(RequestEnding::Complete),
            Some(_) => {
                let rest = std::mem::take(&mut self.rest);
                self.end(RequestEnding::Unread(rest));
            }
        }
    }
}
