//! Closed mode: the request is read and recorded durably before its first byte goes upstream.
//!
//! Reads no more than is recorded; the rest of a longer body is forwarded as it comes.

use std::collections::VecDeque;

use axum::body::Body;
use bytes::Bytes;
use http_body::{Body as _, Frame};
use http_body_util::BodyExt;
use tokio::sync::oneshot;

use super::capture::Capture;
use super::happening::{Happening, RequestEnd, RequestEnding, Teller};
use super::passage::Failure;
use super::upstream::SendError;
use crate::record::RecordError;

/// The frames that were read, and what is still to come of the body.
pub(super) type Ahead = (VecDeque<Frame<Bytes>>, Body);

/// Reads as much of `body` as is recorded, and returns once that is durable.
pub(super) async fn read_and_record(
    mut body: Body,
    mut capture: Capture,
    teller: &Teller,
) -> Result<Ahead, Failure> {
    let mut frames = VecDeque::new();
    while !capture.is_full() && !body.is_end_stream() {
        match body.frame().await {
            None => break,
            Some(Ok(frame)) => {
                if let Some(chunk) = frame.data_ref() {
                    capture.push(chunk);
                }
                frames.push_back(frame);
            }
            Some(Err(_)) => {
                tell(teller, capture, RequestEnding::Broken, None);
                return Err(Failure::NoAnswer(SendError::ClientGone));
            }
        }
    }
    if capture.is_full() && !body.is_end_stream() {
        capture.cut();
    }
    let (told, durable) = oneshot::channel();
    tell(teller, capture, RequestEnding::Complete, Some(told));
    match durable.await {
        Ok(Ok(())) => Ok((frames, body)),
        Ok(Err(error)) => Err(Failure::Unrecorded(error)),
        Err(_) => Err(Failure::Unrecorded(RecordError::Unavailable {
            reason: "the recording task failed".to_owned(),
        })),
    }
}

fn tell(
    teller: &Teller,
    capture: Capture,
    how: RequestEnding,
    durable: Option<oneshot::Sender<Result<(), RecordError>>>,
) {
    let end = RequestEnd { capture, how, durable };
    // A recording side that has failed drops `durable`, which the caller sees.
    let _ = teller.send(Happening::Request(Box::new(end)));
}
