//! What was said: messages as a list of segments, each with its origin.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A piece of a message, with where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Whether it went into the model or came out of it.
    pub direction: Direction,
    /// Ordinal of its message within its direction, from 0. Segments of one message share it.
    pub message: u32,
    /// The role of its message, as the dialect says it.
    pub role: Role,
    /// Where the text came from, and so how far it can be trusted.
    pub origin: Origin,
    /// `name` of the message's author, where the dialect has one.
    #[serde(default, rename = "author", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The content itself.
    #[serde(flatten)]
    pub body: Body,
}

/// Into the model, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// `gen_ai.input.messages`; for a tool call, its arguments.
    Input,
    /// `gen_ai.output.messages`; for a tool call, its result.
    Output,
}

/// A message's role (`gen_ai` message schema).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Instructions of the application (`system`, `developer`).
    System,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// A tool's answer.
    Tool,
    /// Any other role a dialect has.
    Other,
}

impl Role {
    /// The role that a dialect calls `name`.
    pub fn parse(name: &str) -> Self {
        match name {
            "system" | "developer" => Self::System,
            "user" | "human" => Self::User,
            "assistant" | "model" | "ai" => Self::Assistant,
            "tool" | "function" => Self::Tool,
            _ => Self::Other,
        }
    }

    /// The origin of a segment in a message of this role, when nothing more exact is known.
    pub const fn origin(self) -> Origin {
        match self {
            Self::System => Origin::System,
            Self::User | Self::Other => Origin::User,
            Self::Assistant => Origin::Assistant,
            Self::Tool => Origin::Tool,
        }
    }

    /// The name in records and views.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Other => "other",
        }
    }
}

/// Where a segment came from: an instruction in a tool's answer is not one from the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The application's own instructions.
    System,
    /// The person using the application.
    #[default]
    User,
    /// The model.
    Assistant,
    /// The answer of a tool.
    Tool,
    /// A document that was looked up.
    Retrieved,
    /// The agent's memory.
    Memory,
    /// Another agent.
    Agent,
}

impl Origin {
    /// The name in records, views and `scan`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Retrieved => "retrieved",
            Self::Memory => "memory",
            Self::Agent => "agent",
        }
    }
}

/// The content of a segment: the part types of the OpenTelemetry GenAI message schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Body {
    /// Plain text.
    Text {
        /// The text.
        content: String,
    },
    /// The model's reasoning, where the provider shows it.
    Reasoning {
        /// The text.
        content: String,
    },
    /// The model declined (`refusal` of the OpenAI dialects).
    Refusal {
        /// The text.
        content: String,
    },
    /// A tool that the model asked for, or that was executed.
    ToolCall {
        /// The call's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The tool's name.
        name: String,
        /// Its arguments: parsed JSON, or the text as received where it does not parse.
        arguments: Value,
    },
    /// What a tool answered (`tool_call_response`).
    ToolResult {
        /// The call's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The tool's name, where the dialect says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Its answer.
        result: Value,
        /// Whether the tool reported an error.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_error: bool,
    },
    /// A document that retrieval gave (`gen_ai.retrieval.documents`).
    Document {
        /// The document's id.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// The similarity score.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        score: Option<f64>,
        /// The text.
        content: String,
        /// What else is known of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        metadata: Option<Value>,
    },
    /// Bytes that are kept by hash and size only.
    Blob(Blob),
    /// Content that lies elsewhere (`file`, `uri`).
    Reference {
        /// What it is.
        modality: Modality,
        /// Its media type.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mime_type: Option<String>,
        /// A file id or a URI.
        uri: String,
    },
    /// A part type without one of its own here (GenericPart).
    Other {
        /// The dialect's name of the type.
        name: String,
        /// Its value.
        value: Value,
    },
}

/// An image, a recording or another attachment, by hash and size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    /// What it is.
    pub modality: Modality,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
    /// Size in bytes, decoded.
    pub size: u64,
    /// SHA-256 of the decoded bytes, hexadecimal. Keyed by the recorder before it is kept, since
    /// the plain hash of a known picture would identify it.
    pub hash: String,
}

/// The kind of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// A picture.
    Image,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// A document, or anything else.
    Document,
}
