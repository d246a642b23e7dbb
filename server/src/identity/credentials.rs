//! What a client presents: its provider key, and perhaps a token that says who it is.
//!
//! Verifies nothing and keeps nothing.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::token::has_token_form;

/// The provider key: `x-api-key` (Anthropic), `api-key` (Azure), or `Authorization: Bearer`. A
/// bearer that is the verified identity is no key.
pub(super) fn api_key<'a>(headers: &'a HeaderMap, identity: Option<&str>) -> Option<&'a str> {
    let named = ["x-api-key", "api-key"].into_iter().find_map(|name| value(headers, name));
    named.or_else(|| {
        value(headers, AUTHORIZATION.as_str())
            .map(bare)
            .filter(|bearer| !bearer.is_empty() && Some(*bearer) != identity)
    })
}

/// The first of the headers `names` whose value has the form of a token.
pub(super) fn token<'a>(headers: &'a HeaderMap, names: &[String]) -> Option<&'a str> {
    names
        .iter()
        .filter_map(|name| value(headers, name))
        .map(bare)
        .find(|candidate| has_token_form(candidate))
}

/// A header's first value as text, when it has one.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

/// Without the scheme (`Bearer …`, RFC 6750).
fn bare(value: &str) -> &str {
    match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{api_key, token};

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = list
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn keys_of_every_dialect() {
        assert_eq!(api_key(&headers(&[("authorization", "bearer k1")]), None), Some("k1"));
        assert_eq!(api_key(&headers(&[("x-api-key", "k2")]), None), Some("k2"));
        assert_eq!(api_key(&headers(&[("api-key", "k3")]), None), Some("k3"));
        assert_eq!(api_key(&headers(&[("authorization", "Bearer t")]), Some("t")), None);
        assert_eq!(api_key(&HeaderMap::new(), None), None);
    }

    #[test]
    fn a_key_is_not_taken_for_a_token() {
        let names = ["x-plainsight-jwt".to_owned(), "authorization".to_owned()];
        let key = headers(&[("authorization", "Bearer sk-not.a.token")]);
        assert_eq!(token(&key, &names), None);
        let both = headers(&[("authorization", "Bearer k"), ("x-plainsight-jwt", "eyJh.eyJi.c-_")]);
        assert_eq!(token(&both, &names), Some("eyJh.eyJi.c-_"));
        let unsigned = headers(&[("authorization", "Bearer eyJh.eyJi.")]);
        assert_eq!(token(&unsigned, &names), Some("eyJh.eyJi."));
    }
}
