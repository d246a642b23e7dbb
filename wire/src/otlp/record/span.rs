//! A span into a record.
//!
//! Spans that have nothing to do with GenAI are kept as they are: kind, times, status, attributes.

use model::{Kind, SpanId, Status, TraceId};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{self as otlp, Span};
use serde_json::{Value, json};

use super::super::attribute::Field;
use super::super::fault::Fault;
use super::super::limits::Limits;
use super::actor::actor;
use super::call::call;
use super::context::Context;
use super::dialect::dialect;
use super::dialogue::dialogue;
use super::draft::{Draft, check};
use super::event::{events, links};
use super::guardrail::{evaluation, guardrail};
use super::instant::{duration, instant};
use super::kind::kind;
use super::retrieval::{embedding, memory, retrieval};
use super::tool::tool;
use model::Record;

/// Makes a record of a span.
pub(crate) fn span(span: Span, context: &Context, limits: &Limits) -> Result<Record, Fault> {
    let nested = span.events.iter().map(|event| &event.attributes);
    let linked = span.links.iter().map(|link| &link.attributes);
    check(std::iter::once(&span.attributes).chain(nested).chain(linked), limits)?;
    let mut draft = Draft::new(span.attributes);
    identify(&mut draft, &span.trace_id, &span.span_id);
    parent(&mut draft, &span.parent_span_id);
    times(&mut draft, span.start_time_unix_nano, span.end_time_unix_nano);
    draft.record.name = (!span.name.is_empty()).then_some(span.name);
    facts(&mut draft, span.kind, span.trace_state);
    dropped(&mut draft, span.dropped_attributes_count, "dropped_attributes_count");
    dropped(&mut draft, span.dropped_events_count, "dropped_events_count");
    dropped(&mut draft, span.dropped_links_count, "dropped_links_count");
    status(&mut draft, span.status.unwrap_or_default());
    events(span.events, &mut draft);
    links(span.links, &mut draft);
    draft.record.source.dialect = dialect(&draft.attributes).map(str::to_owned);
    draft.record.kind = kind(&draft.attributes);
    if draft.record.kind == Kind::Span && !draft.event_input.is_empty() {
        draft.record.kind = Kind::Interaction;
    }
    draft.record.actor = actor(&mut draft.attributes);
    fill(&mut draft);
    Ok(draft.finish(context))
}

/// Fills content and call according to the kind.
pub(crate) fn fill(draft: &mut Draft) {
    match draft.record.kind {
        Kind::Interaction | Kind::Agent | Kind::Workflow => dialogue(draft),
        Kind::ToolCall => tool(draft),
        Kind::Retrieval => retrieval(draft),
        Kind::Embedding => embedding(draft),
        Kind::Memory => memory(draft),
        Kind::Guardrail => {
            guardrail(draft);
            dialogue(draft);
        }
        Kind::Evaluation => {
            evaluation(draft);
            dialogue(draft);
            return;
        }
        _ => return,
    }
    call(draft);
}

/// The ids of the trace and the span. An id of the wrong length is no id, and is noted.
pub(crate) fn identify(draft: &mut Draft, trace: &[u8], span: &[u8]) {
    draft.record.trace_id = TraceId::from_slice(trace);
    draft.record.span_id = SpanId::from_slice(span);
    if draft.record.trace_id.is_none() && !trace.is_empty() {
        draft.note(Some("trace id is not 16 bytes, or all zero"));
    }
    if draft.record.span_id.is_none() && !span.is_empty() {
        draft.note(Some("span id is not 8 bytes, or all zero"));
    }
}

fn parent(draft: &mut Draft, parent: &[u8]) {
    draft.record.parent_span_id = SpanId::from_slice(parent);
}

fn times(draft: &mut Draft, start: u64, end: u64) {
    let (time, odd) = instant(start);
    draft.record.time = time;
    draft.note(odd);
    let (duration, odd) = duration(start, end);
    draft.record.duration = duration;
    draft.note(odd);
}

fn facts(draft: &mut Draft, kind: i32, trace_state: String) {
    let kind = match SpanKind::try_from(kind) {
        Ok(SpanKind::Internal) => Some("internal"),
        Ok(SpanKind::Server) => Some("server"),
        Ok(SpanKind::Client) => Some("client"),
        Ok(SpanKind::Producer) => Some("producer"),
        Ok(SpanKind::Consumer) => Some("consumer"),
        Ok(SpanKind::Unspecified) | Err(_) => None,
    };
    if let Some(kind) = kind {
        draft.attribute("span.kind".to_owned(), kind.into());
    }
    if !trace_state.is_empty() {
        draft.attribute("trace_state".to_owned(), Value::String(trace_state));
    }
}

/// The sender itself left something out.
pub(crate) fn dropped(draft: &mut Draft, count: u32, name: &str) {
    if count > 0 {
        draft.attribute(name.to_owned(), json!(count));
    }
}

fn status(draft: &mut Draft, status: otlp::Status) {
    let ok = match StatusCode::try_from(status.code) {
        Ok(StatusCode::Ok) => Some(true),
        Ok(StatusCode::Error) => Some(false),
        Ok(StatusCode::Unset) | Err(_) => None,
    };
    let message = Some(status.message).filter(|message| !message.is_empty());
    let error_type = draft.attributes.text(Field::ErrorType);
    draft.record.status = Status {
        ok: ok.or_else(|| error_type.as_ref().map(|_| false)),
        error_type,
        message: message.or_else(|| draft.attributes.text(Field::ErrorMessage)),
    };
}
