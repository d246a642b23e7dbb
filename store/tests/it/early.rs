//! A tool's result is filled in, whether it arrives before or after the call it answers.

use model::{Body, Direction, Kind, Part, Record, Role};
use serde_json::json;

use crate::made::*;

const CALLS: &str = "SELECT name, arguments, result, status, executed, user_id FROM tool_calls";
const COUNTS: &str = "SELECT kind, sum(count), sum(errors) FROM rollup_hour GROUP BY 1 ORDER BY 1";

/// Two calls through the proxy, each in a trace of its own: the first answer asks for a tool, the
/// second request has the call as history, and its result.
fn two_calls(who: &str, failed: bool) -> Vec<Record> {
    let [first, mut asking] = proxied(1, who, "how is the weather", "let me see");
    // The proxy says in both parts whose call it is.
    asking.actor = user(who);
    asking.content.push(asks(0, "call_x", "weather", json!({"city": "Bern"})));
    let [mut second, last] = proxied(2, who, "how is the weather", "it is sunny");
    second.time = seconds(1);
    let mut history = asks(1, "call_x", "weather", json!({"city": "Bern"}));
    history.direction = Direction::Input;
    let mut result = gives(2, "call_x", "sunny");
    if let Body::ToolResult { is_error, .. } = &mut result.body {
        *is_error = failed;
    }
    second.content.extend([history, result]);
    vec![first, second, asking, last]
}

fn orders(left: Vec<usize>) -> Vec<Vec<usize>> {
    if left.len() < 2 {
        return vec![left];
    }
    let mut all = Vec::new();
    for one in &left {
        let rest = left.iter().copied().filter(|other| other != one).collect();
        all.extend(orders(rest).into_iter().map(|tail| [vec![*one], tail].concat()));
    }
    all
}

/// Calls and counts after these records, in batches, with a midnight before the record `midnight`
/// and the writer opened anew for each batch.
fn after(parts: Vec<Record>, batch: usize, midnight: usize) -> [Vec<String>; 2] {
    let mut records = log(parts);
    for logged in records.iter_mut().skip(midnight) {
        logged.log_time.0 += 86_400_000_000_000;
    }
    let folder = tempfile::tempdir().unwrap();
    for part in records.chunks(batch) {
        write(folder.path(), part);
    }
    [ask(folder.path(), CALLS), ask(folder.path(), COUNTS)]
}

#[test]
fn all_orders_give_the_same_rows() {
    let parts = two_calls("user-42", false);
    for order in orders((0..4).collect()) {
        for (batch, midnight) in [(4, 4), (1, 4), (2, 4), (1, 1), (4, 2), (1, 3)] {
            let parts = order.iter().map(|part| parts[*part].clone()).collect();
            let [calls, counts] = after(parts, batch, midnight);
            let place = format!("{order:?}, {batch} a batch, midnight at {midnight}");
            assert_eq!(calls, [r#"weather|{"city":"Bern"}|sunny|ok|0|user-42"#], "{place}");
            assert_eq!(counts, ["interaction|2|0", "tool_call|1|0"], "{place}");
        }
    }
}

#[test]
fn a_failure_is_taken_over() {
    let [calls, counts] = after(two_calls("user-42", true), 1, 4);
    assert_eq!(calls, [r#"weather|{"city":"Bern"}|sunny|error|0|user-42"#]);
    assert_eq!(counts, ["interaction|2|0", "tool_call|1|1"]);
}

#[test]
fn another_users_result_is_not_taken() {
    let mut parts = two_calls("user-42", false);
    parts[1].actor = user("user-7");
    parts[3].actor = user("user-7");
    let [calls, _] = after(parts, 1, 4);
    assert_eq!(calls, [r#"weather|{"city":"Bern"}|||0|user-42"#]);
}

#[test]
fn a_result_from_before_the_call_is_not_taken() {
    let mut parts = two_calls("user-42", false);
    parts[0].time = seconds(5);
    parts[2].time = seconds(5);
    parts.rotate_left(1);
    let [calls, _] = after(parts, 1, 4);
    assert_eq!(calls, [r#"weather|{"city":"Bern"}|||0|user-42"#]);
}

#[test]
fn a_result_whose_call_never_comes_counts_nothing() {
    let mut only = record(Kind::Interaction, Part::Whole, 1, 1);
    only.actor = user("user-42");
    only.content = vec![says(Direction::Input, 0, Role::User, "so"), gives(1, "call_x", "sunny")];
    let [calls, counts] = after(vec![only], 1, 1);
    assert!(calls.is_empty(), "{calls:?}");
    assert_eq!(counts, ["interaction|1|0"]);
}

/// A conversation with a server that counts its calls from 0 in each answer: every prompt holds all
/// results so far under the same id.
fn counted_from_zero(results: &[&str]) -> Vec<Record> {
    let turn = |turn: usize| {
        let mut record = record(Kind::Interaction, Part::Whole, 1, u8::try_from(turn).unwrap() + 1);
        record.time = seconds(i64::try_from(turn).unwrap());
        record.actor = user("user-42");
        record.content = (0..)
            .zip(results.iter().take(turn))
            .map(|(at, result)| gives(at, "call_0", result))
            .collect();
        if turn < results.len() {
            record.content.push(asks(9, "call_0", "weather", json!({"turn": turn})));
        }
        record
    };
    (0..=results.len()).map(turn).collect()
}

#[test]
fn ids_that_are_used_again_do_not_mix_results_up() {
    for results in [["sunny", "rain", "snow"], ["ok", "ok", "ok"], ["ok", "rain", "ok"]] {
        let parts = counted_from_zero(&results);
        let expected: Vec<String> = (0..)
            .zip(results)
            .map(|(turn, result)| format!("weather|{{\"turn\":{turn}}}|{result}|ok|0|user-42"))
            .collect();
        for order in orders((0..4).collect()) {
            for (batch, midnight) in [(4, 4), (1, 2)] {
                let parts = order.iter().map(|part| parts[*part].clone()).collect();
                let [mut calls, counts] = after(parts, batch, midnight);
                calls.sort();
                let place =
                    format!("{results:?} {order:?}, {batch} a batch, midnight at {midnight}");
                assert_eq!(calls, expected, "{place}");
                assert_eq!(counts, ["interaction|4|0", "tool_call|3|0"], "{place}");
            }
        }
    }
}

#[test]
fn an_answered_call_does_not_hide_an_early_result_of_the_next_with_its_id() {
    let mut parts = two_calls("user-42", false);
    let mut next = two_calls("user-42", false);
    for (part, trace) in next.iter_mut().zip([3, 4, 3, 4]) {
        part.trace_id = Some(model::TraceId([trace; 16]));
        part.fingerprint = part.fingerprint.map(|print| {
            let mut print = print;
            print.0[0] += 2;
            print
        });
        part.time = seconds(part.time.secs() - NOON + 10);
        for segment in &mut part.content {
            if let Body::ToolResult { result, .. } = &mut segment.body {
                *result = "rain".into();
            }
        }
    }
    parts.extend(next);
    let [mut calls, counts] = after(parts, 1, 8);
    calls.sort();
    let call = |result: &str| format!("weather|{{\"city\":\"Bern\"}}|{result}|ok|0|user-42");
    assert_eq!(calls, [call("rain"), call("sunny")]);
    assert_eq!(counts, ["interaction|4|0", "tool_call|2|0"]);
}
