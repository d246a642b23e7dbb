//! Reads an answer as it arrives: whole JSON, a stream of events, plain text, or other bytes.
//!
//! What it is, is seen from its first bytes more than from its content type, since servers send
//! errors as JSON under any type. It does not undo content codings; [`crate::body`] does.

use aws_lc_rs::digest;
use model::{Body, Direction, Modality, Place, Role};
use serde_json::Value;

use super::stream::Assembly;
use super::{
    Attachment, Budget, Collector, Dialect, Endpoint, ParsedAnswer, Problems, Seen, Voice,
    read_answer,
};
use crate::openai::embeddings;
use crate::{json, sse};

/// How much of an answer is kept.
#[derive(Clone, Copy, Debug)]
pub struct AnswerLimits {
    /// Bytes of a whole answer, of one event, or of all that is put together of a stream.
    pub max_bytes: usize,
}

impl Default for AnswerLimits {
    /// 16 MiB.
    fn default() -> Self {
        Self { max_bytes: 16 << 20 }
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As it should.
    Complete,
    /// It broke off.
    Cut,
}

/// An answer that is being read.
pub struct AnswerReader {
    dialect: Dialect,
    endpoint: Endpoint,
    content_type: ContentType,
    limits: AnswerLimits,
    form: Form,
    first_content: bool,
}

/// What the content type promises.
#[derive(Clone)]
enum ContentType {
    Events,
    Text,
    /// Any other type, with its name.
    Bytes(String),
}

enum Form {
    /// The first bytes, which have not shown what it is.
    Unknown(Vec<u8>),
    /// A body that is read when it is whole.
    Whole {
        bytes: Vec<u8>,
        overflow: bool,
    },
    Events(Box<Events>),
    /// A body that is neither JSON nor text.
    Bytes {
        size: u64,
        digest: digest::Context,
    },
}

struct Events {
    reader: sse::Reader,
    stream: Stream,
}

/// What the events' data go into.
struct Stream {
    assembly: Assembly,
    budget: Budget,
    problems: Problems,
    content: bool,
    error: Option<Value>,
}

impl AnswerReader {
    /// A reader for the answer to a request on `path`. `content_type` is the field's value.
    pub fn new(
        dialect: Dialect,
        path: &str,
        content_type: Option<&str>,
        limits: AnswerLimits,
    ) -> Self {
        Self {
            dialect,
            endpoint: Endpoint::of(path),
            content_type: ContentType::of(content_type.unwrap_or_default()),
            limits,
            form: Form::Unknown(Vec::new()),
            first_content: false,
        }
    }

    /// Takes the next bytes, already rid of their content coding. Gives `true` once: when the first
    /// words, reasoning or tool call of a stream came with them.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        if let Form::Unknown(begin) = &mut self.form {
            begin.extend_from_slice(bytes);
            let begin = std::mem::take(begin);
            match self.form_of(&begin) {
                Some(form) => {
                    self.form = form;
                    self.take(&begin);
                }
                None => self.form = Form::Unknown(begin),
            }
        } else {
            self.take(bytes);
        }
        let content = matches!(&self.form, Form::Events(events) if events.stream.content);
        content && !std::mem::replace(&mut self.first_content, true)
    }

    /// Ends the answer.
    pub fn finish(mut self, how: How) -> ParsedAnswer {
        if let Form::Unknown(begin) = &mut self.form {
            let begin = std::mem::take(begin);
            self.form = self.form_at_end(&begin);
            self.take(&begin);
        }
        let cut = how == How::Cut;
        let (dialect, endpoint) = (self.dialect, self.endpoint);
        let mut answer = match self.form {
            Form::Events(events) => events.finish(dialect, endpoint),
            Form::Whole { bytes, overflow } => {
                read_whole(dialect, endpoint, &bytes, overflow || cut)
            }
            Form::Bytes { size, digest } => {
                let mut answer = ParsedAnswer::empty(dialect, endpoint);
                if size > 0 {
                    let attachment = self.content_type.attachment();
                    put(&mut answer, attachment.bytes(size, digest.finish().as_ref()));
                }
                answer
            }
            Form::Unknown(_) => ParsedAnswer::empty(dialect, endpoint),
        };
        answer.truncated |= cut;
        answer
    }

    fn take(&mut self, bytes: &[u8]) {
        match &mut self.form {
            Form::Unknown(_) => {}
            Form::Whole { bytes: kept, overflow } => {
                let room = self.limits.max_bytes.saturating_sub(kept.len());
                *overflow |= bytes.len() > room;
                kept.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
            }
            Form::Events(events) => events.push(bytes),
            Form::Bytes { size, digest } => {
                *size += bytes.len() as u64;
                digest.update(bytes);
            }
        }
    }

    /// What a body is that begins like this, as soon as that can be seen.
    fn form_of(&self, begin: &[u8]) -> Option<Form> {
        if let ContentType::Bytes(_) = self.content_type {
            return Some(Form::Bytes { size: 0, digest: digest::Context::new(&digest::SHA256) });
        }
        let text = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin).trim_ascii_start();
        match text {
            [] => (begin.len() > 1024).then(|| self.form_at_end(begin)),
            [b'{' | b'[', ..] => Some(Form::Whole { bytes: Vec::new(), overflow: false }),
            _ if text.len() < 6 => None,
            _ => Some(self.form_at_end(begin)),
        }
    }

    /// The same when no more comes, or enough has.
    fn form_at_end(&self, begin: &[u8]) -> Form {
        let text = begin.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begin).trim_ascii_start();
        let is_json = matches!(text, [b'{' | b'[', ..]);
        let is_field = |name: &&[u8]| text.starts_with(name);
        let fields: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b":"];
        match &self.content_type {
            ContentType::Bytes(_) => {
                Form::Bytes { size: 0, digest: digest::Context::new(&digest::SHA256) }
            }
            ContentType::Events if !is_json => self.events(),
            _ if fields.iter().any(is_field) => self.events(),
            _ => Form::Whole { bytes: Vec::new(), overflow: false },
        }
    }

    fn events(&self) -> Form {
        Form::Events(Box::new(Events {
            reader: sse::Reader::new(self.limits.max_bytes),
            stream: Stream {
                assembly: Assembly::Undecided,
                budget: Budget::new(self.limits.max_bytes),
                problems: Problems::default(),
                content: false,
                error: None,
            },
        }))
    }
}

