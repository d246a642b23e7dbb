//! Events from bytes: what is taken, what is refused, and that no value comes back.

use model::{Door, EventOutcome, IdentifiedBy, Kind, Observation, Record, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use server::events::{EventError, MAX_EVENTS, parse, schema};

const NOW: Timestamp = Timestamp::from_secs(1_767_225_600);

fn one(event: &Value) -> Result<Record, EventError> {
    let mut results = parse(event.to_string().as_bytes(), NOW);
    assert_eq!(results.len(), 1);
    results.remove(0).map(Observation::into_exposed)
}

/// An event with every field.
fn full() -> Value {
    json!({
        "type": "evaluation", "id": "e-1", "time": "2026-01-01T00:00:01Z", "user": "user-42",
        "session": "s-1", "tenant": "acme", "roles": ["admin", "auditor"], "agent": "assistant",
        "client_address": "203.0.113.7", "user_agent": "test/1", "action": "evaluation.done",
        "outcome": "denied", "target": "record 7", "reason": "policy",
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331",
        "name": "faithfulness", "score": 0.25, "label": "poor", "comment": "not in the sources",
        "attributes": {"severity": "high", "nested": {"deep": [1, 2]}},
    })
}

#[test]
fn every_field_has_its_place() {
    insta::assert_json_snapshot!(one(&full()).unwrap());
}

#[test]
fn every_type_is_a_kind() {
    let kinds = [
        ("sign_in", Kind::SignIn),
        ("account", Kind::Account),
        ("authorization", Kind::Authorization),
        ("feedback", Kind::Feedback),
        ("evaluation", Kind::Evaluation),
        ("configuration", Kind::Configuration),
        ("resource", Kind::Resource),
        ("guardrail", Kind::Guardrail),
    ];
    for (name, kind) in kinds {
        let record = one(&json!({"type": name})).unwrap();
        assert_eq!((record.kind, record.time, record.source.door), (kind, NOW, Door::Events));
        assert_eq!(record.actor.identified_by, IdentifiedBy::Nobody);
        assert_eq!(record.event.unwrap().action, name);
    }
}

#[test]
fn every_outcome_is_known() {
    for (word, outcome) in [
        ("success", EventOutcome::Success),
        ("failure", EventOutcome::Failure),
        ("denied", EventOutcome::Denied),
        ("unknown", EventOutcome::Unknown),
    ] {
        let record = one(&json!({"type": "sign_in", "outcome": word})).unwrap();
        assert_eq!(record.event.unwrap().outcome, Some(outcome));
    }
}

#[test]
fn an_object_an_array_and_lines_say_the_same() {
    let event = json!({"type": "sign_in", "user": "user-42"});
    let pretty = format!("{event:#}");
    let array = format!(" [{event},\n{event}]");
    let lines = format!("{event}\n\n{event}\r\n");
    for (text, count) in [(pretty, 1), (array, 2), (lines, 2)] {
        let results = parse(text.as_bytes(), NOW);
        assert_eq!(results.len(), count, "{text}");
        assert!(results.iter().all(Result::is_ok), "{text}");
    }
    assert!(parse(b"", NOW).is_empty());
    assert!(parse(b"[]", NOW).is_empty());
}

#[test]
fn a_bad_event_does_not_cost_its_neighbours() {
    let lines = "{\"type\":\"sign_in\"}\n{\"type\":\n[1]\n{\"type\":\"feedback\",\"score\":1}\n";
    let results = parse(lines.as_bytes(), NOW);
    let good: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, false, false, true]);
}

#[test]
fn a_refusal_names_field_and_reason_and_never_the_value() {
    let secret = "hunter2-4111111111111111";
    let cases = [
        ("type", json!({"user": secret})),
        ("type", json!({"type": secret})),
        ("type", json!({"type": {"a": secret}})),
        ("time", json!({"type": "sign_in", "time": secret})),
        ("user", json!({"type": "sign_in", "user": {"name": secret}})),
        ("user", json!({"type": "sign_in", "user": ""})),
        ("user", json!({"type": "sign_in", "user": secret.repeat(20)})),
        ("roles", json!({"type": "sign_in", "roles": secret})),
        ("roles", json!({"type": "sign_in", "roles": [secret, 7]})),
        ("outcome", json!({"type": "sign_in", "outcome": secret})),
        ("trace_id", json!({"type": "sign_in", "trace_id": secret})),
        ("trace_id", json!({"type": "sign_in", "trace_id": "0".repeat(32)})),
        ("trace_id", json!({"type": "sign_in", "span_id": "b7ad6b7169203331"})),
        ("score", json!({"type": "feedback", "score": secret})),
        ("attributes", json!({"type": "sign_in", "attributes": [secret]})),
        ("attributes", json!({"type": "sign_in", "attributes": {"event.id": secret}})),
        ("event", json!({"type": "sign_in", secret: 1})),
        ("event", json!(secret)),
    ];
    for (field, event) in cases {
        let error = one(&event).unwrap_err();
        assert_eq!(error.field, field, "{event}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(!error.reason.is_empty());
    }
}

#[test]
fn a_misspelt_field_is_answered_with_the_right_one() {
    let error = one(&json!({"type": "sign_in", "client_adress": "x"})).unwrap_err();
    assert_eq!(error.reason, "has a field that is not known; was client_address meant");
}

#[test]
fn more_events_than_the_bound_are_one_error() {
    let many = "1\n".repeat(MAX_EVENTS + 500);
    let results = parse(many.as_bytes(), NOW);
    assert_eq!(results.len(), MAX_EVENTS + 1);
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!(
        "{{\"type\":\"sign_in\",\"attributes\":{{\"a\":{}1{}}}}}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    assert!(parse(deep.as_bytes(), NOW).iter().all(Result::is_err));
}

#[test]
fn the_schema_is_the_one_that_is_published() {
    let schema = schema();
    assert!(schema.ends_with("}\n"));
    insta::assert_snapshot!(schema);
}

#[test]
fn the_schema_knows_every_field_that_the_parser_takes() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let properties = schema["$defs"]["event"]["properties"].as_object().unwrap();
    let sample = full();
    let sample = sample.as_object().unwrap();
    assert!(properties.keys().eq(sample.keys()), "the sample of this test has every field");
    for name in properties.keys() {
        let mut alone =
            json!({"type": "evaluation", "trace_id": "0af7651916cd43dd8448eb211c80319c"});
        alone[name] = sample[name].clone();
        one(&alone).unwrap();
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        parse(&bytes, NOW);
    }

    #[test]
    fn mutated_events_are_answered(
        at in any::<prop::sample::Index>(),
        with in proptest::collection::vec(any::<u8>(), 0..4),
        cut in 0..4_usize,
    ) {
        let mut bytes = full().to_string().into_bytes();
        let start = at.index(bytes.len());
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, with);
        for observation in parse(&bytes, NOW).into_iter().flatten() {
            prop_assert_eq!(observation.expose().source.door, Door::Events);
        }
    }

    #[test]
    fn a_parsed_event_is_the_one_that_was_sent(
        user in "\\PC{1,40}",
        action in "[a-z.]{1,20}",
        millis in 1_000_000_000_000_i64..4_000_000_000_000,
    ) {
        let event = json!({"type": "account", "user": user, "action": action, "time": millis});
        let record = one(&event).unwrap();
        prop_assert_eq!(record.actor.user, Some(user));
        prop_assert_eq!(record.actor.identified_by, IdentifiedBy::Request);
        prop_assert_eq!(record.event.unwrap().action, action);
        prop_assert_eq!(record.time, Timestamp::from_millis(millis));
    }
}
