//! Events, as `rsigma` wants to see them.

use std::borrow::Cow;

use rsigma_eval::{Event as SigmaEvent, EventValue};

use super::questions;
use crate::events::Event;
use crate::texts::{Answers, Texts};
use crate::value::Value;

/// An event, as `rsigma` wants to see it.
pub(super) struct Shown<'e>(pub(super) &'e Event<'e>);

impl SigmaEvent for Shown<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.0.get(path).map(shown)
    }

    fn any_string_value(&self, test: &dyn Fn(&str) -> bool) -> bool {
        let mut any = false;
        self.visit_string_values(&mut |text| any = any || test(text));
        any
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        let texts = self.0.fields().flat_map(|(_, value)| value.members());
        texts
            .filter_map(|member| match member {
                Value::Text(text) => Some(Cow::Borrowed(text.as_ref())),
                _ => None,
            })
            .collect()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        for (_, value) in self.0.fields() {
            for member in value.members() {
                if let Value::Text(text) = member {
                    visit(text);
                }
            }
        }
    }

    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        for name in self.0.names() {
            visit(name);
        }
        true
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        Some(self.0.names().map(Cow::Borrowed).collect())
    }

    fn to_json(&self) -> serde_json::Value {
        let fields = self.0.fields().map(|(name, value)| (name.to_owned(), shown(value).to_json()));
        serde_json::Value::Object(fields.collect())
    }
}

fn shown<'v>(value: &'v Value<'_>) -> EventValue<'v> {
    match value {
        Value::Text(text) => EventValue::Str(Cow::Borrowed(text)),
        Value::Whole(whole) => EventValue::Int(*whole),
        Value::Number(number) => EventValue::Float(*number),
        Value::Flag(flag) => EventValue::Bool(*flag),
        Value::List(members) => EventValue::Array(members.iter().map(shown).collect()),
    }
}

/// An event that also answers what rules ask of its texts. The engine passes over the rules none of
/// whose fields are there, and so those all of whose questions have the answer no.
pub(super) struct Asked<'a, E> {
    event: &'a E,
    answers: Answers<'a>,
    names: &'a [String],
}

impl<'a, E: SigmaEvent> Asked<'a, E> {
    /// `names` are the fields that stand for the questions of `texts`, in their order.
    pub(super) fn new(event: &'a E, texts: &'a Texts, names: &'a [String]) -> Self {
        Self { event, answers: texts.answers(), names }
    }

    fn is_yes(&self, question: usize) -> bool {
        let texts_of = |field: &str, tell: &mut dyn FnMut(&str)| self.texts_of(field, tell);
        self.answers.of(question, &texts_of)
    }

    fn yes(&self) -> impl Iterator<Item = &str> {
        let asked = self.names.iter().enumerate();
        asked.filter(|(question, _)| self.is_yes(*question)).map(|(_, name)| name.as_str())
    }

    fn texts_of(&self, field: &str, tell: &mut dyn FnMut(&str)) {
        if let Some(value) = self.event.get_field(field) {
            texts_in(&value, tell);
        }
    }
}

impl<E: SigmaEvent> SigmaEvent for Asked<'_, E> {
    /// A field that stands for a question is there where the answer is yes.
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        match questions::number(path) {
            Some(question) => self.is_yes(question).then_some(EventValue::Bool(true)),
            None => self.event.get_field(path),
        }
    }

    fn any_string_value(&self, test: &dyn Fn(&str) -> bool) -> bool {
        self.event.any_string_value(test)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.event.all_string_values()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        self.event.visit_string_values(visit);
    }

    fn visit_top_level_keys(&self, visit: &mut dyn FnMut(&str)) -> bool {
        let is_known = self.event.visit_top_level_keys(visit);
        if is_known {
            self.yes().for_each(visit);
        }
        is_known
    }

    fn top_level_keys(&self) -> Option<Vec<Cow<'_, str>>> {
        let mut keys = self.event.top_level_keys()?;
        keys.extend(self.yes().map(Cow::Borrowed));
        Some(keys)
    }

    fn to_json(&self) -> serde_json::Value {
        self.event.to_json()
    }
}

/// Every text of a value, and of the members of a list; numbers and flags as they are written.
fn texts_in(value: &EventValue<'_>, tell: &mut dyn FnMut(&str)) {
    match value {
        EventValue::Str(text) => tell(text),
        EventValue::Int(whole) => tell(&whole.to_string()),
        EventValue::Float(number) => tell(&number.to_string()),
        EventValue::Bool(flag) => tell(if *flag { "true" } else { "false" }),
        EventValue::Array(members) => members.iter().for_each(|member| texts_in(member, tell)),
        _ => {}
    }
}
