//! Log records: content of calls, evaluations, lines.

use model::{Body, Kind, Part};
use serde_json::json;

use super::build::{Item, item, logs_of, span_of};
use super::dialects as of;

#[test]
fn details_carry_the_whole_call() {
    let mut event = of::otel_structured();
    event.name = "gen_ai.client.inference.operation.details";
    let part = logs_of(&[event]).remove(0);
    let span = span_of(&of::otel());
    assert_eq!((part.kind, part.part), (Kind::Interaction, Part::Content));
    assert_eq!(part.content, span.content);
    assert_eq!(part.call, span.call);
    assert_eq!(part.actor, span.actor);
}

#[test]
fn evaluations() {
    let event = item(
        "gen_ai.evaluation.result",
        &[
            ("gen_ai.evaluation.name", json!("relevance")),
            ("gen_ai.evaluation.score.value", json!(0.4)),
            ("gen_ai.evaluation.score.label", json!("fail")),
            ("gen_ai.evaluation.explanation", json!("off topic")),
            ("gen_ai.response.id", json!("chatcmpl-1")),
        ],
    );
    insta::assert_json_snapshot!("evaluation", logs_of(&[event]).remove(0));
}

#[test]
fn lines() {
    let line = Item { body: Some(json!("disk is full")), ..item("", &[("disk", json!("sda"))]) };
    let structured = Item { body: Some(json!({"a": [1, {"b": true}]})), ..item("x.y", &[]) };
    let records = logs_of(&[line, structured]);
    assert_eq!(records[0].kind, Kind::Log);
    assert_eq!(records[0].name, None);
    assert_eq!(records[0].content[0].body, Body::Text { content: "disk is full".into() });
    assert_eq!(records[0].time.nanos(), i64::try_from(super::build::START).unwrap());
    let Body::Other { value, .. } = &records[1].content[0].body else { panic!() };
    assert_eq!(*value, json!({"a": [1, {"b": true}]}));
    assert_eq!(records[1].name.as_deref(), Some("x.y"));
}

#[test]
fn an_event_may_be_named_by_an_attribute() {
    let event = Item {
        body: Some(json!({"content": "hi"})),
        ..item("", &[("event.name", json!("gen_ai.user.message"))])
    };
    let record = logs_of(&[event]).remove(0);
    assert_eq!(record.kind, Kind::Interaction);
    assert_eq!(record.name.as_deref(), Some("gen_ai.user.message"));
}

#[test]
fn choices_keep_their_index() {
    let event = Item {
        body: Some(json!({"index": 2, "message": {"role": "assistant", "content": "c"}})),
        ..item("gen_ai.choice", &[])
    };
    assert_eq!(logs_of(&[event])[0].content[0].message, 2);
}
