//! An answer of a model, or the error that came instead.
//!
//! The shape of the body decides how it is read, whatever the path was: gateways answer many paths
//! in each other's words. It does not know the HTTP status.

use std::collections::BTreeMap;
use std::fmt;

use model::{Body, Call, Direction, Modality, Part, Place, Record, Role, Segment};
use serde::Serialize;
use serde_json::Value;

use super::parameters::{small, take_rest};
use super::problem;
use super::{
    Attachment, Collector, Dialect, Endpoint, Fields, Problem, Voice, take_items, take_text,
    usage_of,
};
use crate::{anthropic, openai};

/// An answer, in the model's words. Uninspected: nothing may keep it.
#[derive(Clone, Serialize)]
pub struct ParsedAnswer {
    /// What came out of the model.
    pub content: Vec<Segment>,
    /// The call's facts, as far as the answer has them.
    pub call: Call,
    /// What has no field of its own: `response.*` and a few names of OpenTelemetry.
    pub attributes: BTreeMap<String, Value>,
    /// The error that the provider reported.
    pub error: Option<AnswerError>,
    /// Fields that were not as the provider defines them. The first 32.
    pub problems: Vec<Problem>,
    /// The answer broke off, or was larger than what is kept.
    pub truncated: bool,
}

/// An error that a provider reported, in its own words.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct AnswerError {
    /// The type: `invalid_request_error`, `overloaded_error`, …
    pub kind: Option<String>,
    /// The code: `rate_limit_exceeded`, …
    pub code: Option<String>,
    /// The text.
    pub message: Option<String>,
}

/// Shows no content.
impl fmt::Debug for ParsedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedAnswer")
            .field("segments", &self.content.len())
            .field("error", &self.error.is_some())
            .field("problems", &self.problems)
            .field("truncated", &self.truncated)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerError").finish_non_exhaustive()
    }
}

impl ParsedAnswer {
    /// An answer of which nothing is known yet.
    pub(super) fn empty(dialect: Dialect, endpoint: Endpoint) -> Self {
        let call = Call {
            operation: endpoint.operation().to_owned(),
            provider: dialect.provider().map(str::to_owned),
            ..Call::default()
        };
        Self {
            content: Vec::new(),
            call,
            attributes: BTreeMap::new(),
            error: None,
            problems: Vec::new(),
            truncated: false,
        }
    }

    /// Puts the answer into a record, whose ids, time and source are the caller's: one of its own,
    /// or the one that has the request, which thereby becomes whole.
    pub fn fill(self, record: &mut Record) {
        record.part = match record.part {
            Part::Request => Part::Whole,
            _ => Part::Response,
        };
        match &mut record.call {
            Some(call) => {
                call.response_id = self.call.response_id;
                call.response_model = self.call.response_model;
                call.finish_reasons = self.call.finish_reasons;
                call.usage = self.call.usage;
            }
            call @ None => *call = Some(self.call),
        }
        record.content.extend(self.content);
        record.attributes.extend(self.attributes);
        problem::keep("response.problems", &self.problems, record);
        if self.truncated {
            record.attributes.insert("response.truncated".to_owned(), true.into());
        }
        if let Some(error) = self.error {
            record.status.ok = Some(false);
            record.status.error_type = error.code.or(error.kind);
            record.status.message = error.message;
        }
    }
}

/// Reads an answer that is JSON already.
pub(crate) fn read_answer(
    dialect: Dialect,
    endpoint: Endpoint,
    mut fields: Fields,
) -> ParsedAnswer {
    let mut answer = ParsedAnswer::empty(dialect, endpoint);
    let mut out = Collector::new(Direction::Output);
    answer.error = take_error(&mut fields);
    read_facts(&mut fields, &mut answer, &mut out);
    read_content(&mut fields, &mut answer, &mut out);
    // Who asked is known from the request; the answers of some APIs repeat all of it.
    fields.retain(|name, _| !REPEATED.contains(&name.as_str()));
    take_rest("response.", fields, &mut answer.attributes);
    answer.content = out.segments;
    answer.problems = out.problems.into_list();
    answer
}

