//! Reads the recorded copy of an answer as it comes: decoded, then by dialect or by shape.
//!
//! Bounded by what is recorded of a body, whatever a coding expands to.

use std::collections::BTreeMap;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use model::{Call, Outcome, Segment, Status};
use serde_json::Value;
use wire::body::{Decoder, Limits};
use wire::provider::{self, AnswerLimits, How};

use super::call::CallStart;
use super::dialect::{Reading, off_the_path, problem, text};
use super::happening::AnswerHead;
use super::shape::shape;

/// Largest body whose shape is looked at, in bytes.
const MAX_SHAPED: usize = 1 << 20;

/// What an answer says.
#[derive(Default)]
pub(super) struct ParsedAnswer {
    pub(super) call: Call,
    pub(super) status: Status,
    pub(super) content: Vec<Segment>,
    pub(super) attributes: BTreeMap<String, Value>,
    pub(super) problems: Vec<String>,
    pub(super) truncated: bool,
}

/// Reads one answer.
pub(super) struct AnswerReader {
    decoder: Option<Decoder>,
    body: AnswerCopy,
    read: usize,
    problems: Vec<String>,
}

enum AnswerCopy {
    Dialect(Box<provider::AnswerReader>),
    Shape {
        json: Vec<u8>,
        overflow: bool,
    },
    /// Neither a known operation nor JSON.
    Ignored,
}

impl AnswerReader {
    /// A reader that keeps at most `limit` decoded bytes.
    pub(super) fn new(call: &CallStart, head: &AnswerHead, limit: usize) -> Self {
        let mut problems = Vec::new();
        let coding = text(&head.headers, &CONTENT_ENCODING);
        let limits = Limits { max_decoded: (limit as u64).saturating_mul(4), ..Limits::default() };
        let decoder = Decoder::new(&coding, limits);
        let decoder = decoder.map_err(|error| problems.push(format!("answer {error}"))).ok();
        let body = AnswerCopy::new(Reading::of(call), &call.path, head, limit);
        Self { decoder, body, read: 0, problems }
    }

    /// Takes the next bytes; whether the first content of a stream came with them.
    pub(super) fn push(&mut self, bytes: &[u8]) -> bool {
        let Some(decoder) = &mut self.decoder else {
            return false;
        };
        let (body, read) = (&mut self.body, &mut self.read);
        let mut content = false;
        decoder.push(bytes, &mut |plain| {
            *read += plain.len();
            content |= body.push(plain);
        });
        content
    }

    /// What the answer said.
    pub(super) async fn finish(mut self, outcome: Outcome, truncated: bool) -> ParsedAnswer {
        if let Some(decoder) = self.decoder.take() {
            self.problems.extend(decoder.finish().stop.map(|stop| format!("answer {stop}")));
        }
        let how = match outcome {
            Outcome::Complete if !truncated => How::Complete,
            _ => How::Cut,
        };
        let (body, mut problems) = (self.body, self.problems);
        let mut parsed = off_the_path(self.read, move || body.finish(how)).await;
        parsed.problems.append(&mut problems);
        parsed
    }
}

impl AnswerCopy {
    fn new(reading: Reading, path: &str, head: &AnswerHead, limit: usize) -> Self {
        let media_type = text(&head.headers, &CONTENT_TYPE);
        if reading.endpoint.is_some() {
            let limits = AnswerLimits { max_bytes: limit };
            let dialect = reading.dialect;
            let reader = provider::AnswerReader::new(dialect, path, Some(&media_type), limits);
            return Self::Dialect(Box::new(reader));
        }
        if media_type.to_ascii_lowercase().contains("json") {
            return Self::Shape { json: Vec::new(), overflow: false };
        }
        Self::Ignored
    }

    fn push(&mut self, bytes: &[u8]) -> bool {
        match self {
            Self::Dialect(reader) => reader.push(bytes),
            Self::Shape { json, overflow } => {
                *overflow |= json.len() + bytes.len() > MAX_SHAPED;
                if !*overflow {
                    json.extend_from_slice(bytes);
                }
                false
            }
            Self::Ignored => false,
        }
    }

    fn finish(self, how: How) -> ParsedAnswer {
        match self {
            Self::Dialect(reader) => reader.finish(how).into(),
            Self::Shape { json, overflow } => {
                let shape = if overflow { None } else { shape(&json) };
                let shape = shape.map(|shape| ("http.response.body.shape".to_owned(), shape));
                ParsedAnswer { attributes: shape.into_iter().collect(), ..ParsedAnswer::default() }
            }
            Self::Ignored => ParsedAnswer::default(),
        }
    }
}

impl From<provider::ParsedAnswer> for ParsedAnswer {
    fn from(parsed: provider::ParsedAnswer) -> Self {
        let status = parsed.error.map_or_else(Status::default, |error| Status {
            ok: Some(false),
            error_type: error.code.or(error.kind),
            message: error.message,
        });
        Self {
            call: parsed.call,
            status,
            content: parsed.content,
            attributes: parsed.attributes,
            problems: parsed.problems.iter().map(problem).collect(),
            truncated: parsed.truncated,
        }
    }
}
