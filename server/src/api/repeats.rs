//! Writes that are sent again under the same `idempotency-key`: they are done once, and answered
//! alike (draft-ietf-httpapi-idempotency-key-header).
//!
//! Kept in memory for ten minutes, for the same caller only.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use model::Timestamp;
use parking_lot::Mutex;

use crate::people::Digest;
use crate::refusal::Refusal;

/// The header.
pub(super) const HEADER: &str = "idempotency-key";
/// The longest key.
const LONGEST: usize = 128;
/// How long an answer is kept.
const KEPT: Duration = Duration::from_mins(10);
/// Answers that are kept.
const MOST: usize = 1_000;
/// The largest body of a request, and of an answer that is kept.
const LARGEST: usize = 1 << 20;

/// Requests by caller and key.
#[derive(Default)]
pub(super) struct Repeats(Mutex<HashMap<Digest, Kept>>);

struct Kept {
    request: Digest,
    at: Timestamp,
    /// `None` until it was answered.
    answer: Option<(StatusCode, Option<HeaderValue>, Bytes)>,
}

impl Repeats {
    /// Answers as before, or has it done.
    pub(super) async fn once(
        &self,
        caller: &str,
        key: &HeaderValue,
        now: Timestamp,
        request: Request,
        next: Next,
    ) -> Result<Response, Refusal> {
        let (parts, body) = request.into_parts();
        let text = key.to_str().ok().filter(|key| is_key(key));
        let wrong =
            || Refusal::parameter("idempotency-key", "is not 1 to 128 letters, digits and _ . : -");
        let key = Digest::of(&format!("{caller}\n{}", text.ok_or_else(wrong)?));
        let body = to_bytes(body, LARGEST).await;
        let body = body.map_err(|_| Refusal::parameter("body", "is larger than 1 MiB"))?;
        let body_digest = String::from(Digest::of(&String::from_utf8_lossy(&body)));
        let said = Digest::of(&format!("{} {}\n{body_digest}", parts.method, parts.uri));
        if let Some(answer) = self.begin(key, said, now)? {
            return Ok(answer);
        }
        let running = Running { repeats: self, key, is_done: false };
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        running.finish(response, now).await
    }

    /// Notes that a request is being answered; gives the answer that it had before.
    fn begin(
        &self,
        key: Digest,
        request: Digest,
        now: Timestamp,
    ) -> Result<Option<Response>, Refusal> {
        let mut kept = self.0.lock();
        kept.retain(|_, kept| now.since(kept.at) < KEPT);
        if let Some(known) = kept.get(&key) {
            return match &known.answer {
                Some((status, media, body)) if known.request == request => {
                    let mut response = (*status, body.clone()).into_response();
                    if let Some(media) = media {
                        response.headers_mut().insert(CONTENT_TYPE, media.clone());
                    }
                    Ok(Some(response))
                }
                _ => Err(Refusal::KeyUsed),
            };
        }
        if kept.len() >= MOST {
            return Err(Refusal::Crowded);
        }
        kept.insert(key, Kept { request, at: now, answer: None });
        Ok(None)
    }
}

fn is_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(plain)
}

/// A request that is being answered. What broke off may be tried again.
struct Running<'r> {
    repeats: &'r Repeats,
    key: Digest,
    is_done: bool,
}

impl Running<'_> {
    async fn finish(mut self, response: Response, now: Timestamp) -> Result<Response, Refusal> {
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LARGEST).await.map_err(Refusal::internal)?;
        if !parts.status.is_server_error() && parts.status != StatusCode::TOO_MANY_REQUESTS {
            let answer = (parts.status, parts.headers.get(CONTENT_TYPE).cloned(), body.clone());
            if let Some(kept) = self.repeats.0.lock().get_mut(&self.key) {
                (kept.answer, kept.at) = (Some(answer), now);
                self.is_done = true;
            }
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.is_done {
            self.repeats.0.lock().remove(&self.key);
        }
    }
}
