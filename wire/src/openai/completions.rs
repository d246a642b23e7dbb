//! Prompts that are a text or a list: legacy completions, embeddings, moderations, images.
//!
//! It does not turn token ids back into words; their number is kept.

use model::{Place, Role};
use serde_json::{Value, json};

use crate::provider::{Collector, Fields, Voice};

/// Moves the prompt called `name` out of `fields`. Each text of a list is a message of its own.
pub(crate) fn read_prompt(fields: &mut Fields, name: &'static str, out: &mut Collector) {
    let place = Place::root(name);
    match fields.remove(name) {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => out.text(Voice::of(0, Role::User), text),
        Some(Value::Array(items)) if !items.is_empty() && items.iter().all(Value::is_number) => {
            read_tokens(0, items.len(), out);
        }
        Some(Value::Array(items)) => {
            for (position, item) in items.into_iter().enumerate() {
                read_item(position, item, &place.item(position), out);
            }
        }
        Some(other) => {
            out.odd(Voice::of(0, Role::User), &place, "is neither a text nor a list", other);
        }
    }
}

fn read_item(position: usize, item: Value, place: &Place<'_>, out: &mut Collector) {
    let voice = Voice::of(position, Role::User);
    match item {
        Value::String(text) => out.text(voice, text),
        Value::Array(tokens) => read_tokens(position, tokens.len(), out),
        other => super::parts::read_content(other, voice, place, out),
    }
}

fn read_tokens(position: usize, count: usize, out: &mut Collector) {
    out.other(Voice::of(position, Role::User), "token_ids", json!({ "count": count }));
}
