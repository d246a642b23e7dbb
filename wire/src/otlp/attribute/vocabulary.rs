//! What attribute names mean, in all dialects at once.
//!
//! The names themselves are listed in [`super::names`].

use std::collections::HashMap;
use std::sync::LazyLock;

use super::names::NAMES;

/// What an attribute is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Field {
    Operation,
    SpanKind,
    VercelOperation,
    RequestType,
    McpMethod,
    Provider,
    Model,
    RequestModel,
    ResponseModel,
    ResponseId,
    FinishReasons,
    Stream,
    InputTokens,
    OutputTokens,
    TotalTokens,
    CacheReadTokens,
    CacheWriteTokens,
    ReasoningTokens,
    UsageDetails,
    FirstChunkSeconds,
    FirstChunkMillis,
    FirstChunkTime,
    Parameters,
    ToolDefinitions,
    ServerAddress,
    ServerPort,
    SystemInstructions,
    InputMessages,
    OutputMessages,
    Input,
    Output,
    InputType,
    OutputType,
    ResponseText,
    ResponseObject,
    ResponseToolCalls,
    ResponseReasoning,
    EmbeddedText,
    EmbeddedVector,
    ToolName,
    ToolCallId,
    ToolArguments,
    ToolResult,
    EntityName,
    RetrievalQuery,
    RetrievalDocuments,
    MemoryQuery,
    MemoryRecords,
    Verdict,
    VerdictReason,
    GuardTarget,
    GuardInput,
    GuardOutput,
    EvaluationName,
    EvaluationReason,
    User,
    Session,
    Roles,
    Agent,
    ClientAddress,
    UserAgent,
    ErrorType,
    ErrorMessage,
    EventName,
}

/// Messages, tools and documents that a dialect flattens into indexed attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Group {
    /// `llm.input_messages.N.message.*` (OpenInference).
    InputMessages,
    /// `llm.output_messages.N.message.*`.
    OutputMessages,
    /// `gen_ai.prompt.N.*` (OpenLLMetry).
    Prompt,
    /// `gen_ai.completion.N.*`.
    Completion,
    /// `llm.tools.N.tool.json_schema` (OpenInference).
    Tools,
    /// `llm.request.functions.N.*` (OpenLLMetry).
    Functions,
    /// `retrieval.documents.N.document.*` (OpenInference).
    Documents,
    /// `reranker.input_documents.N.document.*`.
    RankedInput,
    /// `reranker.output_documents.N.document.*`.
    RankedOutput,
    /// `embedding.embeddings.N.embedding.*`.
    Embeddings,
}

impl Group {
    /// How many there are.
    pub(crate) const COUNT: usize = 10;
}

/// The prefixes of flattened names.
pub(crate) const GROUPS: [(&str, Group); Group::COUNT] = [
    ("llm.input_messages.", Group::InputMessages),
    ("llm.output_messages.", Group::OutputMessages),
    ("gen_ai.prompt.", Group::Prompt),
    ("gen_ai.completion.", Group::Completion),
    ("llm.tools.", Group::Tools),
    ("llm.request.functions.", Group::Functions),
    ("retrieval.documents.", Group::Documents),
    ("reranker.input_documents.", Group::RankedInput),
    ("reranker.output_documents.", Group::RankedOutput),
    ("embedding.embeddings.", Group::Embeddings),
];

/// A name's meaning.
#[derive(Clone, Copy)]
pub(crate) struct Meaning {
    pub(crate) field: Field,
    /// Lower wins.
    pub(crate) rank: u8,
    pub(crate) name: &'static str,
}

static MEANINGS: LazyLock<HashMap<&'static str, Meaning>> = LazyLock::new(|| {
    let each = NAMES.iter().flat_map(|(field, names)| {
        (0_u8..).zip(*names).map(|(rank, name)| (*name, Meaning { field: *field, rank, name }))
    });
    each.collect()
});

/// What `name` means, if any dialect gives it a meaning.
pub(crate) fn meaning(name: &str) -> Option<Meaning> {
    MEANINGS.get(name).copied()
}

/// The group a flattened name belongs to, and the rest of the name.
pub(crate) fn group(name: &str) -> Option<(Group, &str)> {
    if !name.starts_with(['g', 'l', 'r', 'e']) {
        return None;
    }
    GROUPS.iter().find_map(|(prefix, group)| {
        let rest = name.strip_prefix(prefix)?;
        rest.starts_with(|first: char| first.is_ascii_digit()).then_some((*group, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::{MEANINGS, NAMES, group, meaning};

    #[test]
    fn no_name_has_two_meanings() {
        assert_eq!(MEANINGS.len(), NAMES.iter().map(|(_, names)| names.len()).sum::<usize>());
        assert!(NAMES.len() <= 128, "the set of fields present is a u128");
    }

    #[test]
    fn a_flattened_name_is_not_an_attribute() {
        assert!(group("gen_ai.prompt.0.role").is_some());
        assert!(group("gen_ai.prompt.name").is_none());
        assert!(meaning("gen_ai.prompt.name").is_none());
    }
}
