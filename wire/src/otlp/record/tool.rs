//! The execution of a tool: its call goes in, its result comes out.
//!
//! Tool calls that a model merely asked for are part of its answer, not of this.

use model::{Body, Direction, Origin, Role, Segment};
use serde_json::Value;

use super::super::attribute::{Field, Sorted};
use super::super::message::tool_value;
use super::draft::Draft;

/// Prefixes that span names put before a tool's name.
const PREFIXES: [&str; 3] = ["execute_tool ", "tools/call ", "ai.toolCall "];

/// Reads the call and its result.
pub(crate) fn tool(draft: &mut Draft) {
    let name = name(draft);
    let attributes = &mut draft.attributes;
    let id = attributes.text(Field::ToolCallId);
    let arguments = first(attributes, [Field::ToolArguments, Field::Input]);
    let result = first(attributes, [Field::ToolResult, Field::Output]);
    attributes.take(Field::InputType);
    attributes.take(Field::OutputType);
    let call = Body::ToolCall {
        id: id.clone(),
        name: name.clone(),
        arguments: arguments.map_or(Value::Null, |value| mcp_arguments(tool_value(value))),
    };
    draft.record.content.push(segment(Direction::Input, Role::Assistant, Origin::Assistant, call));
    let failed = draft.record.status.ok == Some(false)
        || draft.record.status.error_type.as_deref() == Some("tool_error");
    if let Some(result) = result {
        let result = tool_value(result);
        let answer = Body::ToolResult { id, name: Some(name), result, is_error: failed };
        draft.record.content.push(segment(Direction::Output, Role::Tool, Origin::Tool, answer));
    }
}

const fn segment(direction: Direction, role: Role, origin: Origin, body: Body) -> Segment {
    Segment { direction, message: 0, role, origin, name: None, body }
}

fn name(draft: &mut Draft) -> String {
    let said = draft.attributes.text(Field::ToolName);
    let said = said.or_else(|| draft.attributes.text(Field::EntityName));
    said.unwrap_or_else(|| {
        let span = draft.record.name.as_deref().unwrap_or_default();
        let bare = PREFIXES.iter().find_map(|prefix| span.strip_prefix(prefix));
        let bare = bare.or_else(|| span.strip_suffix(".tool")).unwrap_or(span);
        bare.to_owned()
    })
}

/// The best of two fields. The other one, if it says the same, goes too.
fn first(attributes: &mut Sorted, fields: [Field; 2]) -> Option<Value> {
    let [best, other] = fields;
    match attributes.value(best) {
        Some(value) => {
            if let Some(named) = attributes.take(other) {
                let repeated = tool_value(super::super::attribute::into_value(named.value.clone()));
                if repeated != value {
                    attributes.put_back(named.name, named.value);
                }
            }
            Some(value)
        }
        None => attributes.value(other),
    }
}

/// OpenLLMetry records MCP's whole request: `{method, params: {name, arguments}}`.
fn mcp_arguments(value: Value) -> Value {
    match value {
        Value::Object(mut map) if map.contains_key("method") && map.contains_key("params") => {
            match map.get_mut("params").and_then(|params| params.get_mut("arguments")) {
                Some(arguments) => arguments.take(),
                None => Value::Object(map),
            }
        }
        value => value,
    }
}
