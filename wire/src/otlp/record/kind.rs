//! What a span is.
//!
//! The signs, strongest first: the convention's operation, MCP's method, guardrail attributes, a
//! dialect's own span kind, Vercel's operation id, OpenLLMetry's request type, and at last whether
//! there are messages.

use model::Kind;

use super::super::attribute::{Field, Group, Sorted};

/// The kind of a span with these attributes.
pub(crate) fn kind(attributes: &Sorted) -> Kind {
    let peek = |field| attributes.peek(field);
    peek(Field::Operation)
        .and_then(of_operation)
        .or_else(|| peek(Field::McpMethod).map(of_mcp_method))
        .or_else(|| attributes.families.guardrail.then_some(Kind::Guardrail))
        .or_else(|| of_span_kind(peek(Field::SpanKind)?, attributes))
        .or_else(|| peek(Field::VercelOperation).map(of_vercel_operation))
        .or_else(|| peek(Field::RequestType).and_then(of_request_type))
        .unwrap_or_else(|| of_content(attributes))
}

/// `gen_ai.operation.name`, OpenLLMetry's additions included.
fn of_operation(name: &str) -> Option<Kind> {
    Some(match name {
        "chat" | "generate_content" | "text_completion" | "completion" | "fetch_response"
        | "llm_request" => Kind::Interaction,
        "embeddings" | "embedding" => Kind::Embedding,
        "retrieval" | "vector_db_retrieve" | "rerank" => Kind::Retrieval,
        "create_agent" | "invoke_agent" | "plan" => Kind::Agent,
        "execute_tool" => Kind::ToolCall,
        "invoke_workflow" | "execute_task" => Kind::Workflow,
        "run_guardrail" | "apply_guardrail" => Kind::Guardrail,
        name if name.ends_with("_memory") || name.ends_with("_memory_store") => Kind::Memory,
        _ => return None,
    })
}

/// Only the call of a tool is a tool call; listing and the session's own messages are spans.
fn of_mcp_method(method: &str) -> Kind {
    if method == "tools/call" { Kind::ToolCall } else { Kind::Span }
}

/// OpenInference, Langfuse, Laminar, MLflow (in quotes), OpenLLMetry.
fn of_span_kind(name: &str, attributes: &Sorted) -> Option<Kind> {
    Some(match name.trim_matches('"').to_ascii_lowercase().as_str() {
        "llm" | "generation" | "chat_model" | "completion" => Kind::Interaction,
        "tool" => Kind::ToolCall,
        "retriever" | "reranker" => Kind::Retrieval,
        "embedding" => Kind::Embedding,
        "agent" | "decision" => Kind::Agent,
        "chain" | "workflow" | "task" | "prompt" => Kind::Workflow,
        "guardrail" => Kind::Guardrail,
        "evaluator" | "evaluation" | "human_evaluator" => Kind::Evaluation,
        _ if has_messages(attributes) => return None,
        _ if attributes.has(Field::Input) || attributes.has(Field::Output) => Kind::Workflow,
        _ => return None,
    })
}

/// The outer spans (`ai.streamText`) repeat what the inner ones (`ai.streamText.doStream`) say:
/// only an inner one is a call of a model.
fn of_vercel_operation(id: &str) -> Kind {
    match id {
        "ai.toolCall" => Kind::ToolCall,
        id if id.ends_with(".doEmbed") => Kind::Embedding,
        id if id.ends_with(".doRerank") => Kind::Retrieval,
        id if id.contains(".do") => Kind::Interaction,
        _ => Kind::Workflow,
    }
}

fn of_request_type(name: &str) -> Option<Kind> {
    Some(match name {
        "chat" | "completion" => Kind::Interaction,
        "embedding" => Kind::Embedding,
        "rerank" => Kind::Retrieval,
        _ => return None,
    })
}

fn of_content(attributes: &Sorted) -> Kind {
    let has = |field| attributes.has(field);
    if has_messages(attributes) || (has(Field::RequestModel) && has(Field::Provider)) {
        Kind::Interaction
    } else if has(Field::ToolName) && (has(Field::ToolArguments) || has(Field::ToolResult)) {
        Kind::ToolCall
    } else if has(Field::EvaluationName) {
        Kind::Evaluation
    } else if has(Field::RetrievalDocuments) || attributes.has_group(Group::Documents) {
        Kind::Retrieval
    } else {
        Kind::Span
    }
}

fn has_messages(attributes: &Sorted) -> bool {
    let groups = [Group::InputMessages, Group::OutputMessages, Group::Prompt, Group::Completion];
    attributes.has(Field::InputMessages)
        || attributes.has(Field::OutputMessages)
        || groups.iter().any(|group| attributes.has_group(*group))
}

/// The operation of a kind, where the dialect has none.
pub(crate) const fn operation(kind: Kind) -> &'static str {
    match kind {
        Kind::Embedding => "embeddings",
        Kind::ToolCall => "execute_tool",
        Kind::Retrieval => "retrieval",
        Kind::Agent => "invoke_agent",
        Kind::Workflow => "invoke_workflow",
        Kind::Guardrail => "run_guardrail",
        Kind::Memory => "search_memory",
        _ => "chat",
    }
}
