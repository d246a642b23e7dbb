//! Events from bytes: one object, an array, or an object a line. Strict: an event with anything
//! that is not understood is not taken in, and the sender learns which field and why.
//!
//! Quotes no value: an answer may lie in a log of the sender.

use model::{Door, Event, Kind, Observation, Record, Sealed, Source, Timestamp};
use serde_json::{Map, Value};
use wire::import::{Piece, Splitter};

use super::field::{self, EVENT_ID, Field, ITEM, Shape};
use super::{kind, time};

/// The most events of one request.
pub const MAX_EVENTS: usize = 10_000;
/// The most bytes of one event.
const MAX_EVENT: usize = 1 << 20;

/// Why an event was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {reason}")]
pub struct EventError {
    /// The field; `event` for the event as a whole.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

impl EventError {
    fn new(field: &'static str, reason: impl Into<String>) -> Self {
        Self { field, reason: reason.into() }
    }
}

/// Reads events. `now` is the time of those that have none. There is one result for each event in
/// `bytes`, in order; what follows after [`MAX_EVENTS`] is one error.
pub fn parse(bytes: &[u8], now: Timestamp) -> Vec<Result<Observation, EventError>> {
    let mut results = Vec::new();
    let mut read = |piece: Piece<'_>| {
        if results.len() < MAX_EVENTS {
            results.push(parse_piece(piece, now));
        } else if results.len() == MAX_EVENTS {
            let reason = format!("is one of more than {MAX_EVENTS} in one request");
            results.push(Err(EventError::new("event", reason)));
        }
    };
    let mut splitter = Splitter::new(MAX_EVENT);
    splitter.push(bytes, &mut read);
    splitter.finish(&mut read);
    results
}

fn parse_piece(piece: Piece<'_>, now: Timestamp) -> Result<Observation, EventError> {
    let Piece::Record { bytes, .. } = piece else {
        return Err(EventError::new("event", format!("is larger than {MAX_EVENT} bytes")));
    };
    let parsed = wire::json::parse(bytes).map_err(|error| {
        EventError::new("event", format!("is not JSON at byte {}", error.offset))
    })?;
    if parsed.truncated || parsed.too_deep {
        return Err(EventError::new("event", "nests too deep or has too many values"));
    }
    match parsed.value {
        Value::Object(map) => parse_event(map, now),
        _ => Err(EventError::new("event", "is not an object")),
    }
}

fn parse_event(mut map: Map<String, Value>, now: Timestamp) -> Result<Observation, EventError> {
    let (name, kind) = take_type(&mut map)?;
    let mut record = Record {
        kind,
        time: now,
        source: Source { door: Door::Events, ..Source::default() },
        event: Some(Event { action: name.to_owned(), ..Event::default() }),
        ..Record::default()
    };
    for field in &field::FIELDS {
        // A null says as much as nothing.
        if let Some(value) = map.remove(field.name).filter(|value| !value.is_null()) {
            put(field, value, &mut record)?;
        }
    }
    if let Some(unknown) = map.keys().next() {
        return Err(EventError::new("event", unknown_field(unknown)));
    }
    if record.span_id.is_some() && record.trace_id.is_none() {
        return Err(EventError::new("trace_id", "is missing, while there is a span_id"));
    }
    if kind == Kind::Guardrail {
        // Telemetry's guardrail spans are whole records; this one is only about a span.
        record.parent_span_id = record.span_id.take();
    }
    Ok(Sealed::new(record))
}

fn take_type(map: &mut Map<String, Value>) -> Result<(&'static str, Kind), EventError> {
    let wrong = || {
        let names: Vec<_> = kind::TYPES.iter().map(|kind| kind.name).collect();
        EventError::new("type", format!("is not one of {}", names.join(", ")))
    };
    match map.remove("type") {
        None => Err(EventError::new("type", "is missing")),
        Some(Value::String(name)) => {
            let known = kind::named(&name).ok_or_else(wrong)?;
            Ok((known.name, known.kind))
        }
        Some(_) => Err(wrong()),
    }
}

fn put(field: &Field, value: Value, record: &mut Record) -> Result<(), EventError> {
    let result = match &field.shape {
        Shape::Text(max, put) => text(value, *max).map(|text| put(record, text)),
        Shape::Texts(max, put) => texts(value, *max).map(|texts| put(record, texts)),
        Shape::Choice(words, put) => choice(&value, words).map(|word| put(record, word)),
        Shape::Hex(length, put) => hex(&value, *length).map(|bytes| put(record, &bytes)),
        Shape::Time(put) => {
            time::parse(&value).map(|time| put(record, time)).map_err(str::to_owned)
        }
        Shape::Number(put) => match value {
            Value::Number(number) => {
                put(record, number);
                Ok(())
            }
            _ => Err("is not a number".to_owned()),
        },
        Shape::Object(put) => match value {
            Value::Object(map) => object(map).map(|map| put(record, map)),
            _ => Err("is not an object".to_owned()),
        },
    };
    result.map_err(|reason| EventError { field: field.name, reason })
}

fn text(value: Value, max: usize) -> Result<String, String> {
    match value {
        Value::String(text) if text.is_empty() => Err("is empty".to_owned()),
        Value::String(text) if text.chars().count() <= max => Ok(text),
        Value::String(_) => Err(format!("is longer than {max} characters")),
        _ => Err("is not a text".to_owned()),
    }
}

fn texts(value: Value, max: usize) -> Result<Vec<String>, String> {
    match value {
        Value::Array(items) if items.len() <= max => items
            .into_iter()
            .map(|item| text(item, ITEM))
            .collect::<Result<_, _>>()
            .map_err(|reason| format!("has an item that {reason}")),
        Value::Array(_) => Err(format!("has more than {max} items")),
        _ => Err("is not an array of texts".to_owned()),
    }
}

fn choice(value: &Value, words: &'static [&'static str]) -> Result<&'static str, String> {
    let known = value.as_str().and_then(|given| words.iter().find(|word| **word == given));
    known.copied().ok_or_else(|| format!("is not one of {}", words.join(", ")))
}

fn hex(value: &Value, length: usize) -> Result<Vec<u8>, String> {
    let bytes = value.as_str().and_then(|text| hex::decode(text).ok());
    bytes
        .filter(|bytes| bytes.len() == length && bytes.iter().any(|byte| *byte != 0))
        .ok_or_else(|| format!("is not {} hexadecimal digits, at least one not 0", 2 * length))
}

/// `event.id` is how a repeat is known, so it comes by its field and no other way.
fn object(map: Map<String, Value>) -> Result<Map<String, Value>, String> {
    if map.contains_key(EVENT_ID) {
        return Err("has event.id, which belongs into the field id".to_owned());
    }
    Ok(map)
}

/// Names the known field that was probably meant, never the one that was sent: that may be
/// anything.
fn unknown_field(unknown: &str) -> String {
    let likeness = |field: &&Field| strsim::jaro_winkler(field.name, unknown);
    let nearest = field::FIELDS
        .iter()
        .filter(|field| likeness(field) > 0.85)
        .max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
    match nearest {
        Some(field) => format!("has a field that is not known; was {} meant", field.name),
        None => "has a field that is not known; put it into attributes".to_owned(),
    }
}
