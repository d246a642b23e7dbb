//! Log records in OTLP/JSON.

use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use serde_json::Value;

use super::super::fault::Fault;
use super::any_value::{any_value, attributes};
use super::scalar::{camel_case, enumeration, field, id, message, string, uint32, uint64};

/// A `LogRecord`.
pub(crate) fn log_record(value: Value) -> Result<LogRecord, Fault> {
    let mut log = LogRecord::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "timeUnixNano" => log.time_unix_nano = field(&name, value, uint64)?,
            "observedTimeUnixNano" => log.observed_time_unix_nano = field(&name, value, uint64)?,
            "severityNumber" => {
                log.severity_number = field(&name, value, |value| enumeration(value, severity))?;
            }
            "severityText" => log.severity_text = field(&name, value, string)?,
            "body" => log.body = any_value(value).map_err(|fault| fault.within(&name))?,
            "attributes" => log.attributes = attributes(value)?,
            "droppedAttributesCount" => log.dropped_attributes_count = field(&name, value, uint32)?,
            "flags" => log.flags = field(&name, value, uint32)?,
            "traceId" => log.trace_id = field(&name, value, id)?,
            "spanId" => log.span_id = field(&name, value, id)?,
            "eventName" => log.event_name = field(&name, value, string)?,
            _ => {}
        }
    }
    Ok(log)
}

fn severity(name: &str) -> Option<i32> {
    SeverityNumber::from_str_name(name).map(i32::from)
}
