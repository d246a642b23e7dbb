//! Gathers the segments of one direction.
//!
//! It does not know how a provider writes them.

use model::{Body, Direction, Origin, Place, Role, Segment};
use serde_json::Value;

use super::{Problems, outline};

/// Who speaks, in which message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice<'a> {
    pub(crate) message: u32,
    pub(crate) role: Role,
    pub(crate) origin: Origin,
    pub(crate) name: Option<&'a str>,
}

impl Voice<'_> {
    /// A role that speaks for itself.
    pub(crate) const fn of(message: usize, role: Role) -> Self {
        // Bodies are bounded far below 4 Gi messages.
        #[expect(clippy::cast_possible_truncation, reason = "a body has fewer messages")]
        let message = message as u32;
        Self { message, role, origin: role.origin(), name: None }
    }

    /// The same message, but words from elsewhere.
    pub(crate) const fn quoting(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// A tool's answer within the same message.
    pub(crate) const fn of_tool(self) -> Self {
        Self { role: Role::Tool, origin: Origin::Tool, ..self }
    }
}

/// Segments of one direction, and what was wrong with them.
pub(crate) struct Collector {
    direction: Direction,
    pub(crate) segments: Vec<Segment>,
    pub(crate) problems: Problems,
}

impl Collector {
    pub(crate) fn new(direction: Direction) -> Self {
        Self { direction, segments: Vec::new(), problems: Problems::default() }
    }

    pub(crate) fn put(&mut self, voice: Voice<'_>, body: Body) {
        self.segments.push(Segment {
            direction: self.direction,
            message: voice.message,
            role: voice.role,
            origin: voice.origin,
            name: voice.name.map(str::to_owned),
            body,
        });
    }

    /// Puts a text, unless it is empty.
    pub(crate) fn text(&mut self, voice: Voice<'_>, content: String) {
        if !content.is_empty() {
            self.put(voice, Body::Text { content });
        }
    }

    /// Keeps what was not understood as it came, less the bytes of attachments.
    pub(crate) fn other(&mut self, voice: Voice<'_>, name: impl Into<String>, value: Value) {
        self.put(voice, Body::Other { name: name.into(), value: outline(value) });
    }

    /// Keeps what is not as the provider defines it, and says so.
    pub(crate) fn odd(
        &mut self,
        voice: Voice<'_>,
        place: &Place<'_>,
        reason: &'static str,
        value: Value,
    ) {
        self.problems.note(place, reason);
        let name = value.get("type").and_then(Value::as_str).unwrap_or("unknown").to_owned();
        self.other(voice, name, value);
    }

    /// How many segments there are.
    pub(crate) fn len(&self) -> usize {
        self.segments.len()
    }
}

/// Splits a tool's answer in its texts (one stays a text, several become a list) and the parts
/// that are none. Anything but a list of typed parts is the answer itself.
pub(crate) fn split_texts(content: Value) -> (Value, Vec<Value>) {
    let is_part = |item: &Value| item.get("type").is_some_and(Value::is_string);
    match content {
        Value::Array(parts) if !parts.is_empty() && parts.iter().all(is_part) => {
            let mut texts = Vec::new();
            let mut others = Vec::new();
            for mut part in parts {
                match part.get_mut("text") {
                    Some(text @ Value::String(_)) => texts.push(text.take()),
                    _ => others.push(part),
                }
            }
            let result = match texts.len() {
                0 => Value::Null,
                1 => texts.remove(0),
                _ => Value::Array(texts),
            };
            (result, others)
        }
        other => (outline(other), Vec::new()),
    }
}
