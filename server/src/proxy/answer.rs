//! The answer part of a call: from the forwarded bytes to a record.
//!
//! Compressed answers are decoded here, in the copy alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use model::{Call, Exchange, Outcome, Part, Record};
use tokio::time::Instant;

use super::answer_reader::{AnswerReader, ParsedAnswer};
use super::call::CallStart;
use super::happening::{AnswerEnd, AnswerHead};
use super::recorded_headers::RecordedHeaders;
use super::request::{Known, note_problems};

/// An answer while it comes.
pub(super) struct Answer {
    head: Option<Box<AnswerHead>>,
    reader: Option<AnswerReader>,
    limit: usize,
    content_seen: Arc<AtomicBool>,
    first_content: Option<Instant>,
}

impl Answer {
    /// An answer of which nothing came yet, and of which `limit` bytes are read. `content_seen` is
    /// set when its first content came.
    pub(super) fn new(limit: usize, content_seen: Arc<AtomicBool>) -> Self {
        Self { head: None, reader: None, limit, content_seen, first_content: None }
    }

    /// The headers came.
    pub(super) fn begin(&mut self, call: &CallStart, head: Box<AnswerHead>) {
        self.reader = Some(AnswerReader::new(call, &head, self.limit));
        self.head = Some(head);
    }

    /// Bytes came.
    pub(super) fn push(&mut self, at: Instant, bytes: &Bytes) {
        let Some(reader) = &mut self.reader else {
            return;
        };
        if reader.push(bytes) && self.first_content.is_none() {
            self.first_content = Some(at);
            self.content_seen.store(true, Ordering::Relaxed);
        }
    }

    /// The answer part.
    pub(super) async fn into_part(
        mut self,
        call: &CallStart,
        known: Known,
        end: AnswerEnd,
        headers: &RecordedHeaders,
    ) -> Record {
        self.push(end.at, &end.tail);
        let parsed = match self.reader.take() {
            Some(reader) => reader.finish(end.outcome, end.truncated).await,
            None => ParsedAnswer::default(),
        };
        let first_content = self.first_content.map(|at| call.nanos_until(at));
        let mut part = assemble(call, known, parsed, &end);
        if let Some(call) = &mut part.call {
            call.time_to_first_chunk = first_content;
        }
        if let Some(head) = &self.head {
            headers.of_answer(&head.headers, &mut part.attributes);
        }
        let status = self.head.map(|head| head.status.as_u16());
        conclude(&mut part, status, end.outcome);
        part
    }
}

fn assemble(call: &CallStart, known: Known, parsed: ParsedAnswer, end: &AnswerEnd) -> Record {
    let base = call.part();
    let exchange = base.exchange.clone().map(|exchange| Exchange {
        request_bytes: known.request_bytes,
        response_bytes: Some(end.forwarded),
        outcome: Some(end.outcome),
        truncated: end.truncated || parsed.truncated && end.outcome == Outcome::Complete,
        ..exchange
    });
    let mut attributes = parsed.attributes;
    note_problems(&parsed.problems, &mut attributes);
    Record {
        kind: known.kind,
        part: Part::Response,
        tenant: known.tenant,
        actor: known.actor,
        name: known.name,
        duration: Some(call.nanos_until(end.at)),
        status: parsed.status,
        call: known.call.map(|facts| answered(facts, parsed.call)),
        exchange,
        content: parsed.content,
        attributes,
        ..base
    }
}

/// The request's facts with what the answer adds to them.
fn answered(request: Call, answer: Call) -> Call {
    Call {
        operation: request.operation,
        provider: request.provider.or(answer.provider),
        request_model: request.request_model.or(answer.request_model),
        stream: request.stream.or(answer.stream),
        server_address: request.server_address,
        ..answer
    }
}

/// Sets how the call ended, as far as the answer's own words have not said it.
fn conclude(part: &mut Record, http_status: Option<u16>, outcome: Outcome) {
    if let Some(exchange) = &mut part.exchange {
        exchange.status = http_status;
    }
    let refused = http_status.filter(|status| *status >= 400);
    let status = &mut part.status;
    if outcome != Outcome::Complete || refused.is_some() {
        status.ok = Some(false);
    }
    status.ok.get_or_insert(true);
    if status.error_type.is_none() {
        let by_status = refused.map(|status| status.to_string());
        status.error_type = broken_off(outcome).map(str::to_owned).or(by_status);
    }
}

/// `error.type` of an exchange that did not come to its end.
const fn broken_off(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Complete => None,
        Outcome::ClientDisconnected => Some("client_disconnected"),
        Outcome::UpstreamDisconnected => Some("upstream_disconnected"),
        Outcome::UpstreamUnreachable => Some("upstream_unreachable"),
        Outcome::UpstreamTimeout => Some("upstream_timeout"),
        Outcome::Refused => Some("refused"),
    }
}
