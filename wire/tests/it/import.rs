//! Exports of other tools, as they are recorded.

use model::{Door, IdentifiedBy, Record, Timestamp};
use serde_json::{Value, json};
use wire::import::{Format, Piece, Splitter, parse_line};

pub(crate) const FIXTURES: [(&str, Format, &[u8]); 5] = [
    ("openai", Format::OpenAi, include_bytes!("fixtures/import/openai.jsonl")),
    ("anthropic", Format::Anthropic, include_bytes!("fixtures/import/anthropic.jsonl")),
    ("langfuse", Format::Langfuse, include_bytes!("fixtures/import/langfuse.jsonl")),
    ("litellm", Format::LiteLlm, include_bytes!("fixtures/import/litellm.jsonl")),
    ("native", Format::Native, include_bytes!("fixtures/import/native.jsonl")),
];

/// Stands for the time of the file.
const FILE_TIME: Timestamp = Timestamp::from_secs(1);

fn lines(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut splitter = Splitter::new(1 << 20);
    let mut sink = |piece: Piece<'_>| match piece {
        Piece::Record { bytes, .. } => lines.push(bytes.to_vec()),
        Piece::TooLarge { number } => panic!("line {number} is too large"),
    };
    splitter.push(bytes, &mut sink);
    splitter.finish(&mut sink);
    lines
}

fn read(format: Format, line: &[u8]) -> Value {
    match parse_line(format, line, FILE_TIME) {
        Ok(imported) => {
            let records: Vec<&Record> =
                imported.observations.iter().map(model::Sealed::expose).collect();
            let rejected: Vec<String> = imported.rejected.iter().map(ToString::to_string).collect();
            json!({ "records": records, "rejected": rejected })
        }
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn records(format: Format, line: &[u8]) -> Vec<Record> {
    let imported = parse_line(format, line, FILE_TIME).unwrap();
    imported.observations.into_iter().map(model::Sealed::into_exposed).collect()
}

#[test]
fn fixtures() {
    for (name, format, bytes) in FIXTURES {
        assert_eq!(Format::detect(bytes), Some(format), "{name}");
        let read: Vec<Value> = lines(bytes).iter().map(|line| read(format, line)).collect();
        insta::assert_json_snapshot!(format!("import_{name}"), read);
    }
}

#[test]
fn what_is_read_twice_is_the_same() {
    for (_, format, bytes) in FIXTURES {
        for line in lines(bytes) {
            assert_eq!(read(format, &line), read(format, &line));
        }
    }
}

#[test]
fn every_record_came_by_import_and_has_its_ids() {
    for (name, format, bytes) in FIXTURES {
        for line in lines(bytes) {
            let Ok(imported) = parse_line(format, &line, FILE_TIME) else {
                continue;
            };
            for record in imported.observations {
                let record = record.expose();
                assert_eq!(record.source.door, Door::Import);
                assert_eq!(record.source.dialect.as_deref(), Some(name));
                assert!(record.trace_id.is_some() && record.span_id.is_some());
            }
        }
    }
}

#[test]
fn every_format_is_told_from_the_beginning_of_a_file() {
    assert_eq!(Format::detect(b"{\"resourceSpans\":[]}\n"), Some(Format::OtlpJson));
    assert_eq!(
        Format::detect(b"[\n{\"traceId\":\"t\",\"type\":\"SPAN\"},"),
        Some(Format::Langfuse)
    );
    assert_eq!(
        Format::detect(b"{\n\"data\": [{\"traceId\":\"t\",\"type\":\"SPAN\"}"),
        Some(Format::Langfuse)
    );
    assert_eq!(Format::detect(b"hello\n"), None);
    assert_eq!(Format::detect(b""), None);
    for format in Format::ALL {
        assert_eq!(Format::named(format.as_str()), Some(format));
    }
}

#[test]
fn a_foreign_record_cannot_claim_what_only_we_may_say() {
    let (_, format, bytes) = FIXTURES[4];
    for line in &lines(bytes)[..2] {
        let record = &records(format, line)[0];
        assert!(record.findings.is_empty() && record.signals.is_empty());
        assert_eq!((record.fingerprint, record.content_at), (None, None));
        assert_eq!(record.actor.identified_by, IdentifiedBy::Telemetry);
    }
    for line in &lines(bytes)[2..] {
        let error = parse_line(format, line, FILE_TIME).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn otlp_in_json_goes_to_its_own_reader() {
    let line = br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"00f067aa0ba902b7","name":"chat","startTimeUnixNano":"1764000000000000000","endTimeUnixNano":"1764000001000000000"}]}]}]}"#;
    let records = records(Format::OtlpJson, line);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].source.door, Door::Import);
    assert!(parse_line(Format::OtlpJson, b"{}", FILE_TIME).is_err());
}
