//! Which headers end at the proxy (RFC 9110 §7.6.1).
//!
//! Adds no header: no `via`, no `x-forwarded-*`.

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue};

/// Prefix of the headers that are meant for Plainsight.
const OURS: &str = "x-plainsight-";

/// Removes what is between the client and the proxy from a request: hop-by-hop headers, `host`,
/// and the headers meant for Plainsight. `TE: trailers` stays, since trailers pass.
pub(super) fn strip_request(headers: &mut HeaderMap) {
    let trailers = accepts_trailers(headers);
    strip(headers);
    headers.remove(HOST);
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Removes what is between the upstream and the proxy from an answer.
pub(super) fn strip_answer(headers: &mut HeaderMap) {
    strip(headers);
}

fn strip(headers: &mut HeaderMap) {
    // A length beside chunks is the sender's error or an attempt to smuggle (RFC 9112 §6.3).
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    for name in named_by_connection(headers) {
        headers.remove(name);
    }
    for name in [CONNECTION, TE, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(name);
    }
    for name in [
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authentication-info",
        "proxy-authorization",
    ] {
        headers.remove(name);
    }
    for name in ours(headers) {
        headers.remove(name);
    }
}

/// The header names that `Connection` lists. `Trailer` describes the trailer section, which is
/// end to end, so it stays even when it is listed.
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .filter(|name| *name != http::header::TRAILER)
        .collect()
}

fn ours(headers: &HeaderMap) -> Vec<HeaderName> {
    headers.keys().filter(|name| name.as_str().starts_with(OURS)).cloned().collect()
}

/// Whether `TE` lists `trailers`.
fn accepts_trailers(headers: &HeaderMap) -> bool {
    headers
        .get_all(TE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"trailers"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::{strip_answer, strip_request};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_request_loses_what_was_for_the_proxy() {
        let mut request = headers(&[
            ("host", "127.0.0.1"),
            ("connection", "keep-alive, X-Private"),
            ("connection", "close,,"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "gzip, trailers"),
            ("transfer-encoding", "chunked"),
            ("content-length", "5"),
            ("upgrade", "websocket"),
            ("proxy-authorization", "Basic eA=="),
            ("x-plainsight-user", "user-42"),
            ("trailer", "x-checksum"),
            ("authorization", "Bearer k"),
            ("x-twice", "a"),
            ("x-twice", "b"),
        ]);
        strip_request(&mut request);
        let kept = headers(&[
            ("trailer", "x-checksum"),
            ("authorization", "Bearer k"),
            ("x-twice", "a"),
            ("x-twice", "b"),
            ("te", "trailers"),
        ]);
        assert_eq!(request, kept);
    }

    #[test]
    fn an_answer_keeps_everything_end_to_end() {
        let mut answer = headers(&[
            ("connection", "close"),
            ("content-length", "3"),
            ("x-request-id", "r"),
            ("x-plainsight-note", "spoofed"),
        ]);
        strip_answer(&mut answer);
        assert_eq!(answer, headers(&[("content-length", "3"), ("x-request-id", "r")]));
    }

    proptest! {
        #[test]
        fn any_connection_header_may_come(value in proptest::collection::vec(0x20_u8..0x7f, 0..60)) {
            let mut request = headers(&[("x-kept", "1")]);
            request.insert("connection", HeaderValue::from_bytes(&value).unwrap());
            strip_request(&mut request);
            prop_assert!(!request.contains_key("connection"));
        }
    }
}
