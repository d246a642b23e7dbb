//! Reads a request's body within a bound of its own and one that all bodies share, on the wire and
//! decoded.
//!
//! Does not look at what it says.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use wire::body::{Decoder, Limits, Stop};

use crate::budget::Lease;

/// Decoded bytes that one coded byte may give. Telemetry repeats itself more than prose does.
const MAX_RATIO: u64 = 1_000;

/// Decoded bytes that room is made for at first.
const FIRST: usize = 1 << 20;
/// When it is worth another try after there was no memory for a body.
const CROWDED_DELAY: Duration = Duration::from_secs(1);

/// Why a body could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// More bytes than the bound, as they came or decoded.
    #[error("body is larger than {0} bytes, or expands to more")]
    TooLarge(usize),
    /// A `Content-Encoding` that is not known.
    #[error("content encoding is not known; gzip, deflate, zstd, br and identity are")]
    UnknownCoding,
    /// The bytes are not of the coding that was announced.
    #[error("body does not decode as its content encoding says")]
    Damaged,
    /// The sender went away.
    #[error("body broke off")]
    BrokenOff,
    /// The bodies that are being read take all the memory that they may.
    #[error("too many bodies are being read at once")]
    Crowded,
}

impl BodyError {
    /// When the sender may try again; `None` when it would be refused again.
    pub(crate) const fn retry_after(self) -> Option<Duration> {
        match self {
            Self::Crowded => Some(CROWDED_DELAY),
            _ => None,
        }
    }
}

/// Reads up to `max` bytes as they come, as far as `lease` covers them.
pub(crate) async fn read(
    mut body: Body,
    max: usize,
    lease: &mut Lease,
) -> Result<Bytes, BodyError> {
    if body.size_hint().lower() > max as u64 {
        return Err(BodyError::TooLarge(max));
    }
    let (mut chunks, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(chunk) = frame.map_err(|_| BodyError::BrokenOff)?.into_data() else { continue };
        length += chunk.len();
        if length > max {
            return Err(BodyError::TooLarge(max));
        }
        if !lease.cover_whole(length) {
            return Err(BodyError::Crowded);
        }
        chunks.push(chunk);
    }
    Ok(match <[Bytes; 1]>::try_from(chunks) {
        Ok([whole]) => whole,
        Err(chunks) => chunks.concat().into(),
    })
}

/// The announced coding; empty where there is none.
pub(crate) fn coding(headers: &HeaderMap) -> Result<&str, BodyError> {
    let mut values = headers.get_all(CONTENT_ENCODING).iter();
    let first = values.next().map_or(Ok(""), |value| value.to_str());
    match (first, values.next()) {
        (Ok(name), None) => Ok(name),
        _ => Err(BodyError::UnknownCoding),
    }
}

/// Undoes `coding`, up to `max` decoded bytes and as far as `lease` covers them.
pub(crate) fn decode(
    coding: &str,
    coded: Bytes,
    max: usize,
    lease: &mut Lease,
) -> Result<Bytes, BodyError> {
    if matches!(coding, "" | "identity") {
        return Ok(coded);
    }
    let limits = Limits { max_decoded: max as u64, max_ratio: MAX_RATIO };
    let mut decoder = Decoder::new(coding, limits).map_err(|_| BodyError::UnknownCoding)?;
    let mut decoded = Vec::with_capacity(coded.len().saturating_mul(4).min(max).min(FIRST));
    let mut is_covered = true;
    decoder.push(&coded, &mut |bytes| {
        is_covered = is_covered && lease.cover_whole(coded.len() + decoded.len() + bytes.len());
        if is_covered {
            decoded.extend_from_slice(bytes);
        }
    });
    let ending = decoder.finish();
    match ending.stop {
        _ if !is_covered => Err(BodyError::Crowded),
        Some(Stop::TooLarge | Stop::TooDense) => Err(BodyError::TooLarge(max)),
        _ if ending.is_whole() => Ok(decoded.into()),
        _ => Err(BodyError::Damaged),
    }
}
