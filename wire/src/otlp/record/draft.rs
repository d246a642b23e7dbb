//! A record while it is put together.
//!
//! Nothing that was received is lost on the way: what has no field stays an attribute.

use model::{Body, Direction, Door, Part, Record, Role, Segment};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use serde_json::{Value, json};

use super::super::attribute::{Any, Named, Sorted, any_depth, into_value, parse_json};
use super::super::fault::Fault;
use super::super::limits::Limits;
use super::super::message::{Conversation, Facts, read};
use super::context::Context;

/// A record, and what is not in it yet.
pub(crate) struct Draft {
    pub(crate) record: Record,
    pub(crate) attributes: Sorted,
    pub(crate) input: Conversation,
    pub(crate) output: Conversation,
    /// What the span's events said, to be compared with what its attributes say.
    pub(crate) event_input: Conversation,
    /// The same for output.
    pub(crate) event_output: Conversation,
    /// What message bodies said beside their messages.
    pub(crate) facts: Facts,
    /// From an event: nanoseconds until the first chunk.
    pub(crate) first_chunk: Option<u64>,
    /// Inputs and outputs that hold no messages.
    unread: Vec<(Direction, &'static str, Value)>,
    notes: Vec<&'static str>,
}

impl Draft {
    /// A record of which nothing is known but its attributes.
    pub(crate) fn new(attributes: Vec<KeyValue>) -> Self {
        let mut record = Record { version: 1, ..Record::default() };
        record.source.door = Door::Otlp;
        Self {
            record,
            attributes: Sorted::new(attributes),
            input: Conversation::new(Direction::Input),
            output: Conversation::new(Direction::Output),
            event_input: Conversation::new(Direction::Input),
            event_output: Conversation::new(Direction::Output),
            facts: Facts::default(),
            first_chunk: None,
            unread: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Says that something about the item is odd.
    pub(crate) fn note(&mut self, note: Option<&'static str>) {
        self.notes.extend(note);
    }

    /// Adds an attribute under its name. The first of a name keeps it; others are kept beside it.
    pub(crate) fn attribute(&mut self, name: String, value: Value) {
        use std::collections::btree_map::Entry;
        match self.record.attributes.entry(name) {
            Entry::Vacant(free) => {
                free.insert(value);
            }
            Entry::Occupied(taken) if *taken.get() == value => {}
            Entry::Occupied(taken) => {
                let again = json!({"name": taken.key(), "value": value});
                let repeated = self.record.attributes.entry("otlp.repeated".to_owned());
                if let Value::Array(list) = repeated.or_insert_with(|| json!([])) {
                    list.push(again);
                }
            }
        }
    }

    fn side(&mut self, direction: Direction) -> &mut Conversation {
        match direction {
            Direction::Input => &mut self.input,
            Direction::Output => &mut self.output,
        }
    }

    /// Reads messages out of an attribute. What says nothing new is dropped; what says something
    /// else than the messages that are known stays an attribute.
    pub(crate) fn read(&mut self, named: Named, direction: Direction) {
        let Named { name, value, .. } = named;
        match value {
            Any::StringValue(text) => match parse_json(&text) {
                Some(value) => self.read_or(name, value, direction, Some(text)),
                None => self.read_value(name, Value::String(text), direction),
            },
            other => self.read_value(name, into_value(other), direction),
        }
    }

    /// Reads messages out of a value that stood under `name`.
    pub(crate) fn read_value(&mut self, name: &'static str, value: Value, direction: Direction) {
        self.read_or(name, value, direction, None);
    }

    /// Reads messages. `text` is what `value` was parsed from.
    fn read_or(
        &mut self,
        name: &'static str,
        value: Value,
        direction: Direction,
        text: Option<String>,
    ) {
        // Only where something is known already can there be a contradiction to keep.
        let known = !self.side(direction).is_empty();
        let original = known.then(|| text.map_or_else(|| value.clone(), Value::String));
        let mut said = Conversation::new(direction);
        match (read(value, None, &mut said), original) {
            (Err(value), _) => self.unread.push((direction, name, value)),
            (Ok(facts), original) => {
                if self.side(direction).absorb(&mut said) {
                    self.learn(name, facts, direction);
                } else if let Some(original) = original {
                    self.attribute(name.to_owned(), original);
                }
            }
        }
    }

    /// Keeps what a body said beside its messages. The first to say something is believed.
    fn learn(&mut self, name: &str, facts: Facts, direction: Direction) {
        let known = &mut self.facts;
        known.request_model = known.request_model.take().or(facts.request_model);
        known.response_model = known.response_model.take().or(facts.response_model);
        known.response_id = known.response_id.take().or(facts.response_id);
        known.user = known.user.take().or(facts.user);
        known.stream = known.stream.or(facts.stream);
        known.usage = known.usage.take().or(facts.usage);
        known.tools = known.tools.take().or(facts.tools);
        if known.finish_reasons.is_empty() {
            known.finish_reasons = facts.finish_reasons;
        }
        if facts.rest.is_empty() {
            return;
        }
        match direction {
            Direction::Input => known.rest.extend(facts.rest),
            Direction::Output => self.attribute(name.to_owned(), Value::Object(facts.rest)),
        }
    }

    /// Events that say something else than the attributes follow them.
    pub(crate) fn settle_events(&mut self) {
        let sides =
            [(&mut self.input, &mut self.event_input), (&mut self.output, &mut self.event_output)];
        for (side, events) in sides {
            let mut said = std::mem::replace(events, Conversation::new(side.direction()));
            if !side.absorb(&mut said) {
                side.append(said);
            }
        }
    }

    /// Settles what held no messages: it is the content where there is no other.
    pub(crate) fn settle_unread(&mut self) {
        for (direction, name, value) in std::mem::take(&mut self.unread) {
            if value.is_null() {
                continue;
            }
            if !self.side(direction).is_empty() {
                self.attribute(name.to_owned(), value);
                continue;
            }
            let (role, label) = match direction {
                Direction::Input => (Role::User, "input"),
                Direction::Output => (Role::Assistant, "output"),
            };
            let body = Body::Other { name: label.to_owned(), value };
            self.record.content.push(Segment {
                direction,
                message: 0,
                role,
                origin: role.origin(),
                name: None,
                body,
            });
        }
    }

    /// Makes the record: content in order, everything left over as attributes.
    pub(crate) fn finish(mut self, context: &Context) -> Record {
        self.settle_events();
        self.settle_unread();
        if !self.notes.is_empty() {
            let notes = json!(self.notes);
            self.attribute("plainsight.notes".to_owned(), notes);
        }
        for (name, value) in std::mem::take(&mut self.attributes).into_rest() {
            self.attribute(name, value);
        }
        let mut record = self.record;
        let mut content = self.input.into_segments();
        content.append(&mut record.content);
        content.append(&mut self.output.into_segments());
        record.content = content;
        context.surround(&mut record);
        record
    }

    /// Marks the record as a part of its span's call.
    pub(crate) const fn content_part(&mut self) {
        self.record.part = Part::Content;
    }
}

/// Checks the attributes of an item, all its lists together, against the limits.
pub(crate) fn check<'a>(
    lists: impl Iterator<Item = &'a Vec<KeyValue>>,
    limits: &Limits,
) -> Result<(), Fault> {
    let mut count = 0;
    for list in lists {
        count += list.len();
        if count > limits.attributes {
            let reason = format!("more than {} attributes", limits.attributes);
            return Err(Fault::new("attributes", reason));
        }
        for (position, pair) in list.iter().enumerate() {
            if pair.value.as_ref().is_some_and(|value| any_depth(value) > limits.depth) {
                let reason = format!("nests deeper than {} levels", limits.depth);
                return Err(Fault::new(format!("attributes[{position}].value"), reason));
            }
        }
    }
    Ok(())
}
