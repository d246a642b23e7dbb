//! A record: anything that happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Actor, Alert, Call, Event, Exchange, Finding, Fingerprint, Inspection, Sealed, SealedOriginal,
    Segment, Signal, SpanId, TenantId, Timestamp, TraceId,
};

/// A record as a door read it, before inspection. Nothing may keep it.
pub type Observation = Sealed<Record>;

/// Anything that happened: a model call or a part of one, a tool call, a sign-in, a change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Version of this schema: 1.
    pub version: u16,
    /// What it is.
    pub kind: Kind,
    /// Which part of a call it is.
    #[serde(skip_serializing_if = "Part::is_whole")]
    pub part: Part,
    /// Whose it is.
    pub tenant: TenantId,
    /// Which door it came through.
    pub source: Source,
    /// When it happened.
    pub time: Timestamp,
    /// How long it took, nanoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// The trace it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<TraceId>,
    /// Its span. Parts of one call share trace and span.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_id: Option<SpanId>,
    /// The span that caused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_span_id: Option<SpanId>,
    /// The span's, log event's or metric's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it ended.
    #[serde(skip_serializing_if = "Status::is_unset")]
    pub status: Status,
    /// Who acted.
    pub actor: Actor,
    /// The model call's facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The HTTP exchange, for proxied traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Exchange>,
    /// The event's facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The alarm, in a record of kind alert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<Box<Alert>>,
    /// What was said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub content: Vec<Segment>,
    /// Ledger index of an earlier part of the same call that has the same content, which is then
    /// not repeated here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_at: Option<u64>,
    /// Attributes that have no field of their own, by their name on the wire. Those of the OTLP
    /// resource and scope begin with `resource.` and `scope.`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// What inspection found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Signs of an attack that inspection saw.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// Whether everything was inspected.
    pub inspection: Inspection,
    /// Originals kept by a `seal` policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<SealedOriginal>,
    /// Keyed fingerprint of tenant, source, trace, span, kind, part and raw content: its identity
    /// for [once](crate::Record#structfield.fingerprint) within 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
}

/// What a record is. The names are the `kind` values of the `records` view.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A call of a model: prompt and answer.
    Interaction,
    /// An execution of a tool.
    ToolCall,
    /// A retrieval (RAG).
    Retrieval,
    /// An embedding.
    Embedding,
    /// A read or write of an agent's memory.
    Memory,
    /// A step of an agent: `create_agent`, `invoke_agent`, `plan`.
    Agent,
    /// A workflow or chain around other steps.
    Workflow,
    /// A message between agents.
    AgentMessage,
    /// A guardrail's verdict.
    Guardrail,
    /// An exchange that passed the proxy on a path without a dialect.
    Exchange,
    /// Any other span.
    #[default]
    Span,
    /// Any other log record.
    Log,
    /// A metric.
    Metric,
    /// A sign-in, a sign-out, a token's life.
    SignIn,
    /// A change of an account.
    Account,
    /// A permission asked for, granted or denied.
    Authorization,
    /// A person's opinion of an answer.
    Feedback,
    /// An evaluation's result.
    Evaluation,
    /// A change of a configuration.
    Configuration,
    /// Use of resources.
    Resource,
    /// What Plainsight did itself: started, stopped, lost a disk, saw a clock jump.
    System,
    /// A person read the record.
    Access,
    /// An alarm.
    Alert,
    /// A record was cleaned or erased after the fact.
    Amendment,
}

impl Kind {
    /// The name in records, views and the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Interaction => "interaction",
            Self::ToolCall => "tool_call",
            Self::Retrieval => "retrieval",
            Self::Embedding => "embedding",
            Self::Memory => "memory",
            Self::Agent => "agent",
            Self::Workflow => "workflow",
            Self::AgentMessage => "agent_message",
            Self::Guardrail => "guardrail",
            Self::Exchange => "exchange",
            Self::Span => "span",
            Self::Log => "log",
            Self::Metric => "metric",
            Self::SignIn => "sign_in",
            Self::Account => "account",
            Self::Authorization => "authorization",
            Self::Feedback => "feedback",
            Self::Evaluation => "evaluation",
            Self::Configuration => "configuration",
            Self::Resource => "resource",
            Self::System => "system",
            Self::Access => "access",
            Self::Alert => "alert",
            Self::Amendment => "amendment",
        }
    }

    /// The kind called `name`.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(Value::String(name.to_owned())).ok()
    }

    /// The class that the ledger's leaf shows in the clear, for retention.
    pub const fn class(self) -> Class {
        match self {
            Self::Interaction
            | Self::ToolCall
            | Self::Retrieval
            | Self::Embedding
            | Self::Memory
            | Self::Agent
            | Self::Workflow
            | Self::AgentMessage
            | Self::Guardrail
            | Self::Exchange => Class::Traffic,
            Self::Span | Self::Log | Self::Metric | Self::Resource => Class::Telemetry,
            Self::SignIn
            | Self::Account
            | Self::Authorization
            | Self::Feedback
            | Self::Evaluation
            | Self::Configuration => Class::Event,
            Self::System | Self::Access | Self::Alert | Self::Amendment => Class::System,
        }
    }
}

/// A retention class, shown in the leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Class {
    /// Model traffic and tool calls.
    Traffic = 1,
    /// Other spans, logs and metrics.
    Telemetry = 2,
    /// Sign-ins, grants, feedback, changes.
    Event = 3,
    /// What Plainsight did itself.
    System = 4,
}

/// Which part of a call a record is. Parts are never edited; the store folds them into one row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// All of it.
    #[default]
    Whole,
    /// What went to the model, recorded when it was forwarded.
    Request,
    /// What came back, recorded when it ended or broke off.
    Response,
    /// Content that arrived apart from its span, in a log event.
    Content,
}

impl Part {
    /// Whether the record is complete in itself.
    pub const fn is_whole(&self) -> bool {
        matches!(self, Self::Whole)
    }

    /// The name in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Request => "request",
            Self::Response => "response",
            Self::Content => "content",
        }
    }
}

/// Which door a record came through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The door.
    pub door: Door,
    /// `service.name` of the sender, or the name of the upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The dialect that was recognised: `otel`, `openllmetry`, `openinference`, `openai`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<String>,
}

/// A way in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// The recording proxy.
    Proxy,
    /// OTLP, gRPC or HTTP.
    Otlp,
    /// The events API.
    Events,
    /// `plainsight import`.
    Import,
    /// Plainsight itself.
    #[default]
    Plainsight,
}

impl Door {
    /// The name in records and views.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::Otlp => "otlp",
            Self::Events => "events",
            Self::Import => "import",
            Self::Plainsight => "plainsight",
        }
    }
}

/// How something ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Status {
    /// Whether it failed: `None` where the source does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// `error.type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_type: Option<String>,
    /// The error's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Status {
    /// Whether nothing is said.
    pub fn is_unset(&self) -> bool {
        *self == Self::default()
    }
}

/// A record at its place in the ledger, as readers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// Its index: its address for ever.
    pub index: u64,
    /// When it was appended. Monotone.
    pub log_time: Timestamp,
    /// The record.
    pub record: Record,
}
