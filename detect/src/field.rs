//! The fields of events: one table, for rules, for `plainsight rules lint` and for docs/rules.md.

use crate::category::Category;

/// The type of a field's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// Texts, of which any may match.
    Texts,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// Whatever the source says.
    Any,
}

impl Type {
    /// The name in the reference.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Texts => "list of texts",
            Self::Number => "number",
            Self::Flag => "true or false",
            Self::Any => "any",
        }
    }
}

/// Which events have a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On {
    /// Every event, where the record says it.
    Every,
    /// Events of these categories.
    These(&'static [Category]),
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name. One that ends in a dot stands for all that begin so.
    pub name: &'static str,
    /// The type of its values.
    pub kind: Type,
    /// What it says, in a line.
    pub meaning: &'static str,
    /// Whether it may hold what somebody said, which no alert may repeat.
    pub content: bool,
    pub(crate) on: On,
}

const fn every(name: &'static str, kind: Type, meaning: &'static str) -> Field {
    Field { name, kind, meaning, content: false, on: On::Every }
}

const fn said(name: &'static str, kind: Type, meaning: &'static str) -> Field {
    Field { name, kind, meaning, content: true, on: On::Every }
}

const fn on(
    these: &'static [Category],
    name: &'static str,
    kind: Type,
    meaning: &'static str,
) -> Field {
    Field { name, kind, meaning, content: false, on: On::These(these) }
}

const fn said_on(
    these: &'static [Category],
    name: &'static str,
    kind: Type,
    meaning: &'static str,
) -> Field {
    Field { name, kind, meaning, content: true, on: On::These(these) }
}

use Category::{
    Access, Alert, Attachment, Evaluation, LlmRequest, LlmResponse, Message, Retrieval, ToolCall,
    ToolDefinition, ToolResult,
};
use Type::{Any, Flag, Number, Text, Texts};

const CALLS: &[Category] = &[LlmRequest, LlmResponse];
const TOOLS: &[Category] = &[LlmRequest, LlmResponse, ToolCall, ToolResult, ToolDefinition];
const TEXTS: &[Category] =
    &[LlmRequest, LlmResponse, Message, ToolCall, ToolResult, ToolDefinition, Retrieval];
const SEGMENTS: &[Category] = &[Message, ToolCall, ToolResult, Retrieval, Attachment];

