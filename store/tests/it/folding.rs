//! Parts that arrive apart become one row, in any order and across midnight.

use model::{Body, Direction, Fingerprint, Kind, Logged, Part, Record, Role, Status};
use proptest::prelude::*;
use serde_json::json;

use crate::made::*;

const ALL: &str = "SELECT kind, user_id, model, status, input_tokens, output_tokens, duration_ms,
    parts, repeats, finish_reason FROM records ORDER BY kind, trace_id, span_id, user_id";
const MESSAGES: &str = "SELECT direction, role, text FROM messages ORDER BY 1, 2, 3";
const CALLS: &str = "SELECT name, arguments, result, status, executed, user_id FROM tool_calls
    ORDER BY 1, 2";

/// One agent turn in all the parts that can come apart: the proxy's request and answer, the
/// execution of the tool in the same trace, and the next call with the tool's result.
fn turn() -> Vec<Record> {
    let [request, mut response] = proxied(1, "user-42", "how is the weather", "let me see");
    response.content.push(asks(0, "call_1", "weather", json!({"city": "Bern"})));
    let mut execution = record(Kind::ToolCall, Part::Whole, 1, 2);
    execution.duration = Some(5_000_000);
    execution.status = Status { ok: Some(true), ..Status::default() };
    execution.content = vec![segment(
        Direction::Input,
        0,
        Role::Assistant,
        Body::ToolCall {
            id: Some("call_1".to_owned()),
            name: "weather".to_owned(),
            arguments: json!({"city": "Bern"}),
        },
    )];
    let mut next = record(Kind::Interaction, Part::Whole, 1, 3);
    next.actor = user("user-42");
    next.content = vec![
        says(Direction::Input, 0, Role::User, "how is the weather"),
        gives(2, "call_1", "sunny"),
        says(Direction::Output, 0, Role::Assistant, "it is sunny"),
    ];
    vec![request, response, execution, next]
}

fn facts(records: &[Logged]) -> [Vec<String>; 4] {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), records);
    let path = folder.path();
    let rollup = "SELECT kind, sum(count), sum(errors), sum(input_tokens), sum(output_tokens)
        FROM rollup_hour GROUP BY kind ORDER BY kind";
    [ask(path, ALL), ask(path, MESSAGES), ask(path, CALLS), ask(path, rollup)]
}

#[test]
fn a_turn_is_two_calls_and_one_tool_call() {
    let [records, messages, calls, rollup] = facts(&log(turn()));
    assert_eq!(
        records,
        [
            "interaction|user-42|model-a|ok|10|20|1500|2|0|",
            "interaction|user-42||||||1|0|",
            "tool_call|||ok|||5|1|0|",
        ]
    );
    assert_eq!(messages.len(), 7, "{messages:?}");
    assert_eq!(calls, [r#"weather|{"city":"Bern"}|sunny|ok|1|"#]);
    assert_eq!(rollup, ["interaction|2|0|10|20", "tool_call|1|0|0|0"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Log time is that of arrival, so the first `before` records arrive before midnight.
    #[test]
    fn the_order_of_arrival_does_not_matter(
        order in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle(),
        before in 0_usize..=4,
        batch in 1_usize..=4,
    ) {
        let turn = turn();
        let mut records = log(order.iter().map(|part| turn[*part].clone()).collect());
        for logged in records.iter_mut().skip(before) {
            logged.log_time.0 += 86_400_000_000_000;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut writer = store::Writer::open(folder.path(), &key()).unwrap();
        for part in records.chunks(batch) {
            writer.apply(part).unwrap();
        }
        let path = folder.path();
        let expected = facts(&log(turn.clone()));
        let sorted = |mut lines: Vec<String>| { lines.sort(); lines };
        prop_assert_eq!(sorted(ask(path, ALL)), sorted(expected[0].clone()));
        prop_assert_eq!(sorted(ask(path, MESSAGES)), sorted(expected[1].clone()));
        prop_assert_eq!(sorted(ask(path, CALLS)), sorted(expected[2].clone()));
    }
}

#[test]
fn log_events_before_and_after_their_span_are_one_call() {
    let mut event = record(Kind::Interaction, Part::Content, 1, 1);
    event.name = Some("gen_ai.user.message".to_owned());
    event.content = vec![says(Direction::Input, 0, Role::User, "hello")];
    let mut span = record(Kind::Interaction, Part::Whole, 1, 1);
    span.name = Some("chat model-a".to_owned());
    span.actor = user("user-1");
    span.content = vec![says(Direction::Input, 0, Role::User, "hello")];
    let mut choice = record(Kind::Interaction, Part::Content, 1, 1);
    choice.fingerprint = Some(Fingerprint([9; 16]));
    choice.content = vec![says(Direction::Output, 0, Role::Assistant, "good morning")];
    for parts in [
        vec![event.clone(), span.clone(), choice.clone()],
        vec![choice.clone(), event.clone(), span.clone()],
        vec![span, choice, event],
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &log(parts));
        assert_eq!(
            ask(folder.path(), "SELECT name, user_id, parts FROM records"),
            ["chat model-a|user-1|3"]
        );
        assert_eq!(
            ask(folder.path(), MESSAGES),
            ["input|user|hello", "output|assistant|good morning"]
        );
    }
}

#[test]
fn what_was_said_twice_in_one_part_stays_twice() {
    let mut span = record(Kind::Interaction, Part::Whole, 1, 1);
    span.content = vec![
        says(Direction::Input, 0, Role::User, "yes"),
        says(Direction::Input, 2, Role::User, "yes"),
    ];
    let mut event = record(Kind::Interaction, Part::Content, 1, 1);
    event.content = vec![says(Direction::Input, 0, Role::User, "yes")];
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &log(vec![event, span]));
    assert_eq!(ask(folder.path(), MESSAGES), ["input|user|yes", "input|user|yes"]);
}

#[test]
fn a_late_delivery_is_a_repeat() {
    let [request, response] = proxied(1, "user-1", "question", "answer");
    let records = vec![request.clone(), response.clone(), request, response];
    let mut records = log(records);
    records[2].log_time.0 += 86_400_000_000_000;
    records[3].log_time.0 += 86_400_000_000_000;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &records);
    assert_eq!(ask(folder.path(), "SELECT parts, repeats, input_tokens FROM records"), ["2|2|10"]);
    assert_eq!(ask(folder.path(), MESSAGES).len(), 2);
}

#[test]
fn records_without_a_span_are_rows_of_their_own() {
    let mut sign_in = record(Kind::SignIn, Part::Whole, 1, 1);
    sign_in.trace_id = None;
    sign_in.span_id = None;
    let mut other = sign_in.clone();
    other.fingerprint = Some(Fingerprint([8; 16]));
    let mut nameless = sign_in.clone();
    nameless.fingerprint = None;
    let records = vec![sign_in.clone(), other, nameless.clone(), nameless, sign_in];
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &log(records));
    assert_eq!(
        ask(folder.path(), "SELECT repeats FROM records ORDER BY \"index\""),
        ["1", "0", "0", "0"]
    );
}
