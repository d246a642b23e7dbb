//! Puts the events of a streamed message together.
//!
//! It does not interpret the blocks.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::json;
use crate::provider::{Budget, Fields, Seen, append};

/// The events so far.
#[derive(Default)]
pub(crate) struct MessageStream {
    message: Fields,
    blocks: BTreeMap<u64, Draft>,
    error: Option<Value>,
}

/// A block that is being put together.
#[derive(Default)]
struct Draft {
    /// The block as announced, with the fragments that are its own fields.
    block: Fields,
    /// Fragments of a tool's input, JSON once they are complete.
    input: String,
}

impl MessageStream {
    pub(crate) fn event(&mut self, mut event: Fields, budget: &mut Budget) -> Seen {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "content_block_delta" => return self.delta(&mut event, budget),
            "content_block_start" => self.block_start(&mut event, budget),
            "message_start" => {
                if let Some(message) = event.remove("message") {
                    self.merge(message, budget);
                }
            }
            "message_delta" => {
                for part in ["delta", "usage"] {
                    if let Some(value) = event.remove(part) {
                        let value = if part == "usage" { json!({ "usage": value }) } else { value };
                        self.merge(value, budget);
                    }
                }
            }
            "error" => self.error = event.remove("error"),
            "content_block_stop" | "message_stop" | "ping" => {}
            _ => return Seen::Unknown,
        }
        Seen::Frame
    }

    /// Later values count, `null` aside; so do those of `usage`, which are cumulative.
    fn merge(&mut self, value: Value, budget: &mut Budget) {
        if !budget.take_value(&value) {
            return;
        }
        let Value::Object(fields) = value else { return };
        for (name, value) in fields {
            match (self.message.get_mut(&name), value) {
                (_, Value::Null) => {}
                (Some(Value::Object(known)), Value::Object(new)) => {
                    known.extend(new.into_iter().filter(|(_, value)| !value.is_null()));
                }
                (_, value) => {
                    self.message.insert(name, value);
                }
            }
        }
    }

    fn block_start(&mut self, event: &mut Fields, budget: &mut Budget) {
        let Some(block) = event.remove("content_block") else {
            return;
        };
        if budget.take_value(&block)
            && let Value::Object(block) = block
        {
            self.blocks.entry(index(event)).or_default().announce(block);
        }
    }

    fn delta(&mut self, event: &mut Fields, budget: &mut Budget) -> Seen {
        let Some(Value::Object(mut delta)) = event.remove("delta") else {
            return Seen::Unknown;
        };
        let index = index(event);
        if !self.blocks.contains_key(&index) && !budget.take(64) {
            return Seen::Frame;
        }
        let draft = self.blocks.entry(index).or_default();
        let kind = delta.get("type").and_then(Value::as_str).unwrap_or_default();
        let (name, kind_of_block) = match kind {
            "text_delta" => ("text", "text"),
            "thinking_delta" => ("thinking", "thinking"),
            "input_json_delta" => ("partial_json", "tool_use"),
            "citations_delta" => {
                draft.cite(delta.remove("citation"), budget);
                return Seen::Frame;
            }
            // Signatures mean nothing to anybody but the provider.
            "signature_delta" => return Seen::Frame,
            _ => return Seen::Unknown,
        };
        let Some(fragment) = delta.get(name).and_then(Value::as_str) else {
            return Seen::Unknown;
        };
        draft.block.entry("type").or_insert_with(|| json!(kind_of_block));
        if kind_of_block == "tool_use" {
            append(&mut draft.input, fragment, budget);
        } else {
            let text = draft.block.entry(name).or_insert_with(|| json!(""));
            if let Value::String(text) = text {
                append(text, fragment, budget);
            }
        }
        if fragment.is_empty() { Seen::Frame } else { Seen::Content }
    }

    pub(crate) fn into_answer(self) -> Fields {
        let mut answer = self.message;
        let blocks = self.blocks.into_values().map(Draft::into_block);
        answer.insert("content".to_owned(), blocks.collect());
        answer.entry("role").or_insert_with(|| json!("assistant"));
        if let Some(error) = self.error {
            answer.insert("error".to_owned(), error);
        }
        answer
    }
}

impl Draft {
    /// Takes the block's announcement, which may come late or twice; what was put together stays.
    fn announce(&mut self, announced: Fields) {
        let fragments = std::mem::replace(&mut self.block, announced);
        self.block.extend(fragments.into_iter().filter(|(name, _)| name != "type"));
    }

    fn cite(&mut self, citation: Option<Value>, budget: &mut Budget) {
        let Some(citation) = citation.filter(|citation| budget.take_value(citation)) else {
            return;
        };
        match self.block.get_mut("citations") {
            Some(Value::Array(list)) => list.push(citation),
            _ => {
                self.block.insert("citations".to_owned(), json!([citation]));
            }
        }
    }

    fn into_block(self) -> Value {
        let mut block = self.block;
        if !self.input.is_empty() {
            block.insert("input".to_owned(), json::arguments(self.input));
        } else if block.get("input").is_none_or(Value::is_null) && is_call(&block) {
            block.insert("input".to_owned(), Value::Object(Map::new()));
        }
        Value::Object(block)
    }
}

fn is_call(block: &Fields) -> bool {
    block.get("type").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("tool_use"))
}

fn index(event: &Fields) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or(0)
}
