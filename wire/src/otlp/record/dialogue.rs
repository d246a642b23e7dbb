//! What was said in a call of a model, or in a step of an agent or workflow around it.
//!
//! A dialect may say it several times over (structured, flattened, as the raw bodies, in events);
//! the sources are read best first, and each message is kept once.

use model::{Direction, Kind, Role};
use serde_json::{Map, Value};

use super::super::attribute::{Field, Group, Named, into_value};
use super::super::message::{Conversation, read};
use super::draft::Draft;

/// Reads all that was said.
pub(crate) fn dialogue(draft: &mut Draft) {
    for named in draft.attributes.take_all(Field::InputMessages) {
        draft.read(named, Direction::Input);
    }
    group(draft, Group::InputMessages, "llm.input_messages", Direction::Input);
    group(draft, Group::Prompt, "gen_ai.prompt", Direction::Input);
    for named in draft.attributes.take_all(Field::Input) {
        draft.read(named, Direction::Input);
    }
    instructions(draft);
    for named in draft.attributes.take_all(Field::OutputMessages) {
        draft.read(named, Direction::Output);
    }
    group(draft, Group::OutputMessages, "llm.output_messages", Direction::Output);
    group(draft, Group::Completion, "gen_ai.completion", Direction::Output);
    vercel_response(draft);
    for named in draft.attributes.take_all(Field::Output) {
        draft.read(named, Direction::Output);
    }
    draft.settle_events();
    media_types(draft);
    keep_parameters(draft);
}

fn group(draft: &mut Draft, group: Group, name: &'static str, direction: Direction) {
    if let Some(value) = draft.attributes.group(group) {
        draft.read_value(name, value, direction);
    }
}

/// `gen_ai.system_instructions` stand before all messages.
fn instructions(draft: &mut Draft) {
    let Some(value) = draft.attributes.value(Field::SystemInstructions) else {
        return;
    };
    let mut message = Map::new();
    message.insert("role".to_owned(), "system".into());
    message.insert("content".to_owned(), value);
    let mut said = Conversation::new(Direction::Input);
    let message = Value::Array(vec![Value::Object(message)]);
    if read(message, Some(Role::System), &mut said).is_ok() {
        draft.input.prepend(said);
    }
}

/// Vercel gives the answer in pieces: text, reasoning, object, tool calls.
fn vercel_response(draft: &mut Draft) {
    const PIECES: [(Field, &str); 4] = [
        (Field::ResponseReasoning, "reasoning"),
        (Field::ResponseText, "content"),
        (Field::ResponseObject, "content"),
        (Field::ResponseToolCalls, "tool_calls"),
    ];
    let mut message = Map::new();
    for (field, member) in PIECES {
        if let Some(Named { value, .. }) = draft.attributes.take(field) {
            message.insert(member.to_owned(), into_value(value));
        }
    }
    if message.is_empty() {
        return;
    }
    message.insert("role".to_owned(), "assistant".into());
    draft.read_value("ai.response", Value::Array(vec![Value::Object(message)]), Direction::Output);
}

/// The media types of values that are gone say nothing any more.
fn media_types(draft: &mut Draft) {
    for (field, value) in [(Field::InputType, Field::Input), (Field::OutputType, Field::Output)] {
        if !draft.attributes.has(value) {
            draft.attributes.take(field);
        }
    }
}

/// What else a request body held are parameters of a call; of anything else it is an attribute.
fn keep_parameters(draft: &mut Draft) {
    let calls = matches!(draft.record.kind, Kind::Interaction | Kind::Embedding);
    if !calls && !draft.facts.rest.is_empty() {
        let rest = Value::Object(std::mem::take(&mut draft.facts.rest));
        draft.attribute("input".to_owned(), rest);
    }
}
