//! The facts of a model call.
//!
//! What was said is put together by [`super::dialogue`].

use model::{Call, Kind};
use serde_json::{Map, Value};

use super::super::attribute::{Field, Group, Sorted, scalar_text};
use super::super::message::{Facts, tool_definitions};
use super::draft::Draft;
use super::kind::operation;
use super::provider::provider;
use super::usage::{fill, usage};

/// Fills the call of a draft whose messages were read.
pub(crate) fn call(draft: &mut Draft) {
    let mut facts = std::mem::take(&mut draft.facts);
    let attributes = &mut draft.attributes;
    let mut call =
        Call { parameters: std::mem::take(&mut attributes.parameters), ..Call::default() };
    if let Some(parameters) = attributes.object(Field::Parameters) {
        request_parameters(parameters, &mut call, &mut facts);
    }
    for (name, value) in std::mem::take(&mut facts.rest) {
        call.parameters.entry(name).or_insert(value);
    }
    call.operation = attributes
        .text(Field::Operation)
        .unwrap_or_else(|| of_dialect(attributes, draft.record.kind));
    call.provider = attributes.text(Field::Provider).map(provider);
    models(&mut call, attributes, &facts);
    call.response_id = attributes.text(Field::ResponseId).or(facts.response_id);
    finish_reasons(&mut call, attributes, facts.finish_reasons);
    call.stream = flag(attributes, Field::Stream).or(facts.stream);
    call.usage = usage(attributes);
    if let Some(object) = &facts.usage {
        fill(&mut call.usage, object);
    }
    call.time_to_first_chunk = first_chunk(draft);
    call.tool_definitions = definitions(&mut draft.attributes, facts.tools);
    call.server_address = server(&mut draft.attributes);
    if draft.record.actor.user.is_none()
        && let Some(user) = facts.user
    {
        draft.record.actor.user = Some(user);
        draft.record.actor.identified_by = model::IdentifiedBy::Telemetry;
    }
    draft.record.call = Some(call);
}

/// The operation of a dialect that has no word for it.
fn of_dialect(attributes: &Sorted, kind: Kind) -> String {
    let completion = attributes.peek(Field::RequestType) == Some("completion");
    let object = attributes.peek(Field::VercelOperation).is_some_and(|id| id.contains("Object"));
    match kind {
        Kind::Interaction if completion => "text_completion".to_owned(),
        Kind::Interaction if object => "generate_content".to_owned(),
        kind => operation(kind).to_owned(),
    }
}

/// Request parameters as one object: OpenInference's invocation parameters, Langfuse's.
fn request_parameters(parameters: Map<String, Value>, call: &mut Call, facts: &mut Facts) {
    for (name, value) in parameters {
        match (name.as_str(), value) {
            ("model", Value::String(model)) => {
                facts.request_model.get_or_insert(model);
            }
            ("user", Value::String(user)) => {
                facts.user.get_or_insert(user);
            }
            ("stream", Value::Bool(stream)) => facts.stream = facts.stream.or(Some(stream)),
            ("tools", tools) => facts.tools = facts.tools.take().or(Some(tools)),
            (_, value) => {
                call.parameters.entry(name).or_insert(value);
            }
        }
    }
}

/// A model that is named without saying on which side is the requested one, if none else is.
fn models(call: &mut Call, attributes: &mut Sorted, facts: &Facts) {
    call.request_model =
        attributes.text(Field::RequestModel).or_else(|| facts.request_model.clone());
    call.response_model =
        attributes.text(Field::ResponseModel).or_else(|| facts.response_model.clone());
    let Some(named) = attributes.take(Field::Model) else {
        return;
    };
    let super::super::attribute::Any::StringValue(model) = named.value else {
        return attributes.put_back(named.name, named.value);
    };
    if call.request_model.is_none() {
        call.request_model = Some(model);
    } else if call.response_model.is_none() && call.request_model.as_ref() != Some(&model) {
        call.response_model = Some(model);
    } else if call.request_model.as_ref() != Some(&model)
        && call.response_model.as_ref() != Some(&model)
    {
        attributes.put_back(named.name, super::super::attribute::Any::StringValue(model));
    }
}

/// The provider's words, except that dialects spell two of them differently.
fn finish_reasons(call: &mut Call, attributes: &mut Sorted, said: Vec<String>) {
    let mut reasons = attributes.texts(Field::FinishReasons);
    if reasons.is_empty() {
        reasons = said;
    }
    call.finish_reasons = reasons.into_iter().map(finish_reason).collect();
}

/// One spelling of a finish reason.
pub(crate) fn finish_reason(reason: String) -> String {
    match reason.as_str() {
        "tool_call" | "tool-calls" => "tool_calls".to_owned(),
        "content-filter" => "content_filter".to_owned(),
        _ => reason,
    }
}

fn flag(attributes: &mut Sorted, field: Field) -> Option<bool> {
    match attributes.value(field)? {
        Value::Bool(value) => Some(value),
        value => scalar_text(value).ok()?.parse().ok(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and saturating is what a duration beyond 584 years deserves"
)]
fn first_chunk(draft: &mut Draft) -> Option<u64> {
    let attributes = &mut draft.attributes;
    let seconds = attributes.number(Field::FirstChunkSeconds).map(|seconds| seconds * 1e9);
    let millis = attributes.number(Field::FirstChunkMillis).map(|millis| millis * 1e6);
    let by_time = attributes.text(Field::FirstChunkTime).and_then(|text| {
        let time: jiff::Timestamp = text.trim_matches('"').parse().ok()?;
        let start = i128::from(draft.record.time.nanos());
        u64::try_from(time.as_nanosecond() - start).ok()
    });
    let said = seconds.or(millis).map(|nanos| nanos as u64);
    said.or(by_time).or(draft.first_chunk)
}

fn definitions(attributes: &mut Sorted, said: Option<Value>) -> Vec<Value> {
    let named = attributes.value(Field::ToolDefinitions);
    let flat = attributes.group(Group::Tools);
    let functions = attributes.group(Group::Functions);
    named.or(flat).or(functions).or(said).map(tool_definitions).unwrap_or_default()
}

fn server(attributes: &mut Sorted) -> Option<String> {
    let address = attributes.text(Field::ServerAddress)?;
    match attributes.count(Field::ServerPort) {
        Some(port) => Some(format!("{address}:{port}")),
        None => Some(address),
    }
}
