//! The JSON Schema of events, made from the same table that the parser reads.

use serde_json::{Map, Value, json};

use super::field::{self, ITEM, Shape};
use super::{MAX_EVENTS, kind};

/// The schema of what `POST /v1/events` takes, as JSON Schema 2020-12: indented, with a line end.
pub fn schema() -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Plainsight events",
        "description": "The body of POST /v1/events: one event, an array of events, or an event a line.",
        "oneOf": [
            {"$ref": "#/$defs/event"},
            {"type": "array", "items": {"$ref": "#/$defs/event"}, "maxItems": MAX_EVENTS},
        ],
        "$defs": {"event": event()},
    });
    format!("{schema:#}\n")
}

fn event() -> Value {
    let mut properties = Map::new();
    properties.insert("type".to_owned(), types());
    for field in &field::FIELDS {
        let mut property = Map::new();
        property.insert("description".to_owned(), field.about.into());
        property.extend(constraints(&field.shape));
        properties.insert(field.name.to_owned(), property.into());
    }
    json!({
        "type": "object",
        "required": ["type"],
        "properties": properties,
        "additionalProperties": false,
        "dependentRequired": {"span_id": ["trace_id"]},
    })
}

fn types() -> Value {
    let types =
        kind::TYPES.iter().map(|kind| json!({"const": kind.name, "description": kind.about}));
    json!({"description": "what happened", "oneOf": types.collect::<Value>()})
}

fn constraints(shape: &Shape) -> Map<String, Value> {
    let constraints = match shape {
        Shape::Text(max, _) => {
            json!({"type": ["string", "null"], "minLength": 1, "maxLength": max})
        }
        Shape::Texts(max, _) => json!({
            "type": ["array", "null"],
            "maxItems": max,
            "items": {"type": "string", "minLength": 1, "maxLength": ITEM},
        }),
        Shape::Choice(words, _) => {
            let words = words.iter().map(|word| Value::from(*word));
            json!({"enum": words.chain([Value::Null]).collect::<Value>()})
        }
        Shape::Hex(length, _) => json!({
            "type": ["string", "null"],
            "pattern": format!("^(?!0+$)[0-9a-fA-F]{{{}}}$", 2 * length),
        }),
        Shape::Time(_) => json!({
            "oneOf": [
                {"type": "string", "format": "date-time"},
                {"type": "number", "minimum": 0, "description": "seconds, or milliseconds from 1e11 on, since the epoch"},
                {"type": "null"},
            ],
        }),
        Shape::Number(_) => json!({"type": ["number", "null"]}),
        Shape::Object(_) => {
            json!({"type": ["object", "null"], "propertyNames": {"not": {"const": field::EVENT_ID}}})
        }
    };
    match constraints {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
