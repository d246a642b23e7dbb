//! The call's place in a distributed trace (W3C Trace Context, `traceparent`).
//!
//! The header itself is forwarded as it came: the proxy adds no span to the client's trace.

use http::HeaderMap;
use model::{SpanId, TraceId};

/// The ids that both parts of a call carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallIds {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    pub(super) parent: Option<SpanId>,
}

impl CallIds {
    /// The trace of a valid `traceparent` header, or a new one; always a new span.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let parent = headers.get("traceparent").and_then(|value| parse(value.as_bytes()));
        let span = SpanId(random());
        match parent {
            Some((trace, parent)) => Self { trace, span, parent: Some(parent) },
            None => Self { trace: TraceId(random()), span, parent: None },
        }
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let random = uuid::Uuid::new_v4();
    // The last bytes are the ones without version and variant bits.
    for (to, from) in bytes.iter_mut().zip(random.as_bytes().iter().rev()) {
        *to = *from;
    }
    bytes
}

/// Reads `version-traceid-parentid-flags` (W3C Trace Context §3.2). Later versions may append
/// fields; `ff` is invalid, as are ids of zeroes and upper-case digits.
pub fn parse(header: &[u8]) -> Option<(TraceId, SpanId)> {
    let version = header.get(..2)?;
    let well_separated = [2, 35, 52].iter().all(|at| header.get(*at) == Some(&b'-'));
    let ends_well = match header.len() {
        55 => true,
        56.. => version != b"00" && header.get(55) == Some(&b'-'),
        _ => false,
    };
    if !well_separated || !ends_well || version == b"ff" || !is_hex(version) {
        return None;
    }
    if !is_hex(header.get(53..55)?) {
        return None;
    }
    Some((
        TraceId::from_slice(&unhex::<16>(header.get(3..35)?)?)?,
        SpanId::from_slice(&unhex::<8>(header.get(36..52)?)?)?,
    ))
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
}

fn unhex<const N: usize>(digits: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    (is_hex(digits) && hex::decode_to_slice(digits, &mut bytes).is_ok()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const VALID: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_valid_header_is_the_parent() {
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static("traceparent"),
            http::HeaderValue::from_static(VALID),
        )]);
        let ids = CallIds::of(&headers);
        assert_eq!(ids.trace.to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(ids.parent.unwrap().to_string(), "b7ad6b7169203331");
        assert_ne!(ids.span, ids.parent.unwrap());
    }

    #[test]
    fn invalid_headers_start_a_new_trace() {
        for header in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
        ] {
            assert_eq!(parse(header.as_bytes()), None, "{header}");
        }
        let later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra";
        assert!(parse(later.as_bytes()).is_some());
        assert_ne!(CallIds::of(&HeaderMap::new()).trace, CallIds::of(&HeaderMap::new()).trace);
    }

    proptest! {
        #[test]
        fn anything_may_come(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            parse(&bytes);
        }

        #[test]
        fn one_changed_byte_never_panics(at in 0_usize..55, byte in any::<u8>()) {
            let mut header = VALID.as_bytes().to_vec();
            header[at] = byte;
            parse(&header);
        }
    }
}
