//! Retrieval, reranking, embeddings and memory: a query goes in, documents come out.
//!
//! Vectors are not kept: a text can be guessed from its embedding.

use model::{Direction, Origin, Role};
use serde_json::{Value, json};

use super::super::attribute::{Field, Group, Named, into_value, parse_json};
use super::super::message::{Conversation, documents, message};
use super::draft::Draft;

/// Reads a retrieval or a reranking.
pub(crate) fn retrieval(draft: &mut Draft) {
    texts(draft, Field::RetrievalQuery);
    inputs(draft);
    listed(draft, Group::RankedInput, Direction::Input, Origin::Retrieved);
    if let Some(value) = draft.attributes.value(Field::RetrievalDocuments) {
        documents(value, Origin::Retrieved, &mut draft.output);
    }
    listed(draft, Group::Documents, Direction::Output, Origin::Retrieved);
    listed(draft, Group::RankedOutput, Direction::Output, Origin::Retrieved);
    outputs(draft, Origin::Retrieved);
}

/// Reads a read or write of an agent's memory.
pub(crate) fn memory(draft: &mut Draft) {
    texts(draft, Field::MemoryQuery);
    inputs(draft);
    let searched =
        draft.attributes.peek(Field::Operation).is_none_or(|name| name.starts_with("search"));
    if let Some(value) = draft.attributes.value(Field::MemoryRecords) {
        let side = if searched { &mut draft.output } else { &mut draft.input };
        documents(value, Origin::Memory, side);
    }
    outputs(draft, Origin::Memory);
}

/// Reads an embedding.
pub(crate) fn embedding(draft: &mut Draft) {
    if let Some(value) = draft.attributes.group(Group::Embeddings) {
        let mut said = Conversation::new(Direction::Input);
        let items = match value {
            Value::Array(items) => items,
            value => vec![value],
        };
        for mut item in items {
            let item = item.get_mut("embedding").map(Value::take).unwrap_or(item);
            let text = item.get("text").cloned().unwrap_or(Value::Null);
            let map = [("content".to_owned(), text)].into_iter().collect();
            message(map, Some(Role::User), &mut said, &mut Vec::new());
            vector(draft, item.get("vector").cloned());
        }
        draft.input.absorb(&mut said);
    }
    texts(draft, Field::EmbeddedText);
    inputs(draft);
    if let Some(named) = draft.attributes.take(Field::EmbeddedVector) {
        vector(draft, Some(into_value(named.value)));
    }
    // The output of an embedding is its vector.
    for named in draft.attributes.take_all(Field::Output) {
        vector(draft, Some(into_value(named.value)));
    }
}

/// Keeps how many numbers a vector has.
fn vector(draft: &mut Draft, value: Option<Value>) {
    let value = match value {
        Some(Value::String(text)) => parse_json(&text).unwrap_or(Value::Null),
        Some(value) => value,
        None => return,
    };
    if let Value::Array(items) = &value {
        let first = items.first();
        let nested = first.and_then(|first| parse_json(first.as_str()?));
        let inner = nested.as_ref().or(first).and_then(Value::as_array);
        let length = inner.map_or(items.len(), Vec::len);
        let name = "gen_ai.embeddings.dimension.count".to_owned();
        draft.record.attributes.entry(name).or_insert_with(|| json!(length));
    }
}

/// A field that holds a text, or a list of texts.
fn texts(draft: &mut Draft, field: Field) {
    for Named { name, value, .. } in draft.attributes.take_all(field) {
        let mut value = match value {
            value @ super::super::attribute::Any::StringValue(_) => {
                // Vercel writes each value as JSON text: a text in quotes.
                let text = into_value(value);
                let quoted = text.as_str().filter(|text| text.starts_with('"'));
                quoted.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(text)
            }
            value => into_value(value),
        };
        if let Value::Array(items) = &mut value {
            for item in items {
                let quoted = item.as_str().filter(|text| text.starts_with('"'));
                if let Some(text) = quoted.and_then(|text| serde_json::from_str(text).ok()) {
                    *item = text;
                }
            }
        }
        draft.read_value(name, value, Direction::Input);
    }
}

fn inputs(draft: &mut Draft) {
    for named in draft.attributes.take_all(Field::Input) {
        draft.read(named, Direction::Input);
    }
    draft.attributes.take(Field::InputType);
}

/// Outputs that repeat the documents go; the first of others is the documents.
fn outputs(draft: &mut Draft, origin: Origin) {
    for Named { name, value, .. } in draft.attributes.take_all(Field::Output) {
        let value = match into_value(value) {
            Value::String(text) => parse_json(&text).unwrap_or(Value::String(text)),
            value => value,
        };
        let listed = value.get("documents").cloned().unwrap_or_else(|| value.clone());
        let mut said = Conversation::new(Direction::Output);
        documents(listed, origin, &mut said);
        if !draft.output.absorb(&mut said) {
            draft.attribute(name.to_owned(), value);
        }
    }
    draft.attributes.take(Field::OutputType);
}

fn listed(draft: &mut Draft, group: Group, direction: Direction, origin: Origin) {
    let Some(value) = draft.attributes.group(group) else {
        return;
    };
    let side = match direction {
        Direction::Input => &mut draft.input,
        Direction::Output => &mut draft.output,
    };
    documents(value, origin, side);
}
