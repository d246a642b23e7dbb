//! What real SDKs put on the wire, where the captures are at hand.

use std::path::PathBuf;

use model::{Body, Kind, Part, Record};
use serde_json::Value;
use wire::otlp::{Signal, decode_json};

use super::build::records;

/// The records of a capture, or `None` when it is absent.
fn capture(name: &str) -> Option<Vec<Record>> {
    let root = std::env::var_os("PLAINSIGHT_EVAL_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared")),
        PathBuf::from,
    );
    let path = root.join("fixtures/otlp").join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {name} is absent");
        return None;
    };
    let mut all = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let signal = match line["path"].as_str().unwrap() {
            path if path.ends_with("traces") => Signal::Traces,
            path if path.ends_with("logs") => Signal::Logs,
            _ => Signal::Metrics,
        };
        let decoded = decode_json(signal, line["body"].to_string().as_bytes()).unwrap();
        assert_eq!(decoded.rejected, [], "{name}");
        all.extend(records(decoded));
    }
    Some(all)
}

fn interactions(records: &[Record]) -> Vec<&Record> {
    let whole = |record: &&Record| record.kind == Kind::Interaction && record.part == Part::Whole;
    records.iter().filter(whole).collect()
}

fn texts(record: &Record) -> Vec<&str> {
    let mut texts = Vec::new();
    for segment in &record.content {
        if let Body::Text { content } = &segment.body {
            texts.push(content.as_str());
        }
    }
    texts
}

#[test]
fn real_sdks_agree() {
    let names = ["oai_v2_span.jsonl", "tl.jsonl", "oi.jsonl"];
    let captures: Vec<_> = names.iter().filter_map(|name| capture(name)).collect();
    if captures.len() < names.len() {
        return;
    }
    let first = interactions(&captures[0]);
    for (name, records) in names.iter().zip(&captures) {
        let calls = interactions(records);
        assert!(calls.len() >= 3, "{name}");
        for (call, wanted) in calls.iter().zip(&first).take(3) {
            assert_eq!(call.content, wanted.content, "{name}");
            let (call, wanted) = (call.call.as_ref().unwrap(), wanted.call.as_ref().unwrap());
            assert_eq!(call.usage, wanted.usage, "{name}");
            assert_eq!(call.request_model, wanted.request_model, "{name}");
            assert_eq!(call.response_model, wanted.response_model, "{name}");
        }
    }
    let (openllmetry, openinference) = (interactions(&captures[1]), interactions(&captures[2]));
    for (one, other) in openllmetry.iter().zip(&openinference) {
        let (one, other) = (one.call.as_ref().unwrap(), other.call.as_ref().unwrap());
        assert_eq!(one.tool_definitions, other.tool_definitions);
    }
    for calls in [openllmetry, openinference] {
        assert_eq!(calls[0].actor.user.as_deref(), Some("user-42"));
    }
}

#[test]
fn content_is_there_once() {
    for name in ["oai_v2_span.jsonl", "tl.jsonl", "oi.jsonl", "lf.jsonl"] {
        for record in capture(name).iter().flatten() {
            if record.kind != Kind::Interaction || texts(record).len() < 2 {
                continue;
            }
            let encoded = String::from_utf8(model::encode(record)).unwrap();
            for text in texts(record).into_iter().filter(|text| text.len() > 6) {
                assert_eq!(encoded.matches(text).count(), 1, "{name}: {encoded}");
            }
        }
    }
}

#[test]
fn legacy_content_comes_in_parts() {
    let Some(records) = capture("oai_v2_legacy.jsonl") else {
        return;
    };
    let calls = interactions(&records);
    assert_eq!(calls.len(), 3);
    for call in calls {
        assert_eq!(call.content, []);
        let parts = records
            .iter()
            .filter(|part| part.part == Part::Content && part.span_id == call.span_id);
        assert!(parts.flat_map(|part| &part.content).count() >= 2);
    }
}

#[test]
fn langfuse_is_understood() {
    let Some(records) = capture("lf.jsonl") else {
        return;
    };
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].kind, Kind::Interaction);
    assert_eq!(records[1].kind, Kind::Workflow);
    for record in &records {
        assert_eq!(record.actor.user.as_deref(), Some("user-42"));
        assert_eq!(record.actor.session.as_deref(), Some("sess-1"));
    }
    assert_eq!(texts(&records[0]).len(), 2);
    assert_eq!(records[0].call.as_ref().unwrap().usage.input_tokens, Some(9));
}
