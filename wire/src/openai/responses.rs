//! The Responses API: requests and answers.
//!
//! It does not reassemble streams, and it does not know the items one by one.

use model::{Place, Role};
use serde_json::Value;

use super::items::{Turn, read_item};
use super::parts::read_content;
use crate::provider::{Collector, Fields, Voice, take_items};

/// Moves instructions and input out of a request. The instructions are message 0.
pub(crate) fn read_request(fields: &mut Fields, out: &mut Collector) {
    let mut first = 0;
    if let Some(instructions) = fields.remove("instructions").filter(|value| !value.is_null()) {
        let voice = Voice::of(0, Role::System);
        read_content(instructions, voice, &Place::root("instructions"), out);
        first = 1;
    }
    let place = Place::root("input");
    match fields.remove("input") {
        Some(Value::Array(items)) => {
            for (position, item) in items.into_iter().enumerate() {
                let turn = Turn { message: first + position, role: Role::User };
                read_item(item, turn, &place.item(position), out);
            }
        }
        Some(input) => read_content(input, Voice::of(first, Role::User), &place, out),
        None => {}
    }
}

/// Moves the output items out of an answer. They are one message of the model.
pub(crate) fn read_output(fields: &mut Fields, out: &mut Collector) {
    let items = take_items(fields, "output", &Place::root(""), &mut out.problems);
    let place = Place::root("output");
    for (position, item) in items.into_iter().enumerate() {
        let turn = Turn { message: 0, role: Role::Assistant };
        read_item(item, turn, &place.item(position), out);
    }
}

/// How an answer ended, in the provider's words: its status, or why it is incomplete.
pub(crate) fn take_finish_reason(fields: &mut Fields) -> Option<String> {
    let status = fields.remove("status")?;
    let details = fields.remove("incomplete_details");
    let reason = details.as_ref().and_then(|details| details.get("reason")).and_then(Value::as_str);
    reason.or(status.as_str()).map(str::to_owned)
}
