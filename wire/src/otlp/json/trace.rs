//! Spans in OTLP/JSON.

use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use serde_json::Value;

use super::super::fault::Fault;
use super::any_value::attributes;
use super::scalar::{camel_case, enumeration, field, id, list, message, string, uint32, uint64};

/// A `Span`.
pub(crate) fn span(value: Value) -> Result<Span, Fault> {
    let mut span = Span::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "traceId" => span.trace_id = field(&name, value, id)?,
            "spanId" => span.span_id = field(&name, value, id)?,
            "parentSpanId" => span.parent_span_id = field(&name, value, id)?,
            "traceState" => span.trace_state = field(&name, value, string)?,
            "flags" => span.flags = field(&name, value, uint32)?,
            "name" => span.name = field(&name, value, string)?,
            "kind" => span.kind = field(&name, value, |value| enumeration(value, span_kind))?,
            "startTimeUnixNano" => span.start_time_unix_nano = field(&name, value, uint64)?,
            "endTimeUnixNano" => span.end_time_unix_nano = field(&name, value, uint64)?,
            "attributes" => span.attributes = attributes(value)?,
            "droppedAttributesCount" => {
                span.dropped_attributes_count = field(&name, value, uint32)?;
            }
            "droppedEventsCount" => span.dropped_events_count = field(&name, value, uint32)?,
            "droppedLinksCount" => span.dropped_links_count = field(&name, value, uint32)?,
            "events" => span.events = list(value, event).map_err(|fault| fault.within(&name))?,
            "links" => span.links = list(value, link).map_err(|fault| fault.within(&name))?,
            "status" => span.status = Some(status(value).map_err(|fault| fault.within(&name))?),
            _ => {}
        }
    }
    Ok(span)
}

fn span_kind(name: &str) -> Option<i32> {
    SpanKind::from_str_name(name).map(i32::from)
}

fn status_code(name: &str) -> Option<i32> {
    StatusCode::from_str_name(name).map(i32::from)
}

fn status(value: Value) -> Result<Status, Fault> {
    let mut status = Status::default();
    for (name, value) in message(value)? {
        match name.as_str() {
            "message" => status.message = field(&name, value, string)?,
            "code" => status.code = field(&name, value, |value| enumeration(value, status_code))?,
            _ => {}
        }
    }
    Ok(status)
}

fn event(value: Value) -> Result<Event, Fault> {
    let mut event = Event::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "timeUnixNano" => event.time_unix_nano = field(&name, value, uint64)?,
            "name" => event.name = field(&name, value, string)?,
            "attributes" => event.attributes = attributes(value)?,
            _ => {}
        }
    }
    Ok(event)
}

fn link(value: Value) -> Result<Link, Fault> {
    let mut link = Link::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "traceId" => link.trace_id = field(&name, value, id)?,
            "spanId" => link.span_id = field(&name, value, id)?,
            "traceState" => link.trace_state = field(&name, value, string)?,
            "attributes" => link.attributes = attributes(value)?,
            _ => {}
        }
    }
    Ok(link)
}
