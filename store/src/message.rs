//! The segments of a record as rows of `message`, each with one text.
//!
//! It does not decide which are kept: `fold` does.

use std::borrow::Cow;

use model::{Body, Direction, Modality, Segment};
use rusqlite::{Row, Statement};
use serde_json::Value;

use crate::identity::hash_of;

/// One row of `message`. What comes from a record of the batch is borrowed from it.
#[derive(Clone, Debug)]
pub(crate) struct Message<'a> {
    /// Number within the record: the low 16 bits of the row id.
    pub(crate) slot: u16,
    pub(crate) direction: Cow<'a, str>,
    pub(crate) position: i64,
    pub(crate) role: Cow<'a, str>,
    pub(crate) origin: Cow<'a, str>,
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) kind: Cow<'a, str>,
    pub(crate) text: Option<Cow<'a, str>>,
    pub(crate) call_id: Option<Cow<'a, str>>,
    pub(crate) tool_name: Option<Cow<'a, str>>,
    pub(crate) mime_type: Option<Cow<'a, str>>,
    pub(crate) size: i64,
    /// Whether a tool reported an error. Only of messages that come from a record.
    pub(crate) failed: bool,
}

impl<'a> Message<'a> {
    /// The row of a segment; its slot is given when it is kept.
    pub(crate) fn of(segment: &'a Segment) -> Self {
        let mut message = Self {
            slot: 0,
            direction: Cow::Borrowed(direction(segment.direction)),
            position: i64::from(segment.message),
            role: Cow::Borrowed(segment.role.as_str()),
            origin: Cow::Borrowed(segment.origin.as_str()),
            name: borrow(segment.name.as_ref()),
            kind: Cow::Borrowed(kind(&segment.body)),
            text: None,
            call_id: None,
            tool_name: None,
            mime_type: None,
            size: 0,
            failed: false,
        };
        message.set_body(&segment.body);
        if message.size == 0 {
            message.size = length(message.text.as_deref());
        }
        message
    }

    fn set_body(&mut self, body: &'a Body) {
        match body {
            Body::Text { content }
            | Body::Reasoning { content }
            | Body::Refusal { content }
            | Body::Document { content, .. } => self.text = Some(Cow::Borrowed(content)),
            Body::ToolCall { id, name, arguments } => {
                self.call_id = borrow(id.as_ref());
                self.tool_name = Some(Cow::Borrowed(name));
                self.text = Some(text_of(arguments));
            }
            Body::ToolResult { id, name, result, is_error } => {
                self.call_id = borrow(id.as_ref());
                self.tool_name = borrow(name.as_ref());
                self.text = Some(text_of(result));
                self.failed = *is_error;
            }
            Body::Blob(blob) => {
                self.mime_type = borrow(blob.mime_type.as_ref());
                self.text = Some(Cow::Borrowed(&blob.hash));
                self.size = i64::try_from(blob.size).unwrap_or(i64::MAX);
            }
            Body::Reference { mime_type, uri, .. } => {
                self.mime_type = borrow(mime_type.as_ref());
                self.text = Some(Cow::Borrowed(uri));
            }
            Body::Other { value, .. } => self.text = Some(text_of(value)),
        }
    }

    /// What makes two messages the same, wherever a dialect numbers or repeats them.
    pub(crate) fn identity(&self) -> u64 {
        let content = (self.text.as_deref(), self.call_id.as_deref(), self.tool_name.as_deref());
        hash_of(&(&*self.direction, &*self.role, &*self.kind, content, self.size))
    }

    /// The words by which it is found: its text and the name of its tool.
    pub(crate) fn words(&self) -> Option<Cow<'_, str>> {
        words(self.tool_name.as_deref(), self.text.as_deref())
    }

    /// Whether it is a call of a tool that the model asked for.
    pub(crate) fn is_asked_call(&self) -> bool {
        self.direction == "output" && self.kind == "tool_call"
    }

    /// Whether it is what a tool answered, handed to a model.
    pub(crate) fn is_given_result(&self) -> bool {
        self.direction == "input" && self.kind == "tool_result"
    }

    /// Whether both are the same result of a call with the same id.
    pub(crate) fn is_same_result(&self, other: &Self) -> bool {
        self.is_given_result()
            && other.is_given_result()
            && (&self.call_id, &self.text) == (&other.call_id, &other.text)
    }

    /// Binds all columns for the row `id`.
    pub(crate) fn bind(&self, id: i64, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        statement.raw_bind_parameter(1, id)?;
        statement.raw_bind_parameter(2, &self.direction)?;
        statement.raw_bind_parameter(3, self.position)?;
        statement.raw_bind_parameter(4, &self.role)?;
        statement.raw_bind_parameter(5, &self.origin)?;
        statement.raw_bind_parameter(6, &self.name)?;
        statement.raw_bind_parameter(7, &self.kind)?;
        statement.raw_bind_parameter(8, &self.text)?;
        statement.raw_bind_parameter(9, &self.call_id)?;
        statement.raw_bind_parameter(10, &self.tool_name)?;
        statement.raw_bind_parameter(11, &self.mime_type)?;
        statement.raw_bind_parameter(12, self.size)
    }

    /// Reads a row of `message`.
    pub(crate) fn load(row: &Row<'_>) -> rusqlite::Result<Message<'static>> {
        let text = |column: &str| row.get::<_, Option<String>>(column);
        let id: i64 = row.get("id")?;
        Ok(Message {
            slot: u16::try_from(id & 0xffff).unwrap_or_default(),
            direction: Cow::Owned(row.get("direction")?),
            position: row.get("position")?,
            role: Cow::Owned(row.get("role")?),
            origin: Cow::Owned(row.get("origin")?),
            name: text("name")?.map(Cow::Owned),
            kind: Cow::Owned(row.get("type")?),
            text: text("text")?.map(Cow::Owned),
            call_id: text("tool_call_id")?.map(Cow::Owned),
            tool_name: text("tool_name")?.map(Cow::Owned),
            mime_type: text("mime_type")?.map(Cow::Owned),
            size: row.get("size")?,
            failed: false,
        })
    }
}

/// The words by which a message with this tool and text is found.
pub(crate) fn words<'t>(tool: Option<&'t str>, text: Option<&'t str>) -> Option<Cow<'t, str>> {
    match (tool, text) {
        (Some(tool), Some(text)) => Some(Cow::Owned(format!("{tool} {text}"))),
        (one, other) => one.or(other).map(Cow::Borrowed),
    }
}

/// The name in the views.
pub(crate) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "input",
        Direction::Output => "output",
    }
}

const fn kind(body: &Body) -> &'static str {
    match body {
        Body::Text { .. } => "text",
        Body::Reasoning { .. } => "reasoning",
        Body::Refusal { .. } => "refusal",
        Body::ToolCall { .. } => "tool_call",
        Body::ToolResult { .. } => "tool_result",
        Body::Document { .. } => "document",
        Body::Blob(blob) => modality(blob.modality),
        Body::Reference { .. } => "reference",
        Body::Other { .. } => "other",
    }
}

const fn modality(modality: Modality) -> &'static str {
    match modality {
        Modality::Image => "image",
        Modality::Audio => "audio",
        Modality::Video => "video",
        Modality::Document => "file",
    }
}

/// A JSON value as text: a string as it is, anything else encoded.
fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

fn borrow(text: Option<&String>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

fn length(text: Option<&str>) -> i64 {
    i64::try_from(text.unwrap_or_default().len()).unwrap_or(i64::MAX)
}
