//! What a record becomes.

use detect::{Category, Events, Value};
use model::{Body, Direction, Kind, Origin, Record, Role, Segment, Signal, Timestamp};
use serde_json::json;

use crate::made::{ask, chat, log, said, tool_call};

/// Category and fields of every event of some records.
fn events(records: Vec<Record>) -> Vec<(Category, serde_json::Map<String, serde_json::Value>)> {
    let mut events = Events::default();
    let mut all = Vec::new();
    for logged in log(records) {
        events.of(&logged, &|_| true, &mut |event| {
            let fields =
                event.fields().map(|(name, value)| (name.to_owned(), json(value))).collect();
            all.push((event.category, fields));
        });
    }
    all
}

fn json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Text(text) => json!(text),
        Value::Whole(whole) => json!(whole),
        Value::Number(number) => json!(number),
        Value::Flag(flag) => json!(flag),
        Value::List(members) => members.iter().map(json).collect(),
    }
}

fn of(
    events: &[(Category, serde_json::Map<String, serde_json::Value>)],
    category: Category,
) -> Vec<&serde_json::Map<String, serde_json::Value>> {
    events.iter().filter(|(of, _)| *of == category).map(|(_, fields)| fields).collect()
}

#[test]
fn a_call_becomes_its_request_its_answer_and_what_was_said() {
    let mut record = chat(
        "ada",
        1_760_000_000_000_000_000,
        vec![
            said(Role::System, 0, "be nice"),
            said(Role::User, 1, "hellö"),
            said(Role::Assistant, 0, "hi"),
            tool_call("mail.send", json!({"to": [{"name": "a"}, {"name": "b"}], "n": 3})),
        ],
    );
    record.signals = vec![
        Signal { name: "refusal".to_owned(), place: "content/2".to_owned(), score: 0.9 },
        Signal { name: "classifier".to_owned(), place: "content/2".to_owned(), score: 0.5 },
    ];
    record.attributes.insert("mcp.method.name".to_owned(), json!("tools/call"));
    record.attributes.insert("nested".to_owned(), json!({"a": {"b": [1, 2]}}));
    let events = events(vec![record]);
    let request = of(&events, Category::LlmRequest)[0];
    assert_eq!(request["content"], json!(["be nice", "hellö"]));
    assert_eq!(request["content.length"], json!(12));
    assert_eq!(request["message.count"], json!(2));
    assert_eq!(request["attack.score"], json!(0.0));
    assert_eq!(request["timestamp"], json!("2025-10-09T08:53:20Z"));
    assert_eq!(request["user.id"], json!("ada"));
    assert_eq!(request["mcp.method.name"], json!("tools/call"));
    assert_eq!(request["nested.a.b"], json!([1, 2]));
    let answer = of(&events, Category::LlmResponse)[0];
    assert_eq!(answer["gen_ai.tool.name"], json!("mail.send"));
    assert_eq!(answer["signal.name"], json!(["refusal", "classifier"]));
    let messages = of(&events, Category::Message);
    assert_eq!(messages.len(), 3);
    assert_eq!(messages[2]["signal.score"], json!(0.9));
    assert_eq!(messages[2]["attack.score"], json!(0.95));
    assert!(!messages[1].contains_key("signal.name"));
    let call = of(&events, Category::ToolCall)[0];
    assert_eq!(call["tool.argument.to.name"], json!(["a", "b"]));
    assert_eq!(call["tool.argument.n"], json!(3));
    assert_eq!(call["tool.argument.value"], json!(["3", "a", "b"]));
    assert_eq!(call["tool.executed"], json!(false));
    assert_eq!(call["content"], json!(r#"{"n":3,"to":[{"name":"a"},{"name":"b"}]}"#));
}

#[test]
fn history_is_told_once_and_what_is_asked_again_is_told_again() {
    let first = chat("ada", 1, vec![said(Role::User, 0, "one"), said(Role::Assistant, 0, "two")]);
    let mut history = said(Role::Assistant, 1, "two");
    history.direction = Direction::Input;
    let second =
        chat("ada", 2, vec![said(Role::User, 0, "one"), history, said(Role::User, 2, "one")]);
    let events = events(vec![first, second]);
    let said: Vec<_> = of(&events, Category::Message)
        .iter()
        .map(|fields| (fields["plainsight.index"].clone(), fields["content"].clone()))
        .collect();
    assert_eq!(
        said,
        [(json!(0), json!("one")), (json!(0), json!("two")), (json!(1), json!("one"))]
    );
}

#[test]
fn another_session_or_tenant_was_told_nothing() {
    let history = |user: &str, tenant: &str| {
        let mut record =
            chat(user, 1, vec![said(Role::System, 0, "rules"), said(Role::User, 1, "hi")]);
        record.tenant = model::TenantId(tenant.to_owned());
        record
    };
    let events = events(vec![
        history("ada", "a"),
        history("ada", "a"),
        history("ada", "b"),
        history("eve", "a"),
    ]);
    let rules =
        of(&events, Category::Message).iter().filter(|fields| fields["content"] == "rules").count();
    assert_eq!(rules, 3);
}

#[test]
fn a_retrieval_without_documents_is_an_event_as_well() {
    let mut record = Record { kind: Kind::Retrieval, ..Record::default() };
    let empty = events(vec![record.clone()]);
    assert_eq!(of(&empty, Category::Retrieval)[0]["document.count"], json!(0));
    record.content = vec![Segment {
        direction: Direction::Output,
        message: 0,
        role: Role::Tool,
        origin: Origin::Retrieved,
        name: None,
        body: Body::Document {
            id: Some("d1".to_owned()),
            score: Some(0.25),
            content: "text".to_owned(),
            metadata: Some(json!({"source": {"url": "x"}})),
        },
    }];
    let found = events(vec![record]);
    let document = of(&found, Category::Retrieval)[0];
    assert_eq!(document["document.metadata.source.url"], json!("x"));
    assert_eq!(document["document.score"], json!(0.25));
}

#[test]
fn what_plainsight_says_of_itself_has_one_event_and_no_content() {
    let mut record = ask("ada", 1, "text");
    record.kind = Kind::Access;
    record.time = Timestamp::default();
    let events = events(vec![record]);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].0, Category::Access);
}

#[test]
fn a_huge_text_is_shown_by_its_ends_and_a_huge_record_in_part() {
    let huge = format!("start{}end", "ä".repeat(5_000_000));
    let events_of_one = events(vec![ask("ada", 1, &huge)]);
    let message = of(&events_of_one, Category::Message)[0];
    assert_eq!(message["content.length"], json!(5_000_008));
    let ends = message["content"].as_array().unwrap();
    assert!(ends[0].as_str().unwrap().starts_with("start"));
    assert!(ends[1].as_str().unwrap().ends_with("end"));
    assert!(ends.iter().all(|end| end.as_str().unwrap().len() <= 512 << 10));
    let many = (0..10_000).map(|n| said(Role::User, n, &format!("text {n}"))).collect();
    assert_eq!(events(vec![chat("ada", 1, many)]).len(), 4096);
}
