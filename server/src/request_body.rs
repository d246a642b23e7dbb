//! Reads a request's body within a bound, on the wire and decoded.
//!
//! Does not look at what it says.

use axum::body::Body;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::LengthLimitError;
use wire::body::{Decoder, Limits, Stop};

/// Decoded bytes that one coded byte may give. Telemetry repeats itself more than prose does.
const MAX_RATIO: u64 = 1_000;

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
}

/// Reads up to `max` bytes as they come.
pub(crate) async fn read(body: Body, max: usize) -> Result<Bytes, BodyError> {
    axum::body::to_bytes(body, max).await.map_err(|error| {
        let source = std::error::Error::source(&error);
        if source.is_some_and(<dyn std::error::Error>::is::<LengthLimitError>) {
            BodyError::TooLarge(max)
        } else {
            BodyError::BrokenOff
        }
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

/// Undoes `coding`, up to `max` decoded bytes.
pub(crate) fn decode(coding: &str, coded: Bytes, max: usize) -> Result<Bytes, BodyError> {
    if matches!(coding, "" | "identity") {
        return Ok(coded);
    }
    let limits = Limits { max_decoded: max as u64, max_ratio: MAX_RATIO };
    let mut decoder = Decoder::new(coding, limits).map_err(|_| BodyError::UnknownCoding)?;
    let mut decoded = Vec::with_capacity(coded.len().saturating_mul(4).min(max));
    decoder.push(&coded, &mut |bytes| decoded.extend_from_slice(bytes));
    let ending = decoder.finish();
    match ending.stop {
        Some(Stop::TooLarge | Stop::TooDense) => Err(BodyError::TooLarge(max)),
        _ if ending.is_whole() => Ok(decoded.into()),
        _ => Err(BodyError::Damaged),
    }
}
