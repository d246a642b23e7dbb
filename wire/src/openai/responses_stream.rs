//! Puts the events of a streamed response together.
//!
//! The final `response` object counts where it arrives with its output; until then, the items as
//! they were announced, filled with the fragments that came. It does not interpret the items.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::provider::{Budget, Fields, Seen, append};

/// The events so far.
#[derive(Default)]
pub(crate) struct ResponseStream {
    /// The latest `response` object.
    response: Fields,
    items: BTreeMap<u64, Draft>,
    error: Option<Value>,
}

/// An item whose end has not come.
#[derive(Default)]
struct Draft {
    /// The item as announced, or as it was at its end.
    item: Fields,
    /// It came whole.
    done: bool,
    /// Fragments of its own texts: `arguments`, `input`, `code`.
    texts: BTreeMap<&'static str, String>,
    /// Fragments of its parts: of the list `content` or `summary`, by position.
    parts: BTreeMap<(&'static str, u64), (&'static str, String)>,
}

/// Where the fragments of an event belong.
enum Target {
    /// A text of the item.
    Text(&'static str),
    /// A part of one of the item's lists, with the part's type.
    Part { list: &'static str, position: &'static str, kind: &'static str },
}

/// The target of the events `response.NAME.delta` and `response.NAME.done`.
fn target(name: &str) -> Option<Target> {
    let content = |kind| Some(Target::Part { list: "content", position: "content_index", kind });
    match name {
        "output_text" => content("output_text"),
        "refusal" => content("refusal"),
        "reasoning_text" => content("reasoning_text"),
        "reasoning_summary_text" => {
            Some(Target::Part { list: "summary", position: "summary_index", kind: "summary_text" })
        }
        "function_call_arguments" | "mcp_call_arguments" => Some(Target::Text("arguments")),
        "custom_tool_call_input" => Some(Target::Text("input")),
        "code_interpreter_call_code" => Some(Target::Text("code")),
        _ => None,
    }
}

impl ResponseStream {
    pub(crate) fn event(&mut self, mut event: Fields, budget: &mut Budget) -> Seen {
        let Some(Value::String(kind)) = event.remove("type") else {
            return Seen::Unknown;
        };
        if kind == "error" {
            self.error = Some(event.remove("error").unwrap_or(Value::Object(event)));
            return Seen::Frame;
        }
        let Some(name) = kind.strip_prefix("response.") else {
            return Seen::Unknown;
        };
        if let Some(Value::Object(response)) = event.remove("response") {
            self.response(response, budget);
            return Seen::Frame;
        }
        match name.rsplit_once('.') {
            Some(("output_item", end)) => self.item(&mut event, end == "done", budget),
            Some((name, "delta")) => self.fragment(name, &event, budget),
            Some((name, "done")) => self.text_done(name, &event, budget),
            _ => Seen::Frame,
        }
    }

    /// Keeps the latest `response`. Its output replaces what was put together.
    fn response(&mut self, response: Fields, budget: &mut Budget) {
        let has_output =
            matches!(response.get("output"), Some(Value::Array(items)) if !items.is_empty());
        let response = Value::Object(response);
        let fits = if has_output {
            budget.take_instead(&response)
        } else {
            budget.put_back_value(&Value::Object(std::mem::take(&mut self.response)));
            budget.take_value(&response)
        };
        if let (true, Value::Object(response)) = (fits, response) {
            self.response = response;
            if has_output {
                self.items.clear();
            }
        }
    }

    fn item(&mut self, event: &mut Fields, done: bool, budget: &mut Budget) -> Seen {
        let Some(item) = event.remove("item") else {
            return Seen::Frame;
        };
        let position = position(event, "output_index");
        if budget.take_value(&item)
            && let Value::Object(item) = item
        {
            let draft = self.items.entry(position).or_default();
            // An announcement that comes after the end says less.
            if done || !draft.done {
                draft.item = item;
            }
            if done {
                draft.end(budget);
            }
        }
        Seen::Frame
    }

    fn fragment(&mut self, name: &str, event: &Fields, budget: &mut Budget) -> Seen {
        let (Some(target), Some(delta)) =
            (target(name), event.get("delta").and_then(Value::as_str))
        else {
            return Seen::Frame;
        };
        if let Some(text) = self.text(&target, event, budget) {
            append(text, delta, budget);
        }
        Seen::Content
    }

    /// The whole text at its end, which counts if a fragment was lost.
    fn text_done(&mut self, name: &str, event: &Fields, budget: &mut Budget) -> Seen {
        let Some(target) = target(name) else {
            return Seen::Frame;
        };
        let field = match target {
            Target::Text(field) => field,
            Target::Part { kind: "refusal", .. } => "refusal",
            Target::Part { .. } => "text",
        };
        let Some(whole) = event.get(field).and_then(Value::as_str) else {
            return Seen::Frame;
        };
        if let Some(text) = self.text(&target, event, budget)
            && text != whole
            && budget.take(whole.len().saturating_sub(text.len()))
        {
            whole.clone_into(text);
        }
        Seen::Content
    }

    /// The text that a fragment belongs to.
    fn text(
        &mut self,
        target: &Target,
        event: &Fields,
        budget: &mut Budget,
    ) -> Option<&mut String> {
        let output = position(event, "output_index");
        if !self.items.contains_key(&output) && !budget.take(128) {
            return None;
        }
        let draft = self.items.entry(output).or_default();
        match target {
            Target::Text(field) => Some(draft.texts.entry(field).or_default()),
            Target::Part { list, position: index, kind } => {
                let key = (*list, position(event, index));
                if !draft.parts.contains_key(&key) && !budget.take(64) {
                    return None;
                }
                Some(&mut draft.parts.entry(key).or_insert((kind, String::new())).1)
            }
        }
    }

    pub(crate) fn into_answer(self) -> Fields {
        let mut answer = self.response;
        if !self.items.is_empty() {
            let items = self.items.into_values().map(Draft::into_item);
            answer.insert("output".to_owned(), items.collect());
        }
        answer.entry("output").or_insert_with(|| json!([]));
        if let Some(error) = self.error {
            answer.insert("error".to_owned(), error);
        }
        answer
    }
}

impl Draft {
    /// The item came whole: its fragments are not needed any more.
    fn end(&mut self, budget: &mut Budget) {
        self.done = true;
        let texts = self.texts.values().map(String::len).sum::<usize>();
        let parts = self.parts.values().map(|(_, text)| text.len()).sum::<usize>();
        budget.put_back(texts + parts);
        self.texts.clear();
        self.parts.clear();
    }

    fn into_item(self) -> Value {
        let mut item = self.item;
        if self.done {
            return Value::Object(item);
        }
        for (field, text) in self.texts {
            item.entry("type").or_insert_with(|| json!(type_of_text(field)));
            item.insert(field.to_owned(), text.into());
        }
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for ((list, _), (kind, text)) in self.parts {
            item.entry("type").or_insert_with(|| json!(type_of_part(kind)));
            let field = if kind == "refusal" { kind } else { "text" };
            let mut part = Map::new();
            part.insert("type".to_owned(), kind.into());
            part.insert(field.to_owned(), text.into());
            lists.entry(list).or_default().push(part.into());
        }
        for (list, parts) in lists {
            item.insert(list.to_owned(), parts.into());
        }
        Value::Object(item)
    }
}

/// The type of an item whose announcement was lost.
fn type_of_text(field: &str) -> &'static str {
    match field {
        "arguments" => "function_call",
        "code" => "code_interpreter_call",
        _ => "custom_tool_call",
    }
}

fn type_of_part(kind: &str) -> &'static str {
    match kind {
        "summary_text" | "reasoning_text" => "reasoning",
        _ => "message",
    }
}

fn position(event: &Fields, name: &str) -> u64 {
    event.get(name).and_then(Value::as_u64).unwrap_or(0)
}