/// Fields that repeat the request, or say only what kind of body this is.
const REPEATED: [&str; 28] = [
    "background",
    "created",
    "created_at",
    "instructions",
    "input",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "object",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "role",
    "safety_identifier",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "type",
    "user",
    "completed_at",
];

fn read_facts(fields: &mut Fields, answer: &mut ParsedAnswer, out: &mut Collector) {
    let root = Place::root("");
    let call = &mut answer.call;
    call.response_id = take_text(fields, "id", &root, &mut out.problems);
    call.response_model = take_text(fields, "model", &root, &mut out.problems);
    if let Some(usage) = fields.remove("usage") {
        call.usage = usage_of(&usage);
        let anthropic_tier = usage.get("service_tier").and_then(Value::as_str);
        if let Some(tier) = anthropic_tier {
            answer.attributes.insert("response.service_tier".to_owned(), tier.into());
        }
    }
    for (wire, name) in [
        ("service_tier", "openai.response.service_tier"),
        ("system_fingerprint", "openai.response.system_fingerprint"),
    ] {
        if let Some(value) = fields.remove(wire).filter(|value| !value.is_null()) {
            answer.attributes.insert(name.to_owned(), small(value));
        }
    }
}

fn read_content(fields: &mut Fields, answer: &mut ParsedAnswer, out: &mut Collector) {
    let has = |name: &str| fields.contains_key(name);
    let call = &mut answer.call;
    if has("choices") {
        call.finish_reasons = openai::chat::read_choices(fields, out);
    } else if has("output") {
        openai::responses::read_output(fields, out);
        call.finish_reasons.extend(openai::responses::take_finish_reason(fields));
    } else if has("content") && (has("stop_reason") || has("role")) {
        anthropic::messages::read_answer(fields, out);
        let reason = take_text(fields, "stop_reason", &Place::root(""), &mut out.problems);
        call.finish_reasons.extend(reason);
    } else if has("input_tokens") {
        call.usage = usage_of(&Value::Object(std::mem::take(fields)));
    } else if has("data") {
        read_data(fields, answer, out);
    }
}

/// Vectors of the embeddings API, which are counted, or pictures of the images API.
fn read_data(fields: &mut Fields, answer: &mut ParsedAnswer, out: &mut Collector) {
    let vectors = openai::embeddings::count(fields.get("data").unwrap_or(&Value::Null));
    if vectors.is_empty() {
        read_images(fields, out);
    } else {
        fields.remove("data");
        answer.attributes.extend(vectors);
    }
}

/// Pictures of the images API.
fn read_images(fields: &mut Fields, out: &mut Collector) {
    let voice = Voice::of(0, Role::Assistant);
    let items = take_items(fields, "data", &Place::root(""), &mut out.problems);
    let is_image = |item: &Value| item.get("b64_json").or_else(|| item.get("url")).is_some();
    if !items.iter().any(is_image) {
        fields.insert("data".to_owned(), Value::Array(items));
        return;
    }
    for item in items {
        let attachment = Attachment { modality: Modality::Image, mime_type: None };
        let text = |name: &str| item.get(name).and_then(Value::as_str);
        if let Some(data) = text("b64_json") {
            out.put(voice, attachment.inline(data));
        } else if let Some(url) = text("url") {
            out.put(voice, attachment.url(url.to_owned()));
        }
        if let Some(prompt) = text("revised_prompt") {
            out.put(voice, Body::Text { content: prompt.to_owned() });
        }
    }
}

/// Takes `{error: {type, code, message}}` or `{error: text}`, of either provider.
pub(super) fn take_error(fields: &mut Fields) -> Option<AnswerError> {
    match fields.remove("error")? {
        Value::Object(error) => Some(AnswerError {
            kind: text_of(&error, "type"),
            code: text_of(&error, "code"),
            message: text_of(&error, "message"),
        }),
        Value::String(message) => {
            Some(AnswerError { message: Some(message), ..AnswerError::default() })
        }
        Value::Null => None,
        other => {
            let message = Some(small(other).to_string());
            Some(AnswerError { message, ..AnswerError::default() })
        }
    }
}

/// A text, or a number as one: gateways write numeric codes.
fn text_of(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
