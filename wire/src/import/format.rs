//! Whose export a file is.
//!
//! It does not read the records.

use serde_json::Value;

use super::split::{Piece, Splitter};
use crate::json;

/// A kind of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Logs of requests to OpenAI's API, batch files, stored completions.
    OpenAi,
    /// The same of Anthropic's.
    Anthropic,
    /// Langfuse: traces and observations.
    Langfuse,
    /// LiteLLM: logging payloads and spend logs.
    LiteLlm,
    /// Records of Plainsight.
    Native,
    /// OTLP in JSON, as the Collector's file exporter writes it.
    OtlpJson,
}

impl Format {
    /// Every format, in the order in which they are tried.
    pub const ALL: [Self; 6] = [
        Self::Native,
        Self::OtlpJson,
        Self::LiteLlm,
        Self::Langfuse,
        Self::Anthropic,
        Self::OpenAi,
    ];

    /// The name on the command line and in `source.dialect`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Langfuse => "langfuse",
            Self::LiteLlm => "litellm",
            Self::Native => "native",
            Self::OtlpJson => "otlp",
        }
    }

    /// The format called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// The format of a file that begins like this; a few lines are enough, and the last may be cut.
    pub fn detect(begin: &[u8]) -> Option<Self> {
        let mut found = None;
        let mut splitter = Splitter::new(begin.len());
        let mut look = |piece: Piece<'_>| {
            if let (None, Piece::Record { bytes, .. }) = (found, piece)
                && let Ok(parsed) = json::parse(bytes)
            {
                found = Self::of(&parsed.value);
            }
        };
        splitter.push(begin, &mut look);
        splitter.finish(&mut look);
        found
    }

    /// The format of one record.
    fn of(value: &Value) -> Option<Self> {
        if let Some(Value::Array(items)) = value.get("data").or_else(|| value.get("batch")) {
            return Self::of(items.first()?);
        }
        Self::ALL.into_iter().find(|format| format.matches(value))
    }

    fn matches(self, value: &Value) -> bool {
        let has = |name: &str| value.get(name).is_some();
        let any = |names: &[&str]| names.iter().any(|name| has(name));
        match self {
            Self::Native => {
                has("version") && has("kind") && has("source") || has("record") && has("log_time")
            }
            Self::OtlpJson => any(&["resourceSpans", "resourceLogs", "resourceMetrics"]),
            Self::LiteLlm => {
                has("call_type") && any(&["startTime", "response_cost", "spend"])
                    || any(&["litellm_call_id", "standard_logging_object", "custom_llm_provider"])
            }
            Self::Langfuse => is_langfuse(value),
            Self::Anthropic => is_anthropic(value),
            Self::OpenAi => any(&[
                "request", "response", "body", "messages", "choices", "prompt", "input", "output",
            ]),
        }
    }
}

fn is_langfuse(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    let is_observation = (has("traceId") || has("trace_id"))
        && (has("type") || has("startTime") || has("start_time"));
    let is_trace = has("id")
        && has("timestamp")
        && ["projectId", "project_id", "htmlPath", "observations", "sessionId", "session_id"]
            .iter()
            .any(|name| has(name));
    let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
    is_observation || is_trace || has("body") && kind.ends_with("-create")
}

fn is_anthropic(value: &Value) -> bool {
    if value.get("params").is_some() || value.get("result").is_some() {
        return value.get("custom_id").is_some();
    }
    let body = |name: &str| {
        let part = value.get(name)?;
        Some(part.get("body").filter(|body| body.is_object()).unwrap_or(part))
    };
    let is_message = |answer: &Value| {
        answer.get("type").is_some_and(|kind| kind == "message") && answer.get("content").is_some()
    };
    let is_claude = |request: &Value| {
        request.get("model").and_then(Value::as_str).is_some_and(|name| name.starts_with("claude"))
    };
    let url = ["url", "path"].iter().find_map(|name| value.get(name)?.as_str());
    is_message(value)
        || is_claude(value)
        || body("response").is_some_and(is_message)
        || body("request").is_some_and(is_claude)
        || url.is_some_and(|url| url.contains("/v1/messages"))
}
