//! Counts are what a user would count.

use model::{Direction, Finding, Fingerprint, Kind, Part, Record, Role, Status};
use serde_json::json;

use crate::made::*;

#[test]
fn history_is_not_counted() {
    let mut records = Vec::new();
    for round in 0..4_u8 {
        let [request, mut response] = proxied(round + 1, "user-1", "next", "ok");
        let mut request = request;
        for earlier in 0..round {
            let id = format!("call_{earlier}");
            let mut asked = asks(1, &id, "look_up", json!({"n": earlier}));
            asked.direction = Direction::Input;
            request.content.push(asked);
            request.content.push(gives(2, &id, &format!("found {earlier}")));
        }
        response.content.push(asks(0, &format!("call_{round}"), "look_up", json!({"n": round})));
        records.extend([request, response]);
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &log(records));
    assert_eq!(
        ask(folder.path(), "SELECT kind, count(*) FROM records GROUP BY kind ORDER BY kind"),
        ["interaction|4", "tool_call|4"]
    );
    assert_eq!(
        ask(folder.path(), "SELECT call_id, result FROM tool_calls ORDER BY call_id"),
        ["call_0|found 0", "call_1|found 1", "call_2|found 2", "call_3|"]
    );
    assert_eq!(
        ask(
            folder.path(),
            "SELECT type, value, count FROM entities WHERE type IN ('user', 'tool')"
        ),
        ["tool|look_up|4", "user|user-1|4"]
    );
}

#[test]
fn a_call_is_not_mixed_up_with_another_users() {
    let mut records = Vec::new();
    for (trace, who) in [(1, "user-1"), (2, "user-2")] {
        let [request, mut response] = proxied(trace, who, "go", "ok");
        response.content.push(asks(0, "call_0", "open", json!({"who": who})));
        response.actor = user(who);
        records.extend([request, response]);
    }
    let [mut request, response] = proxied(3, "user-1", "go on", "done");
    request.content.push(gives(1, "call_0", "for user-1"));
    records.extend([request, response]);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &log(records));
    assert_eq!(
        ask(folder.path(), "SELECT user_id, result FROM tool_calls ORDER BY user_id"),
        ["user-1|for user-1", "user-2|"]
    );
}

#[test]
fn findings_in_repeated_content_count_once() {
    let finding = |place: &str| Finding {
        kind: "EMAIL_ADDRESS".to_owned(),
        subtype: None,
        place: place.to_owned(),
        start: 0,
        end: 5,
        confidence: 0.9,
        fingerprint: Fingerprint([1; 16]),
        action: model::Action::Mask,
    };
    let mut span = record(Kind::Interaction, Part::Whole, 1, 1);
    span.content = vec![says(Direction::Input, 0, Role::User, "write to [EMAIL]")];
    span.findings = vec![finding("content/0"), finding("attributes/url.full")];
    let mut event = record(Kind::Interaction, Part::Content, 1, 1);
    event.content = span.content.clone();
    event.findings = span.findings.clone();
    for parts in [vec![span.clone(), event.clone()], vec![event, span]] {
        for batch in 1..=2 {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = store::Writer::open(folder.path(), &key()).unwrap();
            for part in log(parts.clone()).chunks(batch) {
                writer.apply(part).unwrap();
            }
            assert_eq!(ask(folder.path(), "SELECT finding_count FROM records"), ["2"]);
            assert_eq!(
                ask(folder.path(), "SELECT type, place FROM findings ORDER BY place"),
                ["EMAIL_ADDRESS|attributes/url.full", "EMAIL_ADDRESS|content/0"]
            );
        }
    }
}

#[test]
fn roll_ups_follow_what_is_folded() {
    let mut records = Vec::new();
    for n in 1..=20 {
        let [request, mut response] = proxied(n, "user-1", "q", "a");
        response.duration = Some(u64::from(n) * 1_000_000);
        if n == 20 {
            response.status = Status { ok: Some(false), ..Status::default() };
        }
        records.extend([request, response]);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut writer = store::Writer::open(folder.path(), &key()).unwrap();
    for batch in log(records).chunks(3) {
        writer.apply(batch).unwrap();
    }
    let sql = "SELECT sum(count), sum(errors), sum(output_tokens),
            quantile(merge_sketches(sketch), 0.5) BETWEEN 9.8 AND 10.2 FROM";
    assert_eq!(ask(folder.path(), &format!("{sql} rollup_minute")), ["20|1|400|1"]);
    assert_eq!(ask(folder.path(), &format!("{sql} rollup_hour")), ["20|1|400|1"]);
}

/// Two calls of a model under a name that stands for its newest version: the first is answered by
/// another model than was asked for, the second by that one. The first's answer says an earlier time
/// and another user than its request, and a tool is asked for, and executed later.
fn corrected() -> Vec<Record> {
    let mut parts = Vec::new();
    for (trace, answered) in [(1, "model-a-2026"), (2, "model-a")] {
        let [mut request, mut response] = proxied(trace, "user-1", "go", "ok");
        request.time = seconds(10 * i64::from(trace));
        response.time = seconds(10 * i64::from(trace) - 5);
        response.actor = user(if trace == 1 { "user-2" } else { "user-1" });
        response.content.push(asks(1, &format!("call_{trace}"), "look_up", json!({})));
        if let Some(call) = &mut response.call {
            call.response_model = Some(answered.to_owned());
        }
        let mut executed = record(Kind::ToolCall, Part::Whole, trace, 9);
        executed.time = seconds(100 * i64::from(trace));
        executed
            .attributes
            .insert("gen_ai.tool.call.id".to_owned(), format!("call_{trace}").into());
        executed.attributes.insert("gen_ai.tool.name".to_owned(), "look_up".into());
        parts.extend([request, response, executed]);
    }
    parts
}

#[test]
fn what_came_together_does_not_matter() {
    let records = log(corrected());
    let in_batches_of = |size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = store::Writer::open(folder.path(), &key()).unwrap();
        for batch in records.chunks(size) {
            writer.apply(batch).unwrap();
        }
        let entities = ask(folder.path(), "SELECT * FROM entities ORDER BY type, value");
        let hours = ask(folder.path(), "SELECT * FROM rollup_hour ORDER BY kind, model, user_id");
        (entities, hours)
    };
    let together = in_batches_of(records.len());
    assert_eq!(together.0.iter().filter(|line| line.starts_with("model|")).count(), 2);
    for size in 1..records.len() {
        assert_eq!(in_batches_of(size), together, "batches of {size}");
    }
}
