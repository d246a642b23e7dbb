//! Which headers are recorded, as `http.request.header.NAME` and `http.response.header.NAME`.
//!
//! A list of what is known to be technical, not of what is known to be secret: a header nobody
//! thought of may carry a name or a key. It does not decide who the user is.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderValue};
use serde_json::Value;

/// Longest recorded value, in bytes.
const MAX_VALUE: usize = 1024;
/// Most headers recorded of one message.
const MAX_HEADERS: usize = 64;

const REQUEST: &[&str] = &[
    "accept",
    "anthropic-beta",
    "anthropic-dangerous-direct-browser-access",
    "anthropic-version",
    "content-encoding",
    "content-type",
    "openai-beta",
    "openai-organization",
    "openai-project",
    "x-client-request-id",
    "x-correlation-id",
    "x-request-id",
    "x-stainless-*",
];

const ANSWER: &[&str] = &[
    "anthropic-organization-id",
    "anthropic-ratelimit-*",
    "cf-ray",
    "content-encoding",
    "content-type",
    "openai-model",
    "openai-organization",
    "openai-processing-ms",
    "openai-version",
    "request-id",
    "retry-after",
    "retry-after-ms",
    "x-ratelimit-*",
    "x-request-id",
    "x-should-retry",
];

/// Words in a header's name that say it carries a credential.
const CREDENTIAL: &[&str] = &[
    "auth",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "session",
    "signature",
    "jwt",
    "assertion",
    "csrf",
    "xsrf",
    "apikey",
    "-key",
];

/// The headers to record: the built-in ones and the operator's own.
#[derive(Clone, Debug, Default)]
pub(super) struct RecordedHeaders {
    further: Vec<String>,
    except: Vec<String>,
}

impl RecordedHeaders {
    /// Those that say who it is (`except`) become part of the actor, and are not repeated in the
    /// clear.
    pub(super) fn new<'a>(further: &[String], except: impl Iterator<Item = &'a String>) -> Self {
        let lower = |name: &String| name.to_ascii_lowercase();
        Self { further: further.iter().map(lower).collect(), except: except.map(lower).collect() }
    }

    /// Adds the recorded headers of a request to `attributes`.
    pub(super) fn of_request(&self, headers: &HeaderMap, attributes: &mut BTreeMap<String, Value>) {
        self.collect("http.request.header.", REQUEST, headers, attributes);
    }

    /// Adds the recorded headers of an answer to `attributes`.
    pub(super) fn of_answer(&self, headers: &HeaderMap, attributes: &mut BTreeMap<String, Value>) {
        self.collect("http.response.header.", ANSWER, headers, attributes);
    }

    fn collect(
        &self,
        prefix: &str,
        known: &[&str],
        headers: &HeaderMap,
        attributes: &mut BTreeMap<String, Value>,
    ) {
        let recorded = headers.keys().filter(|name| self.is_recorded(known, name.as_str()));
        for name in recorded.take(MAX_HEADERS) {
            let values = headers.get_all(name).iter().filter_map(recordable).collect::<Vec<_>>();
            if !values.is_empty() {
                attributes.insert(format!("{prefix}{name}"), Value::Array(values));
            }
        }
    }

    fn is_recorded(&self, known: &[&str], name: &str) -> bool {
        let listed = known.iter().any(|pattern| matches(pattern, name))
            || self.further.iter().any(|pattern| matches(pattern, name));
        listed && !is_credential(name) && !self.except.iter().any(|except| except == name)
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    }
}

/// Whether a header of this name carries a credential. Rate limits speak of tokens that are none.
pub(super) fn is_credential(name: &str) -> bool {
    let limits = name.starts_with("x-ratelimit-") || name.starts_with("anthropic-ratelimit-");
    !limits && CREDENTIAL.iter().any(|word| name.contains(word))
}

fn recordable(value: &HeaderValue) -> Option<Value> {
    let text = value.to_str().ok()?;
    Some(Value::String(text.get(..MAX_VALUE).unwrap_or(text).to_owned()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::{RecordedHeaders, is_credential};

    fn recorded(further: &[&str], names: &[&'static str]) -> Vec<String> {
        let further = further.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut headers = HeaderMap::new();
        for name in names {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("v"));
        }
        let mut attributes = BTreeMap::new();
        let except = ["x-User-Id".to_owned()];
        RecordedHeaders::new(&further, except.iter()).of_request(&headers, &mut attributes);
        attributes.into_keys().collect()
    }

    #[test]
    fn only_what_is_listed() {
        let names = ["x-stainless-lang", "x-request-id", "x-nobody-knows", "authorization"];
        let expected = ["http.request.header.x-request-id", "http.request.header.x-stainless-lang"];
        assert_eq!(recorded(&[], &names), expected);
    }

    #[test]
    fn no_list_lets_a_credential_through() {
        let names = [
            "authorization",
            "proxy-authorization",
            "x-api-key",
            "api-key",
            "cookie",
            "set-cookie",
            "helicone-auth",
            "x-goog-api-key",
            "x-amz-security-token",
            "x-plainsight-jwt",
            "x-stainless-token",
            "ocp-apim-subscription-key",
            "x-user-id",
        ];
        assert_eq!(recorded(&["*"], &names), Vec::<String>::new());
        assert_eq!(recorded(&["X-Trace-*"], &["x-trace-a"]), ["http.request.header.x-trace-a"]);
        assert!(!is_credential("x-ratelimit-remaining-tokens"));
    }
}
