//! Writes that are sent again under the same `idempotency-key`: they are done once, and answered
//! alike (draft-ietf-httpapi-idempotency-key-header).
//!
//! Kept in memory for ten minutes, for the same caller only, and no longer than what was asked of
//! is there.

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
/// The largest body of a request.
const LARGEST: usize = 1 << 20;
/// The largest answer: what is made, changed or judged is told in a few lines.
const LARGEST_ANSWER: usize = 64 << 10;
/// Bytes of all answers that are kept. Each that is yet to come counts as the largest.
const MOST_BYTES: usize = 4 << 20;

/// Requests by caller and key.
#[derive(Default)]
pub(super) struct Repeats(Mutex<HashMap<Digest, Kept>>);

struct Kept {
    request: Digest,
    /// The path that was asked.
    path: Digest,
    at: Timestamp,
    /// `None` until it was answered.
    answer: Option<(StatusCode, Option<HeaderValue>, Bytes)>,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.answer.as_ref().map_or(LARGEST_ANSWER, |(_, _, body)| body.len())
    }
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
        let path = Digest::of(parts.uri.path());
        if let Some(answer) = self.begin(key, said, path, now)? {
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
        path: Digest,
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
        let bytes: usize = kept.values().map(Kept::bytes).sum();
        if kept.len() >= MOST || bytes.saturating_add(LARGEST_ANSWER) > MOST_BYTES {
            return Err(Refusal::Crowded);
        }
        kept.insert(key, Kept { request, path, at: now, answer: None });
        Ok(None)
    }

    /// What is at this path was taken away: nothing is answered any more as it was before.
    pub(super) fn forget(&self, path: &str) {
        let gone = Digest::of(path);
        self.0.lock().retain(|_, kept| kept.path != gone || kept.answer.is_none());
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
        let body = to_bytes(body, LARGEST_ANSWER).await.map_err(Refusal::internal)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> Digest {
        Digest::of(&number.to_string())
    }

    fn answer(repeats: &Repeats, number: u32, bytes: usize, now: Timestamp) {
        let body = Bytes::from(vec![b'x'; bytes]);
        let mut kept = repeats.0.lock();
        let kept = kept.get_mut(&key(number)).unwrap();
        (kept.answer, kept.at) = (Some((StatusCode::OK, None, body)), now);
    }

    #[test]
    fn what_is_kept_is_bounded_in_number_and_bytes_and_forgotten_in_time() {
        let (repeats, now) = (Repeats::default(), Timestamp::from_secs(0));
        let begin = |number: u32, now: Timestamp| repeats.begin(key(number), key(0), key(0), now);
        let room = u32::try_from(MOST_BYTES / LARGEST_ANSWER).unwrap();
        for number in 0..room {
            assert!(matches!(begin(number, now), Ok(None)), "{number}");
        }
        assert!(matches!(begin(room, now), Err(Refusal::Crowded)), "all that run may be large");
        for number in 0..room {
            answer(&repeats, number, 200, now);
        }
        assert!(matches!(begin(room, now), Ok(None)), "they were small");
        assert!(matches!(begin(3, now), Ok(Some(_))), "and are known");
        answer(&repeats, room, 200, now);
        for number in room + 1..u32::try_from(MOST).unwrap() {
            begin(number, now).unwrap();
            answer(&repeats, number, 200, now);
        }
        assert!(matches!(begin(5_000, now), Err(Refusal::Crowded)), "too many");
        let later = Timestamp::from_secs(601);
        assert!(matches!(begin(5_000, later), Ok(None)));
        assert_eq!(repeats.0.lock().len(), 1);
    }
}
