//! A log record into a record: content of a call, an evaluation, or a line of a log.
//!
//! Content that arrives here belongs to a span that arrives elsewhere; the store folds the two.

use model::{Body, Call, Direction, Kind, Record, Role, Segment};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use serde_json::{Value, json};

use super::super::attribute::{Field, any_depth, into_value};
use super::super::fault::Fault;
use super::super::limits::Limits;
use super::super::message::message;
use super::actor::actor;
use super::call::{call, finish_reason};
use super::context::Context;
use super::dialect::dialect;
use super::dialogue::dialogue;
use super::draft::{Draft, check};
use super::event::{DETAILS, legacy_body, legacy_message};
use super::guardrail::evaluation;
use super::instant::instant;
use super::provider::provider;
use super::span::{dropped, identify};

/// Makes a record of a log record.
pub(crate) fn log(log: LogRecord, context: &Context, limits: &Limits) -> Result<Record, Fault> {
    check(std::iter::once(&log.attributes), limits)?;
    if log.body.as_ref().is_some_and(|body| any_depth(body) > limits.depth) {
        return Err(Fault::new("body", format!("nests deeper than {} levels", limits.depth)));
    }
    let mut draft = Draft::new(log.attributes);
    identify(&mut draft, &log.trace_id, &log.span_id);
    times(&mut draft, log.time_unix_nano, log.observed_time_unix_nano);
    dropped(&mut draft, log.dropped_attributes_count, "dropped_attributes_count");
    severity(&mut draft, log.severity_number, log.severity_text);
    let name = if log.event_name.is_empty() {
        draft.attributes.text(Field::EventName)
    } else {
        draft.attributes.take(Field::EventName);
        Some(log.event_name)
    };
    draft.record.source.dialect = dialect(&draft.attributes).map(str::to_owned);
    draft.record.actor = actor(&mut draft.attributes);
    let body = log.body.and_then(|body| body.value).map_or(Value::Null, into_value);
    body_by_name(&mut draft, name.as_deref().unwrap_or_default(), body);
    draft.record.name = name;
    Ok(draft.finish(context))
}

fn times(draft: &mut Draft, time: u64, observed: u64) {
    let (time, odd) = instant(if time == 0 { observed } else { time });
    draft.record.time = time;
    draft.note(odd);
}

fn severity(draft: &mut Draft, number: i32, text: String) {
    if number != 0 {
        draft.attribute("severity_number".to_owned(), json!(number));
    }
    if !text.is_empty() {
        draft.attribute("severity_text".to_owned(), Value::String(text));
    }
}

fn body_by_name(draft: &mut Draft, name: &str, body: Value) {
    if let Some((direction, role)) = legacy_message(name) {
        return legacy(draft, direction, role, body);
    }
    match name {
        DETAILS => details(draft, body),
        "gen_ai.evaluation.result" => {
            evaluation(draft);
            line(draft, body);
        }
        _ => {
            draft.record.kind = Kind::Log;
            draft.record.status.error_type = draft.attributes.text(Field::ErrorType);
            draft.record.status.message = draft.attributes.text(Field::ErrorMessage);
            line(draft, body);
        }
    }
}

/// All that is known of a call: the attributes are those of its span.
fn details(draft: &mut Draft, body: Value) {
    draft.record.kind = Kind::Interaction;
    if draft.record.span_id.is_some() {
        draft.content_part();
    }
    draft.record.status.error_type = draft.attributes.text(Field::ErrorType);
    dialogue(draft);
    call(draft);
    if !body.is_null() {
        draft.attribute("body".to_owned(), body);
    }
}

/// One message of a call (convention 1.30). Of input each is its own record, to be appended in the
/// order of time; of output the choice's index is its ordinal.
fn legacy(draft: &mut Draft, direction: Direction, role: Role, body: Value) {
    if draft.record.span_id.is_some() {
        draft.record.kind = Kind::Interaction;
        draft.content_part();
    } else {
        draft.record.kind = Kind::Log;
    }
    let map = legacy_body(body);
    let index = map.get("index").and_then(Value::as_u64).unwrap_or(0);
    let mut finish = Vec::new();
    let side = match direction {
        Direction::Input => &mut draft.input,
        Direction::Output => &mut draft.output,
    };
    side.number(u32::try_from(index).unwrap_or(u32::MAX));
    message(map, Some(role), side, &mut finish);
    draft.record.call = Some(Call {
        operation: "chat".to_owned(),
        provider: draft.attributes.text(Field::Provider).map(provider),
        finish_reasons: finish.into_iter().map(finish_reason).collect(),
        ..Call::default()
    });
}

/// The body of any other log record.
fn line(draft: &mut Draft, body: Value) {
    let body = match body {
        Value::Null => return,
        Value::String(content) => Body::Text { content },
        value => Body::Other { name: "body".to_owned(), value },
    };
    draft.record.content.push(Segment {
        direction: Direction::Input,
        message: 0,
        role: Role::Other,
        origin: Role::Other.origin(),
        name: None,
        body,
    });
}