/// Every field, in the order of the reference.
pub(crate) const FIELDS: &[Field] = &[
    every("plainsight.index", Number, "Index of the record in the ledger"),
    every("plainsight.kind", Text, "Kind of the record: `interaction`, `tool_call`, `sign_in`, …"),
    every("plainsight.part", Text, "Part of the call: `whole`, `request`, `response` or `content`"),
    every(
        "plainsight.door",
        Text,
        "Door it came through: `proxy`, `otlp`, `events`, `import` or `plainsight`",
    ),
    every("plainsight.dialect", Text, "Dialect that was recognised"),
    every(
        "plainsight.inspection",
        Text,
        "`complete`, or `partial` where something was not inspected and not kept",
    ),
    every("plainsight.tenant", Text, "Tenant"),
    every("service.name", Text, "Service that sent it, or the upstream's name"),
    every("timestamp", Text, "Event time, RFC 3339, UTC"),
    every("duration_ms", Number, "How long it took, milliseconds"),
    every("trace_id", Text, "Trace"),
    every("span_id", Text, "Span"),
    every("parent_span_id", Text, "Span that caused it"),
    every("span.name", Text, "Name of the span, log event or metric"),
    every("status.ok", Flag, "Whether it ended well, where the source says so"),
    every("error.type", Text, "Type of the error"),
    said("error.message", Text, "Text of the error"),
    every("user.id", Text, "Pseudonym of the user"),
    every(
        "user.identified_by",
        Text,
        "How the user was found: `nobody`, `token`, `header`, `request`, `telemetry` or `system`",
    ),
    every("user.roles", Texts, "Roles of the user"),
    every("session.id", Text, "Session or conversation"),
    every("gen_ai.agent.name", Text, "Agent, by name or id"),
    every("api_key", Text, "Pseudonym of the key that was presented (`key_…`)"),
    every("client.address", Text, "Pseudonym of the client's address (`ip_…`)"),
    every("user_agent.original", Text, "Software of the client"),
    every("gen_ai.operation.name", Text, "`chat`, `embeddings`, `execute_tool`, …"),
    every("gen_ai.provider.name", Text, "Provider of the model"),
    every("gen_ai.request.model", Text, "Model that was asked for"),
    every("gen_ai.response.model", Text, "Model that answered"),
    every("gen_ai.response.id", Text, "Id of the answer"),
    every("gen_ai.response.finish_reasons", Texts, "Why the answer ended, in the provider's words"),
    every("gen_ai.request.stream", Flag, "Whether the answer was streamed"),
    every("gen_ai.request.", Any, "Parameter of the request: `temperature`, `max_tokens`, …"),
    every("gen_ai.usage.input_tokens", Number, "Tokens that went in, cached ones included"),
    every("gen_ai.usage.output_tokens", Number, "Tokens that came out, reasoning included"),
    every("gen_ai.usage.cache_read.input_tokens", Number, "Tokens read from a cache"),
    every("gen_ai.usage.cache_write.input_tokens", Number, "Tokens written to a cache"),
    every("gen_ai.usage.reasoning.output_tokens", Number, "Tokens of reasoning"),
    every("time_to_first_chunk_ms", Number, "Time to the first piece of the answer, milliseconds"),
    every("server.address", Text, "Address of the upstream, with its port"),
    every("http.request.method", Text, "Method of the exchange"),
    every("url.path", Text, "Path of the exchange"),
    every("http.response.status_code", Number, "Status of the exchange"),
    every("http.request.body.size", Number, "Bytes of the request's body"),
    every("http.response.body.size", Number, "Bytes of the answer's body"),
    every(
        "http.outcome",
        Text,
        "`complete`, `client_disconnected`, `upstream_disconnected`, `upstream_unreachable`, `upstream_timeout` or `refused`",
    ),
    every("http.truncated", Flag, "Whether a body was larger than what is recorded"),
    every("event.action", Text, "What was done: `login`, `role.grant`, `thumbs_down`, …"),
    every("event.outcome", Text, "`success`, `failure`, `denied` or `unknown`"),
    every("event.target", Text, "What it was done to"),
    said("event.reason", Text, "Why, as the source says it"),
    on(&[Evaluation], "gen_ai.evaluation.name", Text, "What was judged"),
    on(&[Evaluation], "gen_ai.evaluation.score.value", Number, "Score of the evaluation"),
    on(&[Evaluation], "gen_ai.evaluation.score.label", Text, "Score of the evaluation, in words"),
    said_on(&[Evaluation], "gen_ai.evaluation.explanation", Text, "Why it was judged so"),
    every(
        "finding.type",
        Texts,
        "Types of sensitive values that were taken out: `EMAIL_ADDRESS`, `SECRET`, …",
    ),
    every("finding.subtype", Texts, "Their exact kinds: `openai-api-key`, `jwt`, …"),
    every("finding.count", Number, "How many sensitive values were taken out"),
    every(
        "signal.name",
        Texts,
        "Signs of an attack: `instruction_override`, `exfiltration_link`, …; `classifier` is what the built-in classifier says or, where it is surer, that of `detect.classifier`",
    ),
    every("signal.score", Number, "Weight of the strongest sign, 0 to 1"),
    every("attack.score", Number, "All signs together, 0 to 1"),
    said_on(
        TEXTS,
        "content",
        Texts,
        "The text. Of a call: the new texts of its side; of a tool call: its arguments, of a tool definition: the definition, as JSON",
    ),
    on(TEXTS, "content.length", Number, "Length of the text, code points"),
    on(CALLS, "message.count", Number, "Messages of this side, repeated ones included"),
    on(CALLS, "tool.count", Number, "Tools that were offered (request) or called (answer)"),
    on(&[LlmRequest], "tool.offered", Texts, "Names of the tools that were offered"),
    on(
        TOOLS,
        "gen_ai.tool.name",
        Texts,
        "Name of the tool; of an answer: names of the tools that it calls",
    ),
    on(&[ToolCall, ToolResult], "gen_ai.tool.call.id", Text, "Id of the tool call"),
    said_on(&[ToolCall], "gen_ai.tool.call.arguments", Text, "Arguments of the tool call, as JSON"),
    said_on(
        &[ToolCall],
        "tool.argument.",
        Any,
        "Value in the arguments, by its path; positions in lists are left out",
    ),
    said_on(&[ToolCall], "tool.argument.value", Texts, "Every value in the arguments"),
    on(
        &[ToolCall],
        "tool.executed",
        Flag,
        "`true` where the tool was executed, `false` where the model asked for it",
    ),
    on(&[ToolResult], "tool.is_error", Flag, "Whether the tool reported an error"),
    said_on(
        &[ToolDefinition],
        "gen_ai.tool.description",
        Text,
        "What the model is told of the tool",
    ),
    on(SEGMENTS, "message.role", Text, "`system`, `user`, `assistant`, `tool` or `other`"),
    on(
        SEGMENTS,
        "message.origin",
        Text,
        "Where the text is from: `system`, `user`, `assistant`, `tool`, `retrieved`, `memory` or `agent`",
    ),
    on(SEGMENTS, "message.direction", Text, "`input` (into the model) or `output`"),
    on(SEGMENTS, "message.index", Number, "Ordinal of the message within its direction, from 0"),
    on(SEGMENTS, "message.author", Text, "Name of the author, where the dialect has one"),
    on(&[Message], "message.type", Text, "`text`, `reasoning`, `refusal` or `other`"),
    on(&[Retrieval], "document.id", Text, "Id of the document"),
    on(&[Retrieval], "document.score", Number, "Similarity of the document"),
    on(&[Retrieval], "document.count", Number, "Documents that the retrieval gave"),
    on(&[Retrieval], "document.metadata.", Any, "What else is known of the document, by its path"),
    on(&[Attachment], "attachment.modality", Text, "`image`, `audio`, `video` or `document`"),
    on(&[Attachment], "attachment.mime_type", Text, "Media type"),
    on(&[Attachment], "attachment.size", Number, "Size, bytes"),
    on(&[Attachment], "attachment.hash", Text, "Keyed hash of the bytes"),
    said_on(&[Attachment], "attachment.uri", Text, "Where it lies"),
    on(&[Access], "rows", Number, "How many rows or records were read"),
    on(&[Alert], "alert.id", Text, "Id of the alert"),
    on(&[Alert], "alert.rule.id", Text, "Id of the rule that raised it"),
    on(&[Alert], "alert.rule.title", Text, "Title of that rule"),
    on(&[Alert], "alert.severity", Text, "`informational`, `low`, `medium`, `high` or `critical`"),
    on(&[Alert], "alert.score", Number, "How sure it is, 0 to 1"),
    on(&[Alert], "alert.tags", Texts, "Tags of the rule"),
    on(&[Alert], "alert.count", Number, "How often it was seen"),
];

