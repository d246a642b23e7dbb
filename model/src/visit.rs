//! Every string and number of a record, with the path of the field it is in.
//!
//! Inspection goes through here, so a field that this file forgets is a field that nobody
//! inspects: the test below fills every field and looks for what was missed.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Number, Value};

use crate::{Body, Record, Segment};

/// Looks at, and may change, what came from outside.
pub trait Visitor {
    /// A string.
    fn text(&mut self, place: &Place<'_>, text: &mut String);

    /// A key of the map at `place`. It is visited after its value.
    fn key(&mut self, place: &Place<'_>, key: &mut String) {
        self.text(place, key);
    }

    /// A number inside a JSON value; returns the text that takes its place, if any.
    fn number(&mut self, place: &Place<'_>, number: &Number) -> Option<String>;
}

/// The path of a field, such as `content/2/arguments/city`. Costs nothing until it is written.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Position(usize),
}

impl<'a> Place<'a> {
    /// A field of the record itself.
    pub const fn root(name: &'a str) -> Self {
        Self { parent: None, step: Step::Name(name) }
    }

    /// A named field within this one.
    #[must_use]
    pub const fn field(&'a self, name: &'a str) -> Place<'a> {
        Place { parent: Some(self), step: Step::Name(name) }
    }

    /// An item of this list.
    #[must_use]
    pub const fn item(&'a self, position: usize) -> Place<'a> {
        Place { parent: Some(self), step: Step::Position(position) }
    }

    /// The innermost name on the path: the key that a value stands under. List positions are
    /// passed over.
    pub const fn name(&self) -> Option<&'a str> {
        match self.step {
            Step::Name(name) => Some(name),
            Step::Position(_) => match self.parent {
                Some(parent) => parent.name(),
                None => None,
            },
        }
    }

    /// The position in the outermost list: 2 in `content/2/arguments`.
    pub const fn position(&self) -> Option<usize> {
        match (self.parent, self.step) {
            (Some(Place { parent: None, .. }), Step::Position(position)) => Some(position),
            (Some(parent), _) => parent.position(),
            (None, _) => None,
        }
    }

    /// Whether `test` holds for any name on the path.
    pub fn any_name(&self, test: &dyn Fn(&str) -> bool) -> bool {
        let here = matches!(self.step, Step::Name(name) if test(name));
        here || self.parent.is_some_and(|parent| parent.any_name(test))
    }

    /// The outermost name on the path: the field of the record.
    pub const fn top(&self) -> Option<&'a str> {
        match (self.parent, self.step) {
            (Some(parent), _) => parent.top(),
            (None, Step::Name(name)) => Some(name),
            (None, Step::Position(_)) => None,
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}/")?;
        }
        match self.step {
            Step::Name(name) => f.write_str(name),
            Step::Position(position) => write!(f, "{position}"),
        }
    }
}

/// Visits every string and JSON number of the record that came from outside. Ids of fixed form,
/// counts, times, and what inspection itself wrote are left out.
pub fn visit(record: &mut Record, visitor: &mut dyn Visitor) {
    visitor.text(&Place::root("tenant"), &mut record.tenant.0);
    optional(&Place::root("name"), &mut record.name, visitor);
    let source = Place::root("source");
    optional(&source.field("service"), &mut record.source.service, visitor);
    optional(&source.field("dialect"), &mut record.source.dialect, visitor);
    let status = Place::root("status");
    optional(&status.field("error_type"), &mut record.status.error_type, visitor);
    optional(&status.field("message"), &mut record.status.message, visitor);
    visit_actor(record, visitor);
    visit_call(record, visitor);
    visit_exchange(record, visitor);
    visit_event(record, visitor);
    visit_alert(record, visitor);
    for (position, segment) in record.content.iter_mut().enumerate() {
        visit_segment(&Place::root("content").item(position), segment, visitor);
    }
    visit_map(&Place::root("attributes"), &mut record.attributes, visitor);
}

fn optional(place: &Place<'_>, text: &mut Option<String>, visitor: &mut dyn Visitor) {
    if let Some(text) = text {
        visitor.text(place, text);
    }
}

fn each(place: &Place<'_>, texts: &mut [String], visitor: &mut dyn Visitor) {
    for (position, text) in texts.iter_mut().enumerate() {
        visitor.text(&place.item(position), text);
    }
}

fn visit_actor(record: &mut Record, visitor: &mut dyn Visitor) {
    let place = Place::root("actor");
    let actor = &mut record.actor;
    optional(&place.field("user"), &mut actor.user, visitor);
    optional(&place.field("session"), &mut actor.session, visitor);
    each(&place.field("roles"), &mut actor.roles, visitor);
    optional(&place.field("agent"), &mut actor.agent, visitor);
    optional(&place.field("api_key"), &mut actor.api_key, visitor);
    optional(&place.field("client_address"), &mut actor.client_address, visitor);
    optional(&place.field("user_agent"), &mut actor.user_agent, visitor);
}

