//! What the forwarding side tells the recording side about a call.
//!
//! Telling never waits: the channel takes any number of messages, and the bytes in them are
//! bounded by the [budget](super::budget).

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use model::Outcome;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::capture::Capture;
use crate::budget::Lease;
use crate::record::RecordError;

/// A step in the life of a call.
pub(super) enum Happening {
    /// The request body ended, one way or another. Exactly one per call.
    Request(Box<RequestEnd>),
    /// The answer's headers came.
    Answer(Box<AnswerHead>),
    /// Bytes of the answer were forwarded.
    Chunk { at: Instant, bytes: Bytes },
    /// The answer ended. At most one per call: without one, the client went away before there was
    /// an answer.
    End(AnswerEnd),
}

/// Where happenings go.
pub(super) type Teller = mpsc::UnboundedSender<Happening>;

/// The end of a request body.
pub(super) struct RequestEnd {
    pub(super) capture: Capture,
    pub(super) how: RequestEnding,
    /// Told whether the request is recorded, when somebody waits for that.
    pub(super) durable: Option<oneshot::Sender<Result<(), RecordError>>>,
}

/// How a request body ended.
pub(super) enum RequestEnding {
    /// It came to its end, or to the end of what is recorded of it.
    Complete,
    /// The client broke it off.
    Broken,
    /// The upstream did not want the rest, which is read here for the record alone.
    Unread(Body),
}

/// The beginning of an answer.
pub(super) struct AnswerHead {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
}

/// The end of an answer.
pub(super) struct AnswerEnd {
    pub(super) outcome: Outcome,
    pub(super) at: Instant,
    /// Bytes after the last chunk that was told.
    pub(super) tail: Bytes,
    /// Bytes forwarded in all.
    pub(super) forwarded: u64,
    /// Whether only the beginning was told.
    pub(super) truncated: bool,
    /// Holds the memory of the told chunks until the answer is recorded.
    pub(super) _lease: Option<Lease>,
}

impl AnswerEnd {
    /// The end of an answer that the proxy gave itself.
    pub(super) fn own(outcome: Outcome, forwarded: u64) -> Self {
        Self {
            outcome,
            at: Instant::now(),
            tail: Bytes::new(),
            forwarded,
            truncated: false,
            _lease: None,
        }
    }
}
