//! The names of every field, in all dialects.
//!
//! A field may have many names. Where an item carries several, the one that stands first here
//! wins; an equal one is dropped, and a different one stays an attribute under its own name.
//! Sources: OpenTelemetry semantic conventions for GenAI 1.30 to 1.42, OpenLLMetry, OpenInference,
//! Vercel AI SDK 3 to 5, Langfuse SDK 3 to 5, Laminar, Pydantic AI, MLflow, Google ADK.
//!
//! Names that no dialect gives a meaning are not listed; they stay attributes.

use super::vocabulary::Field;

/// The names of each field, best first.
pub(super) const NAMES: &[(Field, &[&str])] = &[
    (Field::Operation, &["gen_ai.operation.name"]),
    (
        Field::SpanKind,
        &[
            "openinference.span.kind",
            "langfuse.observation.type",
            "lmnr.span.type",
            "mlflow.spanType",
            "traceloop.span.kind",
        ],
    ),
    (Field::VercelOperation, &["ai.operationId"]),
    (Field::RequestType, &["llm.request.type"]),
    (Field::McpMethod, &["mcp.method.name"]),
    (
        Field::Provider,
        &[
            "gen_ai.provider.name",
            "gen_ai.system",
            "ai.model.provider",
            "llm.provider",
            "llm.system",
            "aisdk.model.provider",
        ],
    ),
    (
        Field::Model,
        &[
            "ai.model.id",
            "llm.model_name",
            "langfuse.observation.model.name",
            "aisdk.model.id",
            "embedding.model_name",
            "reranker.model_name",
        ],
    ),
    (
        Field::RequestModel,
        &[
            "gen_ai.request.model",
            "llm.request.model_name",
            "llm.request.model",
        ],
    ),
    (
        Field::ResponseModel,
        &[
            "gen_ai.response.model",
            "ai.response.model",
            "llm.response.model_name",
            "llm.response.model",
        ],
    ),
    (
        Field::ResponseId,
        &["gen_ai.response.id", "ai.response.id", "llm.response.id"],
    ),
    (
        Field::FinishReasons,
        &[
            "gen_ai.response.finish_reasons",
            "gen_ai.response.finish_reason",
            "ai.response.finishReason",
            "ai.finishReason",
            "llm.finish_reason",
            "llm.response.finish_reason",
        ],
    ),
    (
        Field::Stream,
        &[
            "gen_ai.request.stream",
            "gen_ai.is_streaming",
            "llm.is_streaming",
        ],
    ),
    (
        Field::InputTokens,
        &[
            "gen_ai.usage.input_tokens",
            "gen_ai.usage.prompt_tokens",
            "llm.usage.prompt_tokens",
            "llm.token_count.prompt",
            "ai.usage.inputTokens",
            "ai.usage.promptTokens",
            "ai.usage.tokens",
        ],
    ),
    (
        Field::OutputTokens,
        &[
            "gen_ai.usage.output_tokens",
            "gen_ai.usage.completion_tokens",
            "llm.usage.completion_tokens",
            "llm.token_count.completion",
            "ai.usage.outputTokens",
            "ai.usage.completionTokens",
        ],
    ),
    (
        Field::TotalTokens,
        &[
            "gen_ai.usage.total_tokens",
            "llm.usage.total_tokens",
            "llm.token_count.total",
            "ai.usage.totalTokens",
        ],
    ),
    (
        Field::CacheReadTokens,
        &[
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "llm.usage.cache_read_input_tokens",
            "llm.token_count.prompt_details.cache_read",
            "ai.usage.inputTokenDetails.cacheReadTokens",
            "ai.usage.cachedInputTokens",
        ],
    ),
    (
        Field::CacheWriteTokens,
        &[
            "gen_ai.usage.cache_write.input_tokens",
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
            "llm.usage.cache_creation_input_tokens",
            "llm.token_count.prompt_details.cache_write",
            "ai.usage.inputTokenDetails.cacheWriteTokens",
        ],
    ),
    (
        Field::ReasoningTokens,
        &[
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",
            "llm.usage.reasoning_tokens",
            "llm.token_count.completion_details.reasoning",
            "ai.usage.outputTokenDetails.reasoningTokens",
            "ai.usage.reasoningTokens",
        ],
    ),
    (Field::UsageDetails, &["langfuse.observation.usage_details"]),
    (
        Field::FirstChunkSeconds,
        &[
            "gen_ai.response.time_to_first_chunk",
            "gen_ai.server.time_to_first_token",
        ],
    ),
    (
        Field::FirstChunkMillis,
        &["ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"],
    ),
    (
        Field::FirstChunkTime,
        &["langfuse.observation.completion_start_time"],
    ),
    (
        Field::Parameters,
        &[
            "llm.invocation_parameters",
            "langfuse.observation.model.parameters",
        ],
    ),
    (
        Field::ToolDefinitions,
        &["gen_ai.tool.definitions", "ai.prompt.tools"],
    ),
    (Field::ServerAddress, &["server.address"]),
    (Field::ServerPort, &["server.port"]),
    (Field::SystemInstructions, &["gen_ai.system_instructions"]),
    (
        Field::InputMessages,
        &[
            "gen_ai.input.messages",
            "ai.prompt.messages",
            "pydantic_ai.all_messages",
            "all_messages_events",
            "gcp.vertex.agent.llm_request",
            "gen_ai.prompt",
        ],
    ),
    (
        Field::OutputMessages,
        &[
            "gen_ai.output.messages",
            "gcp.vertex.agent.llm_response",
            "gen_ai.completion",
        ],
    ),
    (
        Field::Input,
        &[
            "langfuse.observation.input",
            "lmnr.span.input",
            "input.value",
            "traceloop.entity.input",
            "ai.prompt",
            "mlflow.spanInputs",
            "langfuse.trace.input",
        ],
    ),
    (
        Field::Output,
        &[
            "langfuse.observation.output",
            "lmnr.span.output",
            "output.value",
            "traceloop.entity.output",
            "mlflow.spanOutputs",
            "final_result",
            "langfuse.trace.output",
        ],
    ),
    (Field::InputType, &["input.mime_type"]),
    (Field::OutputType, &["output.mime_type"]),
    (Field::ResponseText, &["ai.response.text", "ai.result.text"]),
    (
        Field::ResponseObject,
        &["ai.response.object", "ai.result.object"],
    ),
    (
        Field::ResponseToolCalls,
        &["ai.response.toolCalls", "ai.result.toolCalls"],
    ),
    (
        Field::ResponseReasoning,
        &["ai.response.reasoning", "ai.result.reasoning"],
    ),
    (
        Field::EmbeddedText,
        &["ai.value", "ai.values", "embedding.text"],
    ),
    (
        Field::EmbeddedVector,
        &["ai.embedding", "ai.embeddings", "embedding.vector"],
    ),
    (
        Field::ToolName,
        &["gen_ai.tool.name", "ai.toolCall.name", "tool.name"],
    ),
    (
        Field::ToolCallId,
        &[
            "gen_ai.tool.call.id",
            "ai.toolCall.id",
            "tool_call.id",
            "tool.id",
            "mcp.request.id",
        ],
    ),
    (
        Field::ToolArguments,
        &[
            "gen_ai.tool.call.arguments",
            "ai.toolCall.args",
            "ai.toolCall.input",
            "gcp.vertex.agent.tool_call_args",
            "mcp.request.argument",
            "tool_arguments",
        ],
    ),
    (
        Field::ToolResult,
        &[
            "gen_ai.tool.call.result",
            "ai.toolCall.result",
            "ai.toolCall.output",
            "gcp.vertex.agent.tool_response",
            "mcp.response.value",
            "tool_response",
        ],
    ),
    (Field::EntityName, &["traceloop.entity.name"]),
    (
        Field::RetrievalQuery,
        &[
            "gen_ai.retrieval.query.text",
            "reranker.query",
            "retrieval.query",
        ],
    ),
    (Field::RetrievalDocuments, &["gen_ai.retrieval.documents"]),
    (Field::MemoryQuery, &["gen_ai.memory.query.text"]),
    (Field::MemoryRecords, &["gen_ai.memory.records"]),
    (
        Field::Verdict,
        &[
            "gen_ai.guardrail.verdict.type",
            "gen_ai.guardrail.action.type",
            "gen_ai.guardrail.decision.type",
            "gen_ai.guardian.decision.type",
            "gen_ai.security.decision.type",
            "gen_ai.threat.detection.action",
            "guardrail.action",
        ],
    ),
    (
        Field::VerdictReason,
        &[
            "gen_ai.guardrail.verdict.reason",
            "gen_ai.guardrail.decision.reason",
            "gen_ai.guardian.decision.reason",
            "gen_ai.security.decision.reason",
            "gen_ai.threat.detection.reason",
        ],
    ),
    (
        Field::GuardTarget,
        &[
            "gen_ai.guardrail.target.type",
            "gen_ai.guardian.target.type",
            "gen_ai.security.target.type",
            "gen_ai.threat.detection.target",
        ],
    ),
    (
        Field::GuardInput,
        &[
            "gen_ai.guardrail.security.content.input.value",
            "gen_ai.guardrail.content.input.value",
            "gen_ai.security.content.input.value",
        ],
    ),
    (
        Field::GuardOutput,
        &[
            "gen_ai.guardrail.security.content.output.value",
            "gen_ai.guardrail.content.output.value",
            "gen_ai.security.content.output.value",
        ],
    ),
    (Field::EvaluationName, &["gen_ai.evaluation.name"]),
    (Field::EvaluationReason, &["gen_ai.evaluation.explanation"]),
    (
        Field::User,
        &[
            "user.id",
            "enduser.id",
            "gen_ai.user.id",
            "gen_ai.user",
            "llm.user",
            "traceloop.association.properties.user_id",
            "lmnr.association.properties.user_id",
            "ai.telemetry.metadata.userId",
            "ai.telemetry.metadata.user_id",
            "langfuse.user.id",
            "langfuse.trace.user_id",
            "gcp.vertex.agent.user_id",
            "mlflow.trace.user",
            "user.email",
            "user.name",
            "enduser.pseudo.id",
        ],
    ),
    (
        Field::Session,
        &[
            "session.id",
            "gen_ai.conversation.id",
            "gen_ai.session.id",
            "traceloop.association.properties.session_id",
            "traceloop.association.properties.chat_id",
            "traceloop.association.properties.conversation_id",
            "traceloop.association.properties.thread_id",
            "lmnr.association.properties.session_id",
            "ai.telemetry.metadata.sessionId",
            "ai.telemetry.metadata.session_id",
            "langfuse.session.id",
            "langfuse.trace.session_id",
            "gcp.vertex.agent.session_id",
            "mlflow.trace.session",
        ],
    ),
    (Field::Roles, &["user.roles", "enduser.role"]),
    (
        Field::Agent,
        &[
            "gen_ai.agent.name",
            "agent.name",
            "gen_ai.agent.identity.name",
            "gen_ai.agent.id",
        ],
    ),
    (
        Field::ClientAddress,
        &["client.address", "client.socket.address"],
    ),
    (
        Field::UserAgent,
        &["user_agent.original", "http.user_agent"],
    ),
    (Field::ErrorType, &["error.type", "exception.type"]),
    (
        Field::ErrorMessage,
        &["exception.message", "langfuse.observation.status_message"],
    ),
    (Field::EventName, &["event.name"]),
];