fn visit_call(record: &mut Record, visitor: &mut dyn Visitor) {
    let Some(call) = &mut record.call else { return };
    let place = Place::root("call");
    visitor.text(&place.field("operation"), &mut call.operation);
    optional(&place.field("provider"), &mut call.provider, visitor);
    optional(&place.field("request_model"), &mut call.request_model, visitor);
    optional(&place.field("response_model"), &mut call.response_model, visitor);
    optional(&place.field("response_id"), &mut call.response_id, visitor);
    each(&place.field("finish_reasons"), &mut call.finish_reasons, visitor);
    visit_map(&place.field("parameters"), &mut call.parameters, visitor);
    for (position, definition) in call.tool_definitions.iter_mut().enumerate() {
        visit_value(&place.field("tool_definitions").item(position), definition, visitor);
    }
    optional(&place.field("server_address"), &mut call.server_address, visitor);
}

fn visit_exchange(record: &mut Record, visitor: &mut dyn Visitor) {
    let Some(exchange) = &mut record.exchange else {
        return;
    };
    let place = Place::root("exchange");
    visitor.text(&place.field("method"), &mut exchange.method);
    visitor.text(&place.field("path"), &mut exchange.path);
    optional(&place.field("protocol"), &mut exchange.protocol, visitor);
}

fn visit_event(record: &mut Record, visitor: &mut dyn Visitor) {
    let Some(event) = &mut record.event else {
        return;
    };
    let place = Place::root("event");
    visitor.text(&place.field("action"), &mut event.action);
    optional(&place.field("target"), &mut event.target, visitor);
    optional(&place.field("reason"), &mut event.reason, visitor);
}

fn visit_alert(record: &mut Record, visitor: &mut dyn Visitor) {
    let Some(alert) = &mut record.alert else {
        return;
    };
    let place = Place::root("alert");
    visitor.text(&place.field("id"), &mut alert.id);
    visitor.text(&place.field("rule").field("id"), &mut alert.rule.id);
    visitor.text(&place.field("rule").field("title"), &mut alert.rule.title);
    visitor.text(&place.field("rule").field("digest"), &mut alert.rule.digest);
    visitor.text(&place.field("reason"), &mut alert.reason);
    visitor.text(&place.field("action"), &mut alert.action);
    each(&place.field("tags"), &mut alert.tags, visitor);
    for (mut name, mut value) in std::mem::take(&mut alert.entities) {
        let place = place.field("entities");
        visitor.text(&place.field(&name), &mut value);
        visitor.key(&place, &mut name);
        alert.entities.insert(name, value);
    }
}

fn visit_segment(place: &Place<'_>, segment: &mut Segment, visitor: &mut dyn Visitor) {
    optional(&place.field("name"), &mut segment.name, visitor);
    match &mut segment.body {
        Body::Text { content } | Body::Reasoning { content } | Body::Refusal { content } => {
            visitor.text(place, content);
        }
        Body::ToolCall { id, name, arguments } => {
            optional(&place.field("id"), id, visitor);
            visitor.text(&place.field("tool"), name);
            visit_value(&place.field("arguments"), arguments, visitor);
        }
        Body::ToolResult { id, name, result, .. } => {
            optional(&place.field("id"), id, visitor);
            optional(&place.field("tool"), name, visitor);
            visit_value(&place.field("result"), result, visitor);
        }
        Body::Document { id, content, metadata, .. } => {
            optional(&place.field("id"), id, visitor);
            visitor.text(place, content);
            if let Some(metadata) = metadata {
                visit_value(&place.field("metadata"), metadata, visitor);
            }
        }
        Body::Blob(blob) => optional(&place.field("mime_type"), &mut blob.mime_type, visitor),
        Body::Reference { mime_type, uri, .. } => {
            optional(&place.field("mime_type"), mime_type, visitor);
            visitor.text(&place.field("uri"), uri);
        }
        Body::Other { name, value } => {
            visitor.text(&place.field("type"), name);
            visit_value(&place.field("value"), value, visitor);
        }
    }
}

fn visit_map(place: &Place<'_>, map: &mut BTreeMap<String, Value>, visitor: &mut dyn Visitor) {
    for (mut key, mut value) in std::mem::take(map) {
        visit_value(&place.field(&key), &mut value, visitor);
        visitor.key(place, &mut key);
        map.insert(key, value);
    }
}

