//! From the bytes of a request to durable records, whichever transport carried them.
//!
//! Knows neither HTTP nor gRPC: each makes its own answer of what happened here.

use std::time::Duration;

use bytes::Bytes;
use wire::otlp::{DecodeError, Decoded, Encoding, Signal, decode_json, decode_protobuf};

use super::State;
use crate::budget::Lease;
use crate::compute::compute;
use crate::metrics::Counted;
use crate::record::RecordError;
use crate::request_body::{self, BodyError};

/// Bodies above this many bytes are decoded off the reactor.
const INLINE: usize = 64 * 1024;
/// Coded bodies above this: they may be much larger than they look.
const INLINE_CODED: usize = 4 * 1024;
/// When it is worth another try after the log could not be written.
const UNAVAILABLE_DELAY: Duration = Duration::from_secs(5);

/// A request as a transport read it.
pub(super) struct Request<'a> {
    pub(super) door: Counted,
    pub(super) signal: Signal,
    pub(super) encoding: Encoding,
    /// The coding of the body; empty where it has none.
    pub(super) coding: &'a str,
    pub(super) body: Bytes,
    /// The memory of the body, until its records are durable.
    pub(super) lease: Lease,
}

/// Why nothing of a request was kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    #[error(transparent)]
    NotRecorded(#[from] RecordError),
    #[error("decoding failed")]
    Internal,
    #[error("token is missing or wrong")]
    Unauthenticated,
}

impl Refusal {
    /// When the sender may try again; `None` when it would be refused again.
    pub(super) const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Body(error) => error.retry_after(),
            Self::NotRecorded(RecordError::Busy { retry_after }) => Some(*retry_after),
            Self::NotRecorded(RecordError::Unavailable { .. }) => Some(UNAVAILABLE_DELAY),
            _ => None,
        }
    }

    /// The code of google.rpc.Code.
    pub(super) const fn code(&self) -> tonic::Code {
        match self {
            Self::Body(BodyError::TooLarge(_)) => tonic::Code::OutOfRange,
            Self::Body(BodyError::UnknownCoding) => tonic::Code::Unimplemented,
            Self::Body(BodyError::Crowded) | Self::NotRecorded(RecordError::Busy { .. }) => {
                tonic::Code::ResourceExhausted
            }
            Self::Body(_) | Self::Malformed(_) => tonic::Code::InvalidArgument,
            Self::NotRecorded(RecordError::Unavailable { .. }) => tonic::Code::Unavailable,
            Self::Internal => tonic::Code::Internal,
            Self::Unauthenticated => tonic::Code::Unauthenticated,
        }
    }
}

/// Decodes and records. The answer is the encoded `Export…ServiceResponse`; with it, all that was
/// readable is durable.
pub(super) async fn take(state: &State, request: Request<'_>) -> Result<Vec<u8>, Refusal> {
    let Request { door, signal, encoding, .. } = request;
    state.metrics.received(door, request.body.len());
    let (mut decoded, _lease) = decode(request, state.max_body).await?;
    let observations = std::mem::take(&mut decoded.observations);
    if !observations.is_empty() {
        let recording = state.recorder.record(observations);
        state.metrics.timed(recording).await?;
    }
    state.metrics.records(door, decoded.accepted, decoded.rejected_count);
    Ok(wire::otlp::response(signal, &decoded, encoding))
}

async fn decode(request: Request<'_>, max: usize) -> Result<(Decoded, Lease), Refusal> {
    let Request { signal, encoding, coding, body, mut lease, .. } = request;
    let inline = if matches!(coding, "" | "identity") { INLINE } else { INLINE_CODED };
    if body.len() <= inline {
        return Ok((decode_now(signal, encoding, coding, body, max, &mut lease)?, lease));
    }
    let coding = coding.to_owned();
    compute(move || Ok((decode_now(signal, encoding, &coding, body, max, &mut lease)?, lease)))
        .await
        .map_err(|_| Refusal::Internal)?
}

fn decode_now(
    signal: Signal,
    encoding: Encoding,
    coding: &str,
    body: Bytes,
    max: usize,
    lease: &mut Lease,
) -> Result<Decoded, Refusal> {
    let bytes = request_body::decode(coding, body, max, lease)?;
    Ok(match encoding {
        Encoding::Protobuf => decode_protobuf(signal, &bytes)?,
        Encoding::Json => decode_json(signal, &bytes)?,
    })
}
