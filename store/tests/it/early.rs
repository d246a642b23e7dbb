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
