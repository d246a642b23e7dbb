//! The categories of events (`logsource.category`).

use model::Kind;

/// What an event is about. A rule names the one that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Category {
    /// The request of a model call.
    LlmRequest,
    /// The answer of a model call.
    LlmResponse,
    /// A text, a piece of reasoning, a refusal.
    Message,
    /// A tool that was asked for or executed.
    ToolCall,
    /// A tool's answer.
    ToolResult,
    /// A tool that the model was told of.
    ToolDefinition,
    /// A document that was looked up.
    Retrieval,
    /// Bytes or a reference.
    Attachment,
    /// An embedding.
    Embedding,
    /// A read or write of memory.
    Memory,
    /// A step of an agent or workflow, a message between agents.
    AgentStep,
    /// A guardrail's verdict.
    Guardrail,
    /// A sign-in.
    Authentication,
    /// A change of an account.
    Account,
    /// A permission asked for, granted or denied.
    Authorization,
    /// A person's opinion.
    Feedback,
    /// An evaluation's result.
    Evaluation,
    /// A change of a configuration.
    Configuration,
    /// Use of resources.
    Resource,
    /// An HTTP exchange on a path without a dialect.
    Http,
    /// Any other span.
    Span,
    /// Any other log record.
    Log,
    /// A metric.
    Metric,
    /// What Plainsight did itself.
    System,
    /// A person read the record.
    Access,
    /// An alarm.
    Alert,
    /// A record was cleaned or erased.
    Amendment,
}

/// Every category, its name in rules, and what it has one event for.
const ALL: [(Category, &str, &str); 27] = [
    (Category::LlmRequest, "llm_request", "model call, its request"),
    (Category::LlmResponse, "llm_response", "model call, its answer"),
    (Category::Message, "message", "text, reasoning, refusal or other part, in either direction"),
    (Category::ToolCall, "tool_call", "tool call that a model asked for, or that was executed"),
    (Category::ToolResult, "tool_result", "answer of a tool"),
    (Category::ToolDefinition, "tool_definition", "tool that a model was told of"),
    (
        Category::Retrieval,
        "retrieval",
        "document that was looked up; one without document fields where none was found",
    ),
    (Category::Attachment, "attachment", "attachment, by hash and size, or reference"),
    (Category::Embedding, "embedding", "embedding"),
    (Category::Memory, "memory", "read or write of an agent's memory"),
    (Category::AgentStep, "agent_step", "step of an agent or workflow, message between agents"),
    (Category::Guardrail, "guardrail", "verdict of a guardrail"),
    (Category::Authentication, "authentication", "sign-in, sign-out, token"),
    (Category::Account, "account", "change of an account"),
    (Category::Authorization, "authorization", "permission asked for, granted or denied"),
    (Category::Feedback, "feedback", "opinion of an answer"),
    (Category::Evaluation, "evaluation", "result of an evaluation"),
    (Category::Configuration, "configuration", "change of a configuration"),
    (Category::Resource, "resource", "use of resources"),
    (Category::Http, "http", "exchange that passed the proxy on a path without a dialect"),
    (Category::Span, "span", "other span"),
    (Category::Log, "log", "other log record"),
    (Category::Metric, "metric", "metric"),
    (Category::System, "system", "thing that Plainsight did or noticed itself"),
    (Category::Access, "access", "reading of the record by a person"),
    (Category::Alert, "alert", "alarm, and each update of its count"),
    (Category::Amendment, "amendment", "record that was cleaned or erased"),
];

impl Category {
    /// Every category.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.iter().map(|(category, ..)| *category)
    }

    /// Its place in [`Category::all`].
    pub(crate) const fn position(self) -> usize {
        self as usize
    }

    /// The name in rules.
    pub fn as_str(self) -> &'static str {
        ALL.get(self.position()).map_or("", |(_, name, _)| name)
    }

    /// What it has one event for.
    pub(crate) fn meaning(self) -> &'static str {
        ALL.get(self.position()).map_or("", |(.., meaning)| meaning)
    }

    /// The category called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|category| category.as_str() == name)
    }

    /// Whether a rule without a category sees its events. What Plainsight says of itself is only
    /// seen by rules that ask for it, so that an alarm cannot raise the next.
    pub(crate) const fn is_seen_by_all(self) -> bool {
        !matches!(self, Self::System | Self::Access | Self::Alert)
    }

    /// The category of the event that stands for a whole record of `kind`; none where the events
    /// of its content stand for it.
    pub(crate) const fn of(kind: Kind) -> Option<Self> {
        Some(match kind {
            Kind::Interaction | Kind::ToolCall | Kind::Retrieval => return None,
            Kind::Embedding => Self::Embedding,
            Kind::Memory => Self::Memory,
            Kind::Agent | Kind::Workflow | Kind::AgentMessage => Self::AgentStep,
            Kind::Guardrail => Self::Guardrail,
            Kind::Exchange => Self::Http,
            Kind::Span => Self::Span,
            Kind::Log => Self::Log,
            Kind::Metric => Self::Metric,
            Kind::SignIn => Self::Authentication,
            Kind::Account => Self::Account,
            Kind::Authorization => Self::Authorization,
            Kind::Feedback => Self::Feedback,
            Kind::Evaluation => Self::Evaluation,
            Kind::Configuration => Self::Configuration,
            Kind::Resource => Self::Resource,
            Kind::System => Self::System,
            Kind::Access => Self::Access,
            Kind::Alert => Self::Alert,
            Kind::Amendment => Self::Amendment,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Category};

    #[test]
    fn the_table_is_in_the_order_of_the_categories() {
        for (position, (category, name, _)) in ALL.iter().enumerate() {
            assert_eq!(category.position(), position);
            assert_eq!(Category::named(name), Some(*category));
        }
    }
}