/// Visits every string, key and number inside a JSON value.
pub fn visit_value(place: &Place<'_>, value: &mut Value, visitor: &mut dyn Visitor) {
    match value {
        Value::String(text) => visitor.text(place, text),
        Value::Array(items) => {
            for (position, item) in items.iter_mut().enumerate() {
                visit_value(&place.item(position), item, visitor);
            }
        }
        Value::Object(map) => {
            for (mut key, mut value) in std::mem::take(map) {
                visit_value(&place.field(&key), &mut value, visitor);
                visitor.key(place, &mut key);
                map.insert(key, value);
            }
        }
        Value::Number(number) => {
            if let Some(text) = visitor.number(place, number) {
                *value = Value::String(text);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Number, Place, Visitor};
    use crate::*;

    /// Replaces everything it is shown.
    struct Wipe(Vec<String>);

    impl Visitor for Wipe {
        fn text(&mut self, place: &Place<'_>, text: &mut String) {
            self.0.push(place.to_string());
            *text = text.replace("CANARY", "gone");
        }

        fn number(&mut self, place: &Place<'_>, number: &Number) -> Option<String> {
            self.0.push(place.to_string());
            (number.as_u64() == Some(4_111_111_111_111_111)).then(|| "gone".to_owned())
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "the fields it fills are optional")]
    fn text(label: &str) -> Option<String> {
        Some(format!("CANARY {label}"))
    }

    fn segment(body: Body) -> Segment {
        Segment {
            direction: Direction::Input,
            message: 0,
            role: Role::User,
            origin: Origin::User,
            name: text("author"),
            body,
        }
    }

    fn json_canary() -> serde_json::Value {
        json!({"CANARY key": [{"deep": "CANARY"}, 4_111_111_111_111_111_u64]})
    }

    fn segments() -> Vec<Segment> {
        let content = || "CANARY".to_owned();
        vec![
            segment(Body::Text { content: content() }),
            segment(Body::Reasoning { content: content() }),
            segment(Body::Refusal { content: content() }),
            segment(Body::ToolCall { id: text("id"), name: content(), arguments: json_canary() }),
            segment(Body::ToolResult {
                id: text("id"),
                name: text("name"),
                result: json_canary(),
                is_error: true,
            }),
            segment(Body::Document {
                id: text("id"),
                score: Some(0.5),
                content: content(),
                metadata: Some(json_canary()),
            }),
            segment(Body::Blob(Blob {
                modality: Modality::Image,
                mime_type: text("mime"),
                size: 1,
                hash: String::new(),
            })),
            segment(Body::Reference {
                modality: Modality::Image,
                mime_type: text("mime"),
                uri: content(),
            }),
            segment(Body::Other { name: content(), value: json_canary() }),
        ]
    }

    fn full() -> Record {
        let content = || "CANARY".to_owned();
        Record {
            version: 1,
            tenant: TenantId(content()),
            source: Source { door: Door::Otlp, service: text("service"), dialect: text("dialect") },
            name: text("name"),
            status: Status { ok: Some(false), error_type: text("error"), message: text("message") },
            actor: Actor {
                identified_by: IdentifiedBy::Header,
                user: text("user"),
                session: text("session"),
                roles: vec![content()],
                agent: text("agent"),
                api_key: text("key"),
                client_address: text("address"),
                user_agent: text("agent"),
            },
            call: Some(Call {
                operation: content(),
                provider: text("provider"),
                request_model: text("model"),
                response_model: text("model"),
                response_id: text("id"),
                finish_reasons: vec![content()],
                parameters: [(content(), json_canary())].into(),
                tool_definitions: vec![json_canary()],
                server_address: text("server"),
                ..Call::default()
            }),
            exchange: Some(Exchange {
                method: content(),
                path: content(),
                protocol: text("protocol"),
                ..Exchange::default()
            }),
            event: Some(Event {
                action: content(),
                target: text("target"),
                reason: text("reason"),
                ..Event::default()
            }),
            alert: Some(Box::new(Alert {
                id: content(),
                rule: RaisedBy { id: content(), title: content(), digest: content() },
                reason: content(),
                action: content(),
                tags: vec![content()],
                entities: [(content(), content())].into(),
                ..Alert::default()
            })),
            content: segments(),
            attributes: [(content(), json_canary())].into(),
            ..Record::default()
        }
    }

    #[test]
    fn no_field_is_forgotten() {
        let mut record = full();
        let mut wipe = Wipe(Vec::new());
        visit(&mut record, &mut wipe);
        let left = String::from_utf8(encode(&record)).unwrap();
        assert!(!left.contains("CANARY"), "{left}");
        assert!(!left.contains("4111111111111111"), "{left}");
        assert!(wipe.0.contains(&"content/3/arguments/CANARY key/0/deep".to_owned()));
    }

    #[test]
    fn every_kind_of_content_comes_back() {
        let record = full();
        assert_eq!(decode(&encode(&record)).unwrap(), record);
    }

    #[test]
    fn a_place_knows_its_key() {
        let attributes = Place::root("attributes");
        let key = attributes.field("password");
        assert_eq!(key.item(3).name(), Some("password"));
        assert_eq!(key.item(3).top(), Some("attributes"));
        assert_eq!(key.item(3).to_string(), "attributes/password/3");
    }
}
