//! Records made for tests, and short ways to ask the store.

use std::path::Path;

use model::{
    Actor, Body, Call, Direction, Fingerprint, IdentifiedBy, Kind, Logged, Part, Record, Role,
    Sealed, Segment, Source, SpanId, Status, Timestamp, TraceId, Usage,
};
use serde_json::Value;
use store::{Cell, Functions, Limits, Reader, Span, Writer};

/// Noon of 2026-11-24, UTC.
pub(crate) const NOON: i64 = 1_795_521_600;

pub(crate) fn key() -> Sealed<[u8; 32]> {
    Sealed::new([7; 32])
}

pub(crate) fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_secs(NOON + seconds)
}

pub(crate) fn logged(index: u64, record: Record) -> Logged {
    Logged { index, log_time: seconds(i64::try_from(index).unwrap()), record }
}

/// Gives records consecutive indexes.
pub(crate) fn log(records: Vec<Record>) -> Vec<Logged> {
    (0..).zip(records).map(|(index, record)| logged(index, record)).collect()
}

pub(crate) fn segment(direction: Direction, message: u32, role: Role, body: Body) -> Segment {
    Segment { direction, message, role, origin: role.origin(), name: None, body }
}

pub(crate) fn says(direction: Direction, message: u32, role: Role, text: &str) -> Segment {
    segment(direction, message, role, Body::Text { content: text.to_owned() })
}

pub(crate) fn asks(message: u32, id: &str, name: &str, arguments: Value) -> Segment {
    let body = Body::ToolCall { id: Some(id.to_owned()), name: name.to_owned(), arguments };
    segment(Direction::Output, message, Role::Assistant, body)
}

pub(crate) fn gives(message: u32, id: &str, result: &str) -> Segment {
    let result = Value::String(result.to_owned());
    let body = Body::ToolResult { id: Some(id.to_owned()), name: None, result, is_error: false };
    segment(Direction::Input, message, Role::Tool, body)
}

/// A record in span `span` of trace `trace`, with a fingerprint of its own.
pub(crate) fn record(kind: Kind, part: Part, trace: u8, span: u8) -> Record {
    let mut print = [0; 16];
    print[..4].copy_from_slice(&[trace, span, part as u8 + 1, kind as u8 + 1]);
    Record {
        version: 1,
        kind,
        part,
        time: seconds(0),
        trace_id: Some(TraceId([trace; 16])),
        span_id: Some(SpanId([span; 8])),
        source: Source { service: Some("shop".to_owned()), ..Source::default() },
        fingerprint: Some(Fingerprint(print)),
        ..Record::default()
    }
}

pub(crate) fn user(name: &str) -> Actor {
    Actor {
        identified_by: IdentifiedBy::Header,
        user: Some(name.to_owned()),
        session: Some(format!("session of {name}")),
        ..Actor::default()
    }
}

pub(crate) fn call(input: Option<u64>, output: Option<u64>) -> Call {
    Call {
        operation: "chat".to_owned(),
        request_model: Some("model-a".to_owned()),
        usage: Usage { input_tokens: input, output_tokens: output, ..Usage::default() },
        ..Call::default()
    }
}

/// A call as the proxy records it, in two parts.
pub(crate) fn proxied(trace: u8, who: &str, question: &str, answer: &str) -> [Record; 2] {
    let request = Record {
        actor: user(who),
        call: Some(call(None, None)),
        content: vec![says(Direction::Input, 0, Role::User, question)],
        ..record(Kind::Interaction, Part::Request, trace, 1)
    };
    let response = Record {
        status: Status { ok: Some(true), ..Status::default() },
        call: Some(call(Some(10), Some(20))),
        duration: Some(1_500_000_000),
        content: vec![says(Direction::Output, 0, Role::Assistant, answer)],
        ..record(Kind::Interaction, Part::Response, trace, 1)
    };
    [request, response]
}

pub(crate) fn write(folder: &Path, records: &[Logged]) {
    let mut writer = Writer::open(folder, &key()).unwrap();
    writer.apply(records).unwrap();
}

pub(crate) fn reader(folder: &Path) -> Reader {
    Reader::open(folder, &key(), Span::default(), &Functions::default()).unwrap()
}

/// The rows of a query, each as its cells joined by `|`.
pub(crate) fn ask(folder: &Path, sql: &str) -> Vec<String> {
    let table = reader(folder).query(sql, &Limits::default()).unwrap();
    let line = |row: &Vec<Cell>| row.iter().map(Cell::to_string).collect::<Vec<_>>().join("|");
    table.rows.iter().map(line).collect()
}
