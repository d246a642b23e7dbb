//! One conversation in every dialect: the sources of the other tests.

use serde_json::{Value, json};

use super::build::{Item, item, text};

pub(crate) const USER: &str = "user-42";
pub(crate) const SESSION: &str = "session-7";

fn arguments() -> Value {
    json!({"city": "Rome", "days": 2})
}

fn tool() -> Value {
    json!({
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    })
}

/// The messages as OpenAI's API has them.
fn openai_messages() -> Value {
    json!([
        {"role": "system", "content": "Answer in one sentence."},
        {"role": "user", "content": "What is the weather in Rome?"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "call_1", "type": "function",
             "function": {"name": "get_weather", "arguments": arguments().to_string()}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
    ])
}

fn openai_answer() -> Value {
    json!({"role": "assistant", "content": "It is sunny.", "tool_calls": [
        {"id": "call_2", "type": "function",
         "function": {"name": "get_weather", "arguments": "{\"city\":\"Ostia\"}"}}]})
}

/// The messages in the schema of the convention.
fn otel_messages() -> Value {
    json!([
        {"role": "user", "parts": [
            {"type": "text", "content": "What is the weather in Rome?"}]},
        {"role": "assistant", "parts": [
            {"type": "tool_call", "id": "call_1", "name": "get_weather",
             "arguments": arguments()}]},
        {"role": "tool", "parts": [
            {"type": "tool_call_response", "id": "call_1", "response": "sunny"}]},
    ])
}

fn otel_answer() -> Value {
    json!([{"role": "assistant", "finish_reason": "tool_call", "parts": [
        {"type": "text", "content": "It is sunny."},
        {"type": "tool_call", "id": "call_2", "name": "get_weather",
         "arguments": {"city": "Ostia"}}]}])
}

pub(crate) fn otel() -> Item {
    item(
        "chat gpt-4o-mini",
        &[
            ("gen_ai.operation.name", json!("chat")),
            ("gen_ai.provider.name", json!("openai")),
            ("gen_ai.request.model", json!("gpt-4o-mini")),
            ("gen_ai.request.temperature", json!(0.1)),
            ("gen_ai.request.max_tokens", json!(50)),
            ("gen_ai.response.model", json!("gpt-4o-mini-2024-07-18")),
            ("gen_ai.response.id", json!("chatcmpl-1")),
            ("gen_ai.response.finish_reasons", json!(["tool_calls"])),
            ("gen_ai.usage.input_tokens", json!(40)),
            ("gen_ai.usage.output_tokens", json!(9)),
            ("gen_ai.usage.cache_read.input_tokens", json!(16)),
            (
                "gen_ai.system_instructions",
                text(json!([{"type": "text", "content": "Answer in one sentence."}])),
            ),
            ("gen_ai.input.messages", text(otel_messages())),
            ("gen_ai.output.messages", text(otel_answer())),
            ("gen_ai.tool.definitions", text(json!([tool()]))),
            ("gen_ai.conversation.id", json!(SESSION)),
            ("user.id", json!(USER)),
            ("server.address", json!("api.example.com")),
            ("server.port", json!(443)),
        ],
    )
}

/// The same with structured attributes in place of JSON text, as in events.
pub(crate) fn otel_structured() -> Item {
    let mut item = otel();
    for (name, value) in &mut item.attributes {
        match *name {
            "gen_ai.input.messages" => *value = otel_messages(),
            "gen_ai.output.messages" => *value = otel_answer(),
            "gen_ai.tool.definitions" => *value = json!([tool()]),
            "gen_ai.system_instructions" => {
                *value = json!([{"type": "text", "content": "Answer in one sentence."}]);
            }
            _ => {}
        }
    }
    item
}

pub(crate) fn openllmetry() -> Item {
    item(
        "openai.chat",
        &[
            ("llm.request.type", json!("chat")),
            ("gen_ai.system", json!("OpenAI")),
            ("gen_ai.request.model", json!("gpt-4o-mini")),
            ("gen_ai.request.temperature", json!(0.1)),
            ("gen_ai.request.max_tokens", json!(50)),
            ("gen_ai.prompt.0.role", json!("system")),
            ("gen_ai.prompt.0.content", json!("Answer in one sentence.")),
            ("gen_ai.prompt.1.role", json!("user")),
            (
                "gen_ai.prompt.1.content",
                text(json!([{"type": "text", "text": "What is the weather in Rome?"}])),
            ),
            ("gen_ai.prompt.2.role", json!("assistant")),
            ("gen_ai.prompt.2.tool_calls.0.id", json!("call_1")),
            ("gen_ai.prompt.2.tool_calls.0.name", json!("get_weather")),
            ("gen_ai.prompt.2.tool_calls.0.arguments", text(arguments())),
            ("gen_ai.prompt.3.role", json!("tool")),
            ("gen_ai.prompt.3.tool_call_id", json!("call_1")),
            ("gen_ai.prompt.3.content", json!("sunny")),
            ("llm.request.functions.0.name", json!("get_weather")),
            ("llm.request.functions.0.description", json!("weather of a city")),
            ("llm.request.functions.0.parameters", text(tool()["function"]["parameters"].clone())),
            ("gen_ai.response.model", json!("gpt-4o-mini-2024-07-18")),
            ("gen_ai.response.id", json!("chatcmpl-1")),
            ("gen_ai.completion.0.role", json!("assistant")),
            ("gen_ai.completion.0.content", json!("It is sunny.")),
            ("gen_ai.completion.0.finish_reason", json!("tool_calls")),
            ("gen_ai.completion.0.tool_calls.0.id", json!("call_2")),
            ("gen_ai.completion.0.tool_calls.0.name", json!("get_weather")),
            ("gen_ai.completion.0.tool_calls.0.arguments", json!("{\"city\":\"Ostia\"}")),
            ("gen_ai.usage.prompt_tokens", json!(40)),
            ("gen_ai.usage.completion_tokens", json!(9)),
            ("llm.usage.total_tokens", json!(49)),
            ("gen_ai.usage.cache_read_input_tokens", json!(16)),
            ("traceloop.association.properties.user_id", json!(USER)),
            ("traceloop.association.properties.session_id", json!(SESSION)),
            ("traceloop.workflow.name", json!("trip")),
        ],
    )
}

/// The bodies of the call, which OpenInference records beside the messages.
fn openai_bodies() -> [Value; 2] {
    let request = json!({
        "model": "gpt-4o-mini", "messages": openai_messages(), "tools": [tool()],
        "temperature": 0.1, "max_tokens": 50, "user": USER,
    });
    let response = json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": openai_answer()}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 9, "total_tokens": 49},
    });
    [request, response]
}

