//! The facts of a model call, and of the HTTP exchange that carried it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call of a model (`gen_ai.*`). Durations are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Call {
    /// `gen_ai.operation.name`: `chat`, `embeddings`, `text_completion`, `execute_tool`, …
    pub operation: String,
    /// `gen_ai.provider.name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// `gen_ai.request.model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_model: Option<String>,
    /// `gen_ai.response.model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_model: Option<String>,
    /// `gen_ai.response.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_id: Option<String>,
    /// `gen_ai.response.finish_reasons`, in the provider's own words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub finish_reasons: Vec<String>,
    /// `gen_ai.request.stream`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    /// Token counts.
    #[serde(skip_serializing_if = "Usage::is_empty")]
    pub usage: Usage,
    /// `gen_ai.response.time_to_first_chunk`, nanoseconds after the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_first_chunk: Option<u64>,
    /// Other request parameters by their OpenTelemetry name less `gen_ai.request.`:
    /// `temperature`, `max_tokens`, …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// `gen_ai.tool.definitions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_definitions: Vec<Value>,
    /// `server.address` with its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_address: Option<String>,
}

/// Token counts (`gen_ai.usage.*`). Input includes cached, output includes reasoning tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// `input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// `output_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// `cache_read.input_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read_tokens: Option<u64>,
    /// `cache_write.input_tokens` (`cache_creation` before 1.42).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write_tokens: Option<u64>,
    /// `reasoning.output_tokens`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
}

impl Usage {
    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The HTTP exchange that carried a call through the proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Exchange {
    /// `http.request.method`.
    pub method: String,
    /// `url.path`, with the query's values redacted.
    pub path: String,
    /// `http.response.status_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `network.protocol.version` of the client's side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// `http.request.body.size`, bytes seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_bytes: Option<u64>,
    /// `http.response.body.size`, bytes forwarded, as encoded on the wire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_bytes: Option<u64>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Set when a body was larger than the recording limit, so that only its beginning was kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

/// How a proxied exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both bodies ended as they should.
    Complete,
    /// The client went away before the answer ended.
    ClientDisconnected,
    /// The upstream broke the answer off.
    UpstreamDisconnected,
    /// The upstream could not be reached.
    UpstreamUnreachable,
    /// The upstream did not answer in time.
    UpstreamTimeout,
    /// Plainsight refused the call itself, for instance because it could not be recorded.
    Refused,
}
