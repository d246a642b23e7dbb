//! Puts the chunks of a streamed chat or legacy completion together.
//!
//! Deltas are merged field by field, as OpenAI's own clients do: texts are joined, lists by their
//! items' `index`. So fields that OpenAI-compatible servers add are put together too. It does not
//! interpret what it puts together.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::provider::{Budget, Fields, Seen, append};

/// The chunks so far.
#[derive(Default)]
pub(crate) struct ChatStream {
    /// The fields of the chunks beside their choices.
    frame: Fields,
    choices: BTreeMap<u64, Fields>,
}

impl ChatStream {
    pub(crate) fn event(&mut self, mut chunk: Fields, budget: &mut Budget) -> Seen {
        let mut seen = if chunk.contains_key("choices") { Seen::Frame } else { Seen::Unknown };
        if let Some(Value::Array(choices)) = chunk.remove("choices") {
            for (position, choice) in choices.into_iter().enumerate() {
                if let Value::Object(choice) = choice
                    && self.choice(position, choice, budget)
                {
                    seen = Seen::Content;
                }
            }
        }
        // Padding that hides how long the words are.
        chunk.remove("obfuscation");
        for (name, value) in chunk {
            self.frame_field(name, value, budget);
        }
        seen
    }

    /// Fields beside the choices come again with every chunk. The last counts.
    fn frame_field(&mut self, name: String, value: Value, budget: &mut Budget) {
        let known = self.frame.get(&name);
        if value.is_null() || known == Some(&value) {
            return;
        }
        if let Some(known) = known {
            budget.put_back_value(known);
        }
        if budget.take_value(&value) {
            self.frame.insert(name, value);
        }
    }

    /// Merges one choice; whether there was content in it.
    fn choice(&mut self, position: usize, mut choice: Fields, budget: &mut Budget) -> bool {
        // Their size is many times that of the text.
        choice.remove("logprobs");
        let index = choice.get("index").and_then(Value::as_u64).unwrap_or(position as u64);
        if !self.choices.contains_key(&index) && !budget.take(64) {
            return false;
        }
        let delta = choice.remove("delta").or_else(|| choice.remove("message"));
        let has_content = choice.get("text").is_some_and(is_content)
            || delta.as_ref().and_then(Value::as_object).is_some_and(delta_has_content);
        let whole = self.choices.entry(index).or_default();
        merge(whole, choice, budget);
        if let Some(Value::Object(delta)) = delta {
            let message = whole.entry("message").or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(message) = message {
                merge(message, delta, budget);
            }
        }
        has_content
    }

    pub(crate) fn into_answer(self) -> Fields {
        let mut answer = self.frame;
        let choices = self.choices.into_values().map(|mut choice| {
            if let Some(message) = choice.get_mut("message") {
                sort_calls(message);
            }
            Value::Object(choice)
        });
        answer.insert("choices".to_owned(), choices.collect());
        answer
    }
}

fn delta_has_content(delta: &Fields) -> bool {
    delta.iter().any(|(name, value)| name != "role" && is_content(value))
}

fn is_content(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => false,
    }
}

/// Parallel calls stand in the order of their index, whichever began first.
fn sort_calls(message: &mut Value) {
    if let Some(Value::Array(calls)) = message.get_mut("tool_calls") {
        calls.sort_by_key(|call| call.get("index").and_then(Value::as_u64).unwrap_or(0));
    }
}

/// Merges a delta into what is there. The recursion is bounded by the parser.
fn merge(whole: &mut Fields, delta: Fields, budget: &mut Budget) {
    for (name, value) in delta {
        match whole.get_mut(&name) {
            Some(known) => merge_value(&name, known, value, budget),
            None if value.is_null() => {}
            // A list is merged item by item from the first: two fragments of one call may come in
            // the same chunk.
            None if value.is_array() => {
                let mut list = Value::Array(Vec::new());
                merge_value(&name, &mut list, value, budget);
                whole.insert(name, list);
            }
            None if budget.take_value(&value) => {
                whole.insert(name, value);
            }
            None => {}
        }
    }
}

fn merge_value(name: &str, known: &mut Value, new: Value, budget: &mut Budget) {
    match (known, new) {
        (_, Value::Null) => {}
        (Value::String(known), Value::String(new)) if is_repeated(name) => {
            if !new.is_empty() && new.len() <= known.len() + 1024 {
                *known = new;
            }
        }
        (Value::String(known), Value::String(new)) => append(known, &new, budget),
        (Value::Object(known), Value::Object(new)) => merge(known, new, budget),
        (Value::Array(known), Value::Array(new)) => {
            for item in new {
                merge_item(known, item, budget);
            }
        }
        (known, new) => {
            if budget.take_value(&new) {
                *known = new;
            }
        }
    }
}

/// Fields that come again whole, where a text that continues would come in fragments.
fn is_repeated(name: &str) -> bool {
    matches!(name, "id" | "type" | "role" | "name" | "format" | "finish_reason" | "signature")
}

fn merge_item(items: &mut Vec<Value>, item: Value, budget: &mut Budget) {
    let index = item.get("index").and_then(Value::as_u64);
    let known = match index {
        Some(_) => {
            items.iter_mut().rev().find(|known| known.get("index").and_then(Value::as_u64) == index)
        }
        None => None,
    };
    match (known, item) {
        (Some(Value::Object(known)), Value::Object(item)) => merge(known, item, budget),
        (_, item) => {
            if budget.take_value(&item) {
                items.push(item);
            }
        }
    }
}
