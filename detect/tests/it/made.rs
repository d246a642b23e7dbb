//! Records and rules as tests need them.

use detect::{Engine, RuleSet};
use model::{
    Alert, Body, Direction, IdentifiedBy, Kind, Logged, Origin, Record, Role, Segment, Timestamp,
};

pub(crate) const MINUTE: i64 = 60_000_000_000;

pub(crate) fn said(role: Role, message: u32, text: &str) -> Segment {
    let output = role == Role::Assistant;
    Segment {
        direction: if output { Direction::Output } else { Direction::Input },
        message,
        role,
        origin: role.origin(),
        name: None,
        body: Body::Text { content: text.to_owned() },
    }
}

pub(crate) fn chat(user: &str, time: i64, content: Vec<Segment>) -> Record {
    let mut record = Record {
        version: 1,
        kind: Kind::Interaction,
        time: Timestamp::from_nanos(time),
        content,
        ..Record::default()
    };
    record.actor.user = Some(user.to_owned());
    record.actor.identified_by = IdentifiedBy::Token;
    record.actor.session = Some(format!("session of {user}"));
    record
}

pub(crate) fn ask(user: &str, time: i64, text: &str) -> Record {
    chat(user, time, vec![said(Role::User, 0, text)])
}

pub(crate) fn logged(index: u64, record: Record) -> Logged {
    Logged { index, log_time: record.time, record }
}

pub(crate) fn log(records: impl IntoIterator<Item = Record>) -> Vec<Logged> {
    records.into_iter().zip(0..).map(|(record, index)| logged(index, record)).collect()
}

pub(crate) fn tool_call(name: &str, arguments: serde_json::Value) -> Segment {
    Segment {
        direction: Direction::Output,
        message: 0,
        role: Role::Assistant,
        origin: Origin::Assistant,
        name: None,
        body: Body::ToolCall { id: Some("c1".to_owned()), name: name.to_owned(), arguments },
    }
}

/// Loads rules that must have no problem.
pub(crate) fn rules(text: &str) -> RuleSet {
    let (rules, problems) = RuleSet::load([("test.yml", text)]);
    assert!(
        problems.is_empty(),
        "{}",
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    );
    rules
}

pub(crate) fn run(rules: &RuleSet, log: &[Logged]) -> Vec<Alert> {
    let mut engine = Engine::new(rules.clone());
    log.iter().flat_map(|logged| engine.see(logged)).collect()
}

/// A rule on messages of users that hold a word.
pub(crate) const WORD: &str = "
title: A word
id: 11111111-1111-4111-8111-111111111111
name: a_word
logsource: {product: genai, category: message}
detection:
  selection:
    content|contains: kaboom
    message.role: user
  condition: selection
level: high
tags: [atlas.aml.t0051.000]
plainsight:
  reason: \"{user.id} said the word in {session.id}\"
  action: Ask why.
";

/// A correlation of so many words of one user in an hour.
pub(crate) fn words(count: usize, timespan: &str) -> String {
    format!(
        "{WORD}
---
title: Many words
id: 22222222-2222-4222-8222-222222222222
correlation:
  type: event_count
  rules: [a_word]
  group-by: [user.id]
  timespan: {timespan}
  condition: {{gte: {count}}}
level: critical
plainsight:
  reason: \"{{user.id}} said it {{count}} times within {{timespan}}\"
"
    )
}
