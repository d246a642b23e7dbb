//! One conversation in the attributes of three instrumentations, as OTLP in protobuf and in JSON.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use serde_json::json;

/// Names and texts.
pub(crate) type Attributes = Vec<(&'static str, String)>;

const TRACE: [u8; 16] = [7; 16];
const SPAN: [u8; 8] = [7; 8];

/// Every dialect.
pub(crate) fn all() -> [(&'static str, Attributes); 4] {
    [
        ("talk of 2 KB", talk()),
        ("GenAI convention", convention()),
        ("OpenLLMetry", openllmetry()),
        ("OpenInference", openinference()),
    ]
}

/// Much text and little structure.
fn talk() -> Attributes {
    let text = "The museum opens at nine and closes at five. ".repeat(20);
    let said =
        |role| json!([{"role": role, "parts": [{"type": "text", "content": text}]}]).to_string();
    vec![
        ("gen_ai.operation.name", "chat".to_owned()),
        ("gen_ai.request.model", "gpt-4o-mini".to_owned()),
        ("gen_ai.input.messages", said("user")),
        ("gen_ai.output.messages", said("assistant")),
    ]
}

fn convention() -> Attributes {
    let input = json!([
        {"role": "user", "parts": [{"type": "text", "content": "What is the weather in Rome?"}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "call_1", "name": "get_weather",
            "arguments": {"city": "Rome", "days": 2}}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_1", "response": "sunny"}]},
    ]);
    let output =
        json!([{"role": "assistant", "parts": [{"type": "text", "content": "It is sunny."}]}]);
    vec![
        ("gen_ai.operation.name", "chat".to_owned()),
        ("gen_ai.provider.name", "openai".to_owned()),
        ("gen_ai.request.model", "gpt-4o-mini".to_owned()),
        ("gen_ai.input.messages", input.to_string()),
        ("gen_ai.output.messages", output.to_string()),
        ("gen_ai.conversation.id", "session-7".to_owned()),
        ("user.id", "user-42".to_owned()),
    ]
}

fn openllmetry() -> Attributes {
    [
        ("llm.request.type", "chat"),
        ("gen_ai.system", "OpenAI"),
        ("gen_ai.request.model", "gpt-4o-mini"),
        ("gen_ai.prompt.0.role", "system"),
        ("gen_ai.prompt.0.content", "Answer in one sentence."),
        ("gen_ai.prompt.1.role", "user"),
        ("gen_ai.prompt.1.content", "What is the weather in Rome?"),
        ("gen_ai.prompt.2.role", "assistant"),
        ("gen_ai.prompt.2.tool_calls.0.id", "call_1"),
        ("gen_ai.prompt.2.tool_calls.0.name", "get_weather"),
        ("gen_ai.prompt.2.tool_calls.0.arguments", r#"{"city":"Rome","days":2}"#),
        ("gen_ai.prompt.3.role", "tool"),
        ("gen_ai.prompt.3.content", "sunny"),
        ("gen_ai.completion.0.role", "assistant"),
        ("gen_ai.completion.0.content", "It is sunny."),
        ("traceloop.association.properties.session_id", "session-7"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn openinference() -> Attributes {
    let request = json!({"model": "gpt-4o-mini", "messages": [
        {"role": "system", "content": "Answer in one sentence."},
        {"role": "user", "content": "What is the weather in Rome?"}]});
    vec![
        ("openinference.span.kind", "LLM".to_owned()),
        ("llm.model_name", "gpt-4o-mini".to_owned()),
        ("input.value", request.to_string()),
        ("output.value", "It is sunny.".to_owned()),
        ("llm.input_messages.0.message.role", "system".to_owned()),
        ("llm.input_messages.0.message.content", "Answer in one sentence.".to_owned()),
        ("llm.input_messages.1.message.role", "user".to_owned()),
        ("llm.input_messages.1.message.content", "What is the weather in Rome?".to_owned()),
        ("llm.output_messages.0.message.role", "assistant".to_owned()),
        ("llm.output_messages.0.message.content", "It is sunny.".to_owned()),
        ("session.id", "session-7".to_owned()),
    ]
}

/// A request of many equal spans, in protobuf.
pub(crate) fn protobuf(attributes: &Attributes, spans: usize) -> ExportTraceServiceRequest {
    let attribute = |(name, value): &(&str, String)| KeyValue {
        key: (*name).to_owned(),
        value: Some(AnyValue { value: Some(Value::StringValue(value.clone())) }),
        ..KeyValue::default()
    };
    let span = Span {
        trace_id: TRACE.to_vec(),
        span_id: SPAN.to_vec(),
        name: "chat".to_owned(),
        kind: 3,
        start_time_unix_nano: 1_795_476_561_529_282_090,
        end_time_unix_nano: 1_795_476_562_577_731_285,
        attributes: attributes.iter().map(attribute).collect(),
        ..Span::default()
    };
    let scope = ScopeSpans { spans: vec![span; spans], ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![resource] }
}

/// The same in JSON.
pub(crate) fn json(attributes: &Attributes, spans: usize) -> serde_json::Value {
    let attributes: Vec<_> = attributes
        .iter()
        .map(|(name, value)| json!({"key": name, "value": {"stringValue": value}}))
        .collect();
    let span = json!({
        "traceId": "07".repeat(16),
        "spanId": "07".repeat(8),
        "name": "chat",
        "kind": 3,
        "startTimeUnixNano": "1795476561529282090",
        "endTimeUnixNano": "1795476562577731285",
        "attributes": attributes,
    });
    json!({"resourceSpans": [{"scopeSpans": [{"spans": vec![span; spans]}]}]})
}
