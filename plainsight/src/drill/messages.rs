//! The messages of one drill in one run: names filled in, and dated so that the last is now.
//!
//! Every record of it has a trace whose identifier begins with the run and the drill: that is how
//! its alerts are told from those of others.

use std::time::Duration;

use model::Timestamp;
use serde_json::{Map, Value, json};

use super::library::{Act, Call, Drill};
use super::otlp;

/// The name under which drills are sent.
pub(crate) const NAME: &str = "plainsight-drill";
/// The attribute that marks every record of a run.
const MARK: &str = "plainsight.drill";
/// The attribute that says which class it is.
const CLASS: &str = "plainsight.drill.class";
/// Between two steps.
const BETWEEN: Duration = Duration::from_secs(1);

/// What is sent through a door.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Message {
    /// An OTLP span, as JSON.
    Span(Value),
    /// An event of the events API.
    Event(Value),
    /// A call through the proxy.
    Request {
        /// Path at the proxy.
        path: String,
        headers: Vec<(&'static str, String)>,
        body: Value,
    },
}

/// The names of one drill in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// Eight hexadecimal digits.
    run: String,
    /// Which drill of the library.
    number: usize,
    class: String,
}

impl Names {
    /// Of the `number`th drill; `run` is eight hexadecimal digits.
    pub(crate) fn new(run: &str, number: usize, class: &str) -> Self {
        Self { run: run.to_owned(), number, class: class.to_owned() }
    }

    /// How the identifiers of its traces begin.
    pub(crate) fn trace_prefix(&self) -> String {
        format!("{}{:08x}", self.run, self.number + 1)
    }

    fn user(&self) -> String {
        format!("drill-{}-{}", self.run, self.number + 1)
    }

    fn trace(&self, ordinal: usize) -> String {
        format!("{}{:016x}", self.trace_prefix(), ordinal + 1)
    }

    /// An address of the block for documentation (RFC 3849), another one in each run.
    fn address(&self) -> String {
        let (high, low) = self.run.split_at_checked(4).unwrap_or((&self.run, "0"));
        format!("2001:db8:{high}:{low}::{:x}", self.number + 1)
    }

    /// Fills `{run}`, `{user}`, `{session}`, `{address}` and `{n}`, the repetition, into texts.
    fn fill(&self, value: &Value, n: u32) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill_text(text, n)),
            Value::Array(items) => items.iter().map(|item| self.fill(item, n)).collect(),
            Value::Object(map) => Value::Object(self.fill_map(map, n)),
            other => other.clone(),
        }
    }

    fn fill_map(&self, map: &Map<String, Value>, n: u32) -> Map<String, Value> {
        map.iter().map(|(name, value)| (name.clone(), self.fill(value, n))).collect()
    }

    fn fill_text(&self, text: &str, n: u32) -> String {
        text.replace("{run}", &self.run)
            .replace("{user}", &self.user())
            .replace("{session}", &self.user())
            .replace("{address}", &self.address())
            .replace("{n}", &n.to_string())
    }
}

/// All messages of a drill, in order.
pub(crate) fn messages(drill: &Drill, names: &Names, now: Timestamp) -> Vec<Message> {
    let mut dated: Vec<(Duration, &Act, u32)> = Vec::new();
    let mut at = Duration::ZERO;
    for step in &drill.steps {
        for n in 0..step.times {
            if !dated.is_empty() {
                at += if n == 0 { BETWEEN } else { step.every };
            }
            dated.push((at, &step.act, n));
        }
    }
    let begin = Timestamp(now.nanos() - i64::try_from(at.as_nanos()).unwrap_or(0));
    let message = |(ordinal, (at, act, n)): (usize, &(Duration, &Act, u32))| {
        let time = begin.plus(*at);
        let trace = names.trace(ordinal);
        match act {
            Act::Span(attributes) => span(names, attributes, *n, &trace, time),
            Act::Event(event) => self::event(names, event, *n, &trace, time),
            Act::Request(call) => request(names, call, *n, &trace),
        }
    };
    dated.iter().enumerate().map(message).collect()
}

fn span(
    names: &Names,
    written: &Map<String, Value>,
    n: u32,
    trace: &str,
    time: Timestamp,
) -> Message {
    let mut attributes = Map::new();
    attributes.insert("user.id".to_owned(), names.user().into());
    attributes.insert("session.id".to_owned(), names.user().into());
    attributes.extend(names.fill_map(written, n));
    attributes.extend(marks(names));
    attributes.retain(|_, value| !value.is_null());
    Message::Span(otlp::span(&attributes, trace, time))
}