pub(crate) fn openinference() -> Item {
    let [request, response] = openai_bodies();
    item(
        "ChatCompletion",
        &[
            ("openinference.span.kind", json!("LLM")),
            ("llm.system", json!("openai")),
            ("llm.model_name", json!("gpt-4o-mini-2024-07-18")),
            (
                "llm.invocation_parameters",
                text(json!({
                "model": "gpt-4o-mini", "temperature": 0.1, "max_tokens": 50, "user": USER})),
            ),
            ("input.value", text(request)),
            ("input.mime_type", json!("application/json")),
            ("output.value", text(response)),
            ("output.mime_type", json!("application/json")),
            ("llm.input_messages.0.message.role", json!("system")),
            ("llm.input_messages.0.message.content", json!("Answer in one sentence.")),
            ("llm.input_messages.1.message.role", json!("user")),
            ("llm.input_messages.1.message.contents.0.message_content.type", json!("text")),
            (
                "llm.input_messages.1.message.contents.0.message_content.text",
                json!("What is the weather in Rome?"),
            ),
            ("llm.input_messages.2.message.role", json!("assistant")),
            ("llm.input_messages.2.message.tool_calls.0.tool_call.id", json!("call_1")),
            (
                "llm.input_messages.2.message.tool_calls.0.tool_call.function.name",
                json!("get_weather"),
            ),
            (
                "llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments",
                text(arguments()),
            ),
            ("llm.input_messages.3.message.role", json!("tool")),
            ("llm.input_messages.3.message.tool_call_id", json!("call_1")),
            ("llm.input_messages.3.message.content", json!("sunny")),
            ("llm.tools.0.tool.json_schema", text(tool())),
            ("llm.output_messages.0.message.role", json!("assistant")),
            ("llm.output_messages.0.message.content", json!("It is sunny.")),
            ("llm.output_messages.0.message.tool_calls.0.tool_call.id", json!("call_2")),
            (
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
                json!("get_weather"),
            ),
            (
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments",
                json!("{\"city\":\"Ostia\"}"),
            ),
            ("llm.token_count.prompt", json!(40)),
            ("llm.token_count.completion", json!(9)),
            ("llm.token_count.total", json!(49)),
            ("llm.token_count.prompt_details.cache_read", json!(16)),
            ("llm.finish_reason", json!("tool_calls")),
            ("session.id", json!(SESSION)),
            ("metadata", text(json!({"team": "travel"}))),
            ("tag.tags", json!(["demo"])),
        ],
    )
}

