//! A request's parameters, under OpenTelemetry's names, and whatever else it says.
//!
//! It does not take what was said to the model: that is gone from the fields before.

use std::collections::BTreeMap;

use model::Call;
use serde_json::{Value, json};

use super::{Dialect, Fields, outline};

/// The names on the wire, and those after `gen_ai.request.`.
const NAMES: [(&str, &str); 24] = [
    ("best_of", "best_of"),
    ("encoding_format", "encoding_formats"),
    ("frequency_penalty", "frequency_penalty"),
    ("logprobs", "logprobs"),
    ("max_completion_tokens", "max_tokens"),
    ("max_output_tokens", "max_tokens"),
    ("max_tokens", "max_tokens"),
    ("max_tokens_to_sample", "max_tokens"),
    ("max_tool_calls", "max_tool_calls"),
    ("n", "choice.count"),
    ("parallel_tool_calls", "parallel_tool_calls"),
    ("presence_penalty", "presence_penalty"),
    ("previous_response_id", "previous_response.id"),
    ("reasoning_effort", "reasoning.level"),
    ("seed", "seed"),
    ("stop", "stop_sequences"),
    ("stop_sequences", "stop_sequences"),
    ("store", "store"),
    ("temperature", "temperature"),
    ("thinking", "thinking"),
    ("tool_choice", "tool_choice"),
    ("top_k", "top_k"),
    ("top_logprobs", "top_logprobs"),
    ("top_p", "top_p"),
];

/// Values up to this many bytes are kept; of larger ones the size is.
const SMALL: usize = 4 * 1024;

/// Moves the known parameters out of `fields` into the call.
pub(super) fn take_parameters(fields: &mut Fields, call: &mut Call) {
    for (wire, name) in NAMES {
        let Some(value) = fields.remove(wire).filter(|value| !value.is_null()) else {
            continue;
        };
        let value = match (name, value) {
            ("stop_sequences" | "encoding_formats", Value::String(one)) => json!([one]),
            (_, value) => small(value),
        };
        call.parameters.insert(name.to_owned(), value);
    }
    if let Some(Value::Object(reasoning)) = fields.get_mut("reasoning")
        && let Some(effort) = reasoning.remove("effort").filter(|effort| !effort.is_null())
    {
        call.parameters.insert("reasoning.level".to_owned(), small(effort));
    }
}

/// Moves what has an attribute of its own out of `fields`.
pub(super) fn take_known_attributes(
    dialect: Dialect,
    fields: &mut Fields,
    attributes: &mut BTreeMap<String, Value>,
) {
    let mut keep = |name: &str, value: Value| attributes.insert(name.to_owned(), small(value));
    if let Some(dimensions) = fields.remove("dimensions") {
        keep("gen_ai.embeddings.dimension.count", dimensions);
    }
    if dialect != Dialect::Anthropic
        && let Some(tier) = fields.remove("service_tier")
    {
        keep("openai.request.service_tier", tier);
    }
    let format = fields.get("response_format").or_else(|| fields.get("text")?.get("format"));
    match format.and_then(|format| format.get("type")).and_then(Value::as_str) {
        Some("json_object" | "json_schema") => keep("gen_ai.output.type", json!("json")),
        Some("text") => keep("gen_ai.output.type", json!("text")),
        _ => None,
    };
}

/// Moves everything that is left into attributes called `prefix` and the field's name.
pub(crate) fn take_rest(prefix: &str, fields: Fields, attributes: &mut BTreeMap<String, Value>) {
    for (name, value) in fields {
        if !value.is_null() {
            attributes.insert(format!("{prefix}{name}"), small(value));
        }
    }
}

/// The value itself when it is small, else only how large it is.
pub(crate) fn small(value: Value) -> Value {
    let value = outline(value);
    let size = match &value {
        Value::String(text) => text.len(),
        Value::Array(_) | Value::Object(_) => value.to_string().len(),
        _ => 0,
    };
    if size <= SMALL { value } else { json!({ "size": size }) }
}

/// The tools a request offers, each as `{type, name, description, parameters}` whatever the
/// provider's way to nest them.
pub(super) fn take_tools(fields: &mut Fields) -> Vec<Value> {
    let mut tools = Vec::new();
    for list in ["tools", "functions"] {
        match fields.remove(list) {
            Some(Value::Array(items)) => tools.extend(items.into_iter().map(tool)),
            Some(other) => drop(fields.insert(list.to_owned(), other)),
            None => {}
        }
    }
    tools
}

fn tool(value: Value) -> Value {
    let Value::Object(mut tool) = value else {
        return value;
    };
    if let Some(Value::Object(function)) = tool.remove("function") {
        tool.extend(function);
    }
    if let Some(schema) = tool.remove("input_schema") {
        tool.insert("parameters".to_owned(), schema);
    }
    if tool.contains_key("name") && !tool.contains_key("type") {
        tool.insert("type".to_owned(), json!("function"));
    }
    outline(Value::Object(tool))
}