/// Beginnings of names that attributes have and the table does not list.
const ATTRIBUTES: &[&str] = &[
    "resource.",
    "scope.",
    "mcp.",
    "app.",
    "aws.",
    "azure.",
    "gcp.",
    "openai.",
    "gen_ai.security.",
    "gen_ai.guardrail.",
    "cloud.",
    "db.",
    "deployment.",
    "exception.",
    "host.",
    "k8s.",
    "network.",
    "process.",
    "rpc.",
];

/// The field that `name` means.
pub fn field(name: &str) -> Option<&'static Field> {
    let exact = FIELDS.iter().find(|field| field.name == name);
    exact.or_else(|| {
        FIELDS.iter().find(|field| {
            field.name.ends_with('.')
                && name.len() > field.name.len()
                && name.starts_with(field.name)
        })
    })
}

/// Whether `name` is that of a field, or begins as attributes do.
pub(crate) fn is_known(name: &str) -> bool {
    field(name).is_some() || ATTRIBUTES.iter().any(|start| name.starts_with(start))
}

/// The field whose name is most like `name`, where one is like it.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    nearest_of(name, FIELDS.iter().map(|field| field.name).filter(|name| !name.ends_with('.')))
}

/// The text of `known` that is most like `name`, where one is like it.
pub(crate) fn nearest_of<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::{field, is_known, nearest};

    #[test]
    fn names_are_found() {
        assert_eq!(field("gen_ai.request.temperature").unwrap().name, "gen_ai.request.");
        assert_eq!(field("gen_ai.request.model").unwrap().name, "gen_ai.request.model");
        assert!(field("gen_ai.request.").unwrap().name.ends_with('.'));
        assert!(is_known("mcp.method.name"));
        assert!(!is_known("user.idd"));
        assert_eq!(nearest("user.idd"), Some("user.id"));
        assert_eq!(nearest("zzzz"), None);
    }
}
