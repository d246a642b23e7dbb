//! Exports of LiteLLM: its standard logging payload, and the rows of its spend logs.
//!
//! It does not read what LiteLLM adds up itself: budgets, daily sums, teams.

use model::{Direction, IdentifiedBy, Kind, Part, Record};
use serde_json::Value;

use super::conversation::read_conversation;
use super::line::{Imported, Line, LineError, duration_between, take_time};
use super::lookup::{Lookup, unwrapped};
use crate::provider::{Dialect, Endpoint, read_answer, read_request, take_rest, usage_of};

/// Reads one record.
pub(super) fn read(line: &Line, value: Value) -> Result<Imported, LineError> {
    let mut fields = Lookup::of(value)?;
    if let Some(payload) = fields.take(&["standard_logging_object"]) {
        fields = Lookup::of(payload)?;
    }
    let call_type = fields.take_text(&["call_type"]);
    let id = fields.take_text(&["request_id", "litellm_call_id", "id"]);
    if call_type.is_none() && id.is_none() {
        return Err(LineError::new("call_type", "is absent, and so is the id"));
    }
    let id = id.unwrap_or_else(|| line.name.clone());
    let trace = fields.take_text(&["trace_id"]).unwrap_or_else(|| id.clone());
    let start = take_time(&mut fields, &["start_time"]);
    let end = take_time(&mut fields, &["end_time"]);
    let first = take_time(&mut fields, &["completion_start_time"]);
    let mut record = line.record(&trace, &id, start);
    record.duration = duration_between(start, end);
    read_bodies(endpoint_of(call_type.as_deref()), &mut fields, &mut record);
    read_facts(&mut fields, &mut record);
    if let Some(call) = &mut record.call {
        // Without a stream LiteLLM repeats the end here.
        call.time_to_first_chunk =
            duration_between(start, first.filter(|first| Some(*first) != end));
    }
    read_actor(&mut fields, &mut record);
    read_status(&mut fields, &mut record);
    take_rest("litellm.", fields.0, &mut record.attributes);
    Ok(Imported::one(record))
}

/// `acompletion`, `aembedding`, `anthropic_messages`, `aresponses`, …
fn endpoint_of(call_type: Option<&str>) -> Endpoint {
    let name = call_type.unwrap_or("acompletion");
    match name.strip_prefix('a').unwrap_or(name) {
        "completion" | "nthropic_messages" => Endpoint::Chat,
        "text_completion" | "ttext_completion" => Endpoint::Completions,
        "embedding" => Endpoint::Embeddings,
        "responses" => Endpoint::Responses,
        "image_generation" => Endpoint::Other("image_generation"),
        "moderation" => Endpoint::Other("moderation"),
        "speech" => Endpoint::Other("text_to_speech"),
        "transcription" | "ranscription" => Endpoint::Other("speech_to_text"),
        _ => Endpoint::Other("other"),
    }
}

/// What was said. The rows of spend logs have it only where LiteLLM was told to keep it.
fn read_bodies(endpoint: Endpoint, fields: &mut Lookup, record: &mut Record) {
    let mut request = fields.take_fields(&["model_parameters"]).0;
    request.extend(fields.0.remove("model").map(|model| ("model".to_owned(), model)));
    request.extend(fields.0.remove("stream").map(|stream| ("stream".to_owned(), stream)));
    read_request(Dialect::OpenAiCompatible, endpoint, request).fill(record);
    let said = |value: &Value| !matches!(value, Value::Object(map) if map.is_empty());
    if let Some(messages) = fields.take_json(&["messages"]).filter(said) {
        let content = read_conversation(messages, Direction::Input, Kind::Interaction, None);
        record.content.extend(content);
    }
    match fields.take(&["response"]).map(unwrapped).filter(said) {
        Some(Value::Object(answer)) => {
            read_answer(Dialect::OpenAiCompatible, endpoint, answer).fill(record);
        }
        Some(other) => {
            let content = read_conversation(other, Direction::Output, Kind::Interaction, None);
            record.content.extend(content);
        }
        None => {}
    }
    record.part = Part::Whole;
}

fn read_facts(fields: &mut Lookup, record: &mut Record) {
    let Some(call) = &mut record.call else { return };
    call.provider = fields.take_text(&["custom_llm_provider"]);
    call.server_address = fields.take_text(&["api_base"]).map(|base| host_of(&base).to_owned());
    let mut counts = serde_json::Map::new();
    for name in ["prompt_tokens", "completion_tokens"] {
        counts.extend(fields.take(&[name]).map(|count| (name.to_owned(), count)));
    }
    if call.usage.is_empty() {
        call.usage = usage_of(&Value::Object(counts));
    }
}

/// Host and port of a URL.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Who asked: the end user before the owner of the key.
fn read_actor(fields: &mut Lookup, record: &mut Record) {
    let mut metadata = fields.take_fields(&["metadata"]);
    let actor = &mut record.actor;
    let end_user = fields
        .take_text(&["end_user"])
        .or_else(|| metadata.take_text(&["user_api_key_end_user_id"]));
    let owner = fields
        .take_text(&["user"])
        .or_else(|| metadata.take_text(&["user_api_key_user_id"]))
        // The owner of the master key, who is nobody.
        .filter(|user| user != "default_user_id");
    if let Some(user) = end_user.or(owner) {
        actor.user = Some(user);
        actor.identified_by = IdentifiedBy::Telemetry;
    }
    let session = fields.take_text(&["session_id"]);
    actor.session =
        actor.session.take().or(session).or_else(|| metadata.take_text(&["session_id"]));
    let key = fields.take_text(&["api_key"]);
    actor.api_key = key.or_else(|| metadata.take_text(&["user_api_key_hash", "user_api_key"]));
    let address = fields.take_text(&["requester_ip_address"]);
    actor.client_address = address.or_else(|| metadata.take_text(&["requester_ip_address"]));
    actor.user_agent = metadata.take_text(&["user_agent"]);
    take_rest("metadata.", metadata.0, &mut record.attributes);
}

fn read_status(fields: &mut Lookup, record: &mut Record) {
    match fields.take_text(&["status"]).as_deref() {
        Some("success") => record.status.ok = Some(true),
        Some("failure") => record.status.ok = Some(false),
        _ => {}
    }
    let mut error = fields.take_fields(&["error_information"]);
    let message = fields.take_text(&["error_str"]);
    let message = message.or_else(|| error.take_text(&["error_message"]));
    record.status.message = message.or_else(|| record.status.message.take());
    let class = error.take_text(&["error_class", "error_code"]);
    record.status.error_type = class.or_else(|| record.status.error_type.take());
}
