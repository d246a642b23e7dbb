//! From bytes to facts: `wire` for the operations it knows, the shape of the body for all others.
//!
//! Large bodies are read on a thread of their own, so that forwarding never waits for a parser.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, HeaderName};
use http::{HeaderMap, Method};
use model::{Call, Kind, Segment};
use serde_json::Value;
use wire::body::{Decoder, Limits};
use wire::provider::{self, Endpoint};

use super::call::CallStart;
use super::config::Dialect;
use super::shape::shape;
use super::upstream::Upstream;
use crate::compute::compute;

/// Bodies from this size on are read on a thread of their own.
const LARGE: usize = 256 << 10;

/// What a request says.
#[derive(Default)]
pub(super) struct ParsedRequest {
    pub(super) kind: Kind,
    pub(super) call: Option<Call>,
    pub(super) content: Vec<Segment>,
    pub(super) user: Option<String>,
    pub(super) session: Option<String>,
    pub(super) attributes: BTreeMap<String, Value>,
    pub(super) problems: Vec<String>,
    pub(super) truncated: bool,
}

/// How the bodies of a call are to be read.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) dialect: provider::Dialect,
    /// `None` where only the shape is recorded.
    pub(super) endpoint: Option<Endpoint>,
}

impl Reading {
    /// Decided by upstream, method and path alone.
    pub(super) fn of(call: &CallStart) -> Self {
        let dialect = wire_dialect(&call.upstream);
        let endpoint = Endpoint::of(&call.path);
        let known = call.method == Method::POST && endpoint != Endpoint::Other("other");
        Self { dialect, endpoint: known.then_some(endpoint) }
    }
}

/// Whose words an upstream speaks: under its own name, OpenAI itself.
pub(super) fn wire_dialect(upstream: &Upstream) -> provider::Dialect {
    match upstream.dialect {
        Dialect::Anthropic => provider::Dialect::Anthropic,
        Dialect::OpenAi if upstream.name == "openai" => provider::Dialect::OpenAi,
        Dialect::OpenAi => provider::Dialect::OpenAiCompatible,
    }
}

/// Reads a request body.
pub(super) async fn parse_request(call: &CallStart, body: Bytes) -> ParsedRequest {
    let reading = Reading::of(call);
    let coding = text(&call.headers, &CONTENT_ENCODING);
    let path = call.path.clone();
    off_the_path(body.len(), move || {
        let mut problems = Vec::new();
        let body = decoded(&coding, &body, &mut problems);
        let mut parsed = match reading.endpoint {
            Some(endpoint) => by_dialect(reading.dialect, endpoint, &path, &body),
            None => by_shape(&body),
        };
        parsed.problems.append(&mut problems);
        parsed
    })
    .await
}

fn by_dialect(
    dialect: provider::Dialect,
    endpoint: Endpoint,
    path: &str,
    body: &[u8],
) -> ParsedRequest {
    match provider::parse_request(dialect, path, body) {
        Ok(parsed) => ParsedRequest {
            kind: parsed.kind,
            call: Some(parsed.call),
            content: parsed.content,
            user: parsed.user,
            session: parsed.session,
            attributes: parsed.attributes,
            problems: parsed.problems.iter().map(problem).collect(),
            truncated: parsed.truncated,
        },
        Err(error) => ParsedRequest {
            kind: endpoint.kind(),
            call: Some(Call {
                operation: endpoint.operation().to_owned(),
                provider: dialect.provider().map(str::to_owned),
                ..Call::default()
            }),
            problems: vec![error.to_string()],
            ..by_shape(body)
        },
    }
}

fn by_shape(body: &[u8]) -> ParsedRequest {
    let shape = shape(body).map(|shape| ("http.request.body.shape".to_owned(), shape));
    ParsedRequest {
        kind: Kind::Exchange,
        attributes: shape.into_iter().collect(),
        ..ParsedRequest::default()
    }
}

/// The field and what is wrong with it.
pub(super) fn problem(problem: &provider::Problem) -> String {
    format!("{} {}", problem.field, problem.reason)
}

/// The body without its content coding; as much of it as can be decoded.
fn decoded(coding: &str, body: &Bytes, problems: &mut Vec<String>) -> Bytes {
    if coding.is_empty() {
        return body.clone();
    }
    match Decoder::new(coding, Limits::default()) {
        Ok(mut decoder) => {
            let mut plain = Vec::with_capacity(body.len() * 4);
            decoder.push(body, &mut |bytes| plain.extend_from_slice(bytes));
            problems.extend(decoder.finish().stop.map(|stop| format!("request {stop}")));
            plain.into()
        }
        Err(error) => {
            problems.push(format!("request {error}"));
            Bytes::new()
        }
    }
}

/// Runs `read` here when it is soon done, and on a thread of its own otherwise.
pub(super) async fn off_the_path<T: Send + Default + 'static>(
    size: usize,
    read: impl FnOnce() -> T + Send + 'static,
) -> T {
    if size < LARGE {
        return read();
    }
    compute(read).await.unwrap_or_default()
}

/// A header's value as text; empty when it has none.
pub(super) fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().trim().to_owned()
}