fn event(
    names: &Names,
    written: &Map<String, Value>,
    n: u32,
    trace: &str,
    time: Timestamp,
) -> Message {
    let mut event = Map::new();
    event.insert("user".to_owned(), names.user().into());
    event.insert("session".to_owned(), names.user().into());
    event.extend(names.fill_map(written, n));
    event.insert("time".to_owned(), rfc3339(time).into());
    event.insert("trace_id".to_owned(), trace.into());
    let attributes = event.entry("attributes").or_insert_with(|| json!({}));
    if let Value::Object(attributes) = attributes {
        attributes.extend(marks(names));
    }
    Message::Event(Value::Object(event))
}

/// The time as RFC 3339 has it. The year 1970 stands for what no calendar has.
fn rfc3339(time: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(time.nanos().into()).unwrap_or_default().to_string()
}

fn marks(names: &Names) -> [(String, Value); 2] {
    let mark = |name: &str, value: &str| (name.to_owned(), Value::from(value));
    [mark(MARK, &names.run), mark(CLASS, &names.class)]
}

/// A call that no provider would take, as its key is none.
fn request(names: &Names, call: &Call, n: u32, trace: &str) -> Message {
    let mount = match call.upstream.as_str() {
        mount @ ("openai" | "anthropic") => format!("/{mount}"),
        name => format!("/up/{name}"),
    };
    let headers = vec![
        ("x-plainsight-user", names.user()),
        ("x-plainsight-session", names.user()),
        ("traceparent", format!("00-{trace}-{}-01", otlp::span_id(trace))),
        ("authorization", format!("Bearer {NAME}-{}", names.run)),
        ("user-agent", format!("{NAME}/{}", names.run)),
        ("anthropic-version", "2023-06-01".to_owned()),
    ];
    let path = format!("{mount}{}", call.path);
    Message::Request { path, headers, body: names.fill(&call.body, n) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::shipped;

    fn sent(class: &str) -> Vec<Message> {
        let drills = shipped().unwrap();
        let drill = drills.iter().find(|drill| drill.id == class).unwrap();
        messages(drill, &Names::new("0a1b2c3d", 4, class), Timestamp(1_800_000_000_000_000_000))
    }

    fn events(messages: Vec<Message>) -> Vec<Value> {
        let event = |message| match message {
            Message::Event(event) => Some(event),
            Message::Span(_) | Message::Request { .. } => None,
        };
        messages.into_iter().filter_map(event).collect()
    }

    #[test]
    fn repetitions_have_their_own_names_and_times_and_end_now() {
        let events = events(sent("credential_stuffing"));
        assert_eq!(events.len(), 8);
        let users: Vec<_> = events.iter().map(|event| event["user"].as_str().unwrap()).collect();
        assert_eq!(users[..2], ["drill-0a1b2c3d-5-0", "drill-0a1b2c3d-5-1"]);
        assert_eq!(events[7]["time"], "2027-01-15T08:00:00Z");
        assert_eq!(events[0]["time"], "2027-01-15T07:59:46Z");
        assert_eq!(events[0]["client_address"], "2001:db8:0a1b:2c3d::5");
        assert_eq!(events[0]["session"], Value::Null);
        assert_ne!(events[0]["trace_id"], events[1]["trace_id"]);
    }

    #[test]
    fn everything_is_marked() {
        for event in events(sent("mfa_fatigue")) {
            assert_eq!(event["attributes"]["plainsight.drill"], "0a1b2c3d");
            assert_eq!(event["attributes"]["plainsight.drill.class"], "mfa_fatigue");
            assert!(event["trace_id"].as_str().unwrap().starts_with("0a1b2c3d00000005"));
        }
    }

    #[test]
    fn a_call_says_whose_it_is_and_has_no_key() {
        let sent = sent("proxied_instruction_override");
        let [Message::Request { path, headers, .. }] = sent.as_slice() else {
            panic!("one request: {sent:?}");
        };
        assert_eq!(path, "/openai/v1/chat/completions");
        let header = |name| &headers.iter().find(|(known, _)| *known == name).unwrap().1;
        assert_eq!(header("x-plainsight-user"), "drill-0a1b2c3d-5");
        assert_eq!(header("authorization"), "Bearer plainsight-drill-0a1b2c3d");
        assert!(header("traceparent").starts_with("00-0a1b2c3d00000005"));
    }
}
