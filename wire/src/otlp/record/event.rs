//! A span's events: content of the oldest dialects, exceptions, the first chunk; the rest as JSON.
//!
//! Log events are records of their own; see [`super::log`].

use model::{Direction, Role};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use serde_json::{Map, Value, json};

use super::super::attribute::{Any, into_value, parse_json};
use super::super::message::{Conversation, message};
use super::draft::Draft;
use super::instant::rfc3339;

/// A message event of convention 1.30, as a span's event or as a log event: on which side, and by
/// whom.
pub(crate) fn legacy_message(name: &str) -> Option<(Direction, Role)> {
    Some(match name {
        "gen_ai.system.message" => (Direction::Input, Role::System),
        "gen_ai.user.message" => (Direction::Input, Role::User),
        "gen_ai.assistant.message" => (Direction::Input, Role::Assistant),
        "gen_ai.tool.message" => (Direction::Input, Role::Tool),
        "gen_ai.choice" => (Direction::Output, Role::Assistant),
        _ => return None,
    })
}

/// The event that carries all attributes of its call.
pub(crate) const DETAILS: &str = "gen_ai.client.inference.operation.details";

/// Reads a span's events.
pub(crate) fn events(events: Vec<Event>, draft: &mut Draft) {
    let mut kept: Vec<Kept> = Vec::new();
    for event in events {
        chunk(&event, draft);
        exception(&event, draft);
        if let Some(event) = content(event, draft) {
            match kept.last_mut() {
                Some(last) if last.is_again(&event) => last.again(event.time_unix_nano),
                _ => kept.push(Kept::new(event)),
            }
        }
    }
    if !kept.is_empty() {
        let kept = kept.into_iter().map(Kept::into_value).collect();
        draft.attribute("events".to_owned(), Value::Array(kept));
    }
}

/// An event without content. A row of equal ones (chunks of a stream) is kept as one.
struct Kept {
    event: Event,
    last: u64,
    count: u64,
}

impl Kept {
    const fn new(event: Event) -> Self {
        Self { last: event.time_unix_nano, event, count: 1 }
    }

    fn is_again(&self, event: &Event) -> bool {
        self.event.name == event.name && self.event.attributes == event.attributes
    }

    const fn again(&mut self, time: u64) {
        self.last = time;
        self.count += 1;
    }

    fn into_value(self) -> Value {
        let mut map = Map::new();
        map.insert("name".to_owned(), Value::String(self.event.name));
        map.insert("time".to_owned(), rfc3339(self.event.time_unix_nano));
        if self.count > 1 {
            map.insert("last_time".to_owned(), rfc3339(self.last));
            map.insert("count".to_owned(), json!(self.count));
        }
        if !self.event.attributes.is_empty() {
            map.insert("attributes".to_owned(), object(self.event.attributes));
        }
        Value::Object(map)
    }
}

/// Attributes as a JSON object.
pub(crate) fn object(attributes: Vec<KeyValue>) -> Value {
    let pairs = attributes.into_iter().map(|pair| {
        (pair.key, pair.value.and_then(|any| any.value).map_or(Value::Null, into_value))
    });
    Value::Object(pairs.collect())
}

/// A span's links as JSON.
pub(crate) fn links(links: Vec<Link>, draft: &mut Draft) {
    let links = links.into_iter().map(|link| {
        let mut map = Map::new();
        map.insert("trace_id".to_owned(), hex::encode(link.trace_id).into());
        map.insert("span_id".to_owned(), hex::encode(link.span_id).into());
        if !link.attributes.is_empty() {
            map.insert("attributes".to_owned(), object(link.attributes));
        }
        Value::Object(map)
    });
    let links: Vec<Value> = links.collect();
    if !links.is_empty() {
        draft.attribute("links".to_owned(), Value::Array(links));
    }
}

/// The first chunk of a streamed answer: OpenLLMetry, OpenInference, Vercel.
fn chunk(event: &Event, draft: &mut Draft) {
    let names =
        ["gen_ai.content.completion.chunk", "First Token Stream Event", "ai.stream.firstChunk"];
    if draft.first_chunk.is_none() && names.contains(&event.name.as_str()) {
        let start = u64::try_from(draft.record.time.nanos()).unwrap_or(0);
        draft.first_chunk = event.time_unix_nano.checked_sub(start).filter(|_| start > 0);
    }
}

/// An exception says why a span failed, where the span itself does not.
fn exception(event: &Event, draft: &mut Draft) {
    if event.name != "exception" {
        return;
    }
    let text = |name: &str| {
        let found = event.attributes.iter().find(|pair| pair.key == name)?;
        match found.value.as_ref()?.value.as_ref()? {
            Any::StringValue(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        }
    };
    let status = &mut draft.record.status;
    status.error_type = status.error_type.take().or_else(|| text("exception.type"));
    status.message = status.message.take().or_else(|| text("exception.message"));
}

/// Takes the content out of an event; gives back an event that has none.
fn content(mut event: Event, draft: &mut Draft) -> Option<Event> {
    if event.name == DETAILS {
        draft.attributes.extend(event.attributes);
        return None;
    }
    if let Some((direction, role)) = legacy_message(&event.name) {
        let map = legacy_body(object(event.attributes));
        let spoken = match direction {
            Direction::Input => &mut draft.event_input,
            Direction::Output => &mut draft.event_output,
        };
        message(map, Some(role), spoken, &mut draft.facts.finish_reasons);
        return None;
    }
    let (side, name) = match event.name.as_str() {
        "gen_ai.content.prompt" => (Direction::Input, "gen_ai.prompt"),
        "gen_ai.content.completion" => (Direction::Output, "gen_ai.completion"),
        _ => return Some(event),
    };
    let Some(at) = event.attributes.iter().position(|pair| pair.key == name) else {
        return Some(event);
    };
    let value = event.attributes.swap_remove(at).value.and_then(|any| any.value);
    let value = value.map_or(Value::Null, into_value);
    let spoken: &mut Conversation = match side {
        Direction::Input => &mut draft.event_input,
        Direction::Output => &mut draft.event_output,
    };
    if let Err(value) = super::super::message::read(value, None, spoken) {
        draft.attribute(name.to_owned(), value);
    }
    (!event.attributes.is_empty()).then_some(event)
}

/// The members of a message event: its body, its attributes, or JSON text in one of them.
pub(crate) fn legacy_body(value: Value) -> Map<String, Value> {
    let Value::Object(mut map) = value else {
        return [("content".to_owned(), value)].into_iter().collect();
    };
    for name in ["gen_ai.event.content", "gen_ai.prompt", "gen_ai.completion"] {
        let inner = map.get(name).and_then(|inner| parse_json(inner.as_str()?));
        if let Some(Value::Object(inner)) = inner {
            map.remove(name);
            map.extend(inner);
        }
    }
    map.retain(|name, _| !name.starts_with("gen_ai.") && name != "event.name");
    map
}
