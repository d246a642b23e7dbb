//! Exports of Langfuse: traces, observations, and events of its ingestion API, in the API's camel
//! case or in the snake case of its database.
//!
//! It does not read scores, prompts or datasets.

use model::{Call, Direction, IdentifiedBy, Kind, Record};
use serde_json::Value;

use super::conversation::read_conversation;
use super::identity;
use super::line::{Imported, Line, LineError, duration_between, take_time};
use super::lookup::Lookup;
use crate::provider::{take_rest, usage_of};

/// Whose a trace is; its observations inherit it.
#[derive(Clone, Default)]
struct Owner {
    user: Option<String>,
    session: Option<String>,
}

/// Reads one record.
pub(super) fn read(line: &Line, value: Value) -> Result<Imported, LineError> {
    let fields = Lookup::of(value)?;
    let kind = fields.get(&["type"]).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(what) = kind.strip_suffix("-create").or_else(|| kind.strip_suffix("-update")) {
        return read_event(line, what, fields);
    }
    if fields.get(&["trace_id"]).is_some() {
        read_observation(line, fields, &Owner::default()).map(Imported::one)
    } else if fields.get(&["id"]).is_some() && kind.is_empty() {
        read_trace(line, fields)
    } else {
        Err(LineError::new("traceId", "is absent"))
    }
}

/// An event of the ingestion API: the thing itself is its body.
fn read_event(line: &Line, what: &str, mut fields: Lookup) -> Result<Imported, LineError> {
    let Some(body) = fields.take(&["body"]) else {
        return Err(LineError::new("body", "is absent"));
    };
    let mut body = Lookup::of(body)?;
    if what == "trace" {
        return read_trace(line, body);
    }
    body.0.entry("type").or_insert_with(|| what.to_uppercase().into());
    read_observation(line, body, &Owner::default()).map(Imported::one)
}

/// A trace, and the observations in it if the export has them there.
fn read_trace(line: &Line, mut fields: Lookup) -> Result<Imported, LineError> {
    let id = fields.take_text(&["id"]).ok_or_else(|| LineError::new("id", "is not a text"))?;
    let owner =
        Owner { user: fields.take_text(&["user_id"]), session: fields.take_text(&["session_id"]) };
    let observations = match fields.take(&["observations"]) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    let time = take_time(&mut fields, &["timestamp", "created_at"]);
    let mut record = line.record(&id, &id, time);
    record.kind = Kind::Workflow;
    fill(&mut record, fields, &owner);
    let mut imported = Imported::one(record);
    // Pages of traces have only the ids of their observations.
    for (position, item) in
        observations.into_iter().enumerate().filter(|(_, item)| item.is_object())
    {
        let mut item = Lookup::of(item)?;
        item.0.entry("traceId").or_insert_with(|| id.clone().into());
        match read_observation(line, item, &owner) {
            Ok(record) => imported.observations.push(record.into()),
            Err(LineError { field, reason }) => {
                let field = format!("observations/{position}/{field}");
                imported.rejected.push(LineError { field, reason });
            }
        }
    }
    Ok(imported)
}

fn read_observation(line: &Line, mut fields: Lookup, owner: &Owner) -> Result<Record, LineError> {
    let trace = fields
        .take_text(&["trace_id"])
        .ok_or_else(|| LineError::new("traceId", "is not a text"))?;
    let id = fields.take_text(&["id"]).unwrap_or_else(|| line.name.clone());
    let start = take_time(&mut fields, &["start_time", "timestamp"]);
    let end = take_time(&mut fields, &["end_time"]);
    let mut record = line.record(&trace, &id, start);
    record.duration = duration_between(start, end);
    // What has no parent stands below its trace, which is a record of its own.
    let parent = fields.take_text(&["parent_observation_id"]).unwrap_or(trace);
    record.parent_span_id = identity::span_id(line.format.as_str(), &parent);
    record.kind = kind_of(&fields.take_text(&["type"]).unwrap_or_default());
    let owner = Owner {
        user: fields.take_text(&["user_id"]).or_else(|| owner.user.clone()),
        session: fields.take_text(&["session_id"]).or_else(|| owner.session.clone()),
    };
    read_call(&mut fields, &mut record, start);
    fill(&mut record, fields, &owner);
    Ok(record)
}

fn kind_of(name: &str) -> Kind {
    match name.to_ascii_uppercase().as_str() {
        "GENERATION" => Kind::Interaction,
        "TOOL" => Kind::ToolCall,
        "RETRIEVER" => Kind::Retrieval,
        "EMBEDDING" => Kind::Embedding,
        "AGENT" => Kind::Agent,
        "CHAIN" => Kind::Workflow,
        "GUARDRAIL" => Kind::Guardrail,
        "EVALUATOR" => Kind::Evaluation,
        "EVENT" => Kind::Log,
        _ => Kind::Span,
    }
}

fn operation_of(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Interaction => Some("chat"),
        Kind::Embedding => Some("embeddings"),
        Kind::ToolCall => Some("execute_tool"),
        Kind::Retrieval => Some("retrieval"),
        Kind::Agent => Some("invoke_agent"),
        _ => None,
    }
}

/// Model, parameters and counts.
fn read_call(fields: &mut Lookup, record: &mut Record, start: Option<model::Timestamp>) {
    let Some(operation) = operation_of(record.kind) else {
        return;
    };
    let mut call = Call { operation: operation.to_owned(), ..Call::default() };
    call.request_model = fields.take_text(&["provided_model_name", "model"]);
    let parameters = fields.take_fields(&["model_parameters"]).0;
    call.parameters = parameters.into_iter().collect();
    let details = fields.take_json(&["usage_details"]);
    let usage = fields.take_json(&["usage"]);
    call.usage =
        details.or(usage).map(|usage| usage_of(&usage_in_api_words(usage))).unwrap_or_default();
    let first = take_time(fields, &["completion_start_time"]);
    call.time_to_first_chunk = duration_between(start, first);
    record.call = Some(call);
}

/// Langfuse's `input` and `output` under the names that providers use.
fn usage_in_api_words(usage: Value) -> Value {
    let Value::Object(mut usage) = usage else {
        return usage;
    };
    for (langfuse, api) in [
        ("input", "input_tokens"),
        ("output", "output_tokens"),
        ("promptTokens", "input_tokens"),
        ("completionTokens", "output_tokens"),
    ] {
        if let Some(count) = usage.remove(langfuse) {
            usage.entry(api).or_insert(count);
        }
    }
    Value::Object(usage)
}

/// Name, status, owner, content, and the rest as attributes.
fn fill(record: &mut Record, mut fields: Lookup, owner: &Owner) {
    record.name = fields.take_text(&["name"]);
    record.actor.user.clone_from(&owner.user);
    record.actor.session.clone_from(&owner.session);
    if record.actor.user.is_some() {
        record.actor.identified_by = IdentifiedBy::Telemetry;
    }
    let level = fields.take_text(&["level"]).unwrap_or_default();
    if level == "ERROR" {
        record.status.ok = Some(false);
    }
    record.status.message = fields.take_text(&["status_message"]);
    let name = record.name.clone();
    for (field, direction) in [("input", Direction::Input), ("output", Direction::Output)] {
        if let Some(value) = fields.take(&[field]) {
            record.content.extend(read_conversation(
                value,
                direction,
                record.kind,
                name.as_deref(),
            ));
        }
    }
    let metadata = fields.take_fields(&["metadata"]).0;
    take_rest("metadata.", metadata, &mut record.attributes);
    take_rest("langfuse.", fields.0, &mut record.attributes);
}
