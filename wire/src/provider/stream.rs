//! Puts a streamed answer together, so that it reads as if it had come whole.
//!
//! The first event that has a known shape decides whose stream it is. What is put together is
//! bounded by a [`Budget`]; what goes beyond is dropped and the answer marked. It does not cut
//! bytes into events.

use serde_json::Value;

use super::Fields;
use crate::anthropic::stream::MessageStream;
use crate::openai::chat_stream::ChatStream;
use crate::openai::responses_stream::ResponseStream;

/// How many more bytes may be put together.
#[derive(Debug)]
pub(crate) struct Budget {
    limit: usize,
    left: usize,
    pub(crate) exceeded: bool,
}

impl Budget {
    pub(crate) const fn new(limit: usize) -> Self {
        Self { limit, left: limit, exceeded: false }
    }

    /// Whether `bytes` more fit; then they are taken.
    pub(crate) const fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.exceeded = true,
        }
        !self.exceeded
    }

    /// Whether a value fits, with something for its frame; then it is taken.
    pub(crate) fn take_value(&mut self, value: &Value) -> bool {
        self.take(weight(value))
    }

    /// Gives back what is not held any more.
    pub(crate) fn put_back(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes).min(self.limit);
    }

    /// Gives back a value that is not held any more.
    pub(crate) fn put_back_value(&mut self, value: &Value) {
        self.put_back(weight(value));
    }

    /// Whether a value fits in place of everything held so far; then only it is taken.
    pub(crate) fn take_instead(&mut self, value: &Value) -> bool {
        let mut fresh = Self::new(self.limit);
        if fresh.take_value(value) {
            *self = fresh;
        } else {
            self.exceeded = true;
        }
        !self.exceeded
    }
}

/// About how many bytes a value takes. The recursion is bounded by the parser.
fn weight(value: &Value) -> usize {
    let inside = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(map) => map.iter().map(|(key, item)| 32 + key.len() + weight(item)).sum(),
        _ => 0,
    };
    size_of::<Value>() + inside
}

/// Appends a fragment to a text, if the budget has room for it.
pub(crate) fn append(text: &mut String, fragment: &str, budget: &mut Budget) {
    if budget.take(fragment.len()) {
        text.push_str(fragment);
    }
}

/// What an event was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Words, reasoning or a tool call of the model.
    Content,
    /// Anything else that is known.
    Frame,
    /// Nothing that is known.
    Unknown,
}

/// A stream that is being put together.
pub(super) enum Assembly {
    /// No event has shown whose it is.
    Undecided,
    Chat(Box<ChatStream>),
    Response(Box<ResponseStream>),
    Message(Box<MessageStream>),
}

impl Assembly {
    /// Takes one event.
    pub(super) fn event(&mut self, event: Fields, budget: &mut Budget) -> Seen {
        if matches!(self, Self::Undecided) {
            *self = Self::for_event(&event);
        }
        match self {
            Self::Undecided => Seen::Unknown,
            Self::Chat(stream) => stream.event(event, budget),
            Self::Response(stream) => stream.event(event, budget),
            Self::Message(stream) => stream.event(event, budget),
        }
    }

    fn for_event(event: &Fields) -> Self {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        let is_error = kind == "error" && event.contains_key("message");
        if kind.starts_with("response.") || is_error {
            Self::Response(Box::default())
        } else if kind.starts_with("message_") || kind.starts_with("content_block_") {
            Self::Message(Box::default())
        } else if event.contains_key("choices") {
            Self::Chat(Box::default())
        } else {
            Self::Undecided
        }
    }

    /// The answer as it would have come whole.
    pub(super) fn into_answer(self) -> Fields {
        match self {
            Self::Undecided => Fields::new(),
            Self::Chat(stream) => stream.into_answer(),
            Self::Response(stream) => stream.into_answer(),
            Self::Message(stream) => stream.into_answer(),
        }
    }
}
