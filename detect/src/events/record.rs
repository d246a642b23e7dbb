//! The fields that every event of a record has, and those of the record's own event.

use jiff::Timestamp as Moment;
use model::{Call, Event, Exchange, IdentifiedBy, Inspection, Logged, Outcome, Record};
use serde_json::Value as Json;

use super::Fields;
use super::json::Leaves;
use super::seen::{Seen, rounded};
use crate::value::Value;

/// Fields that most records have.
const USUAL: usize = 40;

/// The fields that all events of a record share.
pub(super) fn fields(logged: &Logged) -> Fields<'_> {
    let record = &logged.record;
    let mut fields = Fields::with_capacity(USUAL);
    plainsight(logged, &mut fields);
    if let Ok(moment) = Moment::from_nanosecond(i128::from(record.time.nanos())) {
        fields.set("timestamp", Value::owned(moment.to_string()));
    }
    fields.millis("duration_ms", record.duration);
    let ids = [
        ("trace_id", record.trace_id.map(|id| id.to_string())),
        ("span_id", record.span_id.map(|id| id.to_string())),
        ("parent_span_id", record.parent_span_id.map(|id| id.to_string())),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            fields.set(name, Value::owned(id));
        }
    }
    fields.text("span.name", record.name.as_deref());
    fields.flag("status.ok", record.status.ok);
    fields.text("error.type", record.status.error_type.as_deref());
    fields.text("error.message", record.status.message.as_deref());
    actor(record, &mut fields);
    if let Some(call) = &record.call {
        self::call(call, &mut fields);
    }
    if let Some(exchange) = &record.exchange {
        self::exchange(exchange, &mut fields);
    }
    if let Some(event) = &record.event {
        self::event(event, &mut fields);
    }
    for (name, value) in &record.attributes {
        attribute(name, value, &mut fields);
    }
    fields
}

/// The fields of the event that stands for the whole record.
pub(super) fn own(record: &Record) -> Fields<'_> {
    let mut fields = Fields::default();
    Seen::of(record, |_| true).into_fields(&mut fields);
    let Some(alert) = &record.alert else { return fields };
    fields.text("alert.id", Some(&alert.id));
    fields.text("alert.rule.id", Some(&alert.rule.id));
    fields.text("alert.rule.title", Some(&alert.rule.title));
    fields.text("alert.severity", Some(alert.severity.as_str()));
    fields.score("alert.score", Some(rounded(alert.score)));
    fields.texts("alert.tags", alert.tags.iter().map(String::as_str));
    fields.count("alert.count", Some(alert.count));
    for (name, value) in &alert.entities {
        fields.text(name, Some(value));
    }
    fields
}

fn plainsight<'a>(logged: &'a Logged, fields: &mut Fields<'a>) {
    let record = &logged.record;
    fields.count("plainsight.index", Some(logged.index));
    fields.text("plainsight.kind", Some(record.kind.as_str()));
    fields.text("plainsight.part", Some(record.part.as_str()));
    fields.text("plainsight.door", Some(record.source.door.as_str()));
    fields.text("plainsight.dialect", record.source.dialect.as_deref());
    fields.text("plainsight.inspection", Some(inspection(record.inspection)));
    fields.text("plainsight.tenant", Some(record.tenant.as_str()));
    fields.text("service.name", record.source.service.as_deref());
}

const fn inspection(inspection: Inspection) -> &'static str {
    match inspection {
        Inspection::Complete => "complete",
        Inspection::Partial => "partial",
    }
}

fn actor<'a>(record: &'a Record, fields: &mut Fields<'a>) {
    let actor = &record.actor;
    let identified_by = match actor.identified_by {
        IdentifiedBy::Nobody => "nobody",
        IdentifiedBy::Token => "token",
        IdentifiedBy::Header => "header",
        IdentifiedBy::Request => "request",
        IdentifiedBy::Telemetry => "telemetry",
        IdentifiedBy::System => "system",
    };
    fields.text("user.id", actor.user.as_deref());
    fields.text("user.identified_by", Some(identified_by));
    fields.texts("user.roles", actor.roles.iter().map(String::as_str));
    fields.text("session.id", actor.session.as_deref());
    fields.text("gen_ai.agent.name", actor.agent.as_deref());
    fields.text("api_key", actor.api_key.as_deref());
    fields.text("client.address", actor.client_address.as_deref());
    fields.text("user_agent.original", actor.user_agent.as_deref());
}

fn call<'a>(call: &'a Call, fields: &mut Fields<'a>) {
    fields.text("gen_ai.operation.name", Some(call.operation.as_str()).filter(|op| !op.is_empty()));
    fields.text("gen_ai.provider.name", call.provider.as_deref());
    fields.text("gen_ai.request.model", call.request_model.as_deref());
    fields.text("gen_ai.response.model", call.response_model.as_deref());
    fields.text("gen_ai.response.id", call.response_id.as_deref());
    let reasons = call.finish_reasons.iter().map(String::as_str);
    fields.texts("gen_ai.response.finish_reasons", reasons);
    fields.flag("gen_ai.request.stream", call.stream);
    let usage = &call.usage;
    fields.count("gen_ai.usage.input_tokens", usage.input_tokens);
    fields.count("gen_ai.usage.output_tokens", usage.output_tokens);
    fields.count("gen_ai.usage.cache_read.input_tokens", usage.cache_read_tokens);
    fields.count("gen_ai.usage.cache_write.input_tokens", usage.cache_write_tokens);
    fields.count("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens);
    fields.millis("time_to_first_chunk_ms", call.time_to_first_chunk);
    fields.text("server.address", call.server_address.as_deref());
    for (name, value) in &call.parameters {
        Leaves::of(&format!("gen_ai.request.{name}"), value).into_fields(fields);
    }
}

fn exchange<'a>(exchange: &'a Exchange, fields: &mut Fields<'a>) {
    let outcome = exchange.outcome.map(|outcome| match outcome {
        Outcome::Complete => "complete",
        Outcome::ClientDisconnected => "client_disconnected",
        Outcome::UpstreamDisconnected => "upstream_disconnected",
        Outcome::UpstreamUnreachable => "upstream_unreachable",
        Outcome::UpstreamTimeout => "upstream_timeout",
        Outcome::Refused => "refused",
    });
    fields.text("http.request.method", Some(&exchange.method));
    fields.text("url.path", Some(&exchange.path));
    fields.count("http.response.status_code", exchange.status.map(u64::from));
    fields.count("http.request.body.size", exchange.request_bytes);
    fields.count("http.response.body.size", exchange.response_bytes);
    fields.text("http.outcome", outcome);
    fields.flag("http.truncated", Some(exchange.truncated));
}

fn event<'a>(event: &'a Event, fields: &mut Fields<'a>) {
    let outcome = event.outcome.map(|outcome| match outcome {
        model::EventOutcome::Success => "success",
        model::EventOutcome::Failure => "failure",
        model::EventOutcome::Denied => "denied",
        model::EventOutcome::Unknown => "unknown",
    });
    fields.text("event.action", Some(&event.action));
    fields.text("event.outcome", outcome);
    fields.text("event.target", event.target.as_deref());
    fields.text("event.reason", event.reason.as_deref());
}

/// An attribute stands under its own name, unless a field of ours has that name already; the
/// leaves of one that holds others stand under their paths.
fn attribute<'a>(name: &'a str, value: &'a Json, fields: &mut Fields<'a>) {
    match Value::scalar(value) {
        Some(value) => fields.set(name, value),
        None => Leaves::of(name, value).into_fields(fields),
    }
}
