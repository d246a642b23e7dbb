//! What a caller tells: the bytes of a body, read whole within a bound. What cannot be read is
//! refused in the API's own form.

use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;

use crate::refusal::Refusal;
use crate::request_body::BodyError;

/// The largest body of JSON.
const LARGEST: usize = 2 << 20;

/// The bytes of a body.
pub(super) struct Whole(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            Refusal::from(match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => BodyError::TooLarge(LARGEST),
                _ => BodyError::BrokenOff,
            })
        })?;
        Ok(Self(bytes))
    }
}

/// The bound, for the router.
pub(super) fn bound() -> DefaultBodyLimit {
    DefaultBodyLimit::max(LARGEST)
}