impl ContentType {
    fn of(value: &str) -> Self {
        let name = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if name == "text/event-stream" {
            Self::Events
        } else if name.is_empty() || name.starts_with("text/") || name.contains("json") {
            Self::Text
        } else {
            Self::Bytes(name)
        }
    }

    fn attachment(self) -> Attachment {
        let Self::Bytes(name) = self else {
            return Attachment { modality: Modality::Document, mime_type: None };
        };
        let modality = match name.split('/').next().unwrap_or_default() {
            "image" => Modality::Image,
            "audio" => Modality::Audio,
            "video" => Modality::Video,
            _ => Modality::Document,
        };
        Attachment { modality, mime_type: Some(name) }
    }
}

impl Events {
    fn push(&mut self, bytes: &[u8]) {
        let stream = &mut self.stream;
        self.reader.push(bytes, &mut |event| stream.event(&event));
    }

    fn finish(self, dialect: Dialect, endpoint: Endpoint) -> ParsedAnswer {
        let Self { mut reader, mut stream } = self;
        reader.finish(&mut |event| stream.event(&event));
        let mut fields = stream.assembly.into_answer();
        if let Some(error) = stream.error {
            fields.insert("error".to_owned(), error);
        }
        let mut answer = read_answer(dialect, endpoint, fields);
        answer.problems.splice(0..0, stream.problems.into_list());
        answer.truncated |= stream.budget.exceeded || reader.oversized() > 0;
        answer
    }
}

impl Stream {
    fn event(&mut self, event: &sse::Event<'_>) {
        if event.data.trim() == "[DONE]" {
            return;
        }
        let place = Place::root("events");
        let fields = match json::parse(event.data.as_bytes()).map(|parsed| parsed.value) {
            Ok(Value::Object(fields)) => fields,
            Ok(_) => {
                return self.problems.note(&place, "has data that are not an object");
            }
            Err(_) => return self.problems.note(&place, "has data that are not JSON"),
        };
        let typed = fields.contains_key("type");
        let mut fields = fields;
        if !typed && event.name != "message" {
            fields.insert("type".to_owned(), event.name.as_ref().into());
        }
        self.read(fields, &place);
    }

    fn read(&mut self, mut fields: super::Fields, place: &Place<'_>) {
        if fields.get("error").is_some_and(|error| !error.is_null()) {
            self.error = fields.remove("error");
        }
        match self.assembly.event(fields, &mut self.budget) {
            Seen::Content => self.content = true,
            Seen::Frame => {}
            Seen::Unknown if self.error.is_some() => {}
            Seen::Unknown => self.problems.note(place, "has an event of no known kind"),
        }
    }
}

/// Reads a body that came whole, or as much of it as came.
fn read_whole(dialect: Dialect, endpoint: Endpoint, bytes: &[u8], cut: bool) -> ParsedAnswer {
    let mut answer = ParsedAnswer::empty(dialect, endpoint);
    if bytes.trim_ascii().is_empty() {
        return answer;
    }
    if endpoint == Endpoint::Embeddings
        && let Ok(vectors) = serde_json::from_slice::<embeddings::Answer>(bytes)
    {
        answer.attributes = vectors.attributes();
        answer.call.usage = super::usage_of(&vectors.usage);
        answer.call.response_model = vectors.model;
        return answer;
    }
    match json::parse(bytes) {
        Ok(json::Parsed { value: Value::Object(fields), truncated, too_deep }) => {
            answer = read_answer(dialect, endpoint, fields);
            answer.truncated = truncated || too_deep;
        }
        Ok(parsed) => {
            let mut out = Collector::new(Direction::Output);
            out.other(Voice::of(0, Role::Assistant), "json", parsed.value);
            answer.content = out.segments;
        }
        Err(_) => {
            put(&mut answer, Body::Text { content: String::from_utf8_lossy(bytes).into_owned() });
        }
    }
    answer.truncated |= cut;
    answer
}

fn put(answer: &mut ParsedAnswer, body: Body) {
    let mut out = Collector::new(Direction::Output);
    out.put(Voice::of(0, Role::Assistant), body);
    answer.content = out.segments;
}
