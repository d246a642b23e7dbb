//! One record of an export.
//!
//! It does not know the formats; it only asks them.

use std::time::Duration;

use model::{Door, Observation, Record, Sealed, Source, Timestamp};
use serde_json::Value;
use thiserror::Error;

use super::{Format, anthropic, identity, langfuse, litellm, native, openai, otlp, time};
use crate::json;

/// Why a record could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field} {reason}")]
pub struct LineError {
    /// The field.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

impl LineError {
    pub(super) fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into() }
    }
}

/// What one record gave.
#[derive(Debug, Default)]
pub struct Imported {
    /// Its observations, uninspected.
    pub observations: Vec<Observation>,
    /// What of it could not be read, where the rest could.
    pub rejected: Vec<LineError>,
}

impl Imported {
    pub(super) fn one(record: Record) -> Self {
        Self { observations: vec![Sealed::new(record)], rejected: Vec::new() }
    }
}

/// Reads one record. `default_time` stands for the time of records that have none: the file's, say.
///
/// # Errors
/// When the record is not JSON, or is nothing that the format has.
pub fn parse_line(
    format: Format,
    bytes: &[u8],
    default_time: Timestamp,
) -> Result<Imported, LineError> {
    match format {
        Format::Native => return native::read(bytes),
        Format::OtlpJson => return otlp::read(bytes),
        _ => {}
    }
    let parsed = json::parse(bytes)
        .map_err(|not_json| LineError::new("record", format!("is {not_json}")))?;
    if parsed.truncated {
        return Err(LineError::new("record", "breaks off"));
    }
    let line = Line { format, default_time, name: identity::name_of(bytes) };
    read_value(&line, parsed.value)
}

/// What a record's reader has to know beside the record.
pub(super) struct Line {
    pub(super) format: Format,
    pub(super) default_time: Timestamp,
    /// A name for the record, if it has none of its own.
    pub(super) name: String,
}

/// Reads a record, or each of a page of them: `{data: […]}` or `{batch: […]}`.
fn read_value(line: &Line, value: Value) -> Result<Imported, LineError> {
    let Value::Object(mut fields) = value else {
        return Err(LineError::new("record", "is not an object"));
    };
    let is_page =
        |value: &Value| value.as_array().is_some_and(|items| items.iter().all(Value::is_object));
    for list in ["data", "batch"] {
        if fields.get(list).is_some_and(is_page)
            && let Some(Value::Array(items)) = fields.remove(list)
        {
            return Ok(read_page(line, list, items));
        }
    }
    read_one(line, Value::Object(fields))
}

fn read_page(line: &Line, list: &str, items: Vec<Value>) -> Imported {
    let mut page = Imported::default();
    for (position, item) in items.into_iter().enumerate() {
        let name = format!("{}/{position}", line.name);
        let inner = Line { name, format: line.format, default_time: line.default_time };
        match read_one(&inner, item) {
            Ok(read) => {
                page.observations.extend(read.observations);
                page.rejected.extend(read.rejected);
            }
            Err(LineError { field, reason }) => {
                page.rejected.push(LineError::new(format!("{list}/{position}/{field}"), reason));
            }
        }
    }
    page
}

fn read_one(line: &Line, value: Value) -> Result<Imported, LineError> {
    match line.format {
        Format::OpenAi => openai::read(line, value),
        Format::Anthropic => anthropic::read(line, value),
        Format::Langfuse => langfuse::read(line, value),
        Format::LiteLlm => litellm::read(line, value),
        Format::Native | Format::OtlpJson => Err(LineError::new("record", "is not of the format")),
    }
}

impl Line {
    /// A record that the source calls `name`, in the trace that it calls `trace`.
    pub(super) fn record(&self, trace: &str, name: &str, time: Option<Timestamp>) -> Record {
        let format = self.format.as_str();
        Record {
            version: 1,
            source: Source { door: Door::Import, service: None, dialect: Some(format.to_owned()) },
            time: time.unwrap_or(self.default_time),
            trace_id: identity::trace_id(format, trace),
            span_id: identity::span_id(format, name),
            ..Record::default()
        }
    }
}

/// Nanoseconds from one time to another that is not before it.
pub(super) fn duration_between(start: Option<Timestamp>, end: Option<Timestamp>) -> Option<u64> {
    let (start, end) = (start?, end?);
    let duration: Duration = end.since(start);
    (end >= start).then(|| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

/// The time in the first of these fields that has one.
pub(super) fn take_time(fields: &mut super::lookup::Lookup, names: &[&str]) -> Option<Timestamp> {
    names.iter().find_map(|name| {
        let time = time::time_of(fields.get(&[name])?)?;
        fields.take(&[name]);
        Some(time)
    })
}