pub(crate) fn vercel() -> Item {
    item(
        "ai.generateText.doGenerate",
        &[
            ("ai.operationId", json!("ai.generateText.doGenerate")),
            ("operation.name", json!("ai.generateText.doGenerate trip")),
            ("ai.model.provider", json!("openai.chat")),
            ("ai.model.id", json!("gpt-4o-mini")),
            ("ai.settings.maxRetries", json!(2)),
            ("gen_ai.system", json!("openai.chat")),
            ("gen_ai.request.model", json!("gpt-4o-mini")),
            ("gen_ai.request.temperature", json!(0.1)),
            ("gen_ai.request.max_tokens", json!(50)),
            (
                "ai.prompt.messages",
                text(json!([
                    {"role": "system", "content": "Answer in one sentence."},
                    {"role": "user", "content": [
                        {"type": "text", "text": "What is the weather in Rome?"}]},
                    {"role": "assistant", "content": [
                        {"type": "tool-call", "toolCallId": "call_1", "toolName": "get_weather",
                         "input": arguments()}]},
                    {"role": "tool", "content": [
                        {"type": "tool-result", "toolCallId": "call_1", "toolName": "get_weather",
                         "output": {"type": "text", "value": "sunny"}}]},
                ])),
            ),
            (
                "ai.prompt.tools",
                json!([text(json!({
                "type": "function", "name": "get_weather", "description": "weather of a city",
                "inputSchema": tool()["function"]["parameters"]}))]),
            ),
            ("ai.response.text", json!("It is sunny.")),
            (
                "ai.response.toolCalls",
                text(json!([
                {"toolCallType": "function", "toolCallId": "call_2", "toolName": "get_weather",
                 "args": "{\"city\":\"Ostia\"}"}])),
            ),
            ("ai.response.finishReason", json!("tool-calls")),
            ("ai.response.id", json!("chatcmpl-1")),
            ("ai.response.model", json!("gpt-4o-mini-2024-07-18")),
            ("ai.usage.promptTokens", json!(40)),
            ("ai.usage.completionTokens", json!(9)),
            ("ai.usage.cachedInputTokens", json!(16)),
            ("ai.telemetry.metadata.userId", json!(USER)),
            ("ai.telemetry.metadata.sessionId", json!(SESSION)),
        ],
    )
}

pub(crate) fn langfuse() -> Item {
    item(
        "OpenAI-generation",
        &[
            ("langfuse.observation.type", json!("generation")),
            ("langfuse.observation.model.name", json!("gpt-4o-mini")),
            (
                "langfuse.observation.model.parameters",
                text(json!({"temperature": 0.1, "max_tokens": 50})),
            ),
            (
                "langfuse.observation.input",
                text(json!({"messages": openai_messages(), "tools": [tool()]})),
            ),
            ("langfuse.observation.output", text(openai_answer())),
            (
                "langfuse.observation.usage_details",
                text(json!({
                "prompt_tokens": 40, "completion_tokens": 9, "total_tokens": 49,
                "prompt_tokens_details": {"cached_tokens": 16}})),
            ),
            ("langfuse.trace.tags", json!(["demo"])),
            ("user.id", json!(USER)),
            ("session.id", json!(SESSION)),
        ],
    )
}

pub(crate) fn laminar() -> Item {
    let mut item = openllmetry();
    item.attributes.retain(|(name, _)| !name.starts_with("traceloop."));
    item.attributes.extend([
        ("lmnr.span.type", json!("LLM")),
        ("lmnr.association.properties.user_id", json!(USER)),
        ("lmnr.association.properties.session_id", json!(SESSION)),
    ]);
    item
}

/// The conversation in the log events of convention 1.30.
pub(crate) fn legacy_events() -> Vec<Item> {
    let system = ("gen_ai.system", json!("openai"));
    let event = |name, body| Item { body: Some(body), ..item(name, std::slice::from_ref(&system)) };
    vec![
        event("gen_ai.system.message", json!({"content": "Answer in one sentence."})),
        event("gen_ai.user.message", json!({"content": "What is the weather in Rome?"})),
        event(
            "gen_ai.assistant.message",
            json!({
            "tool_calls": openai_messages()[2]["tool_calls"]}),
        ),
        event("gen_ai.tool.message", json!({"content": "sunny", "id": "call_1"})),
        event(
            "gen_ai.choice",
            json!({
            "index": 0, "finish_reason": "tool_calls", "message": openai_answer()}),
        ),
    ]
}

/// The span that belongs to [`legacy_events`].
pub(crate) fn legacy_span() -> Item {
    let mut item = otel();
    item.attributes.retain(|(name, _)| {
        !name.ends_with("messages")
            && !name.ends_with("instructions")
            && *name != "gen_ai.provider.name"
    });
    item.attributes.push(("gen_ai.system", json!("openai")));
    item
}
